"""Which files git tracks, read from its index without starting git (gitformat-index(5)).

Names are searched for, not parsed: each entry of version 2 and 3 ends with its whole path and a NUL, behind
two bytes whose low 12 bits are the path's length. Of an index in another form nothing is said.
"""

from __future__ import annotations

import os

from mnemo.repo.files import Unreadable
from mnemo.repo.location import Place

LARGEST = 64_000_000
HEADER = 12
FIXED = 62  # bytes of an entry before its path
LENGTH_BITS = 0xFFF
EXTENDED = 0x4000


class Index:
    """The index of one working tree, as it is when it is made.

    Args:
        place: the working tree.
    """

    def __init__(self, place: Place) -> None:
        self._bytes = _read(os.path.join(place.git_dir, "index"))

    @property
    def readable(self) -> bool:
        """Whether the index has a form that can be searched."""
        return bool(self._bytes)

    def list_paths(self) -> list[str]:
        """Return every tracked file, in git's order.

        Raises:
            Unreadable: this index does not say.
        """
        if not self._bytes:
            raise Unreadable("git's index cannot be searched here", "use recall, or `mnemo verify`")
        paths: list[str] = []
        at = HEADER
        for _ in range(int.from_bytes(self._bytes[8:HEADER], "big")):
            flags = int.from_bytes(self._bytes[at + FIXED - 2 : at + FIXED], "big")
            start = at + FIXED + (2 if flags & EXTENDED else 0)
            end = self._bytes.find(b"\0", start)
            if end < 0:
                raise Unreadable("git's index is damaged", "`git status` says more")
            paths.append(self._bytes[start:end].decode("utf-8", "surrogateescape"))
            at += (end - at + 8) & ~7  # one to eight NULs make each entry a multiple of eight bytes
        return list(dict.fromkeys(paths))

    def holds(self, path: str) -> bool | None:
        """Tell whether a file is tracked; None when this index does not say.

        Args:
            path: relative to the top.
        """
        if not self._bytes:
            return None
        name = _raw(path)
        if any(start >= 0 for start in self._find(name, whole=True)):
            return True
        if name.isascii():
            return False
        import unicodedata

        # Names from an old Mac are spelled decomposed, and paths are told composed.
        other = _raw(unicodedata.normalize("NFD", path))
        return any(start >= 0 for start in self._find(other, whole=True))

    def named(self, name: str, most: int = 2) -> list[str]:
        """Return tracked files of that name in any folder, at most so many.

        Args:
            name: a file's own name, or the last parts of its path.
            most: how many are looked for.
        """
        raw = _raw(name)
        found: list[str] = []
        for start in self._find(raw, whole=False):
            if start >= 0:
                end = self._bytes.index(b"\0", start)
                path = self._bytes[start:end].decode("utf-8", "surrogateescape")
                if path not in found:
                    found.append(path)
            if len(found) >= most:
                break
        return found

    def _find(self, name: bytes, *, whole: bool) -> list[int]:
        """Return where the paths begin that are, or end with, a name; -1 for what only looks like one."""
        if not name or b"\0" in name:
            return []
        starts: list[int] = []
        at = self._bytes.find(name + b"\0", HEADER + FIXED)
        while at >= 0 and len(starts) < 64:
            starts.append(self._start(at, len(name), whole=whole))
            at = self._bytes.find(name + b"\0", at + 1)
        return starts

    def _start(self, at: int, size: int, *, whole: bool) -> int:
        end = at + size
        if self._fits(at, size):
            return at
        if whole or self._bytes[at - 1 : at] != b"/":
            return -1
        for start in range(at - 2, max(at - 4_096, HEADER + FIXED - 1), -1):
            # No path holds a control character or half a letter, so flags are not taken for one.
            control = self._bytes[start - 2] < 0x20 or self._bytes[start - 2] >= 0x80
            if (control or not self._bytes[start - 1]) and self._fits(start, end - start):
                return start
            if not self._bytes[start]:
                break
        return -1

    def _fits(self, start: int, size: int) -> bool:
        """Tell whether a path of that size begins here: its entry says how long it is."""
        said = min(size, LENGTH_BITS)
        for before in (2, 4):  # an extended entry has two bytes more, and says so in the first
            flags = int.from_bytes(self._bytes[start - before : start - before + 2], "big")
            if flags & LENGTH_BITS == said and bool(flags & EXTENDED) == (before == 4):
                return True
        return False


def _raw(name: str) -> bytes:
    try:
        return name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return b""


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            found = file.read(LARGEST + 1)
    except OSError:
        return b""
    version = int.from_bytes(found[4:8], "big")
    plain = found[:4] == b"DIRC" and version in (2, 3) and len(found) <= LARGEST
    # A split index has its entries in another file, a sparse one only folders of what lies outside.
    return found if plain and b"link\0\0" not in found[-4_096:] and b"sdir\0\0" not in found[-4_096:] else b""
