"""Statements that say the same."""

from __future__ import annotations

import pytest

from mnemo.retrieval.folding import sameness


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
