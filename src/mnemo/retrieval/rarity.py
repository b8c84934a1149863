"""How much a word tells by how few claims hold it."""

from __future__ import annotations

import math


def idf(total: int, held: int) -> float:
    """Return how much a word tells: ln(1 + (n - df + .5) / (df + .5)), Robertson and Zaragoza 2009.

    Args:
        total: claims in all.
        held: claims that hold the word.
    """
    return math.log(1 + (total - held + 0.5) / (held + 0.5))
