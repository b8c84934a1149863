"""What is watched: the folders of what anchors name, those above, and where git keeps HEAD and branches."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from typing import NamedTuple

from mnemo.repo.location import Place
from mnemo.repo.paths import from_system, nfc, to_system

MOST_FOLDERS = 60_000  # each takes about a kilobyte of the kernel's memory

# In the git directory of a working tree: what is checked out, and what git is in the middle of.
HEAD_NAMES = frozenset(
    "HEAD MERGE_HEAD CHERRY_PICK_HEAD REVERT_HEAD BISECT_LOG rebase-merge rebase-apply sequencer".split()
)
INDEX = "index"
SHARED_NAMES = frozenset(("packed-refs", "refs", "worktrees", "reftable"))

Names = dict[str, "set[str] | None"]  # by folder, None for everything in it


class Files(NamedTuple):
    """What is watched of a working tree's files.

    Args:
        names: the names that matter in each folder, as the system spells both.
        aliases: where links lead inside the tree: what anchors call it, by its real path.
    """

    names: Names
    aliases: dict[str, set[str]]


def of_files(top: str, paths: Iterable[str], tracked: Iterable[str]) -> Files:
    """Return what is watched for some files.

    Args:
        top: of the working tree.
        paths: what anchors name, relative to it; they may be missing, or lie behind links.
        tracked: all files that a search looks through; empty when nobody searches.
    """
    names: Names = {top: set()}
    aliases: dict[str, set[str]] = {}
    known: dict[str, str] = {}
    for path in paths:
        full = f"{top}/{to_system(path)}"
        add(names, top, full)
        real = _real(full, known)
        if real != full and real.startswith(top + "/"):
            add(names, top, real)
            aliases.setdefault(nfc(from_system(real[len(top) + 1 :])), set()).add(path)
    for path in tracked:
        add(names, top, f"{top}/{to_system(path)}")
    return Files(names, aliases)


def _real(path: str, known: dict[str, str]) -> str:
    """Return where a path leads; known remembers it of folders, which are few."""
    folder, _, name = path.rpartition("/")
    if folder not in known:
        known[folder] = os.path.realpath(folder)
    there = f"{known[folder]}/{name}"
    return os.path.realpath(there) if os.path.islink(there) else there


def add(names: Names, top: str, path: str) -> None:
    """Let a path and all folders above it matter, up to the top."""
    while path != top and path.startswith(top):
        folder, _, name = path.rpartition("/")
        known = folder in names
        inside = names.setdefault(folder, set())
        if inside is not None:
            inside.add(name)
        if known:
            return
        path = folder


def of_git(place: Place) -> Names:
    """Return what is watched of git's own files: HEAD, index, operations under way, branches, worktrees."""
    names: Names = {place.git_dir: {*HEAD_NAMES, INDEX}}
    shared = names.setdefault(place.common_dir, set())
    if shared is not None:
        shared |= SHARED_NAMES
    for folder in ("refs/heads", "reftable"):
        for path, _, _ in os.walk(os.path.join(place.common_dir, folder)):
            names[path] = None
    names[os.path.join(place.common_dir, "refs")] = {"heads"}
    names[os.path.join(place.common_dir, "worktrees")] = None
    return names


def merge(plans: Iterable[Names]) -> Names:
    """Return several plans as one."""
    whole: Names = {}
    for plan in plans:
        for folder, names in plan.items():
            known = whole.get(folder, set[str]())
            whole[folder] = None if known is None or names is None else known | names
    return whole


def matters(names: Names, folder: str, name: str) -> bool:
    """Tell whether a change in a watched folder is worth a look."""
    if name.endswith(".lock"):
        return False  # git writes beside a file before it renames
    wanted = names.get(folder, set[str]())
    return not name or wanted is None or name in wanted or (not name.isascii() and _is_among(name, wanted))


def _is_among(name: str, wanted: Collection[str]) -> bool:
    """Tell whether a name is wanted in another spelling of the same letters, as old Macs write them."""
    composed = nfc(from_system(name))
    return any(nfc(from_system(each)) == composed for each in wanted if not each.isascii())
