"""Evidence by running it: a command is run, its output passes through, and what happened is written down."""

from __future__ import annotations

import hashlib
import os
import platform
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import IO, TYPE_CHECKING, Any, NamedTuple, Protocol

from mnemo.errors import Invalid, MnemoError, NotFound
from mnemo.ids import new_id
from mnemo.ledger import evidence, leases, results
from mnemo.ledger import workspace as workspaces
from mnemo.ledger.names import brief, get_row, shown
from mnemo.ledger.workspace import Workspace
from mnemo.model import work
from mnemo.redact import redact
from mnemo.store import events, objects, queue
from mnemo.store.connections import Connection
from mnemo.store.database import Database

if TYPE_CHECKING:
    from subprocess import Popen

TAIL_BYTES = 8 * 1024
# Redaction needs to see a secret from its beginning, so more is held than is kept.
HELD_BYTES = 64 * 1024
GRACE_S = 5.0
MOST_NAMED = 20
MOST_FILES = 500
_PIECE = 64 * 1024

Record = dict[str, Any]


class Sink(Protocol):
    """Where output goes besides: a binary file, such as sys.stdout.buffer."""

    def write(self, piece: bytes, /) -> object:
        """Take a piece of the output."""
        ...

    def flush(self) -> None:
        """Show it."""
        ...


class Stream:
    """One output of a command: hashed as it passes, its end kept.

    Args:
        sink: where it goes besides; None for nowhere.
        reader: is fed every piece; None for none.
    """

    def __init__(self, sink: Sink | None, reader: Callable[[bytes], None] | None = None) -> None:
        self.size = 0
        self._sink = sink
        self._reader = reader
        self._hash = hashlib.sha256()
        self._held = bytearray()

    def take(self, pipe: IO[bytes]) -> None:
        """Read a pipe to its end."""
        with pipe:
            while piece := os.read(pipe.fileno(), _PIECE):
                self.size += len(piece)
                self._hash.update(piece)
                self._held += piece
                del self._held[:-HELD_BYTES]
                if self._reader:
                    self._reader(piece)
                self._show(piece)

    def record(self) -> Record:
        """Return sha-256, size in bytes, and the last 8 KiB as text without secrets."""
        text = redact(self._held.decode("utf-8", "replace")).encode("utf-8", "replace")
        tail = text[-TAIL_BYTES:].decode("utf-8", "ignore")
        return {"sha256": self._hash.hexdigest(), "bytes": self.size, "tail": tail.replace("\0", "\ufffd")}

    def _show(self, piece: bytes) -> None:
        if self._sink is None:
            return
        try:
            self._sink.write(piece)
            self._sink.flush()
        except (OSError, ValueError):  # whoever watched has left; the record is made all the same
            self._sink = None


def run(
    db: Database,
    argv: Sequence[str],
    *,
    at: dict[str, str],
    now: int,
    workspace: Workspace,
    folder: str,
    task: str | None = None,
    criteria: Iterable[int] = (),
    out: Sink | None = None,
    err: Sink | None = None,
) -> Record:
    """Run a command without a shell and record what it did as trusted evidence.

    Args:
        argv: the command and its arguments.
        at: where and by whom.
        now: wall clock at the start, milliseconds.
        workspace: the working tree.
        folder: where to run it.
        task: whom it serves, an id or a unique beginning of it.
        criteria: numbers of that task's criteria from 1; empty for all.
        out, err: where its output goes besides, while it runs.

    Returns:
        id, argv, exit_code (negative for a signal), seconds, commit, tree, output (the last of it),
        task, tests (counts), notes; the command's own end is in exit_code.

    Raises:
        NotFound: task_not_found, or command_not_found (exit code 127; nothing is recorded).
        Invalid: no command, a folder outside the workspace, a criterion that is not there.
    """
    if not argv or not argv[0]:
        raise Invalid(
            "There is no command to run.", "Give one after --, such as `mnemo evidence run -- pytest -q`."
        )
    objects.seal({"argv": list(argv)})  # what cannot be written down is refused before it runs
    inner = workspace.relative(folder)
    with db.reading() as connection:
        serves = _serves(connection, task, criteria)
    commit = at.get("commit", "")
    before = _look(workspace, commit)
    lines = results.PytestLines()
    streams = Stream(out, lines.feed), Stream(err)
    started = time.monotonic_ns()
    exit_code = _execute(argv, folder, streams)
    took = (time.monotonic_ns() - started) // 1_000_000
    lines.end()
    after = _look(workspace, commit)
    payload: Record = {
        **_about_run(argv, inner, exit_code, took, streams),
        **_about_files(commit, before, after),
        "counts": lines.counts,
        "tests": results.results(lines, argv, exit_code, inner, lambda path: _is_there(workspace, path)),
    }
    with db.transaction() as connection:
        name, kept = _record(connection, payload, serves, at, now + took)
    return _answer(name, kept, serves)


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


