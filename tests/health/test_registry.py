"""The registry: what it keeps, how it finds a place again, and that losing it loses nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from mnemo.health import records, registry
from mnemo.health.registry import Entry, Repository, Shelf
from tests.health.guards import filled, guard_of

NOW = 1_790_000_000_000
ID, OTHER = "a" * 32, "b" * 32


@pytest.fixture
def shelf(home: Path) -> Shelf:
    return registry.shelf(os.environ)


def note(shelf: Shelf, number: int) -> None:
    assert registry.note(shelf, Entry(f"{number:032x}", store=f"/r{number}/mnemo.db", rows=number), NOW)


def test_what_is_noted_is_known(shelf: Shelf) -> None:
    entry = Entry(ID, "/r/.git", "c" * 40, "r", "/r/.mnemo/mnemo.db", 7, 5, "2026-11-20T09:57:09Z")
    assert registry.note(shelf, entry, NOW)
    assert registry.find(shelf, ID) == entry._replace(seen=registry.stamp(NOW))
    assert registry.find(shelf, OTHER) is None
    assert set(json.loads(Path(shelf.registry).read_text())[ID]) >= {
        "common_dir", "root_commit", "name", "rows", "store", "last_backup", "seen",
    }  # fmt: skip


def test_an_empty_field_keeps_what_was_known_but_the_count_is_of_now(shelf: Shelf) -> None:
    registry.note(
        shelf, Entry(ID, "/r/.git", "c" * 40, "r", "/r/x.db", 7, 5, "2026-11-20T09:57:09Z", "", 1000), NOW
    )
    registry.note(shelf, Entry(ID, store="/r/x.db", rows=3, claims=2), NOW)
    found = registry.find(shelf, ID)
    assert found is not None
    assert (found.root_commit, found.last_backup, found.trusted) == ("c" * 40, "2026-11-20T09:57:09Z", 1000)
    assert (found.rows, found.claims) == (3, 2)


def test_the_file_is_private_and_replaced_in_one_step(shelf: Shelf) -> None:
    note(shelf, 1)
    assert os.stat(shelf.registry).st_mode & 0o777 == 0o600
    assert os.stat(os.path.dirname(shelf.registry)).st_mode & 0o777 == 0o700
    assert sorted(os.listdir(os.path.dirname(shelf.registry))) == ["projects.json", "projects.json.lock"]


def test_processes_that_note_at_once_lose_nothing(shelf: Shelf) -> None:
    program = """
        import sys
        from tests.health.test_registry import Shelf, note
        sys.stdin.readline()
        for number in range(int(sys.argv[3]), 25, 4):
            note(Shelf(sys.argv[1], sys.argv[2]), number)
    """
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(root / "src"), str(root)])}
    command = [sys.executable, "-c", textwrap.dedent(program), *shelf]
    running = [
        subprocess.Popen(
            [*command, str(first)], stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
        )
        for first in range(1, 5)
    ]
    assert [one.communicate(b"go\n", timeout=60)[1] for one in running] == [b""] * 4
    assert {entry.rows for entry in registry.list_entries(shelf)} == set(range(1, 25))


def test_a_place_is_found_by_its_store_whatever_the_spelling(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    registry.note(shelf, Entry(ID, store=f"{tmp_path}/real/mnemo.db", rows=1), NOW)
    found = registry.find_at(shelf, Repository(f"{tmp_path}/link/mnemo.db"))
    assert found is not None
    assert found.id == ID


def test_a_place_is_found_by_its_repository_only_when_its_store_is_gone(shelf: Shelf, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.db"
    registry.note(shelf, Entry(ID, "/r/.git", store=str(elsewhere), rows=1), NOW)
    here = Repository("/r/.mnemo/mnemo.db", "/r/.git")
    assert registry.find_at(shelf, here) is not None
    elsewhere.touch()
    assert registry.find_at(shelf, here) is None
    assert registry.find_at(shelf, Repository("/r/.mnemo/mnemo.db", "")) is None


def test_of_two_at_one_place_the_one_seen_last_counts(shelf: Shelf) -> None:
    registry.note(shelf, Entry(ID, store="/r/x.db", rows=1), NOW + 5000)
    registry.note(shelf, Entry(OTHER, store="/r/x.db", rows=1), NOW)
    found = registry.find_at(shelf, Repository("/r/x.db"))
    assert found is not None
    assert found.id == ID


def test_a_place_that_was_left_is_not_found_and_its_backups_stay(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r")
    registry.leave(guard.shelf, guard.repository)
    assert registry.find_at(guard.shelf, guard.repository) is None
    os.remove(guard.shelf.registry)
    assert registry.find_at(guard.shelf, guard.repository) is None
    assert len(registry.list_entries(guard.shelf)) == 1
    folder = registry.folder_of(guard.shelf, registry.list_entries(guard.shelf)[0].id)
    assert any(name.endswith(".db") for name in os.listdir(folder))


def test_a_repository_can_be_forgotten(shelf: Shelf) -> None:
    note(shelf, 1)
    note(shelf, 2)
    assert registry.forget(shelf, f"{1:032x}")
    assert [entry.rows for entry in registry.list_entries(shelf)] == [2]


@pytest.mark.parametrize("content", [b"{", b"[1]", b"\xff\xfe", b"", b"null"])
def test_a_damaged_registry_is_set_aside_and_gathered_from_the_backups(
    tmp_path: Path, content: bytes
) -> None:
    guard = filled(tmp_path / "r", 4)
    before = registry.find_at(guard.shelf, guard.repository)
    Path(guard.shelf.registry).write_bytes(content)
    found = registry.find_at(guard.shelf, guard.repository)
    assert found is not None
    assert before is not None
    assert found._replace(seen="") == before._replace(seen="")
    kept = [name for name in os.listdir(os.path.dirname(guard.shelf.registry)) if ".damaged-" in name]
    assert Path(os.path.dirname(guard.shelf.registry), kept[0]).read_bytes() == content
    assert json.loads(Path(guard.shelf.registry).read_text())


def test_looking_only_leaves_a_damaged_registry_as_it_is(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r")
    Path(guard.shelf.registry).write_bytes(b"{")
    assert registry.find_at(guard.shelf, guard.repository, mending=False) is not None
    assert Path(guard.shelf.registry).read_bytes() == b"{"


def test_a_lost_registry_costs_nothing(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 3)
    os.remove(guard.shelf.registry)
    os.remove(guard.db.path)
    told = guard_of(tmp_path / "r").check()
    assert "Restored 3 events" in told


@pytest.mark.parametrize("fields", [{"rows": "many"}, {"rows": True, "store": 5}, {}, [], "x", None])
def test_fields_of_the_wrong_kind_count_as_missing(shelf: Shelf, fields: object) -> None:
    os.makedirs(os.path.dirname(shelf.registry))
    records.write(shelf.registry, {ID: fields, "../../evil": {"rows": 1}, OTHER: {"rows": 3}})
    found = registry.list_entries(shelf)
    assert [entry for entry in found if entry.id == OTHER] == [Entry(OTHER, rows=3)]
    assert all(entry == Entry(ID) for entry in found if entry.id != OTHER)


@pytest.mark.parametrize("name", ["../../evil", "", "A" * 32, "a" * 31, "a" * 33, "a" * 32 + "\n"])
def test_an_id_that_is_none_of_ours_names_no_folder(shelf: Shelf, name: str) -> None:
    assert registry.folder_of(shelf, name) == ""


def test_without_a_home_nothing_is_known_and_nobody_is_stopped() -> None:
    nowhere = registry.shelf({"HOME": "/nonexistent"})
    assert nowhere == Shelf("", "")
    assert registry.note(nowhere, Entry(ID, rows=1), NOW) is False
    assert registry.list_entries(nowhere) == []
    assert registry.folder_of(nowhere, ID) == ""


def test_a_home_that_cannot_be_written_stops_nobody(home: Path) -> None:
    (home / ".mnemo").write_text("a file where a folder should be")
    shelf = registry.shelf(os.environ)
    assert registry.note(shelf, Entry(ID, rows=1), NOW) is False
    assert registry.list_entries(shelf) == []
