"""What speaks for a claim beside its text."""

from __future__ import annotations

from typing import Any

import pytest

from mnemo import clock
from mnemo.model.claim import Assertion, View
from mnemo.retrieval import signals
from mnemo.retrieval.intent import read_intent
from mnemo.store.counters import Counts

NOW = 1_790_000_000_000
DAY = 86_400_000
VIEW = View("main", session="s1", now=NOW)
OLD = clock.from_ms(NOW - 40 * DAY)


def made(**changes: Any) -> Assertion:
    one = Assertion(
        *(1, 1, "a" * 64, "leaf", "main", "c", "main", "", "", "agent", "project", "context"),
        *(1000, 0, "active", "", "", "o", OLD, OLD, 0, 0, False),
    )
    return one._replace(**changes)


def points(question: str, one: Assertion, counts: Counts | None = None, **recent: int) -> dict[str, float]:
    light = signals.light_of(read_intent(question), VIEW, recent)
    return signals.points(one, counts or Counts(), light)


def test_an_old_plain_claim_gets_no_points() -> None:
    assert points("cursor pagination", made()) == {}


@pytest.mark.parametrize(
    ("question", "domain", "expected"),
    [
        ("why was sqlite picked?", "decisions", 1.8),
        ("how does the parser work?", "architecture", 0.8),
        ("the upload crashes", "issues", 1.0),
        ("upgrade the package", "dependencies", 0.8),
        ("where is the retry?", "architecture", 0.5),
        ("the port was renamed", "tasks", 0.3),
    ],
)
def test_a_question_speaks_for_the_domains_that_answer_it(
    question: str, domain: str, expected: float
) -> None:
    assert points(question, made(domain=domain))["domain"] == pytest.approx(expected)


@pytest.mark.parametrize(("days", "expected"), [(0.5, {"recency": 0.3}), (3, {"recency": 0.1}), (8, {})])
def test_what_is_fresh_counts_for_a_week(days: float, expected: dict[str, float]) -> None:
    assert points("x", made(first=clock.from_ms(NOW - int(days * DAY)))) == expected


def test_loud_reinforced_own_and_local_claims_get_their_points() -> None:
    one = made(priority=1000, reinforced=9, session="s1", scope="branch")
    assert points("x", one) == {"priority": 1.0, "reinforced": 1.0, "session": 1.0, "branch": 0.2}
    assert points("x", made(reinforced=2)) == {"reinforced": 0.4}


@pytest.mark.parametrize(
    ("counts", "expected"), [(Counts(2, 0), None), (Counts(10, 0), -0.2), (Counts(10, 10), 0.3)]
)
def test_what_led_to_something_counts_and_what_never_did_counts_against(
    counts: Counts, expected: float | None
) -> None:
    found = points("x", made(), counts).get("use")
    assert found == (expected if expected is None else pytest.approx(expected))


def test_all_points_together_are_a_small_share_of_the_best_score() -> None:
    one = made(priority=1000, reinforced=9, session="s1", scope="branch", domain="decisions")
    light = signals.light_of(read_intent("why was the module picked?"), VIEW, {})
    assert sum(signals.contributions(one, 1.0, Counts(), light).values()) <= 0.1


def test_what_this_session_was_told_and_acted_on_counts_for_five_recalls() -> None:
    one = made()
    used = Counts(1, 1)
    assert points("x", one, used, **{one.address: 0}) == {"told": 0.5}
    assert points("x", one, used, **{one.address: 2})["told"] == pytest.approx(0.5 * 0.49)
    assert points("x", one, used, **{one.address: 5}) == {}
    assert points("x", one, Counts(1, 0), **{one.address: 0}) == {}


@pytest.mark.parametrize(("days", "left"), [(0, 1.0), (10, 0.8), (40, 0.3), (-3, 1.0)])
def test_a_confidence_fades_until_someone_claims_it_again(days: float, left: float) -> None:
    assert signals.decay(days) == pytest.approx(left)


def test_an_unsure_claim_loses_a_little_of_its_score() -> None:
    light = signals.light_of(read_intent("x"), VIEW, {})
    fresh = clock.from_ms(NOW)
    assert signals.contributions(made(clock=fresh, confidence=500), 0.8, Counts(), light) == {
        "confidence": pytest.approx(-0.15 * 0.5 * 0.8)
    }
    assert signals.contributions(made(clock=fresh), 0.8, Counts(), light) == {}
