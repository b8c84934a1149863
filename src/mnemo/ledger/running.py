"""Evidence by running it: a command is run, its output passes through, and what happened is written down."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

from mnemo.errors import Invalid, MnemoError
from mnemo.ids import digest, new_id
from mnemo.ledger import binding, evidence, gates, leases, policies, recording, results, states
from mnemo.ledger import workspace as workspaces
from mnemo.ledger.commanding import Sink, Stream, execute
from mnemo.ledger.names import brief, get_row, shown
from mnemo.ledger.recording import About, Piece
from mnemo.ledger.workspace import Present, Workspace
from mnemo.model import work
from mnemo.redact import redact
from mnemo.store import events, objects, queue
from mnemo.store.connections import Connection
from mnemo.store.database import Database

TESTS = "test_result"
# What decides which programs a command finds and how they speak; kept as one hash, never as text.
ENVIRONMENT = ("PATH", "VIRTUAL_ENV", "PYTHONPATH", "LANG", "LC_ALL", "TZ")
MOST_NAMED = 20
MOST_FILES = 500

Record = dict[str, Any]


class Purpose(NamedTuple):
    """What a command is run for.

    Args:
        task: whom it serves, an id or a unique beginning of it; None for nobody.
        criteria: numbers of that task's criteria from 1; empty for all.
        run: the run that it serves; left out, the task's, or for a gate the branch's newest.
        gate: the gate that it decides, one of work.GATE_KINDS: passed with exit code 0, else failed.
        kind: what it checks, one of work.RUN_KINDS or the word before its underscore; left out,
            test_result where the lines of pytest were read, else command_output.
    """

    task: str | None = None
    criteria: tuple[int, ...] = ()
    run: str | None = None
    gate: str = ""
    kind: str = ""


NOBODY = Purpose()


def run(
    db: Database,
    argv: Sequence[str],
    *,
    at: dict[str, str],
    now: int,
    workspace: Workspace,
    folder: str,
    purpose: Purpose = NOBODY,
    out: Sink | None = None,
    err: Sink | None = None,
) -> Record:
    """Run a command without a shell and record what it did as trusted evidence.

    The same command run again for the same work replaces what was recorded of it: the newest decides.

    Args:
        argv: the command and its arguments.
        at: where and by whom.
        now: wall clock at the start, milliseconds.
        workspace: the working tree.
        folder: where to run it.
        purpose: what it is run for.
        out, err: where its output goes besides, while it runs.

    Returns:
        id, argv, exit_code (negative for a signal), seconds, commit, tree, output (the last of it),
        kind, task, run, gate, tests (counts), notes; the command's own end is in exit_code.

    Raises:
        NotFound: task_not_found, run_not_found, or command_not_found (exit code 127; nothing is recorded).
        Invalid: no command, a folder outside the workspace, a criterion that is not there, unknown_gate,
            unknown_kind.
        Conflict: invalid_transition: the gate belongs to a run that has ended.
    """
    if not argv or not argv[0]:
        raise Invalid(
            "There is no command to run.", "Give one after --, such as `mnemo evidence run -- pytest -q`."
        )
    objects.seal({"argv": list(argv)})  # what cannot be written down is refused before it runs
    inner = workspace.relative(folder)
    wanted = _kind(purpose.kind)
    with db.reading() as connection:
        serves = _serves(connection, Present(workspace), purpose, at)
    payload, counted = _run(argv, folder, inner, workspace, at.get("commit", ""), serves, (out, err))
    piece = Piece(
        wanted or (TESTS if counted else evidence.COMMAND),
        "passed" if payload["exit_code"] == 0 else "failed",
        work.TRUSTED,
        {**payload, "gate": purpose.gate},
    )
    with db.transaction() as connection:
        name, kept = _record(connection, piece, serves, at, now + payload["ms"])
    return _answer(name, kept, serves)


def _run(
    argv: Sequence[str],
    folder: str,
    inner: str,
    workspace: Workspace,
    commit: str,
    serves: About,
    sinks: tuple[Sink | None, Sink | None],
) -> tuple[Record, bool]:
    """Run the command and return what is kept of it, and whether it printed results of pytest."""
    before = _look(workspace, commit)
    lines = results.PytestLines()
    streams = Stream(sinks[0], lines.feed), Stream(sinks[1])
    started = time.monotonic_ns()
    exit_code = execute(argv, folder, streams)
    took = (time.monotonic_ns() - started) // 1_000_000
    lines.end()
    after = _look(workspace, commit)
    payload: Record = {
        **_about_run(argv, inner, exit_code, took, streams),
        **_about_files(commit, before, after),
        "counts": lines.counts,
        "tests": results.results(lines, argv, exit_code, inner, lambda path: _is_there(workspace, path)),
        **(serves.bound if _meddled(before, after) else _bound_again(workspace, serves)),
    }
    return payload, bool(lines.counts)


def _about_run(
    argv: Sequence[str], inner: str, exit_code: int, took: int, streams: tuple[Stream, Stream]
) -> Record:
    return {
        "summary": redact(" ".join(argv))[:200],  # cut last, or half a secret would stay
        "argv": list(argv),
        "cwd": inner,
        "exit_code": exit_code,
        "ms": took,
        "stdout": streams[0].record(),
        "stderr": streams[1].record(),
        "platform": platform.platform(),
        "python": platform.python_version(),
        "environment": digest(b"\0".join(os.fsencode(os.environ.get(name, "")) for name in ENVIRONMENT)),
    }


def _about_files(commit: str, before: _Files, after: _Files) -> Record:
    meddled = _meddled(before, after)
    ran_on = before if meddled else after
    return {
        "commit": commit,
        "tree": ran_on.tree,
        "files": ran_on.marks if len(ran_on.marks) <= MOST_FILES else None,
        "changed": meddled[:MOST_NAMED],
    }


class _Files(NamedTuple):
    """The files at one moment, told by the commit and by what differs from it."""

    tree: str
    marks: dict[str, str]
    tracked: set[str]


def _look(workspace: Workspace, commit: str) -> _Files:
    changed = workspace.changed(commit or "HEAD")
    tracked = {path for path, kind in changed.items() if kind != workspaces.UNTRACKED}
    return _Files(workspace.tree_hash(), workspaces.marks(workspace, changed), tracked)


def _meddled(before: _Files, after: _Files) -> list[str]:
    """Return the tracked files that changed while a command ran; reports that it leaves are none."""
    if before.tree == after.tree:
        return []
    tracked = before.tracked | after.tracked
    return sorted(path for path in tracked if before.marks.get(path) != after.marks.get(path))


def _serves(connection: Connection, present: Present, purpose: Purpose, at: dict[str, str]) -> About:
    """Return whom a run of a command speaks for, having seen that its gate may be decided."""
    task, criteria, owner, gate, _ = purpose
    if gate and gate not in work.GATE_KINDS:
        raise Invalid(
            f"There is no gate {brief(gate)}.", f"Gates: {', '.join(work.GATE_KINDS)}.", "unknown_gate"
        )
    if gate and not task and not owner:
        owner = recording.run_of(connection, None, at)["run"]
    whom = recording.about(connection, present, task=task, run=owner, criteria=criteria)
    row = queue.find_row(connection, work.RUN, whom.run) if gate else None
    if row and work.is_final(work.RUN, row["status"]):
        raise states.refusal(work.RUN, row, "is reviewed no more")
    # A run of a task without names, or of a run as a whole, rests on every file of the tree.
    return whom if whom.task else whom._replace(bound={})


def _bound_again(workspace: Workspace, serves: About) -> Record:
    """Return the files that evidence is bound to as the command left them: reports it wrote are its own."""
    return binding.bind(workspace, serves.bound.get("names", ()))


def _kind(given: str) -> str:
    if not given:
        return ""
    kind = policies.plain(given)
    if kind not in work.RUN_KINDS:
        raise Invalid(
            f"A command is no evidence of kind {brief(given)}.",
            f"Give {', '.join(work.RUN_KINDS)}.",
            "unknown_kind",
        )
    return kind


def _record(
    connection: Connection, piece: Piece, serves: About, at: dict[str, str], now: int
) -> tuple[str, Record]:
    payload = piece.payload
    sealed = objects.seal(payload)
    objects.put(connection, sealed)
    name = new_id(work.EVIDENCE)
    part: events.Part = {
        "do": "record",
        "kind": piece.kind,
        "status": piece.status,
        "trust": piece.trust,
        "run": serves.run,
        "task": serves.task,
        "dispatch": serves.dispatch,
        "content": payload["stdout"]["sha256"],
        "tree": payload["tree"],
        "object": sealed.hash,
        "criteria": list(serves.numbers),
    }
    parts: dict[str, events.Part] = {f"evidence/{name}": part}
    for former in _former(connection, payload, serves):
        parts[f"evidence/{former}"] = evidence.superseded_by(name)
    if payload["gate"]:
        owner = get_row(connection, work.RUN, serves.run)
        told: dict[str, object] = {
            "summary": f"{payload['summary']}: exit code {payload['exit_code']}",
            "reviewer": at.get("agent", ""),
            "evidence": [name],
        }
        parts.update(gates.parts_for(connection, owner, payload["gate"], piece.status, told, serves.task)[0])
    events.record(connection, "evidence.recorded", parts, at=at, now=now)
    for each in queue.list_live(connection, task=serves.task) if serves.task else ():
        if each["dispatch"] == serves.dispatch:
            leases.extend(connection, each, leases.length_of(each), now)
    return name, {**sealed.payload, "kind": piece.kind}


def _former(connection: Connection, payload: Record, serves: About) -> list[str]:
    """Return the evidence of the same command for the same work, whose place this one takes."""
    if not serves.run:
        return []
    numbers = {row["evidence"]: found for row, found in queue.list_evidence(connection, serves.task)}
    found: list[str] = []
    for row in queue.iter_evidence(connection, run=serves.run, task=serves.task):
        if row["kind"] not in work.RUN_KINDS or row["status"] == "superseded":
            continue
        known = objects.find(connection, row["object"]) or {}
        same = all(known.get(each) == payload[each] for each in ("argv", "cwd", "gate"))
        if same and set(numbers.get(row["evidence"], ())) <= set(serves.numbers):
            found.append(row["evidence"])
    return found


def _answer(name: str, kept: Record, serves: About) -> Record:
    notes: list[str] = []
    if kept["changed"]:
        notes.append(f"{', '.join(kept['changed'])} changed while it ran, so it counts for the files before.")
    tails = [kept[stream]["tail"] for stream in ("stdout", "stderr")]
    return {
        "id": shown(name),
        "kind": kept["kind"],
        "task": shown(serves.task) if serves.task else None,
        "run": shown(serves.run) if serves.run else None,
        "gate": kept["gate"] or None,
        "criteria": [number for number in serves.numbers if number],
        "argv": kept["argv"],
        "cwd": kept["cwd"],
        "status": "passed" if kept["exit_code"] == 0 else "failed",
        "exit_code": kept["exit_code"],
        "seconds": kept["ms"] / 1000,
        "commit": kept["commit"],
        "tree": kept["tree"],
        "stdout": kept["stdout"]["sha256"],
        "stderr": kept["stderr"]["sha256"],
        "output": "".join(tail if not tail or tail.endswith("\n") else f"{tail}\n" for tail in tails),
        "tests": {
            status: sum(1 for _, each in kept["tests"] if each == status) for status in ("passed", "failed")
        },
        "notes": notes,
    }


def _is_there(workspace: Workspace, path: str) -> bool:
    try:
        return workspaces.is_file(workspace, workspace.relative(path))
    except MnemoError:
        return False
