"""Replicas that exchange segments in any order come to the same state."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from mnemo.ids import new_id
from mnemo.store import events, integrity, objects, segments
from mnemo.store.database import Database
from tests.stores import MAIN, START_MS, assert_whole, on, open_store, say, withdraw

TEXTS = [f"statement number {number} about the parser" for number in range(6)]


@pytest.mark.parametrize("seeds", [range(30), pytest.param(range(30, 150), marks=pytest.mark.soak)])
def test_random_histories_of_three_replicas_converge(tmp_path: Path, seeds: range) -> None:
    for seed in seeds:
        dice = random.Random(seed)
        folder = tmp_path / str(seed)
        replicas = [open_store(folder / name) for name in "abc"]
        for step in range(12):
            db = dice.choice(replicas)
            if dice.random() < 0.3:
                exchange(db, folder / "remote", START_MS + step * 1000)
            else:
                deed(db, dice, START_MS + dice.randrange(20_000))
        for _ in range(2):
            for db in dice.sample(replicas, 3):
                exchange(db, folder / "remote", START_MS + 60_000)
        states = {state(db) for db in replicas}
        assert len(states) == 1, f"seed {seed}"
        if seed % 30 == 0:
            for db in replicas:
                assert_whole(db)
        for db in replicas:
            db.close()


@limits(max_examples=15)
@given(order=st.permutations(range(6)))
def test_segments_may_arrive_in_any_order_and_twice(order: list[int]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source, target = open_store(folder / "source"), open_store(folder / "target")
        parts: list[list[bytes]] = []
        for number in range(6):
            with source.transaction() as connection:
                address = say(connection, TEXTS[number % 3], now=START_MS + number, at=on("main"))
                if number % 2:
                    withdraw(connection, address, now=START_MS + number)
                replica = next(events.iter_newest(connection)).replica
                seen = sum(len([line for line in part if line[:2] == b"E "]) for part in parts)
                parts.append(list(segments.iter_segment(connection, replica, "project", seen)))
        for _ in range(6):
            for place in order:
                with target.transaction() as connection:
                    assert segments.ingest(connection, parts[place], START_MS + 100).refused == ""
        assert state(source) == state(target)
        assert_whole(target)
        source.close()
        target.close()


def test_a_forged_event_puts_its_replica_in_quarantine_and_changes_nothing(tmp_path: Path) -> None:
    source, target = open_store(tmp_path / "source"), open_store(tmp_path / "target")
    with source.transaction() as connection:
        say(connection, "true", now=START_MS)
        say(connection, "also true", now=START_MS)
        replica = next(events.iter_newest(connection)).replica
        lines = list(segments.iter_segment(connection, replica, "project", 0))
    forged = [line.replace(b"tester", b"forger") for line in lines[:2]] + lines[2:]
    with target.transaction() as connection:
        before = integrity.state_hash(connection)
        told = segments.ingest(connection, forged, START_MS)
        assert "does not follow" in told.refused
        assert integrity.state_hash(connection) == before
        assert replica in segments.quarantined(connection)
        assert segments.ingest(connection, lines, START_MS).refused


def test_an_event_from_the_future_waits_until_its_time_has_come(tmp_path: Path) -> None:
    source, target = open_store(tmp_path / "source"), open_store(tmp_path / "target")
    with source.transaction() as connection:
        say(connection, "early", now=START_MS + 3_600_000)
        replica = next(events.iter_newest(connection)).replica
        lines = list(segments.iter_segment(connection, replica, "project", 0))
    with target.transaction() as connection:
        assert segments.ingest(connection, lines, START_MS).held == 1
        assert segments.ingest(connection, lines, START_MS + 3_600_000).events == 1
    assert state(source) == state(target)


def exchange(db: Database, remote: Path, now: int) -> None:
    with db.transaction() as connection:
        remote.mkdir(parents=True, exist_ok=True)
        segments.write_segments(connection, str(remote), ("project", "private"))
        for told in segments.read_segments(connection, str(remote), now):
            assert told.refused == ""


def state(db: Database) -> str:
    with db.reading() as connection:
        return integrity.state_hash(connection)


def deed(db: Database, dice: random.Random, now: int) -> None:
    at = on(dice.choice(["main", "feature"]), commit=dice.choice("ab") * 40)
    with db.transaction() as connection:
        known = [row[0] for row in connection.execute("SELECT address FROM claims ORDER BY address")]
        kind = dice.choice(["say", "say", "say", "withdraw", "link", "undo", "log", "confirm", "supersede"])
        if kind == "say" or not known:
            standing = dice.choice(["active", "unconfirmed"])
            tags = {"tags": dice.sample(["a", "b", "c"], 2)}
            say(connection, dice.choice(TEXTS), now=now, at=at, payload=tags, standing=standing)
        elif kind == "withdraw":
            withdraw(connection, dice.choice(known), now=now, at=at, wide=dice.random() < 0.5)
        elif kind == "link":
            part = {"do": "link", "relation": "depends_on", "target": dice.choice(known)}
            events.record(connection, "link", {f"claim/{dice.choice(known)}": part}, at=at, now=now)
        elif kind == "confirm":
            events.record(
                connection, "confirm", {f"claim/{dice.choice(known)}": {"do": "confirm"}}, at=at, now=now
            )
        elif kind == "supersede":
            part = {"do": "supersede", "by": dice.choice(known), "wide": dice.random() < 0.5}
            events.record(connection, "claim", {f"claim/{dice.choice(known)}": part}, at=at, now=now)
        elif kind == "log":
            sealed = objects.seal({"message": dice.choice(TEXTS)})
            objects.put(connection, sealed)
            part = {"do": "write", "object": sealed.hash}
            events.record(
                connection, "log", {f"log/{new_id('log')}": part}, at=MAIN, now=now, space="private"
            )
        else:
            newest = next(events.iter_newest(connection))
            part = {"do": "undo", "event": newest.hash}
            events.record(
                connection, "undo", dict.fromkeys(newest.parts, part), at=at, now=now, space=newest.space
            )
