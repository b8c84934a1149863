"""Branches that have entries and are gone, and which branch has their work now."""

from __future__ import annotations

from collections.abc import Iterator

from mnemo.repo import landing, reflog
from mnemo.repo.git import Git
from mnemo.repo.head import branch_name
from mnemo.store import branches, worklog
from mnemo.store.connections import Connection

DETACHED = "HEAD@"
MOST_TIPS = 20  # commits of one branch whose work is looked for, those seen last


def list_fates(connection: Connection, git: Git, *, local_only: bool = False) -> list[tuple[str, str]]:
    """Return each branch that has entries and is gone, and who has its work; nobody when empty.

    A branch that was renamed, merged, squashed or rebased is not lost, and its entries need not be. What was
    written on a detached HEAD or outside of git belongs to no branch that could go.

    Args:
        connection: a reader of the store.
        git: the repository.
        local_only: whether a branch that only a remote has is gone too.
    """
    living = _living(git, local_only)
    gone = [
        name
        for name in worklog.list_branches(connection)
        if name and name not in living and not name.startswith(DETACHED)
    ]
    if not gone:
        return []
    renamed = {old: new for new in living for old in reversed(reflog.list_former_names(git.place, new))}
    return [(name, renamed.get(name) or _merged_into(connection, git, name)) for name in gone]


def _living(git: Git, local_only: bool) -> set[str]:
    found = {branch_name(name) for name in git.branches()}
    # A branch without a commit is only known to the worktree that is on it.
    found |= {branch_name(one.branch) for one in git.worktrees()}
    if not local_only:
        # A remote's name may hold slashes, so whatever follows any of them may be the branch.
        for name in git.remote_branches():
            parts = branch_name(name).split("/")
            found |= {"/".join(parts[start:]) for start in range(1, len(parts))}
    return found


def _merged_into(connection: Connection, git: Git, name: str) -> str:
    """Return the default branch when it holds what was done on a branch, else nobody."""
    default = git.default_branch()
    trunk = git.find_commit(default) if default else None
    if not trunk or default == name:
        return ""
    held = git.contained([landed for _, landed in _seen(connection, git, name) if landed], trunk)
    for tip, landed in list(dict.fromkeys(_seen(connection, git, name)))[:MOST_TIPS]:
        if landed in held or _holds(git, tip, trunk):
            return default
    return ""


def _seen(connection: Connection, git: Git, name: str) -> Iterator[tuple[str, str]]:
    """Yield where a branch with work of its own was seen, the newest first, and where that came in."""
    left = [one for one in reflog.list_left(git.place) if one.branch == name]
    tips = [one for one in branches.list_tips(connection) if one.branch == name]
    yield from ((one.commit, "") for one in left if one.worked)
    yield from ((one.tip, one.landed) for one in tips if one.worked)
    if not left and not tips:
        # Nothing tells whether anything was done there; what the trunk holds is kept rather than lost.
        yield from ((commit, "") for commit in worklog.list_commits(connection, name))


def _holds(git: Git, tip: str, trunk: str) -> bool:
    """Whether a history holds a commit, or what was done up to it in another form."""
    if git.find_commit(tip) is None:
        return False
    if git.contained([tip], trunk):
        return True
    work = landing.find_work(git, tip, trunk)
    return work is not None and landing.find_landing(git, work, trunk) is not None
