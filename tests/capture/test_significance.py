"""Which exchanges matter, and how much."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnemo.capture.significance import is_significant


@pytest.mark.parametrize(
    ("query", "response", "importance"),
    [
        ("RFC-001 approved", "", 0.95),
        ("", "The decision was approved by both teams", 0.95),
        ("where do sessions live?", "We decided on SQLite", 0.85),
        ("", "found the bug in the parser", 0.85),
        ("ship the release", "ok", 0.85),
        ("", "the query is slow at 10,000 rows", 0.85),
        ("implement the parser", "", 0.70),
        ("", "I added a test for it", 0.70),
        ("document the flags", "", 0.70),
        ("x", "def main(): return 1", 0.60),
        ("```\nx = 1\n```", "", 0.60),
    ],
)
def test_three_bands_and_what_was_approved(query: str, response: str, importance: float) -> None:
    assert is_significant(query, response) == (True, importance)


@pytest.mark.parametrize(
    ("query", "response"),
    [
        ("ok", "thanks"),
        ("", ""),
        ("hi", "Hello, how are you?"),
        ("good morning", "Where would you like to start?"),
    ],
)
def test_chatter_is_not_significant(query: str, response: str) -> None:
    assert is_significant(query, response) == (False, 0)


@given(st.text(), st.text())
def test_any_text_has_an_importance_in_the_range(query: str, response: str) -> None:
    significant, importance = is_significant(query, response)
    assert (0.6 <= importance <= 0.95) if significant else importance == 0
