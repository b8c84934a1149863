"""What is deleted from the work log is gone, what is not is untouched, and the chain stays whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mnemo.errors import Invalid, StorageError
from mnemo.ledger import dispatching
from mnemo.memory import undoing
from mnemo.store import events, filesystem, integrity, objects, weighing, worklog
from mnemo.store.connections import Connection
from mnemo.store.database import Database
from mnemo.worklog import pruning, writing
from tests.stores import MAIN, START_MS, assert_whole, on, open_store, say

DAY_MS = 86_400_000
NOW = START_MS + 100 * DAY_MS


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """An empty store, whole at the end."""
    made = open_store(tmp_path)
    yield made
    assert_whole(made)
    made.close()


def log(db: Database, *messages: str, days_ago: int = 0, branch: str = "main") -> None:
    with db.transaction() as connection:
        for message in messages:
            writing.add_entry(connection, message, None, on(branch), NOW - days_ago * DAY_MS)


def messages(db: Database, branch: str = "main") -> list[str]:
    return [one["message"] for one in writing.read(db, branch, 1_000)["entries"]]


def weight(db: Database) -> int:
    with db.reading() as connection:
        return weighing.weigh(connection).size


def prune_old(db: Database, days: float) -> int:
    return pruning.prune_old(db, days, at=MAIN, now=NOW)["deleted"]


def prune_to_size(db: Database, megabytes: float) -> dict[str, Any]:
    return pruning.prune_to_size(db, megabytes, at=MAIN, now=NOW)


def states_of_rest(connection: Connection) -> dict[str, str]:
    """Every shared table but the log's."""
    return {
        table: integrity.table_hash(connection, table)
        for table in ("claims", "assertions", "tasks", "dispatches", "evidence", "runs")
    }


def test_only_entries_older_than_the_days_are_deleted(db: Database) -> None:
    log(db, "long ago", days_ago=91)
    log(db, "a while ago", days_ago=89)
    log(db, "today")
    assert prune_old(db, 90) == 1
    assert messages(db) == ["today", "a while ago"]
    assert prune_old(db, 90) == 0


def test_every_branch_is_pruned(db: Database) -> None:
    log(db, "old here", days_ago=10)
    log(db, "old there", days_ago=10, branch="feature")
    assert prune_old(db, 9.5) == 2


def test_a_deleted_text_is_nowhere_and_its_event_is_number_and_hash(db: Database) -> None:
    log(db, "the unmistakable one", days_ago=5)
    log(db, "kept")
    with db.reading() as connection:
        before = connection.execute("SELECT seq, hash, clock FROM events").fetchall()
    prune_old(db, 1)
    with db.reading() as connection:
        assert connection.execute("SELECT seq, hash, clock FROM events").fetchall()[:2] == before
        assert connection.execute("SELECT count(*) FROM events WHERE bytes IS NULL").fetchone() == (1,)
        assert [event.kind for event in events.iter_events(connection)] == ["log", "log.pruned"]
        texts = [objects.find_bytes(connection, hash_.hex()) for (hash_,) in connection.execute(
            "SELECT hash FROM objects")]  # fmt: skip
    assert b"unmistakable" not in b"".join(text or b"" for text in texts)


def test_a_text_that_a_later_entry_repeats_is_kept_for_it(db: Database) -> None:
    log(db, "built", days_ago=5)
    log(db, "built")
    assert prune_old(db, 1) == 1
    assert messages(db) == ["built"]


def test_a_text_that_another_branch_has_is_kept_for_it(db: Database) -> None:
    log(db, "built")
    log(db, "built", branch="gone")
    pruning.prune_branches(db, [("gone", "")], at=MAIN, now=NOW)
    assert messages(db) == ["built"]


def test_too_much_is_cut_from_the_old_end_and_the_file_shrinks(db: Database) -> None:
    log(db, *(f"entry {number} {'x' * 2_000}" for number in range(300)))
    before = weight(db)
    record = prune_to_size(db, 0.3)
    assert 0 < record["deleted"] < 300
    assert weight(db) == record["log_bytes"] <= 300_000 < before
    assert record["log_bytes"] > 290_000, "no more than needed is deleted"
    assert record["file_bytes"] < record["file_before"] - 300_000
    assert record["file_bytes"] == filesystem.size_of(db.path)
    left = messages(db)
    assert left[0].startswith("entry 299 ")
    assert len(left) == 300 - record["deleted"]


def test_a_log_within_the_limit_is_left_alone(db: Database) -> None:
    log(db, "one", "two")
    with db.reading() as connection:
        before = db.newest(connection)
    size = filesystem.size_of(db.path)
    assert prune_to_size(db, 1)["deleted"] == 0
    with db.reading() as connection:
        assert db.newest(connection) == before
    assert filesystem.size_of(db.path) == size


def test_the_newest_entry_stays_whatever_the_limit(db: Database) -> None:
    log(db, "one", "two", "three")
    assert prune_to_size(db, 0)["deleted"] == 2
    assert messages(db) == ["three"]
    assert prune_to_size(db, 0)["deleted"] == 0


