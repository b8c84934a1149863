"""Where a definition or passage went when its file no longer has it."""

from __future__ import annotations

import time

from mnemo.anchors.passages import find, from_pin
from mnemo.errors import Invalid
from mnemo.model.anchor import Anchor
from mnemo.repo.files import Tree
from mnemo.repo.symbols import find_symbol, is_python


def find_move(anchor: Anchor, tree: Tree, deadline: float | None = None) -> str | None:
    """Return the one other tracked file that has an anchor's definition or passage exactly as it was pinned.

    None when no file has it, several have it, or the time ran out: then nobody can say where it went.

    Args:
        anchor: pinned, of type symbol or content.
        tree: the files.
        deadline: time.monotonic() at which to stop.
    """
    has = {"symbol": _has_symbol, "content": _has_passage}.get(anchor.type)
    if not has or not anchor.pin:
        return None
    found: list[str] = []
    for path in tree.list_files():
        if deadline is not None and time.monotonic() >= deadline:
            return None
        try:
            text = tree.read(path) if path != anchor.path else None
            if text and has(anchor, path, text):
                found.append(path)
        except Invalid:
            continue
        if len(found) > 1:
            return None
    return found[0] if found else None


def _has_symbol(anchor: Anchor, path: str, text: str) -> bool:
    # Most files do not even hold the name, so they need not be parsed.
    if not is_python(path) or anchor.name.rpartition(".")[2] not in text:
        return False
    symbol = find_symbol(text, anchor.name)
    return bool(symbol and anchor.pin and symbol.body_hash == anchor.pin.get("body"))


def _has_passage(anchor: Anchor, path: str, text: str) -> bool:
    passage = from_pin(anchor.pin)
    match = find(passage._replace(copies=0, symbol=""), text, lambda _: None) if passage else None
    return bool(match and match.whole)
