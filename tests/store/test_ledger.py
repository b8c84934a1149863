"""How the ledger folds: late, concurrent and repeated deeds change nothing that was decided before them."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from mnemo.errors import MnemoError
from mnemo.ids import new_id
from mnemo.ledger import dispatching
from mnemo.model import work
from mnemo.store import events, integrity, objects, queue, rows, segments
from mnemo.store.database import Database, empty
from tests.stores import MAIN, START_MS, assert_whole, on, open_store

TASK, DISPATCH, RUN = "task_" + "a" * 32, "dispatch_" + "b" * 32, "run_" + "c" * 32
BIRTHS = {
    work.RUN: "open",
    work.PLAN: "draft",
    work.TASK: "add",
    work.GATE: "record",
    work.EVIDENCE: "record",
}


def deed(db: Database, now: int = START_MS, **parts: events.Part) -> events.Event:
    """Record one event; the names of parts are task, dispatch or run."""
    names = {"task": f"task/{TASK}", "dispatch": f"dispatch/{DISPATCH}", "run": f"run/{RUN}"}
    with db.transaction() as connection:
        return events.record(
            connection, "test", {names[name]: part for name, part in parts.items()}, at=MAIN, now=now
        )


def dispatch_of(db: Database) -> rows.Row:
    """The row of the one dispatch."""
    with db.reading() as connection:
        found = queue.find_row(connection, work.DISPATCH, DISPATCH)
    assert found
    return found


def exchange(folder: Path, *stores: Database) -> None:
    """Let stores know of each other's events."""
    for _ in range(2):
        for db in stores:
            with db.transaction() as connection:
                segments.write_segments(connection, str(folder))
                segments.read_segments(connection, str(folder), START_MS + 3_600_000)


def states(*stores: Database) -> set[str]:
    """The state hashes of several stores."""
    found: set[str] = set()
    for db in stores:
        with db.reading() as connection:
            found.add(integrity.state_hash(connection))
    return found


def queued(db: Database) -> None:
    """Add the task and queue its dispatch."""
    deed(db, run={"do": "open", "spike": True}, task={"do": "add", "run": RUN})
    deed(db, dispatch={"do": "queue", "task": TASK, "attempt": 1})


def taken_by(executor: str) -> events.Part:
    """The part of a take."""
    return {"do": "take", "executor": executor, "lease_until": START_MS + 60_000}


def finished_by(executor: str, status: str = "completed") -> events.Part:
    """The part of a completion or failure."""
    return {"do": "finish", "status": status, "executor": executor, "object": ""}


