"""The records of the work queue, as programs rely on them."""

from __future__ import annotations

from mnemo.ledger import dispatching
from tests.ledger.scenes import Scene

SHAPE = {"action", "tasks", "dispatch", "dispatches", "missing", "next"}
TASK = {"id", "title", "status", "priority", "criteria", "blocked_by"}
DISPATCH = {"id", "task", "title", "status", "task_status", "executor", "lease_until", "attempt"}


def test_every_action_answers_in_the_same_shape(scene: Scene) -> None:
    at, now = scene.at, scene.now
    task = scene.add(criteria=["one"])
    other = scene.add("Another")
    answers = [
        scene.ready(),
        dispatching.add(scene.db, "Third", at=at, now=now),
        dispatching.create(scene.db, task, at=at, now=now),
        scene.take(task=task),
        scene.heartbeat(),
        scene.complete(),
        dispatching.list_dispatches(scene.db, at=at, now=now),
        scene.fail(),
    ]
    actions = ["ready", "add", "create", "take", "heartbeat", "complete", "list", "fail"]
    assert [answer["action"] for answer in answers] == actions
    for answer in answers:
        assert set(answer) >= SHAPE
        assert answer["next"]
        assert all(set(each) >= TASK for each in answer["tasks"])
        assert all(set(each) == DISPATCH for each in answer["dispatches"])
        assert answer["dispatch"] is None or set(answer["dispatch"]) == DISPATCH
    assert other in [each["id"] for each in answers[0]["tasks"]]


def test_the_list_holds_this_branchs_tasks_and_dispatches_newest_first(scene: Scene) -> None:
    first = scene.add("First")
    second = scene.add("Second")
    scene.take(task=first)
    scene.take("bob", task=second)
    scene.branch = "feature"
    scene.add("Elsewhere")
    scene.branch = "main"
    told = dispatching.list_dispatches(scene.db, at=scene.at, now=scene.now)
    assert [each["id"] for each in told["tasks"]] == [second, first]
    assert [each["executor"] for each in told["dispatches"]] == ["bob", "ann"]
    assert told["notes"] == ["Looked on main; tasks of other branches: 1."]


def test_the_list_of_a_task_holds_every_attempt(scene: Scene) -> None:
    task = scene.add()
    scene.add("Another")
    for executor in ("ann", "bob"):
        scene.take(executor, task=task)
        scene.fail(executor)
    told = dispatching.list_dispatches(scene.db, at=scene.at, now=scene.now, task=task)
    assert [each["id"] for each in told["tasks"]] == [task]
    assert [(each["attempt"], each["executor"]) for each in told["dispatches"]] == [(2, "bob"), (1, "ann")]


def test_a_long_list_says_how_much_it_leaves_out(scene: Scene) -> None:
    for number in range(4):
        scene.add(f"Task {number}")
    told = dispatching.list_dispatches(scene.db, at=scene.at, now=scene.now, limit=3)
    assert len(told["tasks"]) == 3
    assert told["notes"] == ["The newest 3 of 4 tasks and 0 dispatches."]


def test_what_comes_next_can_be_done_as_it_is_said(scene: Scene) -> None:
    task = scene.add(criteria=["it runs"])
    held = scene.take(task=task)
    assert held["dispatch"]["id"] in held["next"]
    told = scene.complete(summary="done")
    assert told["notes"] == ["The summary is kept; it proves nothing by itself."]
    assert f"mnemo evidence run --task {task} -- CMD" in told["next"]
    scene.run("true", task=task)
    assert scene.complete()["missing"] == []
