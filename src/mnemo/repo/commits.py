"""The history of a branch, walked in one stream, and what single commits changed line by line.

Two plumbing commands do it: `rev-list` says which commits, `diff-tree --stdin` says what each of them is.
Neither obeys settings that could run a program, and no process is started per commit.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from mnemo.repo import changes
from mnemo.repo.git import Git

LONGEST_MESSAGE = 20_000  # characters kept of one message
MOST_PATHS = 1_000  # kept of one commit
LONGEST_PATCH = 400_000  # bytes read of one commit's patch

_PLAIN = ("-r", "--root", "--no-renames", "--no-ext-diff", "--no-textconv", "--encoding=UTF-8")


class Commit(NamedTuple):
    """One commit and the paths that it touched.

    Args:
        hash: full.
        time: seconds since 1970, when it was committed.
        author: name and mail address of who wrote it.
        message: whole, without trailing blank lines.
        paths: what it changed, relative to the top.
    """

    hash: str
    time: int
    author: str
    message: str
    paths: tuple[str, ...]


class Touched(NamedTuple):
    """What one commit changed in one file.

    Args:
        path: relative to the top.
        removed, added: stripped lines.
    """

    path: str
    removed: frozenset[str]
    added: frozenset[str]


def list_hashes(git: Git, *, since: int = 0, limit: int = 0) -> list[str]:
    """Return the commits of HEAD's history without merges, newest first.

    Args:
        git: the repository.
        since: seconds since 1970; older ones are left out, 0 for none.
        limit: how many at most, 0 for all.
    """
    if not git.find_commit("HEAD"):
        return []
    options = ["--no-merges"]
    options += [f"--max-age={since}"] if since else []
    options += [f"--max-count={limit}"] if limit else []
    return changes.as_text(b"".join(git.iter_output("rev-list", *options, "HEAD", "--"))).split()


def iter_commits(git: Git, hashes: Iterable[str]) -> Iterator[Commit]:
    """Yield commits with their messages and paths, in the order given; empty ones are left out.

    Args:
        git: the repository.
        hashes: full.
    """
    # No message or path can hold NUL, and nobody who wrote one can have known this mark.
    mark = os.urandom(12).hex().encode()
    form = f"--format=tformat:%x00{mark.decode()}%x00%H%x00%ct%x00%an <%ae>%x00%B%x00"
    given = "".join(f"{one}\n" for one in hashes).encode()
    output = git.iter_output("diff-tree", "--stdin", "-z", "--name-only", *_PLAIN, form, given=given)
    for fields in _records(output, mark):
        if len(fields) > 4:
            yield _commit(fields)


def iter_patches(git: Git, hashes: Iterable[str]) -> Iterator[tuple[str, list[Touched]]]:
    """Yield what each commit changed line by line, in the order given.

    Args:
        git: the repository.
        hashes: full.
    """
    mark = os.urandom(12).hex().encode()
    form = f"--format=tformat:%x00{mark.decode()}%x00%H%x00"
    given = "".join(f"{one}\n" for one in hashes).encode()
    output = git.iter_output(
        "diff-tree", "--stdin", "-z", "-p", "-U0", "--no-color", *_PLAIN, form, given=given
    )
    for fields in _records(output, mark):
        if len(fields) > 1:
            yield changes.as_text(fields[0]), _touched(b"\0".join(fields[1:]))


def _records(output: Iterable[bytes], mark: bytes) -> Iterator[list[bytes]]:
    """Yield the fields behind each mark; fields end with NUL."""
    rest = b""
    record: list[bytes] | None = None
    for piece in output:
        *fields, rest = (rest + piece).split(b"\0")
        for field in fields:
            if field == mark:
                if record is not None:
                    yield record
                record = []
            elif record is not None:
                record.append(field)
    if record is not None:
        yield [*record, rest]


def _commit(fields: list[bytes]) -> Commit:
    name, time, author, message, *listed = fields
    # Between a message and its paths stand an empty field and a line end.
    first = [path.removeprefix(b"\n") for path in listed[:2]]
    paths = tuple(changes.as_text(path) for path in (*first, *listed[2:MOST_PATHS]) if path)
    text = message.decode("utf-8", "replace").rstrip()[:LONGEST_MESSAGE]
    seconds = int(time) if time.isdigit() else 0
    return Commit(changes.as_text(name), seconds, author.decode("utf-8", "replace"), text, paths)


class _File:
    """What a patch says of one file, while it is read."""

    def __init__(self) -> None:
        self.path = ""
        self.removed: set[str] = set()
        self.added: set[str] = set()
        self.inside = False

    def take(self, line: str) -> None:
        if line.startswith("@@ "):
            self.inside = True
        elif not self.inside and line.startswith(("--- ", "+++ ")) and not line.startswith("/dev/null", 4):
            self.path = _unquoted(line[4:].rstrip("\t"))[2:]
        elif self.inside and line.startswith("-"):
            self.removed.add(line[1:].strip())
        elif self.inside and line.startswith("+"):
            self.added.add(line[1:].strip())


def _unquoted(name: str) -> str:
    """Return a name as it is: git quotes what is not ASCII as C does (git-config(1), core.quotePath)."""
    if not name.startswith('"'):
        return name
    raw = name.strip('"').encode("ascii", "replace").decode("unicode_escape", "replace")
    return changes.as_text(raw.encode("latin-1", "replace"))


def _touched(patch: bytes) -> list[Touched]:
    """Return what a patch without context says, file by file."""
    files = [_File()]
    for line in patch[:LONGEST_PATCH].decode("utf-8", "replace").split("\n"):
        if line.startswith("diff --git "):
            files.append(_File())
        files[-1].take(line)
    return [Touched(one.path, frozenset(one.removed), frozenset(one.added)) for one in files if one.path]
