"""The words of runs, plans, gates, events, reports and handoffs."""

from __future__ import annotations

from typing import Any

from mnemo.interfaces.render import work
from mnemo.interfaces.render.plain import counted, joined, notes
from mnemo.retrieval import cards

Record = dict[str, Any]


def run(record: Record) -> str:
    """Return where a run stands after a deed, what it leaves behind, and what to do next."""
    left: Record = record.get("leftovers", {})
    stayed = {"action": "", "tasks": left.get("tasks", []), "dispatches": left.get("dispatches", [])}
    return joined(
        run_line(record["run"]),
        ["left behind:", work.dispatch(stayed)] if stayed["tasks"] or stayed["dispatches"] else [],
        [f"may still run: {cards.phrase(each, cards.LINE)}" for each in left.get("handles", [])],
        notes(record),
        _next(record),
    )


def plan(record: Record) -> str:
    """Return a plan in full, and the run that it is for."""
    told: Record = record["plan"]
    lists = (("assumptions", "assumes"), ("criteria", "must hold"), ("risks", "risk"))
    return joined(
        _titled(told),
        cards.quoted(told["body"]) if told["body"] else "",
        [f"  {word}: {cards.phrase(each, cards.LINE)}" for name, word in lists for each in told[name]],
        f"  rejected: {cards.phrase(told['reason'], cards.LINE)}" if told.get("reason") else "",
        run_line(record["run"]),
        notes(record),
        _next(record),
    )


def review(record: Record) -> str:
    """Return what a review found and what that does to its run."""
    gate: Record = record["gate"]
    about = f" of {cards.phrase(gate['task'])}" if gate["task"] else ""
    who = f" by {cards.phrase(gate['reviewer'])}" if gate["reviewer"] else ""
    found = f": {cards.phrase(gate['summary'], cards.LINE)}" if gate["summary"] else ""
    still = ", ".join(cards.phrase(each) for each in record["failed_gates"])
    return joined(
        f"{cards.phrase(gate['id'])} {cards.phrase(gate['kind'])}{about} {gate['status']}{who}{found}",
        run_line(record["run"]),
        f"failed: {still}" if still else "",
        [f"not completed: {cards.phrase(each, cards.LINE)}" for each in record["missing"]],
        notes(record),
        _next(record),
    )


def enqueued(record: Record) -> str:
    """Return the tasks that were made of what was sent; nothing was handed out."""
    again = f", {record['repeated']} of them known before" if record["repeated"] else ""
    return joined(
        f"{counted(len(record['tasks']), 'task')} of {cards.phrase(record['run']['id'])}{again}:",
        work.dispatch({"action": "", "tasks": record["tasks"]}),
        notes(record),
        "Next: dispatch ready shows what can be taken.",
    )


def report(record: Record) -> str:
    """Return the report as it is: Markdown whose quoted parts cannot pass for its own."""
    return "\n\n".join(part for part in (record["report"].rstrip("\n"), joined(notes(record))) if part)


def handoff(record: Record) -> str:
    """Return what is proven now, a command below each to check it again, and how much is not."""
    left: Record = record["left_out"]
    tasks, claims = record["tasks"], record["claims"]
    further = left["claims"] + left["further_claims"]
    open_tasks = len(left["tasks"]) + left["further_tasks"]
    return joined(
        run_line(record["run"]),
        f"Proven now: {counted(len(tasks), 'task')}, {counted(len(claims), 'claim')}.",
        [_proven(task) for task in tasks],
        [_claim(claim) for claim in claims],
        f"Not listed: {counted(open_tasks, 'task')}, {counted(further, 'claim')}."
        if open_tasks or further
        else "",
        [f"  {_titled(task)}" for task in left["tasks"]],
        f"  and {left['further_tasks']} more" if left["further_tasks"] else "",
        notes(record),
        _next(record),
    )


def run_line(told: Record) -> str:
    """Return a run in a line: id, status, goal, branch, and why it is stopped."""
    fields = [f"{cards.phrase(told['id'])} {cards.phrase(told['status'])}"]
    fields += [f"on {cards.phrase(told['branch'])}"] if told["branch"] else []
    fields += [f"plan {cards.phrase(told['plan'])}"] if told["plan"] else []
    fields += ["no plan needed"] if told["spike"] and not told["plan"] else []
    why = f" ({cards.phrase(told['reason'], cards.LINE)})" if told.get("reason") else ""
    return f"{cards.BETWEEN.join(fields)}{why}: {cards.phrase(told['goal'], cards.LINE)}"


def of_status(record: Record) -> str:
    """Return the run that status tells of: its line, what it holds, and what is next."""
    told: Record | None = record.get("run")
    if not told:
        return ""
    counts = ", ".join(counted(len(record[name]), word) for name, word in _HELD if record[name])
    return joined(
        f"run: {run_line(told)}",
        f"  {counts}" if counts else "",
        [
            f"  the gate {cards.phrase(gate['kind'])} failed: {cards.phrase(gate['summary'], cards.LINE)}"
            for gate in record["gates"]
            if gate["status"] == "failed"
        ],
        f"  next: {cards.phrase(record['next'], 2 * cards.LINE)}",
    )


_HELD = (
    ("plans", "plan"),
    ("tasks", "task"),
    ("dispatches", "dispatch"),
    ("gates", "gate"),
    ("evidence", "piece of evidence"),
    ("audit", "deed"),
)


def _proven(task: Record) -> str:
    shown = ", ".join(f"{cards.phrase(each['id'])} {cards.phrase(each['kind'])}" for each in task["evidence"])
    return joined(
        _titled(task),
        f"  shown by {shown}" if shown else "",
        [f"  {cards.phrase(command, 4 * cards.LINE)}" for command in task["commands"]],
    )


def _titled(told: Record) -> str:
    title = cards.phrase(told["title"], cards.LINE)
    return f"{cards.phrase(told['id'])} {cards.phrase(told['status'])}: {title}"


def _claim(claim: Record) -> str:
    return joined(
        f"{cards.phrase(claim['address'])} proven:",
        cards.quoted(claim["content"]),
        [f"  {cards.phrase(command, cards.LINE)}" for command in claim["commands"]],
    )


def _next(record: Record) -> str:
    return f"Next: {cards.phrase(record['next'], 2 * cards.LINE)}" if record.get("next") else ""
