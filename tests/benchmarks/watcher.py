"""Measure the watcher on a large repository.

    python -m tests.benchmarks.watcher [--files N] [--anchors N] [--saves N] [--write]

It watches in a process of its own; what is measured is from the save to the state in the store.
"""

from __future__ import annotations

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mnemo import projects
from mnemo.store import states
from mnemo.store.database import Database
from mnemo.tools import core
from mnemo.watching import duty
from tests.benchmarks import page
from tests.repos import checkout, commit, git, make_repository

PATIENCE_S = 120.0
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
PER_FOLDER = 20
STORM = 10_000  # events after which memory is compared


def main() -> None:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--anchors", type=int, default=2_000)
    parser.add_argument("--saves", type=int, default=60)
    parser.add_argument("--idle", type=float, default=20.0)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(HOME=folder, MNEMO_BACKUPS=f"{folder}/backups", MNEMO_GLOBAL=f"{folder}/global")
        top = Path(folder, "repository")
        files = {path_of(n): text_of(n) for n in range(asked.files)}
        make_repository(top, files)
        os.chdir(top)
        fill(asked.anchors)
        command = [sys.executable, "-m", "mnemo", "watch", "--json"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=top)
        try:
            rows = measure(asked, top, process.pid)
        finally:
            process.send_signal(signal.SIGINT)
            print(f"ended with {process.wait(10)}")
        rows.append(explain(top))
        for row in rows:
            print(" | ".join(row))
        if asked.write:
            page.keep(f"Watcher, {asked.files:,} files and {asked.anchors:,} anchors", rows)


