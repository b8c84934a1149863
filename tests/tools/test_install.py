"""install: what is put into the clients' files, and that it comes out again to the byte."""

from __future__ import annotations

import json
import os
import shlex
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest

from mnemo.clients.table import CLIENTS
from mnemo.interfaces import cli
from mnemo.tools import installing
from mnemo.tools.installing import install, uninstall
from tests.clients.scenes import hooks_in, place, settings, snapshot
from tests.clients.states import OTHER_HOOKS, SERVERS, SETTINGS

ALL = sorted(CLIENTS)


@pytest.fixture
def both(repository: Path, home: Path) -> tuple[Path, Path]:
    """The repository and the home that clients' files lie in."""
    return repository, home


@pytest.mark.parametrize("state", SETTINGS)
def test_settings_come_back_to_the_byte(both: tuple[Path, Path], state: str) -> None:
    place(settings(both[0]), SETTINGS[state])
    before = snapshot(*both)
    assert install("claude", allow=True)["done"]
    assert "SessionStart" in settings(both[0]).read_text()
    installed = snapshot(*both)
    assert not install("claude", allow=True)["done"]
    assert snapshot(*both) == installed
    assert uninstall()["done"]
    assert snapshot(*both) == before


@pytest.mark.parametrize("state", SERVERS)
@pytest.mark.parametrize("scope", ["local", "user"])
def test_the_state_file_comes_back_to_the_byte(
    both: tuple[Path, Path], state: str, scope: installing.Scope
) -> None:
    file = place(both[1] / ".claude.json", SERVERS[state])
    before = snapshot(*both)
    install("claude", scope)
    assert b'"mnemo"' in file.read_bytes()
    uninstall()
    assert snapshot(*both) == before


@pytest.mark.parametrize("name", ALL)
def test_every_client_in_every_scope_comes_back_to_the_byte(both: tuple[Path, Path], name: Any) -> None:
    for scope in CLIENTS[name].scopes:
        before = snapshot(*both)
        record = install(name, scope, rules=True)  # type: ignore[arg-type]
        assert {one["change"] for one in record["files"]} == {"created"}
        assert not install(name, scope, rules=True)["done"]  # type: ignore[arg-type]
        uninstall(name)
        assert snapshot(*both) == before


@pytest.mark.parametrize("name", ALL)
def test_what_is_shared_names_no_path_of_this_machine(both: tuple[Path, Path], name: Any) -> None:
    if "project" not in CLIENTS[name].scopes:
        return
    install(name, "project", rules=True)
    for path, data in snapshot(both[0]).items():
        for own in (str(both[0]), str(both[1]), "/bin/", "python"):
            assert own not in data.decode(), path


@pytest.mark.parametrize("name", ALL)
def test_what_is_not_shared_starts_this_very_mnemo(both: tuple[Path, Path], name: Any) -> None:
    install(name, "user")
    written = b"".join(data for path, data in snapshot(both[1]).items() if not path.endswith(os.sep))
    assert installing.program_words()[0].encode() in written


def test_an_older_installation_is_brought_up_to_date_in_its_place(both: tuple[Path, Path]) -> None:
    old = OTHER_HOOKS.replace(
        b'"Stop": [',
        b'"Stop": [\n      {"hooks": [{"type": "command", "command": "/gone/mnemo hook Stop"}]},'
        b'\n      {"hooks": [{"type": "command", "command": "/older/mnemo hook Stop"}]},',
    )
    path = place(settings(both[0]), old)
    state = place(
        both[1] / ".claude.json",
        b'{"mcpServers": {"mnemo": {"command": "/gone/mnemo", "args": ["serve", "--tools", "all"],'
        b' "env": {"A": "1"}, "timeout": 9}}}',
    )
    install("claude", "local")
    install("claude", "user")
    stops = hooks_in(path)["Stop"]
    assert len(stops) == 2
    assert stops[0]["hooks"][0]["command"] == shlex.join([*installing.hook_words(), "Stop"])
    assert stops[1]["hooks"][0]["command"] == "notify-send done"
    entry = json.loads(state.read_text())["mcpServers"]["mnemo"]
    assert entry["command"] == installing.program_words()[0]
    assert (entry["args"][-3:], entry["env"], entry["timeout"]) == (
        ["serve", "--tools", "all"],
        {"A": "1"},
        9,
    )


def test_a_hook_of_ours_beside_others_in_one_group_is_changed_alone(both: tuple[Path, Path]) -> None:
    group = {
        "matcher": "X",
        "hooks": [{"type": "command", "command": "a"}, {"command": "/old/mnemo hook Stop"}],
    }
    path = place(settings(both[0]), json.dumps({"hooks": {"Stop": [group]}}).encode())
    install("claude")
    (stop,) = hooks_in(path)["Stop"]
    assert stop["matcher"] == "X"
    assert stop["hooks"][0]["command"] == "a"
    assert stop["hooks"][1]["timeout"] == 5
    path.write_text(path.read_text() + "\n")  # else it is given back as it was
    uninstall()
    assert hooks_in(path) == {"Stop": [{"matcher": "X", "hooks": [{"type": "command", "command": "a"}]}]}


