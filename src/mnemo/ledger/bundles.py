"""Context bundles: what a task was worked on with, as a file that is named by the hash of what it holds.

The same inputs give the same bundle. When it was made stands in the evidence about it, not in the file, so
that `sha256sum` of a bundle is its name.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from mnemo.errors import Ambiguous, Invalid, NotFound
from mnemo.ids import SHORTEST_PREFIX, digest
from mnemo.ledger import noting, packets
from mnemo.ledger.names import brief, shown
from mnemo.ledger.records import plan_record, run_record
from mnemo.model import work
from mnemo.redact import clean
from mnemo.store import objects, queue, sidefiles
from mnemo.store.connections import Connection
from mnemo.store.rows import Row

FOLDER = "bundles"
PREFIX = "bundle_"
VERSION = 1
READ_ONLY = 0o400

Record = dict[str, Any]


class Surroundings(NamedTuple):
    """What a bundle holds beside the ledger's own.

    Args:
        where: where the task is worked on.
        content: gives the sha-256 of a file of it, empty when there is none.
        memory: the claims that were recalled for the task.
        graph: state of the code graph, and what it says of the task's files.
    """

    where: packets.Where
    content: Callable[[str], str]
    memory: list[Record]
    graph: Record


def compose(connection: Connection, task: Row, around: Surroundings) -> Record:
    """Return what a task's bundle holds now; nothing is written.

    Args:
        task: its row.
        around: what lies outside the ledger.
    """
    run = queue.find_row(connection, work.RUN, task["run"])
    plan = queue.find_row(connection, work.PLAN, run["plan"]) if run and run["plan"] else None
    told = packets.packet(connection, task, around.where)
    files = told.pop("files")
    return clean(
        {
            "version": VERSION,
            "run": run_record(connection, run) if run else None,
            "approved_plan": plan_record(connection, plan) if plan else None,
            "dependencies": [
                {**each, "evidence": _evidence_of(connection, each["task_id"])}
                for each in told.pop("dependencies")
            ],
            "repo_files": [{"path": path, "sha256": around.content(path)} for path in files],
            "constraints": told.pop("safety_constraints"),
            "memory_context": around.memory,
            "graph_context": around.graph,
            "output_contract": told.pop("reporting_contract"),
            "task": told,
        }
    )


def keep(folder: str, content: Record) -> tuple[str, str]:
    """Write a bundle where it is not there already, and return its hash and the path of its file.

    A file of that name with other content is replaced: it was tampered with.

    Args:
        folder: the store's.
        content: as compose() gave it.

    Raises:
        StorageError: it cannot be written.
    """
    raw = json.dumps(content, ensure_ascii=True, sort_keys=True, indent=1).encode() + b"\n"
    name = digest(raw)
    place = os.path.join(folder, FOLDER)
    if find_problem(folder, name):
        sidefiles.put(place, f"{name}.json", raw, READ_ONLY)
    return name, os.path.join(place, f"{name}.json")


def part_for(connection: Connection, task: Row, name: str, now: int) -> tuple[dict[str, dict[str, Any]], str]:
    """Return what recording a task's bundle as evidence means, nothing when that was done, and its id.

    Args:
        task: its row.
        name: the bundle's hash.
        now: wall clock, milliseconds.
    """
    payload = {"summary": f"context bundle {name[:12]}", "bundle": name}
    about = {"run": task["run"], "task": task["task"], "content": name}
    return noting.part_of(connection, noting.BUNDLE, payload, now=now, **about)


def find_problem(folder: str, name: str) -> str | None:
    """Return what is wrong with a bundle's file, None when it holds what its name says.

    Args:
        folder: the store's.
        name: the bundle's hash.
    """
    raw = sidefiles.find(os.path.join(folder, FOLDER), f"{name}.json")
    if raw is None:
        return f"{shown_bundle(name)} is gone: make it again with `mnemo context-bundle`"
    found = digest(raw)
    return None if found == name else f"{shown_bundle(name)} was changed: it hashes to {found[:12]}"


def list_changed(connection: Connection, folder: str) -> list[str]:
    """Return a line for each bundle that evidence speaks of and that no longer holds what it held.

    One that is gone is none of them: it is a copy, and can be made again.

    Args:
        folder: the store's.
    """
    present = set(sidefiles.list_names(os.path.join(folder, FOLDER)))
    names = {row["content"] for row in queue.iter_evidence(connection, kind=noting.BUNDLE)}
    found = (find_problem(folder, name) for name in sorted(names) if f"{name}.json" in present)
    return [problem for problem in found if problem]


def verify(connection: Connection, folder: str, given: str) -> Record:
    """Judge whether a bundle still is what it was when it was recorded.

    Args:
        folder: the store's.
        given: bundle_ and at least 4 digits of its hash.

    Raises:
        NotFound: bundle_not_found.
        Ambiguous: several begin so.
        Invalid: too few digits.
    """
    row = get_recorded(connection, given)
    problem = find_problem(folder, row["content"])
    return {
        "task": shown_bundle(row["content"]),
        "title": f"context of {shown(row['task'])}",
        "status": "",
        "accepted": not problem,
        "failed_requirements": [problem] if problem else [],
        "criteria": [],
        "next": f"mnemo context-bundle --task-id {shown(row['task'])} makes it again.",
    }


def get_recorded(connection: Connection, given: str) -> Row:
    """Return the evidence about a bundle; errors as for verify.

    Args:
        given: bundle_ and at least 4 digits of its hash.
    """
    digits = given.strip().lower().removeprefix(PREFIX)
    if len(digits) < SHORTEST_PREFIX:
        raise Invalid(f"{brief(given)} is too short.", f"Give at least {SHORTEST_PREFIX} digits.")
    fitting = {
        row["content"]: row
        for row in queue.iter_evidence(connection, kind=noting.BUNDLE)
        if row["content"].startswith(digits)
    }
    if len(fitting) > 1:
        raise Ambiguous(f"{brief(given)} fits {len(fitting)} bundles.", "Give more digits.")
    for row in fitting.values():
        return row
    raise NotFound(
        f"There is no context bundle {brief(given)}.", "`mnemo context-bundle` makes one.", "bundle_not_found"
    )


def shown_bundle(name: str) -> str:
    """Return a bundle's name as people see it."""
    return f"{PREFIX}{name[:12]}"


def _evidence_of(connection: Connection, task: str) -> list[Record]:
    found: Iterable[str] = queue.list_ids(connection, work.TASK, task, 1)
    return [
        {
            "id": shown(row["evidence"]),
            "kind": row["kind"],
            "status": row["status"],
            "summary": (objects.find(connection, row["object"]) or {}).get("summary", ""),
        }
        for full in found
        for row in queue.list_about(connection, full)
        if row["status"] == "passed"
    ]
