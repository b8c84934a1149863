"""Whose store is it? What its owner moved or copied is believed, what came with a clone is not."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from mnemo.errors import MnemoError, Refused
from mnemo.health import registry, trust
from mnemo.health.guarding import Guard
from mnemo.health.registry import Repository
from tests.health.guards import filled, guard_of, rows, write
from tests.repos import clone, commit, git, make_bare, make_repository


def hostile_origin(folder: Path, *, config: str = "", store: bool = True) -> Path:
    """Return a repository that tracks a store with claims, or a configuration."""
    (folder / "their home").mkdir()
    guard = filled(folder / "evil", 3, {"HOME": str(folder / "their home")})
    top = os.path.dirname(guard.db.folder)
    os.remove(Path(top, ".mnemo", ".gitignore"))
    if config:
        Path(top, ".mnemo", "config.toml").write_text(config)
    if not store:
        for name in ("mnemo.db", "writer.lock", "mnemo.db-wal", "mnemo.db-shm"):
            Path(top, ".mnemo", name).unlink(missing_ok=True)
    commit(top, "A gift")
    return Path(top)


def reason(guard: Guard) -> str:
    return guard.verdict().reason


def test_a_store_of_ones_own_is_believed(tmp_path: Path) -> None:
    filled(tmp_path / "r")
    assert guard_of(tmp_path / "r").verdict() == trust.Trust(True)


def test_a_store_of_ones_own_is_believed_without_a_registry(tmp_path: Path, home: Path) -> None:
    filled(tmp_path / "r")
    shutil.rmtree(home / ".mnemo")
    assert guard_of(tmp_path / "r").verdict().believed


def test_a_store_that_was_made_and_never_written_is_believed(tmp_path: Path, home: Path) -> None:
    guard = guard_of(make_repository(tmp_path / "r"))
    with guard.db.transaction():
        pass
    guard.db.close()
    shutil.rmtree(home / ".mnemo", ignore_errors=True)
    assert guard_of(tmp_path / "r").verdict().believed


def test_a_tracked_store_is_not_believed_and_nothing_of_it_is_told(tmp_path: Path) -> None:
    clone(tmp_path / "r", hostile_origin(tmp_path))
    guard = guard_of(tmp_path / "r")
    assert "git tracks files" in reason(guard)
    for writing in (False, True):
        with pytest.raises(Refused, match="is not believed") as caught:
            guard.check(writing=writing)
        assert caught.value.word == "not_trusted"
        assert "mnemo trust" in caught.value.fix
    assert registry.list_entries(guard.shelf) == []


def test_a_tracked_configuration_switches_nothing(tmp_path: Path) -> None:
    config = "[health]\nauto_rollback = false\n"
    clone(tmp_path / "r", hostile_origin(tmp_path, config=config, store=False))
    guard = guard_of(tmp_path / "r")
    assert not os.path.exists(guard.db.path)
    assert "git tracks files" in reason(guard)
    assert guard.settings.flag("health.auto_rollback") is True
    with pytest.raises(Refused):
        guard.check(writing=True)
    guard.trust()
    assert guard_of(tmp_path / "r").settings.flag("health.auto_rollback") is False
    assert guard_of(tmp_path / "r").check(writing=True) == ""


def test_an_untracked_store_from_elsewhere_is_not_believed(tmp_path: Path) -> None:
    evil = hostile_origin(tmp_path)
    make_repository(tmp_path / "r")
    shutil.copytree(evil / ".mnemo", tmp_path / "r" / ".mnemo")
    guard = guard_of(tmp_path / "r")
    assert "made at another place" in reason(guard)
    with pytest.raises(Refused):
        guard.check()


def test_what_a_person_trusts_is_believed_from_then_on(tmp_path: Path) -> None:
    clone(tmp_path / "r", hostile_origin(tmp_path))
    told = guard_of(tmp_path / "r").trust()
    assert told["claims"] == 3
    guard = guard_of(tmp_path / "r")
    assert guard.check() == ""
    assert rows(guard) == 3
    guard.register()
    assert guard_of(tmp_path / "r").verdict().believed


def test_trust_that_could_not_be_kept_is_not_given(tmp_path: Path, home: Path) -> None:
    clone(tmp_path / "r", hostile_origin(tmp_path))
    (home / ".mnemo").write_text("no folder")
    with pytest.raises(MnemoError, match=r"registry .* cannot be written"):
        guard_of(tmp_path / "r").trust()
    assert not guard_of(tmp_path / "r").verdict().believed


def test_another_users_files_are_not_believed(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r")
    found = trust.verdict(guard.repository, guard.shelf, tracked=bool, uid=os.getuid() + 1)
    assert found == trust.Trust(False, f"{guard.db.folder} belongs to another user")


def test_another_users_files_are_believed_once_trusted(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r")
    entry = registry.find_at(guard.shelf, guard.repository)
    assert entry is not None
    registry.note(guard.shelf, entry._replace(trusted=os.getuid() + 1), 1)
    assert trust.verdict(guard.repository, guard.shelf, tracked=bool, uid=os.getuid() + 1).believed


def test_a_moved_repository_is_believed_and_keeps_its_backups(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 3)
    before = guard.list_backups()
    os.rename(tmp_path / "r", tmp_path / "moved")
    moved = guard_of(tmp_path / "moved")
    assert moved.check() == ""
    assert moved.list_backups() == before != []
    os.remove(moved.db.path)
    assert "Restored 3 events" in guard_of(tmp_path / "moved").check()


def test_a_copied_repository_is_believed_and_gets_backups_of_its_own(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 3)
    shutil.copytree(tmp_path / "r", tmp_path / "copied", symlinks=True)
    copied = guard_of(tmp_path / "copied")
    assert copied.check() == ""
    write(copied, 2, "the copy's")
    copied.leave()
    copied.db.close()
    assert copied.backups_folder() != guard.backups_folder()
    os.remove(copied.db.path)
    os.remove(guard.db.path)
    assert "Restored 3 events" in guard_of(tmp_path / "r").check()
    assert "Restored 5 events" in guard_of(tmp_path / "copied").check()


def test_a_store_copied_into_another_repository_is_not_believed(tmp_path: Path) -> None:
    filled(tmp_path / "r", 3)
    make_repository(tmp_path / "other", {"other.txt": "another project\n"}, "Another first")
    shutil.copytree(tmp_path / "r" / ".mnemo", tmp_path / "other" / ".mnemo")
    assert "belongs to another repository" in reason(guard_of(tmp_path / "other"))
    shutil.rmtree(tmp_path / "r")
    assert guard_of(tmp_path / "other").verdict().believed


def test_a_backup_copied_by_hand_is_believed(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 3)
    os.remove(guard.db.path)
    shutil.copy(guard.list_backups()[0], guard.db.path)
    assert guard_of(tmp_path / "r").check() == ""


def test_a_store_shared_by_two_repositories_is_believed_by_both(tmp_path: Path) -> None:
    environ = {**os.environ, "MNEMO_STORE": str(tmp_path / "shared")}
    first, second = make_repository(tmp_path / "a"), make_repository(tmp_path / "b", {"b.txt": "b"}, "Other")
    for top in (first, second, first):
        guard = guard_of(top, environ)
        assert guard.check(writing=True) == ""
        write(guard, 1, str(top))
        guard.leave()
        guard.db.close()
    assert rows(guard_of(first, environ)) == 2
    assert len(registry.list_entries(guard_of(first).shelf)) == 1


def test_a_link_that_came_with_a_clone_is_not_followed(tmp_path: Path) -> None:
    filled(tmp_path / "mine", 3)
    origin = make_repository(tmp_path / "evil")
    (origin / ".mnemo").symlink_to(tmp_path / "mine" / ".mnemo")
    commit(origin, "A link")
    clone(tmp_path / "r", origin)
    guard = guard_of(tmp_path / "r")
    assert not guard.verdict().believed
    with pytest.raises(Refused):
        guard.check(writing=True)


def test_a_store_that_cannot_be_read_and_was_never_ours_is_not_believed(tmp_path: Path) -> None:
    make_repository(tmp_path / "r")
    (tmp_path / "r" / ".mnemo").mkdir()
    (tmp_path / "r" / ".mnemo" / "mnemo.db").write_bytes(b"made to look damaged" * 100)
    assert "cannot be read" in reason(guard_of(tmp_path / "r"))


def test_a_lost_memory_comes_back_also_where_a_clone_brought_another(tmp_path: Path) -> None:
    filled(tmp_path / "r", 5)
    shutil.rmtree(tmp_path / "r")
    clone(tmp_path / "r", hostile_origin(tmp_path))
    guard = guard_of(tmp_path / "r")
    with pytest.raises(Refused):
        guard.check()
    answer = guard.restore()
    assert answer["rows"] == 5
    assert os.path.exists(answer["set_aside"])
    assert rows(guard) == 5


def test_a_bare_repository_keeps_its_store_inside_and_believes_it(tmp_path: Path) -> None:
    make_bare(tmp_path / "bare.git", make_repository(tmp_path / "r"))
    guard = guard_of(tmp_path / "bare.git")
    assert guard.check(writing=True) == ""
    write(guard, 1)
    guard.leave()
    assert guard_of(tmp_path / "bare.git").check() == ""


@pytest.mark.parametrize("version", ["2", "4"])
def test_the_index_hints_at_tracked_files_in_every_version(tmp_path: Path, version: str) -> None:
    top = make_repository(tmp_path / "r", {".mnemm": "x", "a.txt": "a"})
    git(top, "update-index", f"--index-version={version}")
    assert trust.may_be_tracked(str(top / ".git" / "index"), ".mnemo") is (version == "4")
    commit(top, "Tracked", {".mnemo/config.toml": ""})
    assert trust.may_be_tracked(str(top / ".git" / "index"), ".mnemo")
    git(top, "rm", "-r", "--quiet", "--cached", ".mnemo")
    git(top, "update-index", "--split-index")
    assert trust.may_be_tracked(str(top / ".git" / "index"), ".mnemo")
    assert not trust.may_be_tracked(str(tmp_path / "none"), ".mnemo")


def test_another_spelling_is_the_same_folder(tmp_path: Path) -> None:
    top = make_repository(tmp_path / "r", {".MNEMO/config.toml": ""})
    assert trust.may_be_tracked(str(top / ".git" / "index"), ".mnemo")


def test_git_is_not_asked_without_need(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r")

    def tracked() -> bool:
        raise AssertionError("git was asked")

    index = str(tmp_path / "r" / ".git" / "index")
    assert trust.verdict(guard.repository, guard.shelf, tracked=tracked, index=index).believed
    assert trust.verdict(
        Repository(str(tmp_path / "none" / "mnemo.db")), guard.shelf, tracked=tracked
    ).believed
