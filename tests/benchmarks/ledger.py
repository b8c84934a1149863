"""Measure the ledger: many takers at once, killed holders, long chains, a large graph of tasks, a large log.

    python -m tests.benchmarks.ledger [--only taking,killing,chains,graph,long,log] [--write]
        [--takers N] [--tasks N] [--holders N] [--lease S] [--events N] [--graph N]

Takers and holders are processes of their own, warm as a client's server is.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from mnemo import projects
from mnemo.errors import Conflict
from mnemo.ledger import graph, tasks
from mnemo.store import chains, events, filesystem, weighing
from mnemo.store.connections import Connection
from mnemo.store.database import Database
from mnemo.tools import core, reporting, upkeep
from mnemo.worklog import pruning, writing
from tests.benchmarks import page
from tests.processes import takers
from tests.repos import make_repository
from tests.stores import MAIN, open_store

LATE_S = 10.0
Found = TypeVar("Found")


def main() -> None:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--takers", type=int, default=16)
    parser.add_argument("--tasks", type=int, default=1_000)
    parser.add_argument("--holders", type=int, default=16)
    parser.add_argument("--lease", type=float, default=5.0)
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--graph", type=int, default=10_000)
    parser.add_argument("--only", default="taking,killing,chains,graph,long,log")
    parser.add_argument("--write", action="store_true", help="keep the figures in guide/performance.md")
    asked = parser.parse_args()
    rows: list[page.Row] = []
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(HOME=folder, MNEMO_BACKUPS=f"{folder}/backups", MNEMO_GLOBAL=f"{folder}/global")
        measures: dict[str, Callable[[], list[page.Row]]] = {
            "taking": lambda: taking(asked.takers, asked.tasks),
            "killing": lambda: killing(asked.holders, asked.lease),
            "chains": lambda: walking(open_store(Path(folder, "chains")), asked.events),
            "graph": lambda: ranking(open_store(Path(folder, "graph")), asked.graph),
            "long": lambda: telling(asked.graph),
            "log": lambda: cutting(open_store(Path(folder, "log")), asked.events),
        }
        for name in asked.only.split(","):
            os.chdir(make_repository(Path(folder, "repositories", name)))
            rows += measures[name]()
    projects.closing()
    for row in rows:
        print(" | ".join(row))
    if asked.write:
        page.keep("Ledger", rows)


def taking(count: int, wanted: int) -> list[page.Row]:
    """Measure how long takes last when processes take everything there is at once."""
    project = projects.current(writing=True)
    planned = takers.plan_work(project.db, wanted, project.now())
    begun = time.perf_counter()
    took = takers.race(Path.cwd(), [f"taker-{number}" for number in range(count)], 30)
    spent = time.perf_counter() - begun
    owners = len({take.task for take in took})
    assert len(took) == owners == len(planned), f"{len(took)} takes of {owners} tasks, {len(planned)} planned"
    cuts = statistics.quantiles([take.ms for take in took], n=100)
    longest = max(take.ms for take in took)
    print(f"{len(took)} takes in {spent:.1f} s, the longest {longest:.0f} ms", flush=True)
    what = f"{count} processes take {len(took):,} tasks of a planned run, each one owner, 0 errors"
    return [(what, f"p50 {cuts[49]:.0f} ms, p99 {cuts[98]:.0f} ms", "p99 under 500 ms")]


def killing(count: int, lease_s: float) -> list[page.Row]:
    """Measure how long after its lease a killed holder's task is ready, and that its answer is refused."""
    project = projects.current(writing=True)
    takers.plan_work(project.db, count, project.now())
    held = takers.kill_holders(Path.cwd(), count, lease_s)
    back = takers.await_ready([take.task for take in held], held[-1].at + lease_s + LATE_S)
    late = max(back[take.task] - take.at - lease_s for take in held)
    refused = sum(is_stale(take.dispatch) for take in held)
    return [
        (
            f"{count} holders killed, lease {lease_s:g} s: the last task is ready again",
            f"{late:+.2f} s after its lease",
            "at most 1 s after it",
        ),
        ("completions by killed holders that are refused", f"{refused} of {count}", "all"),
    ]


def is_stale(dispatch: str) -> bool:
    """Whether completing a dispatch is refused because its lease ran out."""
    Path("late.txt").write_text(dispatch)
    try:
        core.dispatch("complete", dispatch=dispatch, evidence=["late.txt"])
    except Conflict as error:
        return error.word == "stale_lease"
    return False


