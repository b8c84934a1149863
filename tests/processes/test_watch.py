"""`mnemo watch` and the server's watcher as processes: what they tell, who watches, how they end."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mnemo import projects
from mnemo.interfaces import serve
from mnemo.tools import core
from mnemo.watching import duty
from tests.processes.stdio_client import Server
from tests.repos import checkout, write
from tests.watching.watched import until

# A server that begins to watch, and looks around, sooner than clients would like.
HURRIED = (
    "import sys; from mnemo.interfaces import serve; from mnemo.watching import duty, watcher\n"
    "serve.WATCH_AFTER_S = duty.IDLE_S = 0.1; watcher.TICK_S = 0.05\n"
    "sys.exit(serve.main(sys.argv[1:]))"
)
WATCH = [sys.executable, "-m", "mnemo", "watch"]
EDITED = {"src/app.py": "def main():\n    return 2\n"}


@pytest.fixture
def folder(repository: Path) -> str:
    """The store of a repository with one anchored claim."""
    core.claim("main returns 1", anchors=[{"type": "grep", "pattern": "return 1", "path": "src/app.py"}])
    return projects.current().db.folder


def serving(folder: Path, **environ: str) -> Server:
    """Start a server that does not wait to watch."""
    return Server(folder=folder, environ=environ, command=("-c", HURRIED))


def is_settled(folder: str) -> bool:
    """Tell whether a watcher has judged everything."""
    return any(one["settled"] for one in duty.report(folder)["worktrees"].values())


def test_events_are_streamed_as_lines_of_json_until_interrupted(repository: Path, folder: str) -> None:
    process = subprocess.Popen([*WATCH, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout
    event: dict[str, Any] = json.loads(process.stdout.readline())
    assert (event["event"], event["state"]) == ("watcher", "watching")
    until(lambda: is_settled(folder))
    write(repository, EDITED)
    event = json.loads(process.stdout.readline())
    assert (event["schema"], event["event"], event["verdict"]) == ("mnemo.v1", "anchor", "refuted")
    checkout(repository, "feature", new=True)
    event = json.loads(process.stdout.readline())
    assert (event["event"], event["to"]) == ("branch", "feature")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (0, b"", b"")
    assert duty.report(folder)["state"] == "off"


def test_a_pipe_gets_plain_lines_and_may_be_closed(repository: Path, folder: str) -> None:
    process = subprocess.Popen(WATCH, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout
    assert process.stderr
    assert process.stdout.readline().startswith(b"Watching ")
    assert process.stdout.readline().startswith(b"watching ")
    until(lambda: is_settled(folder))
    write(repository, EDITED)
    line = process.stdout.readline().decode()
    assert line.startswith("main: refuted ")
    assert "main returns 1" in line
    process.stdout.close()
    write(repository, {"src/app.py": "def main():\n    return 1\n"})
    assert process.wait(30) == 0
    assert process.stderr.read() == b""
    process.stderr.close()


def test_a_terminal_shows_claims_as_they_change(repository: Path, folder: str) -> None:
    terminal, inside = pty.openpty()
    process = subprocess.Popen(WATCH, stdout=inside, stdin=inside, env={**os.environ, "TERM": "xterm"})
    os.close(inside)
    until(lambda: is_settled(folder))
    write(repository, EDITED)
    shown = b""
    while b"refuted" not in shown:
        shown += os.read(terminal, 4096)
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0
    os.close(terminal)


def test_help_and_wrong_words(repository: Path) -> None:
    helped = subprocess.run([*WATCH, "--help"], capture_output=True, text=True, check=True)
    assert helped.stdout.startswith("Usage: mnemo watch")
    wrong = subprocess.run([*WATCH, "everything"], capture_output=True, text=True, check=False)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "everything" in wrong.stderr


def test_a_server_watches_beside_its_answers_and_another_takes_over(repository: Path, folder: str) -> None:
    with serving(repository) as first, serving(repository) as second:
        first.open()
        until(lambda: is_settled(folder))
        second.open()
        assert duty.report(folder)["pid"] == first.process.pid
        write(repository, EDITED)
        first.process.kill()
        until(lambda: duty.report(folder)["pid"] == second.process.pid)
        until(lambda: is_settled(folder))
        assert not second.call("recall", query="what does main return")["isError"]
        assert second.end_input() < 2.0
        assert second.stray == []


def test_a_server_does_not_watch_where_that_is_off(repository: Path, folder: str) -> None:
    with serving(repository, MNEMO_WATCH="off") as off:
        off.open()
        with serving(repository) as on:
            on.open()
            until(lambda: is_settled(folder))
            assert duty.report(folder)["pid"] == on.process.pid
        until(lambda: duty.report(folder)["state"] == "off")
        write(repository, EDITED)
        assert "refuted" in json.dumps(off.call("recall", query="what does main return"))


def test_watchdog_is_not_loaded_to_start_a_server() -> None:
    program = (
        "import sys; from mnemo.interfaces import serve, server; import mnemo.tools.toolsets;"
        "server.build(('core',)); print('watchdog' in sys.modules, 'mnemo.watching.watcher' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
    assert serve.WATCH_AFTER_S > 0
