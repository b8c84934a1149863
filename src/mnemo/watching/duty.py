"""Who of many servers watches a store: one, by a lock; the others wait and take over when it is gone."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from threading import Event
from typing import Any, Protocol

from mnemo.errors import MnemoError
from mnemo.redact import redact
from mnemo.store.database import Database
from mnemo.watching import generation

LOCK = "watcher.lock"
IDLE_S = 1.0  # between two attempts to take over, of the 2 seconds promised
AFTER_FAILURE_S = 5.0

Record = dict[str, Any]


class Watching(Protocol):
    """What is run by whoever holds the lock."""

    def run(self) -> None:
        """Watch until stopped, or until there is nothing to watch."""
        ...


def serve(
    db: Database,
    start: Callable[[Callable[[], bool]], Watching],
    stop: Event,
    idle: Callable[[float], object] | None = None,
) -> None:
    """Watch when nobody else does, else wait, until told to stop; whatever fails is tried again.

    Args:
        db: the store; where there is none yet, nothing is made.
        start: returns the watcher, given what says whether the lock is still held.
        stop: set when it shall end.
        idle: called instead of waiting while someone else watches, with how many seconds it may take.
    """
    while not stop.is_set():
        pause = IDLE_S
        try:
            if db.exists():
                with holding(db.folder) as held:
                    if held is not None:
                        start(partial(is_still, held, db.folder)).run()
                        pause = 0.1  # it ended because the store was replaced
                    elif idle:
                        idle(IDLE_S)
                        pause = 0.0
        except (MnemoError, OSError) as error:
            _note(db, getattr(error, "message", "") or str(error))
            pause = AFTER_FAILURE_S
        except Exception as error:  # noqa: BLE001 - it runs beside a server, which must go on
            _note(db, f"{type(error).__name__}: {error}")
            pause = AFTER_FAILURE_S
        stop.wait(pause)


@contextmanager
def holding(folder: str) -> Generator[int | None]:
    """Hold the lock of a store's watcher; None where someone else does.

    Args:
        folder: of the store.

    Raises:
        OSError: the lock cannot be made.
    """
    path = os.path.join(folder, LOCK)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
        else:
            yield descriptor
    finally:
        os.close(descriptor)


def is_still(descriptor: int, folder: str) -> bool:
    """Tell whether a held lock is still the one that others would try."""
    held = os.fstat(descriptor)
    try:
        found = os.stat(os.path.join(folder, LOCK))
    except OSError:
        return False
    return (held.st_dev, held.st_ino) == (found.st_dev, found.st_ino)


def is_watched(folder: str) -> bool:
    """Tell whether anyone watches a store now; nothing is made."""
    try:
        descriptor = os.open(os.path.join(folder, LOCK), os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def report(folder: str) -> Record:
    """Return what is known of a store's watcher.

    Args:
        folder: of the store.

    Returns:
        state (watching, polling, starting, failed or off), reason, folders, last (milliseconds, 0 for never),
        rescan (why everything was looked at again; empty if never), worktrees by name, and pid.
    """
    told = generation.find_published(folder) or {}
    alive = is_watched(folder)
    failed = not alive and told.get("state") == "failed"
    return {
        "state": told.get("state", "starting") if alive or failed else "off",
        "reason": str(told.get("reason", "")) if alive or failed else "",
        "pid": told.get("pid", 0) if alive else 0,
        "folders": told.get("folders", 0) if alive else 0,
        "last": told.get("last", 0),
        "rescan": str(told.get("rescan", "")),
        "worktrees": told.get("worktrees", {}) if alive else {},
    }


def _note(db: Database, problem: str) -> None:
    if db.exists():
        told = {"state": "failed", "reason": redact(problem)[:300], "pid": os.getpid()}
        generation.publish(db.folder, told)
