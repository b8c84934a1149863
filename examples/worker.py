"""A worker: takes what is ready, runs the check that the task names, and hands the outcome in as evidence.

The task is completed only because the check passed; the worker saying so would not be enough.
Run it anywhere: it works in a repository of its own and leaves nothing behind.

    python examples/worker.py
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from typing import Any


def mnemo(*words: str) -> dict[str, Any]:
    """Run a command in the current folder and return its record."""
    command = [sys.executable, "-m", "mnemo", *words, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def evidence_of(*command: str) -> str:
    """Run a command as evidence and return the evidence's id."""
    words = [sys.executable, "-m", "mnemo", "evidence", "run", "--json", "--", *command]
    return json.loads(subprocess.run(words, capture_output=True, text=True, check=True).stdout)["id"]


def work() -> None:
    """Take the first task that is ready and finish it."""
    taken = mnemo("dispatch", "take", "--executor", "worker-1")["dispatch"]
    print("took:", taken["task_status"])
    early = mnemo("dispatch", "complete", "--dispatch", taken["id"], "--summary", "looks fine to me")
    print("without evidence:", early["dispatch"]["task_status"])
    shown = evidence_of(sys.executable, "-c", "import json; json.load(open('settings.json'))")
    late = mnemo("dispatch", "complete", "--dispatch", taken["id"], "--evidence", shown)
    print("with evidence:", late["dispatch"]["task_status"])


def main() -> None:
    """Make a repository, queue a task in it, and work."""
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["HOME"] = scratch  # backups and the list of projects are kept in the home folder
        folder = os.path.join(scratch, "shop")
        subprocess.run(["git", "init", "--quiet", folder], check=True)
        os.chdir(folder)
        with open("settings.json", "w", encoding="utf-8") as settings:
            settings.write('{"currency": "EUR"}\n')
        mnemo("dispatch", "add", "--title", "Settings are JSON", "--criterion", "a parser reads them")
        work()
        os.chdir(scratch)


if __name__ == "__main__":
    main()
