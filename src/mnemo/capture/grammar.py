"""A small grammar: a sentence read as words with their lemmas and concepts, and patterns over them.

A pattern is a line of parts. `word` stands for a surface or a lemma, `CONCEPT` for what the lexicon calls so,
`CONCEPT-ed` and `CONCEPT-ing` for those forms of it, `=word` for that surface only, `a|B` for either, `*` for
any word. `?x` may be missing, `!x` says that no `x` follows, `/x` is any other word. `..4` passes over up to
four words of the same clause, `~4` over any; `^` is the start of the sentence and `$` its end.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from mnemo.capture.lemmas import iter_words
from mnemo.light import NamedTuple

BREAKS = frozenset(",;:()-")
LONGEST = 160  # words of a sentence that are read

_SIGNS = {"?": "maybe", "!": "other", "/": "else"}
_LEADS = frozenset(
    """ok okay so and but also well hm hmm hey hi yes yep yeah ehh eh ah oh ugh argh actually btw then now
    plus found""".split()
)


class Reading(NamedTuple):
    """A sentence as the grammar sees it.

    Args:
        words: each with its surface, its lemma and its concepts.
        every: all of them.
        starts: the places at which the sentence can be said to begin, interjections passed over.
    """

    words: tuple[frozenset[str], ...]
    every: frozenset[str]
    starts: frozenset[int]


class Part(NamedTuple):
    """One part of a pattern: what a word may be, or how many words are passed over."""

    kind: str
    any_of: frozenset[str]
    most: int


class Pattern(NamedTuple):
    """A line of parts, and what a sentence has to hold for it to be looked at."""

    parts: tuple[Part, ...]
    needed: tuple[frozenset[str], ...]


@lru_cache(maxsize=64)
def read(sentence: str) -> Reading:
    """Return a sentence as its words, of which only the first ones are read when it is very long."""
    words = tuple(iter_words(sentence))[:LONGEST]
    start = 0
    starts = {0}
    for at, word in enumerate(words):
        if at != start or not (word & _LEADS or word & {",", "(", "-", "–", "—", ":", "!", ";"}):
            break
        start = at + 1
        starts.add(start)
    return Reading(words, frozenset().union(*words), frozenset(starts))


@lru_cache(maxsize=256)
def patterns(text: str) -> tuple[Pattern, ...]:
    """Return the patterns that the lines of a text stand for; an indented line goes on with the one above."""
    lines = text.replace("|\n    ", "|").replace("\n    ", " ").splitlines()
    return tuple(_pattern(line.split()) for line in lines if line)


def find(text: str, reading: Reading) -> int | None:
    """Return where the first of these patterns ends that a sentence holds, None when it holds none.

    Args:
        text: patterns, one a line.
        reading: the sentence.
    """
    ends = (_end(pattern, reading) for pattern in patterns(text) if _may_hold(pattern, reading))
    return next((end for end in ends if end is not None), None)


def holds(text: str, reading: Reading) -> bool:
    """Tell whether a sentence holds one of these patterns."""
    return find(text, reading) is not None


def _may_hold(pattern: Pattern, reading: Reading) -> bool:
    return not any(map(reading.every.isdisjoint, pattern.needed))


def _end(pattern: Pattern, reading: Reading) -> int | None:
    anchored = pattern.parts[0].kind == "^"
    for start in sorted(reading.starts) if anchored else range(len(reading.words)):
        places = {start}
        for part in pattern.parts:
            places = _step(part, places, reading)
            if not places:
                break
        else:
            return min(places)
    return None


def _step(part: Part, places: set[int], reading: Reading) -> set[int]:
    """Return where one can be after a part, from each place before it."""
    words, size = reading.words, len(reading.words)
    if part.kind == "word":
        return {at + 1 for at in places if at < size and not part.any_of.isdisjoint(words[at])}
    if part.kind == "any":
        return {at + 1 for at in places if at < size}
    if part.kind == "else":
        return {at + 1 for at in places if at < size and part.any_of.isdisjoint(words[at])}
    if part.kind == "maybe":
        return places | {at + 1 for at in places if at < size and not part.any_of.isdisjoint(words[at])}
    if part.kind == "other":
        return {at for at in places if at >= size or part.any_of.isdisjoint(words[at])}
    if part.kind == "gap":
        return {to for at in places for to in _passed(words, at, part)}
    if part.kind == "$":
        return {at for at in places if at == size or (at < size and words[at] & {"!", "?"})}
    return places  # the start: only those places were tried


def _passed(words: tuple[frozenset[str], ...], at: int, part: Part) -> Iterator[int]:
    yield at
    for to in range(at, min(at + part.most, len(words))):
        if part.any_of and words[to] & part.any_of:
            return
        yield to + 1


def _pattern(line: list[str]) -> Pattern:
    parts = tuple(map(_part, line))
    return Pattern(parts, tuple(part.any_of for part in parts if part.kind == "word"))


def _part(text: str) -> Part:
    if text in ("^", "$", "*"):
        return Part("any" if text == "*" else text, frozenset(), 0)
    if text.startswith(".."):
        return Part("gap", BREAKS, int(text[2:]))
    if text[0] == "~":
        return Part("gap", frozenset(), int(text[1:]))
    kind = _SIGNS.get(text[0], "word") if len(text) > 1 else "word"
    return Part(kind, frozenset((text if kind == "word" else text[1:]).split("|")), 0)
