"""Which commits last changed a line or a file, and what two commits have differently.

Only commits are looked at, never working files: for those git would run the filters that a repository names.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

from mnemo.repo import changes, hardening
from mnemo.repo.commits import Commit, iter_commits
from mnemo.repo.git import Git

LARGEST_COMPARED = 20_000  # lines of a file that is not as it was committed


class Differences(NamedTuple):
    """What two states of the files have differently.

    Args:
        changed: paths before and after, of what was added, modified, deleted or renamed.
        renamed: where files are now, by their path before.
    """

    changed: frozenset[str]
    renamed: dict[str, str]


def list_blamed(git: Git, commit: str, path: str, first: int, last: int) -> list[str]:
    """Return the commits that last changed lines of a file, as often named as they come first.

    Args:
        git: the repository.
        commit: a full hash; the file as it is there.
        path: relative to the top.
        first, last: lines from 1.

    Raises:
        MnemoError: the file is not there, or has no such line.
    """
    found = git.run(
        "blame",
        "--porcelain",
        "--no-textconv",
        f"-L{first},{last}",
        commit,
        "--",
        changes.as_argument(path),
    )
    return list(dict.fromkeys(_blamed(found)))


def list_commits(git: Git, commit: str, path: str, limit: int) -> list[str]:
    """Return the newest commits in the history of one that changed a file or folder, newest first.

    Args:
        git: the repository.
        commit: a full hash.
        path: relative to the top.
        limit: how many at most.
    """
    place = f":(top,literal){changes.as_argument(path)}"
    return changes.as_text(git.run("rev-list", f"--max-count={limit}", commit, "--", place)).split()


def read_commits(git: Git, hashes: list[str]) -> list[Commit]:
    """Return commits with their messages, in the order given; merges and empty ones are left out."""
    return list(iter_commits(git, hashes)) if hashes else []


def find_lines(now: str, then: str, first: int, last: int) -> tuple[int, int] | None:
    """Return where lines of a text stood in an earlier one, None when none of them did.

    Args:
        now, then: the texts.
        first, last: lines of now, from 1.
    """
    if now == then:
        return first, last
    after, before = now.split("\n"), then.split("\n")
    if max(len(after), len(before)) > LARGEST_COMPARED:
        return None
    found: list[int] = []
    for block in SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks():
        low, high = max(first - 1, block.b), min(last, block.b + block.size)
        found += [block.a + at - block.b + 1 for at in (low, high - 1)] if low < high else []
    return (min(found), max(found)) if found else None


def compare(git: Git, before: str, after: str) -> Differences:
    """Return what two commits have differently.

    Args:
        before, after: full hashes.
    """
    options = ("-r", "-M", "-l1000", *hardening.PLAIN_DIFF)
    return _differences(changes.parse_changes(git.run("diff-tree", *options, before, after)))


def compare_with_work(git: Git, before: str) -> Differences:
    """Return what the working tree has otherwise than a commit, untracked files included."""
    renamed = git.renames(before)
    return Differences(frozenset((*git.changed(before), *renamed, *renamed.values())), renamed)


def _differences(found: list[changes.Change]) -> Differences:
    renamed = {one.path: one.renamed for one in found if one.letter == "R"}
    return Differences(frozenset(path for one in found for path in (one.path, one.renamed)), renamed)


def _blamed(porcelain: bytes) -> Iterator[str]:
    """Give the commit of each line; every line of a file stands behind a tab."""
    header = True
    for line in porcelain.split(b"\n"):
        if header and line:
            yield changes.as_text(line.split(b" ", 1)[0]).lstrip("^")
        header = line.startswith(b"\t")
