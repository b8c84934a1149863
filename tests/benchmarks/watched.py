"""Whether a watcher in a process of its own keeps telling the truth while somebody works.

What it found is read as other processes read it, and only once it says that it has seen everything. Patterns
without a path are recalled by what it knows, so they are asked for here.
"""

from __future__ import annotations

import contextlib
import random
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, NamedTuple

from mnemo import projects
from mnemo.store import assertions, states
from mnemo.tools import core
from mnemo.watching import duty, generation
from tests.benchmarks import oracle
from tests.benchmarks.oracle import Known
from tests.repos import git

PATIENCE_S = 30.0
EVERYWHERE = 8  # patterns without a path
WORD = "everywhere"  # in the claims that have them


class Seen(NamedTuple):
    """What the watcher's answers came to.

    Args:
        judged: how many answers were compared.
        wrong: claims that it holds for true after their content changed.
        doubted: claims that it doubts without cause.
    """

    judged: int
    wrong: list[str]
    doubted: list[str]


@contextlib.contextmanager
def watching(top: Path) -> Generator[None]:
    """Let another process watch a repository."""
    command = [sys.executable, "-m", "mnemo", "watch", "--json"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=top)
    try:
        _wait(lambda: duty.is_watched(projects.current().db.folder))
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def claim_everywhere(top: Path, dice: random.Random, known: list[Known]) -> dict[str, str]:
    """Claim that some lines stand somewhere in the repository; return them by the claims' addresses."""
    lines = [line.strip() for one in known for line in one.text.split("\n") if len(line.strip()) > 12]
    chosen = dice.sample(sorted(set(lines)), EVERYWHERE)
    batch: list[str | dict[str, Any]] = [
        {"content": f"Line {number} stands {WORD}", "anchors": [{"type": "grep", "pattern": line}]}
        for number, line in enumerate(chosen)
    ]
    stored = core.claim(batch=batch)["claims"]
    return {one["address"]: line for one, line in zip(stored, chosen, strict=True)}


def compare(
    said: str, known: list[Known], truths: list[bool | None], everywhere: dict[str, str], top: Path
) -> Seen:
    """Compare what the watcher holds for true with what the texts say.

    Args:
        said: what was done last.
        known, truths: the claims, and whether each is true now; None where the texts leave it open.
        everywhere: lines that were claimed to stand anywhere, by address.
    """
    db = projects.current().db
    _wait(lambda: generation.find_generation(db.folder, "main") is not None)
    with db.reading() as connection:
        kept = states.list_states(connection, "main")
        rows = {one.address: one.id for one in assertions.iter_all(connection)}
    wrong: list[str] = []
    doubted: list[str] = []
    for one, truth in zip(known, truths, strict=True):
        state = kept[rows[one.address], 0].state
        if truth is False and state == "ok":
            wrong.append(f"{said}: the watcher holds {one.kind} {one.path} {one.said[:40]!r} for true")
        elif truth is True and state != "ok":
            doubted.append(f"{said}: the watcher says {state} of {one.kind} {one.path} {one.said[:40]!r}")
    held = _everything(top)
    told = core.recall(f"which line stands {WORD}", limit=4 * EVERYWHERE, budget=20_000)["claims"]
    verdicts = {one["address"]: one["verdict"] for one in told}
    for address, line in everywhere.items():
        verdict = verdicts.get(address, "withheld")
        if line not in held and verdict == "proven":
            wrong.append(f"{said}: recall tells {line[:40]!r} as proven, which stands nowhere")
        elif line in held and verdict != "proven":
            doubted.append(f"{said}: recall says {verdict} of {line[:40]!r}, which stands somewhere")
    return Seen(len(known) + len(everywhere), wrong, doubted)


def _everything(top: Path) -> str:
    listed = git(top, "ls-files", "-z").split("\0")
    return "\n".join(oracle.read(top / path) or "" for path in listed if (top / path).is_file())


def _wait(seen: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not seen():
        if time.monotonic() > end:
            raise SystemExit("the watcher did not see everything in time")
        time.sleep(0.005)
