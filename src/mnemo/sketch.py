"""Near-duplicates found by two stored hashes, without reading any other text.

Change one word of a text, add one or drop one: either its first half or its last half stays as it was. So a
text is kept under a hash of its first words and one of its last; whoever shares one of them is compared word
by word. How many words go into a hash depends on the length in coarse steps, so that a text one word longer
or shorter mostly agrees, and is looked up under both numbers where it does not.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterable

# Below this many words a changed word changes the meaning: only equal texts are alike.
_LEAST_WORDS = 4
# A changed word in twenty, at most this many: the comparison takes time in proportion.
_WORDS_PER_EDIT = 20
_MOST_EDITS = 100

# Scripts written without spaces (kana, Han, Hangul) count each character as a word.
_WORD = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]|[^\\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]+")

_STEPS = [4, 6]
while _STEPS[-1] < 2**40:
    _STEPS.append(2 * _STEPS[-2])


def sketch(text: str) -> tuple[int, int]:
    """Return the two hashes under which a text is kept, signed 64-bit.

    Args:
        text: anything, of any length.
    """
    words = _words(text)
    size = _size(len(words))
    return _hashes(words, size)
