"""How the server starts: what it is told, what it tells, and what starting costs."""

from __future__ import annotations

import json
import os
import pty
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.processes.stdio_client import ERAS, LEGACY, SERVE, Server, record_of
from tests.warm import program

BARE = ("-c", "from fastmcp import FastMCP; FastMCP('bare').run(show_banner=False)")
MOST_TIMES_BARE = 1.15


def run(*words: str, **environ: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command to its end, without input."""
    command = [program(), *words]
    return subprocess.run(command, input=b"", capture_output=True, env={**os.environ, **environ}, check=False)


def test_a_project_may_be_named(repository: Path, home: Path) -> None:
    with Server(options=["--project", str(repository)], folder=home) as server:
        assert not server.call("log", message="done")["isError"]
        (entry,) = record_of(server.call("log"))["entries"]
        assert entry["message"] == "done"


def test_settings_of_the_library_in_a_repository_are_not_believed(repository: Path) -> None:
    (repository / ".env").write_text("FASTMCP_LOG_LEVEL=LOUD\nFASTMCP_TRANSPORT=http\n")
    with Server(folder=repository, cold=True) as server:
        assert server.list_tools()


@pytest.mark.parametrize("words", [["--tools", "core,nope"], ["--tolls"]])
def test_a_wrong_start_is_said_in_one_line(words: Sequence[str]) -> None:
    ended = run("serve", *words)
    assert ended.returncode == 2
    assert ended.stdout == b""
    assert ended.stderr.startswith(b"Error: ")
    assert b"Traceback" not in ended.stderr


def test_a_variable_names_the_toolsets() -> None:
    assert run("serve", MNEMO_TOOLS="nope").returncode == 2
    assert run("serve", MNEMO_TOOLS="all").returncode == 0


@pytest.mark.parametrize("closed", ["<&-", ">&-"])
def test_a_standard_stream_that_is_closed_is_said(closed: str) -> None:
    closed = f"{sys.executable} -m mnemo serve {closed}"
    ended = subprocess.run(["sh", "-c", closed], capture_output=True, check=False)
    assert ended.returncode == 1
    assert b"standard input" in ended.stderr
    assert b"Traceback" not in ended.stderr


def test_windows_is_refused_in_words() -> None:
    program = "import sys; sys.platform = 'win32'; from mnemo.__main__ import main; sys.exit(main())"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert ended.returncode == 1
    assert b"WSL" in ended.stderr


def test_a_person_on_a_terminal_is_told_what_is_served_and_each_call(repository: Path) -> None:
    terminal, inside = pty.openpty()
    with open(inside, "rb") as typed:
        command = [sys.executable, *SERVE]
        process = subprocess.Popen(command, stdin=typed, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout
    assert process.stderr
    call = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello()}
    os.write(terminal, json.dumps(call).encode() + b"\n")
    assert json.loads(process.stdout.readline())["id"] == 1
    call = {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "help"}}
    os.write(terminal, json.dumps(call).encode() + b"\n")
    assert json.loads(process.stdout.readline())["id"] == 2
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    os.close(terminal)
    assert (process.returncode, out) == (0, b"")
    told = err.decode()
    assert str(repository) in told
    assert "branch main" in told
    assert "help" in told
    assert " ms ok" in told


def hello() -> dict[str, Any]:
    """Return what a client of the older era says first."""
    return {"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}


def test_the_client_is_known_by_its_name(repository: Path) -> None:
    with Server(folder=repository) as server:
        server.call("dispatch", action="add", title="Make tea")
        taken = record_of(server.call("dispatch", action="take"))
        assert "raw-client" in taken["dispatch"]["executor"]


@pytest.mark.soak
@pytest.mark.parametrize("era", ERAS)
def test_starting_costs_little_more_than_the_library_alone(
    era: str, repository: Path, record_property: Callable[[str, object], None]
) -> None:
    took: dict[str, list[float]] = {"bare": [], "mnemo": []}
    for _ in range(7):
        for name, command in (("bare", BARE), ("mnemo", SERVE)):
            started = time.monotonic()
            with Server(era, folder=repository, command=command, cold=True) as server:
                server.open()
                server.list_tools()
                took[name].append(time.monotonic() - started)
    ratio = statistics.median(took["mnemo"]) / statistics.median(took["bare"])
    record_property("start to tools/list", f"{ratio:.2f} of FastMCP alone, {era} (bound {MOST_TIMES_BARE})")
    assert ratio <= MOST_TIMES_BARE
