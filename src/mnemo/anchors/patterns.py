"""Expressions: the one place that runs patterns somebody wrote, each stopped within a second.

The standard library's `re` cannot be stopped and holds every other thread while it searches; `regex` can.
"""

from __future__ import annotations

import time

from mnemo.errors import Invalid, QueryTimeout
from mnemo.light import Any, expression
from mnemo.repo.paths import shown

# `regex` counts the seconds in which this process computes. On a busy machine they take longer, so what is
# not done at the first attempt gets another only as long as the whole stays within a second on the clock.
TIMEOUT = 0.3
FIRST = 0.1
LONGEST_S = 0.7
LONGEST_PATTERN = 1_000

# A pattern that calls itself can take a gigabyte before its time is up.
_RECURSION = expression(r"(?<!\\)(?:\\\\)*\(\?(?:R\)|[+-]?\d|&|P>)")


def check(pattern: str) -> None:
    """Refuse an expression that cannot be run.

    Raises:
        Invalid: too long, recursive, or no valid expression.
    """
    _compile(pattern)


def search(pattern: str, text: str, timeout: float = TIMEOUT) -> tuple[int, int] | None:
    """Return where an expression is first found, None when it is not; `^` and `$` mean a line's ends.

    Args:
        pattern: the expression.
        text: where to look.
        timeout: most seconds of computing; other threads go on meanwhile.

    Raises:
        Invalid: no valid expression.
        QueryTimeout: it took longer, or too much memory.
    """
    compiled, began = _compile(pattern), time.monotonic()
    seconds = min(timeout, FIRST)
    while True:
        try:
            found = compiled.search(text, timeout=max(seconds, 0.001), concurrent=True)
        except (TimeoutError, MemoryError) as problem:
            pace = (time.monotonic() - began) / max(
                seconds, 0.001
            )  # seconds on the clock for one of computing
            again = min(timeout - seconds, LONGEST_S / pace - seconds)
            if isinstance(problem, MemoryError) or seconds > FIRST or again <= seconds:
                message = f"the expression {shown(pattern)} took too long"
                raise QueryTimeout(message, "use a simpler expression") from problem
            seconds = again
        else:
            return found.span() if found else None


def _compile(pattern: str) -> Any:
    try:
        import regex
    except ImportError:  # a hook started without its environment does without
        raise Invalid("expressions cannot be run here", "use recall, or `mnemo verify`") from None
    if len(pattern) > LONGEST_PATTERN:
        message = f"the expression {shown(pattern)} is too long"
        raise Invalid(message, f"use at most {LONGEST_PATTERN} characters")
    if _RECURSION.search(pattern):
        raise Invalid(f"the expression {shown(pattern)} calls itself", "use one without recursion")
    try:
        return regex.compile(pattern, regex.MULTILINE)
    except (regex.error, RecursionError, OverflowError, ValueError, MemoryError) as problem:
        message = f"{shown(pattern)} is no valid expression: {problem}"
        raise Invalid(message, 'correct it, or leave out "regex" to find it as it stands') from problem
