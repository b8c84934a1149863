"""The chains of events, walked link by link."""

from __future__ import annotations

import time
from pathlib import Path

from mnemo.ids import digest
from mnemo.model.event import Event, encode
from mnemo.store import chains
from mnemo.store.connections import Connection
from mnemo.store.database import Database
from tests.stores import MAIN, assert_whole, open_store, say

COUNT = 10_000
BOUND_S = 1.0


def fill(connection: Connection, count: int) -> None:
    """Append events to one chain as they are written, without folding them."""
    prev, rows = "", []
    for seq in range(1, count + 1):
        part = {"do": "record", "kind": "command_output", "status": "passed", "object": digest(b"%d" % seq)}
        parts = {f"evidence/evidence_{seq:032x}": part}
        data = encode(Event("r" * 32, "project", seq, prev, seq << 16, "evidence.recorded", MAIN, parts))
        prev = digest(data)
        rows.append(("r" * 32, "project", seq, seq << 16, "evidence.recorded", bytes.fromhex(prev), data))
    connection.executemany(
        "INSERT INTO events (replica, space, seq, clock, kind, hash, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)",
        rows,
    )


def test_ten_thousand_events_are_verified_in_under_a_second(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    with db.transaction() as connection:
        fill(connection, COUNT)
        started = time.process_time()
        (chain,) = chains.walk(connection)
        took = time.process_time() - started
    db.close()
    assert (chain.events, chain.seq, chain.breaks) == (COUNT, COUNT, ())
    assert took < BOUND_S


def test_each_event_that_can_be_read_is_seen_once_and_each_chain_by_itself(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    seen: list[int] = []
    with db.transaction() as connection:
        for number in range(3):
            say(connection, f"claim {number}")
        fill(connection, 5)
        walked = chains.walk(connection, lambda event: seen.append(event.seq))
    assert sorted((chain.events, chain.seq) for chain in walked) == [(3, 3), (5, 5)]
    assert sorted(seen) == [1, 1, 2, 2, 3, 3, 4, 5]
    assert all(len(chain.head) == 64 for chain in walked)
    db.close()


def test_a_store_without_events_has_no_chain(tmp_path: Path) -> None:
    db: Database = open_store(tmp_path)
    with db.reading() as connection:
        assert chains.walk(connection) == []
        assert chains.list_breaks(connection) == []
    with db.transaction() as connection:
        say(connection, "one")
    assert_whole(db)
    db.close()
