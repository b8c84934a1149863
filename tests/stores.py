"""Stores for everyone's tests: deeds as the product writes them, and the check that ends a scenario."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from mnemo import ids
from mnemo.model.claim import payload_of
from mnemo.store import events, integrity, objects
from mnemo.store.claims import assert_part
from mnemo.store.database import Database

START_MS = 1_790_000_000_000
MAIN = {
    "branch": "main",
    "commit": "c" * 40,
    "worktree": "main",
    "agent": "tester",
    "session": "s1",
    "origin": "agent",
}


def on(branch: str, **changes: str) -> dict[str, str]:
    """Where a deed is done, on a branch."""
    return {**MAIN, "branch": branch, **changes}


def open_store(folder: Path) -> Database:
    """Return a store below a folder; the file appears at the first write."""
    return Database(str(folder / ".mnemo" / "mnemo.db"))


def say(
    connection: sqlite3.Connection,
    content: str,
    *,
    now: int = START_MS,
    at: dict[str, str] | None = None,
    payload: dict[str, Any] | None = None,
    **fields: Any,
) -> str:
    """Assert one statement and return its address."""
    sealed = objects.seal(payload_of(content, **(payload or {})))
    objects.put(connection, sealed)
    address = ids.address("leaf", sealed.payload["content"])
    part = assert_part(object=sealed.hash, **fields)
    events.record(connection, "claim", {f"claim/{address}": part}, at=at or MAIN, now=now)
    return address


def withdraw(
    connection: sqlite3.Connection,
    address: str,
    *,
    now: int = START_MS,
    at: dict[str, str] | None = None,
    wide: bool = True,
) -> None:
    """Retract one claim."""
    cause = objects.seal({"reason": "it was wrong"})
    objects.put(connection, cause)
    part = {"do": "retract", "cause": cause.hash, "wide": wide}
    events.record(connection, "retract", {f"claim/{address}": part}, at=at or MAIN, now=now)


def assert_whole(db: Database) -> None:
    """Every page, text, row, chain and fold of a store is as it should be."""
    with db.transaction() as connection:
        assert list(integrity.iter_damage(connection)) == []
        assert integrity.is_searchable(connection)
