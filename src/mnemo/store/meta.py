"""What a store says of itself: its repository's id, the replica it is, and where it was made."""

from __future__ import annotations

import os
from functools import lru_cache

from mnemo.store.engine import sqlite3


def find(connection: sqlite3.Connection, key: str) -> str | None:
    """Return one fact about this store, or None."""
    found = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return found[0] if found else None


def put(connection: sqlite3.Connection, key: str, value: str) -> None:
    """Write one fact about this store."""
    connection.execute(
        "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, value),
    )


def repository_id(connection: sqlite3.Connection) -> str:
    """Return the random id made with the store, making it at the first write."""
    return _made_once(connection, "repository_id")


def replica(connection: sqlite3.Connection) -> str:
    """Return the id of this copy of the store; a copy at another place becomes a replica of its own."""
    here = place(connection)
    if here and find(connection, "place") != here:
        if find(connection, "replica"):
            put(connection, "replica", os.urandom(16).hex())
        put(connection, "place", here)
    return _made_once(connection, "replica")


def place(connection: sqlite3.Connection) -> str:
    """Return where this store's file lies: device, inode and machine; empty for one in memory."""
    path = connection.execute("PRAGMA database_list").fetchone()[2]
    return place_of(path) if path else ""


def place_of(path: str) -> str:
    """Return where a file lies: device, inode and machine.

    Raises:
        OSError: there is no such file.
    """
    found = os.stat(path)
    return f"{found.st_dev}:{found.st_ino}:{machine()}"


@lru_cache(maxsize=1)
def machine() -> str:
    """Return what tells this machine from others: systemd's machine id, else the host's name."""
    for candidate in ("/etc/machine-id", "/var/lib/dbus/machine-id"):
        try:
            with open(candidate, "rb") as file:
                found = file.read().decode("ascii").strip()
        except (OSError, UnicodeDecodeError):
            continue
        if found:
            return found
    return os.uname().nodename


def _made_once(connection: sqlite3.Connection, key: str) -> str:
    found = find(connection, key)
    if found is None:
        found = os.urandom(16).hex()
        put(connection, key, found)
    return found
