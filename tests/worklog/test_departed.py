"""Which branches of the work log are gone, and whose work went where."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mnemo.repo.git import Git
from mnemo.repo.location import get_place
from mnemo.worklog import departed, writing
from tests.repos import add_worktree, checkout, clone, commit, git, head, make_repository, merge
from tests.stores import START_MS, on, open_store


class Scene:
    """A repository and the log of its branches."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.db = open_store(top)

    def log(self, branch: str) -> None:
        """Write an entry on a branch, at the commit that is checked out."""
        at = on(branch, commit=head(self.top))
        with self.db.transaction() as connection:
            writing.add_entry(connection, f"on {branch}", None, at, START_MS)

    def fates(self, **given: bool) -> list[tuple[str, str]]:
        """Ask which branches are gone."""
        with self.db.reading() as connection:
            return departed.list_fates(connection, Git(get_place(str(self.top))), **given)


@pytest.fixture
def scene(repository: Path) -> Scene:
    """One commit on main, an entry for it, and main.txt to come."""
    made = Scene(repository)
    made.log("main")
    return made


def work_on(scene: Scene, branch: str, *, commits: int = 1) -> None:
    """Do something on a new branch, log it, and go back to main."""
    checkout(scene.top, branch, new=True)
    for number in range(commits):
        commit(scene.top, f"{branch} {number}", {f"{branch}{number}.txt": f"{branch}\n"}, when=number + 1)
    scene.log(branch)
    checkout(scene.top, "main")


def test_a_branch_without_work_of_its_own_leaves_its_entries_to_nobody(scene: Scene) -> None:
    work_on(scene, "test-branch", commits=0)
    git(scene.top, "branch", "-d", "test-branch")
    assert scene.fates() == [("test-branch", "")]


def test_a_branch_that_was_given_up_leaves_them_to_nobody(scene: Scene) -> None:
    work_on(scene, "tried")
    git(scene.top, "branch", "-D", "tried")
    assert scene.fates() == [("tried", "")]


@pytest.mark.parametrize("way", [("--no-ff",), ("--ff-only",)])
def test_a_merged_branch_leaves_them_to_the_default_branch(scene: Scene, way: tuple[str, ...]) -> None:
    work_on(scene, "feature")
    merge(scene.top, "feature", *way)
    git(scene.top, "branch", "-d", "feature")
    assert scene.fates() == [("feature", "main")]


def test_a_squashed_branch_leaves_them_to_the_default_branch(scene: Scene) -> None:
    work_on(scene, "feature", commits=2)
    git(scene.top, "merge", "--quiet", "--squash", "feature")
    commit(scene.top, "All of it", when=9)
    git(scene.top, "branch", "-D", "feature")
    assert scene.fates() == [("feature", "main")]


def test_a_rebased_branch_leaves_them_to_the_default_branch(scene: Scene) -> None:
    work_on(scene, "feature", commits=2)
    commit(scene.top, "Meanwhile", {"main.txt": "main\n"}, when=5)
    git(scene.top, "cherry-pick", "main..feature", when=7)
    git(scene.top, "branch", "-D", "feature")
    assert scene.fates() == [("feature", "main")]


def test_a_renamed_branch_leaves_them_to_its_new_name(scene: Scene) -> None:
    work_on(scene, "befor")
    git(scene.top, "branch", "-m", "befor", "before")
    assert scene.fates() == [("befor", "before")]


def test_branches_of_linked_worktrees_live(scene: Scene, tmp_path: Path) -> None:
    add_worktree(scene.top, tmp_path / "linked", "elsewhere")
    git(tmp_path / "linked", "checkout", "--quiet", "--orphan", "unborn")
    scene.log("elsewhere")
    scene.log("unborn")
    assert scene.fates() == []


def test_a_branch_of_a_worktree_that_was_removed_is_kept_when_the_trunk_holds_its_commit(
    scene: Scene, tmp_path: Path
) -> None:
    add_worktree(scene.top, tmp_path / "linked", "side")
    scene.log("side")
    git(scene.top, "worktree", "remove", str(tmp_path / "linked"))
    git(scene.top, "branch", "-D", "side")
    shutil.rmtree(scene.top / ".git" / "logs", ignore_errors=True)
    assert scene.fates() == [("side", "main")], "nothing tells that no work was done there"


def test_a_branch_that_a_remote_has_lives_unless_only_local_ones_count(scene: Scene, tmp_path: Path) -> None:
    checkout(scene.top, "deep/feature", new=True)
    checkout(scene.top, "main")
    here = Scene(clone(tmp_path / "clone", scene.top))
    here.log("deep/feature")
    assert here.fates() == []
    assert [name for name, _ in here.fates(local_only=True)] == ["deep/feature"]
    here.db.close()


def test_detached_entries_and_those_from_outside_git_are_nobodys_to_delete(scene: Scene) -> None:
    scene.log("HEAD@1234567")
    scene.log("")
    assert scene.fates() == []


def test_in_a_repository_without_commits_only_what_never_was_is_gone(tmp_path: Path) -> None:
    top = make_repository(tmp_path / "new")
    scene = Scene(Path(top))
    git(top, "checkout", "--quiet", "--orphan", "fresh")
    git(top, "branch", "-D", "main")
    with scene.db.transaction() as connection:
        writing.add_entry(connection, "here", None, on("fresh", commit=""), START_MS)
        writing.add_entry(connection, "there", None, on("main", commit=""), START_MS)
    assert scene.fates() == [("main", "")]
    scene.db.close()
