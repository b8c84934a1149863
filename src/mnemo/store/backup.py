"""A copy of a whole store, made while others write and believed only after it was checked."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Generator, Iterator

from mnemo.errors import Damaged, StorageError, TooNew
from mnemo.light import NamedTuple, contextmanager, suppress
from mnemo.store import aggregates, integrity, meta, migrations, search, waiting
from mnemo.store.connections import connect, explained, open_reader, open_still
from mnemo.store.database import SERVER_WAIT_S, schema_of

PAGES_AT_ONCE = 512
UNFINISHED = ".partial"
LONGEST_LOOK = 2_000_000
SQLITE_VERSION = sqlite3.sqlite_version

_TOLD = ("repository_id", "replica", "place")
_COUNTED = (
    "SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM claims), (SELECT max(clock) FROM events)"
)

assert aggregates  # a rebuild folds nothing without them


class Facts(NamedTuple):
    """What a store's file says of itself.

    Args:
        schema: number of its version.
        repository: id made with the store, empty before the first write.
        replica: id of the copy that wrote it.
        place: device, inode and machine it was written at; empty in a backup.
        events, claims: how many it holds.
        clock: of its newest event, 0 without one.
    """

    schema: int
    repository: str
    replica: str
    place: str
    events: int
    claims: int
    clock: int


def copy(
    source: str,
    target: str,
    *,
    every_row: bool = True,
    wait_s: float = SERVER_WAIT_S,
    progress: Callable[[int, int], None] | None = None,
) -> Facts:
    """Copy a store in one piece, check the copy, and only then give it its name.

    Uses SQLite's online backup (sqlite.org/backup.html) inside one read transaction, so writers go on and the
    copy is of one moment. It has no write-ahead log and belongs to no place: opened elsewhere by hand, it
    becomes a replica of its own.

    Args:
        source: a store's file.
        target: the copy's file, replaced when it is there; its folder must be there.
        every_row: whether every row, text and chain of the copy is checked, or its pages alone.
        wait_s: how long to wait for another process, seconds.
        progress: called with pages done and pages in all.

    Raises:
        Damaged: the source cannot be read, or the copy did not pass its check; target is as it was.
        TooNew: the source is a later version's.
        StorageError: the target cannot be written.
    """
    draft = os.path.join(
        os.path.dirname(target), f".{os.path.basename(target)}.{os.urandom(4).hex()}{UNFINISHED}"
    )
    try:
        with explained(target):
            os.close(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        _copy_pages(source, draft, wait_s, progress)
        problem = next(iter_damage(draft) if every_row else _iter_torn(draft), None)
        if problem:
            raise Damaged(
                f"A copy of {source} does not pass its check: {problem}.",
                "Run `mnemo health`; it restores the newest good backup.",
            )
        facts = read_facts(draft)
        with explained(target):
            _flush(draft)
            os.replace(draft, target)
            _flush(os.path.dirname(target))
        return facts
    finally:
        for name in (draft, draft + "-journal"):
            with suppress(FileNotFoundError):
                os.remove(name)


def read_facts(path: str, *, counting: bool = True) -> Facts:
    """Return what a store's file says of itself, leaving no file beside it where there was none.

    Args:
        path: the file.
        counting: whether events and claims are counted, which takes milliseconds in a large store.

    Raises:
        Damaged: it is no store, or cannot be read.
        StorageError: it cannot be opened.
    """
    try:
        return _read_facts(path, counting)
    except Damaged:
        # What was made, or had its log folded in, while it was read as a file that stands still is whole now.
        if not _is_in_use(path):
            raise
        return _read_facts(path, counting)


def _read_facts(path: str, counting: bool) -> Facts:
    with looking(path) as connection:
        _refuse_views(connection, path)
        schema = schema_of(connection)
        if schema == 0:
            return Facts(0, "", "", "", 0, 0, 0)
        repository, replica, place = (meta.find(connection, key) or "" for key in _TOLD)
        events, claims, clock = connection.execute(_COUNTED).fetchone() if counting else (0, 0, 0)
        return Facts(schema, repository, replica, place, events, claims, clock or 0)


def iter_damage(path: str, *, thorough: bool = False) -> Iterator[str]:
    """Yield what is wrong with a store's file, one sentence each; nothing when it is whole.

    Args:
        path: the file.
        thorough: also fold every event anew and compare.

    Raises:
        TooNew: a later version wrote it, so this one cannot tell.
    """
    try:
        with looking(path) as connection:
            yield from iter_damage_in(connection, thorough=thorough)
    except Damaged as error:
        yield error.message.rstrip(".")


def iter_damage_in(connection: sqlite3.Connection, *, thorough: bool = False) -> Iterator[str]:
    """Yield what is wrong with an opened store, one sentence each.

    Args:
        connection: a reader.
        thorough: also fold every event anew and compare.

    Raises:
        TooNew: a later version wrote it, so this one cannot tell.
    """
    try:
        schema = schema_of(connection)
        recorded = connection.execute("SELECT max(number) FROM migrations").fetchone()[0]
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        yield f"the store cannot be read: {error}"
        return
    if recorded != schema:
        yield f"the file says version {schema}, its record says {recorded}"
    elif schema > migrations.SCHEMA:
        raise TooNew(
            f"The store is version {schema}'s; this process knows version {migrations.SCHEMA}.",
            "Use the newer mnemo.",
        )
    elif schema < migrations.SCHEMA:
        yield from _pages(connection)  # what its rows must look like, only its own version knew
    else:
        yield from integrity.iter_damage(connection, thorough=thorough)


def forget_place(path: str) -> None:
    """Make a store's file belong to no place and no replica, so that who opens it becomes a new one.

    Args:
        path: a file that nobody else has opened.
    """
    with explained(path):
        connection = connect(path, "rw", 0)
        try:
            connection.execute("DELETE FROM meta WHERE key IN ('place', 'replica')")
        finally:
            connection.close()
        _flush(path)


def give_id(connection: sqlite3.Connection) -> str:
    """Give a store that was copied from another a repository id of its own, in the caller's transaction."""
    found = os.urandom(16).hex()
    meta.put(connection, "repository_id", found)
    return found


