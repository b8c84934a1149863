"""The hybrid clock: it always grows, whatever the clock on the wall does."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnemo import clock

NOON = 1_795_172_400_000  # 2026-11-20 11:00 UTC, in milliseconds


@given(st.lists(st.integers(min_value=0, max_value=2**47 - 1), min_size=1, max_size=50))
def test_every_tick_is_later_than_the_one_before(walls: list[int]) -> None:
    last = 0
    for wall in walls:
        now = clock.tick(last, wall)
        assert now > last
        assert clock.milliseconds(now) >= wall
        last = now


def test_a_wall_clock_that_jumps_back_an_hour_does_not_turn_time_back() -> None:
    before = clock.tick(0, NOON)
    after = [clock.tick(before, NOON - 3_600_000)]
    after += [clock.tick(after[-1], NOON - 3_600_000)]
    assert before < after[0] < after[1]
    assert clock.milliseconds(after[1]) == NOON


def test_the_wall_clock_leads_again_once_it_has_caught_up() -> None:
    ahead = clock.tick(0, NOON)
    assert clock.milliseconds(clock.tick(ahead, NOON + 1)) == NOON + 1


def test_more_ticks_than_a_millisecond_counts_run_into_the_next() -> None:
    last = clock.from_ms(NOON) + 2**clock.COUNTER_BITS - 1
    assert clock.milliseconds(clock.tick(last, NOON)) == NOON + 1


@given(st.integers(min_value=0, max_value=2**47 - 1))
def test_a_clock_holds_its_milliseconds_in_64_bits(ms: int) -> None:
    assert clock.milliseconds(clock.from_ms(ms)) == ms
    assert clock.from_ms(ms) < 2**63


def test_the_wall_clock_is_read_in_milliseconds() -> None:
    before = time.time()
    assert before * 1000 - 1 <= clock.now_ms() <= time.time() * 1000 + 1


def test_a_clock_is_told_as_utc() -> None:
    assert clock.iso(clock.from_ms(NOON)) == "2026-11-20T11:00:00"
    assert clock.iso(clock.from_ms(0)) == "1970-01-01T00:00:00"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "just now"),
        (0, "just now"),
        (59, "just now"),
        (60, "1 minute ago"),
        (3_599, "59 minutes ago"),
        (3_600, "1 hour ago"),
        (86_399, "23 hours ago"),
        (86_400, "1 day ago"),
        (30 * 86_400, "30 days ago"),
    ],
)
def test_an_age_is_told_in_words(seconds: int, words: str) -> None:
    assert clock.age(clock.from_ms(NOON), NOON + 1000 * seconds) == words
