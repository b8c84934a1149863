"""The words of handing out: dispatches, packets, bundles, routing, recovery, the code graph and lessons."""

from __future__ import annotations

from typing import Any

from mnemo.interfaces.render import work
from mnemo.interfaces.render.plain import counted, everything, joined, notes
from mnemo.retrieval import cards

Record = dict[str, Any]


def dispatched(record: Record) -> str:
    """Return one dispatch with its task, the working tree planned or made for it, and what is missing."""
    one = {"tasks": [record["task"]], "dispatch": record["dispatch"], "missing": record.get("missing", [])}
    run = record["run"]
    stopped = f"run: {cards.phrase(run['id'])} {cards.phrase(run['status'])}"
    tree = record.get("worktree")
    return joined(
        work.dispatch({**one, "notes": [], "next": ""}),
        stopped if run["status"] != "active" else "",
        f"outcome: {record['outcome'].replace('_', ' ')}" if record.get("outcome") else "",
        _tree(tree) if tree else [],
        notes(record),
        f"Next: {cards.phrase(record['next'], 2 * cards.LINE)}",
    )


def dispatches(record: Record) -> str:
    """Return every dispatch, a line each."""
    rest = record["count"] - len(record["dispatches"])
    return joined(
        work.dispatch({"action": "", "dispatches": record["dispatches"]}) or "No dispatch.",
        f"and {rest} more" if rest else "",
        notes(record),
    )


def payload(record: Record) -> str:
    """Return a packet in full."""
    return joined(everything(record["payload"]), notes(record))


def bundle(record: Record) -> str:
    """Return where a context bundle lies."""
    is_new = "" if record["new"] else " (as before)"
    return joined(
        f"{cards.phrase(record['bundle'])} for {cards.phrase(record['task'])}{is_new}",
        f"file: {cards.phrase(record['path'], cards.LINE)}",
        f"evidence: {cards.phrase(record['evidence'])}",
        notes(record),
    )


def route(record: Record) -> str:
    """Return whom a task would be given to, and why not to others."""
    asked = record["override"]
    chain = ", ".join(cards.phrase(each) for each in record["fallback_chain"])
    return joined(
        f"{cards.phrase(record['task'])} would go to {cards.phrase(record['selected'] or 'nobody')}"
        f" (a preview; risk {cards.phrase(record['risk'])}, graph {cards.phrase(record['graph_state'])})",
        f"then: {chain}" if chain else "",
        [
            f"not {cards.phrase(each['executor'])}: {cards.phrase(each['reason'])}"
            for each in record["rejected"]
        ],
        f"you asked for {cards.phrase(asked['executor'])}, "
        f"{'which holds' if asked['honoured'] else 'refused'}: {cards.phrase(asked['reason'], cards.LINE)}"
        if asked
        else "",
        [f"check {cards.phrase(name)}: {cards.phrase(how)}" for name, how in record["health"].items()],
        "High risk: ask a person first." if record["requires_user_approval"] else "",
        notes(record),
    )


def recovery(record: Record) -> str:
    """Return what was begun and not finished, and what was queued again."""
    return joined(
        f"{counted(len(record['tasks']), 'task')} begun and not finished" + (":" if record["tasks"] else "."),
        [
            f"{cards.phrase(task['id'])}{cards.BETWEEN}{cards.phrase(task['status'])}"
            f"{cards.BETWEEN}{cards.phrase(task['bundle'])}: {cards.phrase(task['title'], cards.LINE)}"
            for task in record["tasks"]
        ],
        [f"recovered {cards.phrase(each['id'])}" for each in record["recovered"]],
        [
            f"queued {cards.phrase(each['id'])} for {cards.phrase(each['executor'] or 'anyone')}, "
            f"attempt {each['attempt']}"
            for each in record["requeued"]
        ],
        notes(record),
        f"Next: {record['next']}" if record["next"] else "",
    )


def graph(record: Record) -> str:
    """Return the state of the code graph."""
    reason = f": {cards.phrase(record['reason'], cards.LINE)}" if record.get("reason") else ""
    held = ", ".join(
        counted(record[name], name[:-1]) for name in ("files", "symbols", "imports") if name in record
    )
    return joined(
        f"code graph {cards.phrase(record['state'])}{reason}",
        f"holds: {held}" if held else "",
        f"made: {cards.phrase(record['made'])}" if record.get("made") else "",
        f"file: {cards.phrase(record['path'], cards.LINE)}" if held else "",
        f"evidence: {cards.phrase(record['evidence'])}" if record.get("evidence") else "",
        notes(record),
        "" if record["state"] == "current" else "Next: mnemo graph-update makes it anew.",
    )


def lessons(record: Record) -> str:
    """Return the lessons found, each quoted with its verdict."""
    return joined(
        f"{counted(len(record['lessons']), 'lesson')} on {cards.phrase(record['query'])}"
        + (":" if record["lessons"] else "."),
        [
            joined(
                f"{cards.phrase(each['address'])[:12]}{cards.BETWEEN}{cards.phrase(each['verdict'])}",
                cards.quoted(each["content"]),
            )
            for each in record["lessons"]
        ],
        [cards.recall_withheld(each) for each in record["withheld"]],
        notes(record),
    )


def lesson(record: Record) -> str:
    """Return whether a lesson was stored."""
    if not record["accepted"]:
        return joined(f"Not kept: {cards.phrase(record['reason'], cards.LINE)}.", notes(record))
    claim = record["claim"]
    return joined(f"Kept as {cards.phrase(claim['address'])[:12]}.", notes(record))


def verdict(record: Record) -> str:
    """Return whether a command may run without asking."""
    word = "allowed" if record["allowed"] else "needs approval"
    return joined(
        f"{word}: {cards.phrase(record['command'], cards.LINE)}",
        [f"  {cards.phrase(each, cards.LINE)}" for each in record["reasons"]],
    )


def skills(record: Record) -> str:
    """Return the skills, or one of them in full."""
    if record.get("text"):
        return record["text"]
    return joined(
        [f"{each['name']}: {cards.phrase(each['description'], cards.LINE)}" for each in record["skills"]],
        f"files: {cards.phrase(record['folder'], cards.LINE)}",
    )


def _tree(tree: Record) -> list[str]:
    word = "made" if tree["created"] else "planned, not made"
    lines = [
        f"working tree {word}: {cards.phrase(tree['path'], cards.LINE)} on {cards.phrase(tree['branch'])}"
    ]
    if tree["dry_run"]:
        lines += [f"  against making it: {cards.phrase(each['message'])}" for each in tree["blockers"]]
    return lines
