"""Watching a repository's working trees: which there are, and who judges in each as recall would."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from threading import Event

from mnemo import projects
from mnemo.errors import MnemoError
from mnemo.model.anchor import Anchor, Finding
from mnemo.project import Project
from mnemo.repo.files import Tree, WorkingTree
from mnemo.repo.git import Git
from mnemo.repo.location import Place, find_place
from mnemo.retrieval.judging import Judge
from mnemo.store.database import Database
from mnemo.store.filesystem import identity
from mnemo.watching import duty
from mnemo.watching.following import Follower
from mnemo.watching.side import Worktree
from mnemo.watching.telling import Record, Tell
from mnemo.watching.watcher import Watcher


class Eye(Project):
    """A working tree whose files are looked at for many anchors at once.

    What git says of renames and of changed files is asked once a look.

    Args:
        place: the working tree.
        path: the store's file.
        environ: the environment.
    """

    def __init__(self, place: Place, path: str, environ: Mapping[str, str]) -> None:
        super().__init__(place, path, environ)
        self._seen_by: Tree | None = None

    @property
    def tree(self) -> Tree:
        """The files that anchors are judged by."""
        return self._seen_by or super().tree

    def look(self, tree: Tree) -> Judge:
        """Return what judges one anchor by these files."""
        judge = self.patient_judge()

        def judged(anchor: Anchor, commit: str) -> Finding:
            self._seen_by = tree
            try:
                return judge(anchor, commit)
            finally:
                self._seen_by = None

        return judged


def list_worktrees(place: Place, path: str, environ: Mapping[str, str]) -> list[Worktree]:
    """Return the working trees of a repository that are there now.

    Args:
        place: any of them.
        path: the store's file.
        environ: the environment.
    """
    found: list[Worktree] = []
    for one in Git(place).worktrees():
        there = find_place(one.path)
        if there and there.top and there.common_dir == place.common_dir:
            eye = Eye(there, path, environ)
            git = Git(there)
            tree = WorkingTree(there.top, git.tracked_files)
            found.append(
                Worktree(
                    there, tree, eye.head, eye.view, git.tracked_files, git.ignored, eye.look, eye.db.close
                )
            )
    return found


def watch(project: Project, tell: Tell, stop: Event, *, following: bool = False) -> None:
    """Keep what anchors say up to date until told to stop, or wait while another process does.

    Args:
        project: any working tree of the repository; one without git has nothing to watch.
        tell: hears what is noticed.
        stop: set when it shall end.
        following: tell also what the other process finds.
    """
    place = project.place
    if place is None or project.space != "project":
        return
    # Its own connections: the watcher's turns must not wait behind a tool's.
    db = Database(project.db.path)
    follower = Follower(db, tell, stop) if following else None

    def start(valid: Callable[[], bool]) -> Watcher:
        project.guard.refuse_foreign()
        before = identity(db.path)
        return Watcher(
            db,
            lambda: list_worktrees(place, db.path, project.environ),
            tell,
            stop,
            valid=lambda: valid() and identity(db.path) == before,
        )

    try:
        duty.serve(db, start, stop, follower.follow if follower else None)
    finally:
        db.close()


def watch_here(tell: Tell, stop: Event) -> None:
    """Watch the repository that this process serves, unless it is in none or `watch` is off.

    Args:
        tell: hears what is noticed.
        stop: set when it shall end.
    """
    with suppress(MnemoError):
        project = projects.current_unchecked()
        if project.settings.flag("watch"):
            watch(project, tell, stop)


def report(project: Project) -> Record:
    """Return what is known of the watcher of a project's store, as `duty.report` has it."""
    if not project.settings.flag("watch") and not duty.is_watched(project.db.folder):
        return {"state": "off", "reason": "switched off by the setting watch", "folders": 0, "worktrees": {}}
    return duty.report(project.db.folder)
