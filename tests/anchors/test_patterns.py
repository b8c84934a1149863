"""Expressions find what they say, and those that explode are stopped within a second."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from mnemo.anchors.patterns import check, search
from mnemo.errors import Invalid, QueryTimeout

AS = "a" * 100 + "!"


def test_an_expression_is_found_where_it_stands() -> None:
    assert search(r"b+", "abbc") == (1, 3)
    assert search(r"^b$", "a\nb\nc") == (2, 3)
    assert search(r"x", "abc") is None
    assert search(r"(?i)É", "é") == (0, 1)
    assert search(r"\(?Read", "Read") == (0, 4)


@pytest.mark.parametrize(
    "pattern",
    ["(", "[a", "*", "(?P<a>x", r"\p{nothing}", "a{3,2}", "x" * 1001, "(" * 400 + ")" * 400],
)
def test_what_is_no_expression_is_refused(pattern: str) -> None:
    with pytest.raises(Invalid) as problem:
        check(pattern)
    assert "\n" not in problem.value.message


@pytest.mark.parametrize("pattern", ["(?R)?a", "(a(?1)?)b", r"\\(?&x)", "(?P<x>a(?P>x)?)"])
def test_an_expression_that_calls_itself_is_refused(pattern: str) -> None:
    with pytest.raises(Invalid, match="calls itself"):
        check(pattern)


@pytest.mark.parametrize("pattern", [r"(a|a)*$", r"(a|aa)+$", r"(?:a|aa|aaa)+\d"])
def test_an_expression_that_explodes_is_stopped_in_time(pattern: str) -> None:
    start = time.process_time()
    with pytest.raises(QueryTimeout):
        search(pattern, AS, timeout=0.05)
    assert time.process_time() - start < 0.5


# Each takes time that doubles, or grows with a high power, with every sign of the text behind it.
EXPLODING = [
    f"{before}({sign}|{sign}{sign}){many}{after}"
    for sign in ("a", r"\w", "[a-z]", ".", "(?:a)")
    for before, many in (("", "+"), ("^", "*"), ("(?i)", "{5,}"))
    for after in ("$", r"\d", "[0-9]", r"\s")
    if (sign, after) != (".", "$")  # that is found at once
]


def explode(pattern: str) -> tuple[float, float, float]:
    """Search in a thread; return its seconds, the longest wait of another meanwhile, and the CPU spent."""
    took: list[float] = []

    def run() -> None:
        start = time.monotonic()
        try:
            search(pattern, AS)
        except QueryTimeout:
            pass
        took.append(time.monotonic() - start)

    spent = time.process_time()
    thread = threading.Thread(target=run)
    thread.start()
    longest, last = 0.0, time.monotonic()
    while thread.is_alive():
        thread.join(0.001)
        now = time.monotonic()
        longest, last = max(longest, now - last), now
    return took[0], longest, time.process_time() - spent


def test_there_are_fifty_exploding_expressions() -> None:
    assert len(set(EXPLODING)) >= 50


@pytest.mark.parametrize("pattern", EXPLODING[::12])
def test_an_explosion_ends_within_a_second_while_other_threads_go_on(
    pattern: str, record_property: Callable[[str, object], None]
) -> None:
    took, longest, spent = explode(pattern)
    figure = f"stopped after {took:.2f} s, other threads waited {longest * 1e3:.0f} ms at most"
    record_property(f"exploding expression {pattern}", figure)
    assert spent < 1  # a loaded machine may take longer over that second
    assert longest < 0.4


@pytest.mark.soak
def test_fifty_explosions_end_within_a_second_each(record_property: Callable[[str, object], None]) -> None:
    found = [explode(pattern) for pattern in EXPLODING]
    took, longest, spent = (max(figures) for figures in zip(*found, strict=True))
    slow = sum(seconds > 0.3 for seconds, _, _ in found)
    figure = f"{took:.2f} s at most, {slow} stopped; other threads waited {longest * 1e3:.0f} ms at most"
    record_property(f"{len(found)} exploding expressions", figure)
    assert spent <= 1  # on a machine with nothing else to do it is what it took
    assert longest <= 0.2
