"""Files beside the store, each written whole or not at all, and never through a link.

They are copies of what the store knows, or are named by the hash of what they hold.
"""

from __future__ import annotations

import os
import stat
from _thread import get_ident

from mnemo.errors import Damaged, StorageError

LARGEST = 64 << 20
DRAFT = ".draft-"
# A draft this old belongs to a process that was killed.
ABANDONED_S = 3_600
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def put(folder: str, name: str, raw: bytes, mode: int = 0o600) -> str:
    """Write a file whole or not at all, and return its path.

    Args:
        folder: absolute; made when missing, for its owner alone.
        name: one part of a path.
        raw: what it is to hold.
        mode: its permissions.

    Raises:
        StorageError: it cannot be written there.
    """
    draft = f"{DRAFT}{os.getpid()}-{get_ident()}"
    try:
        place = _open_folder(folder)
        try:
            _write_draft(place, draft, raw, mode)
            os.rename(draft, name, src_dir_fd=place, dst_dir_fd=place)
        except OSError:
            _forget(place, draft)
            raise
        finally:
            os.close(place)
    except OSError as error:
        path = os.path.join(folder, name)
        reason = error.strerror or str(error)
        raise StorageError(f"{path} cannot be written: {reason}.", "Check space and permissions.") from None
    return os.path.join(folder, name)


def find(folder: str, name: str) -> bytes | None:
    """Return what a file holds, None when no regular file is there.

    Raises:
        StorageError: it may not be read.
        Damaged: it is larger than any that is written here.
    """
    try:
        descriptor = os.open(os.path.join(folder, name), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except PermissionError:
        path = os.path.join(folder, name)
        raise StorageError(f"{path} may not be read.", "Check its permissions.") from None
    except OSError:
        return None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return None
    with open(descriptor, "rb") as file:
        raw = file.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise Damaged(f"{os.path.join(folder, name)} is larger than {LARGEST >> 20} MB.", "Move it away.")
    return raw


def list_names(folder: str) -> list[str]:
    """Return the names of the files in a folder, drafts left out; none when there is no folder."""
    try:
        return sorted(name for name in os.listdir(folder) if not name.startswith(DRAFT))
    except OSError:
        return []


def remove(folder: str, name: str) -> bool:
    """Remove a file; return whether it was there.

    Raises:
        StorageError: it may not be removed.
    """
    try:
        os.unlink(os.path.join(folder, name))
    except FileNotFoundError:
        return False
    except OSError as error:
        path = os.path.join(folder, name)
        raise StorageError(f"{path} cannot be removed: {error.strerror}.", "Remove it yourself.") from None
    return True


def sweep(folder: str, now: int) -> None:
    """Remove the drafts that killed processes left behind.

    Args:
        folder: absolute; it may be missing.
        now: wall clock, milliseconds.
    """
    try:
        drafts = [name for name in os.listdir(folder) if name.startswith(DRAFT)]
    except OSError:
        return
    for name in drafts:
        path = os.path.join(folder, name)
        try:
            if now / 1000 - os.lstat(path).st_mtime > ABANDONED_S:
                os.unlink(path)
        except OSError:  # someone else was quicker
            pass


def _open_folder(folder: str) -> int:
    try:
        return os.open(folder, _FOLDER)
    except FileNotFoundError:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        return os.open(folder, _FOLDER)


def _write_draft(place: int, draft: str, raw: bytes, mode: int) -> None:
    _forget(place, draft)  # of a killed process that had our number
    descriptor = os.open(draft, _NEW, 0o600, dir_fd=place)
    with open(descriptor, "wb") as file:
        file.write(raw)
        file.flush()
        os.fchmod(descriptor, mode)
        os.fsync(descriptor)


def _forget(place: int, draft: str) -> None:
    try:
        os.unlink(draft, dir_fd=place)
    except OSError:
        pass
