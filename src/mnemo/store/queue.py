"""Reading the ledger, and the tables of it that belong to this copy alone: heartbeats and takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mnemo.light import Any, NamedTuple
from mnemo.model import work
from mnemo.store import rows
from mnemo.store.connections import Connection
from mnemo.store.rows import Row

TABLES = {
    work.RUN: "runs",
    work.PLAN: "plans",
    work.TASK: "tasks",
    work.DISPATCH: "dispatches",
    work.GATE: "gates",
    work.EVIDENCE: "evidence",
}
# The one row of a take that is no file: when it was and at which commit.
_MOMENT = ""


class Base(NamedTuple):
    """What the working tree was when a dispatch was taken: a commit, and the files that differed from it.

    Args:
        taken: wall clock, milliseconds.
        commit: the commit then, empty before the first.
        files: path -> mark of the content of each file that git saw as changed or new.
    """

    taken: int
    commit: str
    files: Mapping[str, str]


def list_ids(connection: Connection, kind: str, prefix: str, limit: int = 6) -> list[str]:
    """Return the first ids of a kind that begin with a prefix.

    Args:
        kind: run, plan, task, dispatch, gate or evidence.
        prefix: kind, underscore and hexadecimal digits.
        limit: most ids returned.
    """
    found = connection.execute(
        f"SELECT {kind} FROM {TABLES[kind]} WHERE {kind} >= ? AND {kind} < ? ORDER BY 1 LIMIT ?",
        (prefix, prefix + "g", limit),
    )
    return [row[0] for row in found]


def find_row(connection: Connection, kind: str, full: str) -> Row | None:
    """Return the row of a run, plan, task, dispatch, gate or evidence, or None."""
    if kind == work.EVIDENCE:
        return next(iter_evidence(connection, evidence=full), None)
    return rows.find(connection, TABLES[kind], **{kind: full})


def iter_evidence(connection: Connection, order: str = "clock, evidence", **where: Any) -> Iterator[Row]:
    """Yield evidence whose columns equal what is given; what was replaced has the status superseded."""
    for row in rows.iter_rows(connection, "evidence", order=order, **where):
        replaced = rows.find(connection, "superseded_evidence", evidence=row["evidence"])
        yield {**row, "status": "superseded"} if replaced else row


def list_replaced(connection: Connection, successor: str) -> list[str]:
    """Return the evidence that a piece of evidence replaced."""
    found = rows.iter_rows(connection, "superseded_evidence", order="evidence", successor=successor)
    return [row["evidence"] for row in found]


def list_about(connection: Connection, task: str) -> list[Row]:
    """Return all evidence about a task, oldest first: what was recorded for it and what was cited for it."""
    found = {row["evidence"]: row for row in iter_evidence(connection, task=task)}
    found.update({row["evidence"]: row for row, _ in list_evidence(connection, task)})
    return sorted(found.values(), key=lambda row: (row["clock"], row["evidence"]))


def find_spike(connection: Connection, branch: str) -> Row | None:
    """Return the run of a branch's work that nobody planned or gave a goal, None when none is open."""
    found = _select(
        connection,
        "runs",
        "WHERE t.branch = ? AND t.spike = 1 AND t.plan = '' AND t.object = '' "
        "AND t.status NOT IN ('cancelled', 'completed') "
        "ORDER BY t.clock, t.run",
        [branch],
    )
    return found[0] if found else None


def list_runs(connection: Connection) -> list[Row]:
    """Return every run, newest first."""
    return _select(connection, "runs", "ORDER BY t.clock DESC, t.run")


def count_open(connection: Connection, run: str) -> int:
    """Return how many tasks of a run still need someone."""
    sql = f"SELECT count(*) FROM tasks WHERE run = ? AND status IN ({_quoted(work.OPEN)})"
    return connection.execute(sql, (run,)).fetchone()[0]


def list_tasks(
    connection: Connection, branch: str | None = None, states: Iterable[str] = (), limit: int = -1
) -> list[Row]:
    """Return tasks, newest first.

    Args:
        branch: only those of its runs; None for all.
        states: only those in one of these; empty for all.
        limit: most tasks returned; negative for all.
    """
    where: list[str] = []
    values: list[Any] = []
    if branch is not None:
        where.append("t.run IN (SELECT run FROM runs WHERE branch = ?)")
        values.append(branch)
    if states:
        where.append(f"t.status IN ({_quoted(states)})")
    tail = f"WHERE {' AND '.join(where)} " if where else ""
    return _select(connection, "tasks", f"{tail}ORDER BY t.clock DESC, t.task LIMIT {int(limit)}", values)


