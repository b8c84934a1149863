"""A watcher under test, and waiting for what the watcher finds without guessing how long it takes."""

from __future__ import annotations

import os
import queue
import time
from collections.abc import Callable
from threading import Event, Thread
from typing import Any

from mnemo.project import Project
from mnemo.store import states
from mnemo.tools import core, watching
from mnemo.watching import duty, generation

PATIENCE_S = 30.0
Record = dict[str, Any]


def until(seen: Callable[[], Any], what: str = "what was waited for") -> Any:
    """Wait until something is seen, and return it."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        found = seen()
        if found:
            return found
        os.sched_yield()
        Event().wait(0.005)
    raise AssertionError(f"{what} was not seen in {PATIENCE_S:.0f} s")


class Watched:
    """A watcher in a thread of this process.

    Args:
        project: whose store it watches.
        following: whether it tells what another finds.
    """

    def __init__(self, project: Project, following: bool = False) -> None:
        self.project = project
        self.events: queue.Queue[Record] = queue.Queue()
        self.stop = Event()
        self._thread = Thread(target=self._run, args=(following,))
        self._thread.start()

    def _run(self, following: bool) -> None:
        watching.watch(self.project, self.events.put, self.stop, following=following)

    def end(self) -> None:
        """Stop watching."""
        self.stop.set()
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()

    def ready(self) -> Watched:
        """Wait until everything is judged."""
        until(self.settled, "a settled watcher")
        return self

    def report(self) -> Record:
        """Return what is known of the watcher."""
        return duty.report(self.project.db.folder)

    def settled(self, worktree: str = "main") -> bool:
        """Tell whether all is judged in a working tree."""
        return generation.find_generation(self.project.db.folder, worktree, PATIENCE_S) is not None

    def states(self, worktree: str = "main") -> list[str]:
        """Return what anchors say in a working tree by the store, in the order of their claims."""
        with self.project.db.reading() as connection:
            found = states.list_states(connection, worktree)
        return [found[key].state for key in sorted(found)]

    def wait_for(self, *wanted: str, worktree: str = "main") -> None:
        """Wait until anchors say this."""
        try:
            until(lambda: self.states(worktree) == list(wanted))
        except AssertionError:
            assert self.states(worktree) == list(wanted)
            raise

    def hear(self, **wanted: Any) -> Record:
        """Wait for an event with these fields and return it; others are dropped."""
        end = time.monotonic() + PATIENCE_S
        while (left := end - time.monotonic()) > 0:
            try:
                event = self.events.get(timeout=left)
            except queue.Empty:
                break
            if wanted.items() <= event.items():
                return event
        raise AssertionError(f"no event with {wanted}")


def claim(content: str, *anchors: Any) -> Record:
    """Claim something with anchors, and return the record of it."""
    return core.claim(content, anchors=list(anchors))["claims"][0]
