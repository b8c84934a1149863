"""What to do next with a run, in one sentence, from what is stored alone."""

from __future__ import annotations

from mnemo.ledger import graph, states
from mnemo.ledger.names import shown
from mnemo.ledger.trail import Parts
from mnemo.model import work
from mnemo.store.connections import Connection
from mnemo.store.rows import Row


def next_action(connection: Connection, parts: Parts) -> str:
    """Return the one next step that brings a run on, as a command where there is one.

    Args:
        parts: everything that belongs to the run.
    """
    run, name = parts.run, shown(parts.run["run"])
    if work.is_final(work.RUN, run["status"]):
        return f"none: {name} is {run['status']}; mnemo start opens another run"
    failed = [row for row in parts.gates if row["status"] == "failed"]
    if failed:
        kind = failed[-1]["kind"]
        return f"mend what {kind} found, then: mnemo review --run-id {name} --gate {kind} --status passed"
    if run["status"] != "active":
        reason = states.reason_of(connection, run).get("reason", "")
        why = f" ({reason})" if reason else ""
        return f"{name} is {run['status']}{why}; mnemo resume --run-id {name} lets it go on"
    return _for_plan(parts, name) or _for_tasks(connection, parts, name)


def _for_plan(parts: Parts, name: str) -> str:
    if parts.run["plan"] or parts.run["spike"]:
        return ""
    drafts = [row for row in parts.plans if row["status"] == "draft"]
    if drafts:
        return (
            f"review the plan, then: mnemo approve-plan --run-id {name} --plan-id {shown(drafts[-1]['plan'])}"
        )
    return f"draft a plan: mnemo plan --run-id {name} --title … --body …"


def _for_tasks(connection: Connection, parts: Parts, name: str) -> str:
    if not parts.tasks:
        return f"add a task: mnemo enqueue-event --run-id {name} --title …"
    ready = _first_ready(connection, parts)
    if ready:
        return f"take the next task: mnemo dispatch take --task {shown(ready)}"
    for states_, told in _BY_STATE:
        found = [row for row in parts.tasks if row["status"] in states_]
        if found:
            return told.format(task=shown(found[0]["task"]), run=name)
    waiting = [row for row in parts.tasks if row["status"] in work.WAITING]
    if waiting:
        return _for_waiting(parts, waiting)
    return f"every task is done: mnemo release-gate --run-id {name}, then review final_acceptance"


def _for_waiting(parts: Parts, waiting: list[Row]) -> str:
    queued = next((row for row in parts.dispatches if row["status"] == "queued"), None)
    if queued:
        name = shown(queued["dispatch"])
        return f"take what is queued: mnemo claim-dispatch --dispatch-id {name} --executor NAME"
    return f"{shown(waiting[0]['task'])} waits for tasks that cannot go on: see the blockers"


def _first_ready(connection: Connection, parts: Parts) -> str:
    own = {row["task"] for row in parts.tasks}
    ready = graph.list_ready_ids(connection, parts.run["branch"])
    return next((task for task in ready if task in own), "")


# In this order: what is nearest to its end first.
_BY_STATE = (
    (("submitted",), "prove {task}: mnemo evidence run --task {task} -- CMD, then mnemo verify-task {task}"),
    (("verifying",), "judge {task}: mnemo verify-task {task}"),
    (
        ("in_progress", "claimed"),
        "wait for who works on {task}, or look: mnemo list-dispatches --run-id {run}",
    ),
    (("blocked", "rejected"), "try {task} again: mnemo dispatch take --task {task}"),
)
