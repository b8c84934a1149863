"""What a cold hook costs beside a Python that only loads json and sqlite3, and with a broken store.

    python -m tests.benchmarks.hooks [--python VENV/bin/python] [--stores FOLDER] [--runs 41] [--write]

The interpreter named must have the package installed (not linked to a checkout), with its command beside it.
Counted is CPU time, user and system together, of the process from its start to its end. Every kind of call is
made once in each run, at every size, so that whatever else the machine does meets all of them alike. Stores
that lie in the folder already are used as they are: filling them takes a minute.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from mnemo.anchors.parse import parse_anchor
from mnemo.anchors.pin import pin
from mnemo.model.anchor import anchor_record
from mnemo.repo.files import WorkingTree
from tests.benchmarks import page
from tests.benchmarks.page import Row
from tests.benchmarks.texts import facts
from tests.processes.hook_client import compile_all, make_project
from tests.processes.test_hooks_in_trouble import BROKEN, call_all
from tests.stores import open_store, say

BASELINE = ("-I", "-S", "-c", "import json, sqlite3")
SIZES = (100, 1_000, 100_000)
BOUNDED = (100, 100_000)  # sizes with a bound on what a call costs beside the baseline
FILES = 100
ANCHORED = 20  # claims about the file that is read
AT_ONCE = 2_000
WARM_UPS = 3
CALLS = 200  # on each broken store

Command = tuple[str, ...]
Given = Callable[[Path, int], dict[str, Any]]


class Call(NamedTuple):
    """One kind of call: the words of the event, and what the client says of a repository in a run."""

    event: str
    given: Given


def main() -> None:
    """Measure every kind of call at every size, then broken stores; with --write, also into the guide."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--stores")
    parser.add_argument("--runs", type=int, default=41)
    parser.add_argument("--only", default="cost,broken")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        if "cost" in asked.only:
            costs = measure(asked.python, filled(Path(asked.stores or folder)), asked.runs)
            rows += [*beside_baseline(costs), *grown(costs)]
        if "broken" in asked.only:
            os.environ.update(HOME=folder)
            rows += broken(Path(folder))
    for row in rows:
        print(" | ".join(row))
    if asked.write:
        page.keep("Hooks", rows)


def filled(folder: Path) -> dict[int, Path]:
    """Return a repository with a store of each size, made where there is none yet."""
    tops = {size: folder / str(size) for size in SIZES}
    for size, top in tops.items():
        if not top.exists():
            fill(top, size)
    return tops


def fill(top: Path, count: int) -> None:
    """Make a repository of 100 files and a store: 20 claims about one file, half of the others anchored."""
    (top / "src").mkdir(parents=True)
    for number in range(FILES):
        parts = (
            f"def f{part}(x):\n    total = x + {part * number}\n    return total\n" for part in range(30)
        )
        (top / "src" / f"m{number}.py").write_text("\n".join(parts), encoding="utf-8")
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com"]
    for words in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "First"]):
        subprocess.run([*git, *words], cwd=top, check=True)
    tree, db, texts = WorkingTree(str(top), list), open_store(top), facts(count)
    known = [anchor(number, tree) for number in range(ANCHORED + 30 * (FILES - 1))]
    for start in range(0, count, AT_ONCE):
        with db.transaction() as connection:
            for number in range(start, min(count, start + AT_ONCE)):
                tied = number < ANCHORED or number % 2
                anchors = [known[number if number < ANCHORED else number % len(known)]] if tied else []
                say(connection, texts[number].text, payload={"anchors": anchors})
    db.close()


def anchor(number: int, tree: WorkingTree) -> dict[str, Any]:
    """An anchor of each kind in turn; the first 20 are about src/m0.py."""
    path = f"src/m{0 if number < ANCHORED else 1 + number % (FILES - 1)}.py"
    part = number % 20
    forms: list[Any] = [
        f"{path}::f{part}",
        f"{path}:{1 + 4 * part}-{2 + 4 * part}",
        path,
        {"type": "grep", "pattern": f"def f{part}(x)", "path": path},
    ]
    return anchor_record(pin(parse_anchor(forms[number % 4], tree), tree))


