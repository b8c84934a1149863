"""Pinning: what an anchor has to remember of the code as it is now."""

from __future__ import annotations

from mnemo.anchors.passages import Passage, as_pin, bare, describe, find, from_pin, read_lines
from mnemo.anchors.search import search_pattern
from mnemo.errors import Invalid
from mnemo.light import Any
from mnemo.model.anchor import WAS, Anchor
from mnemo.repo.files import Tree, Unreadable
from mnemo.repo.paths import secret
from mnemo.repo.symbols import enclosing, find_span, find_symbol, speaks


def pin(anchor: Anchor, tree: Tree, deadline: float | None = None) -> Anchor:
    """Return an anchor with what is there now: hashes of a passage or definition, never text.

    An anchor that is pinned already is pinned anew to what it finds, changed or not. What is not there cannot
    be pinned; the anchor is kept as it is, and judging it says so.

    Args:
        anchor: as parse_anchor() gave it, or pinned before.
        tree: the files as they are now.
        deadline: time.monotonic() at which to stop looking for a pattern's file.
    """
    was = (anchor.pin or {}).get(WAS)
    if anchor.type in ("symbol", "content"):
        fresh = _symbol_pin(anchor, tree) if anchor.type == "symbol" else _content_pin(anchor, tree)
        return anchor._replace(pin={**(fresh or {}), WAS: was} if was else fresh)
    if anchor.type == "grep" and not anchor.path and not anchor.absent:
        # Not needed to judge it, but the file that holds the pattern now is the first to look into then.
        seen = search_pattern(anchor, tree, deadline).path
        return anchor._replace(pin={"seen": seen} if seen else None)
    return anchor


def _symbol_pin(anchor: Anchor, tree: Tree) -> dict[str, Any] | None:
    source = _read(anchor.path, tree)
    try:
        symbol = find_symbol(source, anchor.name, anchor.path) if source else None
    except Unreadable:
        return anchor.pin
    return {"body": symbol.body_hash, "line": symbol.first} if symbol else anchor.pin


def _content_pin(anchor: Anchor, tree: Tree) -> dict[str, Any]:
    path, asked = anchor.path, anchor.pin or {}
    if secret(path):
        return asked
    text = _read(path, tree) or ""
    if "text" in asked:
        return _pin_text(path, text, asked["text"])
    passage = from_pin(asked)
    if passage is None:
        lines = asked.get("lines")
        return (_pin_lines(path, text, *lines) if lines else None) or asked
    match = find(passage, text, lambda name: find_span(text, name, path))
    return (_pin_lines(path, text, match.first, match.last) if match else None) or asked


def _pin_text(path: str, text: str, wanted: str) -> dict[str, Any]:
    """Return the pin of the lines that hold a text, of the text alone when no line does."""
    lines, sought = read_lines(text), read_lines(wanted).texts
    passage = bare(sought)
    match = find(passage, text, lambda _: None)
    if match:
        return _pin_lines(path, text, match.first, match.last) or as_pin(passage)
    # It may begin or end within a line.
    joined = "\n".join(lines.texts)
    at = joined.find("\n".join(sought))
    if at < 0:
        return as_pin(passage)
    place = joined.count("\n", 0, at)
    first, last = lines.numbers[place], lines.numbers[place + len(sought) - 1]
    return _pin_lines(path, text, first, last) or as_pin(passage)


def _pin_lines(path: str, text: str, first: int, last: int) -> dict[str, Any] | None:
    """Return the pin of some lines, None when they are not all there or say nothing."""
    if last > text.count("\n") + 1 or not read_lines(text).within(first, last).texts:
        return None
    passage = describe(text, (first, last))
    return as_pin(passage if passage.copies < 2 else _in_its_symbol(path, text, first, last, passage))


def _in_its_symbol(path: str, text: str, first: int, last: int, passage: Passage) -> Passage:
    try:
        symbol = enclosing(text, first, last, path) if speaks(path) else None
        found = find_symbol(text, symbol, path) if symbol else None
    except Unreadable:
        return passage
    return describe(text, (first, last), found.name, (found.first, found.last)) if found else passage


def _read(path: str, tree: Tree) -> str | None:
    try:
        return tree.read(path)
    except Invalid:
        return None
