"""No anchor, however it came into the store, reads a byte outside its repository."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mnemo.anchors.judge import judge
from mnemo.anchors.moves import has_it
from mnemo.anchors.parse import parse_anchor
from mnemo.anchors.pin import pin
from mnemo.errors import Invalid
from mnemo.model.anchor import Anchor
from mnemo.repo.files import WorkingTree
from tests.repo.test_files import TREASURE, escapes, linked, tree

__all__ = ["linked", "tree"]

_opened: list[tuple[object, int]] | None = None


def listen(event: str, arguments: tuple[Any, ...]) -> None:
    """Note what is opened, and with which flags, while somebody listens; a hook stays for ever."""
    if event == "open" and _opened is not None:
        _opened.append((arguments[0], arguments[2]))


sys.addaudithook(listen)


@contextlib.contextmanager
def opening() -> Iterator[list[tuple[object, int]]]:
    """Give the list of what is opened in the block."""
    global _opened
    _opened = opened = []
    try:
        yield opened
    finally:
        _opened = None


def kinds(path: str) -> list[Anchor]:
    """Return an anchor of each type that has a path, as a hostile store could hold it."""
    return [
        Anchor("file", path),
        Anchor("grep", path, TREASURE),
        Anchor("grep", path, "trea.*", regex=True),
        Anchor("content", path, pin={"lines": [1, 1]}),
        Anchor("content", path, pin={"text": TREASURE}),
        Anchor("symbol", path, name="treasure", pin={"body": "0" * 16}),
        Anchor("grep", pattern=TREASURE, pin={"seen": path}),
    ]


def outside(opened: list[tuple[object, int]], top: str) -> list[object]:
    """List what was opened that is not plainly below a folder, one step at a time and without links."""
    bad: list[object] = []
    for name, flags in opened:
        path = os.fsdecode(name) if isinstance(name, str | bytes) else ""
        if os.path.isabs(path):
            below = os.path.realpath(path) == os.path.realpath(top)
            library = path.startswith((sys.prefix, sys.base_prefix)) or path.endswith((".py", ".pyc"))
            if not below and (not library or TREASURE in path):
                bad.append(path)
        elif path and ("/" in path or path in (".", "..") or not flags & os.O_NOFOLLOW):
            bad.append(path)
    return bad


def test_two_hundred_escapes_open_nothing_outside(linked: WorkingTree) -> None:
    paths = escapes(Path(linked.root))
    assert len(paths) >= 200
    with opening() as opened:
        assert judge(Anchor("grep", "src/a.py", "x = 1"), linked).state == "ok"
    assert [name for name, _ in opened] == [linked.root, "src", "a.py"]
    for path in paths:
        with pytest.raises(Invalid):
            parse_anchor({"type": "content", "path": path, "lines": [1, 1]}, linked)
        for anchor in kinds(path):
            with opening() as opened:
                finding = judge(anchor, linked, renamed=lambda _, path=path: path)
                held = pin(anchor, linked).pin
                has_it(anchor, path, linked)
            assert finding.state != "ok", (path, anchor)
            assert held == anchor.pin or held is None or "hash" in held, (path, anchor)
            assert TREASURE not in finding.reason.replace(repr(TREASURE), ""), (path, anchor)
            assert outside(opened, linked.root) == [], (path, anchor)
