"""The one SQLite file: first opens, turns among writers, sudden ends, and files that cannot be used."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import textwrap
import threading
import time
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from mnemo.errors import Busy, QueryTimeout, StorageError, TooNew
from mnemo.store import backup, connections, database, meta, migrations
from mnemo.store.database import Database
from tests.stores import START_MS, assert_whole, open_store, say

WRITER = """
    import sys
    from pathlib import Path
    from tests.stores import open_store, say
    db = open_store(Path(sys.argv[1]))
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(int(sys.argv[3])):
        with db.transaction() as connection:
            say(connection, f"{sys.argv[2]} wrote {number}")
        print(number, flush=True)
    db.close()
"""


def start_writer(folder: Path, name: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", textwrap.dedent(WRITER), str(folder), name, str(count)]
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(root / "src"), str(root)])}
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )


def all_at_once(folder: Path, writers: int, count: int) -> list[str]:
    """Start writers, let them go together, and return what went wrong."""
    with ExitStack() as stack:
        running = [
            stack.enter_context(start_writer(folder, f"writer {number}", count)) for number in range(writers)
        ]
        for one in running:
            assert one.stdout is not None
            one.stdout.readline()
        for one in running:
            assert one.stdin is not None
            one.stdin.write("go\n")
            one.stdin.flush()
        return [error for one in running if (error := one.communicate(timeout=120)[1])]


def test_sixteen_processes_open_a_fresh_store_at_once_and_all_write(tmp_path: Path) -> None:
    assert all_at_once(tmp_path, 16, 2) == []
    db = open_store(tmp_path)
    with db.reading() as connection:
        assert connection.execute("SELECT count(*) FROM claims").fetchone()[0] == 32
        assert connection.execute("SELECT count(*) FROM migrations").fetchone()[0] == migrations.SCHEMA
    assert_whole(db)


@pytest.mark.soak
def test_sixteen_first_opens_twenty_times(tmp_path: Path) -> None:
    for number in range(20):
        assert all_at_once(tmp_path / str(number), 16, 1) == []


def test_many_threads_share_one_writer_and_read_their_own_writes(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    problems: list[BaseException] = []

    def work(name: int) -> None:
        try:
            for number in range(10):
                with db.transaction() as connection:
                    address = say(connection, f"thread {name} wrote {number}")
                with db.reading() as connection:
                    assert connection.execute("SELECT 1 FROM claims WHERE address = ?", (address,)).fetchone()
        except BaseException as problem:  # noqa: BLE001 - told by the test's own thread
            problems.append(problem)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert_whole(db)


def test_a_killed_writer_loses_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    for round_ in range(3):
        writer = start_writer(tmp_path, f"round {round_}", 10_000)
        assert writer.stdin is not None
        assert writer.stdout is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
        acknowledged = 0
        for line in writer.stdout:
            acknowledged += line.strip().isdigit()
            if acknowledged == 40:
                writer.kill()
                break
        acknowledged += sum(line.strip().isdigit() for line in writer.stdout)
        writer.communicate()
        db = open_store(tmp_path)
        with db.reading() as connection:
            kept = connection.execute(
                "SELECT count(*) FROM objects WHERE CAST(bytes AS TEXT) LIKE ?", (f"%round {round_} wrote%",)
            ).fetchone()[0]
        assert acknowledged <= kept <= acknowledged + 1
        assert_whole(db)
        db.close()


def test_power_lost_at_any_page_of_the_log_leaves_an_acknowledged_prefix(tmp_path: Path) -> None:
    db = open_store(tmp_path / "load")
    with db.transaction() as connection:
        say(connection, "claim 0")
    for number in range(1, 1000):
        with db.transaction() as connection:
            say(connection, f"claim {number}", now=START_MS + number)
    wal = Path(db.path + "-wal")
    size = wal.stat().st_size
    found: list[int] = []
    for cut in [*range(0, size, max(4096, size // 4096 // 40 * 4096)), size]:
        place = tmp_path / "cut" / ".mnemo"
        shutil.rmtree(place.parent, ignore_errors=True)
        place.mkdir(parents=True)
        shutil.copy(db.path, place / "mnemo.db")
        (place / "mnemo.db-wal").write_bytes(wal.read_bytes()[:cut])
        torn = Database(str(place / "mnemo.db"))
        with torn.reading() as connection:
            contents = {row[0] for row in connection.execute("SELECT address FROM claims ORDER BY id")}
            chain = connection.execute("SELECT max(seq) FROM events").fetchone()[0] or 0
            assert connection.execute("PRAGMA quick_check").fetchone()[0] == "ok"
        assert len(contents) == chain
        found.append(chain)
        torn.close()
    assert found == sorted(found)
    assert found[-1] == 1000
    db.close()


def test_a_store_says_whose_it_is_and_where_from_the_moment_it_has_tables(tmp_path: Path) -> None:
    path = str(tmp_path / "mnemo.db")
    (tmp_path / "mnemo.db").touch()
    with closing(connections.connect(path, "rw", 1)) as connection:
        migrations.migrate(connection)  # and killed right here
        facts = backup.read_facts(path)
    assert facts.repository
    assert facts.replica
    assert facts.place == meta.place_of(path)


def test_reading_creates_no_file(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    with db.reading() as connection:
        assert connection.execute("SELECT count(*) FROM claims").fetchone()[0] == 0
    assert list(tmp_path.iterdir()) == []


def test_the_folder_and_its_files_are_private_and_ignored_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        db = open_store(tmp_path)
        with db.transaction() as connection:
            say(connection, "private")
    finally:
        os.umask(before)
    folder = tmp_path / ".mnemo"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(one.stat().st_mode) for one in folder.iterdir()} == {0o600}
    assert (folder / ".gitignore").read_text() == "*\n"


def test_a_transaction_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    db = open_store(tmp_path)

    def fail() -> None:
        with db.transaction() as connection:
            say(connection, "half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with db.reading() as connection:
        assert connection.execute("SELECT count(*) FROM events").fetchone()[0] == 0


def test_a_store_of_a_later_version_is_left_as_it_is(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    with db.transaction() as connection:
        say(connection, "later")
    other = sqlite3.connect(db.path)
    other.execute(f"PRAGMA user_version = {migrations.SCHEMA + 1}")
    other.close()
    for use in (db.transaction, db.reading):
        with pytest.raises(TooNew, match="version"), use():
            pass


def test_a_reader_of_an_older_state_keeps_no_writer_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "WAL_LIMIT_BYTES", 0)
    db, other = open_store(tmp_path), open_store(tmp_path)
    with db.transaction() as connection:
        say(connection, "seen by the reader")
    with other.reading() as old:
        old.execute("SELECT count(*) FROM claims").fetchone()
        begun = time.monotonic()
        with db.transaction() as connection:
            say(connection, "written meanwhile")
        assert time.monotonic() - begun < db.wait_s / 2
        assert old.execute("SELECT count(*) FROM claims").fetchone()[0] == 1
    assert_whole(db)


def test_a_writer_that_holds_on_makes_others_say_busy_and_then_all_is_well(tmp_path: Path) -> None:
    db, other = open_store(tmp_path), open_store(tmp_path)
    other.wait_s = 0.05
    with db.transaction() as connection:
        say(connection, "mine")
        with pytest.raises(Busy), other.transaction():
            pass
    with other.transaction() as connection:
        say(connection, "yours")
    assert_whole(db)


def test_a_read_that_takes_too_long_is_interrupted_and_the_store_stays_usable(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    with db.transaction() as connection:
        say(connection, "usable")
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    with pytest.raises(QueryTimeout), db.reading(timeout_ms=50) as connection:
        connection.execute(endless).fetchone()
    with db.reading() as connection:
        assert connection.execute("SELECT count(*) FROM claims").fetchone()[0] == 1


def test_a_full_disk_is_said_in_a_line_and_nothing_is_half_written(tmp_path: Path) -> None:
    code = """
        import resource, signal, sys
        from pathlib import Path
        from mnemo.errors import StorageError
        from tests.stores import open_store, say
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        db = open_store(Path(sys.argv[1]))
        with db.transaction() as connection:
            say(connection, "first")
        size = Path(db.path + "-wal").stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 20_000, size + 20_000))
        kept = refused = 0
        for number in range(60):
            try:
                with db.transaction() as connection:
                    say(connection, f"number {number} " + "x" * 500)
                kept += 1
            except StorageError:
                refused += 1
        print(kept, refused)
    """
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(root / "src"), str(root)])}
    told = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), str(tmp_path)],
        env=environment,
        capture_output=True,
        text=True,
    )
    assert told.stderr == ""
    kept, refused = map(int, told.stdout.split())
    assert refused > 0
    db = open_store(tmp_path)
    with db.reading() as connection:
        assert connection.execute("SELECT count(*) FROM claims").fetchone()[0] == kept + 1
    assert_whole(db)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StorageError, match="cannot be"), open_store(tmp_path).transaction():
        pass


def test_a_store_on_a_network_file_system_uses_no_shared_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database.filesystem, "kind", lambda _path: "nfs4")
    db = open_store(tmp_path)
    with db.transaction() as connection:
        say(connection, "far away")
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "delete"
    assert not os.path.exists(db.path + "-shm")
    assert_whole(db)


def test_a_replaced_file_is_noticed_by_reader_and_writer(tmp_path: Path) -> None:
    db, other = open_store(tmp_path / "one"), open_store(tmp_path / "two")
    for store, text in ((db, "old"), (other, "new")):
        with store.transaction() as connection:
            say(connection, text)
    with db.reading():
        pass
    other.close()
    os.remove(db.path + "-wal")
    os.remove(db.path + "-shm")
    os.replace(other.path, db.path)
    with db.transaction() as connection:
        assert b"new" in connection.execute("SELECT bytes FROM objects").fetchone()[0]
    with db.reading() as connection:
        assert b"new" in connection.execute("SELECT bytes FROM objects").fetchone()[0]
