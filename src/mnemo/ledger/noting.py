"""What mnemo itself made for a task, written down as evidence that proves nothing."""

from __future__ import annotations

from typing import Any

from mnemo.clock import milliseconds
from mnemo.ids import digest
from mnemo.model import work
from mnemo.store import events, objects, queue
from mnemo.store.connections import Connection

BUNDLE = "context_bundle"
ROUTING = "routing_decision"
GRAPH = "graph_update"

Record = dict[str, Any]


def note(
    connection: Connection,
    kind: str,
    payload: Record,
    *,
    at: dict[str, str],
    now: int,
    run: str = "",
    task: str = "",
    content: str = "",
    status: str = "observed",
) -> str:
    """Write such evidence down and return its id.

    With a content it is written once: the same content for the same task is the same evidence.

    Args:
        kind: context_bundle, routing_decision or graph_update.
        payload: what is kept of it; `summary` is the line that people read.
        at: where and by whom.
        now: wall clock, milliseconds.
        run, task: full ids, empty for none.
        content: sha-256 of the file that it speaks of.
        status: observed, or failed; it never passes.
    """
    parts, name = part_of(
        connection, kind, payload, now=now, run=run, task=task, content=content, status=status
    )
    record(connection, kind, parts, at=at, now=now)
    return name


def record(
    connection: Connection, kind: str, parts: dict[str, events.Part], *, at: dict[str, str], now: int
) -> None:
    """Write down what part_of() gave; nothing is written where it gave nothing.

    Args:
        kind: context_bundle, routing_decision or graph_update.
        parts: the evidence.
        at: where and by whom.
        now: wall clock, milliseconds.
    """
    if parts:
        events.record(connection, f"{kind}.recorded", parts, at=at, now=now)


def find_failure(connection: Connection, kind: str, worktree: str) -> tuple[int, str] | None:
    """Return when the newest evidence of a kind says that it failed, and why; None where it did not.

    Args:
        kind: such as graph_update.
        worktree: of which working tree.

    Returns:
        wall clock in milliseconds, and the summary.
    """
    for row in queue.iter_evidence(connection, "clock DESC, evidence", kind=kind):
        payload = objects.find(connection, row["object"]) or {}
        if payload.get("worktree") == worktree:
            return (milliseconds(row["clock"]), payload["summary"]) if row["status"] == "failed" else None
    return None


def part_of(
    connection: Connection,
    kind: str,
    payload: Record,
    *,
    now: int,
    run: str = "",
    task: str = "",
    content: str = "",
    status: str = "observed",
) -> tuple[dict[str, events.Part], str]:
    """Return what writing such evidence down means, nothing where it is there already, and its id.

    Args:
        kind: context_bundle, routing_decision or graph_update.
        payload: what is kept of it.
        now: wall clock, milliseconds.
        run, task: full ids, empty for none.
        content: sha-256 of the file that it speaks of.
        status: observed or failed.
    """
    sealed = objects.seal(payload)
    said = content or f"{now}\n{sealed.hash}"
    name = f"evidence_{digest(chr(10).join((kind, run, task, said)).encode())[:32]}"
    if queue.find_row(connection, work.EVIDENCE, name):
        return {}, name
    objects.put(connection, sealed)
    part: events.Part = {
        "do": "record",
        "kind": kind,
        "status": status,
        "trust": work.TRUSTED,
        "run": run,
        "task": task,
        "content": content,
        "object": sealed.hash,
    }
    return {f"evidence/{name}": part}, name
