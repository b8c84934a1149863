"""What says the same: claims whose telling words are equal, so that one of them is enough."""

from __future__ import annotations

from functools import lru_cache

from mnemo import text
from mnemo.light import expression

# The analysis drops these, and a statement with one more or less of them is another statement.
_TURNING = frozenset("cannot except neither never no non nor not only unless without".split())
_PARTS = ("no", "n't", "except", "never", "neither", "only", "unless", "without")  # one is in each of these
END = 40  # characters at the end of a statement that hold its last word
_WORD = expression(r"[^\W_]+(?:'t)?")


@lru_cache(maxsize=512)  # what is told is often told again
def sameness(content: str) -> str:
    """Return what two statements have in common exactly when they say the same in nearly the same words.

    Case, punctuation, endings and small words do not count; numbers, names, the order of words and what
    negates them do.

    Args:
        content: a statement.
    """
    folded = content.casefold().replace("\u2019", "'")
    turning: list[str] = []
    if any(part in folded for part in _PARTS):  # most statements are spared a look at each word
        words = _WORD.findall(folded)
        turning = [word for word in words if word in _TURNING or word.endswith("n't")]
    return f"{' '.join(text.words(content)) or content}\n{' '.join(turning)}"


class Told:
    """What was told so far, and by which claim."""

    def __init__(self) -> None:
        self._by_end: dict[str, list[tuple[str, str]]] = {}

    def find(self, content: str) -> str:
        """Return the address of the claim that said the same, or an empty string."""
        # Reading all the words of two statements takes longest, and few end alike.
        for other, address in self._by_end.get(_end(content), ()):
            if sameness(other) == sameness(content):
                return address
        return ""

    def keep(self, content: str, address: str) -> None:
        """Remember what a claim says."""
        self._by_end.setdefault(_end(content), []).append((content, address))


@lru_cache(maxsize=512)
def _end(content: str) -> str:
    """Return the last of a statement's telling words."""
    _, blank, rest = content[-END:].partition(" ")  # a word that is cut off is another word
    words = text.words(rest) if blank and len(content) > END else []
    return (words or text.words(content) or [content])[-1]
