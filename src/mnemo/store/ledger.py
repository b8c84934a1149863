"""How the ledger folds: runs, plans, tasks, dispatches, gates and evidence.

Histories of several replicas can be united, so a fold meets deeds that no longer fit: the second take of
a dispatch, the completion of one that was recovered. Such a deed stays in the log and changes nothing;
who came first is decided by the order of the events alone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from mnemo.light import Any
from mnemo.model import work
from mnemo.store import objects, rows, waiting
from mnemo.store.fold import Aggregate, Fold

Apply = Callable[[sqlite3.Connection, Fold], None]


def _open_run(connection: sqlite3.Connection, fold: Fold) -> None:
    if rows.find(connection, "runs", run=fold.name):
        return
    rows.put(
        connection,
        "runs",
        {
            "run": fold.name,
            "status": "active",
            "branch": fold.event.at.get("branch", ""),
            "commit_id": fold.event.at.get("commit", ""),
            "spike": int(bool(fold.part.get("spike"))),
            "plan": "",
            "object": fold.part.get("object", ""),
            "reason": "",
            "clock": fold.event.clock,
            "changed": fold.event.clock,
        },
    )


def _follow_plan(connection: sqlite3.Connection, fold: Fold) -> None:
    row = rows.find(connection, "runs", run=fold.name)
    if row and not work.is_final(work.RUN, row["status"]):
        rows.put(connection, "runs", {**row, "plan": fold.part["plan"], "changed": fold.event.clock})


def _allow_spike(connection: sqlite3.Connection, fold: Fold) -> None:
    row = rows.find(connection, "runs", run=fold.name)
    if row and not work.is_final(work.RUN, row["status"]):
        rows.put(connection, "runs", {**row, "spike": 1, "changed": fold.event.clock})


def _draft_plan(connection: sqlite3.Connection, fold: Fold) -> None:
    if rows.find(connection, "plans", plan=fold.name):
        return
    rows.put(
        connection,
        "plans",
        {
            "plan": fold.name,
            "run": fold.part.get("run", ""),
            "status": "draft",
            "object": fold.part.get("object", ""),
            "reason": "",
            "clock": fold.event.clock,
            "changed": fold.event.clock,
        },
    )


def _add_task(connection: sqlite3.Connection, fold: Fold) -> None:
    if rows.find(connection, "tasks", task=fold.name):
        return
    rows.put(
        connection,
        "tasks",
        {
            "task": fold.name,
            "run": fold.part.get("run", ""),
            "parent": fold.part.get("parent", ""),
            "status": fold.part.get("status", "pending"),
            "priority": fold.part.get("priority", 0),
            "object": fold.part.get("object", ""),
            "reason": "",
            # Tasks of one deed keep the order in which they were sent.
            "clock": fold.event.clock + fold.part.get("place", 0),
            "changed": fold.event.clock,
        },
    )
    for needed in fold.part.get("needs", ()):
        rows.put(connection, "task_dependencies", {"task": fold.name, "needs": needed})


def _clear_task(connection: sqlite3.Connection, name: str) -> None:
    rows.delete(connection, "task_dependencies", task=name)
    rows.delete(connection, "tasks", task=name)


def _queue(connection: sqlite3.Connection, fold: Fold) -> None:
    if rows.find(connection, "dispatches", dispatch=fold.name):
        return
    rows.put(
        connection,
        "dispatches",
        {
            "dispatch": fold.name,
            "task": fold.part.get("task", ""),
            "status": "queued",
            "executor": "",
            "attempt": fold.part.get("attempt", 1),
            "taken": 0,
            "lease_until": 0,
            "object": fold.part.get("object", ""),
            "result": "",
            "clock": fold.event.clock,
            "changed": fold.event.clock,
        },
    )
    if "executor" in fold.part:
        _take(connection, fold)


def _take(connection: sqlite3.Connection, fold: Fold) -> None:
    row = rows.find(connection, "dispatches", dispatch=fold.name)
    if row is None or row["status"] != "queued":
        return
    rows.put(
        connection,
        "dispatches",
        {
            **row,
            "status": "claimed",
            "executor": fold.part["executor"],
            "taken": fold.event.clock,
            "lease_until": fold.part["lease_until"],
            "changed": fold.event.clock,
        },
    )


def _finish(connection: sqlite3.Connection, fold: Fold) -> None:
    """Complete or fail a dispatch; only whoever the fold says holds it can."""
    row = rows.find(connection, "dispatches", dispatch=fold.name)
    if row is None or row["executor"] != fold.part["executor"]:
        return
    if work.can(work.DISPATCH, row["status"], fold.part["status"]):
        changed = {"status": fold.part["status"], "result": fold.part["object"], "changed": fold.event.clock}
        rows.put(connection, "dispatches", {**row, **changed})


def _record_gate(connection: sqlite3.Connection, fold: Fold) -> None:
    if rows.find(connection, "gates", gate=fold.name):
        return
    part = {"run": "", "task": "", "kind": "", "status": "pending", "object": "", **fold.part}
    columns = ("run", "task", "kind", "status", "object")
    row = {each: part[each] for each in columns}
    times = {"clock": fold.event.clock, "changed": fold.event.clock}
    rows.put(connection, "gates", {"gate": fold.name, **times, **row})


def _record_evidence(connection: sqlite3.Connection, fold: Fold) -> None:
    if rows.find(connection, "evidence", evidence=fold.name):
        return
    part: dict[str, Any] = {"status": "observed", "trust": work.ADVISORY, **fold.part}
    texts = ("run", "task", "dispatch", "kind", "status", "trust", "content", "tree", "object")
    row = {each: part.get(each, "") for each in texts}
    rows.put(connection, "evidence", {"evidence": fold.name, "clock": fold.event.clock, **row})
    for number in part.get("criteria", ()):
        rows.put(
            connection, "evidence_criteria", {"evidence": fold.name, "task": row["task"], "criterion": number}
        )
    for test, status in _tests(connection, row["object"]):
        result = {"test": test, "clock": fold.event.clock, "evidence": fold.name, "status": status}
        rows.put(connection, "evidence_tests", result)


def _supersede(connection: sqlite3.Connection, fold: Fold) -> None:
    """Note that evidence was replaced; its own row stays as it is, and the first successor stands."""
    row = rows.find(connection, "evidence", evidence=fold.name)
    known = rows.find(connection, "superseded_evidence", evidence=fold.name)
    if row is None or known or not work.can(work.EVIDENCE, row["status"], fold.part["status"]):
        return
    successor = {"successor": fold.part.get("successor", ""), "clock": fold.event.clock}
    rows.put(connection, "superseded_evidence", {"evidence": fold.name, **successor})


def _serve(connection: sqlite3.Connection, fold: Fold) -> None:
    """Let evidence serve criteria of a task, of its own or of another that cites it."""
    for number in fold.part["criteria"]:
        rows.put(
            connection,
            "evidence_criteria",
            {"evidence": fold.name, "task": fold.part["task"], "criterion": number},
        )


def _clear_evidence(connection: sqlite3.Connection, name: str) -> None:
    row = rows.find(connection, "evidence", evidence=name)
    for test, _ in _tests(connection, row["object"]) if row else ():
        rows.delete(connection, "evidence_tests", test=test, evidence=name)
    # A trigger keeps evidence from being deleted; folding it anew is the one exception.
    connection.execute("INSERT INTO refolding (evidence) VALUES (?) ON CONFLICT DO NOTHING", (name,))
    for table in ("evidence_criteria", "superseded_evidence", "evidence"):
        rows.delete(connection, table, evidence=name)
    connection.execute("DELETE FROM refolding WHERE evidence = ?", (name,))


def _tests(connection: sqlite3.Connection, object_hash: str) -> list[list[str]]:
    """Return the results of single tests that a command's output named: pairs of test id and status."""
    return (objects.find(connection, object_hash) or {}).get("tests", [])


