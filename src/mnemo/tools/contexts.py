"""What work is done with: packets, context bundles, routing, recovery, the code graph, and lessons."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from mnemo import projects
from mnemo.code import graph as graphs
from mnemo.code import walking
from mnemo.errors import MnemoError
from mnemo.ledger import bundles, executors, noting, packets, records, recovering, routing
from mnemo.ledger.names import executor_name, get_row, shown
from mnemo.ledger.records import moment
from mnemo.ledger.workspace import Present
from mnemo.memory import lessons
from mnemo.model import work
from mnemo.project import Project, actor
from mnemo.store import meta, objects, queue
from mnemo.store.connections import Connection
from mnemo.store.rows import Row
from mnemo.tools import handing, remembering
from mnemo.tools.handing import NOTHING_RUN, needed
from mnemo.tools.remembering import SCHEMA, Asking
from mnemo.tools.settling import settled

Record = dict[str, Any]
Progress = Callable[[int, int], None] | None
RECALLED = 8
BUDGET = 1_500
LONGEST_QUERY = 500


def worker_payload(task_id: str = "", dispatch_id: str = "", run_id: str = "") -> Record:
    """Show the packet that whoever works on a task is given; nothing is changed.

    Args:
        task_id: the task.
        dispatch_id: the dispatch that hands it out; the task's live one when left out.
        run_id: its run; refused when the task belongs to another.
    """
    project = projects.current()
    with project.db.reading() as connection:
        handed = get_row(connection, work.DISPATCH, dispatch_id) if dispatch_id else None
        wanted = handed["task"] if handed and not task_id else needed("task", task_id)
        task = handing.task_of_run(connection, wanted, run_id)
        handed = handed or next(iter(queue.list_live(connection, task=task["task"])), None)
        told = packets.packet(connection, task, _where(project), handed)
    return {**SCHEMA, "ok": True, **NOTHING_RUN, "payload": told, "notes": project.told()}


def context_bundle(task_id: str = "", run_id: str = "") -> Record:
    """Write down what a task is worked on with, as a file that is named by the hash of what it holds.

    Args:
        task_id: the task.
        run_id: its run; refused when the task belongs to another.
    """
    project = projects.current(writing=True)
    with project.db.reading() as connection:
        task = handing.task_of_run(connection, needed("task", task_id), run_id)
    name, path = _kept(project, task)
    with project.db.transaction() as connection:
        parts, evidence = bundles.part_for(connection, task, name, project.now())
        noting.record(connection, noting.BUNDLE, parts, at=project.at(), now=project.now())
    return {
        **SCHEMA,
        "ok": True,
        "bundle": bundles.shown_bundle(name),
        "sha256": name,
        "path": path,
        "task": shown(task["task"]),
        "evidence": shown(evidence),
        "new": bool(parts),
        "notes": project.told(),
    }


def route_task(task_id: str = "", executor: str = "", run_id: str = "") -> Record:
    """Preview whom a task would be given to, and why; nobody is told and nothing is started.

    Args:
        task_id: the task.
        executor: whom you want instead.
        run_id: its run; refused when the task belongs to another.
    """
    project = projects.current(writing=True)
    known = executors.read(project.settings.table(executors.SECTION))
    own = executors.Executor(actor().agent, max_risk="high")
    chosen = [*([] if own.name in {each.name for each in known} else [own]), *known]
    standing = _standing(project)
    wanted_by_user = executor_name(executor) if executor.strip() else ""
    with project.db.transaction() as connection:
        task = handing.task_of_run(connection, needed("task", task_id), run_id)
        payload = objects.find(connection, task["object"]) or {}
        wanted = routing.read_task(payload, standing.state)
        found = routing.route(wanted, chosen, queue.count_tries(connection), wanted_by_user)
        evidence = noting.note(
            connection,
            noting.ROUTING,
            {"summary": f"routed to {found['selected'] or 'nobody'}", **found},
            at=project.at(),
            now=project.now(),
            run=task["run"],
            task=task["task"],
        )
    health = {each.name: each.health for each in known if each.health}
    return {
        **SCHEMA,
        "ok": True,
        **NOTHING_RUN,
        "dispatched": False,
        "task": shown(task["task"]),
        **found,
        "health": health,
        "evidence": shown(evidence),
        "notes": project.told(),
    }


def recover_jobs(run_id: str = "", requeue: bool = False, executor: str = "", reason: str = "") -> Record:
    """Find the work that was begun and not finished, and write a context bundle for each task.

    Args:
        run_id: only this run's; all when left out.
        requeue: take it back from whoever holds it, and queue a fresh dispatch for each.
        executor: requeue: for whom the fresh ones are meant.
        reason: requeue: why.
    """
    project = projects.current(writing=True)
    at, now = project.at(), project.now()
    with project.db.reading() as connection:
        begun = recovering.list_begun(connection, run_id)
    kept = {task["task"]: _kept(project, task) for task in begun}
    found: list[Record] = []
    recovered: list[Record] = []
    requeued: list[Record] = []
    with project.db.transaction() as connection:
        begun = [task for task in recovering.list_begun(connection, run_id) if task["task"] in kept]
        parts: dict[str, Any] = {}
        for task in begun:
            name, path = kept[task["task"]]
            part, evidence = bundles.part_for(connection, task, name, now)
            parts.update(part)
            made = {"bundle": bundles.shown_bundle(name), "path": path, "evidence": shown(evidence)}
            found.append({**records.task_record(connection, task), **made})
        recovering.record_plan(connection, begun, parts, at=at, now=now)
        for task in begun if requeue else ():
            old, fresh = recovering.requeue(connection, task, executor, reason, at=at, now=now)
            recovered += [records.dispatch_record(connection, row) for row in old]
            links = {"recovers": [shown(row["dispatch"]) for row in old]}
            requeued.append({**records.dispatch_record(connection, fresh), **links})
    following = "recover-jobs with requeue hands them out again." if found and not requeue else ""
    told = {"tasks": found, "recovered": recovered, "requeued": requeued, "next": following}
    return {**SCHEMA, "ok": True, **NOTHING_RUN, **told, "notes": settled(project) + project.told()}


def graph_status() -> Record:
    """Tell whether there is a graph of this working tree's code, and whether it is as the code is now."""
    project = projects.current()
    standing = _standing(project)
    state, reason = standing.state, standing.reason
    with project.db.reading() as connection:
        failed = noting.find_failure(connection, noting.GRAPH, project.worktree)
    made = standing.graph["clock"] if standing.graph else 0
    if failed and failed[0] > made:
        state, reason = "update_failed", failed[1]
    return {
        **SCHEMA,
        "ok": True,
        "installed": True,
        "state": state,
        "reason": reason,
        "path": os.path.join(project.db.folder, graphs.FOLDER, graphs.file_name(project.worktree)),
        "update_mode": "checkpoint-driven",
        "made": moment(made) if made else None,
        **(graphs.counts(standing.graph) if standing.graph else {}),
        "notes": project.told(),
    }


