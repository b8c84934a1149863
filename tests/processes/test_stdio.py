"""The server as a process, spoken to in raw JSON-RPC: what reaches the client, and how it ends."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.processes.stdio_client import ERAS, LEGACY, Server, record_of, text_of
from tests.warm import program

CORE = ["recall", "claim", "verify", "log", "dispatch", "help"]
PROMISED_S = 2.0
# Tools that print in every way there is, that wait for ever, and that wait in the middle of a write.
PROGRAM = """
import os, subprocess, sys, threading, warnings
from mnemo import projects
from mnemo.interfaces import serve
from mnemo.tools import toolsets
from mnemo.tools.marks import reads, writes

@reads("Print")
def noisy() -> dict:
    "Print in every way."
    print("stray")
    sys.__stdout__.write("stray")
    sys.__stdout__.flush()
    os.write(1, b"stray")
    subprocess.run(["sh", "-c", "echo stray; cat"])
    warnings.warn("stray")
    return {"read": sys.stdin.read()}

@reads("Wait")
def stuck() -> dict:
    "Wait for ever."
    threading.Event().wait()
    return {}

@writes("Write")
def half() -> dict:
    "Write without an end."
    with projects.current(writing=True).db.transaction() as connection:
        connection.execute("CREATE TABLE half_done (value)")
        print("written", file=sys.stderr, flush=True)
        threading.Event().wait()
    return {}

