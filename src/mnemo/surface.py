"""Analysed text that keeps its surface: words as they are indexed, and how they were spelt before.

Each stem is followed by the rest of its word in control characters. A tokenizer that knows letters, digits
and underscores skips these, so that an index sees the stems alone; whoever reads the text has both, without
a look at the claim that it was made from. "Hoping for pools" is hope, two marks for what replaces its end,
and pool with one for its s.
"""

from __future__ import annotations

from functools import lru_cache

from mnemo import text

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_CONTROLS = "".join(chr(ord(letter) & 31) for letter in _LETTERS)  # as a terminal's control key does
_BACK = "\x1b"  # takes the letter before it away
_UNSPOKEN = "\x1c"  # stands between an identifier and its parts, which are spelt without it

_HIDE = str.maketrans(_LETTERS, _CONTROLS)
# Of bytes, since reading comes a hundred times a question, and a table of these is ready made.
_SHOW = bytes.maketrans(_CONTROLS.encode(), _LETTERS.encode())
_PART = bytes.maketrans(_UNSPOKEN.encode(), b" ")
_HIDDEN = (_CONTROLS + _BACK).encode()


def written(given: str) -> str:
    """Return the words of a text as they are stored for search, in one line.

    Args:
        given: anything, of any length.
    """
    words = " ".join(filter(None, map(_token, text.tokens(given))))
    return words.replace(_UNSPOKEN + " ", _UNSPOKEN)  # where all parts of an identifier are stop words


def stems(line: str) -> str:
    """Return the indexed words of a stored line: those that `text.words` finds."""
    return line.encode().translate(_PART, _HIDDEN).decode().rstrip()


def spelt(line: str) -> str:
    """Return the unstemmed words of a stored line: those that `text.surface` finds."""
    if _UNSPOKEN in line:
        *before, last = line.split(_UNSPOKEN)
        line = "".join([one[: one.rfind(" ") + 1] for one in before]) + last
    if _BACK in line:
        line, *rest = line.split(_BACK)
        for one in rest:
            line = line[:-1] + one
    return line.encode().translate(_SHOW).decode().rstrip()


@lru_cache(maxsize=8192)
def _token(token: str) -> str:
    whole, parts = text.split(token)
    words = " ".join(map(_word, parts))
    return f"{text.stem(whole)}{_UNSPOKEN}{words}" if whole else words


def _word(word: str) -> str:
    stem = text.stem(word)
    if word == stem:
        return word
    same = next((place for place, letter in enumerate(stem) if word[place : place + 1] != letter), len(stem))
    return stem + _BACK * (len(stem) - same) + word[same:].translate(_HIDE)
