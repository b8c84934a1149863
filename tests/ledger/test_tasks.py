"""Adding tasks, and which of them are ready."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from mnemo.errors import Conflict, Invalid, MnemoError, NotFound, Refused
from mnemo.ledger import tasks
from mnemo.model import work
from mnemo.store import events, queue
from mnemo.store.database import Database, empty
from tests.ledger.scenes import Scene, word_of
from tests.stores import MAIN, START_MS, open_store

SECRET = "AKIA" + "Q3EGR7Z2LMXNVT4W"


def test_a_task_without_a_run_opens_the_branchs_own_run_once(scene: Scene) -> None:
    scene.add("One")
    scene.add("Two")
    with scene.db.reading() as connection:
        runs = connection.execute("SELECT run, branch, spike, status FROM runs").fetchall()
        assert [row[1:] for row in runs] == [("main", 1, "active")]
        assert {row["run"] for row in queue.list_tasks(connection)} == {runs[0][0]}


def test_each_branch_has_a_run_of_its_own(scene: Scene) -> None:
    scene.add("One")
    scene.branch = "feature"
    scene.add("Two")
    with scene.db.reading() as connection:
        assert sorted(queue.branches_of(connection).values()) == ["feature", "main"]


def test_a_task_keeps_what_it_was_given(scene: Scene) -> None:
    record = scene.ready()
    assert record["tasks"] == []
    task = scene.add("Parse dates", body="All of them.", criteria=["tests pass", "documented"], priority=0.5)
    (told,) = scene.ready()["tasks"]
    assert told == {
        "id": task,
        "title": "Parse dates",
        "status": "pending",
        "priority": 0.5,
        "criteria": ["tests pass", "documented"],
        "blocked_by": [],
    }


def test_the_hundred_and_first_open_task_is_refused_until_one_is_done(scene: Scene) -> None:
    with scene.db.transaction() as connection:
        for number in range(tasks.MOST_OPEN):
            tasks.add_task(connection, f"Task {number}", at=MAIN, now=START_MS)
    with pytest.raises(Refused) as refused:
        scene.add("One too many")
    assert word_of(refused.value) == "spike_limit"
    assert "100" in refused.value.message
    scene.branch = "feature"
    scene.add("Another branch has room")


@pytest.mark.parametrize(
    "given",
    [
        {"title": ""},
        {"title": "  \n"},
        {"title": "x" * 501},
        {"title": "nul \0 inside"},
        {"title": "half \ud800"},
        {"body": "x" * 100_001},
        {"criteria": ["fine", " "]},
        {"criteria": ["fine"] * 101},
        {"priority": 1.5},
        {"priority": float("nan")},
    ],
)
def test_what_cannot_be_kept_is_refused_and_nothing_is_written(scene: Scene, given: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        scene.add(**given)
    word_of(refused.value)
    with scene.db.reading() as connection:
        assert list(events.iter_events(connection)) == []


def test_an_unknown_need_or_run_is_named(scene: Scene) -> None:
    with pytest.raises(NotFound) as missing:
        scene.add(needs=["task_0123456789ab"])
    assert word_of(missing.value) == "task_not_found"
    with pytest.raises(NotFound) as missing:
        scene.add(run="run_0123456789ab")
    assert word_of(missing.value) == "run_not_found"


def test_secrets_in_a_task_never_reach_the_disk(scene: Scene) -> None:
    scene.add(f"Use {SECRET}", body=f"key {SECRET}", criteria=[f"log in with {SECRET}"])
    scene.take(f"agent {SECRET}")
    scene.fail(f"agent {SECRET}", f"{SECRET} was wrong")
    scene.db.close()
    for file in Path(scene.db.folder).rglob("*"):
        assert not file.is_file() or SECRET.encode() not in file.read_bytes(), file.name


def test_a_task_waits_until_what_it_needs_is_done(scene: Scene) -> None:
    first = scene.add("First")
    second = scene.add("Second", needs=[first])
    assert [task["id"] for task in scene.ready()["tasks"]] == [first]
    with pytest.raises(Conflict) as refused:
        scene.take(task=second)
    assert word_of(refused.value) == "task_not_ready"
    assert first in refused.value.message
    scene.take(task=first)
    scene.write("report.txt", "done")
    scene.complete(task=first, cited=["report.txt"])
    assert [task["id"] for task in scene.ready()["tasks"]] == [second]


def test_the_branchs_own_tasks_come_alone_and_others_only_where_it_has_none(scene: Scene) -> None:
    task = scene.add("On main")
    scene.branch = "feature"
    told = scene.ready()
    assert [(each["id"], each["branch"]) for each in told["tasks"]] == [(task, "main")]
    assert "feature" in told["notes"][0]
    own = scene.add("On feature")
    assert [(each["id"], each.get("branch")) for each in scene.ready()["tasks"]] == [(own, None)]


def test_an_empty_queue_names_where_it_looked(scene: Scene) -> None:
    task = scene.add("One")
    scene.take(task=task)
    told = scene.ready()
    assert told["tasks"] == []
    assert told["notes"] == ["Looked on main: 1 in_progress; open tasks of other branches: 0."]


def test_reading_the_queue_of_a_fresh_repository_makes_no_file(scene: Scene) -> None:
    scene.ready()
    assert not Path(scene.db.folder).exists()


def brute_force(db: Database) -> list[str]:
    """The ready tasks by their definition, with no cleverness."""
    with db.reading() as connection:
        known = {row["task"]: row for row in queue.list_tasks(connection)}
        needs: dict[str, set[str]] = {task: set() for task in known}
        for task, needed in connection.execute("SELECT task, needs FROM task_dependencies"):
            needs[task].add(needed)
    opened = {task for task, row in known.items() if row["status"] in work.OPEN}

    def waits_for(task: str, needed: str) -> bool:
        return needed in needs[task] or any(waits_for(each, needed) for each in needs[task] if each in opened)

    def held_up(task: str) -> int:
        return sum(1 for each in opened if waits_for(each, task))

    found = [
        task
        for task, row in known.items()
        if row["status"] in work.WAITING and all(known[each]["status"] in work.DONE for each in needs[task])
    ]
    return sorted(
        found, key=lambda task: (-known[task]["priority"], -held_up(task), known[task]["clock"], task)
    )


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place for the stores of many examples."""
    return tmp_path_factory.mktemp("queues")