def calls() -> dict[str, Call]:
    """Return each kind of call by what happens; a session that is new each time was not told anything."""
    dice, questions = random.Random(1), [fact.question for fact in facts(50)]

    def read(top: Path, session: str) -> dict[str, Any]:
        path = {"file_path": str(top / "src/m0.py")}
        return {"cwd": str(top), "session_id": session, "tool_name": "Read", "tool_input": path}

    def prompt(top: Path, run: int) -> dict[str, Any]:
        return {"cwd": str(top), "session_id": f"prompt {run}", "prompt": dice.choice(questions)}

    mark = os.urandom(4).hex()
    return {
        "file read, told": Call("PreToolUse", lambda top, run: read(top, f"{mark} {dice.random()}")),
        "file read, silent": Call("PreToolUse", lambda top, _: read(top, "again")),
        "prompt": Call("UserPromptSubmit", prompt),
    }


def programs(python: str) -> dict[str, Command]:
    """Return both ways to start a hook, up to the event."""
    found = subprocess.run(
        [python, "-c", "import mnemo.interfaces.hooks.start as s; print(s.__file__)"],
        capture_output=True, text=True, check=True, cwd="/",
    )  # fmt: skip
    start = (python, "-I", "-S", found.stdout.strip())
    return {"`start.py`": start, "`mnemo hook`": (str(Path(python).parent / "mnemo"), "hook")}


Costs = dict[tuple[str, int], list[float]]


def measure(python: str, tops: dict[int, Path], runs: int) -> Costs:
    """Return the CPU milliseconds of every call by its name and the size; of the baseline at size 0."""
    costs: Costs = {("baseline", 0): []}
    kinds, forms = calls(), programs(python)
    for run in range(-WARM_UPS, runs):
        taken = [(("baseline", 0), cpu_milliseconds((python, *BASELINE), b""))]
        for what, call in kinds.items():
            for form, program in forms.items():
                for size, top in tops.items():
                    said = json.dumps(call.given(top, run)).encode()
                    cost = cpu_milliseconds((*program, call.event), said)
                    taken.append(((f"{what}, {form}", size), cost))
        for key, cost in taken if run >= 0 else ():
            costs.setdefault(key, []).append(cost)
    return costs


def beside_baseline(costs: Costs) -> Iterator[Row]:
    """Yield what each call costs in times of the baseline: least by least, median by median."""
    baseline = costs["baseline", 0]
    yield 'CPU of `python -I -S -c "import json, sqlite3"`', f"{statistics.median(baseline):.1f} ms", ""
    for (what, size), each in costs.items():
        if size in BOUNDED:
            yield f"{what}, {size:,} claims: CPU, minimum and median", _times(each, baseline), "at most 2"


def grown(costs: Costs) -> Iterator[Row]:
    """Yield what each call costs in the largest store in times of what it costs at 1,000 claims."""
    for (what, size), each in costs.items():
        if size == SIZES[-1]:
            name = f"{what}, {size:,} claims beside 1,000: CPU, minimum and median"
            yield name, _times(each, costs[what, 1_000]), "at most 1.3"


def _times(each: list[float], other: list[float]) -> str:
    least, middle = min(each) / min(other), statistics.median(each) / statistics.median(other)
    return f"{least:.2f}, {middle:.2f} times"


def broken(folder: Path) -> Iterator[Row]:
    """Yield the slowest of 200 calls on each broken store; none may fail or complain."""
    compile_all()
    for breaking in BROKEN:
        place = folder / breaking.__name__
        place.mkdir()
        project = make_project(place)
        mend = breaking(project)
        try:
            slowest = max(call_all(project, CALLS))
        finally:
            mend()
        name = breaking.__name__.replace("_", " ")
        yield f"store {name}: slowest of {CALLS} calls", f"{slowest * 1000:.0f} ms", "at most 300 ms"


def cpu_milliseconds(command: Command, given: bytes) -> float:
    """Run a command to its end and return its CPU time."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    assert process.stdin is not None
    try:
        process.stdin.write(given)
        process.stdin.close()
    except BrokenPipeError:
        pass  # the baseline reads nothing
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return (usage.ru_utime + usage.ru_stime) * 1000


if __name__ == "__main__":
    main()
