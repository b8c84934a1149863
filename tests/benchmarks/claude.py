"""Measure in the real Claude Code what a model is sent before it edits, with a scripted model behind it.

    python -m tests.benchmarks.claude CLAUDE RIG REPOSITORY [--claims 300] [--tasks 50] [--show] [--write]

CLAUDE is the client's program. RIG is a program that runs it against a scripted model: it is called as
`RIG PROJECT SCRIPT.json --claude CLAUDE --prompt PROMPT --allow TOOLS --env NAME=VALUE`, SCRIPT.json holds
the model's turns as lists of content blocks, and it prints one JSON object whose `seen` lists the texts of
each request. REPOSITORY is a git repository to copy.

Claims and tasks are those of tests.benchmarks.speaking, stored through the Python interface and so anchored
and judged for good; `mnemo install --yes` registers server and hooks. A task is a prompt, Read and Edit. Its
claim counts as heard only where it stands in the request that the model answers with the Edit: what the hook
of the edit itself says comes with its result, and is counted apart.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shlex
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import mnemo
from tests.benchmarks import page
from tests.benchmarks.speaking import LOOKED_AT, Commit, Task, errands, noted, prompt, run, usable

Record = dict[str, Any]
Turns = list[list[Record]]

TOOLS = "Read,Edit,Agent,Task"
SHORT = 12  # characters of an address in a card
LONGEST_READ = 150  # lines, below what the client refuses to read at once
START = "SessionStart hook"
DONE: list[Record] = [{"type": "text", "text": "done"}]


class Bench(NamedTuple):
    """What a session runs in: the client, the rig, the repository's copy, a home, and the claims there."""

    claude: str
    rig: str
    top: Path
    home: Path
    claims: frozenset[str]


class Session(NamedTuple):
    """What came of one task: when its claim was heard, what was told in all, and what twice."""

    task: Task
    first: str
    told: tuple[str, ...]
    twice: int
    edited: bool
    seconds: float


