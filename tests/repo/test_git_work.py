"""What git and Python together say about working files: hashes, changes, renames."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mnemo.errors import Invalid, NotFound
from mnemo.repo.git import Git
from mnemo.repo.location import get_place
from tests import repos

TEXT = "".join(f"line {number} of a file that is long enough\n" for number in range(40))


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """A repository with one commit."""
    return repos.make_repository(tmp_path / "a", {**repos.FILES, "long.py": TEXT, ".gitignore": "*.log\n"})


def git_of(path: str | Path) -> Git:
    return Git(get_place(path))


def snapshot(top: Path) -> list[tuple[str, int]]:
    """List everything in the git directory with its time."""
    return sorted((str(path), path.lstat().st_mtime_ns) for path in (top / ".git").rglob("*"))


def test_the_hash_says_what_lies_there_and_not_how_it_came_there(top: Path) -> None:
    git = git_of(top)
    before = git.tree_hash()
    repos.write(top, {"README.md": "changed\n", "new.py": "x = 1\n", "long.py": None})
    changed = git.tree_hash()
    assert changed != before
    repos.git(top, "add", "--all")
    assert git.tree_hash() == changed
    repos.commit(top, "Second")
    assert git.tree_hash() == changed
    repos.git(top, "checkout", "--quiet", "HEAD~1")
    assert git.tree_hash() == before


def test_the_hash_is_the_same_in_every_working_tree(top: Path, tmp_path: Path) -> None:
    tree = repos.add_worktree(top, tmp_path / "w", "feature")
    assert git_of(tree).tree_hash() == git_of(top).tree_hash()
    repos.write(tree, {"new.py": ""})
    assert git_of(tree).tree_hash() != git_of(top).tree_hash()


def test_a_file_that_was_only_touched_does_not_change_the_hash(top: Path) -> None:
    git = git_of(top)
    before = git.tree_hash()
    os.utime(top / "long.py", (1, 1))
    assert git.tree_hash() == before
    assert git.changed() == {}


def test_ignored_files_are_not_in_the_hash(top: Path) -> None:
    git = git_of(top)
    before = git.tree_hash()
    repos.write(top, {"a.log": "noise"})
    assert git.tree_hash() == before


@pytest.mark.parametrize("change", [{"src/new.py": ""}, {"src/app.py": "x"}, {"src/app.py": None}])
def test_a_hash_of_some_paths_sees_only_these(top: Path, change: dict[str, str | None]) -> None:
    git = git_of(top)
    here, elsewhere = git.tree_hash(["src"]), git.tree_hash(["README.md", "long.py"])
    repos.write(top, change)
    assert git.tree_hash(["src"]) != here
    assert git.tree_hash(["README.md", "long.py"]) == elsewhere
    assert git.tree_hash(["."]) == git.tree_hash([""]) == git.tree_hash()


def test_a_hash_of_many_paths_is_that_of_the_same_paths(top: Path) -> None:
    git = git_of(top)
    absent = [f"absent{number}" for number in range(600)]
    assert git.tree_hash(["src", *absent]) == git.tree_hash(["src"]) != git.tree_hash([])
    assert git.tree_hash(["src/*.py"]) == git.tree_hash(["nothing"]) == git.tree_hash([])


def test_links_are_hashed_by_where_they_point_and_never_followed(top: Path) -> None:
    repos.write(top.parent, {"outside": "secret"})
    repos.link(top / "link", "../outside")
    git = git_of(top)
    before = git.tree_hash()
    repos.write(top.parent, {"outside": "another secret"})
    assert git.tree_hash() == before
    repos.commit(top, "Link")
    assert git.tree_hash() == before
    (top / "link").unlink()
    repos.link(top / "link", "src")
    assert git.tree_hash() != before
    assert git.changed() == {"link": "modified"}


def test_a_new_commit_in_a_submodule_changes_the_hash(top: Path, tmp_path: Path) -> None:
    inner = repos.add_submodule(top, repos.make_repository(tmp_path / "b"))
    git = git_of(top)
    before = git.tree_hash()
    assert git.changed() == {}
    repos.commit(inner, "Inside", {"b.py": ""})
    changed = git.tree_hash()
    assert changed != before
    assert git.changed() == {"lib": "modified"}
    repos.commit(top, "Outside")
    assert git.tree_hash() == changed
    assert git.tree_hash(["lib/b.py"]) == git.tree_hash([])


def test_a_nested_repository_is_not_looked_into(top: Path) -> None:
    git = git_of(top)
    before = git.tree_hash()
    repos.make_repository(top / "nested")
    assert git.tree_hash() == before
    assert git.changed() == {}


def test_an_unborn_branch_has_a_hash_of_its_files(tmp_path: Path) -> None:
    top = repos.make_unborn(tmp_path / "a")
    git = git_of(top)
    empty = git.tree_hash()
    repos.write(top, {"a.py": "", "b.py": ""})
    before = git.tree_hash()
    assert before != empty
    repos.git(top, "add", "a.py")
    assert git.changed() == {"a.py": "added", "b.py": "untracked"}
    repos.commit(top, "First")
    assert git.tree_hash() == before


def test_a_repository_with_longer_hashes_is_hashed_as_well(tmp_path: Path) -> None:
    top = repos.make_unborn(tmp_path / "a", "--object-format=sha256")
    repos.write(top, {"a.py": "x = 1\n"})
    git = git_of(top)
    before = git.tree_hash()
    commit = repos.commit(top, "First")
    assert git.tree_hash() == before
    assert git.contained([commit], commit) == {commit}


def test_changes_are_told_whatever_is_staged(top: Path) -> None:
    repos.write(top, {"README.md": "a", "src/app.py": None, "new.py": "", "staged.py": "", "a.log": ""})
    repos.git(top, "add", "staged.py", "README.md")
    repos.write(top, {"README.md": "b", "staged.py": "more"})
    expected = {"README.md": "modified", "src/app.py": "deleted", "new.py": "untracked", "staged.py": "added"}
    git = git_of(top)
    assert git.changed() == expected
    repos.git(top, "add", "--all")
    assert git.changed() == {**expected, "new.py": "added"}


def test_what_was_changed_and_changed_back_is_unchanged(top: Path) -> None:
    git = git_of(top)
    repos.write(top, {"README.md": "a", "staged.py": ""})
    repos.git(top, "add", "--all")
    repos.write(top, {"README.md": repos.FILES["README.md"], "staged.py": None})
    assert git.changed() == {}
    repos.git(top, "reset", "--quiet", "--hard")
    repos.git(top, "rm", "--quiet", "--cached", "long.py")
    assert git.changed() == {}
    repos.write(top, {"long.py": "short"})
    assert git.changed() == {"long.py": "modified"}


def test_changes_since_a_commit_hold_later_commits_too(top: Path) -> None:
    base = repos.git(top, "rev-parse", "HEAD")
    repos.commit(top, "Second", {"b.py": "", "README.md": "changed", "long.py": None})
    repos.write(top, {"README.md": repos.FILES["README.md"], "c.py": ""})
    git = git_of(top)
    assert git.changed(base) == {"b.py": "added", "long.py": "deleted", "c.py": "untracked"}
    assert git.changed("HEAD~1") == git.changed(base)
    with pytest.raises(NotFound, match="'nowhere'"):
        git.changed("nowhere")


def test_only_tracked_files_make_it_dirty(top: Path) -> None:
    git = git_of(top)
    repos.write(top, {"new.py": ""})
    assert not git.is_dirty()
    repos.git(top, "add", "new.py")
    assert git.is_dirty()
    repos.git(top, "reset", "--quiet")
    repos.write(top, {"README.md": "changed"})
    assert git.is_dirty()


def test_a_file_replaced_by_a_folder_is_gone(top: Path) -> None:
    repos.write(top, {"long.py": None})
    repos.write(top, {"long.py/inner.py": ""})
    assert git_of(top).changed() == {"long.py": "deleted", "long.py/inner.py": "untracked"}


def test_line_ends_that_git_converts_are_no_change(top: Path) -> None:
    repos.commit(top, "Windows", {".gitattributes": "*.txt text eol=crlf\n", "a.txt": "one\r\ntwo\r\n"})
    git = git_of(top)
    os.utime(top / "a.txt", (1, 1))
    assert git.changed() == {}
    assert not git.is_dirty()


def test_a_rename_in_commits_is_followed(top: Path) -> None:
    base = repos.git(top, "rev-parse", "HEAD")
    repos.commit(top, "Move", {"long.py": None, "deep/moved.py": TEXT})
    repos.commit(top, "Move again", {"deep/moved.py": None, "deep/again.py": TEXT + "more\n"})
    assert git_of(top).renames(base) == {"long.py": "deep/again.py"}
    assert git_of(top).renames("HEAD~1") == {"deep/moved.py": "deep/again.py"}
    assert git_of(top).renames("HEAD") == {}


@pytest.mark.parametrize("staged", [True, False])
@pytest.mark.parametrize("content", [TEXT, TEXT.replace("line 7 ", "row 7 ") + "more\n"])
def test_a_rename_that_is_not_committed_is_followed(top: Path, staged: bool, content: str) -> None:
    repos.write(top, {"long.py": None, "moved.py": content, "other.py": "something else\n"})
    if staged:
        repos.git(top, "add", "--all")
    assert git_of(top).renames("HEAD") == {"long.py": "moved.py"}


def test_a_rename_is_followed_from_commit_to_index_to_working_file(top: Path) -> None:
    base = repos.git(top, "rev-parse", "HEAD")
    repos.commit(top, "Move", {"long.py": None, "b.py": TEXT})
    repos.git(top, "mv", "b.py", "c.py")
    (top / "c.py").rename(top / "d.py")
    assert git_of(top).renames(base) == {"long.py": "d.py"}
    repos.write(top, {"d.py": None})
    assert git_of(top).renames(base) == {}


def test_a_rename_is_followed_though_the_file_was_rewritten_later(top: Path) -> None:
    base = repos.git(top, "rev-parse", "HEAD")
    repos.commit(top, "Move", {"long.py": None, "moved.py": TEXT})
    for number in range(4):
        part = TEXT.splitlines(keepends=True)[number * 10 :]
        repos.commit(top, "Rewrite", {"moved.py": "".join(["new\n"] * 10 * (number + 1) + part)})
    assert git_of(top).renames(base) == {"long.py": "moved.py"}


def test_a_rename_on_a_merged_branch_is_followed(top: Path) -> None:
    base = repos.git(top, "rev-parse", "HEAD")
    repos.checkout(top, "feature", new=True)
    repos.commit(top, "Move", {"long.py": None, "moved.py": TEXT})
    repos.checkout(top, "main")
    repos.commit(top, "Else", {"b.py": ""})
    repos.merge(top, "feature")
    assert git_of(top).renames(base) == {"long.py": "moved.py"}


def test_a_deleted_file_is_no_rename(top: Path) -> None:
    base = repos.git(top, "rev-parse", "HEAD")
    repos.write(top, {"long.py": None, "src/app.py": None, "new.py": "nothing like it\n", "empty": ""})
    assert git_of(top).renames("HEAD") == {}
    repos.commit(top, "Delete")
    assert git_of(top).renames(base) == {}


def test_a_copy_is_no_rename(top: Path) -> None:
    repos.write(top, {"copy.py": TEXT})
    assert git_of(top).renames("HEAD") == {}


def test_renames_since_an_unknown_commit_are_the_uncommitted_ones(top: Path) -> None:
    repos.git(top, "mv", "long.py", "moved.py")
    assert git_of(top).renames("0" * 40) == git_of(top).renames("nowhere") == {"long.py": "moved.py"}


def test_asking_changes_nothing_in_the_git_directory(top: Path) -> None:
    base = repos.git(top, "rev-parse", "HEAD")
    repos.commit(top, "Second", {"b.py": "", "long.py": None, "moved.py": TEXT})
    repos.write(top, {"README.md": "changed", "new.py": "", "b.py": None})
    os.utime(top / "src" / "app.py", (1, 1))
    before = snapshot(top)
    git = git_of(top)
    for answer in (
        git.tree_hash(), git.changed(base), git.renames(base), git.is_dirty(), git.ignored(["a.log"]),
        git.tracked_files(), git.default_branch(), git.root_commit(), git.worktrees(), git.is_tracked("src"),
    ):  # fmt: skip
        assert answer is not None
    assert snapshot(top) == before


@pytest.mark.parametrize("path", ["a\0b", "\ud800"])
def test_a_name_that_no_file_can_have_is_refused(top: Path, path: str) -> None:
    with pytest.raises(Invalid, match="cannot be a name in git"):
        git_of(top).tree_hash([path])


def test_paths_outside_the_repository_are_nothing(top: Path) -> None:
    git = git_of(top)
    assert git.tree_hash(["../outside"]) == git.tree_hash(["/etc"]) == git.tree_hash([])
