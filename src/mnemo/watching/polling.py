"""Looking instead of hearing, where the system cannot tell of changes: each file's times are compared."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable

from mnemo.watching.plan import Names, matters

LEAST_S = 2.0
SHARE = 250  # a look that takes a millisecond is made every 250: 0.4 % of one processor

Stamp = tuple[int, int, int, int]


class Poller:
    """Compares files with how they were at the last look.

    Args:
        hear: called of each change, as a watch would.
    """

    def __init__(self, hear: Callable[[str, str, bool], object]) -> None:
        self._hear = hear
        self._stamps: dict[tuple[str, str], Stamp] = {}
        self._next = 0.0

    def look(self, names: Names) -> None:
        """Tell of what changed, when it is time to look again.

        Args:
            names: what matters in each folder, None for everything in it.
        """
        started = time.monotonic()
        if started < self._next:
            return
        fresh = {(f, n): stamp for f, inside in names.items() for n, stamp in _stamps(f, inside, names)}
        known, self._stamps = self._stamps, fresh
        if self._next:
            for folder, name in {pair for pair, _ in fresh.items() ^ known.items()}:
                mode = (fresh.get((folder, name)) or known[folder, name])[3]
                self._hear(folder, name, stat.S_ISDIR(mode))
        ended = time.monotonic()
        self._next = ended + max(LEAST_S, (ended - started) * SHARE)

    def hurry(self) -> None:
        """Look again at the next occasion."""
        self._next = min(self._next, time.monotonic())


def _stamps(folder: str, inside: set[str] | None, names: Names) -> list[tuple[str, Stamp]]:
    found: list[tuple[str, Stamp]] = []
    if inside is None:
        try:
            inside = {name for name in os.listdir(folder) if matters(names, folder, name)}
        except OSError:
            return found
    for name in inside:
        try:
            status = os.lstat(f"{folder}/{name}")
        except OSError:
            continue
        is_folder = stat.S_ISDIR(status.st_mode)
        # A folder's own times change with every name in it.
        changed, size = (0, 0) if is_folder else (status.st_mtime_ns, status.st_size)
        found.append((name, (status.st_ino, changed, size, status.st_mode)))
    return found
