"""One SQLite file: the only place that connects, locks, commits and closes.

A process holds one writer connection behind a thread lock and a few read-only ones; across processes
a lock file makes writers take turns. Commits, checkpoints and the closing of the writer happen only
under both locks, because SQLite before 3.51.3 can corrupt a WAL database when a checkpoint races a commit.
"""

from __future__ import annotations

import os
import time
from _thread import RLock, allocate_lock  # importing threading would cost a hook a millisecond
from collections.abc import Callable, Generator

from mnemo.errors import Busy, Damaged, MnemoError, TooNew
from mnemo.ids import digest
from mnemo.light import contextmanager, suppress
from mnemo.store import connections, filesystem, lock, migrations
from mnemo.store.connections import connect, explained, has_log, open_reader, open_still, set_up_writer
from mnemo.store.engine import sqlite3
from mnemo.store.filesystem import Identity

SERVER_WAIT_S = 5.0
HOOK_WAIT_S = 0.05
# With about 26 pages an event, 40 events fill the log that is kept; it only grows far beyond that while
# someone reads an older state, or where batches come: each changes a page in two of what looks texts up by
# their hashes, so that the log of a large store pays only once it is a share of it.
LOG_BYTES = 4 * 1024 * 1024
WAL_LIMIT_BYTES = 4 * LOG_BYTES
LARGEST_SHARE = 4
EVENTS_A_LOG = 40
SPARE_READERS = 4
ATTEMPTS = 5
OPERATIONS_BETWEEN_LOOKS = 2_000
LARGEST_SEALED = 16_000_000


