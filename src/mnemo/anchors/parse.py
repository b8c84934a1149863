"""Anchors as people and agents write them: "src/a.py", "src/a.py:10-20", "src/a.py::Class.f", or objects."""

from __future__ import annotations

import json
import re

from mnemo.anchors import patterns
from mnemo.errors import Invalid
from mnemo.light import Any, cast, expression
from mnemo.model.anchor import TYPES, Anchor
from mnemo.repo.files import Tree
from mnemo.repo.paths import secret, shown
from mnemo.repo.symbols import SPOKEN, speaks
from mnemo.repo.versions import is_range

LONGEST_TEXT = 4_000

# What each type takes; `?` marks what may be left out.
FIELDS: dict[str, tuple[str, ...]] = {
    "file": ("path",),
    "grep": ("pattern", "path?", "regex?"),
    "dependency": ("name", "spec?"),
    "content": ("path", "lines?", "text?"),
    "symbol": ("path", "name"),
    "test": ("id",),
}
FORMS = 'use "src/a.py", "src/a.py:10-20", "src/a.py::Class.f" or an object with a type'

_LINES = expression(r"(.+?):(\d{1,7})(?:-(\d{1,7}))?")
_DOTTED = expression(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
# JavaScript has $ and #private in its names.
_DOTTED_ELSEWHERE = expression(r"(?:[^\W\d]|\$)[\w$]*(?:\.(?:#?[^\W\d]|\$)[\w$]*)*")
# Go's `(*T).` and the parameters of generic types.
_DECORATION = expression(r"[(*)]|<.*?>|\[.*?\]")
_WITH_SPEC = expression(r"([^\s<>=!~^]+)\s*([<>=!~^].*)")


def parse_anchors(values: object, tree: Tree) -> list[Anchor]:
    """Return the anchors of a list, of one anchor, or of JSON text for either.

    Args:
        values: strings or objects.
        tree: where their paths must lie.

    Raises:
        Invalid: one of them is none; where there are several the message says which.
    """
    values = _from_json(values)
    if not isinstance(values, list):
        return [parse_anchor(values, tree)]
    anchors: list[Anchor] = []
    for place, value in enumerate(cast("list[object]", values)):
        try:
            anchors.append(parse_anchor(value, tree))
        except Invalid as problem:
            raise Invalid(f"anchor {place}: {problem.message}", problem.fix) from problem
    return anchors


def parse_anchor(value: object, tree: Tree) -> Anchor:
    """Return an anchor as it was written; pin() then looks at what is there.

    Args:
        value: a string, an object, or the object as JSON text.
        tree: where its path must lie.

    Raises:
        Invalid: unknown type or field, a field missing or empty, a path outside, an expression that is none.
    """
    value = _from_json(value)
    if isinstance(value, str):
        return _from_object(_as_object(value), tree)
    if isinstance(value, dict):
        given = cast("dict[str, Any]", value)
        return _from_object({name: field for name, field in given.items() if field is not None}, tree)
    raise Invalid(f"{shown(value)} is no anchor", FORMS)


def _from_json(value: object) -> object:
    if not isinstance(value, str) or not value.lstrip().startswith(("{", "[")):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError) as problem:
        raise Invalid(f"{shown(value)} is no valid JSON", FORMS) from problem


def _as_object(text: str) -> dict[str, Any]:
    """Return what a string form stands for."""
    path, separator, name = text.strip().partition("::")
    if separator:
        return {"type": "symbol", "path": path, "name": name}
    lines = _LINES.fullmatch(path)
    if lines:
        first = int(lines[2])
        return {"type": "content", "path": lines[1], "lines": [first, int(lines[3] or first)]}
    return {"type": "file", "path": path}


def _from_object(fields: dict[str, Any], tree: Tree) -> Anchor:
    kind = fields.get("type")
    if kind not in TYPES:
        raise Invalid(f"an anchor cannot have the type {shown(kind)}", f"use one of {', '.join(TYPES)}")
    _check_fields(kind, fields)
    anchor = Anchor(kind, absent=fields.get("absent", False))
    if fields.get("path"):
        anchor = anchor._replace(path=_path(fields["path"], tree))
    return _READERS[kind](anchor, fields)


