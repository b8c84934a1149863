"""A handoff: what is proven now, with the commands that check it again, and how much is not."""

from __future__ import annotations

import shlex
from typing import Any

from mnemo.ledger import coverage
from mnemo.ledger.names import shown
from mnemo.ledger.trail import Parts
from mnemo.ledger.workspace import Present
from mnemo.model import work
from mnemo.store import objects, queue
from mnemo.store.connections import Connection

MOST_OPEN = 50

Record = dict[str, Any]


def list_proven(connection: Connection, parts: Parts, present: Present) -> tuple[list[Record], list[Record]]:
    """Return a run's finished tasks whose evidence holds now, and those that are not proven.

    Args:
        parts: everything that belongs to the run.
        present: the workspace now.

    Returns:
        proven: id, title, status, criteria with their evidence, and commands that check it again;
        open: id, title, status, and what is missing; of those that are not done, the first few alone.
    """
    proven: list[Record] = []
    rest: list[Record] = []
    done = [row for row in parts.tasks if row["status"] in work.DONE]
    begun = [row for row in parts.tasks if row["status"] not in (*work.DONE, "cancelled")]
    for row in [*done, *begun[:MOST_OPEN]]:
        judged = coverage.verify_task(connection, row["task"], present)
        told = {"id": judged["task"], "title": judged["title"], "status": row["status"]}
        if judged["accepted"] and row["status"] in work.DONE:
            proven.append({**told, **_shown(connection, row["task"], judged, present)})
        else:
            rest.append({**told, "missing": judged["failed_requirements"]})
    return proven, rest


def _shown(connection: Connection, task: str, judged: Record, present: Present) -> Record:
    """Return the evidence of a task that holds now, and the commands that check it once more."""
    told: list[Record] = []
    commands = [f"mnemo verify {shown(task)}"]
    for row in queue.list_about(connection, task):
        if row["kind"] not in work.PROVING_KINDS or coverage.problem_of(connection, row, present):
            continue
        payload = objects.find(connection, row["object"]) or {}
        told.append(
            {"id": shown(row["evidence"]), "kind": row["kind"], "summary": payload.get("summary", "")}
        )
        if payload.get("argv"):
            again = shlex.join(["mnemo", "evidence", "run", "--task", shown(task), "--", *payload["argv"]])
            folder = payload.get("cwd") or "."
            commands.append(again if folder == "." else f"(cd {shlex.quote(folder)} && {again})")
    return {"criteria": judged["criteria"], "evidence": told, "commands": list(dict.fromkeys(commands))}