def count_tasks(connection: Connection, branch: str) -> dict[str, int]:
    """Return how many tasks of a branch there are, by status."""
    found = list_tasks(connection, branch)
    return {
        status: sum(row["status"] == status for row in found)
        for status in sorted({row["status"] for row in found})
    }


def has_task(connection: Connection, run: str, status: str) -> bool:
    """Whether a run has a task in a state."""
    sql = "SELECT 1 FROM tasks WHERE run = ? AND status = ? LIMIT 1"
    return connection.execute(sql, (run, status)).fetchone() is not None


def branches_of(connection: Connection) -> dict[str, str]:
    """Return run -> branch."""
    return dict(connection.execute("SELECT run, branch FROM runs"))


def list_needs(connection: Connection, task: str) -> list[str]:
    """Return the tasks that a task needs, done or not."""
    sql = "SELECT needs FROM task_dependencies WHERE task = ? ORDER BY 1"
    return [row[0] for row in connection.execute(sql, (task,))]


def list_unmet(connection: Connection, task: str) -> list[str]:
    """Return the tasks that a task needs and that are not done, or not known here."""
    sql = (
        "SELECT n.needs FROM task_dependencies n LEFT JOIN tasks o ON o.task = n.needs "
        f"WHERE n.task = ? AND coalesce(o.status, '') NOT IN ({_quoted(work.DONE)}) ORDER BY 1"
    )
    return [row[0] for row in connection.execute(sql, (task,))]


def list_dispatches(connection: Connection, task: str = "", limit: int = -1) -> list[Row]:
    """Return dispatches, newest first.

    Args:
        task: only this task's; empty for all.
        limit: most dispatches returned; negative for all.
    """
    tail, values = ("WHERE t.task = ? ", [task]) if task else ("", [])
    return _select(
        connection, "dispatches", f"{tail}ORDER BY t.clock DESC, t.dispatch LIMIT {int(limit)}", values
    )


def list_dispatches_of(connection: Connection, run: str) -> list[Row]:
    """Return the dispatches of a run's tasks, oldest first."""
    tail = "WHERE t.task IN (SELECT task FROM tasks WHERE run = ?) ORDER BY t.clock, t.dispatch"
    return _select(connection, "dispatches", tail, [run])


def list_evidence_of(connection: Connection, run: str) -> list[Row]:
    """Return the evidence of a run, oldest first: its own, and what was cited for its tasks."""
    found = {row["evidence"]: row for row in iter_evidence(connection, run=run)}
    cited = connection.execute(
        "SELECT DISTINCT c.evidence FROM tasks t JOIN evidence_criteria c ON c.task = t.task WHERE t.run = ?",
        (run,),
    )
    for (name,) in cited.fetchall():
        if name not in found and (row := find_row(connection, work.EVIDENCE, name)):
            found[name] = row
    return sorted(found.values(), key=lambda row: (row["clock"], row["evidence"]))


def list_live(connection: Connection, task: str = "", executor: str = "") -> list[Row]:
    """Return the dispatches that are queued or taken, the taken ones first, then by age.

    Args:
        task: only this task's; empty for all.
        executor: only those this executor has taken; empty for all.
    """
    tail = f"WHERE t.status IN ({_quoted(work.LIVE)})"
    values: list[str] = []
    for column, value in (("task", task), ("executor", executor)):
        if value:
            tail += f" AND t.{column} = ?"
            values.append(value)
    return _select(connection, "dispatches", f"{tail} ORDER BY t.status, t.clock, t.dispatch", values)


def list_live_ids(connection: Connection) -> list[str]:
    """Return the ids of the dispatches that are queued or taken."""
    sql = f"SELECT dispatch FROM dispatches WHERE status IN ({_quoted(work.LIVE)})"
    return [row[0] for row in connection.execute(sql)]


def count_tries(connection: Connection) -> dict[str, dict[str, int]]:
    """Return executor -> status -> how many dispatches it took that are in that status."""
    found: dict[str, dict[str, int]] = {}
    sql = "SELECT executor, status, count(*) FROM dispatches WHERE executor != '' GROUP BY 1, 2"
    for executor, status, count in connection.execute(sql):
        found.setdefault(executor, {})[status] = count
    return found