def _check_fields(kind: str, fields: dict[str, Any]) -> None:
    allowed = [field.rstrip("?") for field in FIELDS[kind]]
    takes = f"a {kind} anchor takes {', '.join(allowed)} and absent"
    for field in fields:
        if field not in (*allowed, "type", "absent"):
            raise Invalid(f"a {kind} anchor has no field {shown(field)}", takes)
    for field in FIELDS[kind]:
        if not field.endswith("?") and field not in fields:
            raise Invalid(f"the {kind} anchor {shown(fields)} lacks {field}", takes)
    for field, value in fields.items():
        flag = field in ("absent", "regex")
        if flag and not isinstance(value, bool):
            raise Invalid(f"{field} cannot be {shown(value)}", f"{field} is true or false")
        if not flag and field != "lines" and not isinstance(value, str):
            raise Invalid(f"{field} cannot be {shown(value)}", f"{field} is text")
        if isinstance(value, str) and (not value.strip() or len(value) > _longest(field)) and field != "spec":
            raise Invalid(f"{field} {shown(value)} is empty or too long", takes)


def _longest(field: str) -> int:
    return 400_000 if field == "text" else LONGEST_TEXT


def _path(path: str, tree: Tree) -> str:
    relative = tree.relative(path)
    if relative == ".":
        raise Invalid(f"{shown(path)} is the whole repository", "name a file or folder in it")
    return relative


def _file(anchor: Anchor, fields: dict[str, Any]) -> Anchor:
    return anchor


def _grep(anchor: Anchor, fields: dict[str, Any]) -> Anchor:
    pattern, regex = fields["pattern"], fields.get("regex", False)
    if regex:
        patterns.check(pattern)
    return anchor._replace(pattern=pattern.replace("\r\n", "\n"), regex=regex)


def _dependency(anchor: Anchor, fields: dict[str, Any]) -> Anchor:
    name, spec = fields["name"].strip(), fields.get("spec", "").strip()
    together = _WITH_SPEC.fullmatch(name)
    if together and not spec:
        name, spec = together[1], together[2]
    if re.search(r"[\s<>=!~^]", name):
        raise Invalid(f"{shown(name)} is no name of a dependency", 'give its name, and a range in "spec"')
    if spec and not is_range(spec):
        raise Invalid(f"{shown(spec)} is no range of versions", 'write it like ">=4.1,<5", "^1.2" or "2.x"')
    return anchor._replace(name=name, spec=spec)


def _content(anchor: Anchor, fields: dict[str, Any]) -> Anchor:
    if secret(anchor.path):
        message = f"{anchor.path} may hold secrets, so nothing of it is kept"
        raise Invalid(message, "anchor the file: its path alone")
    if ("lines" in fields) == ("text" in fields):
        raise Invalid(f"the content anchor {shown(fields)} needs lines or text", "give one of the two")
    if "text" in fields:
        return anchor._replace(pin={"text": fields["text"]})
    return anchor._replace(pin={"lines": _line_range(fields["lines"])})


def _line_range(value: object) -> list[int]:
    if type(value) is int:
        value = [value, value]
    if isinstance(value, list):
        numbers = cast("list[Any]", value)
        whole = len(numbers) == 2 and all(type(number) is int for number in numbers)
        if whole and 1 <= numbers[0] <= numbers[1]:
            return numbers
    given = shown(cast("object", value))
    raise Invalid(f"lines cannot be {given}", "give first and last line, counted from 1: [10, 20]")


def _symbol(anchor: Anchor, fields: dict[str, Any]) -> Anchor:
    language = speaks(anchor.path)
    name = fields["name"].strip().replace("::", ".").replace(".<locals>", "")
    if language in ("go", "rust"):
        name = _DECORATION.sub("", name)
    if not (_DOTTED if language in ("", "python") else _DOTTED_ELSEWHERE).fullmatch(name):
        raise Invalid(f"{shown(name)} is no name of a definition", "give a dotted name: Class.method")
    if not language:
        message = f"definitions are not read from {anchor.path}, only from files in {SPOKEN}"
        raise Invalid(message, f"pin its lines: {anchor.path}:10-20")
    return anchor._replace(name=name)


def _test(anchor: Anchor, fields: dict[str, Any]) -> Anchor:
    return anchor._replace(name=fields["id"].strip())


_READERS = {
    "file": _file,
    "grep": _grep,
    "dependency": _dependency,
    "content": _content,
    "symbol": _symbol,
    "test": _test,
}
