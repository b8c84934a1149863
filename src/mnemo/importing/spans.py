"""How far back to look: a span of time or a day, as people write it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from mnemo.errors import Invalid
from mnemo.light import expression

_DAYS = {"day": 1, "d": 1, "week": 7, "w": 7, "month": 30.44, "year": 365.25, "y": 365.25}
_SPAN = expression(r"(\d{1,4})\s*(days?|d|weeks?|w|months?|years?|y)(?:\s+ago)?", re.IGNORECASE)


def since(text: str, now: int) -> int:
    """Return the second since 1970 from which on history is looked at, 0 for all of it.

    Args:
        text: 2years, 18months, 6w, 90d, or a day such as 2024-01-31; empty for all.
        now: wall clock, milliseconds.

    Raises:
        Invalid: it is neither.
    """
    wanted = text.strip()
    if not wanted:
        return 0
    span = _SPAN.fullmatch(wanted)
    if span:
        word = span[2].lower()
        days = _DAYS[word.rstrip("s") if len(word) > 1 else word]
        return max(1, now // 1000 - round(int(span[1]) * days * 86_400))
    try:
        return max(1, int(datetime.strptime(wanted, "%Y-%m-%d").replace(tzinfo=UTC).timestamp()))
    except ValueError:
        raise Invalid(
            f"--since {text[:40]!r} is no time.", "Say 2years, 18months, 6w, 90d, or a day: 2024-01-31."
        ) from None
