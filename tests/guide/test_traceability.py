"""What the ledger owes leads to tests that exist, and who takes part is told by commands that exist."""

from __future__ import annotations

import ast
import re

import pytest

from mnemo.interfaces import commands
from tests.house.sources import CHECKOUT, source_modules

PAGE = (CHECKOUT / "guide" / "traceability.md").read_text(encoding="utf-8")
BESIDE = CHECKOUT.parent / "shared" / "spec"
LISTS = [
    path.read_text("utf-8") for name in ("worklog", "ledger") if (path := BESIDE / f"{name}.md").exists()
]
TOKENS = [f"AC{number:02}" for number in range(1, 23)]
ROWS = [
    *(f"0.{number:02}" for number in range(1, 19)),
    *(f"2.{number:02}" for number in range(1, 57)),
    *("P01", "P02", "P03", "P04", "P20", "B-05", "B-06", "B-09", "B-23"),
]
# What shows that a test types a command: it calls the command line, starts it, or uses one of these.
TYPES = ("cli.main(", "tests.tools.typed", "tests.tools.ledgers", "tests.tools.faces", "Newcomer(", '"mnemo"')
EXECUTORS = {"hermes", "hermes_agent", "opencode", "codex", "claude", "claude_code", "cursor", "anthropic"}


def rows_of(page: str) -> list[list[str]]:
    """Split the tables of a page into cells; heads and rules are left out."""
    lines = [line for line in page.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def list_named(text: str) -> list[tuple[str, str]]:
    """Find each `file::test` of a text."""
    return re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", text)


def missing_tests(named: list[tuple[str, str]]) -> list[str]:
    """List the tests that do not exist."""
    missing = []
    for path, name in named:
        file = CHECKOUT / path
        tree = ast.parse(file.read_text(encoding="utf-8")) if file.exists() else ast.Module([], [])
        if name not in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}:
            missing.append(f"{path}::{name}")
    return missing


@pytest.mark.parametrize("token", TOKENS)
def test_every_token_leads_to_tests_that_exist(token: str) -> None:
    (row,) = [cells for cells in rows_of(PAGE) if cells[0] == token]
    named = list_named(row[2])
    assert named
    assert missing_tests(named) == []


def test_everything_else_that_is_owed_leads_to_tests_too() -> None:
    assert missing_tests(list_named(PAGE)) == []
    assert {cells[0] for cells in rows_of(PAGE) if cells[0].startswith("AC")} == set(TOKENS)


@pytest.mark.parametrize("row", ROWS)
def test_every_row_leads_to_a_test_that_types_the_command(row: str) -> None:
    (cells,) = [cells for cells in rows_of(PAGE) if cells[0] == row]
    named = list_named(cells[2])
    assert missing_tests(named) == []
    paths = [path for path, _ in named]
    typing = [path for path in paths if any(mark in (CHECKOUT / path).read_text("utf-8") for mark in TYPES)]
    assert typing or row == "2.54", "no test of the row goes through the command line"


def test_no_row_is_told_that_nobody_knows() -> None:
    rows = rows_of(PAGE.split("## Row by row", 1)[1].split("\n## ", 1)[0])
    assert [cells[0] for cells in rows] == ["row", *ROWS]


def test_the_rows_are_those_of_the_inventories_where_they_lie_beside_the_checkout() -> None:
    found = [row for page in LISTS for row in re.findall(r"^\| (\d\.\d\d) \|", page, re.MULTILINE)]
    assert not LISTS or sorted(found) == [row for row in ROWS if row[0] in "02"]


def test_every_actor_is_told_by_commands_that_exist() -> None:
    known = commands.list_commands()
    actors = rows_of(PAGE.split("## Actors", 1)[1])[1:]
    assert len(actors) == 7
    for actor in actors:
        named = re.findall(r"`([\w-]+)`", actor[2])
        assert named
        assert [name for name in named if name not in known] == []


def test_no_executor_is_imported() -> None:
    roots = {
        name.split(".")[0]
        for module in source_modules()
        for node in ast.walk(module.tree)
        for name in imported(node)
    }
    assert roots & EXECUTORS == set()
    assert "mnemo" in roots


def test_the_clean_copy_runs_tests_linters_and_types() -> None:
    steps = re.findall(
        r'^step "([^"]+)"', (CHECKOUT / ".ci" / "run").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert {"tests", "ruff check", "ruff format", "pyright"} <= set(steps)


def test_a_test_that_does_not_exist_is_found() -> None:
    text = "`tests/guide/test_traceability.py::test_gone` and `tests/guide/nowhere.py::test_it`"
    assert missing_tests(list_named(text)) == [
        "tests/guide/test_traceability.py::test_gone",
        "tests/guide/nowhere.py::test_it",
    ]


def imported(node: ast.AST) -> list[str]:
    """Return the modules that a statement imports."""
    if isinstance(node, ast.Import):
        return [each.name for each in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []
