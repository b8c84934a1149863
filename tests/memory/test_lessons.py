"""Which sentences are worth keeping."""

from __future__ import annotations

import pytest

from mnemo.errors import Invalid
from mnemo.memory import lessons


@pytest.mark.parametrize(
    "lesson",
    [
        "Project uses pytest for tests",
        "Tokens expire after 15 minutes because the gateway caches them that long",
        "Never call the billing API inside a transaction: it deadlocks",
        "Completed orders are immutable; corrections are new orders",
        "Migrations are plain functions, each committed with its record",
        "The test database listens on port 5433, not 5432",
        "Merged configuration wins over defaults in every environment",
        "Use the facade module instead of the defaced legacy client",
    ],
)
def test_what_holds_next_month_too_is_accepted(lesson: str) -> None:
    assert lessons.judge(lesson) == (True, "a lasting lesson")


@pytest.mark.parametrize(
    ("lesson", "part"),
    [
        ("use pytest", "shorter"),
        ("x" * 2001, "longer"),
        ("commit abc1234 fixed it", "commit"),
        ("The regression came in with 9fceb02d0ae598e95dc970b74767f19372d61af8", "commit"),
        ("See PR #123 for the new parser design", "pull request"),
        ("The parser was rewritten in pull request 45", "pull request"),
        ("Follow-up to #88 in the payment module", "pull request"),
        ("Done with the login page refactoring", "done"),
        ("Fixed the flaky test in the parser module", "done"),
        ("I have implemented the new login flow", "done"),
        ("The login task is complete now and done.", "done"),
        ("All tests in the suite are green", "done"),
        ("2026-01-02 10:11:12 INFO started worker 3", "raw log"),
        ('Traceback (most recent call last):\n  File "a.py", line 3, in f', "raw log"),
        ("ERROR: could not connect to the database", "raw log"),
        ("\n".join(f"line {number}" for number in range(20)), "raw log"),
    ],
)
def test_what_is_true_once_is_refused_with_the_reason(lesson: str, part: str) -> None:
    accepted, reason = lessons.judge(lesson)
    assert not accepted
    assert part in reason


def test_nothing_at_all_is_an_error() -> None:
    with pytest.raises(Invalid, match="empty"):
        lessons.judge("  \n")
