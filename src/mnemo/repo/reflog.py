"""What git noted about branches that came and went, read without starting git (git-reflog(1))."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from mnemo.repo.head import branch_name
from mnemo.repo.location import Place

LONGEST = 1 << 20  # bytes of the newest notes that are read

_LEFT = "checkout: moving from "
_RENAMED = "Branch: renamed "
_WORK = ("commit", "cherry-pick", "revert", "am", "merge", "pull", "rebase (pick)", "rebase (continue)")


class Left(NamedTuple):
    """A branch as some working tree left it.

    Args:
        branch: its name.
        commit: where it was then.
        worked: whether something was committed while it was checked out.
    """

    branch: str
    commit: str
    worked: bool


def list_left(place: Place) -> list[Left]:
    """Return the branches that working trees left, the newest first.

    Args:
        place: any working tree of the repository.
    """
    found: list[Left] = []
    for folder in _folders(place):
        here = [(message, before) for before, _, message in _iter_notes(os.path.join(folder, "logs", "HEAD"))]
        stays = [number for number, (message, _) in enumerate(here) if message.startswith(_LEFT)]
        for number, since in pairwise([*stays, len(here)]):
            message, before = here[number]
            left, _, _ = message[len(_LEFT) :].rpartition(" to ")
            worked = any(_is_work(note) for note, _ in here[number + 1 : since])
            found.append(Left(left, before, worked))
    return found


def _is_work(note: str) -> bool:
    """Tell whether a note of git speaks of new work, and not only of moving to what was there."""
    followed = note.startswith(("merge", "pull")) and ": Fast-forward" in note
    return note.startswith(_WORK) and not followed


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