def walking(db: Database, count: int) -> list[page.Row]:
    """Measure how long it takes to verify a chain of so many events."""
    fill_log(db, count, "done")
    with db.reading() as connection:
        spent, found = timed(lambda: chains.walk(connection))
    assert not any(chain.breaks for chain in found)
    db.close()
    events = sum(chain.events for chain in found)
    return [(f"{events:,} events verified", f"{spent * 1000:.0f} ms", "under 1 s")]


def ranking(db: Database, count: int) -> list[page.Row]:
    """Measure how long it takes to rank the ready tasks of a large graph, at first and after each change."""
    with db.transaction() as connection:
        made = plan_graph(connection, count, MAIN, 1_790_000_000_000)
    with db.reading() as connection:
        cold, found = timed(lambda: graph.list_ready_ids(connection, "main"))
        again = statistics.median(
            timed(lambda: graph.list_ready_ids(connection, "main"))[0] for _ in range(9)
        )
    changed: list[float] = []
    for task in found[:9]:
        part = {"do": "status", "status": "in_progress"}
        with db.transaction() as connection:
            events.record(connection, "test", {f"task/{task}": part}, at=MAIN, now=1_790_000_000_000)
        with db.reading() as connection:
            changed.append(timed(lambda: graph.list_ready_ids(connection, "main"))[0])
    db.close()
    return [
        (
            f"{len(made):,} tasks with needs, {len(found):,} of them ready, ranked at first",
            f"{cold * 1000:.1f} ms",
            "under 20 ms",
        ),
        ("the same after a change, median", f"{statistics.median(changed) * 1000:.1f} ms", "under 20 ms"),
        ("the same unchanged", f"{again * 1000:.2f} ms", "under 20 ms"),
    ]


def telling(count: int) -> list[page.Row]:
    """Measure how long it takes to tell a run of many tasks."""
    project = projects.current(writing=True)
    with project.db.transaction() as connection:
        plan_graph(connection, count, project.at(), project.now())
    rows: list[page.Row] = []
    for name, tell in (
        ("status", upkeep.status),
        ("report", reporting.report),
        ("handoff", reporting.handoff),
    ):
        spent = min(timed(tell)[0] for _ in range(3))
        rows.append((f"`{name}` of a run with {count:,} tasks", f"{spent * 1000:.0f} ms", "under 1 s"))
    return rows


def plan_graph(connection: Connection, count: int, at: dict[str, str], now: int) -> list[str]:
    """Make a planned run of so many tasks that need up to two earlier ones each; return their ids."""
    dice = random.Random(7)
    made, run = list[str](), takers.open_planned(connection, now)
    for number in range(count):
        needs = dice.sample(made[-200:], dice.randrange(min(3, len(made) + 1)))
        row = tasks.add_task(
            connection, f"Task {number}", run=run, needs=needs, priority=dice.random(), at=at, now=now
        )
        made.append(row["task"])
    return made


def cutting(db: Database, count: int) -> list[page.Row]:
    """Measure what pruning by size does to a log of so many entries."""
    fill_log(db, count, "x" * 500)
    before = filesystem.size_of(db.path)
    spent, record = timed(lambda: pruning.prune_to_size(db, 1, at=MAIN, now=1_790_000_000_000))
    with db.reading() as connection:
        weight = weighing.weigh(connection).size
    after = record["file_bytes"]
    db.close()
    sizes = f"file {before / 1e6:.1f} MB before, {after / 1e6:.1f} MB after, log {weight / 1e6:.2f} MB"
    return [
        (
            f"log of {count:,} entries pruned to 1 MB",
            f"{spent:.1f} s; {sizes}",
            "the log at most 1 MB, the file smaller",
        )
    ]


def fill_log(db: Database, count: int, text: str) -> None:
    """Write so many entries."""
    with db.transaction() as connection:
        for number in range(count):
            writing.add_entry(connection, f"{number} {text}", None, MAIN, 1_790_000_000_000)


def timed(call: Callable[[], Found]) -> tuple[float, Found]:
    """Return how long a call lasts, seconds, and what it returns."""
    begun = time.perf_counter()
    found = call()
    return time.perf_counter() - begun, found


if __name__ == "__main__":
    main()
