"""What git's index says of a folder, against git's own answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from mnemo.repo.indexed import find_tracked, may_be_tracked
from tests import repos


@pytest.mark.parametrize(
    ("names", "tracked"),
    [
        (("a.py",), False),
        ((".mnemo/mnemo.db",), True),
        ((".Mnemo/config.toml", "z"), True),
        (("sub/.mnemo/mnemo.db", "x.mnemo/a", ".mnemo-old/a"), False),
        (("sub/.mnemo/mnemo.db", ".mnemo/" + "x/" * 2_500 + "y"), True),
        ((".mnemo",), False),
        (("ü.py", ".mnemo/ü"), True),
    ],
)
@pytest.mark.parametrize("version", ["2", "3", "4"])
def test_a_tracked_folder_is_found(
    tmp_path: Path, names: tuple[str, ...], tracked: bool, version: str
) -> None:
    top = repos.make_repository(tmp_path / "r", {"a.py": "a"})
    added = [word for name in names for word in ("--cacheinfo", f"100644,{'1' * 40},{name}")]
    repos.git(top, "update-index", "--add", *added)
    repos.git(top, "update-index", "--index-version", version)
    index = str(top / ".git" / "index")
    assert find_tracked(index, ".mnemo") is (None if version == "4" else tracked)
    assert may_be_tracked(index, ".mnemo") or not tracked


def test_entries_that_are_extended_are_found_too(tmp_path: Path) -> None:
    top = repos.make_repository(tmp_path / "r", {"a.py": "a", ".mnemo/b": "b"})
    repos.git(top, "update-index", "--skip-worktree", ".mnemo/b")
    assert find_tracked(str(top / ".git" / "index"), ".mnemo") is True


def test_without_an_index_nothing_is_tracked(tmp_path: Path) -> None:
    assert find_tracked(str(tmp_path / "index"), ".mnemo") is False
    assert not may_be_tracked(str(tmp_path / "index"), ".mnemo")
    assert not may_be_tracked("", "")
