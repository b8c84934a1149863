"""Connections to one SQLite file, how each kind is set up, and what its errors mean to people."""

from __future__ import annotations

import os
from collections.abc import Generator

from mnemo.errors import Busy, Damaged, MnemoError, QueryTimeout, StorageError
from mnemo.light import contextmanager
from mnemo.store import meta
from mnemo.store.engine import sqlite3

Connection = sqlite3.Connection

_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_PRIMARY = 0xFF
_FOLDED = "folded"


@contextmanager
def explained(path: str) -> Generator[None]:
    """Turn what SQLite and the system raise into errors that say what to do next."""
    try:
        yield
    except sqlite3.Error as error:
        raise _worded(error, path) from error
    except UnicodeDecodeError as error:
        # Names in a damaged schema are not even text, and Python stumbles over SQLite's own message.
        raise _damaged(path, error) from error
    except OSError as error:
        if isinstance(error, ConnectionError):
            raise
        raise StorageError(
            f"The store {path} cannot be used: {error.strerror or error}.",
            "Check the folder's permissions and free space; nothing was half-written.",
        ) from error


def _damaged(path: str, error: Exception) -> Damaged:
    return Damaged(
        f"The store {path} is damaged: {error}.", "Run `mnemo health`; it restores the newest good backup."
    )


def _worded(error: sqlite3.Error, path: str) -> MnemoError:
    code = (getattr(error, "sqlite_errorcode", None) or 0) & _PRIMARY
    if code in _DAMAGE:
        return _damaged(path, error)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return Busy(f"The store {path} is held by another process.", "Try again in a moment.")
    if code == sqlite3.SQLITE_FULL:
        return StorageError("The disk is full; nothing was written.", "Free some space, then try again.")
    if code == sqlite3.SQLITE_INTERRUPT:
        return QueryTimeout("The query ran out of its time.", "Ask for less, or give it more time.")
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR):
        return StorageError(
            f"The store {path} cannot be used: {error}.",
            "Check its permissions and the disk; nothing was half-written.",
        )
    return StorageError(f"The store answered: {error}.", "Run `mnemo doctor`.")


def connect(path: str, mode: str, wait_s: float) -> sqlite3.Connection:
    """Return a connection in autocommit mode that any thread may use.

    Args:
        path: the file, which must be there.
        mode: ro, rw, or ro&immutable=1.
        wait_s: how long to wait for another process, seconds.
    """
    quoted = path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    return sqlite3.connect(
        f"file:{quoted}?mode={mode}", uri=True, timeout=wait_s, isolation_level=None, check_same_thread=False
    )


def open_reader(path: str, wait_s: float) -> tuple[sqlite3.Connection, bool]:
    """Return a connection that only reads, and whether it will see later changes.

    Args:
        path: the file, which must be there.
        wait_s: how long to wait for another process, seconds.

    Raises:
        sqlite3.Error: it cannot be opened.
    """
    connection = connect(path, "ro", wait_s)
    try:
        connection.execute("PRAGMA query_only=ON")
        connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()
    except sqlite3.OperationalError:
        connection.close()
        if os.access(os.path.dirname(path), os.W_OK) or has_log(path):
            raise
        # A folder that may not be written has no room for the shared-memory file that WAL needs.
        return open_still(path), False
    except BaseException:
        connection.close()
        raise
    connection.execute("PRAGMA cache_size=-2000")
    return connection, True


def open_still(path: str) -> sqlite3.Connection:
    """Return a connection to a file that nobody changes meanwhile; it makes no file and heeds no log."""
    connection = connect(path, "ro&immutable=1", 0)
    connection.execute("PRAGMA trusted_schema=OFF")
    return connection


def set_up_writer(connection: sqlite3.Connection, journal: str) -> None:
    """Make a connection fit to write.

    Args:
        connection: a new one.
        journal: WAL, or DELETE where memory cannot be shared.
    """
    connection.execute(f"PRAGMA journal_mode={journal}").fetchall()
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA secure_delete=ON")
    # Our own folding happens under the lock, and says so in the log that it begins.
    connection.execute("PRAGMA wal_autocheckpoint=0")
    connection.execute("PRAGMA cache_size=-2000")


def has_log(path: str) -> bool:
    """Tell whether a file has a log beside it that was not folded in yet."""
    try:
        return os.stat(path + "-wal").st_size > 0
    except OSError:
        return False


def cut_log(connection: sqlite3.Connection, wait_s: float) -> None:
    """Fold the log into the file and empty it, unless someone reads an older state: no writer waits for that.

    Args:
        connection: a writer whose process holds the lock, outside a transaction.
        wait_s: how long it waits for others otherwise, seconds.
    """
    _fold(connection, "TRUNCATE", wait_s)


def restart_log(connection: sqlite3.Connection, newest: int, wait_s: float) -> None:
    """Fold the log into the file and write over it from its start, unless someone reads an older state.

    On blocks that the disk has already a commit takes 0.28 ms, on new ones 0.45. The new log begins at once:
    frames that are in the file already, cut off anywhere, would put older pages over newer ones.

    Args:
        connection: a writer whose process holds the lock, outside a transaction.
        newest: the row of the newest event.
        wait_s: how long it waits for others otherwise, seconds.
    """
    if _fold(connection, "RESTART", wait_s):
        connection.execute("BEGIN IMMEDIATE")
        meta.put(connection, _FOLDED, str(newest))
        connection.execute("COMMIT")


def folded(connection: sqlite3.Connection) -> int:
    """Return the row of the newest event when the log was folded into the file last."""
    return int(meta.find(connection, _FOLDED) or 0)


def _fold(connection: sqlite3.Connection, how: str, wait_s: float) -> bool:
    connection.execute("PRAGMA busy_timeout=0")
    busy = connection.execute(f"PRAGMA wal_checkpoint({how})").fetchone()[0]
    connection.execute(f"PRAGMA busy_timeout={int(wait_s * 1000)}")
    return not busy