def main() -> None:
    """Go through related and unrelated tasks, a compaction and a nested agent, and print what was heard."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("claude")
    parser.add_argument("rig")
    parser.add_argument("repository")
    parser.add_argument("--claims", type=int, default=300)
    parser.add_argument("--tasks", type=int, default=50)
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home, top = Path(folder, "home"), Path(folder, "clone")
        home.mkdir()
        os.environ["HOME"] = str(home)
        source = Path(asked.repository).resolve()
        run(
            home,
            "clone",
            "--quiet",
            "--no-hardlinks",
            "--depth",
            str(LOOKED_AT),
            f"file://{source}",
            str(top),
        )
        for command in (["init"], ["install", "claude", "--yes"]):
            subprocess.run(
                [sys.executable, "-m", "mnemo", *command], cwd=top, check=True, capture_output=True
            )
        tasks, others, claims = furnish(top, asked.claims, random.Random(5))
        bench = Bench(os.path.abspath(asked.claude), os.path.abspath(asked.rig), top, home, claims)
        went = [go_through(bench, task, asked.show) for task in tasks[: asked.tasks]]
        silent = [go_through(bench, task, asked.show) for task in others[: asked.tasks]]
        report(source.name, went, silent)
        if asked.write:
            page.keep("Hooks in Claude Code", kept(source.name, went, silent))
        for line in (compacted(bench, tasks), nested(bench, tasks), out_of_time(top)):
            print(line)


def furnish(top: Path, count: int, dice: random.Random) -> tuple[list[Task], list[Task], frozenset[str]]:
    """Claim something of each commit; return a task for each, other tasks, and the addresses."""
    commits = list(usable(top))
    dice.shuffle(commits)
    tasks: list[Task] = []
    used: set[str] = set()
    with mnemo.open(top) as memory:
        for number, commit in enumerate(commits[:count]):
            paths = sorted(commit.added, key=lambda path, one=commit: -len(one.added[path]))
            used |= set(paths)
            anchored = number % 2 == 0
            content = noted(commit, dice)
            kept = memory.claim(content, anchors=list(paths[:3]) if anchored else None)["claims"][0]
            tasks.append(task_of(commit, paths[0], kept["address"], content, dice, anchored=anchored))
    files = [path for path in run(top, "ls-files").splitlines() if path not in used]
    return tasks, list(errands(files, top, dice)), frozenset(task.address for task in tasks)


def task_of(
    commit: Commit, path: str, address: str, content: str, dice: random.Random, *, anchored: bool
) -> Task:
    """Return what a person would have asked for when this commit was made."""
    return Task(
        prompt(commit.subject, dice), path, "\n".join(commit.added[path][:40]), address, anchored, content
    )


def go_through(bench: Bench, task: Task, show: bool) -> Session:
    """Let the client do one task, in a session of its own."""
    answer = ask(bench, task.prompt, [*turns_of(bench.top, task), DONE])
    run(bench.top, "checkout", "--quiet", "--", ".")
    seen: list[list[str]] = answer["seen"]
    heard = [told_in(texts, bench.claims) for texts in seen]
    names = ("prompt", "read", "edit")
    short = task.address[:SHORT]
    first = next((name for name, told in zip(names, heard, strict=False) if short and short in told), "")
    last = heard[-1] if heard else Counter[str]()
    twice = sum(times - 1 for times in last.values())
    edited = len(seen) == 3 and any(text.startswith("RESULT") and "updated" in text for text in seen[2])
    if show and (first in ("", "edit") if task.address else last):
        print(f"{'MISSED' if task.address else 'NOISE'} anchored={task.anchored} {first or '-'} {task.path}")
        print(f"    prompt {task.prompt}\n    claim {task.claim or sorted(last)}", flush=True)
    return Session(task, first, tuple(last), twice, edited, answer["seconds"])


def turns_of(top: Path, task: Task) -> Turns:
    """Return the model's turns: it reads the file, and puts the new text behind one of its lines."""
    path = str(top / task.path)
    turns: Turns = [[use("Read", file_path=path, limit=LONGEST_READ)]]
    lines = (top / task.path).read_text(encoding="utf-8", errors="replace").splitlines()
    once = Counter(lines)
    line = next((one for one in lines if once[one] == 1 and "\n".join(lines).count(one) == 1), "")
    if task.text and line:
        turns.append([use("Edit", file_path=path, old_string=line, new_string=f"{line}\n{task.text}")])
    return turns


def use(name: str, **fields: Any) -> Record:
    """Return the content block by which a model uses a tool."""
    return {"type": "tool_use", "name": name, "input": fields}


def ask(bench: Bench, asked: str, turns: Turns, *options: str) -> Record:
    """Run the client once and return what the rig saw; options go to the client."""
    with tempfile.TemporaryDirectory() as folder:
        script, client = Path(folder, "script.json"), Path(folder, "client")
        script.write_text(json.dumps(turns), encoding="utf-8")
        client.write_text(f'#!/bin/sh\nexec {shlex.join([bench.claude])} "$@" {shlex.join(options)}\n')
        client.chmod(0o700)
        done = subprocess.run(
            [
                *(sys.executable, bench.rig, str(bench.top), str(script)),
                *(
                    "--claude",
                    str(client),
                    "--prompt",
                    asked,
                    "--allow",
                    TOOLS,
                    "--env",
                    f"HOME={bench.home}",
                ),
            ],
            capture_output=True,
            check=True,
        )
    return json.loads(done.stdout)


def told_in(texts: list[str], claims: frozenset[str]) -> Counter[str]:
    """Return how often each claim stands in a request, behind what the session began with."""
    short = {address[:SHORT] for address in claims}
    said = (text for text in texts if START not in text and not text.startswith(("RESULT", "ERROR")))
    return Counter(word for text in said for word in text.split() if word in short)


