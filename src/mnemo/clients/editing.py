"""Changes to JSON with comments as insertions and deletions of text, so that all else stays as it is."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

from mnemo.clients.jsonc import BYTE_ORDER_MARK, Member, Node, find_node, find_root
from mnemo.errors import Invalid

Path = tuple[str | int, ...]

_COMMENT = re.compile(r"//[^\r\n]*|/\*.*?\*/", re.DOTALL)
_INDENT = "  "


class Style(NamedTuple):
    """How a text is laid out at one place.

    Args:
        newline: what ends a line; empty where all stands on one line.
        margin: blanks before a member there.
        outer: blanks before the bracket that closes it.
        unit: blanks that one level adds.
    """

    newline: str
    margin: str
    outer: str
    unit: str


def put(text: str, path: Path, value: Any) -> str:
    """Return the text with a member set, the objects above it made where they are missing.

    Args:
        text: JSON with comments; nothing but blanks counts as an empty object.
        path: names from the top.
        value: as JSON.

    Raises:
        Invalid: the text is no JSON, or something above the member is no object.
    """
    node = find_node(find_root(text), path)
    if node is None:
        return _add(text, path, value)
    return text[: node.start] + _written(value, _style_of_line(text, node)) + text[node.end :]


def append(text: str, path: Path, value: Any) -> str:
    """Return the text with an element added to an array, the array made where it is missing.

    Raises:
        Invalid: the text is no JSON, or what stands there is no array.
    """
    node = find_node(find_root(text), path)
    if node is None:
        return _add(text, path, [value])
    if node.kind != "array":
        raise Invalid(f"{shown(path)} is no array")
    return _insert(text, node, "", value)


def drop(text: str, path: Path) -> str:
    """Return the text without a member or element, comments kept; unchanged where there is none."""
    box = find_node(find_root(text), path[:-1])
    if box is None or find_node(box, path[-1:]) is None:
        return text
    step = path[-1]
    at = step if isinstance(step, int) else [member.key for member in box.members].index(step)
    return _without(text, box, at)


def is_empty(text: str, path: Path = ()) -> bool:
    """Tell whether an object or array is there and holds nothing, not even a comment."""
    node = find_node(find_root(text), path)
    return node is not None and node.kind != "scalar" and not text[node.start + 1 : node.end - 1].strip()


def shown(path: Path) -> str:
    """Return a path as people read it."""
    return ".".join(str(step) for step in path) or "the top"


def _add(text: str, path: Path, value: Any) -> str:
    root = find_root(text)
    if root is None:
        return _fresh(text, _nested(path, value))
    node = root
    for depth, step in enumerate(path):
        if node.kind != "object":
            raise Invalid(f"{shown(path[:depth])} is no object")
        below = find_node(node, (step,))
        if below is None:
            return _insert(text, node, str(step), _nested(path[depth + 1 :], value))
        node = below
    raise AssertionError("what is there is not added")


def _fresh(text: str, value: Any) -> str:
    newline = _newline_of(text) or "\n"
    before = text if text.strip(BYTE_ORDER_MARK).strip() else text[: text.startswith(BYTE_ORDER_MARK)]
    if before and not before.endswith(("\n", BYTE_ORDER_MARK)):
        before += newline
    return before + _written(value, Style(newline, "", "", _INDENT)) + newline


def _nested(path: Path, value: Any) -> Any:
    for step in reversed(path):
        value = {step: value}
    return value


def _insert(text: str, box: Node, key: str, value: Any) -> str:
    """Add a last member; dropping it again gives the same text, but for blanks in an empty box."""
    style, closing = _style_in(text, box), box.end - 1
    last = box.members[-1] if box.members else None
    behind = box.start + 1 if last is None else max(last.node.end, last.comma + 1)
    place, is_line = _behind_comments(text, behind, closing)
    if is_line and not style.newline:
        style = style._replace(newline=_newline_of(text))  # or it would be part of the comment
    name = f"{json.dumps(key, ensure_ascii=False)}: " if box.kind == "object" else ""
    item = (style.newline + style.margin if style.newline else " " if last else "") + name
    item += _written(value, style)
    if last and last.comma >= 0:
        item += ","
    if style.newline and last is None and "\n" not in text[place:closing]:
        item += style.newline + style.outer
    text = text[:place] + item + text[place:]
    if last and last.comma < 0:
        text = text[: last.node.end] + "," + text[last.node.end :]
    return text


def _without(text: str, box: Node, at: int) -> str:
    members, member = box.members, box.members[at]
    behind = members[at - 1].comma + 1 if at else box.start + 1
    start, is_line = _behind_comments(text, behind, member.start)
    end = member.node.end
    if member.comma >= 0:
        # A comment between value and comma is not ours.
        text = text[: member.comma] + text[member.comma + 1 :]
    if is_line and not re.match(r"[ \t]*\r?\n", text[end:]):
        start = member.start
    text = text[:start] + text[end:]
    if at and member.comma < 0:
        text = text[: members[at - 1].comma] + text[members[at - 1].comma + 1 :]
    if len(members) == 1:
        removed = end - start + (member.comma >= 0)
        inside = text[box.start + 1 : box.end - 1 - removed]
        if not inside.strip():
            text = text[: box.start + 1] + text[box.start + 1 + len(inside) :]
    return text


def _behind_comments(text: str, start: int, stop: int) -> tuple[int, bool]:
    """Return where the last comment of a gap ends, else its start, and whether it was a line comment."""
    found = list(_COMMENT.finditer(text, start, stop))
    last = found[-1] if found else None
    return (last.end(), last[0].startswith("//")) if last else (start, False)


def _style_in(text: str, box: Node) -> Style:
    newline, unit = _newline_of(text), _unit_of(text)
    outer = _margin_of(text, box.start)
    if box.members:
        last: Member = box.members[-1]
        if not _begins_line(text, last.start):
            return Style("", "", "", unit)
        return Style(newline, _margin_of(text, last.start), outer, unit)
    is_top = not text[: box.start].strip(BYTE_ORDER_MARK).strip()
    return Style(newline or ("\n" if is_top else ""), outer + unit, outer, unit)


def _style_of_line(text: str, node: Node) -> Style:
    margin = _margin_of(text, node.start)
    return Style(_newline_of(text), margin, margin, _unit_of(text))


def _newline_of(text: str) -> str:
    at = text.find("\n")
    return "" if at < 0 else "\r\n" if text[at - 1 : at] == "\r" else "\n"


def _unit_of(text: str) -> str:
    root = find_root(text)
    first = root.members[0] if root and root.members else None
    if first is None or not _begins_line(text, first.start):
        return _INDENT
    return _margin_of(text, first.start) or _INDENT


def _margin_of(text: str, at: int) -> str:
    line = text[text.rfind("\n", 0, at) + 1 : at].lstrip(BYTE_ORDER_MARK)
    return line[: len(line) - len(line.lstrip(" \t"))]


def _begins_line(text: str, at: int) -> bool:
    start = text.rfind("\n", 0, at) + 1
    return start > 0 and not text[start:at].strip()


def _written(value: Any, style: Style) -> str:
    if not style.newline:
        return json.dumps(value, ensure_ascii=False)
    lines = json.dumps(value, ensure_ascii=False, indent=style.unit)
    return lines.replace("\n", style.newline + style.margin)
