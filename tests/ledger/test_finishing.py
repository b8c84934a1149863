"""Ending work: done with evidence, held without, or given up with a reason."""

from __future__ import annotations

import pytest

from mnemo import clock
from mnemo.errors import Conflict, Invalid, NotFound
from mnemo.ledger import dispatching
from mnemo.store import events, queue
from tests.ledger.scenes import Scene, word_of


def test_a_summary_alone_holds_the_task_at_submitted(scene: Scene) -> None:
    task = scene.add(criteria=["tests pass"])
    scene.take(task=task)
    record = scene.complete(task=task, summary="I finished everything, all tests pass")
    assert record["dispatch"]["task_status"] == "submitted"
    assert record["dispatch"]["status"] == "claimed"
    assert record["missing"] == ["criterion 1 (tests pass): no evidence"]
    assert "evidence run" in record["next"]
    assert scene.verify(task)["accepted"] is False


def test_what_was_held_is_completed_by_the_same_dispatch_with_evidence(scene: Scene) -> None:
    task = scene.add(criteria=["tests pass"])
    dispatch = scene.take(task=task)["dispatch"]["id"]
    scene.complete(dispatch=dispatch, summary="done")
    scene.complete(dispatch=dispatch, summary="done")
    scene.write("report.txt", "1 passed")
    record = scene.complete(dispatch=dispatch, summary="done", cited=["report.txt"])
    assert record["missing"] == []
    assert (record["dispatch"]["status"], record["dispatch"]["task_status"]) == ("completed", "completed")
    assert scene.verify(task)["accepted"] is True


def test_a_task_without_criteria_needs_one_piece_of_evidence(scene: Scene) -> None:
    task = scene.add()
    scene.take(task=task)
    record = scene.complete(task=task)
    assert record["missing"] == ["no evidence that it is done: no evidence"]
    scene.write("report.txt", "done")
    assert scene.complete(task=task, cited="report.txt")["dispatch"]["task_status"] == "completed"


def test_each_criterion_must_be_covered(scene: Scene) -> None:
    task = scene.add(criteria=["fast", "small", "tested"])
    scene.take(task=task)
    scene.write("speed.txt", "1 ms")
    scene.write("size.txt", "1 kB")
    record = scene.complete(task=task, cited=[{"uri": "speed.txt", "criteria": [1]}])
    assert [line.split(":")[0] for line in record["missing"]] == [
        "criterion 2 (small)",
        "criterion 3 (tested)",
    ]
    record = scene.complete(task=task, cited=[{"uri": "file://size.txt", "criteria": [2, 3]}])
    assert record["missing"] == []
    assert record["dispatch"]["task_status"] == "completed"


def test_a_passed_run_for_the_task_counts_without_being_cited(scene: Scene) -> None:
    task = scene.add(criteria=["it runs"])
    scene.take(task=task)
    scene.write("src/a.py", "a = 2\n")
    scene.run("true", task=task)
    assert scene.complete(task=task)["dispatch"]["task_status"] == "completed"


def test_a_failed_run_is_named_as_what_is_missing(scene: Scene) -> None:
    task = scene.add(criteria=["it runs"])
    scene.take(task=task)
    made = scene.run("false", task=task)["id"]
    record = scene.complete(task=task, cited=[made])
    assert record["missing"] == [f"criterion 1 (it runs): {made} failed"]


def test_completing_is_one_event_with_all_that_it_means(scene: Scene) -> None:
    task = scene.add()
    scene.take(task=task)
    scene.write("report.txt", "done")
    scene.complete(task=task, cited=["report.txt"])
    with scene.db.reading() as connection:
        *_, last = events.iter_events(connection)
    assert last.kind == "dispatch.completed"
    assert sorted(name.split("/")[0] for name in last.parts) == ["dispatch", "evidence", "evidence", "task"]


