"""What says the same: claims whose telling words are equal, so that one of them is enough."""

from __future__ import annotations

from functools import lru_cache

from mnemo import text
from mnemo.light import expression

# The analysis drops these, and a statement with one more or less of them is another statement.
_TURNING = frozenset("cannot except neither never no non nor not only unless without".split())
_WORD = expression(r"[^\W_]+(?:'t)?")


@lru_cache(maxsize=512)  # what is told is often told again
def sameness(content: str) -> str:
    """Return what two statements have in common exactly when they say the same in nearly the same words.

    Case, punctuation, endings and small words do not count; numbers, names, the order of words and what
    negates them do.

    Args:
        content: a statement.
    """
    turning = [
        word
        for word in _WORD.findall(content.casefold().replace("\u2019", "'"))
        if word in _TURNING or word.endswith("n't")
    ]
    return f"{' '.join(text.words(content)) or content}\n{' '.join(turning)}"
