"""The definitions of a Python file, each with a hash that survives formatting and Python versions.

A name may be defined several times in its scope: a property and its setter, overloads, the branches of an
`if` or `try`. All of them together are the definition: the hash covers each in order, the lines run from the
first to the last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mnemo.repo.recent import Recent

if TYPE_CHECKING:
    from mnemo.repo.syntax import Definitions

PYTHON_SUFFIXES = (".py", ".pyi", ".pyw")

# A parsed file weighs about thirty times its text.
PARSED_CHARACTERS = 500_000
KNOWN_CHARACTERS = 4_000_000


class Symbol(NamedTuple):
    """One definition.

    Args:
        name: dotted from the module's top, such as Class.method.
        first: its first line with decorators, from 1.
        last: its last line.
        body_hash: 16 hexadecimal digits; equal for equal code on Python 3.11, 3.12 and 3.13.
    """

    name: str
    first: int
    last: int
    body_hash: str


_parsed: Recent[Definitions] = Recent(PARSED_CHARACTERS)
_known: Recent[dict[str, Symbol | None]] = Recent(KNOWN_CHARACTERS)


def is_python(path: str) -> bool:
    """Tell whether a path names Python source."""
    return path.endswith(PYTHON_SUFFIXES)


def find_symbol(source: str, name: str) -> Symbol | None:
    """Return the function, class, method, nested function or assigned name that a dotted name means.

    Raises:
        Unreadable: the source is no valid Python.
    """
    known = _known.once(source, len(source), dict)
    if name not in known:
        known[name] = _symbol(name, source)
    return known[name]


def find_span(source: str, name: str) -> tuple[int, int] | None:
    """Return a definition's first and last line, None when there is none of that name.

    Raises:
        Unreadable: the source is no valid Python.
    """
    symbol = find_symbol(source, name)
    return (symbol.first, symbol.last) if symbol else None


def list_symbols(source: str) -> list[Symbol]:
    """Return every definition in the order of the source; Unreadable when it is no valid Python."""
    found = (find_symbol(source, name) for name in _definitions(source))
    return [symbol for symbol in found if symbol]


def enclosing(source: str, first: int, last: int) -> str | None:
    """Return the innermost function or class that holds these lines, None at the module's level.

    Args:
        source: the file's text.
        first: first line, from 1.
        last: last line.

    Raises:
        Unreadable: the source is no valid Python.
    """
    from mnemo.repo.syntax import is_scope, lines_of

    holders: list[tuple[int, str]] = []
    for name, nodes in _definitions(source).items():
        for node in filter(is_scope, nodes):
            start, end = lines_of(node)
            if start <= first and last <= end:
                holders.append((start, name))
    return max(holders)[1] if holders else None


def _symbol(name: str, source: str) -> Symbol | None:
    from mnemo.repo.syntax import form_hash, lines_of

    nodes = _definitions(source).get(name)
    if not nodes:
        return None
    starts, ends = zip(*map(lines_of, nodes), strict=True)
    return Symbol(name, min(starts), max(ends), form_hash(nodes))


def _definitions(source: str) -> Definitions:
    # Imported here because a hook that judges no symbol should not pay 7 ms for ast.
    from mnemo.repo.syntax import collect, parse

    return _parsed.once(source, len(source), lambda: collect(parse(source)))