toolsets.TOOLSETS["core"] += (noisy, stuck, half)
sys.exit(serve.main(sys.argv[1:]))
"""
WITH_MORE_TOOLS = ("-c", PROGRAM)


def told(folder: Path, *words: str) -> dict[str, Any]:
    """What a command says afterwards, in a process of its own."""
    done = subprocess.run([program(), *words, "--json"], cwd=folder, capture_output=True, check=True)
    return json.loads(done.stdout)


@pytest.fixture(params=ERAS)
def era(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def running() -> Iterator[dict[str, Server]]:
    """The servers that tests share, by era; each was started by the first test that wanted it."""
    servers: dict[str, Server] = {}
    yield servers
    for server in servers.values():
        server.__exit__()


@pytest.fixture
def server(era: str, running: dict[str, Server]) -> Server:
    """A server that was greeted and outlives the test, in one era and then the other."""
    if era not in running:
        running[era] = Server(era, cold=True)
        running[era].hello = running[era].open()
    return running[era]


def test_both_eras_are_told_who_answers_and_which_six_tools_there_are(server: Server) -> None:
    assert [tool["name"] for tool in server.list_tools()] == CORE


def test_the_first_answer_names_the_server_and_says_when_to_use_what(server: Server) -> None:
    assert "recall(" in server.hello["instructions"]
    named = server.hello.get("serverInfo") or server.hello["_meta"]["io.modelcontextprotocol/serverInfo"]
    assert named["name"] == "mnemo"


def test_a_call_is_answered_with_text_and_record(server: Server) -> None:
    result = server.call("help", topic="quick")
    assert not result["isError"]
    assert text_of(result)
    assert record_of(result)["topic"] == "quick"
    assert "structuredContent" not in result


def test_nothing_but_the_protocol_reaches_standard_output() -> None:
    with Server(command=WITH_MORE_TOOLS) as server:
        assert record_of(server.call("noisy")) == {"read": ""}
        assert server.list_tools()
        server.end_input()
        assert server.rest() == []
        assert server.stray == []
        assert any("stray" in line for line in server.list_complaints())


def test_nothing_at_all_is_said_while_all_goes_well(era: str) -> None:
    with Server(era, cold=True) as server:
        server.open()
        server.call("help")
        server.call("recall", limit="wrong")
        server.end_input()
        assert server.rest() == []
        assert server.list_complaints() == []


@pytest.mark.parametrize("half", ["\\ud800", "\\udc00", "a\\ude00\\ud83d"])
def test_half_a_character_in_an_argument_is_answered(server: Server, half: str) -> None:
    number = 900
    call = server.message("tools/call", {"name": "recall", "arguments": {"query": "HALF"}}, number)
    server.send_line(json.dumps(call).replace("HALF", half).encode())
    answer = server.answer()
    assert answer["id"] == number
    assert answer["result"]["isError"]
    assert "surrogate" in text_of(answer["result"]).splitlines()[0]
    assert not server.call("help")["isError"]


@pytest.mark.parametrize(
    "line",
    [
        b"hello",
        b'{"jsonrpc":"2.0","id":5,"method":"x","params":' + b"[" * 5000,
        b'{"jsonrpc":"2.0","id":5,"params":{}}',
        b"\xff\xfe\xfd",
        b'{"jsonrpc":"2.0","id":5,"method":"tools/list","params":{"a":' + b"[" * 150 + b"]" * 150 + b"}}",
    ],
    ids=["text", "cut", "no method", "no text", "deep"],
)
def test_a_line_that_is_no_message_is_answered_and_the_next_one_too(server: Server, line: bytes) -> None:
    server.send_line(line)
    answer = server.answer()
    assert answer["error"]["code"] in (-32700, -32600)
    assert "\n" not in answer["error"]["message"]
    assert not server.call("help")["isError"]


def test_a_line_of_more_than_ten_megabytes_is_answered(server: Server) -> None:
    call = server.message("tools/call", {"name": "recall", "arguments": {"query": "x" * (25 << 20)}}, 77)
    server.send(call)
    answer = server.answer()
    assert answer["id"] == 77
    assert "10 MB" in answer["error"]["message"]
    assert not server.call("help")["isError"]


def test_empty_lines_and_carriage_returns_are_white_space(server: Server) -> None:
    server.send_line(b"")
    server.send_line(b" \r")
    message = json.dumps(server.message("tools/list", {}, 70))
    server.send_line(message.replace(", ", ",\r").encode() + b"\r")
    assert server.answer()["id"] == 70


def test_many_calls_sent_at_once_are_all_answered(server: Server) -> None:
    asked = {server.ask("tools/call", {"name": "help", "arguments": {}}) for _ in range(50)}
    assert {server.answer()["id"] for _ in asked} == asked


def test_what_was_asked_before_the_end_of_input_is_still_answered() -> None:
    with Server() as server:
        asked = [server.ask("tools/list"), server.ask("tools/call", {"name": "help", "arguments": {}})]
        server.end_input()
        assert sorted(json.loads(line)["id"] for line in server.rest()) == asked


def test_a_cancelled_call_is_not_waited_for() -> None:
    with Server(LEGACY, command=WITH_MORE_TOOLS) as server:
        server.open()
        number = server.ask("tools/call", {"name": "stuck", "arguments": {}})
        server.send({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": number}})
        assert server.list_tools()
        assert server.end_input() < PROMISED_S
        assert server.rest() == []


def test_the_end_of_input_ends_the_server(repository: Path) -> None:
    with Server(folder=repository) as server:
        server.call("log", message="done")
        assert server.end_input() < PROMISED_S
        assert server.process.returncode == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_the_server(repository: Path, number: signal.Signals) -> None:
    with Server(folder=repository) as server:
        server.call("log", message="done")
        assert server.end_by(number) < PROMISED_S
        assert server.process.returncode == 0


def test_a_call_under_way_does_not_keep_the_server() -> None:
    with Server(command=WITH_MORE_TOOLS) as server:
        server.ask("tools/call", {"name": "stuck", "arguments": {}})
        server.list_tools()
        assert server.end_input() < PROMISED_S
        assert server.process.returncode == 0


def test_a_call_under_way_does_not_keep_it_from_a_signal() -> None:
    with Server(command=WITH_MORE_TOOLS) as server:
        server.ask("tools/call", {"name": "stuck", "arguments": {}})
        server.list_tools()
        assert server.end_by(signal.SIGTERM) < PROMISED_S
        assert server.process.returncode == 0


def test_what_a_call_under_way_wrote_is_rolled_back(repository: Path) -> None:
    with Server(folder=repository, command=WITH_MORE_TOOLS) as server:
        server.call("log", message="done")
        server.ask("tools/call", {"name": "half", "arguments": {}})
        assert server.complaint() == "written"
        assert server.end_input() < PROMISED_S
    with closing(sqlite3.connect(repository / ".mnemo" / "mnemo.db")) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master")]
        assert "half_done" not in names
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert [entry["message"] for entry in told(repository, "log")["entries"]] == ["done"]


def test_a_client_that_no_longer_reads_ends_the_server() -> None:
    reader, writer = os.pipe()
    process = subprocess.Popen([program(), "serve"], stdin=subprocess.PIPE, stdout=writer)
    os.close(writer)
    os.close(reader)
    assert process.stdin
    process.stdin.write(b"not JSON\n")
    process.stdin.flush()
    assert process.wait(30) == 0
    process.stdin.close()


def test_a_client_killed_leaves_no_server_behind(tmp_path: Path) -> None:
    client = (
        "import subprocess, sys\n"
        "server = subprocess.Popen([sys.executable, '-m', 'mnemo', 'serve'], stdin=subprocess.PIPE)\n"
        "print(server.pid, flush=True)\n"
        "server.wait()\n"
    )
    reader, writer = os.pipe()
    os.set_inheritable(writer, True)
    # The server inherits the pipe: its end is reached when the last process that holds it is gone.
    process = subprocess.Popen([sys.executable, "-c", client], stdout=writer, pass_fds=[writer])
    os.close(writer)
    with os.fdopen(reader, "rb") as left:
        assert int(left.readline())
        process.kill()
        process.wait()
        assert left.read() == b""


def test_it_starts_outside_a_repository_and_each_tool_says_so(server: Server) -> None:
    result = server.call("recall", query="why")
    assert result["isError"]
    assert text_of(result).splitlines()[0] == "Not in a Git repository."
    assert record_of(result)["error"] == "not_a_repository"


def test_what_one_call_stores_the_next_one_tells(repository: Path) -> None:
    with Server(folder=repository) as server:
        claimed = server.call("claim", content="Tea is served at four.", anchors="[]", tags='["tea"]')
        assert not claimed["isError"], text_of(claimed)
        told = record_of(server.call("memory_recall", message="when is tea served"))
        assert [claim["content"] for claim in told["claims"]] == ["Tea is served at four."]


def test_a_call_that_waits_for_the_store_does_not_keep_the_server(repository: Path) -> None:
    with Server(folder=repository) as server:
        server.call("claim", content="The first.")
        with open(repository / ".mnemo" / "writer.lock", "rb+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            server.ask("tools/call", {"name": "claim", "arguments": {"content": "The second."}})
            server.list_tools()
            assert server.end_input() < PROMISED_S
    assert [claim["content"] for claim in told(repository, "recall", "first second")["claims"]] == [
        "The first."
    ]
