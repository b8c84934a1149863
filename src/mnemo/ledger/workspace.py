"""What the working tree was when work was taken, and whether a file has changed since."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from mnemo.errors import MnemoError, NotFound
from mnemo.store.queue import Base

# At a take, larger files are told apart by their inode's stamp, so that a take stays quick beside big data.
LARGEST_HASHED = 4 << 20
MOST_HASHED = 64 << 20
# Kernels stamp inodes with a clock that lags by a tick.
TICK_MS = 20
UNTRACKED = "untracked"
_CHUNK = 1 << 20


class Workspace(NamedTuple):
    """What is asked of a working tree.

    Args:
        root: real path of its top folder, empty when there is none.
        relative: path as the repository names it; Invalid when it leaves the repository.
        changed: path -> kind of every file that differs from a revision or is untracked.
        ignored: those of the given paths that git ignores.
        tree_hash: hash of the files as they lie there, empty when that cannot be known.
    """

    root: str
    relative: Callable[[str], str]
    changed: Callable[[str], Mapping[str, str]]
    ignored: Callable[[Iterable[str]], set[str]]
    tree_hash: Callable[[], str]


def without_git(root: str, relative: Callable[[str], str]) -> Workspace:
    """Return the workspace of a folder that no git watches: only the inodes tell what changed."""
    return Workspace(os.path.realpath(root), relative, _nothing, set, str)


def is_file(workspace: Workspace, path: str) -> bool:
    """Tell whether a regular file is at a path that relative() gave."""
    try:
        return bool(workspace.root) and stat.S_ISREG(os.stat(_real(workspace, path)).st_mode)
    except (OSError, ValueError):
        return False


def content_hash(workspace: Workspace, path: str) -> str:
    """Return the sha-256 of a file's bytes, 64 hex; empty when no regular file can be read there.

    Args:
        path: as relative() gave it.
    """
    try:
        # Without O_NONBLOCK a named pipe would hold the caller for ever.
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        descriptor = os.open(_real(workspace, path), flags)
    except (OSError, ValueError):
        return ""
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return ""
        total = hashlib.sha256()
        while chunk := file.read(_CHUNK):
            total.update(chunk)
    return total.hexdigest()


def begins_with(workspace: Workspace, path: str, openings: tuple[bytes, ...]) -> bool:
    """Tell whether a regular file begins with one of these.

    Args:
        path: as relative() gave it.
    """
    if not is_file(workspace, path):
        return False
    try:
        with open(_real(workspace, path), "rb") as file:
            return file.read(max(map(len, openings))).startswith(openings)
    except OSError:
        return False


def take_base(workspace: Workspace, commit: str, now: int) -> Base:
    """Return what the working tree is now, to be compared with later.

    Args:
        commit: HEAD, empty before the first commit.
        now: wall clock, milliseconds.
    """
    return Base(now, commit, marks(workspace, workspace.changed("HEAD")))


def marks(workspace: Workspace, paths: Iterable[str]) -> dict[str, str]:
    """Return path -> mark of what each file holds: its hash, or its inode's stamp where it is large.

    Args:
        paths: as git lists them; the mark of what is no regular file is empty.
    """
    left = MOST_HASHED
    found: dict[str, str] = {}
    for path in sorted(paths):
        size = _size(workspace, path)
        hashed = size <= min(LARGEST_HASHED, left)
        found[path] = content_hash(workspace, path) if hashed else _stamp(workspace, path)
        left -= size if hashed else 0
    return found


def is_as_marked(workspace: Workspace, path: str, mark: str) -> bool:
    """Tell whether a file still holds what its mark says."""
    return mark == (_stamp(workspace, path) if mark.startswith(_STAMP) else content_hash(workspace, path))


def has_changed(workspace: Workspace, base: Base | None, taken: int, path: str) -> bool:
    """Tell whether a file appeared or changed since work was taken.

    What git saw as changed then is compared by content; anything else with the commit of that moment.
    Ignored files are unknown to git: there the inode's change time tells, which, unlike the
    modification time, no call can set back.

    Args:
        base: what the tree was then; None when this copy of the store did not see it.
        taken: when, milliseconds.
        path: as relative() gave it.
    """
    if base is None:
        return _touched_since(workspace, path, taken)
    if path in base.files:
        return not is_as_marked(workspace, path, base.files[path])
    if path in workspace.ignored([path]):
        return _touched_since(workspace, path, base.taken)
    try:
        return not base.commit or path in workspace.changed(base.commit)
    except NotFound:  # that commit was rewritten and swept away
        return _touched_since(workspace, path, base.taken)


class Present:
    """The workspace as it is now; whatever is costly is looked at once.

    Args:
        workspace: the working tree; None when there is none to look at.
    """

    def __init__(self, workspace: Workspace | None) -> None:
        self.workspace = workspace
        self._tree: str | None = None
        self._contents: dict[str, str] = {}
        self._changed: dict[str, Mapping[str, str]] = {}

    def tree(self) -> str:
        """Return the hash of the files as they lie there now; empty when it cannot be known."""
        if self._tree is None:
            self._tree = self.workspace.tree_hash() if self.workspace else ""
        return self._tree

    def content(self, path: str) -> str:
        """Return the sha-256 of a file now; empty when it is not there."""
        if path not in self._contents:
            self._contents[path] = self._hash(path)
        return self._contents[path]

    def differing(self, commit: str, files: Mapping[str, str]) -> list[str] | None:
        """Return which files are not what they were when a command ran; None when that cannot be told.

        A file that appeared since and that git does not track is none of them: reports and notes come
        after a run without speaking against it.

        Args:
            commit: HEAD then.
            files: path -> mark of each file that differed from it or was untracked.
        """
        now = self._since(commit)
        if self.workspace is None or now is None:
            return None
        fresh = [path for path, kind in now.items() if path not in files and kind != UNTRACKED]
        known = [path for path, mark in files.items() if not is_as_marked(self.workspace, path, mark)]
        return sorted([*fresh, *known])

    def held(self, commit: str, files: Mapping[str, str], names: Iterable[str]) -> bool | None:
        """Tell whether some files are what they were when a command ran; None when that cannot be told.

        Args:
            commit, files: as differing() takes them.
            names: files, and folders that stand for what is below them.
        """
        now = self._since(commit)
        if now is None:
            return None
        tops = tuple(names)
        below = tuple(f"{name}/" for name in tops)
        named = [path for path in {*files, *now} if path in tops or path.startswith(below)]
        return all(path in files and self.as_marked(path, files[path]) for path in named)

    def as_marked(self, path: str, mark: str) -> bool:
        """Tell whether a file still holds what its mark says; a file is read once."""
        if self.workspace is None:
            return False
        if mark.startswith(_STAMP):
            return is_as_marked(self.workspace, path, mark)
        return self.content(path) == mark

    def _since(self, commit: str) -> Mapping[str, str] | None:
        """Return what differs from a commit now, by path; None when that cannot be told."""
        if self.workspace is None or not commit:
            return None
        if commit not in self._changed:
            try:
                self._changed[commit] = self.workspace.changed(commit)
            except NotFound:
                return None
        return self._changed[commit]

    def _hash(self, path: str) -> str:
        if self.workspace is None:
            return ""
        try:
            return content_hash(self.workspace, self.workspace.relative(path))
        except MnemoError:  # since then it became a link that leaves the repository
            return ""


_STAMP = "stamp "


def _nothing(_base: str) -> Mapping[str, str]:
    return {}


def _touched_since(workspace: Workspace, path: str, moment: int) -> bool:
    try:
        found = os.stat(_real(workspace, path))
    except OSError:
        return False
    return found.st_ctime_ns // 1_000_000 + TICK_MS >= moment


def _stamp(workspace: Workspace, path: str) -> str:
    try:
        found = os.lstat(_real(workspace, path))
    except OSError:
        return ""
    return f"{_STAMP}{found.st_ino} {found.st_size} {found.st_mtime_ns} {found.st_ctime_ns}"


def _size(workspace: Workspace, path: str) -> int:
    try:
        return os.stat(_real(workspace, path)).st_size
    except OSError:
        return 0


def _real(workspace: Workspace, path: str) -> str:
    return os.path.realpath(os.path.join(workspace.root, path))
