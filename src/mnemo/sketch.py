"""Near-duplicates found by two stored hashes, without reading any other text.

Change a word of a text, add one or drop one: either its first half or its last half stays as it was. So a
text is kept under a hash of its first words and one of its last, and whoever shares either is compared with
it word by word. How many words go into a hash follows the length in coarse steps: a text one word longer or
shorter mostly agrees on the step, and where it does not, both steps are looked up.

Texts of one mould share a half and differ in the other. So beside the hashes of a text lies its mark, in
which every word turns a bit: an edit turns two at most, and a text whose mark differs in more is not read.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from functools import lru_cache
from zlib import crc32

from mnemo.ids import number

# In shorter texts a changed word changes the meaning: only equal ones are alike.
_SHORTEST = 4
# One edit is allowed, or one for so many words; the comparison takes time for each, so there is an end.
_WORDS_PER_EDIT = 20
_MOST_EDITS = 100
_MARK_BITS = 23  # three bytes in SQLite

_STEPS = [2, 3]
while _STEPS[-1] < 1 << 40:
    _STEPS.append(2 * _STEPS[-2])

# Of ASCII, capitals become small letters, and what is neither letter nor digit a blank.
_PLAIN = bytes(ord(chr(code).lower()) if chr(code).isalnum() else ord(" ") for code in range(128)).ljust(256)


def sketch(text: str) -> tuple[int, int]:
    """Return the two hashes to keep a text under, signed 64-bit.

    Args:
        text: anything, of any length.
    """
    words = _words(text)
    return _hashes(words, _step(len(words)))


def probes(text: str) -> tuple[int, ...]:
    """Return the hashes, two to four, under which a text one word apart is kept.

    Args:
        text: anything, of any length.
    """
    words = _words(text)
    count = len(words)
    near = (count,) if count < _SHORTEST else (max(count - 1, _SHORTEST), count, count + 1)
    found: list[int] = []
    for step in dict.fromkeys(map(_step, near)):
        found += _hashes(words, step)
    return tuple(found)


def mark(text: str) -> int:
    """Return the mark of a text: 23 bits, of which each of its words turned one.

    Args:
        text: anything, of any length.
    """
    found = 0
    for turned in map(crc32, " ".join(_words(text)).encode("utf-8", "surrogatepass").split(b" ")):
        found ^= 1 << turned % _MARK_BITS
    return found


def nearness(text: str) -> Callable[[int], bool]:
    """Return what tells by their marks alone which texts may be alike to one.

    Args:
        text: the one.
    """
    own = mark(text)
    # The longer of the two may have as many words more as there are edits: n + e words, and e of them in 20.
    most = 2 * _edits(len(_words(text)), _WORDS_PER_EDIT - 1)
    return lambda other: (own ^ other).bit_count() <= most


def alike(a: str, b: str) -> bool:
    """Tell whether two texts say the same but for a word, or one in twenty; case and punctuation aside.

    Texts of fewer than four words are alike only if all their words are equal.

    Args:
        a: one text.
        b: the other.
    """
    return likeness(a)(b)


def likeness(text: str) -> Callable[[str], bool]:
    """Return what tells of many texts whether they are alike to one.

    Args:
        text: the one.
    """
    ours = _words(text)
    own = set(ours)

    def is_alike(other: str) -> bool:
        theirs = _words(other)
        if ours == theirs:
            return True
        shorter, longer = sorted((len(ours), len(theirs)))
        most = _edits(longer)
        if shorter < _SHORTEST or longer - shorter > most:
            return False
        # An edit adds a word to one side and one to the other at most: texts of one mould are told apart so.
        return len(own.symmetric_difference(theirs)) <= 2 * most and _is_within(most, ours, theirs)

    return is_alike


@lru_cache(maxsize=4)  # of one text everything is asked in a row
def _words(text: str) -> list[str]:
    if text.isascii():
        words = text.encode().translate(_PLAIN).decode().split()
    else:
        from unicodedata import normalize

        words = _wide_word().findall(normalize("NFKC", text).casefold())
    # A text without words, such as one of signs only, equals nothing but itself.
    return words or [text.strip()]


@lru_cache(maxsize=1)
def _wide_word() -> re.Pattern[str]:
    """Compile the pattern beyond ASCII when first needed: a character of kana, Han or Hangul is a word."""
    unspaced = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3"
    return re.compile(rf"[{unspaced}]|[^\W_{unspaced}]+")


def _edits(count: int, words_per_edit: int = _WORDS_PER_EDIT) -> int:
    return min(max(1, count // words_per_edit), _MOST_EDITS)


def _step(count: int) -> int:
    """Return how many words of a text of that many words go into a hash: all of a short one, else half."""
    return count if count < _SHORTEST else _STEPS[bisect_right(_STEPS, count // 2) - 1]


def _hashes(words: list[str], step: int) -> tuple[int, int]:
    return _hash("first", words[:step]), _hash("last", words[-step:])


def _hash(end: str, words: list[str]) -> int:
    raw = f"{end} {len(words)} {' '.join(words)}".encode("utf-8", "surrogatepass")
    return number(raw)


def _is_within(most: int, ours: list[str], theirs: list[str]) -> bool:
    """Tell whether so many words changed, added or dropped turn one list into the other.

    E. Ukkonen, "Algorithms for approximate string matching", Information and Control 64, 1985: for each
    number of edits, how far every diagonal (position in theirs minus position in ours) gets.
    """
    goal = len(theirs) - len(ours)
    reached: dict[int, int] = {}
    for edits in range(most + 1):
        before, reached = reached, {}
        for diagonal in range(-edits, edits + 1):
            changed = before.get(diagonal, -1) + 1
            dropped = before.get(diagonal + 1, -1) + 1
            added = before.get(diagonal - 1, -1)
            at = min(max(changed, dropped, added), len(ours), len(theirs) - diagonal)
            while at < len(ours) and 0 <= at + diagonal < len(theirs) and ours[at] == theirs[at + diagonal]:
                at += 1
            reached[diagonal] = at
        if reached.get(goal) == len(ours):
            return True
    return False
