"""The files of a repository: the working tree as it is in this moment, or the tree of one commit."""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Callable, Iterable

from mnemo.errors import Invalid
from mnemo.light import TYPE_CHECKING, suppress
from mnemo.repo.paths import (
    check_spelling,
    from_system,
    iter_folders,
    may_hold_text,
    nfc,
    outside,
    private,
    readable,
    to_system,
)
from mnemo.repo.paths import secret as secret
from mnemo.repo.recent import Recent, let_go

if TYPE_CHECKING:
    from typing import Protocol
else:
    Protocol = object  # whose methods nobody calls

MAX_BYTES = 2_000_000
SNIFFED_BYTES = 8_000
SETTLED_NS = 2_000_000_000
KEPT_CHARACTERS = 16_000_000
LOADED_AT_ONCE = 100

Stamp = tuple[int, int, int, int, int]


class Unreadable(Invalid):
    """A file is there but its text cannot be had: too large, not allowed, broken syntax."""


class NotText(Unreadable):
    """What is there has no text: a folder, a device, binary content."""


class Tree(Protocol):
    """What anchors need of a set of files."""

    def relative(self, path: str) -> str:
        """Return path as the repository names it; Invalid when it leaves the repository."""
        raise NotImplementedError

    def exists(self, path: str) -> bool:
        """Tell whether a file or folder is there."""
        raise NotImplementedError

    def read(self, path: str, limit: int = MAX_BYTES) -> str | None:
        """Return a file's text with `\\n` line ends, None when it is missing."""
        raise NotImplementedError

    def list_files(self) -> list[str]:
        """Return the tracked files that may hold text."""
        raise NotImplementedError


class Commits(Protocol):
    """What is asked of git to read a commit without checking it out."""

    def list_tree(self, commit: str) -> list[str]:
        """Return the paths of every file of a commit."""
        raise NotImplementedError

    def blobs(self, commit: str, paths: Iterable[str]) -> dict[str, bytes]:
        """Return the bytes of some files of a commit; those that are not there are left out."""
        raise NotImplementedError


_texts: Recent[tuple[Stamp | None, str]] = Recent(KEPT_CHARACTERS)


