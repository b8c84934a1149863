"""One repository opened: its store, working tree, settings and clock, and who acts in it."""

from __future__ import annotations

import os
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from mnemo import clock, homes, settings
from mnemo.anchors.judge import judge as judge_anchor
from mnemo.capture import spool
from mnemo.errors import MnemoError, NotARepository
from mnemo.health import guarding
from mnemo.ledger import leases, outcomes
from mnemo.ledger.workspace import Present, Workspace, without_git
from mnemo.light import once
from mnemo.memory.claiming import Surroundings
from mnemo.memory.history import History
from mnemo.memory.scopes import Base
from mnemo.model.anchor import Anchor, Finding
from mnemo.model.claim import View
from mnemo.redact import redact
from mnemo.repo import head as heads
from mnemo.repo.files import CommitTree, Stamp, Tree, WorkingTree, find_stamp
from mnemo.repo.location import Place
from mnemo.repo.renaming import later_names
from mnemo.retrieval.caching import Pages
from mnemo.retrieval.counting import Recalls
from mnemo.retrieval.judging import Judge
from mnemo.store import journal
from mnemo.store.database import SERVER_WAIT_S, Database

if TYPE_CHECKING:
    from mnemo.repo.git import Git

JUDGING_S = 0.15
HEARTBEAT_MS = 1000
EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"  # what git calls a tree without files
LONGEST_NAME = 100


class Actor(NamedTuple):
    """Who acts.

    Args:
        agent: the client's name.
        session: its connection or conversation.
        origin: agent, person, capture, import …
    """

    agent: str = "python"
    session: str = ""
    origin: str = "agent"


_actor: ContextVar[Actor | None] = ContextVar("actor", default=None)


