"""Each kind of work goes from state to state as its table says, and in no other way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings as limits
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from mnemo.errors import Conflict, MnemoError
from mnemo.ids import new_id
from mnemo.ledger import gates, plans, runs, states
from mnemo.model import work
from mnemo.store import events, integrity, queue, rows
from mnemo.store.connections import Connection
from mnemo.store.database import empty
from tests.ledger.scenes import MINUTE, Scene, word_of
from tests.stores import MAIN, START_MS

BIRTHS: dict[str, events.Part] = {
    work.RUN: {"do": "open"},
    work.PLAN: {"do": "draft"},
    work.TASK: {"do": "add"},
    work.GATE: {"do": "record"},
    work.EVIDENCE: {"do": "record"},
}
BORN = {work.EVIDENCE: ("passed", "failed", "observed", "warning")}


def make(connection: Connection, kind: str, state: str) -> str:
    """Make a run, plan, task, gate or evidence and lead it into a state by legal steps; return its id."""
    name = new_id(kind)
    born = state if state in BORN.get(kind, ()) else next(iter(work.TRANSITIONS[kind]))
    birth = {**BIRTHS[kind], **({"status": born} if kind != work.RUN else {})}
    events.record(connection, "test", {f"{kind}/{name}": birth}, at=MAIN, now=START_MS)
    for step in way(kind, born, state):
        states.move(connection, kind, name, step, at=MAIN, now=START_MS)
    return name


def way(kind: str, start: str, end: str) -> list[str]:
    """Return the states that lead from one to another, shortest way first."""
    ways: dict[str, list[str]] = {start: []}
    for state in ways_in_order(ways, kind):
        if state == end:
            break
    return ways[end]


def ways_in_order(ways: dict[str, list[str]], kind: str) -> list[str]:
    """Fill in how each state is reached from the first one."""
    found = list(ways)
    for state in found:
        for following in work.allowed(kind, state):
            if following not in ways:
                ways[following] = [*ways[state], following]
                found.append(following)
    return found


@pytest.mark.parametrize("kind", states.AGGREGATES)
def test_every_step_of_the_table_works_and_every_other_is_refused_with_what_may_follow(kind: str) -> None:
    connection = empty()
    connection.execute("BEGIN")
    for old, following in work.TRANSITIONS[kind].items():
        for new in work.TRANSITIONS[kind]:
            name = make(connection, kind, old)
            before = len(list(events.iter_events(connection)))
            if new == old or new in following:
                row = states.move(connection, kind, name, new, at=MAIN, now=START_MS)
                assert row["status"] == new
                assert len(list(events.iter_events(connection))) == before + (new != old)
                continue
            with pytest.raises(Conflict) as refused:
                states.move(connection, kind, name, new, at=MAIN, now=START_MS)
            assert word_of(refused.value) == "invalid_transition"
            assert old in refused.value.message
            assert all(each in refused.value.fix for each in following)
            assert "final" in refused.value.fix or following
            row = queue.find_row(connection, kind, name)
            assert row is not None
            assert row["status"] == old
            assert len(list(events.iter_events(connection))) == before
    connection.execute("COMMIT")
    assert list(integrity.iter_damage(connection)) == []
    connection.close()


def _queued(scene: Scene, task: str) -> None:
    scene.create(task)


def _claimed(scene: Scene, task: str) -> None:
    scene.take("ann", task=task)


def _completed(scene: Scene, task: str) -> None:
    scene.take("ann", task=task)
    scene.write(f"{task}.txt", "made")
    scene.complete("ann", task=task, cited=[f"{task}.txt"])


def _failed(scene: Scene, task: str) -> None:
    scene.take("ann", task=task)
    scene.fail("ann", task=task)


def _recovered(scene: Scene, task: str) -> None:
    scene.take("ann", task=task, lease_minutes=1)
    scene.later(2 * MINUTE)
    scene.ready()


# State -> how it comes about, and what each deed by its id then answers; "" where it is done.
DISPATCHES: dict[str, tuple[Callable[[Scene, str], None], str, str, str]] = {
    "queued": (_queued, "", "dispatch_not_claimed", "dispatch_not_claimed"),
    "claimed": (_claimed, "dispatch_already_claimed", "", ""),
    "completed": (_completed, "dispatch_terminal", "dispatch_terminal", "dispatch_terminal"),
    "failed": (_failed, "dispatch_terminal", "dispatch_terminal", "dispatch_terminal"),
    "recovered": (_recovered, "stale_lease", "stale_lease", "stale_lease"),
}


@pytest.mark.parametrize("state", DISPATCHES)
def test_a_dispatch_does_only_what_its_state_allows(scene: Scene, state: str) -> None:
    bring, *words = DISPATCHES[state]
    for deed, word in zip(("take", "complete", "fail"), words, strict=True):
        task = scene.add(f"For {deed}")
        bring(scene, task)
        dispatch = scene.list(task)["dispatches"][0]
        assert dispatch["status"] == state
        found = word_answered(lambda deed=deed, one=dispatch["id"]: getattr(scene, deed)("bob", dispatch=one))
        assert found == word
        assert not word or scene.list(task)["dispatches"][0]["status"] == state


def word_answered(deed: Callable[[], Any]) -> str:
    """Do a deed and return the word with which it was refused, empty where it was done."""
    try:
        deed()
    except MnemoError as error:
        return word_of(error)
    return ""


class RunsAndGates(RuleBasedStateMachine):
    """One run through the doors that people use, beside a model of what may happen to it."""

    @initialize(spike=st.booleans())
    def begin(self, spike: bool) -> None:
        """Open a run with two drafts."""
        self.connection = empty()
        self.now = START_MS
        self.run = self.do(runs.open_run, "Ship it", allow_spike=spike)["run"]
        self.drafts = [self.do(plans.draft, self.run, f"Plan {letter}")["plan"] for letter in "ab"]
        self.status, self.spike, self.plan, self.failed = "active", spike, "", set[str]()

    def do(self, deed: Callable[..., Any], *given: Any, **named: Any) -> Any:
        """Do a deed a moment later, in a transaction."""
        self.now += 10
        self.connection.execute("BEGIN")
        try:
            return deed(self.connection, *given, at=MAIN, now=self.now, **named)
        finally:
            self.connection.execute("COMMIT")

    def expect(self, word: str, deed: Callable[..., Any], *given: Any, **named: Any) -> None:
        """Do a deed that is refused with a word and changes nothing, or is done where the word is empty."""
        before = self.hash()
        assert word_answered(lambda: self.do(deed, *given, **named)) == word
        assert not word or self.hash() == before

    def hash(self) -> str:
        """Return the hash of all that is folded."""
        return integrity.state_hash(self.connection)

    def ended(self) -> bool:
        """Whether the run is final."""
        return self.status in ("cancelled", "completed")

    @rule()
    def pause(self) -> None:
        """Pause it: from active alone."""
        allowed = self.status in ("active", "paused")
        self.expect("" if allowed else "invalid_transition", runs.pause, self.run, "tea")
        self.status = "paused" if allowed else self.status

    @rule()
    def resume(self) -> None:
        """Resume it: not from an end, not past a failed gate."""
        word = "invalid_transition" if self.ended() else ""
        if self.failed and self.status in ("paused", "blocked"):
            word = "review_gate_blocking"
        self.expect(word, runs.resume, self.run)
        self.status = self.status if word else "active"

    @precondition(lambda self: self.status == "paused" or self.ended())
    @rule()
    def cancel(self) -> None:
        """Cancel it: for good."""
        self.expect("invalid_transition" if self.status == "completed" else "", runs.cancel, self.run)
        self.status = "completed" if self.status == "completed" else "cancelled"

    @rule(draft=st.sampled_from([0, 1]))
    def approve(self, draft: int) -> None:
        """Approve a draft: the other one is superseded for good."""
        plan = self.drafts[draft]
        state = self.state_of(plan)
        again = state == "canonical" and self.plan == plan
        allowed = again or (state == "draft" and not self.ended())
        self.expect("" if allowed else "invalid_transition", plans.approve, self.run, plan)
        if allowed and not again:
            self.plan = plan
            self.cleared("plan_review")

    @rule(draft=st.sampled_from([0, 1]))
    def reject(self, draft: int) -> None:
        """Reject a draft: a canonical plan is none any more."""
        allowed = self.state_of(self.drafts[draft]) in ("draft", "rejected")
        self.expect("" if allowed else "invalid_transition", plans.reject, self.run, self.drafts[draft], "no")

    @rule(kind=st.sampled_from(["plan_review", "quality_review"]), status=st.sampled_from(gates.STATUSES))
    def review(self, kind: str, status: str) -> None:
        """Review it: what failed blocks it until the same kind passes."""
        known = self.newest(kind)
        repeated = known is not None and known["status"] == status and known["object"] == self.said(known)
        word = "invalid_transition" if self.ended() and not repeated else ""
        if kind in self.failed and status == "pending":
            word = "invalid_transition"
        self.expect(word, gates.review, self.run, kind, status, "because")
        if word or repeated:
            return
        if status == "failed":
            self.failed.add(kind)
            self.status = "blocked" if self.status == "active" else self.status
        elif status != "pending":
            self.cleared(kind)

    def cleared(self, kind: str) -> None:
        """A gate passed: the last of them lets a blocked run go on."""
        self.failed.discard(kind)
        if self.status == "blocked" and not self.failed:
            self.status = "active"

    def newest(self, kind: str) -> rows.Row | None:
        """Return the newest gate of a kind."""
        found = list(rows.iter_rows(self.connection, "gates", order="changed, gate", kind=kind))
        return found[-1] if found else None

    def said(self, gate: rows.Row) -> str:
        """Return the hash of what review() says, where that is what the gate holds."""
        same = states.seal(self.connection, {"summary": "because", "reviewer": "tester"})
        return same if gate["object"] == same else ""

    def state_of(self, plan: str) -> str:
        """Return a plan's state."""
        row = queue.find_row(self.connection, work.PLAN, plan)
        assert row
        return row["status"]

    @invariant()
    def is_as_the_model_says(self) -> None:
        """The rows are what the model says, one plan at most is canonical, and the fold is whole."""
        if not hasattr(self, "run"):
            return
        row = queue.find_row(self.connection, work.RUN, self.run)
        assert row
        assert (row["status"], row["plan"]) == (self.status, self.plan)
        assert {each["kind"] for each in gates.list_failed(self.connection, self.run)} == self.failed
        assert [self.state_of(each) for each in self.drafts].count("canonical") == bool(self.plan)
        assert word_answered(lambda: gates.require_open(self.connection, row)) == self.closed_by()

    def closed_by(self) -> str:
        """Return the word with which the run hands out no work, empty where it does."""
        if self.failed and not self.ended():
            return "review_gate_blocking"
        if self.status != "active":
            return "invalid_transition"
        return "" if self.spike or self.plan else "canonical_plan_required"

    def teardown(self) -> None:
        """Check every row, chain and fold."""
        if hasattr(self, "connection"):
            assert list(integrity.iter_damage(self.connection)) == []
            self.connection.close()


TestRunsAndGates = RunsAndGates.TestCase
TestRunsAndGates.settings = limits(max_examples=20, stateful_step_count=20, deadline=None)
