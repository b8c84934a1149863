"""One table in a TOML file, added and removed as text: comments and order around it stay as they are."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, cast

from mnemo.errors import Invalid

Path = tuple[str, ...]

OTHER_FORM = "is written in a form that mnemo does not edit"


def read(text: str) -> dict[str, Any]:
    """Return what a text says.

    Raises:
        Invalid: it is no TOML.
    """
    import tomllib

    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Invalid(str(error)) from None


def find_table(text: str, path: Path) -> dict[str, Any] | None:
    """Return the table at a path, None where there is none."""
    found: Any = read(text)
    for name in path:
        found = cast("dict[str, Any]", found).get(name) if isinstance(found, dict) else None
    return cast("dict[str, Any]", found) if isinstance(found, dict) else None


def put_table(text: str, path: Path, fields: Mapping[str, Any]) -> str:
    """Return the text with a table added at its end, or written anew where it stands.

    Args:
        text: TOML.
        path: its name, such as ("mcp_servers", "mnemo").
        fields: texts, lists, numbers, truth values and objects; tables below it stay.

    Raises:
        Invalid: the text is no TOML, or holds that table in another form than under a header.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    there = find_table(text, path)
    below = {name for name, value in (there or {}).items() if isinstance(value, dict)} & _headed(text, path)
    lines = [_header(path), *(f"{name} = {_written(v)}" for name, v in fields.items() if name not in below)]
    block = newline.join(lines) + newline
    if there is None:
        before = text + (newline if text and not text.endswith("\n") else "")
        changed = before + (newline if before.removeprefix("\ufeff") else "") + block
    else:
        start, end = _get_block(text, path)
        changed = text[:start] + block + text[end:]
    return _checked(text, changed, path, dict(fields))


def drop_table(text: str, path: Path) -> str:
    """Return the text without a table and those below it; unchanged where there is none.

    Raises:
        Invalid: the text is no TOML, or holds the table in another form than under a header.
    """
    if find_table(text, path) is None:
        return text
    changed = text
    while (found := _find_block(changed, path, below=True)) is not None:
        start, end = found
        before = changed[:start]
        if before.endswith(("\n\n", "\n\r\n")) or before in ("\n", "\r\n"):
            before = before[: -2 if before.endswith("\r\n") else -1]
        changed = before + changed[end:]
    return _checked(text, changed, path, None)


def _checked(old: str, new: str, path: Path, fields: dict[str, Any] | None) -> str:
    """Return the new text if it says what the old one said, but for this table."""
    try:
        same = _without(read(old), path) == _without(read(new), path)
    except Invalid:
        same = False
    if not same or find_table(new, path) != fields:
        raise Invalid(f"{'.'.join(path)} {OTHER_FORM}")
    return new


def _without(found: dict[str, Any], path: Path) -> dict[str, Any]:
    below: dict[str, Any] = dict(found)
    if len(path) == 1:
        below.pop(path[0], None)
        return below
    inner = below.get(path[0])
    if isinstance(inner, dict):
        below[path[0]] = _without(cast("dict[str, Any]", inner), path[1:])
        if not below[path[0]]:
            del below[path[0]]  # a table that exists only by its children
    return below


def _get_block(text: str, path: Path) -> tuple[int, int]:
    found = _find_block(text, path, below=False)
    if found is None:
        raise Invalid(f"{'.'.join(path)} {OTHER_FORM}")
    return found


def _find_block(text: str, path: Path, *, below: bool) -> tuple[int, int] | None:
    """Return from a table's header to behind its last key; of those below it too, when asked for."""
    start = end = -1
    at = 0
    for line in text.splitlines(keepends=True):
        at += len(line)
        stripped = line.removeprefix("\ufeff").strip()
        if stripped.startswith("["):
            if start >= 0:
                break
            names = _names_in(stripped)
            if names == list(path) or (below and names[: len(path)] == list(path)):
                start = at - len(line)
                end = at
        elif start >= 0 and stripped and not stripped.startswith("#"):
            end = at
    return (start, end) if start >= 0 else None


def _headed(text: str, path: Path) -> set[str]:
    """Return the names of the tables below a path that have a header of their own."""
    found = [_names_in(line.strip()) for line in text.splitlines() if line.strip().startswith("[")]
    size = len(path)
    return {names[size] for names in found if len(names) > size and names[:size] == list(path)}


def _names_in(header: str) -> list[str]:
    inner = re.fullmatch(r"\[\[?(.*?)\]\]?\s*(?:#.*)?", header)
    return (
        [a or b or c for a, b, c in re.findall(r'"([^"]*)"|\'([^\']*)\'|([\w-]+)', inner[1])] if inner else []
    )


def _header(path: Path) -> str:
    return f"[{'.'.join(path)}]"


def _written(value: Any) -> str:
    if isinstance(value, dict):
        inner = ", ".join(
            f"{json.dumps(k)} = {_written(v)}" for k, v in cast("dict[str, Any]", value).items()
        )
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list):
        return f"[{', '.join(_written(one) for one in cast('list[Any]', value))}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