class Database:
    """An opened store file. Nothing is created until the first transaction.

    Args:
        path: the file; its folder may be missing.
        wait_s: how long to wait for another process's write, seconds.
        before_migration: called with the path before an older file is changed; makes the backup.
    """

    def __init__(
        self,
        path: str,
        *,
        wait_s: float = SERVER_WAIT_S,
        before_migration: Callable[[str], None] | None = None,
    ) -> None:
        self.path = path
        self.wait_s = wait_s
        self.changes = 0
        self._before_migration = before_migration
        self._turn = RLock()
        self._lock: int | None = None
        self._writer: sqlite3.Connection | None = None
        self._identity: Identity | None = None
        self._seen = False
        self._spare: list[tuple[Identity, sqlite3.Connection]] = []
        self._spare_guard = allocate_lock()

    @property
    def folder(self) -> str:
        """The folder that holds the file, its lock and its logs."""
        return os.path.dirname(self.path)

    def exists(self) -> bool:
        """Whether a store was made here; an empty file is none."""
        return filesystem.identity(self.path) is not None

    @contextmanager
    def transaction(self, *, counted: bool = True) -> Generator[sqlite3.Connection]:
        """Write: everything inside is committed together, or nothing is.

        Args:
            counted: whether it is a change that is worth a backup; what can be had anew is not.

        Raises:
            Busy: another process kept the store for longer than wait_s.
            TooNew, Damaged, StorageError: nothing was written.
        """
        with explained(self.path), self.locked() as held:
            connection = self._open_writer(held)
            connection.execute("BEGIN IMMEDIATE")
            try:
                self._refuse_newer(connection)
                yield connection
                newest = self.newest(connection)
                connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise
            self.changes += counted
            lock.write_mark(held, lock.Mark(newest, lock.read_mark(held).lost))
            self._shorten_wal(connection, newest)

    @contextmanager
    def reading(self, timeout_ms: int = 0) -> Generator[sqlite3.Connection]:
        """Read one unchanging state of the store; an empty one where none was made yet.

        Args:
            timeout_ms: milliseconds after which a query is interrupted; 0 never.

        Raises:
            QueryTimeout: the time ran out; the store stays usable.
        """
        with explained(self.path):
            connection, identity = self._take_reader()
            if timeout_ms:
                until = time.monotonic() + timeout_ms / 1000
                connection.set_progress_handler(lambda: time.monotonic() > until, OPERATIONS_BETWEEN_LOOKS)
            try:
                connection.execute("BEGIN")
                self._refuse_newer(connection)
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                connection.close()
                raise
            connection.set_progress_handler(None, 0)
        self._give_back(connection, identity)

    @contextmanager
    def locked(self) -> Generator[int]:
        """Hold the right to write across processes; a thread that holds it may ask again."""
        with self._turn:
            if self._lock is not None:
                yield self._lock
                return
            filesystem.make_folder(self.folder)
            with lock.held(lock.path_of(self.path), self.wait_s, self.path) as held:
                self._lock = held
                try:
                    yield held
                finally:
                    self._lock = None

    @contextmanager
    def replacing(self) -> Generator[None]:
        """Hold the store alone while the block sets its file aside or puts another in its place."""
        with explained(self.path), self.locked() as held:
            try:
                yield
            finally:
                self._drop()
                self._seen = self.exists()
            lock.write_mark(held, lock.Mark(_newest_in(self.path) if self._seen else 0))

    def lost(self) -> int:
        """Return how many acknowledged events the store no longer holds, and nobody was told of."""
        mark = lock.read_mark(lock.path_of(self.path))
        with self.reading() as connection:
            return mark.lost + max(0, mark.acknowledged - self.newest(connection))

    def forgive_loss(self) -> None:
        """Count from what the store holds now, after someone was told what it lost."""
        with explained(self.path), self.locked() as held:
            lock.write_mark(held, lock.Mark(self.newest(self._open_writer(held))))

    def changed_from_outside(self) -> bool:
        """Tell whether a byte of the file changed since the last writer closed it, where that was noted."""
        with explained(self.path), self.locked() as held:
            seal = lock.read_mark(held).seal
            if not seal or has_log(self.path):
                return False
            with self.reading() as connection:
                return digest(connection.serialize()) != seal

    @staticmethod
    def newest(connection: sqlite3.Connection) -> int:
        """Return the row of the newest event: it changes with every deed of any process."""
        return connection.execute("SELECT max(id) FROM events").fetchone()[0] or 0

    def close(self) -> None:
        """Close every connection; the log is folded into the file when no one else uses it."""
        with self._turn:
            if self._writer is None or not self.exists():
                self._drop()  # nothing to fold without a file, and taking the lock would make its folder
                return
            with suppress(MnemoError), explained(self.path), self.locked() as held:
                try:
                    self._seal(held)
                finally:
                    self._drop()

    def leave_no_trace(self) -> None:
        """Fold the log into the file and empty it, so that what was erased is in neither."""
        with explained(self.path), self.locked() as held:
            self._open_writer(held).execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def shrink(self) -> None:
        """Give back the room of what was deleted; while somebody reads, a later write does that."""
        with explained(self.path), self.locked() as held:
            writer = self._open_writer(held)
            writer.execute("VACUUM")
            connections.cut_log(writer, self.wait_s)

    def _drop(self) -> None:
        """Close every connection; SQLite leaves the log alone where the file was moved meanwhile."""
        with self._spare_guard:
            readers, self._spare = self._spare, []
        for _, reader in readers:
            reader.close()
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _seal(self, held: int) -> None:
        """Note what the file is when its log is folded in: until the next write not one bit may change."""
        if self._writer is None or self._identity != filesystem.identity(self.path):
            return
        busy = self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if not busy and os.stat(self.path).st_size <= LARGEST_SEALED:
            mark = lock.read_mark(held)
            lock.write_mark(held, mark._replace(seal=digest(self._writer.serialize())))

    def _open_writer(self, held: int) -> sqlite3.Connection:
        if self._writer is not None and self._identity == filesystem.identity(self.path):
            return self._writer
        self._drop()
        if not self.exists():
            self._refuse_gone()
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        connection = connect(self.path, "rw", self.wait_s)
        try:
            safe = filesystem.is_safe(filesystem.kind(self.folder))
            set_up_writer(connection, "WAL" if safe else "DELETE")
            self._migrate(connection, lock.read_mark(held))
            self._note_loss(connection, held)
        except BaseException:
            connection.close()
            raise
        self._writer, self._identity, self._seen = connection, filesystem.identity(self.path), True
        return connection

    def _migrate(self, connection: sqlite3.Connection, mark: lock.Mark) -> None:
        found = schema_of(connection)
        if found == migrations.SCHEMA:
            return
        self._refuse_newer(connection)
        if found == 0:
            self._refuse_emptied(mark)
        if found and self._before_migration:
            self._before_migration(self.path)
        migrations.migrate(connection)
        if found == 0:
            # From here on even the file without its log is a store, and what it lacks can be counted.
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _note_loss(self, connection: sqlite3.Connection, held: int) -> None:
        """Remember what a cut log took with it, before the next write hides it; and break the seal."""
        newest, mark = self.newest(connection), lock.read_mark(held)
        if mark.seal or newest < mark.acknowledged:
            lock.write_mark(held, lock.Mark(newest, mark.lost + max(0, mark.acknowledged - newest)))

    def _refuse_gone(self) -> None:
        """Make no new store where one was, nor beside a log that SQLite would delete with the empty file."""
        if self._seen:
            raise _gone(self.path, "is gone")
        if has_log(self.path):
            raise _gone(self.path, "is gone, and its log is left")

    def _refuse_newer(self, connection: sqlite3.Connection) -> None:
        found = schema_of(connection)
        if found > migrations.SCHEMA:
            raise TooNew(
                f"The store is now version {found}'s; this process knows version {migrations.SCHEMA}.",
                "Restart the client, so that it starts the newer mnemo. Nothing was written.",
            )

    def _take_reader(self) -> tuple[sqlite3.Connection, Identity | None]:
        """Return a reader, and the file it reads when it may be kept for later."""
        for _ in range(ATTEMPTS):
            identity = filesystem.identity(self.path)
            if identity is None:
                if not self._seen:
                    return empty(), None
                self._wait_for_another()
                continue
            spare = self._find_spare(identity)
            if spare is not None:
                return spare, identity
            connection, lasting = self._open_reader()
            try:
                holds = self._holds_tables(connection)
            except BaseException:
                connection.close()
                raise
            if holds and filesystem.identity(self.path) == identity:
                self._seen = True
                return connection, identity if lasting else None
            connection.close()
            if not holds:
                return empty(), None  # someone is making it right now
            # It was replaced while we opened it, and its log belongs to another file: once more.
        raise Busy(f"The store {self.path} is being replaced.", "Try again in a moment.")

    def _holds_tables(self, connection: sqlite3.Connection) -> bool:
        if schema_of(connection):
            return True
        self._refuse_emptied(lock.read_mark(lock.path_of(self.path)))
        return False

    def _refuse_emptied(self, mark: lock.Mark) -> None:
        if mark.acknowledged:
            raise _gone(self.path, f"holds nothing, though {mark.acknowledged} events were written to it")

    def _open_reader(self) -> tuple[sqlite3.Connection, bool]:
        try:
            return open_reader(self.path, self.wait_s)
        except sqlite3.OperationalError:
            if not os.path.exists(self.path + "-journal"):
                raise
            with self.locked() as held:
                self._open_writer(held)  # only a writer may take back what a killed one left half done
            return open_reader(self.path, self.wait_s)

    def _wait_for_another(self) -> None:
        """Wait until whoever replaces the file is done: a store that was here never looks empty."""
        if os.path.isdir(self.folder):
            with self.locked():
                if self.exists():
                    return
        raise _gone(self.path, "is gone")

    def _find_spare(self, identity: Identity) -> sqlite3.Connection | None:
        with self._spare_guard:
            stale = [reader for known, reader in self._spare if known != identity]
            self._spare = [pair for pair in self._spare if pair[0] == identity]
            found = self._spare.pop()[1] if self._spare else None
        for reader in stale:
            reader.close()
        return found

    def _give_back(self, connection: sqlite3.Connection, identity: Identity | None) -> None:
        if identity is not None:
            with self._spare_guard:
                if len(self._spare) < SPARE_READERS:
                    self._spare.append((identity, connection))
                    return
        connection.close()

    def _shorten_wal(self, connection: sqlite3.Connection, newest: int) -> None:
        with suppress(OSError, sqlite3.Error):
            size = os.stat(self.path + "-wal").st_size
            if size > max(WAL_LIMIT_BYTES, os.stat(self.path).st_size // LARGEST_SHARE):
                connections.cut_log(connection, self.wait_s)
            elif size > LOG_BYTES and newest - connections.folded(connection) >= EVENTS_A_LOG:
                connections.restart_log(connection, newest, self.wait_s)


def schema_of(connection: sqlite3.Connection) -> int:
    """Return the schema number that a store file carries, 0 for an empty one."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def empty() -> sqlite3.Connection:
    """Return a store in memory that holds nothing: what reading sees before the first write."""
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    migrations.migrate(connection)
    return connection


def _newest_in(path: str) -> int:
    connection = open_still(path)
    try:
        return Database.newest(connection)
    except sqlite3.Error:
        return 0
    finally:
        connection.close()


def _gone(path: str, what: str) -> Damaged:
    return Damaged(f"The store {path} {what}.", "Run `mnemo restore`; it brings the newest good backup back.")
