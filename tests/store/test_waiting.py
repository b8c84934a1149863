"""Which open task waits for which: kept in step with every deed, in whatever order deeds arrive."""

from __future__ import annotations

import random
from pathlib import Path

from mnemo.model import work
from mnemo.store import backup, events, segments, waiting
from mnemo.store.connections import Connection
from mnemo.store.database import Database
from tests.stores import MAIN, START_MS, open_store

NAMES = [f"task_{number:032x}" for number in range(12)]


def deed(db: Database, dice: random.Random, now: int) -> None:
    """Add a task that may need any other, or change the state of one, or take the newest deed back."""
    name = dice.choice(NAMES)
    part = {"do": "status", "status": dice.choice(list(work.TRANSITIONS[work.TASK]))}
    if dice.random() < 0.5:
        part = {"do": "add", "run": "run_1", "needs": dice.sample(NAMES, dice.randrange(4))}
    with db.transaction() as connection:
        newest = next(events.iter_newest(connection), None)
        if newest and dice.random() < 0.1 and newest.kind == "test":
            undone = {each: {"do": "undo", "event": newest.hash} for each in newest.parts}
            events.record(connection, "undo", undone, at=MAIN, now=now)
        else:
            events.record(connection, "test", {f"task/{name}": part}, at=MAIN, now=now)


def pairs(connection: Connection) -> list[tuple[str, str | None]]:
    """Return who waits for whom by id, None for what is not here."""
    return connection.execute(
        "SELECT t.task, n.task FROM waits w JOIN tasks t ON t.id = w.task "
        "LEFT JOIN tasks n ON n.id = w.needs ORDER BY 1, 2"
    ).fetchall()


def by_definition(connection: Connection) -> list[tuple[str, str | None]]:
    """Return the same from what the tasks say."""
    states = dict(connection.execute("SELECT task, status FROM tasks"))
    found = {
        (task, needs if needs in states else None)
        for task, needs in connection.execute("SELECT task, needs FROM task_dependencies")
        if states.get(task) in work.OPEN and states.get(needs) not in work.DONE
    }
    return sorted(found, key=lambda pair: (pair[0], pair[1] or ""))


def exchange(source: Database, target: Database, now: int) -> None:
    """Give the target all that the source knows."""
    with source.reading() as connection:
        replica = next(events.iter_newest(connection)).replica
        lines = list(segments.iter_segment(connection, replica, "project", 0))
    with target.transaction() as connection:
        assert segments.ingest(connection, lines, now).refused == ""


def test_who_waits_for_whom_follows_random_deeds_of_two_replicas(tmp_path: Path) -> None:
    for seed in range(12):
        dice = random.Random(seed)
        here, there = (open_store(tmp_path / f"{seed}-{name}") for name in "ab")
        for step in range(30):
            deed(dice.choice((here, there)), dice, START_MS + step)
        with here.reading() as connection:
            assert pairs(connection) == by_definition(connection), f"seed {seed}"
        exchange(there, here, START_MS + 100)
        with here.reading() as connection:
            assert pairs(connection) == by_definition(connection), f"seed {seed}, united"
            assert pairs(connection)
        here.close()
        there.close()


def test_it_is_made_anew_with_what_only_this_copy_keeps(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    for step in range(30):
        deed(db, random.Random(step), START_MS + step)
    with db.transaction() as connection:
        before = pairs(connection)
        connection.execute("DELETE FROM waits")
        backup.renew_local(connection)
        assert pairs(connection) == before != []
    db.close()


def test_the_latest_to_arrive_come_first_and_an_early_one_is_told(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    with db.transaction() as connection:
        for name, needs in ((NAMES[0], []), (NAMES[1], NAMES[:1]), (NAMES[2], NAMES[:2])):
            part = {"do": "add", "run": "run_1", "needs": needs}
            events.record(connection, "test", {f"task/{name}": part}, at=MAIN, now=START_MS)
        tasks, needed, in_order = waiting.load_waits(connection)
        assert (tasks, sorted(needed), in_order) == ([3, 3, 2], [1, 1, 2], True)
        part = {"do": "add", "run": "run_1", "needs": [NAMES[4]]}
        events.record(connection, "test", {f"task/{NAMES[3]}": part}, at=MAIN, now=START_MS)
        assert waiting.load_waits(connection)[2]
        events.record(connection, "test", {f"task/{NAMES[4]}": {"do": "add"}}, at=MAIN, now=START_MS)
        assert not waiting.load_waits(connection)[2]
    db.close()
