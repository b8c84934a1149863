"""The doctor sees what is wrong, says what to do, and changes nothing."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mnemo.health import doctor
from mnemo.health.guarding import Guard
from tests.health.guards import filled, guard_of, write
from tests.repos import commit, make_repository


def looked(guard: Guard | None) -> dict[str, dict[str, Any]]:
    found = doctor.checks(guard, os.environ)
    assert all(set(check) == {"name", "ok", "detail", "fix"} for check in found)
    assert all(check["fix"] for check in found if not check["ok"])
    assert len({check["name"] for check in found}) == len(found)
    return {check["name"]: check for check in found}


def failing(guard: Guard | None) -> set[str]:
    return {name for name, check in looked(guard).items() if not check["ok"]} - {"mnemo on PATH"}


def listing(folder: Path) -> dict[str, tuple[int, int]]:
    found = {}
    for path in sorted(folder.rglob("*")):
        told = path.lstat()
        # Readers note in the shared memory of a store in use where they read.
        found[str(path)] = (told.st_size, 0 if path.name.endswith("-shm") else told.st_mtime_ns)
    return found


def test_a_healthy_repository_passes(tmp_path: Path) -> None:
    filled(tmp_path / "r", 3)
    found = looked(guard_of(tmp_path / "r"))
    assert {name for name, check in found.items() if not check["ok"]} <= {"mnemo on PATH"}
    assert {
        "python", "sqlite", "git", "repository", "file system", "trust", "store", "schema", "backup",
        "writable", "disk", "privacy", "repository id", "completeness", "registry", "settings",
    } <= set(found)  # fmt: skip
    assert "3 events, 3 claims" in found["store"]["detail"]
    assert sqlite3.sqlite_version in found["sqlite"]["detail"]


def test_outside_a_repository_it_looks_at_the_machine() -> None:
    assert failing(None) == set()
    assert "none here" in looked(None)["repository"]["detail"]


def test_a_repository_without_a_store_passes_and_gets_none(tmp_path: Path, home: Path) -> None:
    guard = guard_of(make_repository(tmp_path / "r"))
    before = listing(tmp_path), listing(home)
    assert failing(guard) == set()
    assert (listing(tmp_path), listing(home)) == before


@pytest.mark.parametrize("state", ["closed", "in use", "killed"])
def test_looking_changes_no_file(tmp_path: Path, home: Path, state: str) -> None:
    guard = filled(tmp_path / "r", 3)
    if state != "closed":
        write(guard, 2, "in the log")
    if state == "killed":
        shutil.copytree(tmp_path / "r", tmp_path / "killed")
        os.remove(tmp_path / "killed" / ".mnemo" / "mnemo.db-shm")
        guard.db.close()
        shutil.rmtree(tmp_path / "r")
        os.rename(tmp_path / "killed", tmp_path / "r")
    before = listing(tmp_path / "r"), listing(home)
    program = """
        import os, sys
        from pathlib import Path
        from mnemo.health import doctor
        from tests.health.guards import guard_of
        found = {check["name"]: check for check in doctor.checks(guard_of(Path(sys.argv[1])), os.environ)}
        print(found["store"]["detail"])
    """
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(root / "src"), str(root)])}
    command = [sys.executable, "-B", "-c", textwrap.dedent(program), str(tmp_path / "r")]
    told = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert told.stderr == ""
    assert ("5 events" if state == "in use" else "3 events") in told.stdout
    assert ("that the next write folds in" in told.stdout) is (state == "killed")
    assert (listing(tmp_path / "r"), listing(home)) == before


def unreadable(guard: Guard) -> None:
    Path(guard.db.path).write_bytes(b"garbage" * 1000)


def gone(guard: Guard) -> None:
    os.remove(guard.db.path)


def open_to_others(guard: Guard) -> None:
    os.chmod(guard.db.path, 0o644)


def seen_by_git(guard: Guard) -> None:
    os.remove(os.path.join(guard.db.folder, ".gitignore"))


def tracked(guard: Guard) -> None:
    os.remove(os.path.join(guard.db.folder, ".gitignore"))
    commit(os.path.dirname(guard.db.folder), "Tracked by mistake")


def without_backups(guard: Guard) -> None:
    shutil.rmtree(guard.backups_folder())


def newer(guard: Guard) -> None:
    other = sqlite3.connect(guard.db.path)
    other.execute("PRAGMA user_version = 99")
    other.close()


def wrong_settings(guard: Guard) -> None:
    Path(guard.db.folder, "config.toml").write_text("[log]\ndefault_limit = 'x'\n")


def cut_short(guard: Guard) -> None:
    Path(guard.db.folder, "writer.lock").write_text("10 0 -\n")


@pytest.mark.parametrize(
    ("spoil", "names"),
    [
        (unreadable, {"store"}),
        (gone, {"store"}),
        (open_to_others, {"privacy"}),
        (seen_by_git, {"gitignore"}),
        (tracked, {"gitignore", "trust"}),
        (without_backups, {"backup"}),
        (newer, {"schema"}),
        (wrong_settings, {"settings"}),
        (cut_short, {"completeness"}),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, spoil: Callable[[Guard], None], names: set[str]) -> None:
    guard = filled(tmp_path / "r", 3)
    spoil(guard)
    assert failing(guard_of(tmp_path / "r")) == names


def test_another_id_than_the_registry_knows_is_named(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 3)
    other = filled(tmp_path / "other", 1)
    shutil.copy(other.db.path, guard.db.path)
    assert "repository id" in failing(guard_of(tmp_path / "r"))


def test_unknown_settings_are_mentioned(tmp_path: Path, home: Path) -> None:
    (home / ".mnemo").mkdir()
    (home / ".mnemo" / "config.toml").write_text("[log]\ndefalt_limit = 3\n")
    assert "log.defalt_limit" in looked(None)["your settings"]["detail"]
    assert failing(None) == {"your settings"}


def test_without_git_on_the_path_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    assert failing(None) == {"git"}


def test_a_home_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/nonexistent")
    monkeypatch.delenv("MNEMO_BACKUPS")
    assert failing(None) == {"backups folder", "registry"}