def test_the_record_keeps_no_copy_of_a_file_that_taking_out_gives_back(both: tuple[Path, Path]) -> None:
    place(both[1] / ".claude.json", SERVERS["other servers"])
    install("claude")
    path = both[1] / ".mnemo" / "installed.json"
    kept = json.loads(path.read_text())["installed"]
    assert [one["original"] for one in kept] == [None, None]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_new_files_in_the_home_are_private(both: tuple[Path, Path]) -> None:
    install("claude")
    assert stat.S_IMODE((both[1] / ".claude.json").stat().st_mode) == 0o600


def test_without_a_name_the_clients_found_here_are_taken_and_said(both: tuple[Path, Path]) -> None:
    os.environ["PATH"] = ""
    nobody = install(dry_run=True)
    assert [one["client"] for one in nobody["clients"]] == ["claude"]
    assert "No client was found" in nobody["notes"][0]
    (both[1] / ".codex").mkdir()
    (both[0] / ".cursor").mkdir()
    found = install(dry_run=True)
    assert [(one["client"], one["scope"]) for one in found["clients"]] == [
        ("cursor", "project"),
        ("codex", "project"),
    ]
    assert found["notes"][0] == "Found here: Cursor, Codex."
    assert "Cursor has no local scope: project is used." in found["notes"]


def test_a_command_on_the_path_is_a_client_too(both: tuple[Path, Path], tmp_path: Path) -> None:
    program = place(tmp_path / "bin" / "gemini", b"#!/bin/sh\n")
    program.chmod(0o755)
    os.environ["PATH"] = str(tmp_path / "bin")
    assert [one["client"] for one in install(dry_run=True)["clients"]] == ["gemini"]


def test_a_linked_worktree_is_registered_as_its_repository(both: tuple[Path, Path], tmp_path: Path) -> None:
    subprocess.run(["git", "worktree", "add", "-q", str(tmp_path / "linked")], check=True)
    os.chdir(tmp_path / "linked")
    install("claude")
    known = json.loads((both[1] / ".claude.json").read_text())
    assert list(known["projects"]) == [str(both[0])]
    assert settings(both[0]).exists()


def test_vscode_gets_no_hooks_of_its_own_where_it_runs_those_of_claude(both: tuple[Path, Path]) -> None:
    install("claude")
    record = install("vscode")
    assert not (both[0] / ".github").exists()
    assert any("VS Code runs the hooks" in note for note in record["notes"])


def test_the_words_say_what_was_done_what_is_wanted_and_what_is_next(
    both: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["install", "codex", "--scope", "user"]) == 0
    shown = capsys.readouterr().out
    assert f"created: {both[1]}/.codex/config.toml" in shown
    assert "trust the hooks with /hooks" in shown
    assert shown.strip().split("\n")[-1].startswith("Next: mnemo import auto")
    assert cli.main(["install", "codex", "--scope", "user"]) == 0
    assert "installed already" in capsys.readouterr().out
    assert cli.main(["uninstall"]) == 0
    assert "Uninstalled." in capsys.readouterr().out
    assert cli.main(["uninstall"]) == 0
    assert "Nothing of mnemo was installed." in capsys.readouterr().out


def test_the_shared_server_answers_the_handshake_where_there_is_no_mnemo(both: tuple[Path, Path]) -> None:
    install("claude", "project")
    entry = json.loads((both[0] / ".mcp.json").read_text())["mcpServers"]["mnemo"]
    asked = [
        {"jsonrpc": "2.0", "id": 0, "method": "server/discover", "params": {}},
        {"method": "initialize", "params": {"clientInfo": {"name": "x"}}, "jsonrpc": "2.0", "id": 1},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": "two", "method": "tools/list"},
    ]
    done = subprocess.run(
        [f"/bin/{entry['command']}", *entry["args"]],
        input="".join(json.dumps(one) + "\n" for one in asked),
        env={"PATH": str(both[1])},
        capture_output=True,
        text=True,
        timeout=20,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["id"] for one in answers] == [0, 1, "two"]
    assert ["result" in one for one in answers] == [False, True, False]
    assert done.stderr == ""
    assert done.returncode == 0


@pytest.mark.parametrize("present", [False, True])
def test_a_shared_hook_is_silent_where_mnemo_is_absent_or_fails(
    both: tuple[Path, Path], tmp_path: Path, present: bool
) -> None:
    install("claude", "project")
    if present:
        place(tmp_path / "bin" / "mnemo", b"#!/bin/sh\nexit 2\n").chmod(0o755)
    for groups in hooks_in(both[0] / ".claude" / "settings.json").values():
        line = groups[0]["hooks"][0]["command"]
        done = subprocess.run(
            ["/bin/sh", "-c", line], env={"PATH": str(tmp_path / "bin")}, capture_output=True, timeout=20
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
