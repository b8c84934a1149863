"""The words of the work log, the queue and evidence."""

from __future__ import annotations

import json
import shlex
from typing import Any

from mnemo import fence, redact
from mnemo.interfaces.render.plain import as_json, counted, duration, joined, notes
from mnemo.retrieval import cards

Record = dict[str, Any]
_GIVE = "give evidence for what is missing with dispatch complete."


def log(record: Record) -> str:
    """Return the entry that was added, or the entries read, newest first."""
    if record.get("added"):
        return joined(logged(record), notes(record))
    branch = cards.phrase(record.get("branch") or "no branch")
    entries: list[Record] = record.get("entries", [])
    if not entries:
        others = f"; other branches hold {record['elsewhere']}" if record.get("elsewhere") else ""
        following = "Next: log with a message adds one" + (
            ", with branch it reads another's." if others else "."
        )
        return joined(f"No entries on {branch}{others}.", following, notes(record))
    head = f"{counted(len(entries), 'entry')} on {branch}, newest first:"
    return joined(head, [_entry(each, record.get("branch")) for each in entries], notes(record))


def logged(record: Record) -> str:
    """Return the confirmation that names the message of the new entry."""
    added = record["added"]
    place = f" on {cards.phrase(added['branch'])}" if added["branch"] else ""  # none outside of git
    return joined(_said(f"Logged{place}", added["message"]), _extra(added))


def entries_json(record: Record) -> str:
    """Return the entries as the JSON array that fetch_branch_logs always printed."""
    return as_json(record["entries"])


def dispatch(record: Record) -> str:
    """Return tasks, dispatches and what is missing, and what to do next."""
    tasks: list[Record] = record.get("tasks", [])
    dispatches: list[Record] = record.get("dispatches", [])
    one = record.get("dispatch")
    if one and any(task["id"] == one["task"] for task in tasks):
        one = {**one, "title": ""}
    following = cards.phrase(record.get("next") or "", 2 * cards.LINE)
    return joined(
        _queue_head(record, tasks, dispatches),
        [_task(task) for task in tasks],
        _dispatch(one) if one else "",
        [_dispatch(each) for each in dispatches],
        [f"missing: {cards.phrase(item, cards.LINE)}" for item in record.get("missing", [])],
        notes(record),
        f"Next: {following}" if following else "",
    )


def task_verdict(record: Record) -> str:
    """Return whether a task's evidence is enough, criterion by criterion."""
    verdict = "accepted" if record["accepted"] else "not accepted"
    title = cards.phrase(record.get("title") or "", cards.LINE)
    status = f" ({cards.phrase(record['status'])})" if record.get("status") else ""
    return joined(
        f"{cards.phrase(record['task'])} {verdict}{status}" + (f": {title}" if title else ""),
        [_criterion(each) for each in record.get("criteria", [])],
        [f"missing: {cards.phrase(item, cards.LINE)}" for item in record.get("failed_requirements", [])],
        notes(record),
        "" if record["accepted"] else f"Next: {cards.phrase(record.get('next') or _GIVE, cards.LINE)}",
    )


def evidence(record: Record) -> str:
    """Return what a command that was run as evidence said; only the exit code decides."""
    outcome = "passed" if record["exit_code"] == 0 else f"failed with exit code {record['exit_code']}"
    fields = [cards.phrase(record["id"]), outcome]
    if record.get("seconds") is not None:
        fields.append(duration(record["seconds"]))
    fields += [f"{name} {cards.phrase(record[name])[:12]}" for name in ("commit", "tree") if record.get(name)]
    tests = ", ".join(f"{count} {name}" for name, count in record.get("tests", {}).items() if count)
    command = cards.phrase(shlex.join(record.get("argv", [])), cards.LINE)
    # The output itself was shown as it came.
    kept = len(record.get("output", "").splitlines())
    criteria = ", ".join(f"{number}" for number in record.get("criteria", []))
    serves = f" criterion {criteria}" if criteria else ""
    place = f" in {cards.phrase(record['cwd'])}" if record.get("cwd") not in (None, "", ".") else ""
    return joined(
        cards.BETWEEN.join(fields),
        f"ran: {command}{place}",
        f"tests: {tests}" if tests else "",
        f"for: {cards.phrase(whom)}{serves}" if (whom := record.get("task") or record.get("run")) else "",
        f"gate: {cards.phrase(record['gate'])} {cards.phrase(record['status'])}"
        if record.get("gate")
        else "",
        f"kept: the last {counted(kept, 'line')} of its output" if kept else "",
        notes(record),
    )


