"""JSON with comments as positions in its text, so that a file can be changed without being written anew."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any, NamedTuple

from mnemo.errors import Invalid

DEEPEST = 100
BYTE_ORDER_MARK = "\ufeff"

GAP = re.compile(r"(?:[ \t\r\n]+|//[^\r\n]*|/\*.*?\*/)*", re.DOTALL)
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"')
_SCALAR = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true\b|false\b|null\b")
_CLOSING = {"{": "}", "[": "]"}


class Node(NamedTuple):
    """A value and where it stands.

    Args:
        kind: object, array or scalar.
        start: of its first character.
        end: behind its last character.
        scalar: the value of a scalar, None for others.
        members: what an object or array holds, in order.
    """

    kind: str
    start: int
    end: int
    scalar: Any = None
    members: tuple[Member, ...] = ()


class Member(NamedTuple):
    """A member of an object or an element of an array.

    Args:
        key: its name; empty in an array.
        start: of its name, or of the element.
        node: its value.
        comma: position of the comma behind it, -1 without one.
    """

    key: str
    start: int
    node: Node
    comma: int = -1


@lru_cache(maxsize=4)  # several entries go into one file, and each looks at it more than once
def find_root(text: str) -> Node | None:
    """Return the value that a text holds, None where there is nothing but blanks and comments.

    Args:
        text: JSON, with // and /* */ comments and trailing commas allowed; a byte order mark is skipped.

    Raises:
        Invalid: it is no such JSON, has a key twice in one object, or is nested deeper than 100 levels.
    """
    at = _skip(text, 1 if text.startswith(BYTE_ORDER_MARK) else 0)
    if at == len(text):
        return None
    root = _value(text, at, 0)
    rest = _skip(text, root.end)
    if rest != len(text):
        raise _wrong(text, rest, "something stands behind the end")
    return root


def find_node(node: Node | None, path: tuple[str | int, ...]) -> Node | None:
    """Return the value below a node by names and indexes, None where there is none."""
    for step in path:
        if node is None:
            return None
        node = next((one.node for one in _named(node, step)), None)
    return node


def plain(node: Node) -> Any:
    """Return a value as Python has it."""
    if node.kind == "object":
        return {member.key: plain(member.node) for member in node.members}
    if node.kind == "array":
        return [plain(member.node) for member in node.members]
    return node.scalar


def _named(node: Node, step: str | int) -> list[Member]:
    if isinstance(step, int):
        return list(node.members[step : step + 1]) if node.kind == "array" else []
    return [member for member in node.members if member.key == step] if node.kind == "object" else []


def _value(text: str, at: int, depth: int) -> Node:
    if depth > DEEPEST:
        raise _wrong(text, at, f"it is nested deeper than {DEEPEST} levels")
    opening = text[at : at + 1]
    if opening in _CLOSING and opening:
        return _box(text, at, depth)
    if opening == '"':
        value, end = _string(text, at)
        return Node("scalar", at, end, value)
    found = _SCALAR.match(text, at)
    if not found:
        raise _wrong(text, at, "a value is missing")
    return Node("scalar", at, found.end(), _scalar(found[0]))


def _scalar(written: str) -> Any:
    try:
        return json.loads(written)
    except ValueError:  # a number of more digits than Python converts: it is only compared
        return written


def _box(text: str, start: int, depth: int) -> Node:
    kind, closing = ("object", "}") if text[start] == "{" else ("array", "]")
    members: list[Member] = []
    keys: set[str] = set()
    at = _skip(text, start + 1)
    while text[at : at + 1] != closing:
        if members and members[-1].comma < 0:
            raise _wrong(text, at, f"a comma or {closing} is missing")
        member = _member(text, at, depth) if kind == "object" else Member("", at, _value(text, at, depth + 1))
        if member.key in keys and kind == "object":
            raise _wrong(text, at, f"the key {member.key[:60]!r} stands there twice")
        keys.add(member.key)
        at = _skip(text, member.node.end)
        if text[at : at + 1] == ",":
            member = member._replace(comma=at)
            at = _skip(text, at + 1)
        members.append(member)
    return Node(kind, start, at + 1, members=tuple(members))


def _member(text: str, at: int, depth: int) -> Member:
    if text[at : at + 1] != '"':
        raise _wrong(text, at, "a name in double quotes is missing")
    key, end = _string(text, at)
    colon = _skip(text, end)
    if text[colon : colon + 1] != ":":
        raise _wrong(text, colon, "a colon is missing")
    return Member(key, at, _value(text, _skip(text, colon + 1), depth + 1))


def _string(text: str, at: int) -> tuple[str, int]:
    found = _STRING.match(text, at)
    if not found:
        raise _wrong(text, at, "a text does not end, or holds a character that JSON forbids")
    return json.loads(found[0]), found.end()


def _skip(text: str, at: int) -> int:
    found = GAP.match(text, at)
    return found.end() if found else at


def _wrong(text: str, at: int, what: str) -> Invalid:
    line = text.count("\n", 0, at) + 1
    column = at - text.rfind("\n", 0, at)
    return Invalid(f"line {line}, column {column}: {what}")