def graph_update(run_id: str = "", mock: bool = False, progress: Progress = None) -> Record:
    """Make the graph of this working tree's code anew: files, what they define, what imports what.

    Args:
        run_id: the run that it is evidence for.
        mock: list the files alone and read none of them, to try the commands out.
        progress: called with how many files were read and how many there are.
    """
    project = projects.current(writing=True)
    with project.db.reading() as connection:
        run = get_row(connection, work.RUN, run_id)["run"] if run_id else ""
    if not project.db.exists():
        # First the store: it makes its folder, which git is to ignore.
        with project.db.transaction() as connection:
            meta.repository_id(connection)
    now = project.now()
    try:
        path, graph = _updated(project, now, mock, progress)
    except MnemoError as error:
        _note_graph(project, run, {"summary": f"graph update failed: {error.message}"}, "failed")
        raise
    counts = graphs.counts(graph)
    summary = f"graph of {counts['files']} files, {counts['symbols']} symbols, {counts['imports']} imports"
    evidence = _note_graph(project, run, {"summary": summary, **counts}, "observed")
    told = {"state": "current", "path": path, **counts, "evidence": shown(evidence)}
    return {**SCHEMA, "ok": True, **NOTHING_RUN, **told, "notes": project.told()}


def memory_prefetch(query: str = "", limit: int = RECALLED) -> Record:
    """Return the lessons that bear on a question, the best first, each judged against the code now.

    Args:
        query: the question, or what is to be done.
        limit: most lessons.
    """
    wanted = needed("query", query, "")
    found = remembering.recalled(Asking(wanted, limit=limit, budget=BUDGET, full=True))
    told = [_lesson(claim) for claim in found["claims"]]
    withheld = found.get("withheld", [])
    return {
        **SCHEMA,
        "ok": True,
        "query": wanted,
        "lessons": told,
        "withheld": withheld,
        "notes": found["notes"],
    }


