"""What the doctor sees around a store: hooks, spool, images and servers."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnemo.health import doctor, servers, surroundings
from mnemo.health.guarding import Guard
from mnemo.health.servers import Server
from mnemo.store import filesystem
from tests.health.guards import filled, guard_of
from tests.processes.stdio_client import Server as Process

NOW = 1_790_000_000_000
HOUR = 3_600_000


def ts(ago_ms: int) -> str:
    return datetime.fromtimestamp((NOW - ago_ms) / 1000, UTC).isoformat(timespec="milliseconds")


def log(path: Path, *records: Any) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{json.dumps(one)}\n" for one in records))
    return str(path)


def looked(guard: Guard) -> dict[str, dict[str, Any]]:
    return {check["name"]: check for check in doctor.checks(guard, os.environ)}


def test_hooks_that_failed_are_counted_with_the_newest_reason(tmp_path: Path) -> None:
    here = log(
        tmp_path / "a.jsonl",
        {"time": ts(30 * 24 * HOUR), "failed": "long ago"},
        {"time": ts(2 * HOUR), "failed": "the store is held"},
        {"time": ts(HOUR), "event": "prompt"},
    )
    home = log(tmp_path / "b.jsonl", {"time": ts(3 * HOUR), "failed": "no store"})
    check = surroundings.of_hooks([here, home, str(tmp_path / "missing")], NOW)
    assert not check.ok
    assert check.detail == "2 failed in 7 days, the last 2 hours ago: the store is held"
    assert check.fix


def test_a_failure_of_days_ago_is_told_and_no_finding(tmp_path: Path) -> None:
    check = surroundings.of_hooks([log(tmp_path / "a", {"time": ts(50 * HOUR), "failed": "late"})], NOW)
    assert check.ok
    assert "1 failed in 7 days, the last 2 days ago: late" in check.detail


@pytest.mark.parametrize(
    "line",
    [b"\xff\xfe", b"[1]", b'{"failed": "x\x1b[31m\\nfix: rm", "time": 1e999}', b'{"failed": 1, "time": "x"}'],
)
def test_a_torn_or_foreign_line_stops_nobody(tmp_path: Path, line: bytes) -> None:
    (tmp_path / "a").write_bytes(line + b"\n{\n")
    told = surroundings.of_hooks([str(tmp_path / "a")], NOW).detail
    assert told.isprintable()


def test_what_waits_in_the_spool_is_counted(tmp_path: Path) -> None:
    assert surroundings.of_spool(str(tmp_path / "none")).ok
    check = surroundings.of_spool(log(tmp_path / "a.jsonl", {"a": 1}, {"a": 2}).removesuffix(".jsonl"))
    assert (check.ok, check.detail.split(" ", 1)[0]) == (False, "2")


@pytest.mark.parametrize(
    ("ignore", "kept_out"),
    [
        (".mnemo", True),
        (".mnemo/", True),
        ("/.mnemo", True),
        ("**/.mnemo", True),
        ("*", True),
        (".*", True),
        (".[mn]nemo", True),
        (".mnem?", True),
        ("**", True),
        ("# .mnemo", False),
        ("", False),
        ("mnemo", False),
        (".mnemo/logs", False),
        ("*\n!.mnemo", False),
        ("!.mnemo\n*", True),
        ("[", False),
        ("node_modules\r\n.mnemo\r\n", True),
    ],
)
def test_an_ignore_file_is_read_as_docker_reads_it(ignore: str, kept_out: bool) -> None:
    assert surroundings.is_ignored(".mnemo", ignore) is kept_out


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_any_ignore_file_can_be_read(text: str) -> None:
    surroundings.is_ignored(".mnemo", text)


@pytest.mark.parametrize(
    "name", ["Dockerfile", "Containerfile", "docker/Dockerfile", "Dockerfile.dev", "a.dockerfile"]
)
def test_an_image_that_would_be_given_the_store_is_named(tmp_path: Path, name: str) -> None:
    filled(tmp_path / "r", 1)
    (tmp_path / "r" / name).parent.mkdir(exist_ok=True)
    (tmp_path / "r" / name).write_text("FROM scratch\nCOPY . .\n")
    check = looked(guard_of(tmp_path / "r"))["images"]
    assert (check["ok"], name in check["detail"]) == (False, True)
    assert "echo .mnemo >> .dockerignore" in check["fix"]
    (tmp_path / "r" / ".dockerignore").write_text(".git\n.mnemo\n")
    assert looked(guard_of(tmp_path / "r"))["images"]["ok"]
    (tmp_path / "r" / f"{name}.dockerignore").write_text(".git\n")
    assert not looked(guard_of(tmp_path / "r"))["images"]["ok"]


def test_hook_failures_and_the_spool_of_this_repository_are_findings(tmp_path: Path, home: Path) -> None:
    guard = filled(tmp_path / "r", 1)
    now = datetime.now(UTC).isoformat()
    log(home / ".mnemo" / "logs" / "hooks.jsonl", {"time": now, "failed": "no store"})
    with guard.db.reading() as connection:
        id_ = connection.execute("SELECT value FROM meta WHERE key = 'repository_id'").fetchone()[0]
    log(home / ".mnemo" / "spool" / f"{id_}.jsonl", {"content": "x"})
    found = looked(guard_of(tmp_path / "r"))
    assert {name for name, check in found.items() if not check["ok"]} == {"hooks", "spool"}


def test_a_remote_file_system_is_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(tmp_path / "r", 1)
    (tmp_path / "mounts").write_text("1 1 0:1 / / rw - nfs4 server:/x rw\n")
    monkeypatch.setattr(filesystem, "MOUNTINFO", str(tmp_path / "mounts"))
    check = looked(guard_of(tmp_path / "r"))["file system"]
    assert (check["ok"], "nfs4" in check["detail"], "MNEMO_STORE" in check["fix"]) == (False, True, True)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells who has a file open")
def test_a_server_that_has_the_store_open_is_seen(repository: Path) -> None:
    with Process(folder=repository, cold=True) as process:
        process.open()
        assert not process.call("claim", content="said by a server")["isError"]
        store = str(repository / ".mnemo" / "mnemo.db")
        (seen,) = servers.find_servers(store) or []
        assert seen.process == process.process.pid
        assert abs(seen.started - time.time()) < 60
        assert servers.find_servers(store + "x") == []


def test_a_server_older_than_the_installed_mnemo_is_a_finding() -> None:
    old, new = Server(7, "/venv/bin/python", 100.0), Server(8, "/venv/bin/python", 300.0)
    assert surroundings.of_servers([new], 200.0).ok
    check = surroundings.of_servers([old, new], 200.0)
    assert (check.ok, "process 7" in check.detail, "process 8" in check.detail) == (False, True, False)
    assert "Restart the client" in check.fix
    assert surroundings.of_servers(None, 200.0).ok


@pytest.mark.parametrize(
    ("words", "serves"),
    [
        (["python", "-m", "mnemo", "serve"], True),
        (["/venv/bin/python3", "/venv/bin/mnemo", "serve", "--project", "x"], True),
        (["mnemo", "--project", "x", "serve"], True),
        (["mnemo", "recall", "x"], False),
        (["sqlite3", "mnemo.db"], False),
        ([], False),
    ],
)
def test_a_server_is_known_by_its_command_line(words: list[str], serves: bool) -> None:
    assert servers.is_serving(words) is serves


def test_when_this_mnemo_was_installed_is_known() -> None:
    assert 0 < servers.installed_at() < time.time()


@pytest.mark.parametrize("spoil", [lambda path: path.mkdir(), lambda path: os.mkfifo(path)])
def test_what_is_no_file_hangs_nobody(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    spoil(tmp_path / "a")
    assert surroundings.of_hooks([str(tmp_path / "a")], NOW).ok
