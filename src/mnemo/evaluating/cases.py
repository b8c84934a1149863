"""Expectations of recall as people write them: the only door to PyYAML."""

from __future__ import annotations

import os
from typing import Any, NamedTuple, cast

from mnemo.errors import Invalid, NotFound

LARGEST_FILE = 1 << 20
MOST_CASES = 2_000
LISTS = ("contains", "not_contains")
TEXTS = ("path", "domain", "first")
NUMBERS = ("max_tokens", "limit", "budget")
FIELDS = ("query", *LISTS, *TEXTS, *NUMBERS)

Record = dict[str, Any]


class Case(NamedTuple):
    """What one question has to be answered with.

    Args:
        query: the question.
        contains: texts or addresses that must be told.
        not_contains: texts or addresses that must not be.
        first: text or address of what must come first; empty where the order does not matter.
        max_tokens: most tokens of the answer, 0 for any number.
        path, domain: as recall takes them; empty for none.
        limit, budget: as recall takes them; 0 for what is usual.
    """

    query: str
    contains: tuple[str, ...] = ()
    not_contains: tuple[str, ...] = ()
    first: str = ""
    max_tokens: int = 0
    path: str = ""
    domain: str = ""
    limit: int = 0
    budget: int = 0


def read_cases(path: str) -> list[Case]:
    """Return the cases of a file.

    Args:
        path: YAML: a list of cases, a table of them by query, or either under `cases`.

    Raises:
        NotFound: the file cannot be read.
        Invalid: it is no YAML, or a case cannot be used; the message says which.
    """
    try:
        with open(path, "rb") as file:
            raw = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise NotFound(f"{path[:200]} cannot be read: {error.strerror}.", "Give a file of cases.") from None
    if len(raw) > LARGEST_FILE:
        raise Invalid(f"{path} is larger than {LARGEST_FILE >> 20} MB.", "Split it.")
    return parsed(raw, os.path.basename(path))


def parsed(raw: bytes, name: str) -> list[Case]:
    """Return the cases of a text.

    Args:
        raw: YAML in UTF-8.
        name: what the text is called in errors.

    Raises:
        Invalid: as for read_cases.
    """
    found = _loaded(raw, name)
    if isinstance(found, dict) and "cases" in found:
        found = cast("Record", found)["cases"]
    if isinstance(found, dict):
        items = [_of_query(query, wanted) for query, wanted in cast("Record", found).items()]
    else:
        items = cast("list[Any]", found) if isinstance(found, list) else []
    if not items:
        raise Invalid(f"{name} holds no cases.", "Write a list of {query, contains}.")
    if len(items) > MOST_CASES:
        raise Invalid(f"{name} holds {len(items):,} cases; {MOST_CASES:,} are the most.", "Split it.")
    return [_case(item, f"{name}, case {number}") for number, item in enumerate(items, 1)]


def _loaded(raw: bytes, name: str) -> object:
    import yaml

    try:
        return yaml.safe_load(raw.decode("utf-8-sig"))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or type(error).__name__
        raise Invalid(f"{name}{where} is no YAML: {problem}.", "Mend that line.") from None


def _of_query(query: object, wanted: object) -> object:
    if isinstance(wanted, dict):
        return {"query": query, **cast("Record", wanted)}
    return {"query": query, "contains": wanted}


def _case(item: object, where: str) -> Case:
    if not isinstance(item, dict):
        raise Invalid(f"{where} is {str(item)[:60]!r}, no table.", "Write query and contains.")
    fields = cast("Record", item)
    unknown = [str(name) for name in fields if name not in FIELDS]
    if unknown:
        raise Invalid(
            f"{where} has {unknown[0][:60]!r}, which is no field.", f"Fields are {', '.join(FIELDS)}."
        )
    taken: Record = {
        name: _text(fields[name], f"{where}: {name}") for name in ("query", *TEXTS) if name in fields
    }
    taken |= {name: _texts(fields[name], f"{where}: {name}") for name in LISTS if name in fields}
    taken |= {name: _number(fields[name], f"{where}: {name}") for name in NUMBERS if name in fields}
    if not (taken.get("query") or taken.get("path")):
        raise Invalid(f"{where} asks nothing.", "Give it a query, or a path.")
    blank: Record = {"query": ""}
    case = Case(**(blank | taken))
    if not (case.contains or case.not_contains or case.first or case.max_tokens):
        raise Invalid(f"{where} expects nothing.", "Give it contains, not_contains, first or max_tokens.")
    return case


def _texts(value: object, where: str) -> tuple[str, ...]:
    values = cast("list[object]", value) if isinstance(value, list) else [value]
    return tuple(_text(one, where) for one in values)


def _text(value: object, where: str) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    # YAML reads no, on and 2026-01-01 as something else than a text.
    raise Invalid(f"{where} is {str(value)[:60]}, no text.", "Put it in quotes.")


def _number(value: object, where: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    raise Invalid(f"{where} is {str(value)[:60]!r}, no whole number above 0.", "Write a number such as 800.")
