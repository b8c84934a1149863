"""Each dependency enters by one door, and what must start fast loads nothing heavy."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house.sources import CHECKOUT, SOURCE, Module, list_imports, plant, source_modules

# Import name: the files that may import it, relative to the package; a folder ends with a slash.
DOORS = {
    "fastmcp": ("interfaces/server.py", "interfaces/stdio.py", "interfaces/demo.py"),
    "mcp": ("interfaces/server.py", "interfaces/demo.py"),
    "git": ("repo/git.py",),
    "cyclopts": ("interfaces/cli.py",),
    "rich": ("interfaces/",),
    "pydantic": ("interfaces/",),
    "regex": ("anchors/patterns.py",),
    "sqlite3": ("store/",),
    "watchdog": ("repo/watch.py",),
    "rank_bm25": ("retrieval/okapi.py",),
    "yaml": ("evaluating/cases.py",),
    "numpy": ("retrieval/runs.py", "retrieval/vectors.py"),
    "sentence_transformers": ("retrieval/embedders.py",),
    "tree_sitter": ("repo/grammars.py",),
    "tree_sitter_javascript": ("repo/grammars.py",),
    "tree_sitter_typescript": ("repo/grammars.py",),
    "tree_sitter_go": ("repo/grammars.py",),
    "tree_sitter_rust": ("repo/grammars.py",),
}
# What a dependency is called on the package index, where that differs from its import.
DISTRIBUTIONS = {"git": "gitpython", "yaml": "pyyaml"}

LIGHT = tuple(
    "errors.py ids.py clock.py settings.py surface.py text.py tokens.py fence.py sketch.py"
    " redact.py secret_names.py secret_shapes.py"
    " model/ store/ anchors/ retrieval/ repo/location.py repo/head.py repo/files.py"
    " homes.py light.py json_light.py speaking/ capture/ interfaces/hooks/ __main__.py __init__.py".split()
)
# Of the standard library, what costs milliseconds to load: only inside functions.
HEAVY = set(
    "argparse asyncio concurrent contextlib dataclasses difflib email http importlib.metadata inspect logging"
    " multiprocessing pathlib random shutil socket ssl subprocess tempfile tomllib unittest urllib.request"
    " uuid xml".split()
)


def is_in(path: str, places: tuple[str, ...]) -> bool:
    """Tell whether a source file is one of these places, or inside one that ends with a slash."""
    inner = path.removeprefix("mnemo/")
    return any(inner == place or (place.endswith("/") and inner.startswith(place)) for place in places)


def door_breaches(modules: list[Module]) -> list[str]:
    """List imports of a dependency anywhere but at its door."""
    names = {module.name for module in modules}
    breaches = []
    for module in modules:
        for found in list_imports(module, names):
            top = found.target.split(".")[0]
            foreign = top not in sys.stdlib_module_names and top != "mnemo"
            if (foreign or top in DOORS) and not is_in(module.path, DOORS.get(top, ())):
                breaches.append(
                    f"{module.path}:{found.line}: {found.target} has its door at {DOORS.get(top)}"
                )
    return breaches


def weight_breaches(modules: list[Module]) -> list[str]:
    """List what light modules load that is not light."""
    names = {module.name for module in modules}
    breaches = []
    for module in modules:
        if not is_in(module.path, LIGHT):
            continue
        for found in list_imports(module, names):
            heavy = any(found.target == name or found.target.startswith(f"{name}.") for name in HEAVY)
            foreign = found.target.split(".")[0] not in {*sys.stdlib_module_names, "mnemo"}
            if found.at_start and (heavy or foreign):
                breaches.append(f"{module.path}:{found.line}: loads {found.target} when it is imported")
    return breaches


def sql_breaches(modules: list[Module]) -> list[str]:
    """List where a database is asked anything outside the store."""
    return [
        f"{module.path}:{node.lineno}: {ast.unparse(node)}"
        for module in modules
        if not is_in(module.path, (*DOORS["sqlite3"], *DOORS["git"]))  # GitPython executes git
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and node.attr in ("execute", "executemany", "executescript")
    ]


def declared_dependencies() -> set[str]:
    """Read the names of what an installation brings, with every extra but the developers'."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [items for extra, items in project["optional-dependencies"].items() if extra != "dev"]
    items = [item for group in (project["dependencies"], *extras) for item in group]
    return {re.split(r"[^\w.-]", item)[0].lower() for item in items}


def test_every_dependency_enters_by_its_door() -> None:
    assert door_breaches(source_modules()) == []


def test_only_the_store_speaks_sql() -> None:
    assert sql_breaches(source_modules()) == []


def test_light_rooms_load_nothing_heavy() -> None:
    assert weight_breaches(source_modules()) == []


def test_light_rooms_load_nothing_heavy_through_others() -> None:
    light = [m.name for m in source_modules() if is_in(m.path, LIGHT) and m.name != "mnemo.__main__"]
    program = (
        "import importlib, sys\nbefore = set(sys.modules)\n"
        "for name in sys.argv[1].split(): importlib.import_module(name)\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    start = f"import sys\nsys.path.insert(0, {str(SOURCE)!r})\n{program}"
    run = subprocess.run([sys.executable, "-S", "-c", start, " ".join(light)], capture_output=True, text=True)
    assert run.stderr == ""
    loaded = set(run.stdout.split())
    assert loaded & HEAVY == set()
    assert {name.split(".")[0] for name in loaded} <= {*sys.stdlib_module_names, "mnemo"}


def test_what_is_declared_is_imported_and_what_is_imported_is_declared() -> None:
    modules = source_modules()
    names = {module.name for module in modules}
    tops = {i.target.split(".")[0] for m in modules for i in list_imports(m, names)}
    foreign = tops - set(sys.stdlib_module_names) - {"mnemo"}
    assert declared_dependencies() == {DISTRIBUTIONS.get(top, top.replace("_", "-")) for top in foreign}


def test_every_dependency_has_its_reason_written_down() -> None:
    pages = "\n".join(
        page.read_text(encoding="utf-8") for page in (CHECKOUT / "guide" / "decisions").glob("*.md")
    )
    assert [name for name in sorted(declared_dependencies()) if f"`{name}`" not in pages] == []


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("tools/core.py", "import fastmcp"),
        ("repo/files.py", "def f():\n    from git import Repo"),
        ("memory/claims.py", "import sqlite3"),
        ("interfaces/server.py", "import cyclopts"),
        ("anchors/judge.py", "import regex"),
        ("tools/core.py", "import numpy"),
    ],
)
def test_another_door_is_found(tmp_path: Path, name: str, source: str) -> None:
    assert len(door_breaches(plant(tmp_path, {f"mnemo/{name}": source}))) == 1


@pytest.mark.parametrize(
    ("name", "source", "count"),
    [
        ("store/a.py", "import subprocess", 1),
        ("ids.py", "import importlib.metadata", 1),
        ("anchors/a.py", "import regex", 1),
        ("store/a.py", "def f():\n    import subprocess", 0),
        ("repo/git.py", "import subprocess", 0),
    ],
)
def test_heavy_loading_is_found(tmp_path: Path, name: str, source: str, count: int) -> None:
    assert len(weight_breaches(plant(tmp_path, {f"mnemo/{name}": source}))) == count


def test_sql_outside_the_store_is_found(tmp_path: Path) -> None:
    source = "def f(db):\n    return db.execute('SELECT 1')\n"
    assert len(sql_breaches(plant(tmp_path, {"mnemo/memory/a.py": source, "mnemo/store/a.py": source}))) == 1
