"""Hooks beside a store that is broken, a disk that is full, a record that has grown: nobody is held up."""

from __future__ import annotations

import fcntl
import json
import os
import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from mnemo.health import registry
from mnemo.health.registry import Entry
from mnemo.store import backup
from mnemo.store.migrations import SCHEMA
from tests.processes.hook_client import (
    Record,
    compile_all,
    context,
    hook,
    make_project,
    reading,
    records,
    user_folder,
)
from tests.stores import open_store, say

WALL_S = 0.3
IDLE_S = 0.012  # what a process takes that does nothing


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    """Start from a compiled package."""
    compile_all()


@pytest.fixture
def project(tmp_path: Path, home: Path) -> Path:
    """A repository with one claim that is anchored to src/a.py."""
    return make_project(tmp_path)


def locked(project: Path) -> Callable[[], None]:
    """Hold the store as a writer that never ends, so that not even a reader gets in."""
    connection = sqlite3.connect(project / ".mnemo" / "mnemo.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=DELETE")
    connection.execute("BEGIN EXCLUSIVE")
    lock = os.open(project / ".mnemo" / "writer.lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    return lambda: (connection.close(), os.close(lock), None)[-1]


def damaged(project: Path) -> Callable[[], None]:
    """Write nonsense over the middle of the store."""
    path = project / ".mnemo" / "mnemo.db"
    raw = bytearray(path.read_bytes())
    raw[100:] = os.urandom(len(raw) - 100)
    path.write_bytes(raw)
    return lambda: None


def missing(project: Path) -> Callable[[], None]:
    """Delete the store that the registry knows."""
    store = project / ".mnemo" / "mnemo.db"
    facts = backup.read_facts(str(store))
    entry = Entry(facts.repository, str(project / ".git"), "", "r", str(store), facts.events, facts.claims)
    assert registry.note(registry.shelf(os.environ), entry, 1)
    store.unlink()
    return lambda: None


def read_only(project: Path) -> Callable[[], None]:
    """Take every right to write from the store."""
    for path in [*(project / ".mnemo").rglob("*"), project / ".mnemo"]:
        path.chmod(0o500 if path.is_dir() else 0o400)
    return lambda: (project / ".mnemo").chmod(0o700)


def foreign_schema(project: Path) -> Callable[[], None]:
    """Make the store one of a later version."""
    with closing(sqlite3.connect(project / ".mnemo" / "mnemo.db")) as connection:
        connection.execute(f"PRAGMA user_version={SCHEMA + 1}")
    return lambda: None


def huge(project: Path) -> Callable[[], None]:
    """Fill the store with claims about one file, which is large, and the record with lines."""
    (project / "src" / "a.py").write_text("def tries():\n    return 3\n" + "x = [1, 2, 3]\n" * 100_000)
    anchors = [{"type": "grep", "pattern": "nowhere", "path": "src/a.py"}]
    db = open_store(project)
    with db.transaction() as connection:
        for number in range(1_500):
            say(connection, f"fact {number} of the gateway " + "word " * 50, payload={"anchors": anchors})
    db.close()
    logs = project / ".mnemo" / "logs"
    logs.mkdir(exist_ok=True)
    (logs / "hooks.jsonl").write_text("{}\n" * 400_000)
    return lambda: None


BROKEN = (locked, damaged, missing, read_only, foreign_schema, huge)
EVENTS: list[tuple[str, Record]] = [
    ("SessionStart", {"source": "startup"}),
    ("UserPromptSubmit", {"prompt": "how many tries does src/a.py make at the gateway?"}),
    ("PreToolUse", {"tool_name": "Read", "tool_input": {"file_path": "src/a.py"}}),
    (
        "PreToolUse",
        {"tool_name": "Write", "tool_input": {"file_path": "src/a.py", "content": "gateway tries"}},
    ),
    (
        "Stop",
        {"last_assistant_message": "We decided to keep three tries because the gateway bans after four."},
    ),
]


def call_all(project: Path, calls: int) -> list[float]:
    """Call the hooks in turn and return how long each call took, in seconds; none may fail or complain."""
    taken: list[float] = []
    for number in range(calls):
        event, fields = EVENTS[number % len(EVENTS)]
        given = {"session_id": f"s{number // 3}", "cwd": str(project), **fields}
        started = time.monotonic()
        ran = hook(event, given, by=("command", "start")[number % 2])
        taken.append(time.monotonic() - started)
        assert (ran.returncode, ran.stderr) == (0, b"")
        assert not ran.stdout or isinstance(json.loads(ran.stdout), dict)
    return taken


def slowness() -> float:
    """How much longer than on an idle machine a process takes now that does nothing; at least 1."""
    started = time.monotonic()
    for _ in range(5):
        subprocess.run([sys.executable, "-I", "-S", "-c", "pass"], check=True)
    return max(1.0, (time.monotonic() - started) / 5 / IDLE_S)


@pytest.mark.parametrize("breaking", BROKEN, ids=lambda each: each.__name__)
def test_a_broken_store_holds_nobody_up(
    project: Path, breaking: Callable[[Path], Callable[[], None]]
) -> None:
    mend, before = breaking(project), slowness()
    try:
        taken = call_all(project, len(EVENTS))
    finally:
        mend()
    assert max(taken) < WALL_S * max(before, slowness()) * 2
    told = [one for one in [*records(project / ".mnemo")[-5:], *records(user_folder())] if "event" in one]
    assert {one["client"] for one in told} == {"claude"}


@pytest.mark.soak
@pytest.mark.parametrize("breaking", BROKEN, ids=lambda each: each.__name__)
def test_two_hundred_calls_on_a_broken_store_end_in_time(
    project: Path,
    breaking: Callable[[Path], Callable[[], None]],
    record_property: Callable[[str, object], None],
) -> None:
    mend = breaking(project)
    try:
        taken = sorted(call_all(project, 200))
    finally:
        mend()
    told = f"slowest of 200 calls {taken[-1] * 1000:.0f} ms, median {taken[100] * 1000:.0f} ms"
    record_property(f"hooks, store {breaking.__name__}", told)
    assert taken[-1] < WALL_S


@pytest.mark.parametrize(
    ("breaking", "next_step"),
    [(damaged, "mnemo health"), (missing, "mnemo restore"), (foreign_schema, "estart the client")],
    ids=["damaged", "missing", "foreign"],
)
def test_a_session_starts_with_the_next_step_for_the_person(
    project: Path, breaking: Callable[[Path], Callable[[], None]], next_step: str
) -> None:
    breaking(project)
    ran = hook("SessionStart", {"session_id": "s", "cwd": str(project), "source": "startup"})
    told = json.loads(ran.stdout)
    assert told.keys() == {"systemMessage"}
    assert next_step in told["systemMessage"]
    assert "\n" not in told["systemMessage"]
    assert context(hook("PreToolUse", reading(project))) == ""


def test_a_disk_that_is_full_stops_nobody(project: Path) -> None:
    def fill() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    for event, fields in EVENTS:
        ran = hook(event, {"session_id": "f", "cwd": str(project), **fields}, preexec_fn=fill)
        assert (ran.returncode, ran.stderr) == (0, b"")


def test_a_record_that_has_grown_is_set_aside(project: Path) -> None:
    logs = project / ".mnemo" / "logs"
    logs.mkdir()
    (logs / "hooks.jsonl").write_text("{}\n" * 400_000)
    hook("PreToolUse", reading(project))
    assert (logs / "hooks.jsonl.1").stat().st_size > 1_000_000
    hook("PreToolUse", reading(project))
    assert len(records(project / ".mnemo")) == 1
