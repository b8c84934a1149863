"""A file imports only from lower floors; rooms on one floor are strangers; there are no circles."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.house.sources import Module, list_imports, plant, source_modules

# From the ground up. `guide/architecture.md` draws the same house.
FLOORS = (
    (
        "errors",
        "ids",
        "clock",
        "homes",
        "settings",
        "text",
        "surface",
        "tokens",
        "fence",
        "redact",
        "secret_names",
        "secret_shapes",
        "sketch",
        "light",
        "json_light",
        "scorer",
    ),
    ("model",),
    ("store", "repo"),
    ("anchors", "retrieval"),
    (
        "memory",
        "worklog",
        "ledger",
        "health",
        "speaking",
        "capture",
        "importing",
        "clients",
        "watching",
        "evaluating",
        "code",
        "skills",
    ),
    ("project",),
    ("projects",),
    ("tools",),
    ("interfaces",),
    ("mnemo", "__main__"),
)
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
NEIGHBOURS = {("retrieval", "anchors")}
# Started by a client on every prompt and edit: what it loads, people wait for.
HOOK_MAY_USE = {*FLOORS[0], *FLOORS[1], *FLOORS[2], *FLOORS[3], "speaking", "capture", "health"}


def room_of(name: str) -> str:
    """Name the room of a dotted module; the package itself is a room of its own."""
    parts = name.split(".")
    return parts[1] if len(parts) > 1 else parts[0]


def floor_breaches(modules: list[Module]) -> list[str]:
    """List imports that go up, or across to a stranger."""
    names = {module.name for module in modules}
    breaches = [
        f"{m.path}: the room {room_of(m.name)!r} has no floor"
        for m in modules
        if room_of(m.name) not in FLOOR
    ]
    for module in modules:
        for found in list_imports(module, names):
            if found.target.split(".")[0] == "mnemo" and not _may_import(module.name, found.target):
                breaches.append(f"{module.path}:{found.line}: {module.name} imports {found.target}")
    return breaches


def _may_import(importer: str, target: str) -> bool:
    here, there = room_of(importer), room_of(target)
    if importer.startswith("mnemo.interfaces.hooks") and there not in HOOK_MAY_USE | {"interfaces"}:
        return False
    if here == there or (here, there) in NEIGHBOURS:
        return True
    below, above = FLOOR.get(there, -1), FLOOR.get(here, -1)
    return below < above or below == above == 0


def find_circle(modules: list[Module]) -> list[str] | None:
    """Find modules that import each other in a ring, None where there is none."""
    names = {module.name for module in modules}
    graph = {m.name: {i.target for i in list_imports(m, names) if i.target in names} for m in modules}
    done: set[str] = set()

    def walk(name: str, path: tuple[str, ...]) -> list[str] | None:
        if name in path:
            return [*path[path.index(name) :], name]
        if name in done:
            return None
        for target in sorted(graph[name]):
            circle = walk(target, (*path, name))
            if circle:
                return circle
        done.add(name)
        return None

    return next((circle for name in sorted(graph) if (circle := walk(name, ()))), None)


def test_every_file_imports_only_from_lower_floors() -> None:
    assert floor_breaches(source_modules()) == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert find_circle(source_modules()) is None


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("store/a.py", "from mnemo.tools import core"),
        ("store/a.py", "from mnemo import project"),
        ("store/a.py", "from mnemo.repo import head"),
        ("store/a.py", "from ..repo import head"),
        ("store/a.py", "import mnemo"),
        ("memory/a.py", "def f():\n    import mnemo.ledger.tasks"),
        (
            "memory/a.py",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from mnemo.project import Project",
        ),
        ("memory/a.py", "import importlib\nimportlib.import_module('mnemo.interfaces.cli')"),
        ("anchors/a.py", "from mnemo.retrieval import rank"),
        ("interfaces/hooks/entry.py", "from mnemo.memory import claims"),
        ("errors.py", "from mnemo.model import claim"),
        ("cellar/a.py", ""),
    ],
)
def test_an_import_upward_or_across_is_found(tmp_path: Path, name: str, source: str) -> None:
    files = {f"mnemo/{name}": source}
    for other in ("tools/core", "project", "repo/head", "retrieval/rank", "memory/claims", "model/claim"):
        files.setdefault(f"mnemo/{other}.py", "")
    assert len(floor_breaches(plant(tmp_path, files))) == 1


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("store/a.py", "from mnemo import errors, ids\nfrom . import b"),
        ("retrieval/a.py", "from mnemo.anchors.judge import judge"),
        ("tools/a.py", "from mnemo.memory import claims\nfrom mnemo.ledger import tasks"),
        ("ids.py", "from mnemo.errors import Invalid"),
        ("__main__.py", "from mnemo.interfaces import cli"),
        ("interfaces/hooks/entry.py", "import json\nfrom mnemo.store import database"),
    ],
)
def test_an_import_downward_is_fine(tmp_path: Path, name: str, source: str) -> None:
    files = {"mnemo/errors.py": "", "mnemo/ids.py": "", "mnemo/store/b.py": "", f"mnemo/{name}": source}
    assert floor_breaches(plant(tmp_path, files)) == []


@pytest.mark.parametrize(
    "second",
    [
        "from mnemo.store import a",
        "def f():\n    from mnemo.store.a import x",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import mnemo.store.a",
    ],
)
def test_a_circle_is_found(tmp_path: Path, second: str) -> None:
    modules = plant(tmp_path, {"mnemo/store/a.py": "from mnemo.store import b", "mnemo/store/b.py": second})
    assert find_circle(modules) == ["mnemo.store.a", "mnemo.store.b", "mnemo.store.a"]
