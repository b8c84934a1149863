"""Working trees of their own for single tasks: planned first, made only when that is asked for.

`git worktree add` is the one command here that writes into a repository. Its hooks and filters stay off as
in hardening.py, and no configuration is set: the new branch tracks nothing.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from mnemo.errors import Refused
from mnemo.repo import hardening, preflight
from mnemo.repo.location import Place, find_place
from mnemo.repo.preflight import Preflight

if TYPE_CHECKING:
    from mnemo.repo.git import Git

PREFIX = "mnemo/"


class Planned(NamedTuple):
    """A working tree that may be made.

    Args:
        branch: the branch of its own, mnemo/ and the task.
        path: where it lies, absolute.
        base: the commit that it starts from.
        exists: whether it is there already.
        checked: what was looked at before.
    """

    branch: str
    path: str
    base: str
    exists: bool
    checked: Preflight


def plan(place: Place | None, path: str, name: str) -> Planned:
    """Return the working tree that a task would get; nothing is made.

    Args:
        place: the repository; None where there is none.
        path: where it would lie, absolute.
        name: of the task, one part of a path.
    """
    checked = preflight.check(place)
    return Planned(PREFIX + name, path, checked.commit, _is_ours(place, path), checked)


def create(place: Place | None, planned: Planned) -> bool:
    """Make a planned working tree; return whether it was made, not found there already.

    Args:
        place: the repository.
        planned: what plan() gave.

    Raises:
        Refused: a blocker, by its word; or worktree_exists, when something else lies there.
    """
    if planned.exists:
        return False
    if place is None or planned.checked.blockers:
        raise blocked(planned.checked)
    if os.path.lexists(planned.path):
        raise Refused(
            f"{planned.path} is there, and is no working tree of this repository.",
            "Move it away first.",
            "worktree_exists",
        )
    from mnemo.repo.git import Git

    git = Git(place)
    known = planned.branch in git.branches()
    how = [planned.branch] if known else [planned.base]
    branch = [] if known else ["--no-track", "-b", planned.branch]
    os.makedirs(os.path.dirname(planned.path), mode=0o700, exist_ok=True)
    options = ("-c", "submodule.recurse=false", *_no_filters(git))
    git.run("worktree", "add", "--quiet", *branch, "--", planned.path, *how, options=options)
    return True


def blocked(checked: Preflight) -> Refused:
    """Return the error for whoever wants a working tree in spite of blockers: the first, and the others."""
    first, *others = checked.blockers
    more = f" Also: {' '.join(each.message for each in others)}" if others else ""
    return Refused(first.message + more, first.fix, first.word)


def _is_ours(place: Place | None, path: str) -> bool:
    there = find_place(path) if place and os.path.isdir(path) else None
    return bool(place and there and there.common_dir == place.common_dir and there.top == path)


def _no_filters(git: Git) -> list[str]:
    listed = git.run("config", "-z", "--list", "--name-only")
    keys = [key for key in listed.split(b"\0") if key.startswith(b"filter.")]
    off = hardening.filters_off(b"\0".join([*keys, b""]))
    # A checkout runs the other direction too.
    other = [each.removesuffix("clean=") + "smudge=" for each in off if each.endswith(".clean=")]
    return off + [part for each in other for part in ("-c", each)]
