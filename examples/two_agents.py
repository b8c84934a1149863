"""Two agents and one release: a planner hands work out, a worker proves it, and the gate believes neither.

The planner works on the branch `totals`. The worker gets a working tree and a branch of its own, and
completes the task only because a test passed there. The release gate opens on that evidence, and on nothing
that anybody said; it closes again when a file that the evidence speaks of is touched. Memory follows it.
Run it anywhere: it works in a repository of its own and leaves nothing behind.

    python examples/two_agents.py
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

CODE = '''"""Totals in cents."""


def total(cents: list[int]) -> int:
    """Return the sum."""
    return sum(cents)
'''
TEST = """import unittest

from totals import total


class Totals(unittest.TestCase):
    def test_cents_are_added(self) -> None:
        self.assertEqual(total([1, 2]), 3)
"""
CHECK = ("-m", "unittest", "-q", "test_totals")


def mnemo(folder: Path, *words: str, command: tuple[str, ...] = ()) -> dict[str, Any]:
    """Run a command in a folder and return its record; a finding is an answer too, an error ends the story.

    Args:
        folder: where the agent stands.
        words: the command.
        command: behind --, what is run as evidence.
    """
    line = [sys.executable, "-m", "mnemo", *words, "--json", *(["--", *command] if command else [])]
    done = subprocess.run(line, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 3):
        raise SystemExit(
            f"mnemo {' '.join(words)} ended with {done.returncode}: {done.stdout or done.stderr}"
        )
    return json.loads(done.stdout)


def git(folder: Path, *words: str) -> None:
    """Run git in a folder."""
    subprocess.run(["git", "-C", str(folder), *words], check=True, stdout=subprocess.DEVNULL)


def make_repository(top: Path) -> None:
    """Make a repository with one commit on main, and stand on the branch totals."""
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main", str(top)], check=True)
    git(top, "config", "user.name", "Ada")
    git(top, "config", "user.email", "ada@example.com")
    (top / ".gitignore").write_text("__pycache__/\n", encoding="utf-8")
    git(top, "add", ".")
    git(top, "commit", "--quiet", "-m", "First")
    git(top, "checkout", "--quiet", "-b", "totals")


def plan(top: Path) -> tuple[str, str, str, Path]:
    """Be the planner: from a goal to a dispatch with a working tree; return run, task, dispatch and tree."""
    run = mnemo(top, "start", "--goal", "Totals without rounding errors")["run"]["id"]
    steps = "1. total() 2. a test"
    draft = mnemo(top, "plan", "--run-id", run, "--title", "Count in cents", "--body", steps)
    mnemo(top, "approve-plan", "--run-id", run, "--plan-id", draft["plan"]["id"], "--reviewer", "ada")
    sent = mnemo(
        top, "enqueue-event", "--run-id", run, "--title", "Add total()", "--body", "In totals.py",
        "--acceptance-criterion", "a test adds cents", "--context-ref", "totals.py",
    )  # fmt: skip
    task = sent["task"]["id"]
    handed = mnemo(
        top, "dispatch-task", "--run-id", run, "--task-id", task, "--executor", "worker", "--create-worktree"
    )
    return run, task, handed["dispatch"]["id"], Path(handed["worktree"]["path"])


def work(tree: Path, task: str, dispatch: str) -> None:
    """Be the worker: take the dispatch, do the work in its tree, prove it, complete it."""
    mnemo(tree, "claim-dispatch", "--dispatch-id", dispatch, "--executor", "worker")
    (tree / "totals.py").write_text(CODE, encoding="utf-8")
    said = mnemo(tree, "complete-dispatch", "--dispatch-id", dispatch, "--summary", "done, trust me")
    print("completed by its word:", said["task"]["status"])
    (tree / "test_totals.py").write_text(TEST, encoding="utf-8")
    git(tree, "add", ".")
    git(tree, "commit", "--quiet", "-m", "Add total()")
    mnemo(
        tree, "claim", "Totals are counted in cents.", "--anchor", "totals.py::total", "--domain", "decisions"
    )
    mnemo(tree, "log", "Added total() with a test")
    shown = mnemo(
        tree, "evidence", "run", "--task", task, "--kind", "test", command=(sys.executable, *CHECK)
    )["id"]
    done = mnemo(tree, "complete-dispatch", "--dispatch-id", dispatch, "--evidence-uri", shown)
    print("completed with evidence:", done["task"]["status"])


def gate(folder: Path, run: str) -> str:
    """Ask whether the run may be released."""
    found = mnemo(folder, "release-gate", "--run-id", run, "--required-check", "test")
    missing = "; ".join([*found["missing_checks"], *found["stale"]])
    return "open" if found["ok"] else f"closed ({missing})"


def merge(top: Path, tree: Path, branch: str) -> None:
    """Bring the worker's branch to main, and take its working tree and its branch away."""
    git(top, "merge", "--quiet", "--no-edit", branch)
    git(top, "checkout", "--quiet", "main")
    git(top, "merge", "--quiet", "--no-edit", "totals")
    git(top, "worktree", "remove", str(tree))
    git(top, "branch", "--quiet", "-d", branch)


def main() -> None:
    """Tell the story in a repository of its own."""
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["HOME"] = scratch  # backups and the list of projects are kept in the home folder
        top = Path(scratch, "shop")
        make_repository(top)
        run, task, dispatch, tree = plan(top)
        print("gate before the work:", gate(tree, run))
        work(tree, task, dispatch)
        print("gate after the work:", gate(tree, run))
        merge(top, tree, f"mnemo/{task}")
        moved = mnemo(top, "cleanup-deleted-branches")["moved"]
        told = mnemo(top, "recall", "how are totals counted")["claims"][0]
        print(f"on main: {moved} log entry followed, the claim is {told['verdict']}")
        (top / "totals.py").write_text(CODE.replace("sum(cents)", "round(sum(cents))"), encoding="utf-8")
        print("gate after a touch:", gate(top, run))
        git(top, "checkout", "--quiet", "totals.py")
        print("gate after the way back:", gate(top, run))


if __name__ == "__main__":
    main()