class WorkingTree:
    """The files of a working tree as they are in this moment.

    Args:
        root: folder at the top of the working tree.
        tracked: gives the paths that git tracks, relative to root.
    """

    def __init__(self, root: str, tracked: Callable[[], Iterable[str]]) -> None:
        self.root = os.path.realpath(root)
        self._tracked = tracked

    def relative(self, path: str) -> str:
        """Return path relative to the root: POSIX, NFC, without `.` and `..`; the root itself is ".".

        Raises:
            Invalid: it leaves the repository, also by a link, or enters .git or .mnemo.
        """
        check_spelling(path)
        asked = os.path.join(self.root, to_system(path))
        real = os.path.realpath(asked)
        inside = self._inside(real, path)
        plain = os.path.relpath(os.path.normpath(asked), self.root)
        # A link inside keeps its own name, but `link/..` is not what its spelling says.
        leaves = plain == ".." or plain.startswith("../")
        spelt = os.path.join(self.root, plain)
        if leaves or (spelt != asked and os.path.realpath(spelt) != real):
            plain = inside
        named = from_system(plain)
        if any(map(private, named.split("/"))):
            raise outside(path)
        return nfc(named)

    def exists(self, path: str) -> bool:
        """Tell whether a file or folder is there; Invalid when path leaves the repository."""
        return self._find(path) is not None

    def read(self, path: str, limit: int = MAX_BYTES) -> str | None:
        """Return a file's text with `\\n` line ends, None when it is missing.

        Args:
            path: as relative() gives it.
            limit: most bytes read.

        Raises:
            Unreadable: larger than limit, or not allowed.
            NotText: a folder, a device, binary.
            Invalid: it leaves the repository.
        """
        found = self._find(path)
        if found is None:
            return None
        real, status = found
        kept = _texts.find(real)
        if kept and kept[0] == _stamp(status):
            return kept[1]
        return self._load(path, real, limit)

    def list_files(self) -> list[str]:
        """Return the tracked files that may hold text, in git's order."""
        return [nfc(path) for path in self._tracked() if may_hold_text(path)]

    def _inside(self, real: str, path: str) -> str:
        """Return a real path relative to the root; Invalid, naming path, when it is not below it."""
        if os.path.commonpath((real, self.root)) != self.root:
            raise outside(path)
        inside = os.path.relpath(real, self.root)
        if any(map(private, from_system(inside).split("/"))):
            raise outside(path)
        return inside

    def _find(self, path: str) -> tuple[str, os.stat_result] | None:
        """Return the real path and status of what is at path, having followed links inside only."""
        parts = path.split("/")
        if "\0" in path or any(part in ("", ".", "..") or private(part) for part in parts):
            raise outside(path)
        found = None
        here = self.root
        for part in parts:
            found = _step(here, part, path)
            if found is None:
                return None
            here, status = found
            if stat.S_ISLNK(status.st_mode):
                return self._find_linked(path)
        return found

    def _find_linked(self, path: str) -> tuple[str, os.stat_result] | None:
        real = os.path.realpath(os.path.join(self.root, to_system(path)))
        self._inside(real, path)
        try:
            return real, os.stat(real)
        except OSError:
            return None

    def _load(self, path: str, real: str, limit: int) -> str | None:
        try:
            descriptor = self._open(real)
        except OSError as problem:
            return _none_if_gone(problem, path)
        try:
            before = os.fstat(descriptor)
            text = as_text(_read_bytes(descriptor, before, path, limit), path)
            stamp = _stamp(os.fstat(descriptor))
        finally:
            os.close(descriptor)
        if len(text) > MAX_BYTES:
            return text
        return _keep(real, stamp if stamp == _stamp(before) and _settled(before) else None, text)

    def _open(self, real: str) -> int:
        """Open step by step without following any link, so that none can be slipped in after the check."""
        *folders, name = os.path.relpath(real, self.root).split("/")
        folder = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for part in folders:
                flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
                deeper = os.open(part, flags, dir_fd=folder)
                os.close(folder)
                folder = deeper
            # Without O_NONBLOCK a named pipe would hold the caller for ever.
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            return os.open(name, flags, dir_fd=folder)
        finally:
            os.close(folder)


