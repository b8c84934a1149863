"""What counts as mnemo's own in a file is told from what only looks like it."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from pathlib import Path

import pytest

from mnemo.clients.entries import Setup, hook_line, is_our_hook, is_our_server
from mnemo.clients.table import CLIENTS, list_here

HERE = Setup("/home/ada", "/src/shop", "/src/shop", "user")


@pytest.mark.parametrize(
    "command",
    [
        "mnemo hook Stop",
        "/x/.venv/bin/mnemo hook Stop --client cursor",
        "'/x y/mnemo' hook Stop",
        "python3 -m mnemo hook Stop",
        "/x/python -I -S /lib/mnemo/interfaces/hooks/start.py Stop",
        "command -v mnemo >/dev/null 2>&1 && mnemo hook Stop || exit 0",
    ],
)
def test_our_hook_is_known_whichever_way_it_is_started(command: str) -> None:
    assert is_our_hook({"type": "command", "command": command})
    program, *arguments = shlex.split(command)
    assert is_our_hook({"command": program, "args": arguments})


@pytest.mark.parametrize(
    "command", ["notify mnemo hooked", "mnemosyne hook x", "echo hook mnemo", "", "mnemo.sh"]
)
def test_other_hooks_are_not_ours(command: str) -> None:
    assert not is_our_hook({"command": command})


@pytest.mark.parametrize(
    ("fields", "ours"),
    [
        ({"command": "mnemo", "args": ["serve"]}, True),
        ({"command": "/x/python", "args": ["-m", "mnemo", "serve", "--tools", "all"]}, True),
        ({"command": ["/x/mnemo", "serve"], "type": "local"}, True),
        ({"command": "sh", "args": ["-c", "exec mnemo serve; x"]}, True),
        ({"command": "npx", "args": ["mnemo"]}, False),
        ({"command": "npx", "args": ["other", "serve"]}, False),
        ({"url": "https://example.com/mnemo/serve"}, False),
        ({}, False),
        ({"command": 3, "args": "serve"}, False),
    ],
)
def test_our_server_is_told_from_another_of_that_name(fields: dict[str, object], ours: bool) -> None:
    assert is_our_server(fields) is ours


def test_a_path_with_blanks_and_quotes_reaches_the_shell_whole(tmp_path: Path) -> None:
    program = tmp_path / 'it\'s a "venv"' / "mnemo"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\necho "$@"\n')
    program.chmod(0o755)
    line = hook_line(HERE._replace(hook=(str(program), "hook")), "Stop", "gemini")
    done = subprocess.run(["/bin/sh", "-c", line], capture_output=True, text=True)
    assert done.stdout == "hook Stop --client gemini\n"


@pytest.mark.parametrize("name", sorted(CLIENTS))
def test_every_file_of_a_client_lies_below_its_root_and_has_entries(name: str, tmp_path: Path) -> None:
    client = CLIENTS[name]
    for scope in client.scopes:
        for target in client.targets(HERE._replace(scope=scope, rules=True, allow=True)):
            assert target.path.startswith(target.root + os.sep)
            assert target.root in ("/home/ada", "/src/shop")
            assert target.entries
            assert json.dumps([entry._asdict() for entry in target.entries])
    assert client.wants(HERE)


def test_codex_keeps_its_files_where_its_variable_says(tmp_path: Path) -> None:
    setup = HERE._replace(environ={"CODEX_HOME": str(tmp_path)})
    assert [target.path for target in CLIENTS["codex"].targets(setup)] == [
        str(tmp_path / "config.toml"),
        str(tmp_path / "hooks.json"),
    ]


def test_clients_are_found_by_their_traces(tmp_path: Path) -> None:
    setup = Setup(
        str(tmp_path / "home"), str(tmp_path / "top"), str(tmp_path / "top"), "", environ={"PATH": ""}
    )
    assert list_here(setup) == []
    for trace in ("home/.claude", "top/.cursor", "home/.codex", "top/.vscode", "home/.gemini"):
        (tmp_path / trace).mkdir(parents=True)
    (tmp_path / "top" / "opencode.jsonc").write_text("{}")
    (tmp_path / "home" / ".codeium" / "windsurf").mkdir(parents=True)
    assert [client.name for client in list_here(setup)] == list(CLIENTS)
