"""What a dead end says was tried, apart from how it ended."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnemo.speaking.repeating import tried


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("Tried tenacity for uploads, failed because it swallowed errors", "tenacity for uploads"),
        ("We tried wrapping the pool in a lock but it deadlocked", "wrapping the pool in a lock"),
        ("Celery was tried and failed: it lost tasks", "Celery was"),
        ("After the outage, Celery was tried; no luck", "Celery was"),
        ("Since floats drift we tried Decimal; slower", "Decimal"),
        ("Dead end: a read replica for reports. It lags.", "a read replica for reports"),
        ("Gave up on gevent because psycopg blocks", "gevent"),
        ("A connection pool did not help since the server is single threaded", "A connection pool"),
        ("Reverted the Redis cache; stale prices", "the Redis cache"),
        ("Using inotify directly turned out to be a dead end: no events come", "Using inotify directly"),
        ("Helm was considered and dismissed: two services", "Helm was considered and"),
        ("Threads don't help here: the parser holds the lock. I reverted the change.", "Threads"),
        ("I attempted `react-datepicker` first, without success", "`react-datepicker` first"),
        ("It turned out that the leak comes from aiohttp", ""),
        ("Reverted the change.", ""),
        ("The release was cut in May", ""),
        ("Moved billing below src", ""),
        ("", ""),
    ],
)
def test_what_was_tried_is_told_apart_from_how_it_ended(content: str, what: str) -> None:
    assert tried(content) == what


def test_a_reason_can_say_that_it_failed() -> None:
    assert tried("Sharding by customer", "it failed on the largest one") == "Sharding by customer"


@settings(max_examples=60)
@given(st.text(max_size=200))
def test_any_text_has_some_answer(content: str) -> None:
    assert len(tried(f"tried {content} failed")) <= 400
