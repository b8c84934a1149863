"""The audit finds one changed byte in any event, kept text or piece of evidence, and names it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest

from mnemo.errors import Invalid, StorageError
from mnemo.ids import check as sum_of
from mnemo.ledger import auditing
from mnemo.store import events, rows
from tests.ledger.scenes import Scene, make_scene

Record = dict[str, Any]
LAST = "(SELECT max(seq) FROM events)"


def worked(scene: Scene) -> str:
    """Do some work that leaves events, texts and evidence, and return the id of its evidence."""
    task = scene.add()
    scene.take(task=task)
    made = scene.run("echo", "9 passed", task=task)["id"]
    scene.complete(task=task, cited=[made])
    return made


def tampered(scene: Scene, change: Callable[[sqlite3.Connection], object]) -> Record:
    """Change the file behind the store's back, and return what the audit says; the scene is done with."""
    scene.db.close()
    raw = sqlite3.connect(scene.db.path)
    for name in ("events_are_final", "events_are_kept", "evidence_is_final", "evidence_is_kept"):
        raw.execute(f"DROP TRIGGER {name}")
    change(raw)
    raw.commit()
    raw.close()
    return auditing.verify(scene.db)


@pytest.fixture
def marred(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """A scene whose store will not be whole at its end."""
    return make_scene(tmp_path_factory.mktemp("marred") / "project")


def test_what_was_written_is_whole(scene: Scene) -> None:
    worked(scene)
    told = auditing.verify(scene.db)
    assert (told["ok"], told["findings"]) == (True, [])
    (chain,) = told["chains"]
    assert (chain["events"], chain["broken"], chain["sealed"]) == (told["events"], None, 0)


def test_an_empty_store_is_whole_and_not_made_by_looking(scene: Scene) -> None:
    assert auditing.verify(scene.db)["ok"] is True
    assert not scene.db.exists()


@pytest.mark.parametrize("seq", [1, 3])
def test_one_changed_byte_of_an_event_is_named_by_its_number(marred: Scene, seq: int) -> None:
    worked(marred)

    def flip(raw: sqlite3.Connection) -> None:
        (data,) = raw.execute("SELECT bytes FROM events WHERE seq = ?", (seq,)).fetchone()
        at = len(data) // 2
        raw.execute(
            "UPDATE events SET bytes = ? WHERE seq = ?",
            (data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :], seq),
        )

    told = tampered(marred, flip)
    assert told["ok"] is False
    (chain,) = told["chains"]
    assert (chain["broken"], chain["reason"]) == (seq, "its bytes do not fit its hash")


@pytest.mark.parametrize(
    ("sql", "seq", "reason"),
    [
        ("UPDATE events SET kind = 'other' WHERE seq = 2", 2, "its row does not say what its bytes say"),
        ("UPDATE events SET clock = clock + 1 WHERE seq = 2", 2, "its row does not say what its bytes say"),
        ("DELETE FROM events WHERE seq = 2", 3, "event 2 is missing"),
        ("UPDATE events SET bytes = NULL WHERE seq = 2", 2, "its bytes are gone and nothing sealed it"),
    ],
)
def test_a_changed_row_or_a_missing_event_is_named(marred: Scene, sql: str, seq: int, reason: str) -> None:
    worked(marred)

    def change(raw: sqlite3.Connection) -> None:
        raw.execute("PRAGMA foreign_keys = OFF")
        raw.execute(sql)

    (chain,) = tampered(marred, change)["chains"]
    assert (chain["broken"], chain["reason"]) == (seq, reason)


def test_an_event_that_was_rewritten_with_its_hash_breaks_the_one_after_it(marred: Scene) -> None:
    worked(marred)

    def forge(raw: sqlite3.Connection) -> None:
        (data,) = raw.execute("SELECT bytes FROM events WHERE seq = 2").fetchone()
        other = data.replace(b"tester", b"forger")
        assert other != data
        sha = auditing.audited.digest(other)
        raw.execute("UPDATE events SET bytes = ?, hash = ? WHERE seq = 2", (other, bytes.fromhex(sha)))

    (chain,) = tampered(marred, forge)["chains"]
    assert (chain["broken"], chain["reason"]) == (3, "it does not follow event 2")