def compacted(bench: Bench, tasks: list[Task]) -> str:
    """Return how often a claim stands in a context: its file is read, read again, and read after /compact."""
    task = next(one for one in tasks if one.anchored)
    read = turns_of(bench.top, task)[0]
    counts: list[int] = []
    for asked in ("look at it", "look once more", "/compact", "and again"):
        turns = [DONE] if asked == "/compact" else [read, DONE]
        seen = ask(bench, asked, turns, *(["--continue"] if counts else []))["seen"]
        of_it = [told_in(texts, bench.claims)[task.address[:SHORT]] for texts in seen]
        counts += of_it if asked != "/compact" else []
    return f"  one conversation, requests before and behind each read, the third after /compact: {counts}"


def nested(bench: Bench, tasks: list[Task]) -> str:
    """Return how often a claim stands in an agent's context and in that of the agent which it starts."""
    task = next(one for one in tasks if one.anchored)
    read = turns_of(bench.top, task)[0]
    order = "Look at the file."
    start = use(
        "Agent", description="look", prompt=order, subagent_type="general-purpose", run_in_background=False
    )
    seen = ask(bench, "look at it", [read, [start], read, read, read, DONE])["seen"]
    counts: dict[str, list[int]] = {"own": [], "nested": []}
    for texts in seen:
        counts["nested" if order in texts else "own"].append(
            told_in(texts, bench.claims)[task.address[:SHORT]]
        )
    return f"  an agent and one it starts read the same file, by request: {counts}"


def out_of_time(top: Path) -> str:
    """Return how many hooks failed, such as for want of time on a busy machine; those tell nothing."""
    lines = (top / ".mnemo" / "logs" / "hooks.jsonl").read_text(encoding="utf-8").splitlines()
    failed = Counter(record["failed"] for record in map(json.loads, lines) if record.get("failed"))
    return f"  hooks that failed: {sum(failed.values())} of {len(lines)} {dict(failed) or ''}"


def heard(some: list[Session]) -> int:
    """Return in how many sessions the claim stood there before the first edit."""
    return sum(one.first in ("prompt", "read") for one in some)


def kept(name: str, went: list[Session], silent: list[Session]) -> Iterator[page.Row]:
    """Yield what is kept in the guide."""
    enough = 9 / 10
    quiet = sum(not one.told for one in silent)
    for what, some in (
        ("its claim stood there before the first edit", went),
        ("… anchored to a file of the task", [one for one in went if one.task.anchored]),
        ("… without an anchor", [one for one in went if not one.task.anchored]),
    ):
        target = f"at least {enough * len(some):.0f}" if some is went else ""
        yield f"{name}: {what}", f"{heard(some)} of {len(some)}", target
    target = f"at least {enough * len(silent):.0f}"
    yield f"{name}: other tasks that heard nothing", f"{quiet} of {len(silent)}", target
    yield f"{name}: told twice in one context", f"{sum(one.twice for one in went + silent)}", "0"
    told = sum(len(one.told) for one in went) / max(1, len(went))
    yield f"{name}: claims that a task heard", f"{told:.1f}", ""


def report(name: str, went: list[Session], silent: list[Session]) -> None:
    """Print the table."""

    kinds = {kind: [one for one in went if one.task.anchored == kind] for kind in (True, False)}
    places = Counter(one.first or "never" for one in went)
    every = went + silent
    print(f"{name}: heard before the first edit {heard(went)} of {len(went)}, {dict(places)}")
    for kind, some in kinds.items():
        print(f"  {'anchored' if kind else 'not anchored'} {heard(some)} of {len(some)}")
    print(f"  unrelated that heard nothing: {sum(not one.told for one in silent)} of {len(silent)}")
    print(f"  told twice in one context: {sum(one.twice for one in every)}")
    print(f"  claims a related task {sum(len(one.told) for one in went) / max(1, len(went)):.1f}")
    print(
        f"  edits made {sum(one.edited for one in every)}; {sum(one.seconds for one in every):.0f} s",
        flush=True,
    )


if __name__ == "__main__":
    main()