def test_a_second_take_changes_nothing(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    queued(db)
    deed(db, dispatch=taken_by("ann"))
    deed(db, dispatch=taken_by("bob"))
    deed(db, dispatch=finished_by("bob"))
    row = dispatch_of(db)
    assert (row["status"], row["executor"]) == ("claimed", "ann")
    assert_whole(db)
    db.close()


def test_a_recovered_dispatch_can_be_neither_taken_nor_finished(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    queued(db)
    deed(db, dispatch=taken_by("ann"))
    deed(db, dispatch={"do": "recover", "status": "recovered"})
    for part in (taken_by("ann"), finished_by("ann"), finished_by("ann", "failed")):
        deed(db, dispatch=part)
        assert dispatch_of(db)["status"] == "recovered"
    assert_whole(db)
    db.close()


def test_of_two_takes_in_two_replicas_the_earlier_counts_everywhere(tmp_path: Path) -> None:
    a, b = open_store(tmp_path / "a"), open_store(tmp_path / "b")
    queued(a)
    exchange(tmp_path / "remote", a, b)
    deed(a, now=START_MS + 2_000, dispatch=taken_by("late"), task={"do": "status", "status": "in_progress"})
    deed(b, now=START_MS + 1_000, dispatch=taken_by("early"), task={"do": "status", "status": "in_progress"})
    deed(a, now=START_MS + 3_000, dispatch=finished_by("late", "failed"))
    assert dispatch_of(a)["executor"] == "late"
    exchange(tmp_path / "remote", a, b)
    for db in (a, b):
        row = dispatch_of(db)
        assert (row["status"], row["executor"]) == ("claimed", "early")
        assert_whole(db)
    assert len(states(a, b)) == 1
    a.close()
    b.close()


def test_an_undone_take_leaves_the_dispatch_queued(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    queued(db)
    event = deed(db, dispatch=taken_by("ann"), task={"do": "status", "status": "in_progress"})
    undo: events.Part = {"do": "undo", "event": event.hash}
    deed(db, dispatch=undo, task=undo)
    assert dispatch_of(db)["status"] == "queued"
    assert_whole(db)
    db.close()


def test_evidence_with_criteria_and_tests_is_whole_again_after_an_undo_and_its_undo(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    name = f"evidence/{new_id(work.EVIDENCE)}"

    def counts(connection: object) -> list[int]:
        with db.reading() as reader:
            tables = ("evidence", "evidence_criteria", "evidence_tests")
            return [reader.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables]

    with db.transaction() as connection:
        sealed = objects.seal({"tests": [["a.py::t", "passed"], ["a.py::u", "failed"]]})
        objects.put(connection, sealed)
        part = {
            "do": "record",
            "kind": "command_output",
            "task": TASK,
            "criteria": [1, 2, 3],
            "object": sealed.hash,
        }
        events.record(connection, "test", {name: part}, at=MAIN, now=START_MS)
        serve = {"do": "serve", "task": "task_" + "d" * 32, "criteria": [0]}
        last = events.record(connection, "test", {name: serve}, at=MAIN, now=START_MS)
    assert counts(db) == [1, 4, 2]
    for expected in ([1, 3, 2], [1, 4, 2]):
        with db.transaction() as connection:
            last = events.record(
                connection, "undo", {name: {"do": "undo", "event": last.hash}}, at=MAIN, now=START_MS
            )
        assert counts(db) == expected
    assert_whole(db)
    db.close()


@pytest.mark.parametrize("kind", sorted(BIRTHS))
@limits(max_examples=25)
@given(steps=st.data())
def test_whatever_is_asked_only_legal_steps_are_taken(kind: str, steps: st.DataObject) -> None:
    connection = empty()
    connection.execute("BEGIN")
    name, full = f"{kind}/{kind}_{'1' * 32}", f"{kind}_{'1' * 32}"
    born: events.Part = {
        "do": BIRTHS[kind],
        "run": RUN,
        "kind": "approval",
        "content": "",
        "status": "pending",
    }
    if kind == work.EVIDENCE:
        born["status"] = "passed"
    events.record(connection, "test", {name: born}, at=MAIN, now=START_MS)
    states_known = sorted(work.TRANSITIONS[kind])
    for wanted in steps.draw(st.lists(st.sampled_from([*states_known, "dreaming"]), max_size=12)):
        before = queue.find_row(connection, kind, full)
        assert before
        part: events.Part = {"do": "status", "status": wanted}
        events.record(connection, "test", {name: part}, at=MAIN, now=START_MS)
        after = queue.find_row(connection, kind, full)
        assert after
        legal = work.can(kind, before["status"], wanted)
        assert after["status"] == (wanted if legal else before["status"])
    state = integrity.state_hash(connection)
    events.refold(connection, name)
    assert integrity.state_hash(connection) == state
    connection.close()


@limits(max_examples=40)
@given(
    st.lists(
        st.tuples(st.sampled_from(["queue", "ann", "bob", "recover", "end ann", "fail bob"])), max_size=10
    )
)
def test_a_dispatch_has_at_most_one_holder_in_any_history(history: list[tuple[str]]) -> None:
    connection = empty()
    connection.execute("BEGIN")
    name = f"dispatch/{DISPATCH}"
    parts: dict[str, events.Part] = {
        "queue": {"do": "queue", "task": TASK, "attempt": 1},
        "ann": taken_by("ann"),
        "bob": taken_by("bob"),
        "recover": {"do": "recover", "status": "recovered"},
        "end ann": finished_by("ann"),
        "fail bob": finished_by("bob", "failed"),
    }
    holders: set[str] = set()
    for (step,) in history:
        events.record(connection, "test", {name: parts[step]}, at=MAIN, now=START_MS)
        row = rows.find(connection, "dispatches", dispatch=DISPATCH)
        if row and row["executor"]:
            holders.add(row["executor"])
    assert len(holders) <= 1
    state = integrity.state_hash(connection)
    events.refold(connection, name)
    assert integrity.state_hash(connection) == state
    connection.close()


def act(db: Database, dice: random.Random, now: int) -> None:
    """Do one thing that an agent may do; what is refused is part of the story."""
    at, who = on("main"), dice.choice(["ann", "bob"])
    known: list[str] = []
    with db.reading() as connection:
        known = [row["task"] for row in queue.list_tasks(connection)]
    try:
        match dice.randrange(5):
            case 0:
                needs = dice.sample(known, min(len(known), 1))
                dispatching.add(db, f"Task {now}", None, ["one"], at=at, now=now, needs=needs)
            case 1:
                dispatching.take(db, who, at=at, now=now, lease_minutes=dice.choice([0.05, 30]))
            case 2:
                dispatching.take(db, who, at=at, now=now, task=dice.choice(known or ["task_0000"]))
            case 3:
                dispatching.complete(db, who, at=at, now=now, summary="so I say")
            case _:
                dispatching.fail(db, who, "no", at=at, now=now)
    except MnemoError:
        pass


def test_random_histories_of_three_replicas_come_to_the_same_state() -> None:
    for seed in range(12):
        dice = random.Random(seed)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            replicas = [open_store(folder / each) for each in "abc"]
            for step in range(12):
                act(dice.choice(replicas), dice, START_MS + step * 1_000 + dice.randrange(3_000))
                if dice.random() < 0.2:
                    exchange(folder / "remote", *dice.sample(replicas, 2))
            exchange(folder / "remote", *dice.sample(replicas, 3))
            assert len(states(*replicas)) == 1, f"seed {seed}"
            for db in replicas:
                if seed % 4 == 0:
                    assert_whole(db)
                db.close()
