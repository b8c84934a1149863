"""Work that was begun and not finished is found, and handed out again."""

from __future__ import annotations

import pytest

from mnemo.errors import Conflict
from mnemo.ledger import recovering
from mnemo.store import objects, queue
from mnemo.store.rows import Row
from tests.ledger.scenes import Scene, word_of


def begun(scene: Scene, run: str = "") -> list[str]:
    with scene.db.reading() as connection:
        return [row["status"] for row in recovering.list_begun(connection, run)]


def requeue(scene: Scene, executor: str = "ben") -> tuple[list[Row], Row]:
    with scene.db.transaction() as connection:
        task = recovering.list_begun(connection)[0]
        return recovering.requeue(connection, task, executor, "", at=scene.at, now=scene.now)


def test_only_what_was_begun_and_not_finished_is_found(scene: Scene) -> None:
    scene.add("waiting")
    done, held, given_up = scene.add("done"), scene.add("held", criteria=["x"]), scene.add("given up")
    for task in (done, held, given_up):
        scene.take(f"by-{task}", task=task)
    assert begun(scene) == ["in_progress"] * 3
    scene.write("done.txt", "x")
    scene.complete(f"by-{done}", task=done, cited=["done.txt"])
    scene.complete(f"by-{held}", task=held, summary="nearly")
    scene.fail(f"by-{given_up}", task=given_up)
    assert begun(scene) == ["submitted"]


def test_a_requeued_task_has_a_fresh_dispatch_and_both_name_each_other(scene: Scene) -> None:
    task = scene.add()
    first = scene.take("ann", task=task)["dispatch"]
    old, fresh = requeue(scene)
    assert [row["status"] for row in old] == ["recovered"]
    assert (fresh["status"], fresh["attempt"]) == ("queued", 2)
    with scene.db.reading() as connection:
        assert objects.find(connection, old[0]["result"]) == {"recovered_by": fresh["dispatch"]}
        payload = objects.find(connection, fresh["object"])
        assert payload is not None
        assert payload["recovers"] == [old[0]["dispatch"]]
        assert payload["executor"] == "ben"
        assert queue.find_row(connection, "task", fresh["task"])["status"] == "ready"  # type: ignore[index]
    with pytest.raises(Conflict) as caught:
        scene.complete("ann", dispatch=first["id"], summary="late")
    assert word_of(caught.value) == "stale_lease"
    assert scene.take("ben", task=task)["dispatch"]["attempt"] == 2


def test_a_task_held_at_submitted_is_handed_out_again(scene: Scene) -> None:
    task = scene.add(criteria=["x"])
    scene.take("ann", task=task)
    scene.complete("ann", task=task, summary="said to be done")
    requeue(scene)
    assert scene.take("ben", task=task)["dispatch"]["task_status"] == "in_progress"


def test_work_of_a_stopped_run_is_not_requeued(scene: Scene) -> None:
    task = scene.add()
    scene.take("ann", task=task)
    with scene.db.transaction() as connection:
        row = recovering.list_begun(connection)[0]
        part = {f"run/{row['run']}": {"do": "status", "status": "paused"}}
        recovering.events.record(connection, "run.paused", part, at=scene.at, now=scene.now)
    with pytest.raises(Conflict) as caught:
        requeue(scene)
    assert word_of(caught.value) == "invalid_transition"
    assert begun(scene) == ["in_progress"]


def test_a_planned_recovery_is_one_event_and_changes_no_state(scene: Scene) -> None:
    scene.take("ann", task=scene.add())
    with scene.db.transaction() as connection:
        found = recovering.list_begun(connection)
        recovering.record_plan(connection, found, {}, at=scene.at, now=scene.now)
        kinds = [event.kind for event in recovering.events.iter_events(connection)]
        recovering.record_plan(connection, [], {}, at=scene.at, now=scene.now)
        after = [event.kind for event in recovering.events.iter_events(connection)]
    assert kinds[-1] == "recovery.planned"
    assert after == kinds
    assert begun(scene) == ["in_progress"]
