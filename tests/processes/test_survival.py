"""What must survive, through the front door: kills, crowds, swept folders, secrets, and hints followed."""

from __future__ import annotations

import json
import random
import re
import shlex
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from mnemo.store.database import Database
from tests.processes.stdio_client import LEGACY, Server
from tests.repos import clone, git, make_repository
from tests.stores import assert_whole
from tests.warm import program

RECORD = "mnemo/record"


def start(*words: str, cwd: Path, text: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command as a process of its own."""
    command = [program(), *words]
    return subprocess.run(command, cwd=cwd, input=text, capture_output=True, text=True, check=False)


def exported(folder: Path) -> list[dict[str, Any]]:
    """Every live claim that the command line tells."""
    return json.loads(start("export", cwd=folder).stdout)


def write_until_killed(folder: Path, name: str, count: int, acknowledged: list[str]) -> None:
    """Claim through a server, kill it with a write on its way, and note what it acknowledged."""
    with Server(LEGACY, folder=folder) as server:
        server.open()
        for number in range(count):
            content = f"{name} says {number}"
            if not server.call("claim", content=content).get("isError"):
                acknowledged.append(content)
        server.ask("tools/call", {"name": "claim", "arguments": {"content": f"{name} was cut off"}})
        server.process.kill()


def kill_in_rounds(folder: Path, rounds: int, writers: int) -> list[str]:
    """Let several servers write at once and die, again and again; return what they acknowledged."""
    acknowledged: list[str] = []
    dice = random.Random(1)
    for round_ in range(rounds):
        threads = [
            threading.Thread(
                target=write_until_killed,
                args=(folder, f"round {round_} writer {writer}", dice.randrange(2, 12), acknowledged),
            )
            for writer in range(writers)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return acknowledged


def test_killed_servers_lose_nothing_that_they_acknowledged(repository: Path) -> None:
    acknowledged = kill_in_rounds(repository, 2, 3)
    held = {one["content"] for one in exported(repository)}
    assert [content for content in acknowledged if content not in held] == []
    assert_whole(Database(str(repository / ".mnemo" / "mnemo.db")))


@pytest.mark.soak
def test_a_thousand_kills_lose_nothing(repository: Path) -> None:
    acknowledged = kill_in_rounds(repository, 250, 4)
    held = {one["content"] for one in exported(repository)}
    assert [content for content in acknowledged if content not in held] == []
    assert_whole(Database(str(repository / ".mnemo" / "mnemo.db")))


def test_servers_that_write_at_once_all_succeed(repository: Path) -> None:
    problems: list[str] = []

    def write(name: int) -> None:
        with Server(LEGACY, folder=repository) as server:
            server.open()
            for number in range(10):
                result = server.call("claim", content=f"server {name} says {number}")
                if result.get("isError"):
                    problems.append(result["content"][0]["text"])

    threads = [threading.Thread(target=write, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert len(exported(repository)) == 40


def test_a_swept_folder_and_a_new_clone_lose_nothing_that_was_backed_up(tmp_path: Path) -> None:
    origin = make_repository(tmp_path / "origin")
    top = tmp_path / "work"
    clone(top, origin)
    with Server(LEGACY, folder=top) as server:
        server.open()
        server.call("claim", batch=[f"fact number {number}" for number in range(100)])
        server.end_input()
    for lose in (lambda: git(top, "clean", "-xdffq"), lambda: (remove(top), clone(top, origin))):
        lose()
        assert not (top / ".mnemo").exists()
        told = start("recall", "fact number", "--limit", "100", "--budget", "20000", "--json", cwd=top)
        record = json.loads(told.stdout)
        assert len(record["claims"]) == 100
        assert "missing" in " ".join(record["notes"])


def remove(top: Path) -> None:
    """Delete a working tree."""
    import shutil

    shutil.rmtree(top)


def test_following_every_printed_hint_three_levels_deep_never_loses_a_row(repository: Path) -> None:
    start("claim", "--batch", json.dumps([f"row {number}" for number in range(5)]), cwd=repository)
    assert len(exported(repository)) == 5
    store = repository / ".mnemo" / "mnemo.db"
    trouble = [
        lambda: store.write_bytes(b"not a database" * 1000),
        lambda: store.unlink(),
        lambda: store.write_bytes(b""),
        lambda: (repository / ".mnemo" / "mnemo.db-wal").write_bytes(b"torn" * 100),
    ]
    for cause in trouble:
        cause()
        follow(repository, ["recall", "row"], 3, set())
        assert len(exported(repository)) == 5


def follow(folder: Path, words: list[str], depth: int, seen: set[tuple[str, ...]]) -> None:
    """Run a command, then every command that its output names, to a depth."""
    if depth == 0 or tuple(words) in seen:
        return
    seen.add(tuple(words))
    ended = start(*words, cwd=folder)
    for named in re.findall(r"`mnemo ([^`]*)`", ended.stdout + ended.stderr):
        # A person fills in a name; what needs one is not typed as it stands.
        if not re.search(r"[A-Z]{3,}|…", named) and "--fresh" not in named:
            follow(folder, shlex.split(named), depth - 1, seen)


def test_no_secret_reaches_the_disk_by_any_way_in(repository: Path, home: Path) -> None:
    dice = random.Random(7)
    secrets = ["AKIA" + "".join(dice.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", k=16)) for _ in range(12)]
    one = iter(secrets)
    start("claim", f"deploy with {next(one)}", "--why", f"because {next(one)}", "--when", f"if {next(one)}",
          "--tag", next(one), cwd=repository)  # fmt: skip
    start("claim", "pinned", "--anchor", json.dumps({"type": "grep", "pattern": next(one)}), cwd=repository)
    start("log", f"used {next(one)}", "--extra", json.dumps({"key": next(one)}), cwd=repository)
    wanted = ["--title", f"rotate {next(one)}", "--body", next(one), "--criterion", next(one)]
    added = start("dispatch", "add", *wanted, "--json", cwd=repository)
    task = json.loads(added.stdout)["tasks"][0]["id"]
    start("dispatch", "take", "--task", task, "--executor", next(one), cwd=repository)
    program = f"print('{next(one)}')"
    start("evidence", "run", "--task", task, "--", sys.executable, "-c", program, cwd=repository)
    start("backup", cwd=repository)
    start("export", "--to", str(repository / "export.json"), cwd=repository)
    places = [repository / ".mnemo", home, repository / "export.json"]
    for path in (path for place in places for path in [place, *place.rglob("*")] if path.is_file()):
        data = path.read_bytes()
        assert [secret for secret in secrets if secret.encode() in data] == [], path


def test_a_store_that_came_with_a_copy_tells_only_its_work_log(tmp_path: Path, home: Path) -> None:
    ours, theirs = (
        make_repository(tmp_path / "ours"),
        make_repository(tmp_path / "theirs", {"other.py": "x = 1\n"}),
    )
    start("claim", "a fact of ours", cwd=ours)
    start("log-work", "an entry of ours", cwd=ours)
    (theirs / ".mnemo").mkdir()
    (theirs / ".mnemo" / "mnemo.db").write_bytes((ours / ".mnemo" / "mnemo.db").read_bytes())
    assert "not believed" in start("recall", "fact", cwd=theirs).stderr
    entries = json.loads(start("fetch-branch-logs", "--branch", "main", cwd=theirs).stdout)
    assert [entry["message"] for entry in entries] == ["an entry of ours"]
    assert "entry of ours" in start("log", "--branch", "main", cwd=theirs).stdout
    assert json.loads(start("doctor", "--json", cwd=theirs).stdout)["ok"] is False
    assert start("trust", cwd=theirs).returncode == 0
    assert "a fact of ours" in start("recall", "fact", cwd=theirs).stdout
