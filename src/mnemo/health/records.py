"""Small JSON files that several processes read and replace, and the lock by which they take turns."""

from __future__ import annotations

import json
import os
from collections.abc import Generator
from contextlib import contextmanager

from mnemo.light import Any, cast
from mnemo.store import lock
from mnemo.store.filesystem import private_opener

Record = dict[str, Any]


class Unreadable(Exception):
    """A file that is there and says nothing that can be read."""


def read(path: str) -> Record:
    """Return what a file says, nothing when it is missing or may not be read.

    Raises:
        Unreadable: it is no JSON object.
    """
    try:
        with open(path, "rb") as file:
            found = json.loads(file.read())
    except OSError:
        return {}
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{path}: {error}") from None
    if not isinstance(found, dict):
        raise Unreadable(f"{path}: no object")
    return cast(Record, found)


def write(path: str, record: Record) -> None:
    """Replace a file in one step, so that a reader sees the old or the new one.

    Raises:
        OSError: it cannot be written.
    """
    draft = f"{path}.{os.getpid()}.tmp"
    with open(draft, "w", encoding="utf-8", opener=private_opener) as file:
        file.write(json.dumps(record, indent=1, sort_keys=True) + "\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)


@contextmanager
def turn(path: str, wait_s: float) -> Generator[None]:
    """Hold the right to change what lies at a path; its folder is made when missing.

    Args:
        path: a file or folder; the lock file beside it ends in .lock.
        wait_s: longest wait, seconds.

    Raises:
        Busy: another process held it for longer.
        OSError: the folder or the lock file cannot be made.
    """
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    with lock.held(path + ".lock", wait_s, path):
        yield
