"""Where a claim holds: decided by what it is pinned to, when nobody says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from mnemo.memory.drafts import Draft
from mnemo.memory.naming import named_paths
from mnemo.model.anchor import Anchor, Finding
from mnemo.repo.files import CommitTree

OF_THE_BRANCH = ("decisions", "tasks")  # made while working; they hold for all once the branch merges


class Base(NamedTuple):
    """What this branch shares with the default branch.

    Args:
        default: the default branch's name.
        tree: the files of the merge base; None when nothing is committed.
        judge: judges an anchor in that tree.
    """

    default: str
    tree: CommitTree | None
    judge: Callable[[Anchor], Finding]


def decide(draft: Draft, base: Callable[[], Base]) -> tuple[str, str]:
    """Return a claim's scope and why.

    Args:
        draft: what is claimed.
        base: gives the merge base with the default branch, asked only when it matters.
    """
    if draft.scope != "auto":
        return draft.scope, "as asked"
    if draft.anchors:
        return _by_anchors(draft, base())
    if draft.domain in OF_THE_BRANCH:
        return "branch", f"{draft.domain} without anchors belong to their branch"
    named = named_paths(draft.code)
    if not named:
        return "project", "it names no path"
    shared = base()
    if shared.tree is None:
        return "branch", "nothing is committed yet"
    for path in named:
        if not shared.tree.exists(path):
            return "branch", f"{path} is not on {shared.default}"
    return "project", f"the paths it names are on {shared.default}"


def look_ahead(drafts: Iterable[Draft], base: Callable[[], Base]) -> None:
    """Read at once what deciding the scopes of several drafts will look into.

    Args:
        drafts: what is claimed.
        base: as for decide.
    """
    anchors = (anchor for draft in drafts if draft.scope == "auto" for anchor in draft.anchors)
    paths = list(dict.fromkeys(anchor.path for anchor in anchors if anchor.path))
    tree = base().tree if len(paths) > 1 else None
    if tree:
        tree.load(paths)


def _by_anchors(draft: Draft, shared: Base) -> tuple[str, str]:
    if shared.tree is None:
        return "branch", "nothing is committed yet"
    for anchor in draft.anchors:
        if shared.judge(anchor).state != "ok":
            return (
                "branch",
                f"{anchor.path or anchor.name or anchor.pattern} does not hold on {shared.default} yet",
            )
    return "project", f"every anchor holds on {shared.default}"