def list_expired(connection: Connection, now: int) -> list[Row]:
    """Return the taken dispatches whose lease has run out.

    Args:
        now: wall clock, milliseconds.
    """
    return _select(
        connection,
        "dispatches",
        "LEFT JOIN heartbeats h ON h.dispatch = t.dispatch "
        "WHERE t.status = 'claimed' AND max(t.lease_until, coalesce(h.lease_until, 0)) <= ? "
        "ORDER BY t.dispatch",
        [now],
    )


def lease_until(connection: Connection, dispatch: Row) -> int:
    """Return until when a dispatch is held, heartbeats counted; milliseconds, 0 when nobody holds it."""
    found = connection.execute(
        "SELECT lease_until FROM heartbeats WHERE dispatch = ?", (dispatch["dispatch"],)
    ).fetchone()
    return max(dispatch["lease_until"], found[0] if found else 0)


def beat(connection: Connection, dispatch: str, until: int) -> None:
    """Let a lease last until a moment in milliseconds, in this copy of the store."""
    connection.execute(
        "INSERT INTO heartbeats (dispatch, lease_until) VALUES (?, ?) "
        "ON CONFLICT (dispatch) DO UPDATE SET lease_until = max(lease_until, excluded.lease_until)",
        (dispatch, until),
    )


def put_base(connection: Connection, dispatch: str, base: Base) -> None:
    """Remember what the working tree was when a dispatch was taken."""
    moment = (dispatch, _MOMENT, f"{base.taken} {base.commit}")
    connection.executemany(
        "INSERT INTO takes (dispatch, path, content) VALUES (?, ?, ?) "
        "ON CONFLICT (dispatch, path) DO UPDATE SET content = excluded.content",
        [moment, *((dispatch, path, mark) for path, mark in base.files.items())],
    )


def find_base(connection: Connection, dispatch: str) -> Base | None:
    """Return what the working tree was when a dispatch was taken; None when this copy did not see it."""
    found = dict(connection.execute("SELECT path, content FROM takes WHERE dispatch = ?", (dispatch,)))
    if _MOMENT not in found:
        return None
    taken, _, commit = found.pop(_MOMENT).partition(" ")
    return Base(int(taken), commit, found)


def inherit_base(connection: Connection, dispatch: str, former: str) -> None:
    """Let a dispatch count changes from when a former one was taken."""
    connection.execute("DELETE FROM takes WHERE dispatch = ?", (dispatch,))
    connection.execute("UPDATE takes SET dispatch = ? WHERE dispatch = ?", (dispatch, former))


def forget_lease(connection: Connection, dispatch: str) -> None:
    """Drop what was only kept while a dispatch was held."""
    connection.execute("DELETE FROM heartbeats WHERE dispatch = ?", (dispatch,))
    connection.execute("DELETE FROM takes WHERE dispatch = ?", (dispatch,))


def list_evidence(connection: Connection, task: str) -> list[tuple[Row, tuple[int, ...]]]:
    """Return the evidence that serves a task, oldest first, each with the numbers of the criteria it serves.

    A task without criteria is served as a whole, which is number 0.
    """
    numbers: dict[str, list[int]] = {}
    for row in rows.iter_rows(connection, "evidence_criteria", order="evidence, criterion", task=task):
        numbers.setdefault(row["evidence"], []).append(row["criterion"])
    found = [find_row(connection, work.EVIDENCE, each) for each in numbers]
    known = sorted((row for row in found if row), key=lambda row: (row["clock"], row["evidence"]))
    return [(row, tuple(numbers[row["evidence"]])) for row in known]


def find_test(connection: Connection, test: str) -> tuple[str, Row] | None:
    """Return what the newest evidence says of a test, passed or failed, and that evidence; or None.

    Args:
        test: node id, such as tests/test_a.py::test_b.
    """
    for result in rows.iter_rows(connection, "evidence_tests", order="clock DESC, evidence DESC", test=test):
        source = find_row(connection, work.EVIDENCE, result["evidence"])
        if source and source["status"] != "superseded":
            return result["status"], source
    return None


def _select(connection: Connection, table: str, tail: str, values: Iterable[Any] = ()) -> list[Row]:
    columns = rows.columns_of(table)
    shown = ", ".join(f"t.{name}" for name in (*columns, "sum"))
    found = connection.execute(f"SELECT {shown} FROM {table} t {tail}", list(values)).fetchall()
    return [rows.checked(table, columns, row) for row in found]


def _quoted(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)
