"""Files that others may have put in the way: opened only where they are regular files of this user."""

from __future__ import annotations

import os
import stat


def find_own(path: str) -> int | None:
    """Return a descriptor to read a file by, or None: it is missing, a link, no file, or another user's."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError):
        return None
    found = os.fstat(descriptor)
    if stat.S_ISREG(found.st_mode) and found.st_uid == os.getuid():
        return descriptor
    os.close(descriptor)
    return None