def test_the_weight_is_what_the_file_grows_by(db: Database) -> None:
    log(db, "first")
    db.shrink()
    empty = filesystem.size_of(db.path)
    log(db, *(f"entry {number} {'y' * 300}" for number in range(800)))
    db.shrink()
    grown = filesystem.size_of(db.path) - empty
    assert weight(db) == pytest.approx(grown, rel=0.1)


def test_claims_tasks_and_the_audit_are_untouched(db: Database) -> None:
    with db.transaction() as connection:
        say(connection, "Totals are kept in cents.")
    dispatching.add(db, "Count them", at=MAIN, now=START_MS)
    log(db, *(f"entry {number}" for number in range(20)), days_ago=9)
    with db.reading() as connection:
        before = states_of_rest(connection)
        others = connection.execute("SELECT hash, bytes FROM events WHERE kind NOT LIKE 'log%'").fetchall()
    assert prune_to_size(db, 0)["deleted"] == 19
    assert prune_old(db, 1) == 1
    with db.reading() as connection:
        assert states_of_rest(connection) == before
        still = connection.execute("SELECT hash, bytes FROM events WHERE kind NOT LIKE 'log%'").fetchall()
    assert still == others


def test_an_entry_that_was_taken_back_weighs_too_and_goes_with_the_others(db: Database) -> None:
    log(db, "a slip " + "z" * 5_000, days_ago=3)
    with db.transaction() as connection:
        deed = undoing.newest(connection, 1).undoable[0]
        undoing.undo(connection, [deed.hash], at=MAIN, now=NOW)
    log(db, "kept")
    assert weight(db) > 5_000
    assert prune_old(db, 1) == 0, "nobody could read it any more"
    assert weight(db) < 2_000
    assert messages(db) == ["kept"]


def test_entries_of_a_branch_that_is_gone_are_deleted_or_go_to_its_heir(db: Database) -> None:
    log(db, "on main")
    log(db, "given up", branch="tried")
    log(db, "merged", "merged too", branch="feature")
    record = pruning.prune_branches(db, [("tried", ""), ("feature", "main")], at=MAIN, now=NOW)
    assert (record["deleted"], record["moved"]) == (1, 2)
    assert record["branches"] == [
        {"branch": "tried", "entries": 1, "moved_to": ""},
        {"branch": "feature", "entries": 2, "moved_to": "main"},
    ]
    assert messages(db) == ["merged too", "merged", "on main"]
    assert messages(db, "tried") == messages(db, "feature") == []


def test_what_was_moved_can_be_pruned_later_with_the_event_that_moved_it(db: Database) -> None:
    log(db, "merged", days_ago=5, branch="feature")
    pruning.prune_branches(db, [("feature", "main")], at=MAIN, now=NOW)
    assert prune_old(db, 1) == 1
    with db.reading() as connection:
        assert [event.kind for event in events.iter_events(connection)] == ["log.pruned"]
    assert weight(db) == 0


def test_a_disk_without_room_leaves_the_entries_deleted_and_says_so(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    log(db, *(f"entry {number}" for number in range(5)))

    def full(self: Database) -> None:
        raise StorageError("database or disk is full.", "Free some space.")

    monkeypatch.setattr(Database, "shrink", full)
    record = prune_to_size(db, 0)
    assert record["deleted"] == 4
    assert "could not be made smaller" in record["notes"][0]
    assert messages(db) == ["entry 4"]


@pytest.mark.parametrize("value", [-1, float("nan"), float("inf")])
def test_what_is_no_amount_is_refused(db: Database, value: float) -> None:
    log(db, "kept")
    for call in (prune_old, prune_to_size):
        with pytest.raises(Invalid, match="0 or more"):
            call(db, value)
    assert messages(db) == ["kept"]


def test_without_a_store_nothing_is_made(tmp_path: Path) -> None:
    none = open_store(tmp_path / "none")
    assert prune_old(none, 1) == 0
    assert prune_to_size(none, 1)["deleted"] == 0
    assert not none.exists()


def test_two_who_prune_at_once_delete_each_entry_once(db: Database) -> None:
    log(db, "old", days_ago=9)
    other = Database(db.path)
    assert (prune_old(db, 1), prune_old(other, 1)) == (1, 0)
    with other.reading() as connection:
        assert worklog.list_branches(connection) == []
    other.close()


def test_nobody_waits_for_a_reader_and_the_file_shrinks_when_it_has_gone(db: Database) -> None:
    log(db, *(f"entry {number} {'x' * 2_000}" for number in range(100)))
    before = filesystem.size_of(db.path)
    other = Database(db.path)
    with other.reading() as connection:
        assert connection.execute("SELECT count(*) FROM log_entries").fetchone() == (100,)
        record = prune_to_size(db, 0)
        assert connection.execute("SELECT count(*) FROM log_entries").fetchone() == (100,)
    assert "gets smaller with a later write" in record["notes"][0]
    other.close()
    db.close()
    assert filesystem.size_of(db.path) < before
    assert messages(db)[0].startswith("entry 99 ")