def measure(asked: argparse.Namespace, top: Path, process: int) -> list[page.Row]:
    """Print every figure as it is had, and return those that have a target."""
    db = projects.current().db
    begun = time.perf_counter()
    until(lambda: settled(db) and len(found(db)) == asked.anchors)
    print(f"start until all is judged: {time.perf_counter() - begun:.2f} s", flush=True)
    print(f"folders watched: {duty.report(db.folder)['folders']}")
    times = [save(top, db, n * asked.anchors // asked.saves) for n in range(asked.saves)]
    p95 = statistics.quantiles(times, n=20)[-1]
    print(f"save to state: p50 {statistics.median(times) * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms", flush=True)
    commit(top, "saved")
    switched = switch(asked, top, db)
    print(f"checkout of {asked.files // 2} files until all states are right: {switched:.2f} s", flush=True)
    until(lambda: settled(db))
    spent, begun = cpu(process), time.perf_counter()
    time.sleep(asked.idle)
    share = (cpu(process) - spent) / (time.perf_counter() - begun)
    print(f"idle: {share:.2%} of one processor", flush=True)
    storm(top, db, asked.anchors, 2_000)  # what is allocated once
    before, descriptors = memory(process), count_descriptors(process)
    storm(top, db, asked.anchors, STORM)
    after = memory(process)
    grown = f"{after / before - 1:+.1%}"
    print(f"memory: {before / 1e6:.1f} MB, after {STORM} events {after / 1e6:.1f} MB ({grown})")
    print(f"file descriptors: {descriptors}, afterwards {count_descriptors(process)}")
    return [
        ("save to state, p95", f"{p95 * 1000:.0f} ms", "at most 1 s"),
        (f"checkout of {asked.files // 2:,} files to all states", f"{switched:.2f} s", "at most 2 s"),
        ("idle, share of one processor", f"{share:.2%}", "under 0.5 %"),
        (f"memory after {STORM:,} events", grown, "under +10 %"),
        ("file descriptors more after them", str(count_descriptors(process) - descriptors), "0"),
    ]


def explain(top: Path, runs: int = 7) -> page.Row:
    """Return what `mnemo why` takes for a line of a claimed file, from the shell."""
    command = [sys.executable, "-m", "mnemo", "why", f"{path_of(1)}:4"]
    times: list[float] = []
    for _ in range(runs):
        begun = time.perf_counter()
        subprocess.run(command, cwd=top, stdout=subprocess.DEVNULL, check=True)
        times.append(time.perf_counter() - begun)
    return (
        "`mnemo why` from the shell, median wall",
        f"{statistics.median(times) * 1e3:.0f} ms",
        "under 1 s",
    )


def path_of(number: int) -> str:
    """Return the path of one file."""
    return f"part{number // PER_FOLDER % 50}/folder{number // PER_FOLDER}/file{number}.py"


def text_of(number: int, value: int = 1) -> str:
    """Return what one file holds."""
    return f"import os\n\n\ndef answer{number}():\n    return {value}\n" + "# filler\n" * 20


def fill(count: int) -> None:
    """Claim as many things, each with one anchor: half patterns, a quarter symbols, a quarter passages."""
    for start in range(0, count, 500):
        batch: list[str | dict[str, Any]] = [
            {"content": f"answer {n} of the {n % 97}th kind is one", "anchors": [anchor(n)]}
            for n in range(start, min(start + 500, count))
        ]
        core.claim("", batch=batch)


def anchor(number: int) -> dict[str, object] | str:
    """Return an anchor on one file."""
    if number % 4 == 1:
        return f"{path_of(number)}::answer{number}"
    if number % 4 == 3:
        return {"type": "content", "path": path_of(number), "lines": [4, 5]}
    return {"type": "grep", "pattern": "return 1", "path": path_of(number)}


def found(db: Database) -> dict[tuple[int, int], str]:
    """Return what all anchors say by the store."""
    with db.reading() as connection:
        return {key: state.state for key, state in states.list_states(connection, "main").items()}


def settled(db: Database) -> bool:
    """Tell whether the watcher has judged everything that it heard of."""
    report = duty.report(db.folder)
    return bool(report["worktrees"]) and report["worktrees"]["main"]["settled"]


def save(top: Path, db: Database, number: int) -> float:
    """Break one anchored file, and return the seconds until the store says so."""
    until(lambda: settled(db))
    before = sum(state != "ok" for state in found(db).values())
    begun = time.perf_counter()
    (top / path_of(number)).write_text(text_of(number, 2))
    until(lambda: sum(state != "ok" for state in found(db).values()) > before)
    return time.perf_counter() - begun


def switch(asked: argparse.Namespace, top: Path, db: Database) -> float:
    """Check out a branch on which half the files differ; return the seconds from git's end to the states."""
    checkout(top, "other", new=True)
    files = {path_of(n): text_of(n, 3) for n in range(asked.files // 2)}
    commit(top, "other", files)
    checkout(top, "main")
    until(lambda: settled(db))
    wanted = min(asked.anchors, asked.files // 2)
    until(lambda: sum(state == "ok" for state in found(db).values()) == asked.anchors - asked.saves)
    git(top, "checkout", "--quiet", "other")
    begun = time.perf_counter()
    until(lambda: sum(state != "ok" for state in found(db).values()) >= wanted)
    return time.perf_counter() - begun


def storm(top: Path, db: Database, anchors: int, events: int) -> None:
    """Write to anchored files again and again."""
    for number in range(events):
        (top / path_of(number % anchors)).write_text(text_of(number % anchors, number))
    until(lambda: settled(db))


def cpu(process: int) -> float:
    """Return the seconds of processor time a process took."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory(process: int) -> int:
    """Return the resident bytes of a process."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * PAGE


def count_descriptors(process: int) -> int:
    """Return how many files a process has open."""
    return len(os.listdir(f"/proc/{process}/fd"))


def until(seen: Callable[[], bool]) -> None:
    """Wait until something is seen."""
    end = time.monotonic() + PATIENCE_S
    while not seen():
        if time.monotonic() > end:
            raise SystemExit("it was not seen in time")
        time.sleep(0.002)


if __name__ == "__main__":
    main()