def memory_writeback(lesson: str = "", domain: str = "patterns") -> Record:
    """Store a lasting lesson; what is true today only is refused with the reason.

    Args:
        lesson: a sentence that holds next month too, such as: Project uses pytest for tests.
        domain: where it belongs; see claim.
    """
    wanted = needed("lesson", lesson, "")
    judged = lessons.judge(wanted)
    told: Record = {
        **SCHEMA,
        "ok": True,
        "accepted": judged.accepted,
        "reason": judged.reason,
        "lesson": wanted,
    }
    if not judged.accepted:
        return {**told, "claim": None, "notes": []}
    stored = remembering.claimed({"content": wanted, "domain": domain, "tags": ["lesson"]}, None, None)
    return {**told, "claim": stored["claims"][0], "notes": stored["notes"]}


def _kept(project: Project, task: Row) -> tuple[str, str]:
    with project.db.reading() as connection:
        content = bundles.compose(connection, task, _around(project, connection, task))
    return bundles.keep(project.db.folder, content)


def _around(project: Project, connection: Connection, task: Row) -> bundles.Surroundings:
    payload = objects.find(connection, task["object"]) or {}
    asked = f"{payload.get('title', '')} {payload.get('body', '')}"[:LONGEST_QUERY].strip()
    found = remembering.recalled(Asking(asked, limit=RECALLED, budget=BUDGET, full=True))
    memory = [
        {name: one[name] for name in ("address", "content", "verdict", "domain")} for one in found["claims"]
    ]
    standing = _standing(project)
    near = graphs.near(standing.graph, packets.files_of(payload)) if standing.graph else []
    graph = {"state": standing.state, "files": near}
    return bundles.Surroundings(_where(project), Present(project.workspace()).content, memory, graph)


def _where(project: Project) -> packets.Where:
    return packets.Where(project.folder, project.db.folder)


def _standing(project: Project) -> graphs.Standing:
    commit = project.head().commit
    return graphs.judge(project.db.folder, project.worktree, commit, lambda: _tree_hash(project))


def _tree_hash(project: Project) -> str:
    return walking.mark(project.folder) if project.place is None else project.tree_hash()


def _files(project: Project) -> list[str]:
    if project.place is None:
        return walking.list_sources(project.folder)
    untracked = project.git().untracked_files() if project.place.top else []
    return [*project.tree.list_files(), *untracked]


def _updated(project: Project, now: int, mock: bool, progress: Progress) -> tuple[str, Record]:
    seen = graphs.Moment(project.head().commit, _tree_hash(project), now)
    former = _standing(project).graph
    graph = graphs.build(project.tree, _files(project), seen, former, names_only=mock, progress=progress)
    return graphs.write(project.db.folder, project.worktree, graph), graph


def _note_graph(project: Project, run: str, payload: Record, status: str) -> str:
    told = {**payload, "worktree": project.worktree}
    with project.db.transaction() as connection:
        return noting.note(
            connection, noting.GRAPH, told, at=project.at(), now=project.now(), run=run, status=status
        )


def _lesson(claim: Record) -> Record:
    names = ("address", "content", "verdict", "domain", "branch", "score")
    return {name: claim[name] for name in names if name in claim}
