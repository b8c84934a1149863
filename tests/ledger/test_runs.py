"""Runs: opening, restarting, stopping and ending them."""

from __future__ import annotations

from typing import Any

import pytest

from mnemo.errors import Conflict, Invalid, MnemoError, NotFound, Refused
from mnemo.ledger import gates, plans, records, runs, states, tasks
from mnemo.model import work
from mnemo.store import events
from tests.ledger.scenes import Scene, word_of


def deeds(scene: Scene) -> list[str]:
    """The kinds of all events, oldest first."""
    with scene.db.reading() as connection:
        return [event.kind for event in events.iter_events(connection)]


def record(scene: Scene, run: str) -> dict[str, Any]:
    """A run as tools answer with it."""
    with scene.db.reading() as connection:
        return records.run_record(connection, scene.row(work.RUN, run))


def test_a_run_keeps_goal_branch_and_commit(scene: Scene) -> None:
    run = scene.do(runs.open_run, "Ship the parser")["run"]
    told = record(scene, run)
    assert told["goal"] == "Ship the parser"
    assert (told["status"], told["branch"], told["commit"]) == ("active", "main", scene.at["commit"])
    assert (told["spike"], told["plan"]) == (False, None)
    assert len(told["id"]) == len("run_") + 12


@pytest.mark.parametrize("goal", ["", "  \n"])
def test_a_run_without_a_goal_is_refused(scene: Scene, goal: str) -> None:
    with pytest.raises(Invalid) as refused:
        scene.do(runs.open_run, goal)
    assert word_of(refused.value) == "goal_required"
    assert deeds(scene) == []


def test_a_restart_without_a_plan_is_refused_and_the_refusal_written_down(scene: Scene) -> None:
    run = scene.do(runs.open_run, "Ship it")["run"]
    with pytest.raises(Refused) as refused:
        runs.restart(scene.db, run, at=scene.at, now=scene.now)
    assert word_of(refused.value) == "canonical_plan_required"
    assert deeds(scene) == ["run.started", "execution.blocked"]
    row = runs.restart(scene.db, run, at=scene.at, now=scene.now, allow_spike=True)
    assert (row["status"], row["spike"]) == ("active", 1)
    assert runs.restart(scene.db, run, at=scene.at, now=scene.now) == row


def test_a_restart_past_a_failed_gate_is_refused(scene: Scene) -> None:
    run = scene.planned()
    scene.do(gates.review, run, "quality_review", "failed", "bad names")
    with pytest.raises(Conflict) as refused:
        runs.restart(scene.db, run, at=scene.at, now=scene.now)
    assert word_of(refused.value) == "review_gate_blocking"
    assert "bad names" in refused.value.message
    assert deeds(scene)[-1] == "execution.blocked"


def test_a_paused_run_hands_out_nothing_until_it_is_restarted(scene: Scene) -> None:
    run = scene.planned()
    task = scene.add_to(run)
    scene.do(runs.pause, run, "lunch")
    assert scene.ready()["tasks"] == []
    with pytest.raises(Conflict) as refused:
        scene.take(task=task)
    assert word_of(refused.value) == "invalid_transition"
    assert "lunch" in refused.value.message
    with pytest.raises(Conflict) as refused:
        scene.take()
    assert "lunch" in refused.value.message
    runs.restart(scene.db, run, at=scene.at, now=scene.now)
    assert scene.take()["dispatch"]["status"] == "claimed"


@pytest.mark.parametrize("deed", [runs.pause, runs.cancel])
def test_stopping_twice_is_one_deed(scene: Scene, deed: Any) -> None:
    run = scene.planned()
    before = len(deeds(scene))
    first = scene.do(deed, run, "lunch", ["4242"])
    assert scene.do(deed, run, "again") == first
    assert len(deeds(scene)) == before + 1
    told = record(scene, run)
    assert (told["reason"], told["handles"]) == ("lunch", ["4242"])


def test_a_cancelled_run_stays_cancelled(scene: Scene) -> None:
    run = scene.planned()
    plan = scene.do(plans.draft, run, "Another")["plan"]
    scene.do(runs.cancel, run)
    refusals: list[tuple[Any, tuple[Any, ...]]] = [
        (runs.resume, (run,)),
        (runs.pause, (run,)),
        (plans.approve, (run, plan)),
        (plans.draft, (run, "A third")),
        (gates.review, (run, "quality_review", "passed")),
    ]
    before = deeds(scene)
    for deed, given in refusals:
        with pytest.raises(Conflict) as refused:
            scene.do(deed, *given)
        assert word_of(refused.value) == "invalid_transition"
        assert "cancelled" in refused.value.message
    with pytest.raises(Conflict):
        runs.restart(scene.db, run, at=scene.at, now=scene.now, allow_spike=True)
    with pytest.raises(Conflict):
        scene.add_to(run)
    assert deeds(scene) == before
    assert scene.row(work.RUN, run)["status"] == "cancelled"


