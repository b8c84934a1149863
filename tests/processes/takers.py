"""Processes that take work from one queue, as agents do.

    python -m tests.processes.takers FOLDER NAME LEASE_MINUTES MODE

Each says "up", waits for a line, and then tells every task that it took, with the time that taking lasted.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from mnemo import projects
from mnemo.errors import MnemoError, NotFound
from mnemo.ledger import plans, runs, tasks
from mnemo.store.connections import Connection
from mnemo.store.database import Database
from mnemo.tools import core
from tests.stores import MAIN

ROOT = Path(__file__).parents[2]


class Take(NamedTuple):
    """One task that a process took.

    Args:
        executor, task, dispatch: who took what.
        ms: how long the call lasted, milliseconds.
        at: when it was answered, seconds since 1970.
    """

    executor: str
    task: str
    dispatch: str
    ms: float
    at: float


def open_planned(connection: Connection, now: int) -> str:
    """Open a run with an approved plan and return its id."""
    run = runs.open_run(connection, "Much to do", at=MAIN, now=now)["run"]
    plan = plans.draft(connection, run, "In any order", at=MAIN, now=now)["plan"]
    plans.approve(connection, run, plan, at=MAIN, now=now)
    return run


def plan_work(db: Database, count: int, now: int) -> list[str]:
    """Open a run with an approved plan and so many ready tasks; return their ids."""
    with db.transaction() as connection:
        run = open_planned(connection, now)
        return [
            tasks.add_task(connection, f"Task {number}", run=run, at=MAIN, now=now)["task"]
            for number in range(count)
        ]


def start(folder: Path, name: str, lease_minutes: float, mode: str = "all") -> subprocess.Popen[str]:
    """Start one taker and wait until it is up; mode all takes what there is, hold takes one and keeps it."""
    words = [sys.executable, "-m", "tests.processes.takers", str(folder), name, str(lease_minutes), mode]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}"}
    process = subprocess.Popen(
        words, cwd=ROOT, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout
    assert process.stdout.readline() == "up\n"
    return process


def release(process: subprocess.Popen[str]) -> None:
    """Let a taker begin."""
    assert process.stdin
    process.stdin.write("\n")
    process.stdin.flush()


def read_take(process: subprocess.Popen[str]) -> Take | None:
    """Return the next task that a process took, None when it ended."""
    assert process.stdout
    line = process.stdout.readline()
    return Take(*json.loads(line)) if line else None


def race(folder: Path, names: list[str], lease_minutes: float) -> list[Take]:
    """Let processes take everything there is at once; return what each took.

    Raises:
        AssertionError: one of them failed.
    """
    processes = [start(folder, name, lease_minutes) for name in names]
    for process in processes:
        release(process)
    found: list[Take] = []
    for process in processes:
        out, _ = process.communicate(timeout=300)
        assert process.returncode == 0
        found += [Take(*json.loads(line)) for line in out.splitlines()]
    return found


def kill_holders(folder: Path, count: int, lease_s: float) -> list[Take]:
    """Let processes take a task each, kill all of them, and return what they held."""
    processes = [start(folder, f"holder-{number}", lease_s / 60, "hold") for number in range(count)]
    for process in processes:
        release(process)
    held = [take for process in processes if (take := read_take(process))]
    for process in processes:
        process.kill()
        process.communicate()
    return held


def await_ready(tasks: list[str], deadline: float) -> dict[str, float]:
    """Ask what is ready until every task was; return when each was first, seconds since 1970.

    Raises:
        TimeoutError: it got later than deadline.
    """
    back: dict[str, float] = {}
    while not back.keys() >= set(tasks):
        now = time.time()
        if now > deadline:
            raise TimeoutError(f"never ready again: {sorted(set(tasks) - back.keys())}")
        for task in core.dispatch("ready")["tasks"]:
            back.setdefault(task["id"], now)
        time.sleep(0.01)
    return back


def main() -> None:
    """Take work until there is none."""
    folder, name, lease, mode = sys.argv[1:]
    os.chdir(folder)
    projects.current().workspace().changed("HEAD")  # as a server that has answered before: all is loaded
    print("up", flush=True)
    sys.stdin.readline()
    while take := _take(name, float(lease)):
        print(json.dumps(take), flush=True)
        if mode == "hold":
            signal.pause()


def _take(name: str, lease: float) -> Take | None:
    begun = time.perf_counter()
    try:
        record = core.dispatch("take", executor=name, lease_minutes=lease)["dispatch"]
    except NotFound:
        return None
    except MnemoError as error:
        raise SystemExit(f"{error.word}: {error.message}") from error
    return Take(name, record["task"], record["id"], (time.perf_counter() - begun) * 1000, time.time())


if __name__ == "__main__":
    main()
