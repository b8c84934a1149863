"""Working trees of their own: planned without a trace, made only when nothing could be lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from mnemo.errors import Refused
from mnemo.repo import worktrees
from mnemo.repo.location import find_place
from mnemo.repo.worktrees import Planned
from tests.repos import checkout, commit, git, make_repository, write


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """A clean repository on a branch that is not protected."""
    made = make_repository(tmp_path / "r", {"a.py": "a = 1\n", ".gitignore": ".mnemo/\n"})
    checkout(made, "feature", new=True)
    return made


def plan(top: Path, name: str = "task_1") -> Planned:
    return worktrees.plan(find_place(top), str(top / ".mnemo" / "worktrees" / name), name)


def test_a_plan_leaves_no_trace(top: Path) -> None:
    before = git(top, "for-each-ref"), git(top, "worktree", "list")
    planned = plan(top)
    assert planned.branch == "mnemo/task_1"
    assert planned.base == git(top, "rev-parse", "HEAD")
    assert not planned.exists
    assert (git(top, "for-each-ref"), git(top, "worktree", "list")) == before
    assert not (top / ".mnemo").exists()


def test_a_working_tree_is_made_once_with_a_branch_that_tracks_nothing(top: Path) -> None:
    assert worktrees.create(find_place(top), plan(top)) is True
    path = Path(plan(top).path)
    assert (path / "a.py").read_text() == "a = 1\n"
    assert git(path, "branch", "--show-current") == "mnemo/task_1"
    assert "branch.mnemo/task_1" not in git(top, "config", "--list")
    assert git(top, "status", "--short") == ""
    again = plan(top)
    assert again.exists
    assert worktrees.create(find_place(top), again) is False


def test_a_working_tree_made_anew_goes_on_with_its_branch(top: Path) -> None:
    worktrees.create(find_place(top), plan(top))
    tree = Path(plan(top).path)
    kept = commit(tree, "Half done", {"b.py": "b = 1\n"})
    git(top, "worktree", "remove", "--force", str(tree))
    assert worktrees.create(find_place(top), plan(top)) is True
    assert git(tree, "rev-parse", "HEAD") == kept


@pytest.mark.parametrize(
    ("files", "word"), [({"a.py": "changed\n"}, "dirty_worktree"), ({"new.py": "x\n"}, "untracked_files")]
)
def test_a_blocker_refuses_by_its_word_and_makes_nothing(top: Path, files: dict[str, str], word: str) -> None:
    write(top, files)
    with pytest.raises(Refused) as caught:
        worktrees.create(find_place(top), plan(top))
    assert caught.value.word == word
    assert not (top / ".mnemo").exists()
    assert "mnemo/" not in git(top, "for-each-ref")


def test_the_first_blocker_gives_the_word_and_the_others_are_told(top: Path) -> None:
    git(top, "checkout", "--quiet", "main")
    write(top, {"a.py": "changed\n"})
    with pytest.raises(Refused, match="main is a protected branch") as caught:
        worktrees.create(find_place(top), plan(top))
    assert caught.value.word == "dirty_worktree"


def test_outside_a_repository_there_is_only_a_plan(tmp_path: Path) -> None:
    planned = plan(tmp_path)
    assert [each.word for each in planned.checked.blockers] == ["not_a_repository"]
    with pytest.raises(Refused) as caught:
        worktrees.create(None, planned)
    assert caught.value.word == "not_a_repository"


def test_something_else_at_that_place_is_left_alone(top: Path) -> None:
    write(top, {".mnemo/worktrees/task_1/mine.txt": "mine"})
    with pytest.raises(Refused) as caught:
        worktrees.create(find_place(top), plan(top))
    assert caught.value.word == "worktree_exists"
    assert (top / ".mnemo/worktrees/task_1/mine.txt").read_text() == "mine"


def test_neither_hooks_nor_filters_of_the_repository_run(top: Path, tmp_path: Path) -> None:
    script = tmp_path / "evil"
    script.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\ncat\n")
    script.chmod(0o755)
    commit(top, "Attributes", {".gitattributes": "*.py filter=evil\n"})
    for key in ("filter.evil.smudge", "filter.evil.clean", "filter.evil.process"):
        git(top, "config", key, str(script))
    git(top, "config", "core.hooksPath", str(tmp_path))
    (tmp_path / "post-checkout").symlink_to(script)
    git(top, "config", "branch.autoSetupMerge", "always")
    git(top, "config", "submodule.recurse", "true")
    assert worktrees.create(find_place(top), plan(top)) is True
    assert (Path(plan(top).path) / "a.py").read_text() == "a = 1\n"
    assert not (tmp_path / "ran").exists()
