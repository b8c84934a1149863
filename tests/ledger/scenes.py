"""A repository with a queue, and what people and agents do with it, said shortly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mnemo.errors import MnemoError
from mnemo.ledger import coverage, dispatching, running, tasks
from mnemo.ledger.workspace import Present, Workspace, without_git
from mnemo.repo.files import WorkingTree
from mnemo.repo.git import Git
from mnemo.repo.location import get_place
from tests.repos import git, make_repository
from tests.stores import MAIN, START_MS, assert_whole, open_store

Record = dict[str, Any]
FIRST_FILES = {"src/a.py": "a = 1\n", "src/b.py": "b = 1\n", ".gitignore": "build/\n.mnemo/\n"}
MINUTE = 60_000


class Scene:
    """One repository, one store, and a clock that only the test moves.

    Args:
        top: the repository.
        now: wall clock, milliseconds.
    """

    def __init__(self, top: Path, now: int = START_MS) -> None:
        self.top = top
        self.now = now
        self.db = open_store(top)
        self.branch = "main"
        self.git = Git(get_place(str(top)))

    @property
    def at(self) -> dict[str, str]:
        """Where a deed is done."""
        return {**MAIN, "branch": self.branch, "commit": git(self.top, "rev-parse", "HEAD")}

    @property
    def workspace(self) -> Workspace:
        """The working tree as the product asks it."""
        tree = WorkingTree(str(self.top), self.git.tracked_files)
        return Workspace(tree.root, tree.relative, self.git.changed, self.git.ignored, self.git.tree_hash)

    def write(self, path: str, text: str) -> None:
        """Write a file of the repository."""
        file = self.top / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def add(self, title: str = "Do it", **given: Any) -> str:
        """Add a task and return its id."""
        return dispatching.add(self.db, title, at=self.at, now=self.now, **given)["tasks"][0]["id"]

    def add_with_policy(self, policy: dict[str, Any], criteria: list[str]) -> str:
        """Add a task with an evidence policy and return its id."""
        with self.db.transaction() as connection:
            row = tasks.add_task(connection, "Do it", None, criteria, at=self.at, now=self.now, policy=policy)
        return row["task"]

    def ready(self) -> Record:
        """Ask what is ready."""
        return dispatching.ready(self.db, at=self.at, now=self.now)

    def take(self, executor: str = "ann", **given: Any) -> Record:
        """Take work."""
        return dispatching.take(
            self.db, executor, at=self.at, now=self.now, workspace=self.workspace, **given
        )

    def complete(self, executor: str = "ann", **given: Any) -> Record:
        """Complete work."""
        return dispatching.complete(
            self.db, executor, at=self.at, now=self.now, workspace=self.workspace, **given
        )

    def fail(self, executor: str = "ann", reason: str = "It cannot be done", **given: Any) -> Record:
        """Give work up."""
        return dispatching.fail(self.db, executor, reason, at=self.at, now=self.now, **given)

    def heartbeat(self, executor: str = "ann", **given: Any) -> Record:
        """Say that work goes on."""
        return dispatching.heartbeat(self.db, executor, at=self.at, now=self.now, **given)

    def run(self, *argv: str, folder: str = "", **given: Any) -> Record:
        """Run a command as evidence."""
        where = str(self.top / folder)
        return running.run(
            self.db, argv, at=self.at, now=self.now, workspace=self.workspace, folder=where, **given
        )

    def verify(self, task: str) -> Record:
        """Judge a task."""
        with self.db.reading() as connection:
            return coverage.verify_task(connection, task, Present(self.workspace))

    def later(self, ms: int) -> None:
        """Let time pass."""
        self.now += ms

    def end(self) -> None:
        """Check the store after the scenario and close it."""
        if self.db.exists():
            assert_whole(self.db)
        self.db.close()


def make_scene(path: Path, **options: Any) -> Scene:
    """Return a scene in a new repository."""
    return Scene(make_repository(path, FIRST_FILES), **options)


def plain_workspace(folder: Path) -> Workspace:
    """Return the workspace of a folder without git."""
    return without_git(str(folder), WorkingTree(str(folder), list).relative)


def word_of(error: MnemoError) -> str:
    """Return the machine word of an error, after checking that it says what to do next on one line."""
    assert "\n" not in error.message + error.fix
    assert error.fix
    return error.word
