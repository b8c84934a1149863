"""Small files beside the contexts, each one JSON object, replaced whole."""

from __future__ import annotations

import os

from mnemo import json_light as json
from mnemo.light import Any, cast

FOLDER = "hooks"
LARGEST = 1 << 20

Record = dict[str, Any]


def read(folder: str, name: str) -> Record:
    """Return what a file says; a missing, torn or foreign one says nothing.

    Args:
        folder: the store's.
        name: the file's, below hooks/.
    """
    try:
        descriptor = os.open(
            os.path.join(folder, FOLDER, name), os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
        )
        with open(descriptor, "rb") as file:
            found: Any = json.loads(file.read(LARGEST))
    except (OSError, ValueError, RecursionError):
        return {}
    return cast(Record, found) if isinstance(found, dict) else {}


def write(folder: str, name: str, record: Record) -> bool:
    """Replace a file, so that a reader sees the old one or the new one; return whether that was possible.

    Args:
        folder: the store's, which must exist.
        name: the file's, below hooks/.
        record: what it says from now on.
    """
    home = os.path.join(folder, FOLDER)
    draft = os.path.join(home, f".{name}.{os.getpid()}.{os.urandom(4).hex()}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        if os.path.islink(home):
            return False  # it leads to where others may read
        if not os.path.isdir(home):
            os.mkdir(home, 0o700)
        with open(os.open(draft, flags, 0o600), "wb") as file:
            file.write(json.dumps(record, separators=(",", ":")).encode())
        os.replace(draft, os.path.join(home, name))
    except OSError:
        try:
            os.unlink(draft)
        except OSError:
            pass
        return False
    return True