def _queue_head(record: Record, tasks: list[Record], dispatches: list[Record]) -> str:
    action = record.get("action", "")
    if action == "ready":
        return f"{counted(len(tasks), 'task')} ready" + (":" if tasks else ".")
    if action == "list":
        return f"{counted(len(tasks), 'task')}, {counted(len(dispatches), 'dispatch')}."
    return ""


def _task(task: Record) -> str:
    fields = [cards.phrase(task["id"]), cards.phrase(task.get("status") or "")]
    if task.get("branch"):
        fields.append(f"on {cards.phrase(task['branch'])}")
    if task.get("priority"):
        fields.append(f"priority {cards.phrase(task['priority'])}")
    waits = ", ".join(cards.phrase(each) for each in task.get("blocked_by") or ())
    opening = cards.BETWEEN.join(field for field in fields if field)
    return joined(
        f"{opening}: {cards.phrase(task['title'], cards.LINE)}",
        cards.quoted(task["body"]) if task.get("body") else "",
        [_criterion(each, number) for number, each in enumerate(task.get("criteria") or (), 1)],
        f"  waits for: {waits}" if waits else "",
        f"  blocked: {cards.phrase(task['reason'], cards.LINE)}" if task.get("reason") else "",
    )


def _criterion(criterion: str | Record, number: int = 0) -> str:
    if isinstance(criterion, str):
        return f"  {number}. {cards.phrase(criterion, cards.LINE)}"
    number = criterion.get("number", number)
    text = cards.phrase(criterion["text"], cards.LINE)
    if "evidence" not in criterion:
        return f"  {number}. {text}"
    shown = ", ".join(cards.phrase(each) for each in criterion["evidence"])
    return f"  {number}. {'shown' if shown else 'open'}: {text}" + (f" ({shown})" if shown else "")


def _dispatch(dispatch: Record) -> str:
    fields = [f"{cards.phrase(dispatch['id'])} {cards.phrase(dispatch['status'])}"]
    task = f"task {cards.phrase(dispatch['task'])} {cards.phrase(dispatch.get('task_status') or '')}".rstrip()
    fields.append(f"{task}: {cards.phrase(dispatch['title'], cards.LINE)}" if dispatch.get("title") else task)
    if dispatch.get("executor"):
        holds = "for" if dispatch["status"] == "queued" else "by"
        fields.append(f"{holds} {cards.phrase(dispatch['executor'])}")
    if dispatch.get("lease_until"):
        fields.append(f"until {cards.phrase(dispatch['lease_until'])}")
    if (dispatch.get("attempt") or 1) > 1:
        fields.append(f"attempt {dispatch['attempt']}")
    return cards.BETWEEN.join(fields)


def _entry(entry: Record, branch: str | None) -> str:
    place = f" on {cards.phrase(entry['branch'])}" if entry["branch"] != branch else ""
    return joined(_said(cards.phrase(entry["timestamp"]) + place, entry["message"]), _extra(entry))


def _said(opening: str, message: str) -> str:
    if len(message) <= cards.LINE and len(message.splitlines()) <= 1:
        return f"{opening}: {cards.phrase(message, cards.LINE)}"
    return f"{opening}:\n{cards.quoted(message)}"


def _extra(entry: Record) -> str:
    if entry.get("extra") is None:
        return ""
    written = json.dumps(redact.clean(entry["extra"]), ensure_ascii=False, default=str)
    return fence.quote(written, "  extra > ")
