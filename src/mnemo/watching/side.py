"""One working tree as the watcher knows it: what its anchors last said, and which a change touches."""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable
from typing import NamedTuple

from mnemo.errors import MnemoError
from mnemo.model.anchor import Anchor, Finding
from mnemo.model.claim import Assertion, View
from mnemo.repo.files import Tree
from mnemo.repo.head import Head, operation
from mnemo.repo.location import Place
from mnemo.repo.paths import from_system, may_hold_text, nfc
from mnemo.retrieval.judging import Judge
from mnemo.store.states import Key, Spot
from mnemo.watching import plan
from mnemo.watching.book import Book
from mnemo.watching.lens import Lens

NOWHERE = Head("", "")


class Worktree(NamedTuple):
    """A working tree, and who can say what of it.

    Args:
        place: where it is.
        tree: its files.
        head: tells what is checked out.
        view: tells from where memory is looked at, given what is checked out.
        tracked: lists the files that git tracks.
        ignored: says which folders git ignores.
        judge: returns what judges one anchor by some files, as recall would.
        close: gives back what it holds.
    """

    place: Place
    tree: Tree
    head: Callable[[], Head]
    view: Callable[[Head], View]
    tracked: Callable[[], list[str]]
    ignored: Callable[[Iterable[str]], set[str]]
    judge: Callable[[Tree], Judge]
    close: Callable[[], object]


