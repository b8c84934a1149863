"""The source read as text and syntax trees, for the rules of the house."""

from __future__ import annotations

import ast
import gc
import os
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

CHECKOUT = Path(__file__).resolve().parent.parent.parent
SOURCE = CHECKOUT / "src"
Importing = ast.Import | ast.ImportFrom | ast.Call


class Module(NamedTuple):
    """One file of Python.

    Args:
        name: dotted; a package goes by its own name.
        path: relative to the folder it was read from, POSIX.
        text: its source.
        tree: its syntax tree.
        package: whether it is an `__init__.py`.
    """

    name: str
    path: str
    text: str
    tree: ast.Module
    package: bool


class Import(NamedTuple):
    """One imported name.

    Args:
        target: dotted name of what is imported, a module where one of ours has that name.
        line: where.
        at_start: whether it runs when the importing module is imported.
    """

    target: str
    line: int
    at_start: bool


def read_modules(root: Path) -> list[Module]:
    """Parse every Python file below a folder."""
    return [_read(root, path) for path in sorted(root.rglob("*.py"))]


@cache
def modules_in(folder: str) -> list[Module]:
    """Parse a folder of the project as it stands, the trees for as long as the process lives.

    The garbage collector would look at their million nodes again and again, which takes most of the time.
    """
    gc.collect()  # what a test left behind is not to be spared with them
    gc.disable()
    try:
        return read_modules(CHECKOUT / folder)
    finally:
        gc.freeze()
        gc.enable()


def source_modules() -> list[Module]:
    """Parse the package as it stands."""
    return modules_in(SOURCE.name)


def plant(root: Path, files: dict[str, str]) -> list[Module]:
    """Write small sources into a folder and parse them, to show that a rule can fail."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return read_modules(root)


def list_imports(module: Module, names: set[str]) -> list[Import]:
    """List what a module imports, at its start, inside functions, and for type checkers alike.

    Args:
        module: the importing module.
        names: dotted names of all our modules, to tell `from package import module` from a function.
    """
    return [
        Import(target, node.lineno, not lazy)
        for node, lazy in _importing(module.tree)
        for target in _targets(node, module, names)
    ]


def iter_definitions(
    module: Module,
) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]]:
    """Go through every function and class with its dotted name inside the module."""

    def walk(
        node: ast.AST, prefix: str
    ) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield prefix + child.name, child
                yield from walk(child, f"{prefix}{child.name}.")
            elif not isinstance(child, ast.expr):
                yield from walk(child, prefix)

    yield from walk(module.tree, "")


def tracked_files() -> list[str]:
    """List the files that belong to the project, committed or about to be, relative to its top."""
    command = [
        "git",
        "-c",
        "safe.directory=*",
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]
    listed = subprocess.run(command, cwd=CHECKOUT, capture_output=True, check=True).stdout.decode()
    return sorted(name for name in set(listed.split("\0")) if name and os.path.exists(CHECKOUT / name))


def _read(root: Path, path: Path) -> Module:
    relative = path.relative_to(root)
    package = path.name == "__init__.py"
    parts = relative.parent.parts if package else relative.with_suffix("").parts
    text = path.read_text(encoding="utf-8")
    return Module(".".join(parts), relative.as_posix(), text, ast.parse(text, str(path)), package)


@cache
def _importing(tree: ast.Module) -> list[tuple[Importing, bool]]:
    """List what may import, each with whether it is lazy.

    Bodies of functions, and blocks for type checkers, do not run at import.
    """
    found: list[tuple[Importing, bool]] = []
    left: list[tuple[ast.AST, bool]] = [(tree, False)]
    while left:
        node, lazy = left.pop()
        if isinstance(node, Importing):
            found.append((node, lazy))
        lazy = lazy or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        guarded = node.body if isinstance(node, ast.If) and _names_type_checking(node.test) else []
        left += [(child, lazy or child in guarded) for child in ast.iter_child_nodes(node)]
    return found


def _targets(node: Importing, module: Module, names: set[str]) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = _absolute(node, module)
        for alias in node.names:
            inner = f"{base}.{alias.name}"
            yield inner if inner in names else base
    elif node.args and isinstance(node.args[0], ast.Constant):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called in ("import_module", "__import__"):
            yield str(node.args[0].value)


def _absolute(node: ast.ImportFrom, module: Module) -> str:
    if not node.level:
        return node.module or ""
    parts = module.name.split(".")
    kept = parts[: len(parts) - node.level + (1 if module.package else 0)]
    return ".".join([*kept, node.module] if node.module else kept)


def _names_type_checking(test: ast.expr) -> bool:
    name = test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", "")
    return name == "TYPE_CHECKING"
