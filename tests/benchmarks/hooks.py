"""What one cold hook costs beside a Python that only loads json and sqlite3, measured in turn.

    python -m tests.benchmarks.hooks [--python VENV/bin/python] [--claims 100 100000] [--runs 41]

The interpreter named must have the package installed (not linked to a checkout), with its command beside it.
Counted is CPU time, user and system together, of the process from its start to its end.
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
from typing import Any

from mnemo.anchors.parse import parse_anchor
from mnemo.anchors.pin import pin
from mnemo.model.anchor import anchor_record
from mnemo.repo.files import WorkingTree
from tests.benchmarks.texts import facts
from tests.stores import open_store, say

BASELINE = ("-I", "-S", "-c", "import json, sqlite3")
FILES = 100
ANCHORED = 20  # claims about the file that is read
AT_ONCE = 2_000

Command = tuple[str, ...]


def main() -> None:
    """Measure at each size, print minimum and median of each command, and the ratio to the baseline."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--claims", type=int, nargs="+", default=[100, 100_000])
    parser.add_argument("--runs", type=int, default=41)
    asked = parser.parse_args()
    for count in asked.claims:
        with tempfile.TemporaryDirectory() as folder:
            top = Path(folder, "r")
            fill(top, count)
            for row in measure(asked.python, top, asked.runs):
                print(f"{count:>7,} claims | {row}", flush=True)


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


def measure(python: str, top: Path, runs: int) -> Iterator[str]:
    """Yield a line for each command and moment."""
    found = subprocess.run(
        [python, "-c", "import mnemo.interfaces.hooks.start as s; print(s.__file__)"],
        capture_output=True, text=True, check=True, cwd="/",
    )  # fmt: skip
    console = (str(Path(python).parent / "mnemo"), "hook", "PreToolUse")
    program = (python, "-I", "-S", found.stdout.strip(), "PreToolUse")
    asking = (*program[:-1], "UserPromptSubmit")
    reading = {"cwd": str(top), "tool_name": "Read", "tool_input": {"file_path": str(top / "src/m0.py")}}
    dice, questions = random.Random(1), [fact.question for fact in facts(50)]

    def prompt(run: int) -> dict[str, Any]:
        return {"cwd": str(top), "session_id": f"q{run}", "prompt": dice.choice(questions)}

    moments: dict[str, tuple[Command, Callable[[int], dict[str, Any]]]] = {
        "baseline": ((python, *BASELINE), lambda _: {}),
        "command, file read, told": (console, lambda run: {**reading, "session_id": f"c{run}"}),
        "start.py, file read, told": (program, lambda run: {**reading, "session_id": f"p{run}"}),
        "start.py, file read, silent": (program, lambda _: {**reading, "session_id": "again"}),
        "start.py, prompt": (asking, prompt),
    }  # fmt: skip
    costs: dict[str, list[float]] = {name: [] for name in moments}
    for run in range(-3, runs):
        for name, (command, given) in moments.items():
            cost = cpu_milliseconds(command, json.dumps(given(run)).encode())
            if run >= 0:
                costs[name].append(cost)
    least, middle = min(costs["baseline"]), statistics.median(costs["baseline"])
    for name, each in costs.items():
        low, typical = min(each), statistics.median(each)
        least_told = f"min {low:5.1f} ms ({low / least:.2f})"
        yield f"{name:<28} {least_told} | median {typical:5.1f} ms ({typical / middle:.2f})"


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
