"""The event log: chains, folds, undo and rebuild."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from mnemo import ids
from mnemo.clock import from_ms
from mnemo.errors import StorageError
from mnemo.model.claim import payload_of
from mnemo.model.event import decode, effective
from mnemo.store import assertions, events, integrity, objects
from mnemo.store.claims import assert_part
from tests.stores import MAIN, START_MS, assert_whole, on, open_store, say, withdraw


def test_each_chain_counts_from_one_and_names_the_event_before(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    with db.transaction() as connection:
        say(connection, "first")
        say(connection, "second")
        found = list(events.iter_events(connection))
    assert [event.seq for event in found] == [1, 2]
    assert found[1].prev == found[0].hash
    assert_whole(db)


def _fold_two(connection: sqlite3.Connection, *, together: bool) -> list[tuple[object, ...]]:
    """Assert a claim that was asserted before and a new one, in one event or in two; return what stands."""
    say(connection, "known before", reinforced=2)
    parts: dict[str, dict[str, object]] = {}
    for content, tags in (("known before", ["old"]), ("new here", ["b", "a"])):
        anchors = [{"type": "file", "path": f"src/{tags[0]}.py"}]
        sealed = objects.seal(payload_of(content, tags=tags, path="src", anchors=anchors))
        objects.put(connection, sealed)
        links = [["relates_to", "f" * 64]]
        parts[f"claim/{ids.address('leaf', content)}"] = assert_part(object=sealed.hash, links=links)
    for some in [parts] if together else [{name: part} for name, part in parts.items()]:
        events.record(connection, "claim", some, at=MAIN, now=START_MS)
    return connection.execute(
        "SELECT c.address, a.standing, a.folder, a.object, a.reinforced, group_concat(DISTINCT t.tag), "
        "n.path, l.target, s.headline, s.tags, s.paths FROM claims c JOIN assertions a ON a.claim = c.id "
        "JOIN tags t ON t.assertion = a.id JOIN anchors n ON n.assertion = a.id "
        "JOIN links l ON l.claim = c.id JOIN search s ON s.rowid = c.id GROUP BY c.id ORDER BY c.address"
    ).fetchall()


def test_claims_of_one_event_stand_as_if_each_had_its_own(tmp_path: Path) -> None:
    stands: list[list[tuple[object, ...]]] = []
    for together in (True, False):
        db = open_store(tmp_path / str(together))
        with db.transaction() as connection:
            stands.append(_fold_two(connection, together=together))
        assert_whole(db)
    assert len(stands[0]) == 2
    assert stands[0] == stands[1]


def test_a_claim_whose_words_stay_is_not_indexed_again(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    said: list[str] = []
    with db.transaction() as connection:
        address = say(connection, "we use tabs")
        connection.set_trace_callback(said.append)
        events.record(
            connection, "reinforce", {f"claim/{address}": {"do": "reinforce"}}, at=MAIN, now=START_MS
        )
        say(connection, "we use tabs", payload={"tags": ["style"]})
        connection.set_trace_callback(None)
    assert sum(sql.startswith("INSERT INTO search ") for sql in said) == 1
    assert sum(sql.startswith("DELETE FROM search ") for sql in said) == 1
    assert_whole(db)


def test_events_hold_addresses_and_hashes_but_no_text(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    with db.transaction() as connection:
        say(connection, "an unmistakable sentence", payload={"why": "an unmistakable reason"})
        data = connection.execute("SELECT bytes FROM events").fetchone()[0]
    assert b"unmistakable" not in data
    assert decode(data).kind == "claim"


def test_a_clock_that_jumps_back_keeps_the_order(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    with db.transaction() as connection:
        say(connection, "before", now=START_MS)
        say(connection, "after", now=START_MS - 3_600_000)
        clocks = [event.clock for event in events.iter_events(connection)]
    assert clocks == sorted(clocks)
    assert clocks[0] == from_ms(START_MS)


def test_changing_or_deleting_an_event_is_refused_by_the_file_itself(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    with db.transaction() as connection:
        say(connection, "kept")
    for sql in ("UPDATE events SET bytes = x'00'", "UPDATE events SET kind = 'other'", "DELETE FROM events"):
        with pytest.raises(StorageError, match="never"), db.transaction() as connection:
            connection.execute(sql)
    assert_whole(db)


def test_a_changed_byte_is_named_by_its_sequence_number(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    with db.transaction() as connection:
        for number in range(4):
            say(connection, f"claim {number}")
    db.close()
    raw = sqlite3.connect(db.path)
    raw.execute("DROP TRIGGER events_are_final")
    forged = "CAST(replace(CAST(bytes AS TEXT), 'tester', 'forger') AS BLOB)"
    raw.execute(f"UPDATE events SET bytes = {forged} WHERE seq = 3")
    raw.commit()
    raw.close()
    with db.reading() as connection:
        assert any("event 3" in line for line in events.broken_links(connection))


def test_undoing_a_claim_gives_back_the_state_before_it(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    with db.transaction() as connection:
        say(connection, "stays")
        before = integrity.state_hash(connection)
        address = say(connection, "goes")
        newest = next(events.iter_newest(connection))
        part = {"do": "undo", "event": newest.hash}
        events.record(connection, "undo", {f"claim/{address}": part}, at=MAIN, now=START_MS)
        assert integrity.state_hash(connection) == before
    assert_whole(db)


def test_undoing_an_undo_brings_the_claim_back(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    with db.transaction() as connection:
        address = say(connection, "here again")
        name = f"claim/{address}"
        after = integrity.state_hash(connection)
        for _ in range(2):
            newest = next(events.iter_newest(connection))
            events.record(
                connection, "undo", {name: {"do": "undo", "event": newest.hash}}, at=MAIN, now=START_MS
            )
        assert integrity.state_hash(connection) == after
        held = list(events.iter_aggregate(connection, name))
        assert len(effective(held, name)) == 1
    assert_whole(db)


def test_a_deed_of_a_later_version_is_kept_and_left_alone(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    with db.transaction() as connection:
        address = say(connection, "known")
        before = integrity.state_hash(connection)
        events.record(connection, "novel", {f"claim/{address}": {"do": "novel"}}, at=MAIN, now=START_MS)
        events.record(connection, "novel", {"novelty/1": {"do": "make"}}, at=MAIN, now=START_MS)
        assert integrity.state_hash(connection) == before
        assert len(list(events.iter_events(connection))) == 3
    assert_whole(db)


def test_a_claim_said_again_is_one_claim_that_counts_it(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    with db.transaction() as connection:
        address = say(connection, "twice", now=START_MS)
        assert say(connection, "twice", now=START_MS + 5) == address
        (one,) = assertions.by_address(connection, address)
    assert (one.reinforced, one.first) == (1, from_ms(START_MS))
    assert_whole(db)


def test_the_same_text_on_two_branches_is_one_claim_with_two_assertions(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    with db.transaction() as connection:
        address = say(connection, "shared")
        say(connection, "shared", at=on("feature"))
        withdraw(connection, address, at=on("feature"), wide=False)
        standing = {one.branch: one.standing for one in assertions.by_address(connection, address)}
    assert standing == {"main": "active", "feature": "retracted"}
    assert_whole(db)
