"""What is checked out, and what git is in the middle of."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mnemo.errors import MnemoError, NotARepository
from mnemo.repo.head import Head, operation, read_head, resolve
from mnemo.repo.location import Place, get_place
from tests import repos


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """A repository with one commit."""
    return repos.make_repository(tmp_path / "a")


def head_of(path: str | Path) -> Head:
    return read_head(get_place(path))


def test_a_branch_is_read_with_its_commit(top: Path) -> None:
    assert head_of(top) == Head("main", repos.git(top, "rev-parse", "HEAD"))


def test_a_new_commit_is_seen(top: Path) -> None:
    before = head_of(top)
    commit = repos.commit(top, "Second", {"b.py": ""})
    assert head_of(top) == Head("main", commit) != before


@pytest.mark.parametrize("branch", ["feature", "team/ada/fix-1", "ünïcode/日本", "HEAD2", "a.b"])
def test_a_branch_of_any_name_is_read(top: Path, branch: str) -> None:
    repos.checkout(top, branch, new=True)
    assert head_of(top).branch == branch


def test_a_packed_branch_is_read(top: Path) -> None:
    repos.git(top, "branch", "feature")
    before = head_of(top)
    repos.git(top, "pack-refs", "--all", "--prune")
    assert not (top / ".git" / "refs" / "heads" / "main").exists()
    assert head_of(top) == before
    assert resolve(get_place(top), "feature") == before.commit


def test_a_loose_branch_wins_over_its_packed_past(top: Path) -> None:
    repos.git(top, "pack-refs", "--all")
    commit = repos.commit(top, "Second", {"b.py": ""})
    assert head_of(top).commit == commit


def test_a_branch_whose_name_ends_as_another_is_not_taken_for_it(top: Path) -> None:
    repos.git(top, "branch", "x/feature")
    repos.git(top, "pack-refs", "--all", "--prune")
    assert resolve(get_place(top), "feature") is None


def test_a_detached_head_is_named_by_its_commit(tmp_path: Path) -> None:
    path = repos.make_detached(tmp_path / "a")
    commit = repos.git(path, "rev-parse", "HEAD")
    assert head_of(path) == Head(f"HEAD@{commit[:7]}", commit)


def test_an_unborn_branch_has_no_commit(tmp_path: Path) -> None:
    assert head_of(repos.make_unborn(tmp_path / "a")) == Head("main", "")


def test_an_orphan_branch_has_no_commit(top: Path) -> None:
    repos.git(top, "checkout", "--quiet", "--orphan", "new")
    assert head_of(top) == Head("new", "")


def test_each_working_tree_has_its_own_head(top: Path, tmp_path: Path) -> None:
    tree = repos.add_worktree(top, tmp_path / "w", "feature")
    commit = repos.commit(tree, "Second", {"b.py": ""})
    assert head_of(tree) == Head("feature", commit)
    assert head_of(top).branch == "main" != head_of(tree).branch


def test_a_bare_repository_has_a_head(top: Path, tmp_path: Path) -> None:
    assert head_of(repos.make_bare(tmp_path / "b.git", top)) == head_of(top)


def test_a_submodule_has_its_own_head(top: Path, tmp_path: Path) -> None:
    inner = repos.add_submodule(top, repos.make_repository(tmp_path / "b", {"b.py": ""}))
    assert head_of(inner).commit == repos.git(inner, "rev-parse", "HEAD")


def test_a_head_that_is_a_symbolic_link_is_read(top: Path) -> None:
    before = head_of(top)
    (top / ".git" / "HEAD").unlink()
    repos.link(top / ".git" / "HEAD", "refs/heads/main")
    assert head_of(top) == before
    repos.git(top, "update-ref", "-d", "refs/heads/main")
    assert head_of(top) == Head("main", "")


def test_a_branch_that_points_to_another_is_followed(top: Path) -> None:
    repos.git(top, "symbolic-ref", "refs/heads/alias", "refs/heads/main")
    assert resolve(get_place(top), "alias") == head_of(top).commit


def test_branches_that_point_to_each_other_end(top: Path) -> None:
    repos.write(top, {".git/refs/heads/a": "ref: refs/heads/b\n", ".git/refs/heads/b": "ref: refs/heads/a\n"})
    assert resolve(get_place(top), "a") is None


@pytest.mark.parametrize(
    "name", ["../../outside", "refs/heads/../../../outside", "/etc/passwd", "\0", "\ud800", ""]
)
def test_a_name_that_leads_out_of_the_references_is_nothing(top: Path, name: str) -> None:
    repos.write(top.parent, {"outside": "0" * 40 + "\n"})
    assert resolve(get_place(top), name) is None


def test_names_are_resolved_as_far_as_branches_go(top: Path, tmp_path: Path) -> None:
    repos.checkout(top, "feature", new=True)
    feature = repos.commit(top, "Second", {"b.py": ""})
    repos.git(top, "tag", "-m", "x", "main2")
    place = get_place(repos.clone(tmp_path / "b", top))
    assert (
        resolve(place, "HEAD") == resolve(place, "feature") == resolve(place, "refs/heads/feature") == feature
    )
    assert resolve(place, "main") == resolve(place, "origin/main") != feature
    assert resolve(place, feature.upper()) == feature
    assert resolve(place, "main2") is None
    assert resolve(place, "nothing") is None


def test_a_branch_comes_before_a_tag_of_its_name(top: Path) -> None:
    repos.git(top, "tag", "main")
    commit = repos.commit(top, "Second", {"b.py": ""})
    assert resolve(get_place(top), "main") == commit


def test_a_head_that_is_gone_is_said_so(top: Path) -> None:
    place = get_place(top)
    (top / ".git" / "HEAD").unlink()
    with pytest.raises(NotARepository, match=r"HEAD of .* cannot be read"):
        read_head(place)
    assert operation(place) is None


def test_references_in_tables_are_asked_of_git(tmp_path: Path) -> None:
    made = subprocess.run(["git", "init", "-q", "--ref-format=reftable", tmp_path / "a"], capture_output=True)
    if made.returncode:
        top = repos.make_repository(tmp_path / "a")
        repos.git(top, "config", "core.repositoryFormatVersion", "1")
        repos.git(top, "config", "extensions.refStorage", "reftable")
        repos.write(top, {".git/HEAD": "ref: refs/heads/.invalid\n"})
        with pytest.raises(MnemoError, match=r"git cat-file failed: unknown repository extension"):
            head_of(top)
        return
    commit = repos.commit(tmp_path / "a", "First", repos.FILES)
    assert head_of(tmp_path / "a") == Head("main", commit)
    assert resolve(get_place(tmp_path / "a"), "main") == commit


def diverge(top: Path) -> None:
    """Make two branches that change the same line, each in two commits; main is checked out."""
    repos.checkout(top, "feature", new=True)
    repos.commit(top, "Theirs", {"README.md": "theirs\n"})
    repos.commit(top, "Theirs again", {"README.md": "theirs, again\n"})
    repos.checkout(top, "main")
    repos.commit(top, "Ours", {"README.md": "ours\n"})
    repos.commit(top, "Ours again", {"README.md": "ours, again\n"})


def stop_at(*command: str) -> Callable[[Path], None]:
    def begin(top: Path) -> None:
        diverge(top)
        repos.git(top, *command, check=False)

    return begin


def apply_mail(top: Path) -> None:
    diverge(top)
    mail = repos.git(top, "format-patch", "--stdout", "-1", "feature") + "\n"
    repos.write(top.parent, {"mail": mail})
    repos.git(top, "am", "-q", str(top.parent / "mail"), check=False)


def between_picks(top: Path) -> None:
    stop_at("cherry-pick", "feature~1", "feature")(top)
    repos.git(top, "checkout", "--quiet", "--theirs", "README.md")
    repos.git(top, "add", "README.md")
    repos.git(top, "commit", "--quiet", "-m", "Solved")


def bisect(top: Path) -> None:
    diverge(top)
    repos.git(top, "bisect", "start", "HEAD", "HEAD~2")


@pytest.mark.parametrize(
    ("begin", "name"),
    [
        (diverge, None),
        (stop_at("merge", "feature"), "merge"),
        (stop_at("merge", "--no-commit", "-s", "ours", "feature"), "merge"),
        (stop_at("rebase", "feature"), "rebase"),
        (stop_at("rebase", "--apply", "feature"), "rebase"),
        (apply_mail, "am"),
        (stop_at("cherry-pick", "feature"), "cherry-pick"),
        (between_picks, "cherry-pick"),
        (stop_at("revert", "--no-edit", "HEAD~1"), "revert"),
        (bisect, "bisect"),
    ],
)
def test_what_git_is_in_the_middle_of_is_named(
    top: Path, begin: Callable[[Path], None], name: str | None
) -> None:
    begin(top)
    assert operation(get_place(top)) == name


def test_a_sequence_of_reverts_is_named_between_its_steps(top: Path) -> None:
    repos.write(top, {".git/sequencer/todo": "revert 1234567 Ours\n"})
    assert operation(get_place(top)) == "revert"


def test_what_another_working_tree_is_in_the_middle_of_does_not_count(top: Path, tmp_path: Path) -> None:
    diverge(top)
    tree = repos.add_worktree(top, tmp_path / "w", "feature", "--force")
    repos.git(tree, "rebase", "main", check=False)
    assert operation(get_place(tree)) == "rebase"
    assert operation(get_place(top)) is None
    assert head_of(tree).branch.startswith("HEAD@")


def test_the_head_is_read_without_starting_a_process(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = get_place(top)
    monkeypatch.setattr(os, "posix_spawn", None)
    monkeypatch.setattr(subprocess, "Popen", None)
    assert read_head(place).branch == "main"
    assert isinstance(place, Place)