class _Serves(NamedTuple):
    """The task that a run speaks for, all empty when it speaks for none."""

    task: str = ""
    run: str = ""
    dispatch: str = ""
    numbers: tuple[int, ...] = ()


def _serves(connection: Connection, task: str | None, criteria: Iterable[int]) -> _Serves:
    numbers = tuple(criteria)
    if not task:
        if numbers:
            raise Invalid("Criteria were given without their task.", "Give the task too.")
        return _Serves()
    row = get_row(connection, work.TASK, task)
    chosen = evidence.choose_numbers(connection, row, numbers)
    held = [each for each in queue.list_live(connection, task=row["task"]) if each["status"] == "claimed"]
    return _Serves(row["task"], row["run"], held[0]["dispatch"] if held else "", chosen)


def _execute(argv: Sequence[str], folder: str, streams: tuple[Stream, Stream]) -> int:
    import subprocess

    try:
        process = subprocess.Popen(
            list(argv),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
    except OSError as error:
        raise _not_started(argv[0], error) from None
    except ValueError as error:
        raise Invalid(
            f"The command {brief(argv[0])} cannot be run: {error}.", "Give it without NUL bytes."
        ) from None
    threads = [
        threading.Thread(target=stream.take, args=(pipe,), daemon=True)
        for stream, pipe in zip(streams, (process.stdout, process.stderr), strict=True)
    ]
    for thread in threads:
        thread.start()
    try:
        exit_code = process.wait()
        for thread in threads:
            # Something it left running may hold the pipe open for ever.
            thread.join(GRACE_S)
    except BaseException:
        _end(process)
        raise
    return exit_code


def _end(process: Popen[bytes]) -> None:
    """End a command whose caller was interrupted; an interrupted run is no evidence."""
    import subprocess

    process.terminate()
    try:
        process.wait(GRACE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _not_started(command: str, error: OSError) -> MnemoError:
    if isinstance(error, FileNotFoundError):
        problem = NotFound(
            f"The command {brief(command)} was not found; nothing was recorded.",
            "Check its name and the PATH; shell words such as && need `sh -c`.",
            "command_not_found",
        )
        problem.exit_code = 127
        return problem
    problem = Invalid(
        f"The command {brief(command)} cannot be run: {error.strerror}; nothing was recorded.",
        "Check that it is executable.",
        "command_not_executable",
    )
    problem.exit_code = 126
    return problem


def _record(
    connection: Connection, payload: Record, serves: _Serves, at: dict[str, str], now: int
) -> tuple[str, Record]:
    sealed = objects.seal(payload)
    objects.put(connection, sealed)
    name = new_id(work.EVIDENCE)
    part: events.Part = {
        "do": "record",
        "kind": evidence.COMMAND,
        "status": "passed" if payload["exit_code"] == 0 else "failed",
        "trust": work.TRUSTED,
        "run": serves.run,
        "task": serves.task,
        "dispatch": serves.dispatch,
        "content": payload["stdout"]["sha256"],
        "tree": payload["tree"],
        "object": sealed.hash,
        "criteria": list(serves.numbers),
    }
    events.record(connection, "evidence.recorded", {f"evidence/{name}": part}, at=at, now=now)
    for each in queue.list_live(connection, task=serves.task) if serves.task else ():
        if each["dispatch"] == serves.dispatch:
            leases.extend(connection, each, leases.length_of(each), now)
    return name, sealed.payload


def _answer(name: str, kept: Record, serves: _Serves) -> Record:
    notes: list[str] = []
    if kept["changed"]:
        notes.append(f"{', '.join(kept['changed'])} changed while it ran, so it counts for the files before.")
    tails = [kept[stream]["tail"] for stream in ("stdout", "stderr")]
    return {
        "id": shown(name),
        "task": shown(serves.task) if serves.task else None,
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
