"""What git noted about branches that came and went, read without starting git (git-reflog(1))."""

from __future__ import annotations

import os
from collections.abc import Iterator

from mnemo.repo.head import branch_name
from mnemo.repo.location import Place

LONGEST = 1 << 20  # bytes of the newest notes that are read

_LEFT = "checkout: moving from "
_RENAMED = "Branch: renamed "


def list_left(place: Place) -> list[tuple[str, str]]:
    """Return branches that some working tree left, with their commit at that moment, the newest first.

    Args:
        place: any working tree of the repository.
    """
    found: list[tuple[str, str]] = []
    for folder in _folders(place):
        for before, _, message in _iter_notes(os.path.join(folder, "logs", "HEAD")):
            if message.startswith(_LEFT):
                left, _, _ = message[len(_LEFT) :].rpartition(" to ")
                found.append((left, before))
    return found


def list_former_names(place: Place, branch: str) -> list[str]:
    """Return what a branch was called before, the newest name first.

    Args:
        place: any working tree of the repository.
        branch: what it is called now.
    """
    names: list[str] = []
    for _, _, message in _iter_notes(os.path.join(place.common_dir, "logs", "refs", "heads", branch)):
        if message.startswith(_RENAMED):
            before, _, after = message[len(_RENAMED) :].partition(" to ")
            if branch_name(after) == (names[-1] if names else branch):
                names.append(branch_name(before))
    return [name for name in names if name != branch]


def _folders(place: Place) -> list[str]:
    """Return the git directories of all working trees, this one's first."""
    linked = os.path.join(place.common_dir, "worktrees")
    try:
        names = sorted(os.listdir(linked))
    except OSError:
        names = []
    others = [os.path.join(linked, name) for name in names]
    return list(dict.fromkeys([place.git_dir, place.common_dir, *others]))


def _iter_notes(path: str) -> Iterator[tuple[str, str, str]]:
    """Yield (commit before, commit after, message), the newest first."""
    for line in reversed(_newest(path).split(b"\n")):
        head, tab, message = line.partition(b"\t")
        commits = head.split(b" ", 2)
        if tab and len(commits) == 3:
            yield os.fsdecode(commits[0]), os.fsdecode(commits[1]), os.fsdecode(message)


def _newest(path: str) -> bytes:
    """Return the end of a file; nothing where it cannot be read."""
    try:
        with open(path, "rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - LONGEST))
            return file.read(LONGEST)
    except OSError:
        return b""
