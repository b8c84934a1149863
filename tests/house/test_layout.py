"""The top of the checkout holds what it must, and nothing else."""

from __future__ import annotations

import json
import os
import tomllib

import pytest

import mnemo
from tests.house.sources import CHECKOUT, source_modules, tracked_files

TOP = {"pyproject.toml", "README.md", "LICENSE", "src", "tests", "guide", "examples", ".mcp.json"}


def strangers(files: list[str]) -> set[str]:
    """List top-level entries that have no business there; those that start with a dot are free."""
    tops = {name.split("/")[0] for name in files}
    return {top for top in tops - TOP if not top.startswith(".")}


def test_the_top_level_entries_are_exactly_these() -> None:
    assert strangers(tracked_files()) == set()
    assert {name for name in TOP if not os.path.exists(CHECKOUT / name)} == set()


@pytest.mark.parametrize("name", ["setup.py", "docs/a.md", "notes.txt", "mnemo/a.py"])
def test_a_stranger_at_the_top_is_found(name: str) -> None:
    assert strangers(["src/mnemo/a.py", ".ci/run", "README.md", name]) == {name.split("/")[0]}


def test_types_are_shipped() -> None:
    assert "src/mnemo/py.typed" in tracked_files()


def test_the_version_is_written_in_one_place() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "version" not in project
    assert [m.path for m in source_modules() if f'"{mnemo.__version__}"' in m.text] == ["mnemo/__init__.py"]


def test_the_project_registers_its_own_server_without_a_machine_path() -> None:
    servers = json.loads((CHECKOUT / ".mcp.json").read_text(encoding="utf-8"))["mcpServers"]
    command = servers["mnemo"]["command"]
    assert not os.path.isabs(command)
    assert f"{command} " in (CHECKOUT / "README.md").read_text(encoding="utf-8")


def test_what_runs_directly_can_be_run() -> None:
    assert os.access(CHECKOUT / ".ci" / "run", os.X_OK)
