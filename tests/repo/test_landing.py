"""A branch's work is found where it landed, however it got there."""

from __future__ import annotations

from pathlib import Path

import pytest

from mnemo.repo.git import Git
from mnemo.repo.landing import Work, find_landing, find_work
from mnemo.repo.location import get_place
from tests import repos

TEN = "".join(f"line {number}\n" for number in range(10))


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """A repository whose branch `work` changed two files in two commits, and main one of them elsewhere."""
    top = repos.make_repository(tmp_path / "a", {"a.txt": TEN, "b.txt": TEN})
    repos.checkout(top, "work", new=True)
    repos.commit(top, "first", {"a.txt": TEN.replace("line 8", "line eight")})
    repos.commit(top, "second", {"b.txt": TEN + "the end\n"})
    repos.checkout(top, "main")
    repos.commit(top, "meanwhile", {"a.txt": TEN.replace("line 6", "line six")})
    return top


def tip(top: Path, name: str = "HEAD") -> str:
    return repos.git(top, "rev-parse", name)


def git_of(top: Path) -> Git:
    return Git(get_place(top))


def work(top: Path) -> Work:
    found = find_work(git_of(top), tip(top, "work"), tip(top, "main"))
    assert found is not None
    return found


def test_work_that_did_not_land_is_not_found(top: Path) -> None:
    assert find_landing(git_of(top), work(top), tip(top)) is None


def test_a_merge_holds_the_branch_itself(top: Path) -> None:
    known = work(top)
    repos.merge(top, "work", "--no-ff")
    assert find_landing(git_of(top), known, tip(top)) == known.tip


def test_a_squash_is_found_beside_changes_next_to_it_and_after_later_commits(top: Path) -> None:
    known = work(top)
    repos.git(top, "merge", "--squash", "work")
    repos.git(top, "commit", "-qm", "Everything at once")
    landed = tip(top)
    repos.commit(top, "later", {"a.txt": "quite another text\n"})
    assert find_landing(git_of(top), known, tip(top)) == landed


def test_a_squash_is_found_when_the_branch_and_its_commits_are_gone(top: Path) -> None:
    known = work(top)
    repos.git(top, "merge", "--squash", "work")
    repos.git(top, "commit", "-qm", "Everything at once")
    repos.git(top, "branch", "-D", "work")
    repos.git(top, "reflog", "expire", "--expire=now", "--all")
    repos.git(top, "gc", "--prune=now", "-q")
    assert find_landing(git_of(top), known, tip(top)) == tip(top)


def test_a_rebase_is_found_by_its_last_commit(top: Path) -> None:
    known = work(top)
    repos.git(top, "rebase", "-q", "main", "work")
    repos.checkout(top, "main")
    repos.merge(top, "work", "--ff-only")
    assert find_landing(git_of(top), known, tip(top)) == tip(top)


def test_part_of_the_work_is_not_the_work(top: Path) -> None:
    known = work(top)
    repos.git(top, "cherry-pick", "work~1")
    assert find_landing(git_of(top), known, tip(top)) is None


def test_a_branch_without_work_of_its_own_has_none(top: Path) -> None:
    assert find_work(git_of(top), tip(top, "main~1"), tip(top, "main")) is None


def test_an_unrelated_history_holds_nothing(top: Path) -> None:
    known = work(top)
    repos.git(top, "checkout", "-q", "--orphan", "alone")
    repos.git(top, "commit", "-qm", "alone")
    assert find_landing(git_of(top), known, tip(top)) is None
    assert find_work(git_of(top), tip(top, "work"), tip(top)) is None


def test_a_change_that_does_nothing_lands_nowhere(top: Path) -> None:
    repos.checkout(top, "work")
    repos.git(top, "revert", "--no-edit", "HEAD", "HEAD~1")
    known = work(top)
    repos.checkout(top, "main")
    assert known.whole == ""
    assert find_landing(git_of(top), known, tip(top)) is None
