"""The source files of a folder that no git watches, and a mark of what they are now."""

from __future__ import annotations

import os

from mnemo.ids import digest
from mnemo.repo.imports import LANGUAGE_OF

MOST_FILES = 20_000
LEFT_OUT = frozenset(("node_modules", "__pycache__", "venv", "vendor", "target", "dist", "build"))


def list_sources(root: str) -> list[str]:
    """Return the source files below a folder, sorted; links, hidden folders and built ones are left out.

    Args:
        root: absolute.

    Returns:
        paths relative to it; at most 20,000.
    """
    found: list[str] = []
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in LEFT_OUT)
        below = os.path.relpath(folder, root)
        for name in sorted(names):
            path = name if below == "." else f"{below}/{name}"
            if LANGUAGE_OF.get(name.rpartition(".")[2]) and not os.path.islink(os.path.join(folder, name)):
                found.append(path)
        if len(found) >= MOST_FILES:
            break
    return found[:MOST_FILES]


def mark(root: str) -> str:
    """Return a hash of the names, sizes and times of the source files below a folder."""
    lines: list[str] = []
    for path in list_sources(root):
        try:
            found = os.lstat(os.path.join(root, path))
        except OSError:
            continue
        lines.append(f"{path}\0{found.st_ino} {found.st_size} {found.st_mtime_ns}")
    return digest("\n".join(lines).encode("utf-8", "surrogateescape"))
