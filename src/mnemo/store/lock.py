"""The file by which writers take turns; it remembers how many events were acknowledged.

SQLite drops the damaged or missing end of a log without a word (sqlite.org/walformat.html, "Recovery"). The
mark is written after each commit: a store that holds less has lost something, and can say how much.
"""

from __future__ import annotations

import os
import time
from collections.abc import Generator

from mnemo.errors import Busy
from mnemo.light import NamedTuple, contextmanager, suppress

STORE_NAME = "mnemo.db"
LOCK_NAME = "writer.lock"
MARK_LENGTH = 128
# How long a writer sleeps between two looks at the lock, seconds: at first, at most, and once it waited long.
# With 16 writers that makes the longest wait 250 ms instead of 900 ms (`python -m tests.benchmarks.ledger`).
FIRST_PAUSE_S, LONGEST_PAUSE_S, AGED_PAUSE_S = 0.0002, 0.004, 0.0005
AGED_S = 0.15


class Mark(NamedTuple):
    """What a lock file remembers.

    Args:
        acknowledged: row of the newest event whose commit was answered.
        lost: how many acknowledged events were found missing and not yet told to anyone.
        seal: digest of the file as the last writer left it, empty while it may change.
    """

    acknowledged: int = 0
    lost: int = 0
    seal: str = ""


def path_of(store: str) -> str:
    """Return the lock file of a store; two stores in one folder have two."""
    folder, name = os.path.split(store)
    return os.path.join(folder, LOCK_NAME if name == STORE_NAME else f"{name}.lock")


@contextmanager
def held(path: str, wait_s: float, what: str) -> Generator[int]:
    """Hold a lock file across processes and yield its descriptor.

    Args:
        path: the lock file, made when missing; its folder must be there.
        wait_s: longest wait, seconds.
        what: named when the wait was in vain.

    Raises:
        Busy: another process held it for longer.
        OSError: the file cannot be made.
    """
    until = time.monotonic() + wait_s
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            _wait_for(descriptor, until, what)
            if not _is_still(descriptor, path):
                continue  # the folder was swept away while we waited: this lock keeps nobody out
            yield descriptor
            return
        finally:
            os.close(descriptor)


def read_mark(lock: int | str) -> Mark:
    """Return what a lock file remembers; nothing when it is missing or unreadable.

    Args:
        lock: its descriptor or path.
    """
    try:
        if isinstance(lock, int):
            raw = os.pread(lock, MARK_LENGTH, 0)
        else:
            with open(lock, "rb") as file:
                raw = file.read(MARK_LENGTH)
        acknowledged, lost, seal = raw.decode("ascii").split()
        return Mark(int(acknowledged), int(lost), seal.strip("-"))
    except (OSError, ValueError):
        return Mark()


def write_mark(lock: int, mark: Mark) -> None:
    """Write what a lock file remembers; a full disk leaves the old mark, never one ahead of the store."""
    with suppress(OSError):
        told = f"{mark.acknowledged} {mark.lost} {mark.seal or '-'}\n"
        os.pwrite(lock, told.rjust(MARK_LENGTH).encode(), 0)


def next_pause(pause: float, waited: float) -> float:
    """Return how long to sleep before the next look: whoever has waited long looks more often than newcomers.

    Args:
        pause: the sleep before, seconds.
        waited: since the first look, seconds.
    """
    patience = max(0.0, 1 - waited / AGED_S)
    return min(pause * 1.5, max(AGED_PAUSE_S, LONGEST_PAUSE_S * patience))


def _wait_for(descriptor: int, until: float, what: str) -> None:
    import fcntl  # only who writes needs it

    pause, begun = FIRST_PAUSE_S, time.monotonic()
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            now = time.monotonic()
            if now > until:
                raise Busy(f"Another process is writing to {what}.", "Try again in a moment.") from None
        time.sleep(pause)
        pause = next_pause(pause, now - begun)


def _is_still(descriptor: int, path: str) -> bool:
    held = os.fstat(descriptor)
    try:
        found = os.stat(path)
    except OSError:
        return False
    return (held.st_dev, held.st_ino) == (found.st_dev, found.st_ino)
