"""Whether a branch's work is in another history: merged, squashed into one commit, or rebased.

A squash and a rebase leave no trace of the branch's commits. What they leave is the change itself, which
git-patch-id(1) names whatever its place; without context lines, so that neighbours may have changed.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from mnemo.repo.changes import as_text
from mnemo.repo.git import Git
from mnemo.repo.head import branch_name

MOST_COMMITS = 2_000  # of a history that are looked at for a branch's work, the newest

_PATCH = ("-p", "-r", "--root", "--unified=0", "--no-ext-diff", "--no-textconv", "--no-color", "--full-index")
_LINE = re.compile(r"([0-9a-f]{40,64}) ([0-9a-f]{40,64})")


class Work(NamedTuple):
    """What a branch did since it left a history.

    Args:
        tip: its last commit.
        base: where it left.
        whole: the patch id of all it did; empty when it changed nothing.
        patches: the patch id of each of its commits, merges left out.
        commits: its commits, the newest first.
    """

    tip: str
    base: str
    whole: str
    patches: list[str]
    commits: list[str]


def list_branches(git: Git) -> list[tuple[str, str]]:
    """Return every local branch with its last commit."""
    lines = as_text(git.run("for-each-ref", "--format=%(objectname) %(refname)", "refs/heads/")).splitlines()
    found = (line.split(" ", 1) for line in lines)
    return [(branch_name(ref), commit) for commit, ref in found]


def find_work(git: Git, tip: str, history: str) -> Work | None:
    """Return what a branch did, None when it shares nothing with the history or is part of it.

    Args:
        git: the repository.
        tip: the branch's last commit.
        history: a commit of the history that it left.
    """
    base = git.merge_base(tip, history)
    if base is None or base == tip:
        return None
    whole = _patches(git, git.run("diff-tree", *_PATCH, base, tip))
    each = _patches_since(git, base, tip)
    commits = as_text(git.run("rev-list", f"--max-count={MOST_COMMITS}", tip, f"^{base}")).split()
    return Work(tip, base, next(iter(whole.values()), ""), list(dict.fromkeys(each.values())), commits)


def find_landing(git: Git, work: Work, head: str) -> str | None:
    """Return the commit with which a branch's work came into a history, None when it is not there.

    Args:
        git: the repository.
        work: what the branch did; its own commits may be gone.
        head: the history's newest commit.
    """
    if work.tip in git.contained([work.tip], head):
        return work.tip
    if not work.whole or work.base not in git.contained([work.base], head):
        return None
    places: dict[str, str] = {}
    for commit, patch in _patches_since(git, work.base, head).items():
        places.setdefault(patch, commit)  # the newest first
    if work.whole in places:
        return places[work.whole]
    rebased = [places.get(patch) for patch in work.patches]
    if not rebased or None in rebased:
        return None
    return next(commit for commit in places.values() if commit in rebased)


def _patches_since(git: Git, base: str, tip: str) -> dict[str, str]:
    """Return the patch id of each commit after base, the newest first."""
    most = f"--max-count={MOST_COMMITS}"
    commits = git.run("rev-list", "--no-merges", most, tip, f"^{base}")
    found = _patches(git, git.run("diff-tree", "--stdin", *_PATCH, given=commits))
    return {commit: found[commit] for commit in as_text(commits).split() if commit in found}


def _patches(git: Git, patch: bytes) -> dict[str, str]:
    """Return patch ids by commit; by a hash of zeros for a patch without one."""
    if not patch.strip():
        return {}
    lines = as_text(git.run("patch-id", "--stable", given=patch)).splitlines()
    return {found[2]: found[1] for line in lines if (found := _LINE.fullmatch(line))}
