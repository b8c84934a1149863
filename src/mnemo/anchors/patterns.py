"""Expressions: the one place that runs patterns somebody wrote, each stopped within a second.

The standard library's `re` cannot be stopped and holds every other thread while it searches; `regex` can.
"""

from __future__ import annotations

from mnemo.errors import Invalid, QueryTimeout
from mnemo.light import Any, expression
from mnemo.repo.paths import shown

# `regex` counts the seconds in which this process computes; half of one leaves a busy machine within a whole.
TIMEOUT = 0.5
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
    try:
        found = _compile(pattern).search(text, timeout=max(timeout, 0.001), concurrent=True)
    except (TimeoutError, MemoryError) as problem:
        message = f"the expression {shown(pattern)} took too long"
        raise QueryTimeout(message, "use a simpler expression") from problem
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
