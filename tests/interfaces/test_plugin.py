"""The plugin boundary: every command of the ledger, for hosts of other people's making."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mnemo.errors import Invalid
from mnemo.interfaces import plugin
from tests.house.sources import CHECKOUT, SOURCE

Record = dict[str, Any]


class Host:
    """A program that takes plugins."""

    def __init__(self) -> None:
        self.taken: dict[str, Callable[..., Record]] = {}
        self.described: dict[str, Record] = {}

    def register_command(self, name: str, handler: Callable[..., Record], **metadata: Any) -> None:
        self.taken[name] = handler
        self.described[name] = metadata


@pytest.fixture
def host(repository: Path) -> Host:
    """A host that took the plugin, in a repository."""
    made = Host()
    assert plugin.register(made) == list(made.taken)
    return made


def test_each_of_the_32_commands_is_registered_with_what_it_does(host: Host) -> None:
    assert len(host.taken) == 32
    assert tuple(host.taken) == plugin.NAMES
    for name, metadata in host.described.items():
        assert metadata["description"], name
    assert "run_id=…" in host.described["pause"]["args_hint"]


def test_a_host_without_commands_is_left_as_it_is() -> None:
    assert plugin.register(object()) == []
    assert plugin.register(None) == []


@pytest.mark.parametrize(
    "given",
    [
        {"goal": "ship it", "allow_spike": True},
        {"goal": "ship it", "allow-spike": True},
        '{"goal": "ship it", "allow_spike": true}',
        'goal="ship it" allow_spike=true',
        "--goal='ship it' --allow-spike=yes",
    ],
)
def test_arguments_come_as_an_object_as_json_or_as_pairs(host: Host, given: Any) -> None:
    told = host.taken["start"](given)
    assert told["ok"] is True
    assert told["run"]["goal"] == "ship it"
    assert told["run"]["spike"] is True


def test_numbers_and_lists_come_as_text_too(host: Host) -> None:
    assert host.taken["list-dispatches"]("limit=3")["count"] == 0
    run = host.taken["start"](goal="g")["run"]["id"]
    drafted = host.taken["plan"](f"run_id={run} title=t body=b criteria='it works'")
    assert drafted["plan"]["criteria"] == ["it works"]


def test_a_folder_can_be_named_for_each_call(host: Host, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    host.taken["start"]({"goal": "there", "workspace": str(tmp_path / "elsewhere")})
    assert (tmp_path / "elsewhere" / ".mnemo" / "mnemo.db").exists()
    assert host.taken["list-dispatches"]()["count"] == 0


@pytest.mark.parametrize(
    ("name", "given", "error"),
    [
        ("pause", {"run_id": "run_ffffffff"}, "run_not_found"),
        ("start", {"speed": 3}, "invalid"),
        ("start", "just words", "invalid"),
        ("start", "{broken", "invalid"),
        ("start", "goal='open", "invalid"),
        ("list-dispatches", "limit=many", "invalid"),
        ("list-dispatches", {"workspace": "/nowhere/at/all"}, "invalid"),
    ],
)
def test_every_failure_is_a_record(host: Host, name: str, given: Any, error: str) -> None:
    told = host.taken[name](given)
    assert (told["ok"], told["error"]) == (False, error)
    assert told["fix"]
    json.dumps(told)


def test_what_is_no_object_is_refused() -> None:
    assert plugin.read_given(None) == plugin.read_given("") == {}
    with pytest.raises(Invalid):
        plugin.read_given("{1: 2}")


def test_the_entry_point_is_a_module_that_registers_and_needs_no_host() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    points = project["entry-points"]
    assert points == {plugin.ENTRY_POINTS: {"mnemo": plugin.__name__}}
    start = f"import sys; sys.path.insert(0, {str(SOURCE)!r})"
    program = f"{start}; import {plugin.__name__} as found; print(callable(found.register))"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (run.stdout.strip(), run.stderr) == ("True", "")
