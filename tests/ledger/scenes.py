"""A repository with a queue, and what people and agents do with it, said shortly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from mnemo.errors import MnemoError
from mnemo.ledger import (
    coverage,
    dispatching,
    names,
    plans,
    recording,
    releasing,
    running,
    runs,
    tasks,
    verdicts,
)
from mnemo.ledger.verdicts import Verdict
from mnemo.ledger.workspace import Present, Workspace, without_git
from mnemo.repo.files import WorkingTree
from mnemo.repo.git import Git
from mnemo.repo.location import get_place
from mnemo.store.rows import Row
from tests.repos import head, make_repository
from tests.stores import MAIN, START_MS, assert_whole, open_store

Record = dict[str, Any]
Rows = list[Record]
Result = TypeVar("Result")
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
        return {**MAIN, "branch": self.branch, "commit": head(self.top)}

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

    def add_with_policy(self, policy: dict[str, Any], criteria: Sequence[str]) -> str:
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

    def create(self, task: str) -> Record:
        """Queue a dispatch for a task."""
        return dispatching.create(self.db, task, at=self.at, now=self.now)

    def list(self, task: str) -> Record:
        """List a task with its dispatches."""
        return dispatching.list_dispatches(self.db, at=self.at, now=self.now, task=task)

    def heartbeat(self, executor: str = "ann", **given: Any) -> Record:
        """Say that work goes on."""
        return dispatching.heartbeat(self.db, executor, at=self.at, now=self.now, **given)

    def run(self, *argv: str, folder: str = "", **given: Any) -> Record:
        """Run a command as evidence."""
        where, sinks = str(self.top / folder), {name: given.pop(name, None) for name in ("out", "err")}
        given["criteria"] = tuple(given.get("criteria", ()))
        return running.run(
            self.db,
            argv,
            at=self.at,
            now=self.now,
            workspace=self.workspace,
            folder=where,
            purpose=running.Purpose(**given),
            **sinks,
        )

    @property
    def present(self) -> Present:
        """The workspace as it is now."""
        return Present(self.workspace)

    def do(self, deed: Callable[..., Result], *given: Any, **named: Any) -> Result:
        """Do a deed of the ledger in a transaction, here and now."""
        with self.db.transaction() as connection:
            return deed(connection, *given, at=self.at, now=self.now, **named)

    def row(self, kind: str, full: str) -> Row:
        """Return the row of a run, plan, task, dispatch, gate or evidence."""
        with self.db.reading() as connection:
            return names.get_row(connection, kind, full)

    def planned(self, goal: str = "Ship it") -> str:
        """Open a run, approve a plan for it and return its id."""
        run = self.do(runs.open_run, goal)["run"]
        plan = self.do(plans.draft, run, "Do it", "1. do it", criteria=["it is done"])["plan"]
        self.do(plans.approve, run, plan)
        return run

    def start(self, goal: str = "Ship it") -> str:
        """Open a run that works without a plan and return its id."""
        with self.db.transaction() as connection:
            return runs.open_run(connection, goal, at=self.at, now=self.now, allow_spike=True)["run"]

    def add_to(self, run: str, **given: Any) -> str:
        """Add a task to a run and return its id."""
        with self.db.transaction() as connection:
            row = tasks.add_task(
                connection, given.pop("title", "Do it"), at=self.at, now=self.now, run=run, **given
            )
        return row["task"]

    def attach(self, kind: str, *uris: str, **given: Any) -> Rows:
        """Attach evidence and return its rows."""
        return recording.attach(self.db, kind, uris, at=self.at, now=self.now, present=self.present, **given)

    def judge(self, task: str, **given: Any) -> Verdict:
        """Give a verdict on a task."""
        return verdicts.judge(self.db, task, at=self.at, now=self.now, present=self.present, **given)

    def release(self, run: str | None = None, **wanted: Any) -> Record:
        """Ask whether a run may be released."""
        asked = releasing.read_wanted(
            wanted.get("checks", ()), wanted.get("approvals", 0), wanted.get("policy")
        )
        return releasing.check(self.db, asked, at=self.at, now=self.now, present=self.present, run=run)

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
