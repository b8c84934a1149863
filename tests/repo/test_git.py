"""Questions to git, asked of real repositories."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from mnemo.errors import MnemoError, NotFound, Refused
from mnemo.repo.git import Git
from mnemo.repo.location import get_place
from tests import repos

ABSENT = "0" * 40


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """A repository with one commit."""
    return repos.make_repository(tmp_path / "a")


def git_of(path: str | Path) -> Git:
    return Git(get_place(path))


def commit_of(path: str | Path, ref: str = "HEAD") -> str:
    return repos.git(path, "rev-parse", ref)


def test_the_root_commit_is_the_same_on_every_branch(top: Path) -> None:
    root = commit_of(top)
    repos.commit(top, "Second", {"b.py": ""}, when=60)
    assert git_of(top).root_commit() == root
    repos.checkout(top, "feature", new=True)
    repos.commit(top, "Third", {"c.py": ""}, when=120)
    assert git_of(top).root_commit() == root


def test_of_several_root_commits_the_oldest_counts(top: Path) -> None:
    root = commit_of(top)
    repos.git(top, "checkout", "--quiet", "--orphan", "site")
    repos.commit(top, "Site", {"index.html": ""}, when=60)
    repos.git(top, "merge", "--quiet", "--allow-unrelated-histories", "-m", "Both", "main", when=120)
    assert git_of(top).root_commit() == root


def test_without_whole_history_there_is_no_root_commit(top: Path, tmp_path: Path) -> None:
    repos.commit(top, "Second", {"b.py": ""})
    shallow = git_of(repos.make_shallow(tmp_path / "b", top))
    assert (shallow.is_shallow(), shallow.root_commit()) == (True, None)
    assert git_of(top).is_shallow() is False
    assert git_of(repos.make_unborn(tmp_path / "c")).root_commit() is None


def test_the_default_branch_is_what_origin_calls_head(top: Path, tmp_path: Path) -> None:
    repos.git(top, "branch", "-m", "trunk-of/all")
    clone = repos.clone(tmp_path / "b", top)
    repos.checkout(clone, "main", new=True)
    assert git_of(clone).default_branch() == "trunk-of/all"


@pytest.mark.parametrize("branch", ["main", "master", "trunk"])
def test_without_origin_the_usual_names_are_the_default_branch(top: Path, branch: str) -> None:
    repos.git(top, "branch", "-m", branch)
    repos.checkout(top, "feature", new=True)
    assert git_of(top).default_branch() == branch


def test_a_configured_default_branch_counts_where_it_exists(
    top: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GIT_CONFIG_COUNT", raising=False)
    repos.git(top, "branch", "-m", "develop")
    repos.checkout(top, "feature", new=True)
    repos.git(top, "config", "init.defaultBranch", "develop")
    assert git_of(top).default_branch() == "develop"
    repos.git(top, "config", "init.defaultBranch", "nowhere")
    assert git_of(top).default_branch() == "feature"
    repos.git(top, "checkout", "--quiet", "--detach")
    assert git_of(top).default_branch() == ""


def test_an_unborn_branch_is_its_own_default(tmp_path: Path) -> None:
    git = git_of(repos.make_unborn(tmp_path / "a", "--initial-branch=new"))
    assert git.default_branch() == "new"
    assert git.head() == ("refs/heads/new", "")


def test_the_merge_base_of_two_branches_is_found(top: Path) -> None:
    base = commit_of(top)
    repos.checkout(top, "feature", new=True)
    repos.commit(top, "Theirs", {"b.py": ""})
    repos.checkout(top, "main")
    repos.commit(top, "Ours", {"c.py": ""})
    git = git_of(top)
    assert git.merge_base("main", "feature") == git.merge_base("HEAD", "feature") == base
    assert git.merge_base("main", "nowhere") is None


def test_unrelated_histories_have_no_merge_base(top: Path) -> None:
    repos.git(top, "checkout", "--quiet", "--orphan", "site")
    repos.commit(top, "Site", {"index.html": ""})
    assert git_of(top).merge_base("main", "site") is None


def test_a_branch_known_only_from_origin_is_found_by_its_name(top: Path, tmp_path: Path) -> None:
    clone = repos.clone(tmp_path / "b", top)
    repos.checkout(clone, "feature", new=True)
    repos.git(clone, "branch", "-D", "main")
    assert git_of(clone).merge_base("main", "HEAD") == commit_of(top)


def test_a_revision_is_resolved_to_a_commit(top: Path) -> None:
    repos.git(top, "tag", "-m", "One", "v1")
    first = commit_of(top)
    second = repos.commit(top, "Second", {"b.py": ""})
    repos.git(top, "tag", "-f", "main", first)
    git = git_of(top)
    assert git.find_commit("main") == git.find_commit("HEAD") == git.find_commit(second[:9]) == second
    assert git.find_commit("v1") == git.find_commit("HEAD~1") == first


def test_a_branch_called_head_or_like_a_commit_misleads_nobody(top: Path) -> None:
    first = commit_of(top)
    second = repos.commit(top, "Second", {"b.py": ""})
    repos.git(top, "update-ref", "refs/heads/HEAD", first)
    repos.git(top, "update-ref", f"refs/heads/{second}", first)
    git = git_of(top)
    assert git.find_commit("HEAD") == git.find_commit(second) == git.head()[1] == second


@pytest.mark.parametrize(
    "name",
    ["nowhere", "", "--all", "-h", "a\nHEAD", "a\0", "HEAD:README.md", "HEAD^{tree}", ABSENT, "a b", ":"],
)
def test_what_names_no_commit_is_none(top: Path, name: str) -> None:
    git = git_of(top)
    assert git.find_commit(name) is None
    assert git.merge_base(name, "HEAD") is None
    with pytest.raises(NotFound):
        git.list_tree(name)


def test_contained_commits_are_told_from_others(top: Path) -> None:
    first = commit_of(top)
    second = repos.commit(top, "Second", {"b.py": ""})
    repos.checkout(top, "feature", new=True)
    third = repos.commit(top, "Third", {"c.py": ""})
    git = git_of(top)
    every = {first, second, third}
    assert git.contained(every, second) == {first, second}
    assert git.contained(every, third) == every
    assert git.contained({third}, first) == set()
    assert git.contained({first}, first) == {first}
    assert git.contained(set(), first) == set()


def test_commits_that_git_does_not_know_are_not_contained(top: Path) -> None:
    first = commit_of(top)
    git = git_of(top)
    assert git.contained([first, ABSENT, "main", "--all", "^" + first, ""], first) == {first}
    assert git.contained([ABSENT], first) == set()
    assert (
        git.contained([first], ABSENT)
        == git.contained([first], "")
        == git.contained([first], "HEAD")
        == set()
    )


def test_a_merged_branch_is_contained(top: Path) -> None:
    repos.checkout(top, "feature", new=True)
    tip = repos.commit(top, "Theirs", {"b.py": ""})
    repos.checkout(top, "main")
    git = git_of(top)
    assert git.contained([tip], commit_of(top)) == set()
    assert git.contained([tip], repos.merge(top, "feature")) == {tip}


def test_files_are_listed_with_names_of_every_kind(top: Path) -> None:
    names = ["ü/日本.py", "a b.py", "tab\tname", "line\nend", '"quoted"', "-x", os.fsdecode(b"caf\xe9")]
    repos.commit(top, "Names", dict.fromkeys(names, "x"))
    git = git_of(top)
    expected = sorted([*names, *repos.FILES])
    assert sorted(git.tracked_files()) == sorted(git.list_tree("HEAD")) == expected
    readable = [name for name in names if "\n" not in name]
    assert git.blobs("HEAD", names) == dict.fromkeys(readable, b"x")


def test_staged_files_are_tracked_and_untracked_ones_are_not(top: Path) -> None:
    repos.write(top, {"staged.py": "", "untracked.py": ""})
    repos.git(top, "add", "staged.py")
    assert git_of(top / "src").tracked_files() == ["README.md", "src/app.py", "staged.py"]
    assert "staged.py" not in git_of(top).list_tree("main")


def test_a_file_in_conflict_is_listed_once(top: Path) -> None:
    repos.checkout(top, "feature", new=True)
    repos.commit(top, "Theirs", {"README.md": "theirs\n"})
    repos.checkout(top, "main")
    repos.commit(top, "Ours", {"README.md": "ours\n"})
    repos.git(top, "merge", "feature", check=False)
    git = git_of(top)
    assert git.tracked_files() == ["README.md", "src/app.py"]
    assert git.is_dirty()
    assert git.changed()["README.md"] == "modified"
    before = git.tree_hash()
    repos.write(top, {"README.md": "solved\n"})
    assert git.tree_hash() != before


def test_a_submodule_is_no_file(top: Path, tmp_path: Path) -> None:
    repos.add_submodule(top, repos.make_repository(tmp_path / "b"))
    git = git_of(top)
    assert "lib" not in [*git.tracked_files(), *git.list_tree("HEAD")]
    assert git.blob("HEAD", "lib") is None


def test_a_commits_file_is_read_as_it_was(top: Path) -> None:
    first = commit_of(top)
    content = b"\0\xff\r\n binary\n" * 9
    repos.commit(top, "Second", {"README.md": content, "empty": ""})
    git = git_of(top)
    assert git.blob(first, "README.md") == b"# A project\n"
    assert git.blob("main", "README.md") == content
    assert git.blob("main", "empty") == b""
    assert git.blobs("main", ["README.md", "nothing", "src", "empty"]) == {"README.md": content, "empty": b""}


@pytest.mark.parametrize("path", ["nothing", "../a/README.md", "src", "", "a\nb", "a\0", "/etc/passwd"])
def test_a_file_that_a_commit_does_not_have_is_none(top: Path, path: str) -> None:
    assert git_of(top).blob("HEAD", path) is None


def test_ignored_paths_are_told(top: Path) -> None:
    repos.write(top, {".gitignore": "*.log\nbuild/\n", "kept.log": "", "ü.log": ""})
    repos.git(top, "add", "--force", "kept.log")
    git = git_of(top)
    asked = ["a.log", "deep/b.log", "build/x", "ü.log", ":(top)x.log", ":y.log", "new\nline.log"]
    assert git.ignored([*asked, "kept.log", "README.md", "", "a\0", "/z.log"]) == set(asked)
    assert git.ignored([]) == git.ignored(["README.md"]) == set()


def test_paths_that_git_refuses_do_not_hide_the_others(top: Path, tmp_path: Path) -> None:
    repos.add_submodule(top, repos.make_repository(tmp_path / "b"))
    repos.write(top, {".gitignore": "*.log\n"})
    repos.link(top / "link", "src")
    asked = ["lib/x.log", "a.log", "../outside.log", "link/b.log", "c.log"]
    assert git_of(top).ignored(asked) == {"a.log", "c.log"}


def test_a_tracked_folder_is_known_in_any_case(top: Path) -> None:
    repos.commit(top, "Store", {".Mnemo/x.db": "", "mnemo/a*b": ""})
    git = git_of(top)
    assert git.is_tracked(".mnemo")
    assert git.is_tracked("SRC/")
    assert git.is_tracked("src/app.py")
    assert not git.is_tracked("sr")
    assert not git.is_tracked("*")
    assert not git.is_tracked(".mnem")


def test_branches_are_told_apart_by_where_they_are(top: Path, tmp_path: Path) -> None:
    repos.git(top, "branch", "team/ü")
    clone = repos.clone(tmp_path / "b", top)
    repos.git(clone, "pack-refs", "--all")
    repos.checkout(clone, "mine", new=True)
    git = git_of(clone)
    assert git.branches() == {"main", "mine"}
    assert git.remote_branches() == {"origin/main", "origin/team/ü"}
    assert git_of(repos.make_unborn(tmp_path / "c")).branches() == set()


def test_working_trees_are_listed_with_their_branches(top: Path, tmp_path: Path) -> None:
    tree = repos.add_worktree(top, tmp_path / "w x", "feature")
    repos.add_worktree(top, tmp_path / "d", "HEAD", "--detach")
    shutil.rmtree(repos.add_worktree(top, tmp_path / "gone", "lost"))
    commit = commit_of(top)
    expected = [(str(top), "main"), (str(tmp_path / "d"), f"HEAD@{commit[:7]}"), (str(tree), "feature")]
    found = [tuple(each) for each in git_of(tree).worktrees()]
    assert sorted(found) == sorted((os.path.realpath(path), branch) for path, branch in expected)
    assert found[0] == (os.path.realpath(top), "main")


def test_a_bare_repository_answers_from_its_commits(top: Path, tmp_path: Path) -> None:
    first = commit_of(top)
    second = repos.commit(top, "Second", {"b.py": "x = 1\n", "README.md": None})
    git = git_of(repos.make_bare(tmp_path / "b.git", top))
    assert git.tracked_files() == git.list_tree("HEAD") == ["b.py", "src/app.py"]
    assert git.tree_hash() == git_of(top).tree_hash()
    assert git.changed(first) == {"b.py": "added", "README.md": "deleted"}
    assert git.changed() == git.renames(first) == {}
    assert git.contained([first], second) == {first}
    assert git.is_tracked("src")
    assert git.worktrees() == []
    assert git.ignored(["a.log"]) == set()
    assert not git.is_dirty()


def test_a_variable_that_points_elsewhere_is_not_followed(
    top: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = repos.make_repository(tmp_path / "b", {"other.py": ""})
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git" / "index"))
    monkeypatch.setenv("GIT_ICASE_PATHSPECS", "1")
    git = git_of(top)
    assert git.tracked_files() == ["README.md", "src/app.py"]
    assert git.find_commit("HEAD") == commit_of(top)
    assert not git.is_dirty()


def test_a_working_tree_elsewhere_is_asked_there(top: Path, tmp_path: Path) -> None:
    shutil.copytree(top / "src", tmp_path / "b" / "src")
    repos.git(top, "config", "core.worktree", str(tmp_path / "b"))
    git = git_of(top)
    assert git.changed() == {"README.md": "deleted"}
    repos.make_repository(tmp_path / "b", {"other.py": ""})
    assert git.tracked_files() == ["README.md", "src/app.py"]


def test_a_failure_of_git_is_one_line(top: Path) -> None:
    git = git_of(top)
    repos.write(top, {".git/config": "[core\n"})
    with pytest.raises(MnemoError, match="git ls-files failed: bad config") as caught:
        git.tracked_files()
    assert "\n" not in caught.value.message
    with pytest.raises(MnemoError, match="bad config"):
        git.tree_hash()
    shutil.rmtree(top)
    with pytest.raises(MnemoError, match="git for-each-ref failed: cannot change to"):
        git.branches()


def test_git_that_is_not_there_is_said_so(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git = git_of(top)
    git.branches()
    monkeypatch.setenv("PATH", str(top))
    with pytest.raises(MnemoError, match="git could not be started"):
        git.branches()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_a_repository_of_someone_else_is_refused_as_git_does(top: Path) -> None:
    for path in (top, top / ".git"):
        os.chown(path, 12345, 12345)
    with pytest.raises(Refused, match="git does not trust this repository") as caught:
        git_of(top).branches()
    assert "safe.directory" in caught.value.fix