class Project:
    """A repository's memory, opened once in a process.

    Args:
        place: where git keeps the repository; None for a folder that has a store of its own.
        path: the store's file.
        environ: the environment, for settings and the home folder.
    """

    def __init__(self, place: Place | None, path: str, environ: Mapping[str, str]) -> None:
        self.place = place
        self.environ = environ
        self.db = Database(path, wait_s=SERVER_WAIT_S, before_migration=self._before_migration)
        self.guard = guarding.Guard(self.db, place, environ)
        self.space = "global" if path == homes.global_store(environ) else "project"
        self.notes: list[str] = []
        self.never_was = False
        self.recalls, self.pages = Recalls(self.db), Pages()
        self._beaten: dict[str, int] = {}
        self._listed: tuple[Stamp | None, list[str]] | None = None
        self._files = self._working_tree()
        self._base: tuple[str, Base] | None = None
        self._history = History(self.db)

    @property
    def folder(self) -> str:
        """The working tree's top; without git the folder that has the store, or that the store lies in."""
        if self.place and self.place.top:
            return self.place.top
        above, name = os.path.split(self.db.folder)
        return above if self.place is None and name == ".mnemo" else self.db.folder

    @property
    def tree(self) -> Tree:
        """The files that anchors are judged by: the working tree's, those of HEAD in a bare repository."""
        return self._files or CommitTree(self.git(), self.head().commit or EMPTY_TREE)

    @property
    def logs(self) -> str:
        """The folder of derived logs."""
        return os.path.join(self.db.folder, "logs")

    def now(self) -> int:
        """Return the wall clock in milliseconds."""
        return clock.now_ms()

    def head(self) -> heads.Head:
        """Return the branch and commit that are checked out now."""
        return heads.read_head(self.place) if self.place else heads.Head("", "")

    @property
    def settings(self) -> settings.Settings:
        """The settings that hold here; those that came with a clone only once they are trusted."""
        return self.guard.settings

    @property
    def worktree(self) -> str:
        """The working tree's name among those of the repository."""
        return self.place.worktree if self.place else ""

    def at(self, head: heads.Head | None = None) -> dict[str, str]:
        """Return where a deed is done now, and by whom.

        Args:
            head: what is checked out, where the caller has just looked.
        """
        head, who = head or self.head(), actor()
        return {
            "branch": head.branch,
            "commit": head.commit,
            "worktree": self.worktree,
            "agent": who.agent,
            "session": who.session,
            "origin": who.origin,
        }

    def check(self, *, writing: bool = False) -> None:
        """See that the store is there and may be believed; bring it back where it was lost.

        Raises:
            Refused: it is gone and cannot be brought back, or came with a clone and is not trusted.
        """
        told = self.guard.check(writing=writing)
        if told:
            self.notes.append(told)
        self._take_spooled()

    def told(self) -> list[str]:
        """Return what people must know, such as what a restored store may have lost; each once."""
        notes, self.notes = self.notes, []
        return notes

    def view(self, head: heads.Head | None = None, *, everything: bool = False) -> View:
        """Return from where memory is looked at: this branch and the history that it contains.

        Args:
            head: what is checked out, where the caller has just looked.
            everything: whether unmerged branches are looked at too.
        """
        head = head or self.head()
        contained = self._history.contained(head, self.git)
        return View(head.branch, contained, actor().session, self.now(), everything)

    def git(self) -> Git:
        """Return git's view of the repository.

        Raises:
            NotARepository: there is none.
        """
        from mnemo.repo.git import Git

        if self.place is None:
            raise NotARepository("Not in a Git repository.", f"{self.folder} is kept without one.")
        return Git(self.place)

    def patient_judge(self) -> Judge:
        """Return what judges one anchor for a person, who waits until every file was looked at."""
        return self.judge(patient=True)

    def judge(self, *, patient: bool = False) -> Judge:
        """Return what judges one anchor in the working tree.

        Args:
            patient: take the time it needs instead of the time a recall has.
        """
        judging = once(lambda: self._judging(patient=patient))  # most claims have nothing to judge
        return lambda anchor, commit: judging()(anchor, commit)

    def _judging(self, *, patient: bool) -> Judge:
        under_way = cache(lambda: heads.operation(self.place) if self.place else None)
        # Git is asked once for a commit, however many anchors miss their file.
        renames, later = cache(self._renames), cache(self._later_names)
        present = cache(lambda: Present(self.workspace()))
        deadline = None if patient else time.monotonic() + JUDGING_S

        def outcome(test: str, beside: tuple[str, ...]) -> str | None:
            with self.db.reading() as connection:
                return outcomes.find_outcome(connection, test, present, beside)

        def judge(anchor: Anchor, commit: str) -> Finding:
            if under_way():
                return Finding("unknown", f"a {under_way()} is under way")
            return judge_anchor(
                anchor,
                self.tree,
                outcome=outcome,
                renamed=lambda path: renames(commit).get(path) or later(commit).get(path),
                deadline=deadline,
            )

        return judge

    def base(self, head: heads.Head) -> Base:
        """Return what this branch shares with the default branch, kept as long as HEAD stays."""
        if self.place is None or not head.commit:
            return Base("the default branch", None, _unjudged)
        if self._base is None or self._base[0] != head.commit:
            self._base = (head.commit, self._find_base(head))
        return self._base[1]

    def on_default_branch(self) -> bool:
        """Whether the default branch is checked out."""
        return self.place is None or self.head().branch == self.git().default_branch()

    def lives(self, branch: str) -> bool:
        """Whether a branch still exists, here or as a remote's."""
        return self.place is None or heads.resolve(self.place, branch) is not None

    def tree_hash(self) -> str:
        """Return the hash of the files as they lie there now, empty where that cannot be known."""
        if self.place is None or not self.place.top:
            return ""
        return self.git().tree_hash()

    def workspace(self) -> Workspace:
        """Return what the ledger asks of the working tree."""
        if self.place is None or not self.place.top:
            return without_git(self.folder, self.tree.relative)
        git = self.git()
        return Workspace(self.place.top, self.tree.relative, git.changed, git.ignored, git.tree_hash)

    def executor(self) -> str:
        """Return the name under which the caller takes work: client, worktree and connection."""
        who = actor()
        return "/".join(part for part in (who.agent, self.worktree, who.session) if part)

    def heartbeat(self) -> None:
        """Let the caller's leases last: any call of a holder counts; a burst of calls counts once."""
        now, name = self.now(), self.executor()
        if (self._beaten.get(name, 0) + HEARTBEAT_MS < now or now < self._beaten[name]) and self.db.exists():
            self._beaten[name] = now
            leases.touch(self.db, name, now=now)

    def surroundings(self) -> Surroundings:
        """Return where and when something is claimed."""
        head = self.head()
        return Surroundings(
            self.at(head), self.now(), self.view(head), self.judge(), lambda: self.base(head), self.space
        )

    def note_deed(
        self, event: str, summary: str, addresses: list[str], domain: str = "", layer: str = "conscious"
    ) -> None:
        """Write a deed into the derived log."""
        journal.write(self.logs, event, layer=layer, summary=summary, addresses=addresses, domain=domain)

    def close(self) -> None:
        """Make the last backup when something changed, and close the store."""
        self.recalls.flush()
        with suppress(MnemoError, OSError):
            self.guard.leave()
        self.db.close()

    def _working_tree(self) -> WorkingTree | None:
        if self.place is None:
            return WorkingTree(self.folder, list)
        return WorkingTree(self.place.top, self._tracked) if self.place.top else None

    def _tracked(self) -> list[str]:
        """Return the tracked files, asked of git again only once its index was written anew."""
        place = self.place
        stamp = find_stamp(os.path.join(place.git_dir, "index")) if place else None
        if stamp is None or self._listed is None or self._listed[0] != stamp:
            self._listed = (stamp, self.git().tracked_files())
        return self._listed[1]

    def _find_base(self, head: heads.Head) -> Base:
        git = self.git()
        default = git.default_branch()
        commit = git.merge_base(head.commit, default) if default else None
        if commit is None:
            return Base(default, None, _unjudged)
        tree = CommitTree(git, commit)

        def judge(anchor: Anchor) -> Finding:
            return judge_anchor(anchor, tree)

        return Base(default, tree, judge)

    def _renames(self, commit: str) -> dict[str, str]:
        if commit and self.place is not None:
            with suppress(MnemoError):
                return self.git().renames(commit)
        return {}

    def _later_names(self, commit: str) -> dict[str, str]:
        if commit and self.place is not None:
            with suppress(MnemoError):
                return later_names(self.git(), commit)
        return {}

    def _take_spooled(self) -> None:
        """Write what hooks could not write earlier; what still cannot be written waits for the next call."""
        common_dir = self.place.common_dir if self.place else ""
        if self.space == "project":
            with suppress(MnemoError, OSError):
                spool.replay_all(spool.Owner(self.db, common_dir, self.environ), self.now())

    def _before_migration(self, path: str) -> None:
        self.guard.before_change(path)


@contextmanager
def acting(agent: str, session: str, origin: str = "agent") -> Generator[None]:
    """Say who acts in the block, in this thread or task."""
    token = _actor.set(Actor(_named(agent), _named(session), origin))
    try:
        yield
    finally:
        _actor.reset(token)


@lru_cache(maxsize=64)
def _named(name: str) -> str:
    return redact(name)[:LONGEST_NAME]


def actor() -> Actor:
    """Return who acts."""
    return _actor.get() or Actor()


def _unjudged(anchor: Anchor) -> Finding:
    return Finding("unknown", f"nothing is committed that could hold {anchor.path or anchor.name}")
