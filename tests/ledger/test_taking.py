"""Taking work: once, by one, and everyone else learns by whom."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from mnemo.errors import Conflict, Invalid, NotFound
from mnemo.ledger import dispatching
from mnemo.store import events
from mnemo.store.database import Database
from tests.ledger.scenes import MINUTE, Scene, word_of
from tests.stores import MAIN


def test_taking_a_task_makes_and_takes_its_dispatch_in_one_event(scene: Scene) -> None:
    task = scene.add("Do it", body="All of it")
    record = scene.take(task=task)
    dispatch = record["dispatch"]
    assert {
        name: dispatch[name] for name in ("task", "title", "status", "task_status", "executor", "attempt")
    } == {
        "task": task,
        "title": "Do it",
        "status": "claimed",
        "task_status": "in_progress",
        "executor": "ann",
        "attempt": 1,
    }
    assert dispatch["lease_until"] == "2026-09-21T14:43:20Z"
    assert record["tasks"][0]["body"] == "All of it"
    with scene.db.reading() as connection:
        assert [event.kind for event in events.iter_events(connection)] == ["task.added", "dispatch.taken"]


def test_taking_without_ids_takes_the_first_ready_task(scene: Scene) -> None:
    scene.add("Later")
    urgent = scene.add("Now", priority=1)
    assert scene.take()["dispatch"]["task"] == urgent
    assert scene.take()["dispatch"]["title"] == "Later"
    with pytest.raises(NotFound) as nothing:
        scene.take()
    assert word_of(nothing.value) == "no_ready_task"


def test_the_same_executor_may_take_again_and_keeps_its_dispatch(scene: Scene) -> None:
    task = scene.add()
    first = scene.take(task=task)["dispatch"]
    scene.later(10 * MINUTE)
    again = scene.take(task=task)["dispatch"]
    assert again["id"] == first["id"]
    assert again["attempt"] == 1
    assert again["lease_until"] > first["lease_until"]
    assert scene.take(dispatch=first["id"])["dispatch"]["id"] == first["id"]


def test_the_loser_learns_who_holds_the_task_and_until_when(scene: Scene) -> None:
    task = scene.add()
    held = scene.take("ann", task=task)["dispatch"]
    for given in ({"task": task}, {"dispatch": held["id"]}):
        with pytest.raises(Conflict) as lost:
            scene.take("bob", **given)
        assert word_of(lost.value) == "dispatch_already_claimed"
        assert "ann" in lost.value.message
        assert held["lease_until"] in lost.value.message


def test_a_queued_dispatch_is_taken_by_its_id_its_task_or_by_whoever_asks_for_work(scene: Scene) -> None:
    for given in ("dispatch", "task", None):
        task = scene.add()
        made = dispatching.create(scene.db, task, at=scene.at, now=scene.now)
        assert made["dispatch"]["status"] == "queued"
        assert made["dispatch"]["lease_until"] is None
        assert scene.ready()["tasks"] == []
        ids: dict[str, Any] = {"dispatch": made["dispatch"]["id"], "task": task}
        taken = scene.take(**({given: ids[given]} if given else {}))
        assert taken["dispatch"]["id"] == made["dispatch"]["id"]
        assert taken["dispatch"]["status"] == "claimed"


def test_creating_twice_gives_the_same_dispatch_and_a_held_task_none(scene: Scene) -> None:
    task = scene.add()
    first = dispatching.create(scene.db, task, at=scene.at, now=scene.now)
    assert dispatching.create(scene.db, task, at=scene.at, now=scene.now)["dispatch"] == first["dispatch"]
    scene.take("ann", task=task)
    with pytest.raises(Conflict) as held:
        dispatching.create(scene.db, task, at=scene.at, now=scene.now)
    assert word_of(held.value) == "dispatch_already_claimed"


def test_creating_needs_a_task(scene: Scene) -> None:
    with pytest.raises(Invalid):
        dispatching.create(scene.db, None, at=scene.at, now=scene.now)


def test_a_dispatch_of_another_task_is_refused(scene: Scene) -> None:
    one, two = scene.add("One"), scene.add("Two")
    made = dispatching.create(scene.db, one, at=scene.at, now=scene.now)["dispatch"]
    with pytest.raises(Invalid) as refused:
        scene.take(task=two, dispatch=made["id"])
    assert one in refused.value.message


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"task": "task_0123456789ab"}, "task_not_found"),
        ({"dispatch": "dispatch_nothing"}, "dispatch_not_found"),
    ],
)
def test_unknown_ids_are_named(scene: Scene, given: dict[str, str], word: str) -> None:
    with pytest.raises(NotFound) as missing:
        scene.take(**given)
    assert word_of(missing.value) == word


def test_done_and_terminal_work_cannot_be_taken(scene: Scene) -> None:
    task = scene.add()
    dispatch = scene.take(task=task)["dispatch"]["id"]
    scene.write("report.txt", "done")
    scene.complete(task=task, cited=["report.txt"])
    for given, word in (({"task": task}, "task_terminal"), ({"dispatch": dispatch}, "dispatch_terminal")):
        with pytest.raises(Conflict) as refused:
            scene.take(**given)
        assert word_of(refused.value) == word


@pytest.mark.parametrize("minutes", [0, -1, float("inf"), float("nan"), 10_081])
def test_an_impossible_lease_is_refused(scene: Scene, minutes: float) -> None:
    task = scene.add()
    with pytest.raises(Invalid):
        scene.take(task=task, lease_minutes=minutes)


@pytest.mark.parametrize("executor", ["", "  ", "x" * 201, "a\0b", "half \udc00"])
def test_an_impossible_executor_is_refused(scene: Scene, executor: str) -> None:
    task = scene.add()
    with pytest.raises(Invalid):
        scene.take(executor, task=task)


def race(path: str, executor: str, task_ids: list[str], now: int) -> list[tuple[str, str]]:
    """Try to take each task, as one process or thread of many."""
    db = Database(path)
    won: list[tuple[str, str]] = []
    for task in task_ids:
        try:
            dispatching.take(db, executor, at=MAIN, now=now, task=task)
            won.append((task, executor))
        except Conflict as lost:
            if lost.word != "dispatch_already_claimed" or " is taken by agent " not in lost.message:
                raise
    db.close()
    return won


def test_of_sixteen_threads_exactly_one_takes_each_of_twenty_tasks(scene: Scene) -> None:
    made = [scene.add(f"Task {number}") for number in range(20)]
    with ThreadPoolExecutor(16) as pool:
        jobs = [pool.submit(race, scene.db.path, f"agent {n}", made, scene.now) for n in range(16)]
        won = [pair for job in jobs for pair in job.result()]
    assert Counter(task for task, _ in won) == Counter(made)


def test_of_eight_processes_exactly_one_takes_each_task(scene: Scene) -> None:
    made = [scene.add(f"Task {number}") for number in range(6)]
    scene.db.close()
    context = multiprocessing.get_context("spawn")
    with context.Pool(4) as pool:
        arguments = [(scene.db.path, f"agent {n}", made, scene.now) for n in range(8)]
        won = [pair for pairs in pool.starmap(race, arguments) for pair in pairs]
    assert Counter(task for task, _ in won) == Counter(made)


def test_takers_without_ids_never_get_the_same_task(scene: Scene) -> None:
    made = {scene.add(f"Task {number}") for number in range(20)}

    def grab(number: int) -> str:
        return dispatching.take(scene.db, f"agent {number}", at=MAIN, now=scene.now)["dispatch"]["task"]

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(grab, range(20))) == made
