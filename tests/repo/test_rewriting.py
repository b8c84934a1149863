"""A file that a person named is replaced whole or not at all, and never outside the working tree."""

from __future__ import annotations

import os
import resource
import stat
from pathlib import Path

import pytest

from mnemo.errors import Conflict, Invalid, Refused, StorageError
from mnemo.repo.rewriting import read_whole, replace


@pytest.fixture
def top(tmp_path: Path) -> Path:
    (tmp_path / "r").mkdir()
    return tmp_path / "r"


def listing(top: Path) -> list[str]:
    return sorted(os.listdir(top))


def test_a_file_is_replaced_and_keeps_its_mode(top: Path) -> None:
    (top / "a.md").write_bytes(b"old\r\n")
    (top / "a.md").chmod(0o640)
    held = read_whole(str(top), "a.md")
    assert held.raw == b"old\r\n"
    replace(held, b"new")
    assert (top / "a.md").read_bytes() == b"new"
    assert stat.S_IMODE((top / "a.md").stat().st_mode) == 0o640
    assert listing(top) == ["a.md"]


def test_a_missing_file_is_made_as_any_other_program_would(top: Path) -> None:
    before = os.umask(0o027)
    try:
        replace(read_whole(str(top), "a.md"), b"new")
    finally:
        os.umask(before)
    assert stat.S_IMODE((top / "a.md").stat().st_mode) == 0o640


def test_a_link_inside_stays_and_its_target_changes(top: Path) -> None:
    (top / "AGENTS.md").write_bytes(b"old")
    (top / "CLAUDE.md").symlink_to("AGENTS.md")
    held = read_whole(str(top), "CLAUDE.md")
    assert (held.name, held.inside) == ("CLAUDE.md", "AGENTS.md")
    replace(held, b"new")
    assert (top / "CLAUDE.md").is_symlink()
    assert (top / "AGENTS.md").read_bytes() == b"new"


@pytest.mark.parametrize("target", ["../outside.md", "../r-evil/a.md", "/etc/hostname"])
def test_a_link_that_leads_out_is_refused(top: Path, target: str) -> None:
    (top.parent / "r-evil").mkdir()
    (top.parent / "outside.md").write_text("theirs")
    (top / "a.md").symlink_to(target)
    with pytest.raises(Invalid, match="leads out"):
        read_whole(str(top), "a.md")
    assert (top.parent / "outside.md").read_text() == "theirs"


def test_a_read_only_file_is_refused(top: Path) -> None:
    (top / "a.md").write_bytes(b"old")
    (top / "a.md").chmod(0o444)
    with pytest.raises(Refused, match="read-only"):
        replace(read_whole(str(top), "a.md"), b"new")
    assert (top / "a.md").read_bytes() == b"old"


def test_a_file_that_somebody_changed_meanwhile_is_left_alone(top: Path) -> None:
    (top / "a.md").write_bytes(b"old")
    held = read_whole(str(top), "a.md")
    (top / "a.md").write_bytes(b"their own")
    with pytest.raises(Conflict, match="meanwhile"):
        replace(held, b"new")
    missing = read_whole(str(top), "b.md")
    (top / "b.md").write_bytes(b"their own")
    with pytest.raises(Conflict):
        replace(missing, b"new")
    assert (top / "a.md").read_bytes() == (top / "b.md").read_bytes() == b"their own"


def test_a_second_hard_link_is_not_torn_off_silently(top: Path) -> None:
    (top / "a.md").write_bytes(b"old")
    os.link(top / "a.md", top / "b.md")
    with pytest.raises(Refused, match="hard link"):
        replace(read_whole(str(top), "a.md"), b"new")


@pytest.mark.parametrize("make", ["folder", "pipe", "huge"])
def test_what_is_no_ordinary_file_is_refused_at_once(top: Path, make: str) -> None:
    path = top / "a.md"
    if make == "folder":
        path.mkdir()
    elif make == "pipe":
        os.mkfifo(path)
    else:
        path.touch()
        os.truncate(path, 10_000_001)
    with pytest.raises(Invalid, match="ordinary"):
        read_whole(str(top), "a.md")


@pytest.mark.parametrize("name", [".env", "deploy.key", "docs/.ssh/a.md"])
def test_a_file_of_secrets_is_refused(top: Path, name: str) -> None:
    with pytest.raises(Refused, match="secrets"):
        read_whole(str(top), name)


def test_a_missing_folder_is_named(top: Path) -> None:
    with pytest.raises(StorageError, match=r"folder of docs/a\.md"):
        read_whole(str(top), "docs/a.md")


def test_on_a_full_disk_the_file_stays_as_it_was(top: Path) -> None:
    (top / "a.md").write_bytes(b"old")
    held = read_whole(str(top), "a.md")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        with pytest.raises(StorageError, match="cannot be written"):
            replace(held, b"x" * 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (top / "a.md").read_bytes() == b"old"
    assert listing(top) == ["a.md"]
