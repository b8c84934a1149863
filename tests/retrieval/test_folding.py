"""Statements that say the same."""

from __future__ import annotations

import pytest

from mnemo.retrieval.folding import END, Told, sameness


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The cache is invalidated on write.", "the cache is invalidated on write"),
        ("We retry failed uploads", "We retry the failed upload"),
        ("Use `httpx`, always", "use httpx always"),
    ],
)
def test_case_marks_and_endings_do_not_count(one: str, other: str) -> None:
    assert sameness(one) == sameness(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The lock is held on write", "The lock is not held on write"),
        ("The lock is held on write", "The lock isn't held on write"),
        ("The port is 8080", "The port is 9090"),
        ("a calls b", "b calls a then"),
        ("Never use the raw query", "Use the raw query"),
        ("日本語の注釈", "日本語の説明"),
        ("!!!", "???"),
    ],
)
def test_numbers_names_order_and_negation_do(one: str, other: str) -> None:
    assert sameness(one) != sameness(other)


@pytest.mark.parametrize("filling", ["", "a word " * END, "x" * END, "語" * END])
def test_what_says_the_same_is_found_however_long_it_is(filling: str) -> None:
    told = Told()
    told.keep(f"{filling} the pool is closed on exit.", "first")
    told.keep(f"{filling} the pool is not closed on exit", "second")
    assert told.find(f"{filling} THE pool is closed, on exit!") == "first"
    assert told.find(f"{filling} the pool isn't closed on exit") == ""
    assert told.find(f"{filling} the pool is not closed on exit") == "second"
