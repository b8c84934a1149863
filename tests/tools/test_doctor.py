"""Doctor and where on the command line: what clients left over, what waits, and every path with data."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from mnemo.interfaces import cli
from mnemo.tools import installing
from tests.tools.faces import python


def findings(record: dict[str, Any]) -> list[dict[str, Any]]:
    assert all(check["fix"] for check in record["checks"].values() if not check["ok"])
    return [{"name": name, **check} for name, check in record["checks"].items() if not check["ok"]]


def test_a_registration_that_starts_nothing_is_found_with_what_to_type(
    repository: Path, run_coded: Any
) -> None:
    assert run_coded("doctor")[0] == 0
    server = {"command": "/nonexistent/bin/mnemo", "args": ["serve"]}
    (repository / ".mcp.json").write_text(json.dumps({"mcpServers": {"mnemo": server}}))
    code, record = run_coded("doctor")
    (found,) = [check for check in findings(record) if "/nonexistent" in check["detail"]]
    assert code == 3
    assert str(repository / ".mcp.json") in found["name"]
    assert "mnemo install claude" in found["fix"]


def test_hooks_that_an_uninstalled_mnemo_left_are_found(repository: Path, run_coded: Any) -> None:
    hook = {"type": "command", "command": "/nonexistent/bin/mnemo hook Stop"}
    (repository / ".claude").mkdir()
    path = repository / ".claude" / "settings.local.json"
    path.write_text(json.dumps({"hooks": {"Stop": [{"hooks": [hook]}]}}))
    code, record = run_coded("doctor")
    assert (code, record["ok"]) == (3, False)
    assert any(str(path) in check["name"] for check in findings(record))


def test_what_install_added_is_listed_until_it_is_taken_out(
    repository: Path, home: Path, run_coded: Any
) -> None:
    installing.install("claude", "local", yes=True)
    places = {one["path"]: one["what"] for one in run_coded("where")[1]["paths"]}
    held = [path for path, what in places.items() if what == "claude: mnemo's entries in it"]
    assert str(repository / ".claude" / "settings.local.json") in held
    assert str(home / ".mnemo" / "installed.json") in places
    installing.uninstall("claude", yes=True)
    assert not any("entries" in one["what"] for one in run_coded("where")[1]["paths"])


def test_where_is_a_table_that_says_what_leaves_and_how_to_erase(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    python("claim", content="something to keep")
    assert cli.main(["where"]) == 0
    lines = capsys.readouterr().out.splitlines()
    table = [line for line in lines if str(repository / ".mnemo") in line]
    assert len({line.index("readable by") for line in table}) == 1
    assert any(line.startswith("store ") and line.endswith("/mnemo.db") for line in table)
    for words in ("never leaves this machine: ", "leaves it: ", "to erase: "):
        assert any(line.startswith(words) for line in lines)


def test_outside_a_repository_both_answer_too(repository: Path, run_coded: Any, monkeypatch: Any) -> None:
    python("claim", content="something to keep")
    outside = repository.parent / "outside"
    outside.mkdir()
    monkeypatch.chdir(outside)
    assert run_coded("doctor")[0] == 0
    assert any(one["what"] == "store of repository" for one in run_coded("where")[1]["paths"])
    shutil.rmtree(outside)
