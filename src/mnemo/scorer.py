"""Scoring of notes by their fields, under the name and signature that earlier programs gave it.

BM25 over six weighted fields: what a word tells (Robertson and Zaragoza 2009, with 1 added inside the
logarithm), times how often a field has it, times the field's weight; a note's length is that of all fields.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from mnemo.light import Any, NamedTuple

FIELDS = {"slug": 2.0, "rule": 1.5, "why": 1.0, "when": 0.8, "tags": 1.8, "desc": 0.6}
BOOSTS = {1: 0.8, 2: 1.0, 3: 1.3}  # by priority
K1, B = 1.5, 0.75
DIGITS = 4


class ScoredMnemonic(NamedTuple):
    """A note that a query matches.

    Args:
        mnemonic: the note as it was given.
        score: above 0, four decimals.
        matched_fields: the fields that hold a word of the query, by alphabet.
    """

    mnemonic: Any
    score: float
    matched_fields: list[str]


def score(query: str, mnemonics: Sequence[Any], top_k: int = 10) -> list[ScoredMnemonic]:
    """Return the notes that match a query, best first; those that score alike in the order given.

    Args:
        query: words; one said twice counts once.
        mnemonics: objects with slug, rule, why, when, desc (texts or None), tags (texts), priority (1 to 3).
        top_k: most notes returned.
    """
    wanted = sorted(set(_words(query)))
    notes = [_fields(one) for one in mnemonics]
    if not wanted or not notes:
        return []
    lengths = [sum(map(len, fields.values())) for fields in notes]
    average = sum(lengths) / len(lengths)
    telling = {word: _telling(len(notes), sum(_holds(each, word) for each in notes)) for word in wanted}
    found: list[ScoredMnemonic] = []
    for one, fields, length in zip(mnemonics, notes, lengths, strict=True):
        total, matched = 0.0, set[str]()
        for word in wanted:
            for name, words in fields.items():
                times = words.count(word)
                if times:
                    matched.add(name)
                    dampened = times + K1 * (1 - B + B * length / average)
                    total += FIELDS[name] * telling[word] * times * (K1 + 1) / dampened
        rounded = round(total * BOOSTS.get(one.priority, 1.0), DIGITS)
        if rounded > 0:
            found.append(ScoredMnemonic(one, rounded, sorted(matched)))
    return sorted(found, key=lambda each: -each.score)[:top_k]


def _fields(one: Any) -> dict[str, list[str]]:
    texts = {name: getattr(one, name, None) or "" for name in FIELDS}
    texts["tags"] = " ".join(texts["tags"])
    return {name: _words(text) for name, text in texts.items()}


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def _holds(fields: dict[str, list[str]], word: str) -> bool:
    return any(word in words for words in fields.values())


def _telling(total: int, held: int) -> float:
    return math.log((total - held + 0.5) / (held + 0.5) + 1)
