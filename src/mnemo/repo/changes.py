"""What git's raw listings say, and what changed files hold: parsed, hashed and compared without git.

git may run a filter that a repository names whenever it looks into a working file; Python runs nothing.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from mnemo.errors import Invalid

LIKENESS = 0.5  # git's own threshold for a rename (gitdiffcore(7), "diffcore-rename")
MOST_PAIRS = 2_500  # more files than that are paired only when they are equal
LARGEST_COMPARED = 1 << 20  # bytes
_CHUNK = 1 << 20
_SUBMODULE = b"160000"
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_OBJECT = re.compile(rb"([0-9a-f]{40,64}) (\w+) (\d+)")


class Change(NamedTuple):
    """One path that two trees have differently.

    Args:
        letter: A, M, D, T or R, as git-diff-index(1) has it.
        old: blob before, empty when there was none.
        new: blob afterwards, empty when there is none.
        path: path before.
        renamed: path afterwards, the same unless letter is R.
    """

    letter: str
    old: str
    new: str
    path: str
    renamed: str


class Entry(NamedTuple):
    """One path that git lists in a working tree, index or commit.

    Args:
        tag: H as listed, S not checked out, C changed, M unmerged, ? untracked.
        oid: its blob; empty for untracked files, and where blobs were not asked for.
        path: relative to the top.
    """

    tag: str
    oid: str
    path: str


class Worktree(NamedTuple):
    """One working tree of a repository.

    Args:
        path: its top.
        branch: its branch, or HEAD@ and seven digits of the commit when it is detached.
    """

    path: str
    branch: str


def as_text(name: bytes) -> str:
    """Return a name that git printed: paths in a repository are UTF-8, whatever the locale says."""
    return name.decode("utf-8", "surrogateescape")


def as_bytes(name: str) -> bytes:
    """Return a name as git stores it.

    Raises:
        Invalid: no path or reference can be called so.
    """
    try:
        if "\0" not in name:
            return name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        pass
    raise Invalid(f"{name[:80]!r} cannot be a name in git.", "Leave out NUL and lone surrogates.")


def as_argument(name: str) -> str:
    """Return a name as an argument of a process, whatever the locale."""
    return os.fsdecode(as_bytes(name))


def meanings(ref: str) -> tuple[str, str, str]:
    """Return what a revision may stand for, in order; what can be none stands for nothing.

    Args:
        ref: HEAD, a full hash or a full ref name stands for itself, also where a branch is called so; another
            name for a local branch, any revision, a branch of origin.
    """
    if not ref or set(ref) & {"\n", "\0", ":"}:
        return (".", ".", ".")
    if ref == "HEAD" or ref.startswith("refs/") or _COMMIT.fullmatch(ref):
        return (ref, ref, ref)
    return (f"refs/heads/{ref}", ref, f"refs/remotes/origin/{ref}")


def complaint(error: bytes) -> str:
    """Return the one line that says why git failed, from all it wrote to standard error."""
    lines = [line for line in error.decode("utf-8", "replace").splitlines() if line.strip()]
    fatal = [line for line in lines if line.startswith("fatal:")]
    return (fatal or lines or ["it said nothing"])[0].removeprefix("fatal:").strip()[:200]


def parse_changes(raw: bytes) -> list[Change]:
    """Parse the output of a diff with `--raw -z`.

    Args:
        raw: colon, two modes, two blobs and a letter; then one path, or two for a rename; all ended by NUL.
    """
    changes: list[Change] = []
    fields = iter(raw.split(b"\0"))
    for field in fields:
        if not field.startswith(b":"):
            continue
        _, _, old, new, letter = field.decode("ascii").split(" ")
        path = as_text(next(fields))
        renamed = as_text(next(fields)) if letter[0] in "RC" else path
        changes.append(
            Change(letter[0], old if old.strip("0") else "", new if new.strip("0") else "", path, renamed)
        )
    return changes


def parse_files(listing: bytes, staged: bool) -> list[Entry]:
    """Parse the output of `ls-files -z -t`; nested repositories, which it lists as folders, are left out.

    Args:
        listing: tag and path, each ended by NUL; paths in the index with mode, blob, stage and a tab before
            them when staged.
        staged: whether `--stage` was given.
    """
    entries: list[Entry] = []
    for record in listing.split(b"\0")[:-1]:
        tag, oid, path = record[:1].decode("ascii"), "", record[2:]
        if staged and tag != "?":
            fields, path = path.split(b"\t", 1)
            oid = fields.split(b" ")[1].decode("ascii")
        if not path.endswith(b"/"):
            entries.append(Entry(tag, oid, as_text(path)))
    return entries


def parse_tree(listing: bytes) -> list[Entry]:
    """Parse the output of `ls-tree -r -z` or `ls-files -z --stage`, submodules left out.

    Args:
        listing: mode, kind, blob or mode, blob, stage; a tab and the path, each ended by NUL.
    """
    entries: list[Entry] = []
    for record in listing.split(b"\0")[:-1]:
        fields, path = record.split(b"\t", 1)
        if not fields.startswith(_SUBMODULE):
            oid = max(fields.split(b" ")[1:], key=len)
            entries.append(Entry("H", oid.decode("ascii"), as_text(path)))
    return entries


def parse_objects(listing: bytes) -> list[str | None]:
    """Parse the output of `cat-file --batch-check`: the object of each line, None when it is missing."""
    return [
        m[1].decode("ascii") if (m := _OBJECT.fullmatch(line)) else None for line in listing.split(b"\n")[:-1]
    ]


def parse_contents(listing: bytes, names: list[str]) -> dict[str, bytes]:
    """Parse the output of `cat-file --batch`: what is missing or no blob is left out.

    Args:
        listing: for each name a line with object, kind and size, then its content and a line end.
        names: what the objects are to be called, in the order asked.
    """
    found: dict[str, bytes] = {}
    at = 0
    for name in names:
        end = listing.index(b"\n", at)
        header = _OBJECT.fullmatch(listing, at, end)
        at = end + 1
        if header:
            size = int(header[3])
            if header[2] == b"blob":
                found[name] = listing[at : at + size]
            at += size + 1
    return found


def parse_worktrees(listing: bytes) -> list[Worktree]:
    """Parse the output of `worktree list --porcelain`; bare ones and those that are gone are left out.

    Args:
        listing: blocks of lines, each a word and its value.
    """
    found: list[Worktree] = []
    for block in as_text(listing).split("\n\n"):
        lines = {word: value for word, _, value in (line.partition(" ") for line in block.split("\n"))}
        if "worktree" in lines and not lines.keys() & {"bare", "prunable"}:
            branch = lines.get("branch", f"HEAD@{lines.get('HEAD', '')[:7]}").removeprefix("refs/heads/")
            found.append(Worktree(os.fsdecode(as_bytes(lines["worktree"])), branch))
    return found


def compose(steps: Iterable[Change], between: bool = False) -> dict[str, str]:
    """Return where files are after several renames, one upon the other.

    Args:
        steps: renames, the oldest first.
        between: tell it by the names that they had in between, too.
    """
    now: dict[str, str] = {}
    for step in steps:
        former = [old for old, path in now.items() if path == step.path]
        for old in [*former, step.path] if between or not former else former:
            now[old] = step.renamed
    return now


def kinds(staged: Iterable[Change], work: Iterable[Entry]) -> dict[str, str]:
    """Return what happened to each path between a commit and the working files.

    Args:
        staged: what index and commit have differently.
        work: paths that index and working files have differently, each with the blob it is now; empty when
            it is gone.

    Returns:
        added, modified, deleted or untracked, by path.
    """
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    for change in staged:
        before[change.path], after[change.path] = change.old, change.new
    untracked: set[str] = set()
    for entry in work:
        # What index and commit have alike was not named above.
        before.setdefault(entry.path, "" if entry.tag == "?" else "as in the index")
        after[entry.path] = entry.oid
        if entry.tag == "?":
            untracked.add(entry.path)
    return {p: _kind(before[p], oid, p in untracked) for p, oid in after.items() if oid != before[p]}


def state_hash(state: dict[str, str]) -> str:
    """Return one hash of many files.

    Args:
        state: blob by path.
    """
    digest = hashlib.sha256()
    for path, oid in sorted(state.items()):
        digest.update(b"%s\0%s\n" % (as_bytes(path), oid.encode()))
    return digest.hexdigest()


def object_id(kind: str, content: bytes, algorithm: str) -> str:
    """Return the hash git gives an object (gitformat-loose(5)): over its kind, size and content.

    Args:
        kind: blob or tree.
        content: its bytes.
        algorithm: sha1 or sha256, as the repository has it.
    """
    header = f"{kind} {len(content)}\0".encode()
    return hashlib.new(algorithm, header + content, usedforsecurity=False).hexdigest()


def blob_id(path: bytes, algorithm: str) -> str:
    """Return the blob a working file would be, its bytes taken as they are; empty when there is none.

    Args:
        path: the file; of a symbolic link, its target is the content.
        algorithm: sha1 or sha256.
    """
    try:
        status = os.lstat(path)
        if stat.S_ISLNK(status.st_mode):
            return object_id("blob", os.readlink(path), algorithm)
        if not stat.S_ISREG(status.st_mode):
            return ""
        digest = hashlib.new(algorithm, b"blob %d\0" % status.st_size, usedforsecurity=False)
        with open(path, "rb", opener=_open_here) as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
        return digest.hexdigest()
    except PermissionError:
        return "unreadable"
    except OSError:
        return ""


def read_small(path: bytes) -> bytes | None:
    """Read a regular file of at most LARGEST_COMPARED bytes, None when it is none."""
    try:
        status = os.lstat(path)
        if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST_COMPARED:
            return None
        with open(path, "rb", opener=_open_here) as file:
            return file.read(LARGEST_COMPARED)
    except OSError:
        return None


def is_within(path: str, places: set[str]) -> bool:
    """Tell whether a path is one of these files, or lies in one of these folders."""
    while path:
        if path in places:
            return True
        path = path.rpartition("/")[0]
    return bool(places & {"", "."})


def likeness(a: bytes, b: bytes) -> float:
    """Return how much of two files is the same, 0-1: bytes in common lines over bytes of the larger one.

    As git estimates it for renames (gitdiffcore(7)), with lines for its chunks of lines.
    """
    ours, theirs = Counter(a.splitlines(keepends=True)), Counter(b.splitlines(keepends=True))
    common = sum(len(line) * count for line, count in (ours & theirs).items())
    return common / max(len(a), len(b), 1)


def pair_files(lost: dict[str, bytes], found: dict[str, bytes | None]) -> dict[str, str]:
    """Pair files that are gone with new ones like them, the likest first; each is in one pair at most.

    Args:
        lost: contents by old path.
        found: contents by new path; None where it cannot be compared.

    Returns:
        new path by old path.
    """
    equal_only = len(lost) * len(found) > MOST_PAIRS
    pairs: list[tuple[float, str, str]] = []
    for old, a in lost.items():
        for new, b in found.items():
            if not a or not b:
                continue
            share = 1.0 if a == b else 0.0 if equal_only else _likeness_if_enough(a, b)
            if share >= LIKENESS:
                pairs.append((-share, old, new))
    return _first_of_each(sorted(pairs))


def _kind(before: str, after: str, untracked: bool) -> str:
    if not after:
        return "deleted"
    if before:
        return "modified"
    return "untracked" if untracked else "added"


def _first_of_each(pairs: Iterable[tuple[float, str, str]]) -> dict[str, str]:
    paired: dict[str, str] = {}
    taken: set[str] = set()
    for _, old, new in pairs:
        if old not in paired and new not in taken:
            paired[old] = new
            taken.add(new)
    return paired


def _likeness_if_enough(a: bytes, b: bytes) -> float:
    possible = min(len(a), len(b)) / max(len(a), len(b), 1)
    return likeness(a, b) if possible >= LIKENESS else 0.0


def _open_here(path: str | bytes, flags: int) -> int:
    # Between the look at a file and its opening it may become a link or a pipe.
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)
