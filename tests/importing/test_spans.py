"""How far back to look, as people write it."""

from __future__ import annotations

import pytest

from mnemo.errors import Invalid
from mnemo.importing.spans import since

NOW = 1_790_000_000_000


@pytest.mark.parametrize(
    ("text", "days"),
    [("2years", 730.5), ("1 year ago", 365.25), ("18months", 547.92), ("6w", 42), ("90d", 90), ("1day", 1)],
)
def test_a_span_is_counted_back_from_now(text: str, days: float) -> None:
    assert since(text, NOW) == NOW // 1000 - round(days * 86_400)


def test_a_day_and_nothing_are_understood() -> None:
    assert since("2024-01-31", NOW) == 1_706_659_200
    assert since("", NOW) == 0
    assert since("9999years", NOW) == 1


@pytest.mark.parametrize("text", ["6m", "yesterday", "2024-13-01", "-1d", "1" * 9 + "d"])
def test_anything_else_is_refused_with_the_forms_that_work(text: str) -> None:
    with pytest.raises(Invalid, match="is no time") as told:
        since(text, NOW)
    assert "90d" in told.value.fix