@limits(max_examples=15)
@given(seed=st.integers(0, 10_000), count=st.integers(1, 12))
def test_the_order_of_ready_tasks_is_the_one_of_the_definition(folders: Path, seed: int, count: int) -> None:
    dice = random.Random(seed)
    db = open_store(folders / f"{seed}-{count}")
    with db.transaction() as connection:
        made: list[str] = []
        for number in range(count):
            needs = dice.sample(made, min(len(made), dice.choice([0, 0, 1, 2])))
            row = tasks.add_task(
                connection,
                f"Task {number}",
                at=MAIN,
                now=START_MS,
                needs=needs,
                priority=dice.choice([0, 0.5]),
            )
            made.append(row["task"])
        for task in dice.sample(made, count // 3):
            for status in ("in_progress", "completed"):
                part = {f"task/{task}": {"do": "status", "status": status}}
                events.record(connection, "test", part, at=MAIN, now=START_MS)
    with db.reading() as connection:
        assert [row["task"] for row in tasks.list_ready(connection, "main")] == brute_force(db)
    db.close()


def test_a_thousand_tasks_are_ordered_as_by_definition() -> None:
    connection = empty()
    dice = random.Random(7)
    made: list[str] = []
    connection.execute("BEGIN")
    for number in range(1_000):
        run = "" if number % 100 else _run(connection, number)
        needs = dice.sample(made[-20:], min(len(made), dice.choice([0, 1, 2])))
        row = tasks.add_task(
            connection,
            f"Task {number}",
            at=MAIN,
            now=START_MS,
            needs=needs,
            run=run or _newest_run(connection),
        )
        made.append(row["task"])
    found = [row["task"] for row in tasks.list_ready(connection, "main")]
    after_each: dict[str, list[str]] = {}
    for needed, task in connection.execute("SELECT needs, task FROM task_dependencies"):
        after_each.setdefault(needed, []).append(task)
    reached: dict[str, set[str]] = {}
    for task in reversed(made):
        after = after_each.get(task, [])
        reached[task] = set(after).union(*(reached[each] for each in after))
    needing = {task for after in after_each.values() for task in after}
    free = [task for task in made if task not in needing]
    assert found == sorted(free, key=lambda task: (-len(reached[task]), made.index(task)))
    connection.close()


def _run(connection: Any, number: int) -> str:
    run = f"run_{number:032x}"
    events.record(connection, "test", {f"run/{run}": {"do": "open", "spike": True}}, at=MAIN, now=START_MS)
    return run


def _newest_run(connection: Any) -> str:
    return connection.execute("SELECT run FROM runs ORDER BY clock DESC LIMIT 1").fetchone()[0]


def test_a_task_of_a_run_that_is_paused_or_unplanned_is_not_ready(scene: Scene) -> None:
    with scene.db.transaction() as connection:
        planned = "run_" + "1" * 32
        events.record(connection, "test", {f"run/{planned}": {"do": "open"}}, at=MAIN, now=START_MS)
        row = tasks.add_task(connection, "Planned work", at=MAIN, now=START_MS, run=planned)
    assert scene.ready()["tasks"] == []
    with pytest.raises(Refused) as refused:
        scene.take(task=row["task"])
    assert word_of(refused.value) == "canonical_plan_required"
    for part in ({"do": "plan", "plan": "plan_1"}, {"do": "status", "status": "paused"}):
        with scene.db.transaction() as connection:
            events.record(connection, "test", {f"run/{planned}": part}, at=MAIN, now=START_MS)
    with pytest.raises(MnemoError) as stopped:
        scene.take(task=row["task"])
    assert word_of(stopped.value) == "invalid_transition"
    assert "active or cancelled" in stopped.value.fix