def test_one_changed_byte_of_a_kept_output_is_found_and_said_whose_it_is(marred: Scene) -> None:
    made = worked(marred)

    def forge(raw: sqlite3.Connection) -> None:
        done = raw.execute(
            "UPDATE objects SET bytes = CAST(replace(CAST(bytes AS TEXT), '9 passed', '8 passed') AS BLOB) "
            'WHERE instr(bytes, CAST(\'"tail":"9 passed\' AS BLOB))'
        ).rowcount
        assert done == 1

    told = tampered(marred, forge)
    assert told["findings"] == [f"what {made} says, its kept output included, does not fit its hash"]


def test_evidence_that_no_event_recorded_and_evidence_that_is_gone_are_found(marred: Scene) -> None:
    made = worked(marred)

    def forge(raw: sqlite3.Connection) -> None:
        columns = rows.columns_of("evidence")
        row = raw.execute(
            f"SELECT {', '.join(columns)} FROM evidence WHERE kind = 'command_output'"
        ).fetchone()
        values = ["evidence_" + "f" * 32, *row[1:]]
        raw.execute("DELETE FROM evidence WHERE kind = 'command_output'")
        holders = ", ".join("?" * (len(columns) + 1))
        raw.execute(
            f"INSERT INTO evidence ({', '.join(columns)}, sum) VALUES ({holders})", [*values, sum_of(*values)]
        )

    findings = tampered(marred, forge)["findings"]
    assert findings[0] == "no event recorded evidence_ffffffffffff"
    assert findings[1].startswith(f"{made}, which event ")
    assert findings[1].endswith(" recorded, is gone")


def test_evidence_that_says_something_else_than_its_event_is_found(marred: Scene) -> None:
    made = worked(marred)

    def forge(raw: sqlite3.Connection) -> None:
        raw.execute("UPDATE evidence SET status = 'failed' WHERE kind = 'command_output'")

    (finding,) = tampered(marred, forge)["findings"]
    assert finding.startswith(f"{made} is not what event ")


def test_a_chain_whose_end_was_cut_off_is_found_by_a_head_that_was_noted_down(marred: Scene) -> None:
    worked(marred)
    head = auditing.verify(marred.db)["chains"][0]["head"]
    assert auditing.verify(marred.db, [head, head[:12].upper()])["ok"] is True

    def cut(raw: sqlite3.Connection) -> None:
        raw.execute("PRAGMA foreign_keys = OFF")
        raw.execute(f"DELETE FROM events WHERE seq = {LAST}")

    told = tampered(marred, cut)
    assert any("acknowledged" in line for line in told["findings"])
    noted = auditing.verify(marred.db, [head])["findings"]
    assert f"no chain holds the event {head[:12]} that was noted down" in noted


@pytest.mark.parametrize("head", ["", "abc", "x" * 64, "a" * 65, "%" * 12])
def test_a_head_that_is_no_hash_is_refused(scene: Scene, head: str) -> None:
    with pytest.raises(Invalid):
        auditing.verify(scene.db, [head])


def test_changing_or_deleting_evidence_is_refused_by_the_file_itself(scene: Scene) -> None:
    worked(scene)
    for sql in ("UPDATE evidence SET status = 'passed'", "DELETE FROM evidence"):
        with pytest.raises(StorageError, match="never"), scene.db.transaction() as connection:
            connection.execute(sql)
    assert auditing.verify(scene.db)["ok"] is True


def test_folding_evidence_anew_is_the_one_exception_and_leaves_the_same_rows(scene: Scene) -> None:
    task = scene.add()
    scene.run("false", task=task)
    scene.run("false", task=task)
    with scene.db.transaction() as connection:
        before = list(rows.iter_rows(connection, "evidence", order="evidence"))
        replaced = list(rows.iter_rows(connection, "superseded_evidence"))
        for row in before:
            events.refold(connection, f"evidence/{row['evidence']}")
        assert list(rows.iter_rows(connection, "evidence", order="evidence")) == before
        assert list(rows.iter_rows(connection, "superseded_evidence")) == replaced
        assert connection.execute("SELECT count(*) FROM refolding").fetchone() == (0,)
    assert len(replaced) == 1


def test_evidence_taken_back_by_an_undo_is_no_finding(scene: Scene) -> None:
    scene.run("true")
    with scene.db.transaction() as connection:
        (event,) = list(events.iter_events(connection))
        (name,) = event.parts
        events.record(
            connection, "undo", {name: {"do": "undo", "event": event.hash}}, at=scene.at, now=scene.now
        )
    assert auditing.verify(scene.db)["findings"] == []
