"""States of work: each legal step passes, each illegal one is refused."""

from __future__ import annotations

import pytest

from mnemo.model import work

FINAL = {
    work.RUN: {"cancelled", "completed"},
    work.PLAN: {"superseded", "rejected"},
    work.TASK: {"accepted", "cancelled"},
    work.DISPATCH: {"completed", "failed", "recovered"},
    work.GATE: {"passed", "waived"},
    work.EVIDENCE: {"superseded"},
}
NEVER = [
    (work.RUN, "cancelled", "active"),
    (work.RUN, "paused", "completed"),
    (work.PLAN, "draft", "superseded"),
    (work.PLAN, "superseded", "canonical"),
    (work.TASK, "pending", "completed"),
    (work.TASK, "blocked", "completed"),
    (work.TASK, "completed", "ready"),
    (work.TASK, "cancelled", "ready"),
    (work.DISPATCH, "queued", "completed"),
    (work.DISPATCH, "recovered", "claimed"),
    (work.DISPATCH, "completed", "failed"),
    (work.EVIDENCE, "failed", "passed"),
]


@pytest.mark.parametrize("kind", sorted(work.TRANSITIONS))
def test_every_state_that_may_follow_is_itself_a_state(kind: str) -> None:
    table = work.TRANSITIONS[kind]
    assert {new for after in table.values() for new in after} <= set(table)


@pytest.mark.parametrize("kind", sorted(work.TRANSITIONS))
def test_the_final_states_are_the_known_ones(kind: str) -> None:
    assert {state for state in work.TRANSITIONS[kind] if work.is_final(kind, state)} == FINAL[kind]


@pytest.mark.parametrize("kind", sorted(work.TRANSITIONS))
def test_can_says_what_the_table_says(kind: str) -> None:
    table = work.TRANSITIONS[kind]
    for old in table:
        for new in table:
            assert work.can(kind, old, new) == (new in work.allowed(kind, old))
        assert not work.can(kind, old, old)


@pytest.mark.parametrize(("kind", "old", "new"), NEVER)
def test_some_steps_are_never_taken(kind: str, old: str, new: str) -> None:
    assert not work.can(kind, old, new)


def test_nothing_follows_an_unknown_state() -> None:
    assert work.allowed(work.TASK, "dreaming") == ()


def test_open_and_done_tasks_are_apart() -> None:
    assert set(work.OPEN) | set(work.DONE) | {"cancelled"} == set(work.TRANSITIONS[work.TASK])
    assert not set(work.OPEN) & set(work.DONE)
