"""Two statements about the same thing that cannot both hold are told apart from those that can."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnemo.memory.contradicting import contradiction
from tests.benchmarks.contradictions import PARTS, score

CONTRADICTING = [
    ("the timeout is 30 seconds", "the timeout is 60 seconds"),
    ("timeout = 30", "TIMEOUT == 60"),
    ("the lock expires after half an hour", "the lock expires after 5 minutes"),
    ("the pool holds at most 5 connections", "the pool holds at most 10 connections"),
    ("we use v2 of the API", "we use v3 of the API"),
    ("Python 3.10 is required", "Python 3.1 is required"),
    ("between 2 and 4 reviewers are needed", "between 5 and 6 reviewers are needed"),
    ("the cache is enabled", "the cache is disabled"),
    ("the cache is enabled", "the cache is not enabled"),
    ("the name is required", "the name is optional"),
    ("writes are synchronous", "writes are asynchronous"),
    ("handlers must validate input", "handlers must never validate input"),
    ("raw SQL is allowed in views", "raw SQL is forbidden in views"),
    ("we support Windows", "we no longer support Windows"),
    ("logs go to stdout instead of files", "logs go to files"),
    ("the index is case-sensitive", "the index is case-insensitive"),
    ("the lock is taken before the read", "the lock is taken after the read"),
    ("the config is YAML", "the config is TOML"),
]
COMPATIBLE = [
    ("the timeout is 500 ms", "the timeout is 0.5 s"),
    ("wait 60 s", "wait one minute"),
    ("wait 0.05 s", "wait 50 ms"),
    ("the read timeout is 30 s", "the connect timeout is 5 s"),
    ("in production there are 4 workers", "in tests there is one worker"),
    ("the pool holds at most 10 connections", "the pool holds 4 connections"),
    ("the pool has a minimum of 2", "the pool has a maximum of 8"),
    ("the cache is enabled", "the cache is not disabled"),
    ("the cache is not only for reads", "the cache is for reads"),
    ("A depends on B", "B does not depend on A"),
    ("until 2023 we used 4 threads", "we use 8 threads"),
    ("f escapes HTML", "f does not escape URLs"),
    ("f uses floats", "f uses no floats for money"),
    ("migration 3 adds orders", "migration 4 adds orders"),
    ("", ""),
]


@pytest.mark.parametrize(("one", "other"), CONTRADICTING)
def test_a_contradiction_is_found_from_both_sides_with_a_reason(one: str, other: str) -> None:
    assert contradiction(one, other)
    assert contradiction(other, one)


@pytest.mark.parametrize(("one", "other"), COMPATIBLE)
def test_what_can_both_hold_is_no_contradiction(one: str, other: str) -> None:
    assert contradiction(one, other) == ""
    assert contradiction(other, one) == ""


def test_the_reason_names_what_each_says() -> None:
    why = contradiction("the timeout is 30 seconds", "the timeout is 1 minute")
    assert why == "it says 1 minute, this says 30 seconds"


@pytest.mark.parametrize("part", PARTS)
def test_planted_contradictions_are_found_and_few_compatible_pairs_are(part: str) -> None:
    found = score(part)
    assert found.found >= 0.9, found.missed
    # Where there are forty compatible pairs, one more is 2.5 %.
    assert len(found.wrong) <= max(2, 0.02 * found.compatible), found.wrong


@given(st.text(), st.text())
@settings(max_examples=60, deadline=None)
def test_any_two_texts_can_be_compared(one: str, other: str) -> None:
    assert isinstance(contradiction(one, other), str)
    assert contradiction(one, one) == ""


@given(
    st.lists(
        st.sampled_from("half an a every once 3 30s 1.5.2 9:30 to - v2 % not is at most 1e9 ٣ ²".split())
    )
)
@settings(max_examples=60, deadline=None)
def test_no_sequence_of_numbers_and_units_is_too_odd(words: list[str]) -> None:
    assert contradiction(" ".join(words), "the limit is 4 s") is not None
