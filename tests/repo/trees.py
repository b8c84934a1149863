"""Trees over real folders and repositories, for tests of what reads them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from mnemo.repo.files import CommitTree, WorkingTree
from tests.repos import git, write


class Objects:
    """A repository's objects, asked through git itself."""

    def __init__(self, top: Path) -> None:
        self.top = top

    def list_tree(self, commit: str) -> list[str]:
        """List the paths of a commit."""
        return [name for name in git(self.top, "ls-tree", "-rz", "--name-only", commit).split("\0") if name]

    def blobs(self, commit: str, paths: Iterable[str]) -> dict[str, bytes]:
        """Return files of a commit."""
        shown = {path: git(self.top, "show", f"{commit}:{path}") for path in self._held(commit, paths)}
        return {path: f"{text}\n".encode("utf-8", "surrogateescape") for path, text in shown.items()}

    def _held(self, commit: str, paths: Iterable[str]) -> list[str]:
        known = self.list_tree(commit)
        return [path for path in paths if path in known]


def folder_tree(top: Path, files: Mapping[str, str | bytes] | None = None) -> WorkingTree:
    """Write files into a folder and return it as a tree in which every file counts as tracked."""
    top.mkdir(exist_ok=True)
    write(top, files or {})

    def tracked() -> list[str]:
        found = (path.relative_to(top) for path in top.rglob("*") if not path.is_dir())
        return sorted(os.fsencode(path).decode("utf-8", "surrogateescape") for path in found)

    return WorkingTree(str(top), tracked)


def working_tree(top: Path) -> WorkingTree:
    """Return a repository's working tree."""
    return WorkingTree(str(top), lambda: [name for name in git(top, "ls-files", "-z").split("\0") if name])


def commit_tree(top: Path, commit: str = "HEAD") -> CommitTree:
    """Return the tree of a commit."""
    return CommitTree(Objects(top), git(top, "rev-parse", commit))
