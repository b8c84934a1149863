"""The front matter of rule files and decision records: a few plain fields, read without a YAML library."""

from __future__ import annotations

import re

from mnemo.importing.markdown import front_matter_end
from mnemo.light import expression

_FIELD = expression(r"([A-Za-z][\w-]{0,40})[ \t]*:[ \t]*(.*)$")


def read_fields(text: str) -> dict[str, list[str]]:
    """Return the fields of a text's front matter, each a list of plain values; empty without front matter.

    Args:
        text: a file that may begin with a block between two lines of three dashes.
    """
    lines = text.split("\n", 210)
    end = front_matter_end(lines)
    fields: dict[str, list[str]] = {}
    name = ""
    for line in lines[1 : max(end - 1, 0)]:
        field = _FIELD.match(line)
        if field:
            name = field[1].lower()
            fields[name] = _values(field[2])
        elif name and line.strip().startswith("- "):
            fields[name] += _values(line.strip()[2:])
    return fields


def line_of(text: str, name: str) -> int:
    """Return the line on which the front matter has a field, 0 when it has none."""
    lines = text.split("\n", 210)
    for number, line in enumerate(lines[: front_matter_end(lines)], 1):
        field = _FIELD.match(line)
        if field and field[1].lower() == name:
            return number
    return 0


def _values(text: str) -> list[str]:
    inner = text.strip().removeprefix("[").removesuffix("]")
    # Commas inside braces belong to one pattern: *.{ts,tsx}.
    parts = re.split(r",(?![^{}]*\})", inner)
    return [value for part in parts if (value := part.strip().strip("\"'").strip())]
