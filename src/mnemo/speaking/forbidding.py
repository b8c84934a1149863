"""What must not be there and a text would bring: anchors that say so, looked at in the new text alone."""

from __future__ import annotations

import re

from mnemo.anchors.judge import judge
from mnemo.model.anchor import Anchor
from mnemo.repo.files import MAX_BYTES, Unreadable

ABSENT_TYPES = ("file", "grep", "dependency", "symbol")


class OneFile:
    """A tree that holds one text and nothing else.

    Args:
        path: the file's.
        text: what it holds.
    """

    def __init__(self, path: str, text: str) -> None:
        self._path = path
        self._text = text

    def relative(self, path: str) -> str:
        """Return path as it is."""
        return path

    def exists(self, path: str) -> bool:
        """Tell whether it is the one file."""
        return path == self._path

    def read(self, path: str, limit: int = MAX_BYTES) -> str | None:
        """Return the text, None for any other file; Unreadable when it is larger than limit characters."""
        if len(self._text) > limit:
            raise Unreadable(f"{path} is too large", "look at it by hand")
        return self._text if path == self._path else None

    def list_files(self) -> list[str]:
        """Return the one file."""
        return [self._path]


def is_broken(anchor: Anchor, path: str, before: str | None, new: str, deadline: float) -> bool:
    """Tell whether a new text brings what an anchor says must not be there, and was not there before.

    What cannot be judged, such as an expression where none can be run, is not broken.

    Args:
        anchor: any.
        path: the file that is written.
        before: what it holds now, None when it does not exist.
        new: what is written into it.
        deadline: time.monotonic() at which nothing more is looked at.
    """
    if not anchor.absent or anchor.type not in ABSENT_TYPES or anchor.path not in ("", path):
        return False
    if anchor.type == "file":
        return before is None
    if anchor.type == "symbol":
        # A piece of a file need not parse: the name is enough.
        name = re.compile(rf"(?<!\w){re.escape(anchor.name.rpartition('.')[2])}(?!\w)")
        return bool(name.search(new)) and not name.search(before or "")
    if anchor.type == "dependency" and not _is_named(anchor.name, new):
        return False  # what reads imports takes a while to load
    if judge(anchor, OneFile(path, new), deadline=deadline).state != "missing":
        return False
    return judge(anchor, OneFile(path, before or ""), deadline=deadline).state != "missing"


def _is_named(name: str, new: str) -> bool:
    """Tell whether a text holds a distribution's name in any of its spellings."""
    plain = name.partition(":")[0].lower().replace("_", "-")
    return plain in new.lower().replace("_", "-")
