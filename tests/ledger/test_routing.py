"""Whom a task would be given to, and why."""

from __future__ import annotations

from mnemo.ledger import routing
from mnemo.ledger.executors import Executor
from mnemo.ledger.routing import Wanted

LOW = Wanted("bugfix", "low", "current")
HIGH = Wanted("bugfix", "high", "current")
ME = Executor("me", max_risk="high")


def test_who_is_there_for_its_kind_comes_first_and_the_chain_is_short() -> None:
    others = [Executor(f"e{number}") for number in range(6)]
    found = routing.route(LOW, [ME, Executor("fixer", ("bugfix",)), *others], {})
    assert found["selected"] == "fixer"
    assert found["fallback_chain"] == ["me", "e0", "e1"]
    assert found["requires_user_approval"] is False


def test_those_who_may_not_have_it_are_rejected_with_the_reason() -> None:
    writer, timid = Executor("writer", ("docs",), "high"), Executor("timid", max_risk="low")
    off = Executor("off", max_risk="high", available=False)
    found = routing.route(HIGH, [ME, writer, timid, off], {})
    assert found["selected"] == "me"
    assert {each["executor"]: each["reason"] for each in found["rejected"]} == {
        "writer": "it is for docs, not for bugfix",
        "timid": "it may be given at most low risk, and this is high",
        "off": "it is switched off in your configuration",
    }
    assert found["requires_user_approval"] is True


def test_past_tries_count_under_a_name_with_worktree_and_session_too() -> None:
    good, bad = Executor("good"), Executor("bad")
    tries = {"good/main/s1": {"completed": 3}, "bad": {"failed": 3}, "goodness": {"failed": 9}}
    found = routing.route(LOW, [bad, good], tries)
    assert found["selected"] == "good"
    assert found["scores"] == {"good": 80, "bad": 60}


def test_without_a_current_graph_a_stranger_comes_later() -> None:
    tries = {"old": {"recovered": 1}}
    stale = LOW._replace(graph="stale")
    assert routing.route(stale, [Executor("a"), Executor("old")], tries)["selected"] == "old"
    assert routing.route(LOW, [Executor("a"), Executor("old")], tries)["selected"] == "a"


def test_an_override_is_honoured_for_low_risk_even_by_an_unknown_name() -> None:
    found = routing.route(LOW, [ME], {}, "stranger")
    assert found["override"]["honoured"] is True
    assert found["selected"] == "stranger"
    assert found["fallback_chain"] == ["me"]


def test_an_override_by_an_unknown_name_is_refused_for_high_risk() -> None:
    found = routing.route(HIGH, [ME], {}, "stranger")
    assert found["override"]["honoured"] is False
    assert "does not name it" in found["override"]["reason"]
    assert found["selected"] == "me"


def test_an_override_by_someone_who_may_not_have_it_is_refused_with_the_reason() -> None:
    found = routing.route(HIGH, [ME, Executor("timid")], {}, "timid")
    assert found["override"] == {
        "executor": "timid",
        "honoured": False,
        "reason": "it may be given at most medium risk, and this is high",
    }


def test_nobody_left_is_said() -> None:
    found = routing.route(HIGH, [Executor("timid")], {})
    assert found["selected"] is None
    assert found["fallback_chain"] == []


def test_a_risk_of_no_known_word_counts_as_high() -> None:
    assert routing.read_task({"risk": "catastrophic", "kind": "x"}, "missing") == ("x", "high", "missing")
    assert routing.read_task({}, "missing").risk == "low"