@contextmanager
def looking(path: str) -> Generator[sqlite3.Connection]:
    """Read a file, whoever it belongs to, and leave nothing beside it.

    With a log beside the file, were it empty, and the shared memory of a process that uses it, the log is
    heeded. A log without is left for the next writer to fold in: what it holds is not seen.

    Raises:
        Damaged: it is no store.
        StorageError: it is missing or cannot be opened.
    """
    with explained(path):
        if not os.path.isfile(path):
            raise StorageError(f"There is no file {path}.", "`mnemo where` lists the backups.")
        if _is_in_use(path):
            connection, _ = open_reader(path, SERVER_WAIT_S)
        else:
            connection = open_still(path)
        try:
            yield connection
        finally:
            connection.close()


def _is_in_use(path: str) -> bool:
    return os.path.exists(path + "-wal") and os.path.exists(path + "-shm")


def _copy_pages(source: str, draft: str, wait_s: float, progress: Callable[[int, int], None] | None) -> None:
    def told(_status: int, remaining: int, total: int) -> None:
        if progress:
            progress(total - remaining, total)

    with explained(source):
        reader, _ = open_reader(source, wait_s)
        try:
            # One read transaction for the whole copy: without it each write of another starts it anew.
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM sqlite_master").fetchone()
            writer = connect(draft, "rw", wait_s)
            try:
                writer.execute("PRAGMA synchronous=OFF")
                reader.backup(writer, pages=PAGES_AT_ONCE, progress=told)
                writer.execute("PRAGMA journal_mode=DELETE").fetchall()
                if schema_of(writer):
                    writer.execute("DELETE FROM meta WHERE key = 'place'")
            finally:
                writer.close()
        finally:
            reader.close()


def _refuse_views(connection: sqlite3.Connection, path: str) -> None:
    """Refuse a file that runs a query of its own where a table is expected, or holds us up reading it."""
    connection.set_progress_handler(lambda: True, LONGEST_LOOK)
    named = connection.execute(
        "SELECT name FROM sqlite_master WHERE type != 'table' AND name IN ('meta', 'events', 'claims')"
    ).fetchone()
    if named:
        raise Damaged(f"{path} is no store of ours: {named[0]} is no table.", "Move it away.")


def _iter_torn(path: str) -> Iterator[str]:
    with looking(path) as connection:
        if schema_of(connection) == 0:
            yield "it holds nothing yet"
        yield from _pages(connection, "quick_check")


def _pages(connection: sqlite3.Connection, check: str = "integrity_check") -> Iterator[str]:
    for (line,) in connection.execute(f"PRAGMA {check}(5)").fetchall():
        if line != "ok":
            yield f"SQLite's {check} says: {line}"


def _flush(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def find_event(connection: sqlite3.Connection, row: int) -> str | None:
    """Return the hash of the event in a row, None where there is none: equal rows mean an equal history."""
    found = connection.execute("SELECT hash FROM events WHERE id = ?", (row,)).fetchone()
    return found[0].hex() if found else None


def renew_local(connection: sqlite3.Connection) -> int:
    """Make anew what only this copy keeps and nothing checks; return how many claims were indexed."""
    for table in ("contained", "anchor_states"):
        connection.execute(f"DELETE FROM {table}")
    waiting.renew(connection)
    # Rows cannot be taken out of an index that is broken, so its tables are made anew too.
    tables = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE name IN ('search', 'search_words') ORDER BY name DESC"
    ).fetchall()
    for name, _ in tables:
        connection.execute(f"DROP TABLE {name}")
    for _, sql in reversed(tables):
        connection.execute(sql)
    return search.reindex(connection)
