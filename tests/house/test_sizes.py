"""Files and functions stay small enough to be read at once."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.house.sources import Module, iter_definitions, modules_in, plant, source_modules

LARGEST_FILE = 400
LARGEST_FUNCTION = 60


def file_lines(module: Module) -> int:
    """Count the lines of a file."""
    return len(module.text.splitlines())


def list_functions(modules: list[Module]) -> list[tuple[str, int]]:
    """List every function as (place, lines), its signature and docstring counted."""
    return [
        (f"{module.path}:{node.lineno} {name}", (node.end_lineno or node.lineno) - node.lineno + 1)
        for module in modules
        for name, node in iter_definitions(module)
        if not isinstance(node, ast.ClassDef)
    ]


def size_breaches(modules: list[Module]) -> list[str]:
    """List files and functions that are too long."""
    files = [f"{m.path}: {file_lines(m)} lines" for m in modules if file_lines(m) > LARGEST_FILE]
    functions = [
        f"{place}: {lines} lines" for place, lines in list_functions(modules) if lines > LARGEST_FUNCTION
    ]
    return files + functions


@pytest.mark.parametrize("folder", ["src", "tests", "examples"])
def test_files_and_functions_are_small(folder: str) -> None:
    assert size_breaches(modules_in(folder)) == []


def test_typical_sizes_are_told(record_property: Callable[[str, object], None]) -> None:
    modules = source_modules()
    lengths = [file_lines(module) for module in modules if not module.package]
    functions = [lines for _, lines in list_functions(modules)]
    record_property("median file", f"{statistics.median(lengths):.0f} lines of {len(lengths)} files")
    record_property(
        "median function", f"{statistics.median(functions):.0f} lines of {len(functions)} functions"
    )
    assert statistics.median(lengths) <= LARGEST_FILE / 2
    assert statistics.median(functions) <= LARGEST_FUNCTION / 4


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("x = 1\n" * 400, 0),
        ("x = 1\n" * 401, 1),
        ("def f():\n" + "    x = 1\n" * 59, 0),
        ("def f():\n" + "    x = 1\n" * 60, 1),
        ("class A:\n    async def f(self):\n" + "        x = 1\n" * 60, 1),
    ],
)
def test_what_is_too_long_is_found(tmp_path: Path, source: str, count: int) -> None:
    assert len(size_breaches(plant(tmp_path, {"mnemo/a.py": source}))) == count
