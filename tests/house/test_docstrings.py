"""Each public name says in one sentence what it is, and documents only what it has."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.sources import Module, iter_definitions, plant, source_modules

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def docstring_breaches(modules: list[Module]) -> list[str]:
    """List public names without a sentence, or with words about parameters they do not have."""
    breaches = []
    for module in modules:
        if not _is_sentence(ast.get_docstring(module.tree)):
            breaches.append(f"{module.path}: does not start with one sentence")
        for name, node in iter_public(module):
            text = ast.get_docstring(node)
            if not _is_sentence(text):
                breaches.append(f"{module.path}:{node.lineno}: {name} does not start with one sentence")
            elif not is_subsequence(documented(text or ""), parameters(node)):
                breaches.append(f"{module.path}:{node.lineno}: {name} documents {documented(text or '')}")
    return breaches


def iter_public(module: Module) -> Iterator[tuple[str, Definition]]:
    """Go through the public classes, functions and methods of a module."""
    definitions = dict(iter_definitions(module))
    for name, node in definitions.items():
        parts = name.split(".")
        outer = [definitions.get(".".join(parts[:end])) for end in range(1, len(parts))]
        overload = any("overload" in ast.unparse(mark) for mark in node.decorator_list)
        inside_function = any(not isinstance(each, ast.ClassDef) for each in outer)
        if not inside_function and not overload and not any(part.startswith("_") for part in parts):
            yield name, node


def documented(text: str) -> list[str]:
    """List the names under `Args:` of a docstring, in their order."""
    section = re.search(r"^Args:\n((?:[ \t]+.*\n?|\n)+)", text, re.MULTILINE)
    if not section:
        return []
    indent = len(section[1]) - len(section[1].lstrip(" "))
    names = re.findall(rf"^ {{{indent}}}(\*{{0,2}}\w+(?:, \w+)*)(?: \(.*?\))?:", section[1], re.MULTILINE)
    return [name.strip("*") for group in names for name in group.split(", ")]


def parameters(node: Definition) -> list[str]:
    """List what can be passed: a function's parameters, a class's fields or those of its `__init__`."""
    if not isinstance(node, ast.ClassDef):
        given = node.args
        every = [*given.posonlyargs, *given.args, given.vararg, *given.kwonlyargs, given.kwarg]
        return [argument.arg for argument in every if argument and argument.arg not in ("self", "cls")]
    starts = [inner for inner in node.body if isinstance(inner, ast.FunctionDef) and inner.name == "__init__"]
    if starts:
        return parameters(starts[0])
    return [b.target.id for b in node.body if isinstance(b, ast.AnnAssign) and isinstance(b.target, ast.Name)]


def is_subsequence(some: list[str], every: list[str]) -> bool:
    """Tell whether all of some are in every, in the same order."""
    rest = iter(every)
    return all(name in rest for name in some)


def _is_sentence(text: str | None) -> bool:
    first = (text or "").strip().split("\n\n")[0].strip()
    return bool(first) and first[-1] in ".:?!…" and (first[0].isupper() or not first[0].isalpha())


def test_every_public_name_says_what_it_is() -> None:
    assert docstring_breaches(source_modules()) == []


UNDOCUMENTED_PARAMETER = '''"""A module."""
def f(a, b):
    """Do it.

    Args:
        c: what.
    """
'''
OTHER_ORDER = '''"""A module."""
def f(a, b):
    """Do it.

    Args:
        b: what.
        a: what.
    """
'''
UNKNOWN_FIELD = '''"""A module."""
class A:
    """A thing.

    Args:
        b: what.
    """
    a: int
'''
SEVERAL_KINDS = '''"""A module."""
def f(a, *b, c=1):
    """Do it.

    Args:
        a: what,
            and more: of it.
        c: what.
    """
'''
CLASS_WITH_START = '''"""A module."""
class A:
    """A thing.

    Args:
        a: what.
    """
    def __init__(self, a): ...
'''


@pytest.mark.parametrize(
    "source",
    [
        "",
        '"""no capital."""',
        '"""No stop"""',
        '"""A module."""\ndef f(): ...',
        '"""A module."""\nclass A:\n    """A thing."""\n    def f(self): ...',
        UNDOCUMENTED_PARAMETER,
        OTHER_ORDER,
        UNKNOWN_FIELD,
    ],
)
def test_a_missing_or_wrong_docstring_is_found(tmp_path: Path, source: str) -> None:
    assert len(docstring_breaches(plant(tmp_path, {"mnemo/a.py": source}))) == 1


@pytest.mark.parametrize(
    "source",
    [
        '"""A module."""\ndef _f(): ...',
        '"""A module."""\ndef f():\n    """Do it."""\n    def inner(): ...',
        SEVERAL_KINDS,
        CLASS_WITH_START,
    ],
)
def test_a_good_docstring_passes(tmp_path: Path, source: str) -> None:
    assert docstring_breaches(plant(tmp_path, {"mnemo/a.py": source})) == []
