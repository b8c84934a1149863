"""Whether a repository is in a state in which work may be started apart from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit, urlunsplit

from mnemo.repo import head as heads
from mnemo.repo.location import Place

if TYPE_CHECKING:
    from mnemo.repo.git import Git

# Branches that others rely on: nothing is made on them that was not reviewed.
PROTECTED = ("main", "master", "production", "release")
MOST_NAMED = 3


class Blocker(NamedTuple):
    """One reason against starting.

    Args:
        word: not_a_repository, no_commit, dirty_worktree, untracked_files, operation_under_way,
            detached_head or protected_branch.
        message: what is so, with the value.
        fix: what to do about it.
    """

    word: str
    message: str
    fix: str


class Preflight(NamedTuple):
    """What was looked at before the start.

    Args:
        branch, commit: what is checked out; empty where there is none.
        blockers: the reasons against it, what could be lost first.
        remotes: name -> address, without user names and passwords.
    """

    branch: str
    commit: str
    blockers: tuple[Blocker, ...]
    remotes: dict[str, str]


def check(place: Place | None) -> Preflight:
    """Look at a repository before work is started apart from it; nothing is changed.

    Args:
        place: its working tree; None where there is no repository.
    """
    if place is None:
        missing = Blocker("not_a_repository", "This folder is in no Git repository.", "Run git init there.")
        return Preflight("", "", (missing,), {})
    from mnemo.repo.git import Git

    git = Git(place)
    head = heads.read_head(place)
    blockers = [*_of_files(git, head.commit), *_of_head(place, head)]
    return Preflight(head.branch, head.commit, tuple(blockers), remotes(git))


def is_protected(branch: str) -> bool:
    """Tell whether a branch is one that others rely on: main, master, production, release, release/…"""
    return branch in PROTECTED or branch.startswith("release/")


def remotes(git: Git) -> dict[str, str]:
    """Return the remotes of a repository: name -> address, without user names and passwords."""
    found: dict[str, str] = {}
    for entry in git.run("config", "-z", "--list").decode("utf-8", "replace").split("\0"):
        key, _, value = entry.partition("\n")
        if key.startswith("remote.") and key.endswith(".url"):
            found.setdefault(key[len("remote.") : -len(".url")], _without_login(value))
    return found


def _of_files(git: Git, commit: str) -> list[Blocker]:
    if git.place.top is None:
        return []
    if not commit:
        return [Blocker("no_commit", "The repository has no commit yet.", "Commit something first.")]
    changed = git.changed()
    untracked = sorted(path for path, kind in changed.items() if kind == "untracked")
    dirty = sorted(set(changed) - set(untracked))
    found: list[Blocker] = []
    if dirty:
        message = f"Not committed: {_named(dirty)}."
        found.append(Blocker("dirty_worktree", message, "Commit or stash it first."))
    if untracked:
        message = f"Not tracked: {_named(untracked)}."
        found.append(Blocker("untracked_files", message, "Commit, ignore or move it away first."))
    return found


def _of_head(place: Place, head: heads.Head) -> list[Blocker]:
    found: list[Blocker] = []
    under_way = heads.operation(place)
    if under_way:
        message = f"A {under_way} is under way."
        found.append(Blocker("operation_under_way", message, "Finish or abort it first."))
    if head.branch.startswith("HEAD@"):
        message = f"HEAD is detached at {head.commit[:12]}."
        found.append(Blocker("detached_head", message, "Check out a branch first."))
    if is_protected(head.branch):
        message = f"{head.branch} is a protected branch."
        found.append(Blocker("protected_branch", message, "Check out a branch for this work first."))
    return found


def _named(paths: list[str]) -> str:
    more = f" and {len(paths) - MOST_NAMED} more" if len(paths) > MOST_NAMED else ""
    return ", ".join(paths[:MOST_NAMED]) + more


def _without_login(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    if not parts.scheme or "@" not in parts.netloc:
        return address
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
