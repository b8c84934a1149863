"""What the watcher tells other processes, in one small file beside the store, and how they ask it.

Each working tree has a generation, counted up with each change that matters. To use what was found in it, a
reader must know that the watcher has seen all that happened before: it makes a file in a folder that is
watched. Changes are heard of in order, so once the watcher has answered, it has heard of everything before.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from typing import Any

from mnemo.model.anchor import Finding
from mnemo.store import states
from mnemo.store.connections import Connection

FILE = "watcher.json"
ASK = "watcher.ask."
LARGEST = 1 << 20
WAIT_S = 0.05
PAUSE_S = 0.001

Record = dict[str, Any]


def publish(folder: str, record: Record) -> None:
    """Write what the watcher tells; where that cannot be written, nobody relies on it.

    Args:
        folder: of the store.
        record: state, worktrees, asked …
    """
    path = os.path.join(folder, FILE)
    draft = f"{path}.{os.getpid()}"
    with contextlib.suppress(OSError):
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with open(descriptor, "wb") as file:
            file.write(json.dumps(record).encode("utf-8", "backslashreplace"))
        os.replace(draft, path)


def find_published(folder: str) -> Record | None:
    """Return what the last watcher of a store told, None when there was none or it cannot be read."""
    try:
        with open(os.path.join(folder, FILE), "rb") as file:
            found: object = json.loads(file.read(LARGEST))
    except (OSError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None  # pyright: ignore[reportUnknownVariableType]


def find_generation(folder: str, worktree: str, wait_s: float = WAIT_S) -> int | None:
    """Return the generation of a working tree in which all is judged, None when nobody can say so now.

    Args:
        folder: of the store.
        worktree: its name.
        wait_s: longest wait for the watcher's answer, seconds.
    """
    told = find_published(folder)
    if told is None or told.get("state") != "watching":
        return None
    answered = _ask(folder, wait_s)
    found = (answered or {}).get("worktrees", {}).get(worktree)
    return found["generation"] if found and found["settled"] else None


def known_state(connection: Connection, assertion: int, position: int, worktree: str) -> Finding | None:
    """Return what the watcher found of an anchor without a path; it holds while find_generation() gives one.

    Args:
        connection: reads the store.
        assertion, position: which anchor.
        worktree: the working tree's name.
    """
    return states.find_state(connection, assertion, position, states.ANSWERED + worktree)


def _ask(folder: str, wait_s: float) -> Record | None:
    """Return what the watcher tells after it has seen everything up to now."""
    name = f"{ASK}{os.getpid()}.{time.monotonic_ns()}"
    path = os.path.join(folder, name)
    until = time.monotonic() + wait_s
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except OSError:
        return None
    try:
        while time.monotonic() < until:
            told = find_published(folder)
            if told and name in told.get("asked", ()):
                return told
            time.sleep(PAUSE_S)
    finally:
        with contextlib.suppress(OSError):
            os.unlink(path)
    return None
