"""What is checked out: branch, commit, and what git is in the middle of, read without starting git."""

from __future__ import annotations

import os

from mnemo.errors import NotARepository
from mnemo.light import NamedTuple
from mnemo.repo.location import Place, find_head, read_bytes

# refs/ of one working tree only; all others are shared (gitrepository-layout(5)).
OWN_REFS = ("refs/bisect/", "refs/worktree/", "refs/rewritten/")
DEEPEST_LINK = 5

# In this order, because a rebase or a sequence of picks leaves the marks of single steps too.
_OPERATIONS = (
    ("rebase", "rebase-merge"),
    ("am", "rebase-apply/applying"),
    ("rebase", "rebase-apply"),
    ("merge", "MERGE_HEAD"),
    ("cherry-pick", "CHERRY_PICK_HEAD"),
    ("revert", "REVERT_HEAD"),
    ("cherry-pick", "sequencer/todo"),
    ("bisect", "BISECT_LOG"),
)
_HEX = frozenset("0123456789abcdef")
# With the reftable format HEAD is a stub, and the references lie in binary tables.
_ELSEWHERE = "refs/heads/.invalid"


class Head(NamedTuple):
    """What is checked out in one working tree.

    Args:
        branch: the branch, or HEAD@ and seven digits of the commit when it is detached.
        commit: its full hash; empty when the branch has no commit yet.
    """

    branch: str
    commit: str


def read_head(place: Place) -> Head:
    """Read what is checked out.

    Args:
        place: the working tree.

    Raises:
        NotARepository: its HEAD is gone or unreadable.
    """
    text = find_head(place.git_dir)
    if text is None:
        raise NotARepository(
            f"The HEAD of {place.git_dir} cannot be read.", "Run git fsck there, or check its permissions."
        )
    if not text.startswith("ref: "):
        return detached(text)
    ref = text[5:]
    if ref == _ELSEWHERE:
        from mnemo.repo.git import Git

        branch, commit = Git(place).head()
        return Head(branch_name(branch), commit) if branch else detached(commit)
    return Head(branch_name(ref), _find_ref(place, ref) or "")


def detached(commit: str) -> Head:
    """Return the head of a working tree that is on no branch."""
    return Head(f"HEAD@{commit[:7]}", commit)


def branch_name(ref: str) -> str:
    """Return a branch as people call it, valid Unicode whatever bytes its name holds."""
    name = ref.removeprefix("refs/heads/")
    return name if name.isascii() else os.fsencode(name).decode("utf-8", "replace")


def resolve(place: Place, ref: str) -> str | None:
    """Return the commit of a branch, None when nothing is called so.

    Args:
        place: the working tree.
        ref: HEAD, a full hash, a full ref name, or a branch: local first, then remote, then of origin. Not
            a tag, which can have the name of a branch.
    """
    if ref == "HEAD":
        return read_head(place).commit or None
    if _is_commit(ref.lower()):
        return ref.lower()
    if find_head(place.git_dir) == f"ref: {_ELSEWHERE}":
        from mnemo.repo.git import Git

        return Git(place).find_commit(ref)
    try:
        name = os.fsdecode(ref.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError:
        return None
    roots = ("",) if name.startswith("refs/") else ("refs/heads/", "refs/remotes/", "refs/remotes/origin/")
    return next((commit for root in roots if (commit := _find_ref(place, root + name))), None)


def operation(place: Place) -> str | None:
    """Name what git is in the middle of here: rebase, am, merge, cherry-pick, revert or bisect; else None.

    Args:
        place: the working tree; others of the repository may be in the middle of something else.
    """
    try:
        there = set(os.listdir(place.git_dir))  # one look instead of eight: this is asked before each recall
    except OSError:
        return None
    for name, mark in _OPERATIONS:
        path = os.path.join(place.git_dir, mark)
        if mark.partition("/")[0] in there and os.path.exists(path):
            reverting = mark == "sequencer/todo" and read_bytes(path).lstrip().startswith(b"revert")
            return "revert" if reverting else name
    return None


def _find_ref(place: Place, ref: str, depth: int = 0) -> str | None:
    if ".." in ref or "\0" in ref or not ref.startswith("refs/") or depth > DEEPEST_LINK:
        return None
    folder = place.git_dir if ref.startswith(OWN_REFS) else place.common_dir
    text = os.fsdecode(read_bytes(os.path.join(folder, ref))).strip()
    if text.startswith("ref:"):
        return _find_ref(place, text[4:].strip(), depth + 1)
    # git writes packed-refs before it removes the loose file, so this order never misses one.
    return text if _is_commit(text) else _find_packed(place.common_dir, ref)


def _find_packed(common_dir: str, ref: str) -> str | None:
    table = read_bytes(os.path.join(common_dir, "packed-refs"))
    end = table.find(b" " + os.fsencode(ref) + b"\n")
    commit = os.fsdecode(table[table.rfind(b"\n", 0, max(end, 0)) + 1 : max(end, 0)])
    return commit if _is_commit(commit) else None


def _is_commit(text: str) -> bool:
    return len(text) in (40, 64) and _HEX.issuperset(text)
