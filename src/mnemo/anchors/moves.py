"""Where a definition or passage went when its file no longer has it."""

from __future__ import annotations

import time
from collections.abc import Sequence

from mnemo.anchors.passages import find, from_pin
from mnemo.errors import Invalid
from mnemo.model.anchor import Anchor
from mnemo.repo.files import Tree
from mnemo.repo.symbols import find_symbol, speaks

ENOUGH = 2  # where two files have it, nobody can say which of them it went to


def find_move(anchor: Anchor, tree: Tree, deadline: float | None = None) -> str | None:
    """Return the one other tracked file that has an anchor's definition or passage exactly as it was pinned.

    None when no file has it, several have it, or the time ran out: then nobody can say where it went.

    Args:
        anchor: pinned, of type symbol or content.
        tree: the files.
        deadline: time.monotonic() at which to stop.
    """
    found = list_places([anchor], tree, deadline)[0]
    return found[0] if len(found) == 1 else None


def list_places(anchors: Sequence[Anchor], tree: Tree, deadline: float | None = None) -> list[list[str]]:
    """Return for each anchor up to two other tracked files that have it exactly as it was pinned.

    Every file is read once, however many anchors there are; where the time ran out, no anchor has a place.

    Args:
        anchors: pinned, of type symbol or content; others have no place.
        tree: the files.
        deadline: time.monotonic() at which to stop.
    """
    found: list[list[str]] = [[] for _ in anchors]
    open_ones = [place for place, anchor in enumerate(anchors) if anchor.type in _HAS and anchor.pin]
    for path in tree.list_files() if open_ones else ():
        if deadline is not None and time.monotonic() >= deadline:
            return [[] for _ in anchors]
        for place in open_ones:
            if anchors[place].path != path and has_it(anchors[place], path, tree):
                found[place].append(path)
        open_ones = [place for place in open_ones if len(found[place]) < ENOUGH]
        if not open_ones:
            break
    return found


def has_it(anchor: Anchor, path: str, tree: Tree) -> bool:
    """Tell whether a file has an anchor's definition or passage exactly as it was pinned."""
    try:
        text = tree.read(path)
        return bool(text) and anchor.type in _HAS and _HAS[anchor.type](anchor, path, text or "")
    except Invalid:
        return False


def _has_symbol(anchor: Anchor, path: str, text: str) -> bool:
    # Most files do not even hold the name, so they need not be parsed.
    if speaks(path) != speaks(anchor.path) or anchor.name.rpartition(".")[2] not in text:
        return False
    symbol = find_symbol(text, anchor.name, path)
    return bool(symbol and anchor.pin and symbol.body_hash == anchor.pin.get("body"))


def _has_passage(anchor: Anchor, path: str, text: str) -> bool:
    passage = from_pin(anchor.pin)
    match = find(passage._replace(copies=0, symbol=""), text, lambda _: None) if passage else None
    return bool(match and match.whole)


_HAS = {"symbol": _has_symbol, "content": _has_passage}