class Side:
    """A working tree under watch.

    Args:
        worktree: the working tree.
        kept: what its anchors said when they were last judged.
    """

    def __init__(self, worktree: Worktree, kept: dict[Key, Finding]) -> None:
        self.worktree = worktree
        self.kept = kept
        self.head = NOWHERE
        self.operation = ""
        self.generation = 0
        self.chosen: dict[int, Assertion] = {}
        self.pending: set[Key] = set()
        self.files = plan.Files({}, {})
        self.polled: set[str] = set()
        self.tracked: list[str] = []
        self.unplanned: set[Key] = set()
        self._planned: set[str] = set()
        self._spots: dict[Key, Spot] = {}
        self._at: dict[str, set[Key]] = {}
        self._sorted: list[str] = []
        self._wide: set[Key] = set()
        self._rests: dict[Key, frozenset[str] | None] = {}
        self._ignored: dict[str, bool] = {}
        self._changed: set[str] = set()

    @property
    def name(self) -> str:
        """The working tree's name among those of the repository."""
        return self.worktree.place.worktree

    @property
    def top(self) -> str:
        """The folder at its top."""
        return self.worktree.place.top or ""

    def look_at_head(self) -> bool:
        """Look what is checked out and what git is doing; return whether either is new."""
        head, doing = self.worktree.head(), operation(self.worktree.place) or ""
        changed = (head, doing) != (self.head, self.operation)
        self.head, self.operation = head, doing
        return changed

    def choose(self, book: Book) -> None:
        """Take the claims that may be told here; those not judged here yet wait for it."""
        self.chosen = book.choose(self.worktree.view(self.head))
        before = self._spots
        self._spots = {(s.assertion, s.position): s for one in self.chosen for s in book.spots(one)}
        self._wide = {key for key, spot in self._spots.items() if not spot.path}
        self.pending = {key for key in self.pending if key in self._spots}
        self.pending |= {key for key, spot in self._spots.items() if before.get(key) != spot}
        self._rests = {key: rest for key, rest in self._rests.items() if key in self._wide}

    @property
    def count(self) -> int:
        """How many anchors are kept up to date here."""
        return len(self._spots)

    def answered(self, found: dict[Key, Finding]) -> None:
        """Take what a former watcher found of anchors that look through the whole tree, and nobody else."""
        for key in self._wide:
            self.kept.pop(key, None)
        self.kept.update({key: finding for key, finding in found.items() if key in self._wide})

    def is_wide(self, key: Key) -> bool:
        """Tell whether an anchor looks through the whole tree."""
        return key in self._wide

    def drop(self, assertions: Collection[int]) -> None:
        """Forget what the anchors of assertions said that now say something else."""
        for key in [key for key in self.kept if key[0] in assertions]:
            del self.kept[key]
            self._rests.pop(key, None)
        self.pending |= {key for key in self._spots if key[0] in assertions}

    def look_at_files(self) -> bool:
        """List the tracked files anew where some anchor searches them; return whether the list changed."""
        if not self._wide:
            self.tracked = []
            return False
        before, self.tracked = self.tracked, self.worktree.tracked()
        if before == self.tracked:
            return False
        self._changed |= set(before) ^ set(self.tracked)
        self._touch_wide(listed=True)
        return True

    def make_plan(self) -> plan.Names:
        """Return what must be watched of this working tree's files now."""
        self._index_paths()
        rests = {path for rest in self._rests.values() for path in rest or ()}
        searched = self.tracked if self._wide else []
        self._planned = {*self._at, *rests, *searched}
        self.files = plan.of_files(self.top, [*self._at, *rests.difference(searched)], searched)
        self.polled = self._ignored_paths()
        return {folder: inside for folder, inside in self.files.names.items() if folder not in self.polled}

    def keep(self, key: Key, finding: Finding) -> None:
        """Take what an anchor says now."""
        self.kept[key] = finding
        # A tracked file may be watched already for what searches it, and not for this anchor.
        if finding.path and key not in self._at.get(finding.path, ()) and key not in self._wide:
            self.unplanned.add(key)

    def touch_unplanned(self) -> None:
        """Let anchors be judged anew that rest on what was not yet watched when they were judged."""
        self.pending |= self.unplanned & self._spots.keys()
        self.unplanned = set()

    def touch(self, paths: Iterable[str]) -> bool:
        """Let what lies at changed paths be judged anew; return whether anything does.

        Args:
            paths: as the system spells them; whatever is not of this working tree is passed over.
        """
        before = len(self.pending)
        prefix = self.top + "/"
        for path in paths:
            if path == self.top:
                self.touch_all()
                return True
            if path.startswith(prefix):
                self._touch_path(nfc(from_system(path[len(prefix) :])))
        if self._changed:
            self._touch_wide(listed=False)
        if len(self.pending) > before:
            self._touch_lost()
        return len(self.pending) > before

    def touch_all(self) -> None:
        """Let every anchor be judged anew."""
        self.pending |= self._spots.keys()
        self._rests.clear()

    def touch_tests(self) -> None:
        """Let anchors on tests be judged anew: there may be new evidence."""
        self.pending |= {key for key, spot in self._spots.items() if spot.type == "test"}

    def touch_doubtful(self) -> None:
        """Let anchors be judged anew that depend on what git knows: lost and followed ones, and tests."""
        for key, spot in self._spots.items():
            found = self.kept.get(key)
            if found is None or found.state != "ok" or found.path or spot.type == "test":
                self.pending.add(key)

    def take(self) -> list[Key]:
        """Return the anchors to be judged now, those with a path first, file by file."""
        keys = sorted(self.pending, key=lambda key: (key in self._wide, self._spots[key].path, key))
        self.pending = set()
        return keys

    def lens(self) -> Lens:
        """Return the files as the next anchors are judged by them."""
        return Lens(self.worktree.tree, [nfc(path) for path in self.tracked if may_hold_text(path)])

    def judge(self, key: Key, anchor: Anchor, lens: Lens, judge: Judge, narrow: Judge | None) -> Finding:
        """Judge one anchor.

        Args:
            lens: what judge looks at.
            judge: looks at every file.
            narrow: looks only at those that changed; None where that is not known.
        """
        commit = self.chosen[key[0]].commit
        before = self.kept.get(key)
        searched = anchor.type == "grep" and not anchor.path and key in self._rests
        if narrow and searched and before and before.state == _in_vain(anchor):
            # Where no file held the pattern, only one that changed can hold it now.
            return narrow(anchor, commit)
        if key not in self._wide:
            return judge(anchor, commit)
        lens.note()
        finding = judge(anchor, commit)
        in_vain = anchor.type == "grep" and finding.state == _in_vain(anchor)
        rest = None if in_vain or anchor.type == "test" else lens.noted()
        if rest and rest != self._rests.get(key) and not rest <= self._planned:
            self.unplanned.add(key)
        self._rests[key] = rest
        return finding

    def narrowed(self, lens: Lens) -> Lens | None:
        """Return a lens on what changed since the last look."""
        if not self._changed or not self._wide:
            return None
        gone = tuple(path + "/" for path in self._changed.difference(self.tracked))
        below = {path for path in self.tracked if path.startswith(gone)} if gone else set[str]()
        return lens.among(self._changed | below)

    def settle(self) -> None:
        """Begin to collect changes anew."""
        self._changed = set()

    def _touch_path(self, path: str) -> None:
        self._changed.add(path)
        for known in (path, *self.files.aliases.get(path, ())):
            self.pending |= self._at.get(known, set())
        at = bisect_left(self._sorted, path + "/")
        while at < len(self._sorted) and self._sorted[at].startswith(path + "/"):
            below = self._sorted[at]
            for known in (below, *self.files.aliases.get(below, ())):
                self.pending |= self._at.get(known, set())
            at += 1

    def _touch_wide(self, listed: bool) -> None:
        for key in self._wide:
            rest = self._rests.get(key)
            if rest is None or (listed and self._spots[key].type != "grep") or self._rests_on_change(rest):
                self.pending.add(key)

    def _rests_on_change(self, rest: frozenset[str]) -> bool:
        if not rest.isdisjoint(self._changed):
            return True
        folders = tuple(path + "/" for path in self._changed if path not in self._at)
        return len(folders) < 100 and any(path.startswith(folders) for path in rest)

    def _touch_lost(self) -> None:
        """Let what was lost be looked for again: it may have come back in a folder that nobody watches."""
        for key, spot in self._spots.items():
            found = self.kept.get(key)
            if found is None or not spot.path:
                continue
            if found.path or (found.state == "missing" and not self._is_there(spot)):
                self.pending.add(key)

    def _is_there(self, spot: Spot) -> bool:
        return os.path.lexists(os.path.join(self.top, spot.path))

    def _index_paths(self) -> None:
        self._at = {}
        for key, spot in self._spots.items():
            moved = self.kept.get(key)
            for path in {spot.path, moved.path if moved and spot.path else ""} - {""}:
                self._at.setdefault(path, set()).add(key)
        self._sorted = sorted({*self._at, *self.files.aliases})

    def _ignored_paths(self) -> set[str]:
        """Return the folders that git ignores: builds and installed packages are looked at, not watched."""
        folders = [folder for folder in self.files.names if folder != self.top]
        fresh = [folder for folder in folders if folder not in self._ignored]
        if fresh:
            inside = {folder: nfc(from_system(folder[len(self.top) + 1 :])) for folder in fresh}
            try:
                found = self.worktree.ignored(path + "/" for path in inside.values())
            except MnemoError:
                found = set[str]()
            self._ignored.update({folder: path + "/" in found for folder, path in inside.items()})
        return {folder for folder in folders if self._ignored[folder]}


def _in_vain(anchor: Anchor) -> str:
    """Return the state that says that a pattern was looked for in every file, and found in none."""
    return "ok" if anchor.absent else "missing"
