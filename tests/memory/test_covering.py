"""How much a summary keeps."""

from __future__ import annotations

import pytest

from mnemo.memory.covering import coverage

TEXTS = [
    "The auth module uses JWT tokens with 15 minute expiry",
    "Connection pool hangs under load when pool size is 5",
]


def test_the_share_is_that_of_the_earlier_program() -> None:
    assert coverage(TEXTS, "auth uses JWT; pool hangs under load") == pytest.approx(0.5)


def test_a_whole_summary_keeps_all_and_an_empty_one_nothing() -> None:
    assert coverage(TEXTS, " ".join(TEXTS)) == pytest.approx(1)
    assert coverage(TEXTS, "") == 0
    assert coverage([], "anything") == 0


def test_what_is_kept_beside_the_summary_counts() -> None:
    assert coverage(TEXTS, "", ["minute", "expiry"]) == pytest.approx(2 / 12)
