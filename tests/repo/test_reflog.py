"""What git noted about branches that came and went."""

from __future__ import annotations

from pathlib import Path

import pytest

from mnemo.repo.location import get_place
from mnemo.repo.reflog import Left, list_former_names, list_left
from tests import repos


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """A repository with one commit."""
    return repos.make_repository(tmp_path / "a")


def test_a_branch_that_is_gone_was_left_at_its_last_commit(top: Path) -> None:
    repos.checkout(top, "work", new=True)
    last = repos.commit(top, "on the branch", {"a.txt": "1"})
    repos.checkout(top, "main")
    repos.git(top, "branch", "-D", "work")
    assert list_left(get_place(top))[0] == Left("work", last, worked=True)


def test_a_linked_working_tree_left_branches_too(top: Path, tmp_path: Path) -> None:
    other = repos.add_worktree(top, tmp_path / "other", "work")
    last = repos.commit(other, "over there", {"a.txt": "1"})
    repos.git(other, "checkout", "-q", "-b", "next")
    assert Left("work", last, worked=True) in list_left(get_place(top))


def test_a_branch_that_only_followed_another_did_no_work(top: Path) -> None:
    repos.checkout(top, "work", new=True)
    repos.checkout(top, "main")
    last = repos.commit(top, "on main", {"a.txt": "1"})
    repos.checkout(top, "work")
    repos.merge(top, "main", "--ff-only")
    repos.checkout(top, "main")
    newest, first = [left for left in list_left(get_place(top)) if left.branch == "work"]
    assert newest == Left("work", last, worked=False)
    assert not first.worked


def test_a_renamed_branch_tells_its_former_names(top: Path) -> None:
    repos.checkout(top, "first", new=True)
    repos.git(top, "branch", "-m", "first", "second")
    repos.git(top, "branch", "-m", "second", "third")
    assert list_former_names(get_place(top), "third") == ["second", "first"]
    assert list_former_names(get_place(top), "main") == []


def test_a_repository_without_notes_tells_nothing(top: Path) -> None:
    (top / ".git" / "logs" / "HEAD").write_bytes(b"\0\xff nonsense\n\t\n")
    assert list_left(get_place(top)) == []
