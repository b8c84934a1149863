"""Whether work may be started apart from a repository as it is now."""

from __future__ import annotations

import os
from pathlib import Path

from mnemo.repo import preflight
from mnemo.repo.location import find_place
from tests.repos import checkout, git, make_detached, make_repository, make_unborn, write


def words(top: Path) -> list[str]:
    return [blocker.word for blocker in preflight.check(find_place(top)).blockers]


def on_a_branch(path: Path) -> Path:
    top = make_repository(path)
    checkout(top, "feature", new=True)
    return top


def test_a_clean_branch_has_no_blocker(tmp_path: Path) -> None:
    top = on_a_branch(tmp_path / "r")
    found = preflight.check(find_place(top))
    assert found.blockers == ()
    assert found.branch == "feature"
    assert found.commit == git(top, "rev-parse", "HEAD")


def test_each_condition_has_its_blocker(tmp_path: Path) -> None:
    assert words(tmp_path) == ["not_a_repository"]
    assert words(make_unborn(tmp_path / "unborn")) == ["no_commit", "protected_branch"]
    assert words(make_detached(tmp_path / "detached")) == ["detached_head"]
    top = on_a_branch(tmp_path / "r")
    write(top, {"README.md": "changed\n"})
    assert words(top) == ["dirty_worktree"]
    write(top, {"new.txt": "new\n"})
    assert words(top) == ["dirty_worktree", "untracked_files"]
    git(top, "checkout", "--quiet", "README.md")
    assert words(top) == ["untracked_files"]


def test_staged_and_deleted_files_are_dirty(tmp_path: Path) -> None:
    top = on_a_branch(tmp_path / "r")
    os.unlink(top / "README.md")
    assert words(top) == ["dirty_worktree"]
    git(top, "rm", "--quiet", "--cached", "README.md")
    assert words(top) == ["dirty_worktree"]


def test_branches_that_others_rely_on_are_protected(tmp_path: Path) -> None:
    top = make_repository(tmp_path / "r")
    for branch in ("main", "master", "production", "release"):
        git(top, "checkout", "--quiet", "-B", branch)
        assert words(top) == ["protected_branch"]
    git(top, "checkout", "--quiet", "-B", "releases")
    assert words(top) == []
    assert preflight.is_protected("release/2.1")
    assert not preflight.is_protected("feature/release")


def test_an_operation_under_way_is_named(tmp_path: Path) -> None:
    top = on_a_branch(tmp_path / "r")
    (top / ".git" / "MERGE_HEAD").write_text(git(top, "rev-parse", "HEAD") + "\n")
    found = preflight.check(find_place(top)).blockers
    assert [(each.word, each.message) for each in found] == [("operation_under_way", "A merge is under way.")]


def test_each_blocker_names_the_value_and_what_to_do(tmp_path: Path) -> None:
    top = make_repository(tmp_path / "r")
    write(top, {f"new{number}.txt": "x" for number in range(5)})
    for blocker in preflight.check(find_place(top)).blockers:
        assert blocker.fix
        assert "\n" not in blocker.message
    assert "new0.txt, new1.txt, new2.txt and 2 more" in preflight.check(find_place(top)).blockers[0].message


def test_remotes_are_listed_without_who_logs_in(tmp_path: Path) -> None:
    top = on_a_branch(tmp_path / "r")
    git(top, "remote", "add", "origin", "https://ada:s3cret@git.example.com/a.git")
    git(top, "remote", "add", "other", "git@git.example.com:a.git")
    assert preflight.check(find_place(top)).remotes == {
        "origin": "https://git.example.com/a.git",
        "other": "git@git.example.com:a.git",
    }