def _moves(table: str, kind: str, column: str = "", field: str = "") -> Apply:
    """Return the fold of a change of state, which ignores a change that the present state forbids.

    Args:
        table: whose column named for the kind is the key.
        kind: run, plan, task, dispatch, gate or evidence.
        column: a further column that the change sets, empty for none.
        field: where the part has its value; the column is emptied when it has none.
    """

    def move(connection: sqlite3.Connection, fold: Fold) -> None:
        row = rows.find(connection, table, **{kind: fold.name})
        if row is None or not work.can(kind, row["status"], fold.part["status"]):
            return
        changed = {"changed": fold.event.clock} if "changed" in row else {}
        more = {column: fold.part.get(field, "")} if column else {}
        rows.put(connection, table, {**row, "status": fold.part["status"], **changed, **more})

    return move


def _clears(table: str, kind: str) -> Callable[[sqlite3.Connection, str], None]:
    def clear(connection: sqlite3.Connection, name: str) -> None:
        rows.delete(connection, table, **{kind: name})

    return clear


RUNS = Aggregate(
    apply={
        "open": _open_run,
        "status": _moves("runs", work.RUN, "reason", "cause"),
        "plan": _follow_plan,
        "spike": _allow_spike,
    },
    clear=_clears("runs", work.RUN),
)
PLANS = Aggregate(
    apply={"draft": _draft_plan, "status": _moves("plans", work.PLAN, "reason", "cause")},
    clear=_clears("plans", work.PLAN),
)
TASKS = Aggregate(
    apply={"add": _add_task, "status": _moves("tasks", work.TASK, "reason", "cause")},
    clear=_clear_task,
    settle=waiting.follow,
)
DISPATCHES = Aggregate(
    apply={
        "queue": _queue,
        "take": _take,
        "finish": _finish,
        "recover": _moves("dispatches", work.DISPATCH, "result", "object"),
    },
    clear=_clears("dispatches", work.DISPATCH),
)
GATES = Aggregate(
    apply={"record": _record_gate, "status": _moves("gates", work.GATE, "object", "object")},
    clear=_clears("gates", work.GATE),
)
EVIDENCE = Aggregate(
    apply={
        "record": _record_evidence,
        "serve": _serve,
        "status": _supersede,
    },
    clear=_clear_evidence,
)
