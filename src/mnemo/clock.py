"""Time: one hybrid logical clock per store, 48 bits of milliseconds and 16 bits of counter.

Kulkarni, Demirbas et al., "Logical Physical Clocks", 2014: the time of an event is at least the wall
clock and always greater than every event seen before, so order survives a clock that jumps.
"""

from __future__ import annotations

import time

COUNTER_BITS = 16
FOREIGN_LEAD_MS = 10 * 60 * 1000


def now_ms() -> int:
    """Return the wall clock in milliseconds since 1970, UTC."""
    return time.time_ns() // 1_000_000


def tick(last: int, wall_ms: int) -> int:
    """Return the clock of the next event.

    Args:
        last: greatest clock seen so far, 0 at first.
        wall_ms: wall clock, milliseconds.
    """
    return max(wall_ms << COUNTER_BITS, last + 1)


def milliseconds(clock: int) -> int:
    """Return a clock's milliseconds since 1970."""
    return clock >> COUNTER_BITS


def from_ms(ms: int) -> int:
    """Return the smallest clock of that millisecond."""
    return ms << COUNTER_BITS


def iso(clock: int) -> str:
    """Return a clock as UTC text with seconds, such as 2026-11-20T09:57:09."""
    from datetime import UTC, datetime

    return datetime.fromtimestamp(milliseconds(clock) / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def age(clock: int, now: int) -> str:
    """Return how long ago a clock was, in words.

    Args:
        clock: the moment.
        now: wall clock, milliseconds.
    """
    seconds = max(0, (now - milliseconds(clock)) // 1000)
    for size, word in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        count = seconds // size
        if count:
            return f"{count} {word}{'s' if count > 1 else ''} ago"
    return "just now"