class CommitTree:
    """The files of one commit, read from git's objects without a checkout.

    Args:
        git: whatever lists a commit's tree and gives its blobs.
        commit: the commit's full hash.
    """

    def __init__(self, git: Commits, commit: str) -> None:
        self.commit = commit
        self._git = git
        self._names: dict[str, str] | None = None
        self._folders: set[str] = set()
        self._texts: Recent[str] = Recent(KEPT_CHARACTERS // 4)

    def relative(self, path: str) -> str:
        """Return path without `.` and `..`; Invalid when it leaves the repository."""
        check_spelling(path)
        plain = os.path.normpath(path)
        if plain.startswith(("/", "../")) or plain == ".." or any(map(private, plain.split("/"))):
            raise outside(path)
        return nfc(plain)

    def exists(self, path: str) -> bool:
        """Tell whether the commit holds a file or folder of that path."""
        return path in self._tree() or path in self._folders

    def read(self, path: str, limit: int = MAX_BYTES) -> str | None:
        """Return a file's text with `\\n` line ends, None when the commit lacks it.

        Raises:
            Unreadable: larger than limit.
            NotText: a folder or binary.
        """
        name = self._tree().get(path)
        if name is None:
            if path in self._folders:
                raise _folder(path)
            return None
        kept = self._texts.find(name)
        if kept is not None:
            return kept
        raw = self._git.blobs(self.commit, [name]).get(name)
        return None if raw is None else self._keep(name, raw, limit)

    def load(self, paths: Iterable[str]) -> None:
        """Read files at once that are about to be looked into: asked one by one, each costs a process."""
        names = [name for name in map(self._tree().get, paths) if name and self._texts.find(name) is None]
        for start in range(0, len(names), LOADED_AT_ONCE):
            found = self._git.blobs(self.commit, names[start : start + LOADED_AT_ONCE])
            for name, raw in found.items():
                with suppress(Unreadable):
                    self._keep(name, raw, MAX_BYTES)

    def _keep(self, name: str, raw: bytes, limit: int) -> str:
        if len(raw) > limit:
            raise _too_large(name, limit)
        text = as_text(raw, name)
        self._texts.put(name, text, len(text))
        return text

    def list_files(self) -> list[str]:
        """Return the commit's files that may hold text."""
        return [path for path in self._tree() if may_hold_text(path)]

    def _tree(self) -> dict[str, str]:
        if self._names is None:
            names = {nfc(path): path for path in self._git.list_tree(self.commit)}
            self._folders = {folder for path in names for folder in iter_folders(path)}
            self._names = names
        return self._names


def as_text(raw: bytes, path: str) -> str:
    """Return bytes as text with `\\n` line ends, odd bytes replaced; NotText when they are binary.

    A NUL in the first 8,000 bytes means binary, as for git (`buffer_is_binary`).
    """
    if b"\0" in raw[:SNIFFED_BYTES]:
        raise NotText(f"{readable(path)} is binary", "anchor the file itself: its path alone")
    text = raw.decode("utf-8", "replace").removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def conflicted(text: str) -> bool:
    """Tell whether git's conflict markers are in a text: `<<<<<<<`, `=======`, `>>>>>>>` at lines' starts."""
    if "<<<<<<< " not in text or "\n>>>>>>>" not in text:
        return False
    awaited = iter(("<<<<<<< ", "=======", ">>>>>>>"))
    marker = next(awaited)
    for line in text.split("\n"):
        if line.startswith(marker):
            marker = next(awaited, "")
            if not marker:
                return True
    return False


def _keep(real: str, stamp: Stamp | None, text: str) -> str:
    """Keep a file's text in the place of the former one; without a stamp it will be read again."""
    kept = _texts.find(real)
    if kept and kept[1] != text:
        let_go(kept[1])
    _texts.put(real, (stamp, text), len(text))
    return text


def _step(folder: str, part: str, path: str) -> tuple[str, os.stat_result] | None:
    here = f"{folder}/{to_system(part)}"
    try:
        return here, os.lstat(here)
    except OSError as problem:
        _none_if_gone(problem, path)
    if part.isascii():
        return None
    try:
        # Paths are kept composed; a tree filled from an old Mac may spell them decomposed.
        for name in os.listdir(folder):
            if nfc(from_system(name)) == part:
                return f"{folder}/{name}", os.lstat(f"{folder}/{name}")
    except OSError:
        pass
    return None


def _none_if_gone(problem: OSError, path: str) -> None:
    if problem.errno in (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG):
        return
    if problem.errno in (errno.ENXIO, errno.ELOOP):
        raise NotText(f"{readable(path)} is no ordinary file", "anchor a file that holds text") from problem
    message = f"{readable(path)} cannot be read ({problem.strerror})"
    raise Unreadable(message, "check its permissions") from problem


def _read_bytes(descriptor: int, status: os.stat_result, path: str, limit: int) -> bytes:
    if stat.S_ISDIR(status.st_mode):
        raise _folder(path)
    if not stat.S_ISREG(status.st_mode):
        raise NotText(f"{readable(path)} is no ordinary file", "anchor a file that holds text")
    piece = os.read(descriptor, SNIFFED_BYTES)
    if b"\0" in piece:
        return piece
    pieces, size = [piece], len(piece)
    while piece:
        if max(size, status.st_size) > limit:
            raise _too_large(path, limit)
        piece = os.read(descriptor, 1 << 20)
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)


def _folder(path: str) -> NotText:
    return NotText(f"{readable(path)} is a folder", "name a file in it")


def _too_large(path: str, limit: int) -> Unreadable:
    message = f"{readable(path)} is larger than {limit // 1_000_000} MB"
    return Unreadable(message, "anchor the file itself: its path alone")


def find_stamp(path: str) -> Stamp | None:
    """Return what a file's status says that changes when it is written anew; None where there is no file."""
    try:
        return _stamp(os.stat(path))
    except OSError:
        return None


def _stamp(status: os.stat_result) -> Stamp:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _settled(status: os.stat_result) -> bool:
    """Tell whether a later write would show in the times, which on some file systems tick every 2 s."""
    return time.time_ns() - max(status.st_mtime_ns, status.st_ctime_ns) > SETTLED_NS
