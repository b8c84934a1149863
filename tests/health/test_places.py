"""Every path that holds data is named, with its size and who can read it."""

from __future__ import annotations

import os
from pathlib import Path

from mnemo.health import places
from tests.health.guards import filled, guard_of
from tests.repos import make_repository


def listed(top: Path | None) -> dict[str, dict[str, object]]:
    found = places.list_places(guard_of(top) if top else None, os.environ)
    assert len({place["path"] for place in found}) == len(found)
    return {place["what"]: place for place in found}


def test_every_place_that_holds_something_is_listed(tmp_path: Path, home: Path) -> None:
    guard = filled(tmp_path / "r", 2)
    guard.restore(guard.list_backups()[0])
    found = listed(tmp_path / "r")
    assert set(found) >= {"store", "store set aside", "backups", "registry of your repositories", "lock"}
    assert found["backups"]["path"] == guard.backups_folder()
    assert found["backups"]["bytes"] > found["registry of your repositories"]["bytes"] > 0  # type: ignore[operator]
    assert {place["readable_by"] for place in found.values()} == {"you"}
    assert found["store"]["mode"] == "0600"


def test_whatever_lies_in_our_folders_is_listed_known_or_not(tmp_path: Path, home: Path) -> None:
    filled(tmp_path / "r", 1)
    for path in ("hooks/abc.jsonl", "logs/hooks.jsonl", "mnemo.db-wal", "future"):
        (tmp_path / "r" / ".mnemo" / path).parent.mkdir(exist_ok=True)
        (tmp_path / "r" / ".mnemo" / path).write_bytes(b"12345")
    for path in ("spool/x.jsonl", "installed.json", "global/mnemo.db", "logs/hooks.jsonl", "later/x"):
        (home / ".mnemo" / path).parent.mkdir(parents=True, exist_ok=True)
        (home / ".mnemo" / path).write_bytes(b"12345")
    found = places.list_places(guard_of(tmp_path / "r"), os.environ)
    said = {(os.path.relpath(one["path"], tmp_path / "r"), one["what"]) for one in found}
    assert (".mnemo/hooks", "what hooks said, by session") in said
    assert (".mnemo/mnemo.db-wal", "store: newest writes") in said
    assert (".mnemo/future", "beside the store") in said
    told = {one["what"]: one for one in found}
    assert told["what waits to be written"]["bytes"] == 5
    assert told["what install added, for uninstall"]["path"] == str(home / ".mnemo" / "installed.json")
    assert told["global store"]["bytes"] == 5
    assert told["kept for you"]["path"] == str(home / ".mnemo" / "later")


def test_the_stores_of_other_repositories_are_named(tmp_path: Path) -> None:
    filled(tmp_path / "one", 1)
    filled(tmp_path / "two", 1)
    assert "store of two" in listed(tmp_path / "one")
    assert {"store of one", "store of two"} <= set(listed(None))


def test_nothing_is_listed_where_nothing_is_kept(tmp_path: Path) -> None:
    assert listed(make_repository(tmp_path / "r")) == {}


def test_in_a_folder_that_is_not_ours_only_what_is_ours_is_listed(tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "diary.txt").write_text("not ours")
    environ = {**os.environ, "MNEMO_STORE": str(folder)}
    guard = filled(tmp_path / "r", 1, environ)
    found = [one["path"] for one in places.list_places(guard, environ)]
    assert str(folder / "mnemo.db") in found
    assert str(folder / "diary.txt") not in found


def test_who_can_read_a_file_depends_on_the_folders_above_it_too(tmp_path: Path) -> None:
    (tmp_path / "private").mkdir(mode=0o700)
    file = tmp_path / "private" / "a"
    file.write_text("x")
    file.chmod(0o644)
    assert places.record_of("", str(file))["readable_by"] == "you"
    assert places.record_of("", "/etc/passwd")["readable_by"] == "everyone"
