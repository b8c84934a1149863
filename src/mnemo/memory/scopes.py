"""Where a claim holds: decided by what it is pinned to, when nobody says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import NamedTuple

from mnemo.memory.drafts import Draft
from mnemo.model.anchor import Anchor, Finding
from mnemo.repo.files import CommitTree

OF_THE_BRANCH = ("decisions", "tasks")  # made while working; they hold for all once the branch merges
_SUFFIXES = "py pyi js ts tsx jsx go rs java toml yaml yml json md sql sh cfg ini html css c h cpp rb php"
_PATH = re.compile(
    r"(?<![\w/.:@-])(?:[\w.-]+/)+[\w.-]*\w|(?<![\w/.:@-])[\w-]+\.(?:" + "|".join(_SUFFIXES.split()) + r")\b"
)
# Looked for in each word once, which is quicker than whole texts for what few of them have.
_LIKE_CODE = re.compile(r"[/`(_]|::|\S\.[\w$]|[a-z0-9][A-Z]")
_LONGEST_WORD = 40


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
    named = named_paths(draft.content)
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


def named_paths(content: str) -> tuple[str, ...]:
    """Return what looks like paths of files in a text, in order."""
    return tuple(dict.fromkeys(found.group().rstrip(".") for found in _PATH.finditer(like_code(content))))


@lru_cache(maxsize=4)  # what decides about a claim's scope and what suggests its anchors ask alike
def like_code(content: str) -> str:
    """Return what may hold a path or a name of code, in order and between blanks, without the plain words."""
    return " ".join([run for run in content.split() if len(run) > _LONGEST_WORD or _is_like_code(run)])


@lru_cache(maxsize=8192)
def _is_like_code(run: str) -> bool:
    return _LIKE_CODE.search(run) is not None


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
