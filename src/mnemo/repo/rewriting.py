"""Changing a file of the working tree that a person named: whole or not at all, and never beyond the tree."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from typing import NamedTuple

from mnemo.errors import Conflict, Invalid, Refused, StorageError
from mnemo.repo.paths import from_system, nfc, readable, secret, to_system

LARGEST_BYTES = 10_000_000

Stamp = tuple[int, int, int, int]


class Held(NamedTuple):
    """A file as it was read.

    Args:
        path: where its bytes really lie, links followed.
        name: as the repository calls it, perhaps a link.
        inside: where its bytes lie, relative to the top.
        raw: its bytes; empty when there is none yet.
        stamp: what must still be so when it is replaced; None when there was none.
        mode: its permissions.
    """

    path: str
    name: str
    inside: str
    raw: bytes
    stamp: Stamp | None
    mode: int


def read_whole(root: str, path: str) -> Held:
    """Return a file's bytes, to be replaced later.

    Args:
        root: top of the working tree, a real path.
        path: relative to it, as WorkingTree.relative gives it.

    Raises:
        Invalid: it leaves the tree by a link, is no ordinary file, or is larger than 10 MB.
        Refused: it usually holds secrets.
        StorageError: it cannot be read, or its folder is missing.
    """
    name = readable(path)
    real = os.path.realpath(os.path.join(root, to_system(path)))
    if os.path.commonpath((real, root)) != root:
        raise Invalid(f"{name} leads out of the repository.", "Name a file inside it.")
    inside = nfc(from_system(os.path.relpath(real, root)))
    if secret(path) or secret(inside):
        raise Refused(f"{name} usually holds secrets.", "Name a Markdown file, such as AGENTS.md.")
    if not os.path.isdir(os.path.dirname(real)):
        raise StorageError(f"The folder of {name} is missing.", "Make the folder first.")
    try:
        descriptor = os.open(real, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return Held(real, name, inside, b"", None, 0)
    except OSError as error:
        raise _failed(name, "read", error) from None
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST_BYTES:
        os.close(descriptor)
        raise Invalid(f"{name} is no ordinary file of at most 10 MB.", "Name a Markdown file.")
    with open(descriptor, "rb") as file:
        return Held(real, name, inside, file.read(), _stamp(status), stat.S_IMODE(status.st_mode))


def replace(held: Held, raw: bytes) -> None:
    """Put other bytes in a file's place, under a name of its own first, so that nobody sees half of them.

    Raises:
        Refused: it may not be written, or has a second name that would keep the old bytes.
        Conflict: somebody changed it since it was read.
        StorageError: it cannot be written; it is as it was.
    """
    _check_unchanged(held)
    folder, base = os.path.split(held.path)
    draft = os.path.join(folder, f".{base[:100]}.{os.getpid()}.mnemo")
    try:
        _write(draft, raw, held)
        os.replace(draft, held.path)
    except OSError as error:
        with suppress(OSError):
            os.unlink(draft)
        raise _failed(held.name, "written", error) from None


def _check_unchanged(held: Held) -> None:
    try:
        status = os.stat(held.path, follow_symlinks=False)
    except FileNotFoundError:
        status = None
    if (_stamp(status) if status else None) != held.stamp:
        raise Conflict(f"{held.name} was changed meanwhile; nothing was written.", "Try again.")
    if status and (not status.st_mode & 0o222 or not os.access(held.path, os.W_OK)):
        raise Refused(f"{held.name} is read-only; nothing was written.", f"Make it writable: {held.path}")
    if status and status.st_nlink > 1:
        raise Refused(
            f"{held.name} has a second hard link, which would keep the old text.",
            "Make one of the two a symbolic link.",
        )


def _write(draft: str, raw: bytes, held: Held) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    with open(os.open(draft, flags, 0o666), "wb") as file:
        file.write(raw)
        file.flush()
        if held.stamp:
            os.fchmod(file.fileno(), held.mode)
        os.fsync(file.fileno())


def _stamp(status: os.stat_result) -> Stamp:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _failed(name: str, what: str, error: OSError) -> StorageError:
    return StorageError(
        f"{name} cannot be {what}: {error.strerror or error}.", "Check its permissions and the disk."
    )
