"""The definitions of a source file, each with a hash that survives formatting and versions of its language.

Python is read by its own parser, JavaScript, TypeScript, Go and Rust by those of the extra `[code]`. A name
may be defined several times in its scope: a property and its setter, overloads, the branches of an `if` or
`try`. All of them together are the definition: the hash covers each in order, the lines run from the first
to the last.
"""

from __future__ import annotations

from collections.abc import Iterator

from mnemo.light import TYPE_CHECKING, NamedTuple
from mnemo.repo.files import Unreadable
from mnemo.repo.grammars import LANGUAGES, language_of
from mnemo.repo.recent import Recent

if TYPE_CHECKING:
    from mnemo.repo.outlines import Outline
    from mnemo.repo.syntax import Definitions

PYTHON = "python"
PYTHON_SUFFIXES = (".py", ".pyi", ".pyw")
# As the languages are called where they are named to a person.
SPOKEN = "Python, JavaScript, TypeScript, Go and Rust"

# A parsed file weighs about thirty times its text.
PARSED_CHARACTERS = 500_000
KNOWN_CHARACTERS = 4_000_000
KNOWN_BESIDE = 500  # what is known of a file weighs at least as much beside its text


class Symbol(NamedTuple):
    """One definition.

    Args:
        name: dotted from the module's top, such as Class.method.
        first: its first line with decorators, from 1.
        last: its last line.
        body_hash: 16 hexadecimal digits; equal for equal code on Python 3.11, 3.12 and 3.13, and for equal
            words in the other languages.
    """

    name: str
    first: int
    last: int
    body_hash: str


def _keys(source: str) -> Iterator[tuple[str, str]]:
    return ((language, source) for language in (PYTHON, *LANGUAGES))


_parsed: Recent[Definitions] = Recent(PARSED_CHARACTERS, lambda source: (source,))
_outlined: Recent[tuple[Outline, Unreadable | None]] = Recent(PARSED_CHARACTERS, _keys)
_known: Recent[dict[str, Symbol | None]] = Recent(KNOWN_CHARACTERS, _keys)


def speaks(path: str) -> str:
    """Return the language whose definitions are read from a path's file, "" when none are."""
    return PYTHON if path.endswith(PYTHON_SUFFIXES) else language_of(path)


def find_symbol(source: str, name: str, path: str = "a.py") -> Symbol | None:
    """Return the definition that a dotted name means: a function, type, method, nested function, value.

    Args:
        source: the file's text.
        name: dotted from the file's top.
        path: of the file, whose suffix tells the language.

    Raises:
        Unreadable: the source is no valid Python; it is broken where the name may be; no grammar is there.
    """
    language = speaks(path)
    known = _known.once((language, source), len(source) + KNOWN_BESIDE, dict)
    if name not in known:
        known[name] = _python_symbol(name, source) if language == PYTHON else _symbol(name, source, language)
    return known[name]


def find_span(source: str, name: str, path: str = "a.py") -> tuple[int, int] | None:
    """Return a definition's first and last line, None when there is none of that name.

    Raises:
        Unreadable: as find_symbol().
    """
    symbol = find_symbol(source, name, path)
    return (symbol.first, symbol.last) if symbol else None


def list_symbols(source: str, path: str = "a.py") -> list[Symbol]:
    """Return every definition in the order of the source; Unreadable as find_symbol()."""
    language = speaks(path)
    names = _definitions(source) if language == PYTHON else _outline(source, language)[0]
    found = (find_symbol(source, name, path) for name in names)
    return [symbol for symbol in found if symbol]


def enclosing(source: str, first: int, last: int, path: str = "a.py") -> str | None:
    """Return the innermost function or type that holds these lines, None at the file's own level.

    Args:
        source: the file's text.
        first: first line, from 1.
        last: last line.
        path: of the file, whose suffix tells the language.

    Raises:
        Unreadable: as find_symbol().
    """
    language = speaks(path)
    spans = _python_scopes(source) if language == PYTHON else _scopes(source, language)
    holders = [(start, -end, name) for name, start, end in spans if start <= first and last <= end]
    return max(holders)[2] if holders else None


def _python_symbol(name: str, source: str) -> Symbol | None:
    from mnemo.repo.syntax import form_hash, lines_of

    nodes = _definitions(source).get(name)
    if not nodes:
        return None
    starts, ends = zip(*map(lines_of, nodes), strict=True)
    return Symbol(name, min(starts), max(ends), form_hash(nodes))


def _python_scopes(source: str) -> Iterator[tuple[str, int, int]]:
    from mnemo.repo.syntax import is_scope, lines_of

    for name, nodes in _definitions(source).items():
        for node in filter(is_scope, nodes):
            yield (name, *lines_of(node))


def _definitions(source: str) -> Definitions:
    # Imported here because a hook that judges no symbol should not pay 7 ms for ast.
    from mnemo.repo.syntax import collect, parse

    return _parsed.once(source, len(source), lambda: collect(parse(source)))


def _symbol(name: str, source: str, language: str) -> Symbol | None:
    found, broken = _outline(source, language)
    definitions = found.get(name)
    if not definitions:
        if broken:
            raise broken
        return None
    from mnemo.repo.outlines import lines_of, outline_hash

    return Symbol(name, *lines_of(definitions), outline_hash(definitions, rust=language == "rust"))


def _scopes(source: str, language: str) -> Iterator[tuple[str, int, int]]:
    from mnemo.repo.outlines import lines_of

    for name, definitions in _outline(source, language)[0].items():
        for definition in definitions:
            if definition.scope:
                yield (name, *lines_of([definition]))


def _outline(source: str, language: str) -> tuple[Outline, Unreadable | None]:
    """Return what a file defines, and what is wrong with it where it is broken."""
    return _outlined.once((language, source), len(source), lambda: _read_outline(source, language))


def _read_outline(source: str, language: str) -> tuple[Outline, Unreadable | None]:
    if language not in LANGUAGES:
        raise Unreadable("its definitions are not read", f"name a file in {SPOKEN}")
    from mnemo.repo.grammars import parse
    from mnemo.repo.outlines import find_fault, outline

    top = parse(language, source)
    return outline(top), find_fault(top)
