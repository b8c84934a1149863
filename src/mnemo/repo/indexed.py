"""What git's index says, without starting git (gitformat-index(5))."""

from __future__ import annotations

import os

LONGEST_INDEX = 1 << 30
LENGTH_BITS = 0xFFF

_SPLIT = b"link\0\0"


def may_be_tracked(index: str, hint: str) -> bool:
    """Tell whether git's index could name a folder.

    Args:
        index: the index file; names of version 4 are written as differences, so any could be meant.
        hint: the folder, relative to the working tree.
    """
    raw = _read(index)
    # In lower case, because another spelling is the same folder on some file systems.
    return bool(raw) and (_is_packed(raw) or os.fsencode(hint).lower() in raw.lower())


def find_tracked(index: str, folder: str) -> bool | None:
    """Tell whether git tracks a file of a folder; None when this index does not say.

    Args:
        index: the index file.
        folder: relative to the working tree, in lower case; any spelling of it counts.
    """
    raw = _read(index)
    if _is_packed(raw):
        return None
    lower, wanted = raw.lower(), os.fsencode(folder) + b"/"
    at = lower.find(wanted)
    while at >= 0:
        # A path's length stands before it, so this is a whole one; an extended entry has two bytes between.
        length = min(raw.find(b"\0", at) - at, LENGTH_BITS)
        for flags in (raw[at - 2 : at], raw[at - 4 : at - 2]):
            if int.from_bytes(flags, "big") & LENGTH_BITS == length:
                return True
        at = lower.find(wanted, at + 1)
    return False


def _is_packed(raw: bytes) -> bool:
    return raw[4:8] == b"\0\0\0\4" or _SPLIT in raw


def _read(index: str) -> bytes:
    try:
        with open(index, "rb") as file:
            return file.read() if os.fstat(file.fileno()).st_size <= LONGEST_INDEX else b""
    except OSError:
        return b""
