"""Clients' files: read with every reason to refuse, written in one step, put back when a later one fails."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from mnemo import fence
from mnemo.errors import Conflict, Invalid, MnemoError, Refused

LARGEST = 8_000_000
NEW_MODE = 0o600


class Found(NamedTuple):
    """A file as it was read.

    Args:
        path: as the client calls it.
        real: where it really lies.
        data: its bytes; empty where there is no file.
        exists: whether there is one.
        shared: whether a new one is made for others to read too.
    """

    path: str
    real: str
    data: bytes = b""
    exists: bool = False
    shared: bool = False


class Change(NamedTuple):
    """What becomes of a file.

    Args:
        found: as it was read.
        data: its new bytes, None to remove it.
        folders: folders to remove with it when they are empty then.
    """

    found: Found
    data: bytes | None
    folders: tuple[str, ...] = ()


def find(path: str, root: str, *, shared: bool = False) -> Found:
    """Read a client's file and see that it may be changed.

    Args:
        path: absolute; the file and its folder need not exist.
        root: the folder that it must really lie in, links followed.
        shared: whether others may read a new one.

    Raises:
        Refused: it leads out of that folder, is no plain file, is read-only, or larger than 8 MB.
        Invalid: it is not UTF-8.
    """
    real, base = os.path.realpath(path), os.path.realpath(root)
    told = fence.line(path, 200)
    if os.path.commonpath([real, base]) != base or real == base:
        raise Refused(
            f"{told} leads out of {fence.line(root, 120)}, to {fence.line(real, 120)}.", "Remove the link."
        )
    folder = _existing_above(real)
    if not os.path.isdir(folder) or not os.access(folder, os.W_OK | os.X_OK):
        raise Refused(
            f"{told} cannot be written: {fence.line(folder, 120)} is closed.", "Make the folder writable."
        )
    try:
        status = os.stat(real)
    except FileNotFoundError:
        return Found(path, real, shared=shared)
    except OSError as error:
        raise Refused(f"{told} cannot be read: {error.strerror}.", "Make it readable.") from None
    if not stat.S_ISREG(status.st_mode):
        raise Refused(f"{told} is no plain file.", "Move it away.")
    if not status.st_mode & 0o222 or not os.access(real, os.W_OK):
        raise Refused(f"{told} is read-only.", f"chmod u+w {told}")
    if status.st_size > LARGEST:
        raise Refused(f"{told} has {status.st_size} bytes; mnemo edits up to {LARGEST}.", "Edit it by hand.")
    try:
        with open(real, "rb") as file:
            return Found(path, real, file.read(), exists=True, shared=shared)
    except OSError as error:
        raise Refused(f"{told} cannot be read: {error.strerror}.", "Make it readable.") from None


def text_of(found: Found) -> str:
    """Return a file's text.

    Raises:
        Invalid: it is not UTF-8.
    """
    try:
        return found.data.decode("utf-8")
    except UnicodeDecodeError:
        raise Invalid(f"{fence.line(found.path, 200)} is not UTF-8.", "Save it as UTF-8.") from None


def missing_folders(found: Found) -> tuple[str, ...]:
    """Return the folders that have to be made for a file, the innermost first."""
    folders: list[str] = []
    folder = os.path.dirname(found.real)
    while not os.path.isdir(folder):
        folders.append(folder)
        folder = os.path.dirname(folder)
    return tuple(folders)


def write_all(changes: Sequence[Change]) -> None:
    """Write every change, or none: what was written before a failure is put back.

    Raises:
        Conflict: a file was changed by others since it was read.
        MnemoError: a file could not be written.
    """
    for change in changes:
        if _read_now(change.found) != (change.found.data if change.found.exists else None):
            raise Conflict(
                f"{fence.line(change.found.path, 200)} was changed by another program just now.", "Try again."
            )
    done: list[tuple[Change, tuple[str, ...]]] = []
    try:
        for change in changes:
            made = missing_folders(change.found) if change.data is not None else ()
            done.append((change, made))
            _carry_out(change, made)
    except OSError as error:
        for change, made in reversed(done):
            _put_back(change, made)
        path = fence.line(done[-1][0].found.path, 200)
        raise MnemoError(
            f"{path} could not be written: {error.strerror}.", "Nothing was changed; mend that and try again."
        ) from None
    _remove_empty({folder for change in changes if change.data is None for folder in change.folders})


def _remove_empty(folders: set[str]) -> None:
    for folder in sorted(folders, key=len, reverse=True):
        with suppress(OSError):  # something else lies in it
            os.rmdir(folder)


def _carry_out(change: Change, made: Sequence[str]) -> None:
    found = change.found
    if change.data is not None:
        for folder in reversed(made):
            os.mkdir(folder, 0o755 if found.shared else 0o700)
        _replace(found, change.data)
        return
    os.remove(found.real)


def _put_back(change: Change, made: Sequence[str]) -> None:
    # Whatever this meets, the error that led here is the one to tell.
    with suppress(OSError):
        if change.found.exists:
            if _read_now(change.found) != change.found.data:
                os.makedirs(os.path.dirname(change.found.real), exist_ok=True)
                _replace(change.found, change.found.data)
        elif change.data is not None:
            with suppress(FileNotFoundError):
                os.remove(change.found.real)
            for folder in made:
                os.rmdir(folder)


def _replace(found: Found, data: bytes) -> None:
    """Write a file beside the old one and rename it, with the old one's mode and owner."""
    draft = f"{found.real}.{secrets.token_hex(4)}.tmp"
    descriptor = os.open(
        draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644 if found.shared else NEW_MODE
    )
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            if found.exists:
                _keep_mode(found.real, file.fileno())
            os.fsync(file.fileno())
        os.replace(draft, found.real)
    except OSError:
        with suppress(OSError):
            os.remove(draft)
        raise


def _keep_mode(path: str, descriptor: int) -> None:
    status = os.stat(path)
    if (status.st_uid, status.st_gid) != (os.geteuid(), os.getegid()):
        with suppress(PermissionError):
            os.fchown(descriptor, status.st_uid, status.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(status.st_mode))


def _read_now(found: Found) -> bytes | None:
    try:
        with open(found.real, "rb") as file:
            return file.read(LARGEST + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Refused(
            f"{fence.line(found.path, 200)} cannot be read: {error.strerror}.", "Make it readable."
        ) from None


def _existing_above(path: str) -> str:
    folder = os.path.dirname(path)
    while not os.path.lexists(folder):
        folder = os.path.dirname(folder)
    return folder
