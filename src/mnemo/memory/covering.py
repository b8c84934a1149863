"""How much of some texts a summary of them keeps."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Sequence

from mnemo.retrieval.intent import keywords


def coverage(texts: Sequence[str], summary: str, kept: Collection[str] = ()) -> float:
    """Return the share of what the texts tell that stands in the summary, 0 to 1.

    A word tells ln(1 + n / df): n texts, df of which hold it. Words that stand nowhere count for nothing.

    Args:
        texts: what is summed up.
        summary: the summary.
        kept: words that are kept beside the summary, lower case.
    """
    held = Counter(word for each in texts for word in set(keywords(each)))
    telling = {word: math.log(1 + len(texts) / count) for word, count in held.items()}
    said = {*keywords(summary), *kept}
    whole = sum(telling.values())
    return sum(value for word, value in telling.items() if word in said) / whole if whole else 0.0
