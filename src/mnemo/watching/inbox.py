"""Changes that were heard of and not yet looked at."""

from __future__ import annotations

import time
from threading import Condition
from typing import NamedTuple

from mnemo.watching.plan import Names, matters

QUIET_S = 0.05  # a change is looked at when nothing happened for so long
LONGEST_S = 0.3  # and at the latest after this
MOST_KEPT = 50_000  # changed paths; beyond, everything is looked at

ASK = "watcher.ask."  # how the file is called by which someone asks whether all was seen


class Batch(NamedTuple):
    """What happened since the last look.

    Args:
        paths: what changed, as the system spells it.
        folders: those of them that are folders.
        lost: why changes may be missing among them; empty when none are.
    """

    paths: frozenset[str] = frozenset()
    folders: frozenset[str] = frozenset()
    lost: str = ""


class Inbox:
    """Where the watch puts what it hears, from a thread of its own."""

    def __init__(self) -> None:
        self.names: Names = {}
        self.asking = ""
        self._change = Condition()
        self._paths: set[str] = set()
        self._folders: set[str] = set()
        self._asked: list[str] = []
        self._lost = ""
        self._first = self._last = 0.0

    def hear(self, folder: str, name: str, is_folder: bool) -> None:
        """Take a change; what does not matter is dropped here, before anyone wakes up."""
        if name.startswith(ASK) and folder == self.asking:
            with self._change:
                if name not in self._asked:
                    self._asked.append(name)
                    self._change.notify()
            return
        if not matters(self.names, folder, name):
            return
        path = f"{folder}/{name}" if name else folder
        with self._change:
            if len(self._paths) >= MOST_KEPT:
                self._lost = "more changes came than are kept"
            else:
                self._paths.add(path)
                if is_folder:
                    self._folders.add(path)
            self._stamp()

    def lose(self, reason: str = "the system dropped changes") -> None:
        """Take note that changes were missed."""
        with self._change:
            self._lost = reason
            self._stamp()

    def wake(self) -> None:
        """Let whoever waits look up."""
        with self._change:
            self._change.notify()

    def wait(self, longest: float) -> None:
        """Wait until there is something, or time is over, seconds."""
        with self._change:
            if not (self._last or self._asked):
                self._change.wait(longest)

    def asked(self) -> list[str]:
        """Return who asked whether all was seen, each once."""
        with self._change:
            asked, self._asked = self._asked, []
        return asked

    def is_empty(self) -> bool:
        """Tell whether nothing waits to be looked at."""
        return not self._last

    def is_ripe(self, holding: bool) -> bool:
        """Tell whether the changes should be looked at now.

        Args:
            holding: whether git is at work, so that more will come.
        """
        now = time.monotonic()
        age = now - self._first
        if holding:
            return age >= 1.0
        return now - self._last >= QUIET_S or age >= LONGEST_S

    def take(self) -> Batch:
        """Return what happened, and begin anew."""
        with self._change:
            batch = Batch(frozenset(self._paths), frozenset(self._folders), self._lost)
            self._paths, self._folders, self._lost = set(), set(), ""
            self._first = self._last = 0.0
        return batch

    def _stamp(self) -> None:
        self._last = time.monotonic()
        if not self._first:
            self._first = self._last
            self._change.notify()
