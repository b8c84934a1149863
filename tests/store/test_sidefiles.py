"""Files beside the store: whole or not at all, and never through a link."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mnemo.errors import Damaged, StorageError
from mnemo.store import sidefiles


def test_what_is_put_is_found_and_listed(tmp_path: Path) -> None:
    folder = str(tmp_path / "deep" / "place")
    path = sidefiles.put(folder, "a.json", b"{}")
    assert sidefiles.find(folder, "a.json") == b"{}"
    assert sidefiles.list_names(folder) == ["a.json"]
    assert os.stat(path).st_mode & 0o777 == 0o600
    assert os.stat(folder).st_mode & 0o777 == 0o700
    sidefiles.put(folder, "a.json", b"[]", 0o400)
    assert sidefiles.find(folder, "a.json") == b"[]"
    assert os.stat(path).st_mode & 0o777 == 0o400


def test_what_is_not_there_is_none(tmp_path: Path) -> None:
    assert sidefiles.find(str(tmp_path / "none"), "a") is None
    assert sidefiles.list_names(str(tmp_path / "none")) == []
    assert sidefiles.remove(str(tmp_path), "a") is False
    (tmp_path / "folder").mkdir()
    assert sidefiles.find(str(tmp_path), "folder") is None


def test_links_are_neither_followed_nor_written_through(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a").write_text("theirs")
    (tmp_path / "linked").symlink_to("other")
    (tmp_path / "b").symlink_to("other/a")
    with pytest.raises(StorageError, match="linked"):
        sidefiles.put(str(tmp_path / "linked"), "a", b"ours")
    assert sidefiles.find(str(tmp_path), "b") is None
    sidefiles.put(str(tmp_path), "b", b"ours")
    assert (tmp_path / "other" / "a").read_text() == "theirs"
    assert not (tmp_path / "b").is_symlink()


def test_a_pipe_keeps_nobody_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert sidefiles.find(str(tmp_path), "pipe") is None


def test_a_folder_that_cannot_be_made_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError) as caught:
        sidefiles.put(str(tmp_path / "file"), "a", b"x")
    assert caught.value.fix
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_file_too_large_to_be_ours_is_damage(tmp_path: Path) -> None:
    with open(tmp_path / "a", "wb") as file:
        file.truncate(sidefiles.LARGEST + 1)
    with pytest.raises(Damaged, match="larger"):
        sidefiles.find(str(tmp_path), "a")


def test_only_old_drafts_are_swept(tmp_path: Path) -> None:
    for name in (".draft-1-1", ".draft-2-2", "kept"):
        (tmp_path / name).write_text("x")
    os.utime(tmp_path / ".draft-1-1", (1, 1))
    now = int(os.stat(tmp_path / ".draft-2-2").st_mtime * 1000)
    sidefiles.sweep(str(tmp_path), now)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".draft-2-2", "kept"]
