"""Checking a change against claims, as a review or a pull request does."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mnemo import projects
from mnemo.errors import Invalid
from mnemo.memory import exported, reviewing
from mnemo.memory.reviewing import Change, Stated, Unchecked
from mnemo.project import Project
from mnemo.repo import blame
from mnemo.repo.blame import Differences
from mnemo.repo.files import CommitTree, Tree
from mnemo.repo.git import Git
from mnemo.repo.paths import may_hold_text, nfc
from mnemo.tools.remembering import SCHEMA

Record = dict[str, Any]
FORMATS = ("text", "json", "markdown")


def check(range: str = "", claims: str = "", format: str = "text") -> Record:
    """Tell which claims a change breaks, touches or violates; exit code 3 when there are any.

    Args:
        range: BASE..HEAD, or BASE for what the working tree has since; left out, since the default branch.
        claims: an export to check against instead of the store, as in CI.
        format: text, json or markdown.
    """
    if format not in FORMATS:
        raise Invalid(f"{format[:40]!r} is no format.", f"Use one of {', '.join(FORMATS)}.")
    project = projects.current_unchecked() if claims else projects.current()
    git = project.git()
    base, head = _ends(git, range)
    stated = exported.read_claims(claims) if claims else _stored(project)
    change = _change(project, git, base, head)
    found = reviewing.review(stated, change)
    return {
        **SCHEMA,
        "format": format,
        "base": base,
        "head": head,
        "changed": len(change.changed),
        **found,
        "notes": project.told(),
    }


class Blobs:
    """Files of commits, read from git's objects many at once.

    Args:
        git: the repository.
    """

    def __init__(self, git: Git) -> None:
        self._git = git
        self._kept: dict[tuple[str, str], bytes] = {}

    def load(self, commit: str, paths: Iterable[str]) -> None:
        """Read files of a commit in one process."""
        found = self._git.blobs(commit, paths)
        self._kept.update({(commit, path): raw for path, raw in found.items()})

    def list_tree(self, commit: str) -> list[str]:
        """Return the paths of every file of a commit."""
        return self._git.list_tree(commit)

    def blobs(self, commit: str, paths: Iterable[str]) -> dict[str, bytes]:
        """Return the bytes of some files of a commit; those that are not there are left out."""
        wanted = list(paths)
        missing = [path for path in wanted if (commit, path) not in self._kept]
        if missing:
            self.load(commit, missing)
        return {path: self._kept[commit, path] for path in wanted if (commit, path) in self._kept}


def _stored(project: Project) -> list[Stated]:
    if not project.db.exists():
        raise Unchecked("There is no store here to check against.", "Give an export: --claims claims.json")
    with project.db.reading() as connection:
        return reviewing.list_stated(connection, project.view())


def _ends(git: Git, asked: str) -> tuple[str, str]:
    """Return the commit that a change starts from and the one it ends with, "" for the working tree."""
    first, dots, last = asked.partition("...") if "..." in asked else asked.partition("..")
    named = first or git.default_branch()
    if not named:
        raise Unchecked("Nothing tells which branch is the default one.", "Name a range: BASE..HEAD")
    head = _commit(git, last or "HEAD")
    base = git.merge_base(_commit(git, named), head)
    if base is None:
        raise Unchecked(
            f"{named[:80]} and {(last or 'HEAD')[:80]} have no commit in common here.",
            "Fetch more history: git fetch --unshallow.",
        )
    if not dots and git.place.top is not None:
        return base, ""
    return base, head


def _commit(git: Git, named: str) -> str:
    commit = git.find_commit(named) if named and not named.startswith("-") else None
    if commit is None:
        raise Unchecked(f"Git knows no commit called {named[:80]!r} here.", "Fetch it, or name another.")
    return commit


def _change(project: Project, git: Git, base: str, head: str) -> Change:
    found = blame.compare(git, base, head) if head else blame.compare_with_work(git, base)
    blobs = Blobs(git)
    ends = [one for one in (base, head) if one]
    for one in ends:
        blobs.load(one, found.changed)
    before = CommitTree(blobs, base)
    after: Tree = CommitTree(blobs, head) if head else project.tree
    return Change(before, after, *_named(found), lambda: _load_all(blobs, ends))


def _named(found: Differences) -> tuple[frozenset[str], dict[str, str]]:
    return frozenset(map(nfc, found.changed)), {nfc(old): nfc(new) for old, new in found.renamed.items()}


def _load_all(blobs: Blobs, commits: list[str]) -> None:
    for commit in commits:
        blobs.load(commit, [path for path in blobs.list_tree(commit) if may_hold_text(path)])
