"""The watcher: hears of changes, judges what they touch, and keeps what anchors say up to date."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Sequence
from threading import Event
from typing import Any

from mnemo import clock
from mnemo.errors import Busy, MnemoError
from mnemo.repo import watch as watches
from mnemo.repo.location import read_bytes
from mnemo.store import filesystem, lock, states
from mnemo.store.database import Database
from mnemo.watching import generation, plan, telling
from mnemo.watching.book import Book
from mnemo.watching.court import Court
from mnemo.watching.inbox import Batch, Inbox
from mnemo.watching.polling import Poller
from mnemo.watching.side import Side, Worktree
from mnemo.watching.telling import Tell

TICK_S = 0.5  # between two looks whether someone else wrote to the store
SHORT_S = 0.01
SLOW_S = 5.0  # between two looks at HEAD where nothing was heard
AGAIN_S = 60.0  # until watching is tried again after the system refused it
SLEPT_S = 30.0  # a pause of the clock after which everything is looked at: the machine slept
MOST_ASKED = 32
LINKED = "worktrees"

Record = dict[str, Any]


class Watcher:
    """Watches one store's working trees until it is told to stop or the store is another's.

    Args:
        db: the store.
        list_worktrees: lists its working trees as they are now.
        tell: hears what is noticed.
        stop: set when it shall end.
        valid: says whether this is still the one watcher of the store.
        polling: look instead of hearing.
    """

    def __init__(
        self,
        db: Database,
        list_worktrees: Callable[[], Sequence[Worktree]],
        tell: Tell,
        stop: Event,
        valid: Callable[[], bool] = lambda: True,
        polling: bool = False,
    ) -> None:
        self.db = db
        self.sides: dict[str, Side] = {}
        self._list, self._tell, self._stop, self._valid = list_worktrees, tell, stop, valid
        self._book, self._inbox = Book(), Inbox()
        self._court = Court(db, self._book, tell, stop, lambda: not self._inbox.is_empty())
        self._poller = Poller(self._inbox.hear)
        self._watch: watches.Watch | None = None
        self._names: plan.Names = {}
        self._git_names: plan.Names = {}
        self._linked: tuple[tuple[str, bool], ...] = ()
        self._unheard: set[str] = set()
        self._asked: list[str] = []
        self._state, self._reason, self._rescan, self._last = "starting", "", "", 0
        self._always_polling = polling
        self._told = ""
        self._settled = False
        self._replan = True
        self._newest = -1
        self._mark = 0
        self._tick = self._slow = self._retry = 0.0
        self._wall = time.time()

    def run(self) -> None:
        """Watch until stopped.

        Raises:
            MnemoError: the store cannot be read or written any more.
            OSError: the files cannot.
        """
        try:
            self._begin()
            while not self._stop.is_set() and self._valid() and self.db.exists():
                self.step()
        finally:
            self._end()

    def wake(self) -> None:
        """Let run() look at once whether it shall stop."""
        self._inbox.wake()

    def step(self) -> None:
        """Wait for what comes next, at most half a second, and do what it needs."""
        if not self._replan:
            self._inbox.wait(TICK_S)
        asked = self._inbox.asked()
        busy = not self._inbox.is_empty()
        if asked or (busy and self._settled):
            self._asked = [*self._asked, *asked][-MOST_ASKED:]
            self._publish(settled=self._settled and not busy)
        if busy and not self._inbox.is_ripe(self._git_works()):
            self._stop.wait(SHORT_S)
            return
        if busy:
            self._handle(self._inbox.take())
        if time.monotonic() >= self._tick:
            self._look_around()
        if self._replan:
            self._plan()
        self._judge_all()
        waiting = self._replan or any(side.pending for side in self.sides.values())
        if not self._settled and not waiting and self._inbox.is_empty():
            self._publish(settled=True)

    def _begin(self) -> None:
        self._listen()
        with self.db.reading() as connection:
            self._newest = self.db.newest(connection)
            self._book.refresh(connection)
        self._refresh_sides()
        self._sweep()
        self._plan()
        self._publish(settled=False)
        self._judge_all(breathing=True)

    def _end(self) -> None:
        if self._watch:
            self._watch.close()
        for side in self.sides.values():
            side.worktree.close()
        if self._valid() and self.db.exists():
            self._state = "gone"
            self._publish(settled=False)

    # What is watched

    def _listen(self) -> None:
        """Begin to hear; where the system has no room for that, to look."""
        self._retry = time.monotonic() + AGAIN_S
        kind = filesystem.kind(self.db.folder)
        if self._always_polling or not filesystem.is_safe(kind):
            self._fall_back("asked for" if self._always_polling else f"{kind} tells nobody of changes")
            return
        try:
            self._watch = watches.start(self._inbox.hear, self._inbox.lose)
            self._state, self._reason = "watching", ""
        except OSError as problem:
            self._fall_back(problem.strerror or str(problem))

    def _fall_back(self, reason: str) -> None:
        watch, self._watch = self._watch, None
        if watch:
            watch.close()
        self._state, self._reason = "polling", reason
        self._poller = Poller(self._inbox.hear)
        self._replan = True

    def _plan(self) -> None:
        """Watch what the anchors need now."""
        self._replan = False
        places = [side.worktree.place for side in self.sides.values()]
        self._git_names = plan.merge(map(plan.of_git, places))
        self._names = plan.merge([self._git_names, *(side.make_plan() for side in self.sides.values())])
        polled: set[str] = set[str]().union(*(side.polled for side in self.sides.values()))
        self._unheard = polled
        self._inbox.asking = self.db.folder
        self._inbox.names = plan.merge(
            (self._names, *({f: side.files.names[f] for f in side.polled} for side in self.sides.values()))
        )
        if self._watch:
            try:
                if len(self._names) > plan.MOST_FOLDERS:
                    raise OSError(0, f"{len(self._names)} folders are too many to watch")
                # Whoever asks makes a file; a claim writes two dozen pages, and of those nobody need hear.
                refused = self._watch.set_folders(self._names, [self.db.folder])
                self._unheard = polled | {folder for folder in refused if os.path.isdir(folder)}
            except OSError as problem:
                self._fall_back(problem.strerror or str(problem))
        self._poller.hurry()  # a new one would not know what changed since the last look
        self._poll()
        if self._state != self._told:
            self._told = self._state
            self._tell(telling.of_watcher(self._state, self._reason, len(self._names)))
        for side in self.sides.values():
            side.touch_unplanned()

    def _poll(self) -> None:
        names = self._inbox.names
        if self._watch:
            names = {folder: names.get(folder, set()) for folder in self._unheard}
        if names:
            self._poller.look(names)

    def _refresh_sides(self) -> None:
        """Take up working trees that are new, and let go of those that are gone."""
        found = {one.place.worktree: one for one in self._list()}
        for name, side in list(self.sides.items()):
            fresh = found.pop(name, None)
            if fresh and fresh.place == side.worktree.place:
                fresh.close()
                continue
            side.worktree.close()
            del self.sides[name]
            if fresh:
                found[name] = fresh
        for name, worktree in found.items():
            with self.db.reading() as connection:
                kept = states.list_states(connection, name)
                answered = states.list_states(connection, states.ANSWERED + name)
            side = Side(worktree, kept)
            try:
                side.look_at_head()
                side.choose(self._book)
                side.look_at_files()
            except MnemoError:
                worktree.close()  # it went away while we looked, or git refuses it
                continue
            side.answered(answered)
            self.sides[name] = side
        self._linked = self._list_linked()
        self._replan = True

    def _list_linked(self) -> tuple[tuple[str, bool], ...]:
        """Return what tells that working trees came or went: who is listed, and who is there."""
        found = [(side.name, os.path.isdir(side.top)) for side in self.sides.values()]
        for folder in {os.path.join(side.worktree.place.common_dir, LINKED) for side in self.sides.values()}:
            with contextlib.suppress(OSError):
                for name in os.listdir(folder):
                    link = read_bytes(os.path.join(folder, name, "gitdir")).strip()
                    found.append((name, os.path.exists(os.path.join(os.fsencode(folder), link))))
        return tuple(sorted(found))

    def _sweep(self) -> None:
        """Drop what anchors said in working trees that are gone."""
        with self.db.reading() as connection:
            foreign = states.list_foreign(connection, self.sides)
        if foreign and self.sides:
            with contextlib.suppress(Busy), self.db.transaction() as connection:
                states.forget_others(connection, self.sides)

    # What happened

    def _handle(self, batch: Batch) -> None:
        """Find out what a batch of changes touches."""
        self._settled = False
        self._last = clock.now_ms()
        if batch.lost:
            self._look_at_everything(batch.lost)
            return
        git = {path for path in batch.paths if self._is_git(path)}
        tops = {side.top for side in self.sides.values()}
        if tops & batch.paths:
            self._refresh_sides()
            self._sweep()
        for side in self.sides.values():
            side.generation += 1
            if git:
                self._look_at_git(side, git)
            side.touch(batch.paths - git)
        self._replan = self._replan or bool(batch.folders)

    def _look_at_everything(self, reason: str) -> None:
        self._rescan = reason
        self._refresh_sides()
        for side in self.sides.values():
            side.generation += 1
            self._look_at_git(side, {os.path.join(side.worktree.place.git_dir, plan.INDEX)})
            side.touch_all()

    def _look_at_git(self, side: Side, paths: set[str]) -> None:
        """See what is checked out in a working tree, and which files are tracked."""
        before, doing = side.head, side.operation
        place = side.worktree.place
        try:
            fresh = side.look_at_head()
            indexed = os.path.join(place.git_dir, plan.INDEX) in paths
            if indexed:
                self._replan = side.look_at_files() or self._replan
        except (MnemoError, OSError):
            self._linked = ()  # it is gone or going: the next look around sees which are left
            return
        if side.operation != doing:
            self._tell(telling.of_operation(side.name, doing, side.operation))
            side.touch_all()
        if side.head != before:
            if side.head.branch != before.branch or not before.commit:
                self._tell(telling.of_branch(side.name, before, side.head))
            side.choose(self._book)
            side.look_at_files()
            self._replan = True
        if fresh or indexed:
            side.touch_doubtful()

    def _is_git(self, path: str) -> bool:
        return path in self._git_names or os.path.dirname(path) in self._git_names

    def _git_works(self) -> bool:
        """Tell whether git holds an index: more changes will come before it is done."""
        return any(
            os.path.exists(os.path.join(side.worktree.place.git_dir, "index.lock"))
            for side in self.sides.values()
        )

    def _look_around(self) -> None:
        """See what nobody tells of: other processes' claims, a machine that slept, what cannot be watched."""
        now, wall = time.monotonic(), time.time()
        if abs(wall - self._wall) > SLEPT_S:
            self._inbox.lose("the machine slept")
        self._tick, self._wall = now + TICK_S, wall
        if self._watch and not self._watch.alive:
            self._fall_back("the system's watch ended")
            self._inbox.lose("the system's watch ended")
        if self._state == "polling" and not self._always_polling and now >= self._retry:
            self._listen()
            self._replan = True
        self._poll()
        if self._list_linked() != self._linked:
            self._refresh_sides()
            self._sweep()
        if now >= self._slow:
            self._slow = now + SLOW_S
            for side in self.sides.values():
                self._look_at_git(side, set())
        self._look_at_store()

    def _look_at_store(self) -> None:
        """Take up claims that were made, changed or withdrawn since the last look."""
        mark = _mtime(lock.path_of(self.db.path))
        if mark == self._mark:
            return
        with self.db.reading() as connection:
            newest = self.db.newest(connection)
            changed = self._book.refresh(connection) if newest != self._newest else None
        self._mark = mark
        if newest != self._newest:
            for side in self.sides.values():
                side.touch_tests()
        self._newest = newest
        if changed is None:
            return
        for side in self.sides.values():
            side.drop(changed)
            side.choose(self._book)
            side.look_at_files()
        self._replan, self._settled = True, False

    # What it means

    def _judge_all(self, breathing: bool = False) -> None:
        for side in list(self.sides.values()):
            if side.pending and not side.operation:
                try:
                    self._court.judge(side, breathing)
                except Busy:
                    self._stop.wait(SHORT_S)  # what was found is found again
                self._replan = self._replan or bool(side.unplanned)

    # What is told

    def _publish(self, settled: bool) -> None:
        self._settled = settled
        generation.publish(self.db.folder, self.report())

    def report(self) -> Record:
        """Return what doctor, status and other processes are told."""
        return {
            "state": self._state,
            "reason": self._reason,
            "pid": os.getpid(),
            "folders": len(self._names),
            "last": self._last,
            "rescan": self._rescan,
            "asked": self._asked,
            "worktrees": {
                side.name: {
                    "top": side.top,
                    "branch": side.head.branch,
                    "commit": side.head.commit,
                    "operation": side.operation,
                    "anchors": side.count,
                    "generation": side.generation,
                    "settled": self._settled and self._state == "watching" and not side.operation,
                }
                for side in self.sides.values()
            },
        }


def _mtime(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return 0
