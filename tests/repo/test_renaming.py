"""Files that came, or were renamed, after a commit are found under each name that they had."""

from __future__ import annotations

from pathlib import Path

import pytest

from mnemo.repo.git import Git
from mnemo.repo.location import get_place
from mnemo.repo.renaming import later_names
from tests.repos import commit, git, make_repository

TEXT = "".join(f"line {number}\n" for number in range(9))


@pytest.fixture
def top(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "a")


def names(top: Path, since: str) -> dict[str, str]:
    return later_names(Git(get_place(top)), since)


@pytest.mark.parametrize("how", ["committed", "staged", "by hand"])
def test_a_file_that_came_after_a_commit_is_followed(top: Path, how: str) -> None:
    before = git(top, "rev-parse", "HEAD")
    commit(top, "born", {"old.txt": TEXT})
    if how == "by hand":
        (top / "old.txt").rename(top / "new.txt")
    else:
        git(top, "mv", "old.txt", "new.txt")
    if how == "committed":
        commit(top, "renamed")
    assert names(top, before)["old.txt"] == "new.txt"


def test_a_name_in_between_leads_to_the_last_one(top: Path) -> None:
    before = commit(top, "born", {"one.txt": TEXT})
    for old, new in (("one", "two"), ("two", "three")):
        git(top, "mv", f"{old}.txt", f"{new}.txt")
        commit(top, f"to {new}")
    git(top, "mv", "three.txt", "four.txt")
    assert names(top, before) == dict.fromkeys(("one.txt", "two.txt", "three.txt"), "four.txt")


def test_what_is_there_or_gone_for_good_has_no_other_name(top: Path) -> None:
    before = git(top, "rev-parse", "HEAD")
    commit(top, "born", {"old.txt": TEXT, "gone.txt": "nothing of it\n" * 9})
    git(top, "mv", "old.txt", "new.txt")
    commit(top, "renamed", {"old.txt": "another\n", "gone.txt": None})
    assert names(top, before) == {}
    commit(top, "removed", {"new.txt": None, "old.txt": None})
    assert names(top, before) == {}


def test_since_an_unknown_commit_the_uncommitted_renames_are_told(top: Path) -> None:
    commit(top, "born", {"old.txt": TEXT})
    git(top, "mv", "old.txt", "new.txt")
    assert names(top, "f" * 40) == {"old.txt": "new.txt"}
