"""The graph of tasks: the order of what is ready, rings, and needs that can never be met."""

from __future__ import annotations

import random

import pytest

from mnemo.errors import Conflict
from mnemo.ledger import graph, tasks
from mnemo.ledger.names import shown
from mnemo.store import events
from mnemo.store.connections import Connection
from mnemo.store.database import empty
from tests.ledger.scenes import Scene, word_of
from tests.stores import MAIN, START_MS

A, B, C = (f"task_{letter * 32}" for letter in "abc")


def add(connection: Connection, task: str, *needs: str, run: str = "run_1", now: int = START_MS) -> None:
    """Record a task as another replica may have written it."""
    part = {"do": "add", "run": run, "needs": list(needs)}
    events.record(connection, "test", {f"task/{task}": part}, at=MAIN, now=now)


def opened() -> Connection:
    """A store in memory with one run that needs no plan."""
    connection = empty()
    connection.execute("BEGIN")
    events.record(connection, "test", {"run/run_1": {"do": "open", "spike": True}}, at=MAIN, now=START_MS)
    return connection


@pytest.mark.parametrize(
    ("needs", "path"),
    [
        ({}, None),
        ({"a": ["b"], "b": ["c"]}, None),
        ({"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []}, None),
        ({"a": ["a"]}, ["a", "a"]),
        ({"a": ["b"], "b": ["a"]}, ["a", "b", "a"]),
        ({"x": ["a"], "a": ["b"], "b": ["c"], "c": ["a"]}, ["a", "b", "c", "a"]),
        ({"a": ["nowhere"]}, None),
    ],
)
def test_a_ring_is_found_with_its_path(needs: dict[str, list[str]], path: list[str] | None) -> None:
    assert graph.find_cycle(needs) == path


def test_a_long_chain_is_walked_without_the_stack() -> None:
    needs = {f"{number:06}": [f"{number + 1:06}"] for number in range(20_000)}
    assert graph.find_cycle(needs) is None
    needs["020000"] = ["000000"]
    found = graph.find_cycle(needs)
    assert found is not None
    assert len(found) == 20_002


def test_a_ring_is_refused_with_the_names_people_gave() -> None:
    with pytest.raises(Conflict) as refused:
        graph.refuse_cycle({A: [B], B: [A]}, {A: "parse"})
    assert word_of(refused.value) == "dependency_cycle"
    assert f"parse → {shown(B)} → parse" in refused.value.message


def test_rings_and_missing_and_cancelled_needs_are_reported_and_none_of_them_is_ready() -> None:
    connection = opened()
    add(connection, A, B)
    add(connection, B, A)
    add(connection, C, "task_" + "d" * 32)
    other, gone = "task_" + "e" * 32, "task_" + "f" * 32
    add(connection, gone)
    add(connection, other, gone)
    cancelled = {"do": "status", "status": "cancelled"}
    events.record(connection, "test", {f"task/{gone}": cancelled}, at=MAIN, now=START_MS)
    assert graph.list_ready_ids(connection, "main") == []
    assert graph.list_problems(connection, [A, B, C, other]) == [
        {"problem": "missing_dependency", "task": shown(C), "needs": "task_dddddddddddd"},
        {"problem": "cancelled_dependency", "task": shown(other), "needs": shown(gone)},
        {"problem": "dependency_cycle", "path": [shown(A), shown(B), shown(A)]},
    ]
    assert graph.list_problems(connection, [gone]) == []
    connection.close()


def test_what_arrived_before_what_it_needs_still_counts_for_it() -> None:
    connection = opened()
    ready, quiet, waiting, later = (f"task_{letter * 32}" for letter in "1234")
    add(connection, later, waiting)  # as after a merge: who waits came first
    add(connection, waiting, ready)
    add(connection, quiet)
    add(connection, ready)
    assert graph.list_ready_ids(connection, "main") == [ready, quiet]
    connection.close()


def test_a_ring_elsewhere_does_not_disturb_the_order() -> None:
    connection = opened()
    add(connection, A, B)
    add(connection, B, A)
    first, second, waiting = (f"task_{letter * 32}" for letter in "123")
    add(connection, first)
    add(connection, second)
    add(connection, waiting, second)
    assert graph.list_ready_ids(connection, "main") == [second, first]
    connection.close()


def test_the_answer_follows_each_deed(scene: Scene) -> None:
    first, second = scene.add("First"), scene.add("Second")
    assert [each["id"] for each in scene.ready()["tasks"]] == [first, second]
    assert [each["id"] for each in scene.ready()["tasks"]] == [first, second]
    scene.take(task=first)
    assert [each["id"] for each in scene.ready()["tasks"]] == [second]
    scene.branch = "feature"
    assert [each["branch"] for each in scene.ready()["tasks"]] == ["main"]


def test_a_deed_that_was_rolled_back_leaves_no_answer_behind(scene: Scene) -> None:
    scene.add("First")

    def add_and_fail() -> None:
        with scene.db.transaction() as connection:
            tasks.add_task(connection, "Never", at=scene.at, now=scene.now)
            assert len(graph.list_ready_ids(connection, "main")) == 2
            raise RuntimeError

    with pytest.raises(RuntimeError):
        add_and_fail()
    with scene.db.reading() as connection:
        assert len(graph.list_ready_ids(connection, "main")) == 1


def test_the_order_is_that_of_the_definition_whatever_the_order_of_arrival() -> None:
    dice = random.Random(5)
    names = [f"task_{number:032x}" for number in range(60)]
    needs = {
        name: dice.sample(names[:at], min(at, dice.choice([0, 0, 1, 2]))) for at, name in enumerate(names)
    }
    connection = opened()
    for name in dice.sample(names, len(names)):
        add(connection, name, *needs[name])
    behind: dict[str, set[str]] = {name: set() for name in names}
    for name in reversed(names):
        for needed in needs[name]:
            behind[needed] |= {name} | behind[name]
    clocks = dict(connection.execute("SELECT task, clock FROM tasks"))
    free = [name for name in names if not needs[name]]
    expected = sorted(free, key=lambda name: (-len(behind[name]), clocks[name]))
    assert graph.list_ready_ids(connection, "main") == expected
    connection.close()