def test_nothing_follows_a_completed_dispatch(scene: Scene) -> None:
    task = scene.add()
    dispatch = scene.take(task=task)["dispatch"]["id"]
    scene.write("report.txt", "done")
    scene.complete(task=task, cited=["report.txt"])
    for act in (scene.complete, scene.fail, scene.heartbeat, scene.take):
        with pytest.raises(Conflict) as refused:
            act("ann", dispatch=dispatch)
        assert word_of(refused.value) == "dispatch_terminal"
    with pytest.raises(Conflict) as refused:
        scene.complete("ann", task=task)
    assert word_of(refused.value) == "dispatch_terminal"


def test_a_failed_task_is_blocked_with_its_reason_and_not_ready(scene: Scene) -> None:
    task = scene.add()
    other = scene.add("Another")
    scene.take(task=task)
    record = scene.fail(reason="The service is down")
    assert (record["dispatch"]["status"], record["dispatch"]["task_status"]) == ("failed", "blocked")
    assert record["tasks"][0]["reason"] == "The service is down"
    assert [each["id"] for each in scene.ready()["tasks"]] == [other]


def test_a_blocked_task_is_tried_again_by_whoever_takes_it_by_its_id(scene: Scene) -> None:
    task = scene.add()
    scene.take("ann", task=task)
    scene.fail("ann")
    again = scene.take("bob", task=task)
    assert (again["dispatch"]["attempt"], again["dispatch"]["task_status"]) == (2, "in_progress")
    assert "reason" not in again["tasks"][0]


def test_failing_needs_a_reason(scene: Scene) -> None:
    task = scene.add()
    scene.take(task=task)
    with pytest.raises(Invalid):
        scene.fail(reason=" ")


def test_a_planned_run_is_blocked_by_a_failed_task(scene: Scene) -> None:
    run = "run_" + "1" * 32
    with scene.db.transaction() as connection:
        for part in ({"do": "open"}, {"do": "plan", "plan": "plan_" + "2" * 32}):
            events.record(connection, "test", {f"run/{run}": part}, at=scene.at, now=scene.now)
    task = scene.add(run=run)
    scene.take(task=task)
    scene.fail()
    with scene.db.reading() as connection:
        row = queue.find_row(connection, "run", run)
    assert row is not None
    assert row["status"] == "blocked"


def test_an_unplanned_run_goes_on_after_a_failed_task(scene: Scene) -> None:
    scene.add("One")
    scene.add("Two")
    scene.take()
    scene.fail()
    assert scene.take()["dispatch"]["title"] == "Two"


def test_what_is_refused_leaves_nothing_behind(scene: Scene) -> None:
    task = scene.add(criteria=["one"])
    scene.take(task=task)
    with scene.db.reading() as connection:
        before = connection.execute("SELECT count(*) FROM events").fetchone()
    scene.write("report.txt", "done")
    for cited in (["report.txt", "gone.txt"], ["report.txt", {"uri": "report.txt", "criteria": [2]}]):
        with pytest.raises((NotFound, Invalid)):
            scene.complete(task=task, cited=cited)
    with scene.db.reading() as connection:
        assert connection.execute("SELECT count(*) FROM events").fetchone() == before
        assert connection.execute("SELECT count(*) FROM evidence").fetchone() == (0,)


def test_an_undone_completion_can_be_made_again(scene: Scene) -> None:
    scene.now = clock.now_ms()
    task = scene.add()
    dispatch = scene.take(task=task)["dispatch"]["id"]
    scene.write("report.txt", "done")
    scene.complete(task=task, cited=["report.txt"])
    with scene.db.transaction() as connection:
        *_, last = events.iter_events(connection)
        parts: dict[str, events.Part] = {name: {"do": "undo", "event": last.hash} for name in last.parts}
        events.record(connection, "undo", parts, at=scene.at, now=scene.now)
    told = dispatching.list_dispatches(scene.db, at=scene.at, now=scene.now, task=task)
    assert [(each["status"], each["task_status"]) for each in told["dispatches"]] == [
        ("claimed", "in_progress")
    ]
    with scene.db.reading() as connection:
        assert connection.execute("SELECT count(*) FROM evidence").fetchone() == (0,)
    scene.complete(dispatch=dispatch, cited=["report.txt"])
