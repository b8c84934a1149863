"""Looking at files for many anchors at once, and noting what the answer rests on."""

from __future__ import annotations

from collections.abc import Iterable

from mnemo.repo.files import MAX_BYTES, Tree

MOST_NOTED = 300  # paths that an answer may rest on; beyond, it rests on every file


class Lens:
    """A tree whose list of files is settled, that reads a file once for all anchors in it.

    Args:
        tree: the files.
        files: what list_files() answers.
    """

    def __init__(self, tree: Tree, files: list[str]) -> None:
        self._tree = tree
        self._files = files
        self._last: tuple[str, int, str | None] | None = None
        self._noted: set[str] | None = None

    def note(self) -> None:
        """Begin to note what is looked at."""
        self._noted = set()

    def noted(self) -> frozenset[str] | None:
        """Return the paths looked at since note(), None when they were too many to tell."""
        noted, self._noted = self._noted, None
        return None if noted is None or len(noted) > MOST_NOTED else frozenset(noted)

    def relative(self, path: str) -> str:
        """Return path as the repository names it; Invalid when it leaves the repository."""
        return self._tree.relative(path)

    def exists(self, path: str) -> bool:
        """Tell whether a file or folder is there."""
        self._note(path)
        return self._tree.exists(path)

    def read(self, path: str, limit: int = MAX_BYTES) -> str | None:
        """Return a file's text, None when it is missing."""
        self._note(path)
        last = self._last
        if last is None or last[:2] != (path, limit):
            last = self._last = (path, limit, self._tree.read(path, limit))
        return last[2]

    def list_files(self) -> list[str]:
        """Return the tracked files that may hold text."""
        return self._files

    def among(self, paths: Iterable[str]) -> Lens:
        """Return a lens that knows of these files alone."""
        chosen = set(paths)
        return Lens(self._tree, [path for path in self._files if path in chosen])

    def _note(self, path: str) -> None:
        if self._noted is not None and len(self._noted) <= MOST_NOTED:
            self._noted.add(path)