def test_cancelling_ends_what_nobody_works_on_and_leaves_the_rest_to_its_holder(scene: Scene) -> None:
    run = scene.planned()
    held, idle, queued = (scene.add_to(run, title=title) for title in ("Held", "Idle", "Queued"))
    scene.take(task=held)
    scene.create(queued)
    row = scene.do(runs.cancel, run, handles=["pid 7"])
    found = [scene.row(work.TASK, task)["status"] for task in (held, idle, queued)]
    assert found == ["in_progress", "cancelled", "cancelled"]
    with scene.db.reading() as connection:
        left = runs.leftovers(connection, row)
    assert [each["task"] for each in left.tasks] == [held]
    assert [each["status"] for each in left.dispatches] == ["claimed"]
    assert left.handles == ["pid 7"]
    scene.write("made.txt", "made")
    done = scene.complete(task=held, cited=["made.txt"])
    assert done["dispatch"]["task_status"] == "completed"


def test_a_given_up_dispatch_blocks_its_run_with_the_reason_until_it_is_resumed(scene: Scene) -> None:
    run = scene.planned()
    first, second = scene.add_to(run, title="First"), scene.add_to(run, title="Second")
    scene.take(task=first)
    scene.fail(task=first, reason="the vendor is down")
    assert record(scene, run)["status"] == "blocked"
    assert record(scene, run)["reason"] == "the vendor is down"
    with pytest.raises(Conflict) as refused:
        scene.take(task=second)
    assert word_of(refused.value) == "invalid_transition"
    scene.do(runs.resume, run)
    assert "reason" not in record(scene, run)
    assert scene.take(task=second)["dispatch"]["status"] == "claimed"
    assert scene.take(task=first)["dispatch"]["attempt"] == 2


@pytest.mark.parametrize(
    ("run", "word"), [("", "run_id_required"), ("run_0123456789ab", "run_not_found"), ("x", "run_not_found")]
)
def test_a_run_that_is_not_named_or_not_there_is_said_so(scene: Scene, run: str, word: str) -> None:
    for deed in (runs.pause, runs.resume, runs.cancel):
        with pytest.raises(MnemoError) as refused:
            scene.do(deed, run)
        assert word_of(refused.value) == word
    assert isinstance(refused.value, Invalid | NotFound)


def test_a_run_by_leave_takes_a_hundred_open_tasks_and_a_plan_lifts_that(scene: Scene) -> None:
    run = scene.do(runs.open_run, "Try it", allow_spike=True)["run"]
    with scene.db.transaction() as connection:
        for number in range(tasks.MOST_OPEN):
            tasks.add_task(connection, f"Task {number}", at=scene.at, now=scene.now, run=run)
    with pytest.raises(Refused) as refused:
        scene.add_to(run)
    assert word_of(refused.value) == "spike_limit"
    plan = scene.do(plans.draft, run, "Do it properly")["plan"]
    scene.do(plans.approve, run, plan)
    scene.add_to(run)


def test_work_without_a_run_never_lands_in_a_run_that_has_a_goal(scene: Scene) -> None:
    run = scene.do(runs.open_run, "Try it", allow_spike=True)["run"]
    task = scene.add("Something else")
    assert scene.row(work.TASK, task)["run"] != run


def test_the_run_that_is_meant_is_the_branchs_open_goal_then_its_newest_then_anybodys(scene: Scene) -> None:
    def meant(branch: str) -> str:
        with scene.db.reading() as connection:
            row = states.find_run(connection, branch)
        return row["run"] if row else ""

    assert meant("main") == ""
    goal = scene.do(runs.open_run, "Ship it")["run"]
    scene.later(1)
    scene.add("Without a plan")
    assert meant("main") == goal
    scene.do(runs.cancel, goal)
    spike = meant("main")
    assert spike not in ("", goal)
    assert meant("feature") == spike


def test_too_many_handles_are_refused(scene: Scene) -> None:
    run = scene.planned()
    with pytest.raises(Invalid):
        scene.do(runs.pause, run, "", [str(number) for number in range(51)])
    assert scene.row(work.RUN, run)["status"] == "active"
