"""The report of a run, as Markdown that reads well in a chat: from what is stored alone.

It looks at no file and no clock, so whoever asks gets the same text until something is done. Whether
evidence still holds now is for `handoff`, `verify` and the release gate to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from mnemo import fence
from mnemo.ledger import advising, coverage, graph, runs, trail
from mnemo.ledger.names import shown
from mnemo.ledger.records import dispatch_record, gate_record, plan_record, run_record, task_record
from mnemo.ledger.trail import Parts
from mnemo.ledger.verdicts import KIND as VERDICT
from mnemo.model import work
from mnemo.store import objects, queue
from mnemo.store.connections import Connection
from mnemo.store.rows import Row

LINE = 240
MOST = 50  # of a kind; open work comes first, the rest is counted
MOST_FILES = 200

Record = dict[str, Any]
Lines = list[str]


def report(connection: Connection, run: Row) -> str:
    """Return the report of a run.

    Args:
        run: its row.
    """
    parts = Parts(connection, run)
    told = run_record(connection, run)
    deeds = trail.list_deeds(connection, parts)
    sections: tuple[tuple[str, Lines], ...] = (
        ("Goal", [fence.quote(told["goal"], "> ")]),
        ("State", _state(connection, parts, told, deeds)),
        ("Plan", _plans(connection, parts)),
        ("Tasks", _tasks(connection, parts)),
        ("Gates", _gates(connection, parts)),
        ("Evidence", _evidence(connection, parts)),
        ("Changed files", _files(connection, parts)),
        ("Verification results", _verdicts(connection, parts, deeds)),
        ("Blockers", list_blockers(connection, parts)),
        ("Risks", _risks(connection, parts)),
        ("Next action", [_item(advising.next_action(connection, parts))]),
        ("Latest action per role", _roles(deeds)),
        ("Pause/cancel leftovers", _leftovers(connection, run)),
        ("Recovery plan", _recovery(connection, parts)),
    )
    body = [f"## {name}\n\n{chr(10).join(lines) or 'None.'}" for name, lines in sections]
    return "\n\n".join([f"# Report of {told['id']}", *body]) + "\n"


def list_blockers(connection: Connection, parts: Parts) -> Lines:
    """Return what keeps work of a run from going on, an item each."""
    run = run_record(connection, parts.run)
    found: Lines = []
    if run["status"] in ("paused", "blocked"):
        found.append(_item(f"the run is {run['status']}", run.get("reason", "")))
    if run["status"] == "active" and not (parts.run["spike"] or parts.run["plan"]):
        found.append(_item("no plan is approved: nothing is handed out"))
    for gate in (gate_record(connection, row) for row in parts.gates if row["status"] == "failed"):
        found.append(_item(f"the gate {gate['kind']} failed", gate["summary"]))
    for row in parts.tasks:
        if row["status"] == "blocked":
            reason = (objects.find(connection, row["reason"]) or {}).get("reason", "")
            found.append(_item(f"{shown(row['task'])} is blocked", reason))
    for problem in graph.list_problems(connection, [row["task"] for row in parts.tasks]):
        if "path" in problem:
            found.append(_item(f"tasks need each other: {' → '.join(problem['path'])}"))
        else:
            what = "is not here" if problem["problem"] == "missing_dependency" else "was cancelled"
            found.append(_item(f"{problem['task']} needs {problem['needs']}, which {what}"))
    return _shortened(found)


def _state(connection: Connection, parts: Parts, run: Record, deeds: list[Record]) -> Lines:
    kind = "without a plan, by leave" if run["spike"] and not run["plan"] else ""
    last = deeds[-1] if deeds else None
    place = f"on {run['branch']}" if run["branch"] else "in no repository"
    begun = f" at {run['commit'][:12]}" if run["commit"] else ""
    return [
        _item(f"{run['status']}{f' ({kind})' if kind else ''}", run.get("reason", "")),
        _item(f"opened {run['created']} {place}{begun}"),
        *([_item(f"last deed {last['at']}: {last['action']} by {last['actor']}")] if last else []),
        _item(f"tasks: {_tally(row['status'] for row in parts.tasks) or 'none'}"),
    ]


def _plans(connection: Connection, parts: Parts) -> Lines:
    lines: Lines = []
    for plan in (plan_record(connection, row) for row in parts.plans):
        lines.append(_item(f"{plan['id']} {plan['status']}: {plan['title']}", plan.get("reason", "")))
        if plan["status"] not in ("canonical", "draft"):
            continue
        if plan["body"]:
            lines.append(fence.quote(plan["body"], "  > "))
        for name, word in (("assumptions", "assumes"), ("criteria", "must hold"), ("risks", "risk")):
            lines += [_item(f"{word}: {each}", inner=True) for each in plan[name]]
    return lines


def _tasks(connection: Connection, parts: Parts) -> Lines:
    open_first = sorted(parts.tasks, key=lambda row: row["status"] not in work.OPEN)
    lines: list[Lines] = []
    for row in open_first[:MOST]:
        task = task_record(connection, row, whole=True)
        fields = [f"role {task['role']}"] if task.get("role") else []
        fields += [f"priority {task['priority']:g}"] if task["priority"] else []
        fields += [f"waits for {', '.join(task['blocked_by'])}"] if task["blocked_by"] else []
        more = f" ({', '.join(fields)})" if fields else ""
        shown_by = _shown_by(connection, row)
        boxes = [
            _box(number, text, shown_by.get(number, [])) for number, text in enumerate(task["criteria"], 1)
        ]
        lines.append([_item(f"{task['id']} {task['status']}: {task['title']}{more}"), *boxes])
    return _shortened(["\n".join(each) for each in lines], more=len(open_first) - len(lines))


def _gates(connection: Connection, parts: Parts) -> Lines:
    told: Lines = []
    for gate in (gate_record(connection, row) for row in parts.gates):
        about = f" of {gate['task']}" if gate["task"] else ""
        who = f" by {gate['reviewer']}" if gate["reviewer"] else ""
        told.append(_item(f"{gate['kind']}{about} {gate['status']}{who}, {gate['changed']}", gate["summary"]))
    return _shortened(told)


def _evidence(connection: Connection, parts: Parts) -> Lines:
    told: Lines = []
    for row in reversed(parts.evidence):
        payload = objects.find(connection, row["object"])
        summary = "what it said was erased" if payload is None else payload.get("summary", "")
        about = f" for {shown(row['task'])}" if row["task"] else ""
        told.append(
            _item(f"{shown(row['evidence'])} {row['kind']} {row['status']}, {row['trust']}{about}", summary)
        )
    return _shortened(told)


def _files(connection: Connection, parts: Parts) -> Lines:
    """Return the files that evidence speaks of: cited, part of a diff, or changed while commands ran."""
    found: dict[str, set[str]] = {}
    for row in parts.evidence:
        payload = objects.find(connection, row["object"]) or {}
        paths: list[str] = [payload.get("path", "")]
        for several in (payload.get("changed_to"), payload.get("files")):
            paths += several if isinstance(several, dict | list) else []  # a graph's update counts its files
        for path in paths:
            if path and row["status"] != "superseded":
                found.setdefault(path, set()).add(shown(row["evidence"]))
    lines = [_item(f"{path} ({', '.join(sorted(found[path])[:3])})") for path in sorted(found)]
    return _shortened(lines, MOST_FILES)


def _verdicts(connection: Connection, parts: Parts, deeds: list[Record]) -> Lines:
    newest = {row["task"]: row for row in parts.evidence if row["kind"] == VERDICT}
    told: Lines = []
    for task, row in newest.items():
        summary = (objects.find(connection, row["object"]) or {}).get("summary", "")
        told.append(_item(f"{shown(task)} {summary or row['status']}"))
    commands = [
        row for row in parts.evidence if row["kind"] in work.RUN_KINDS and row["status"] != "superseded"
    ]
    if commands:
        told.append(_item(f"commands run as evidence: {_tally(row['status'] for row in commands)}"))
    checked = [deed for deed in deeds if deed["action"] == "release_gate.checked"]
    if checked:
        last = checked[-1]
        told.append(_item(f"release gate {last.get('outcome', 'checked')}, {last['at']}"))
    return _shortened(told)


def _risks(connection: Connection, parts: Parts) -> Lines:
    told: Lines = []
    for plan in (plan_record(connection, row) for row in parts.plans):
        if plan["status"] in ("canonical", "draft"):
            told += [_item(f"{each} ({plan['id']})") for each in plan["risks"]]
    for row in parts.tasks:
        payload = objects.find(connection, row["object"]) or {}
        if payload.get("risk") == "high" and row["status"] in work.OPEN:
            told.append(_item(f"{shown(row['task'])} is of high risk: {payload.get('title', '')}"))
    weak = [row for row in parts.tasks if row["status"] in work.DONE and not _shown_by(connection, row)]
    told += [
        _item(f"{shown(row['task'])} is {row['status']}, and no evidence on record shows it") for row in weak
    ]
    return _shortened(told)


def _roles(deeds: list[Record]) -> Lines:
    found = trail.last_per_role(deeds)
    return [
        _item(f"{role}: {deed['action']} by {deed['actor']}, {deed['at']} ({_named(deed['about'])})")
        for role, deed in sorted(found.items())
    ]


def _leftovers(connection: Connection, run: Row) -> Lines:
    if run["status"] not in ("paused", "cancelled"):
        return []
    left = runs.leftovers(connection, run)
    told = [_item(f"{shown(row['task'])} is {row['status']}") for row in left.tasks]
    for one in (dispatch_record(connection, row) for row in left.dispatches):
        held = f", held by {one['executor']} until {one['lease_until']}" if one["lease_until"] else ""
        told.append(_item(f"{one['id']} is {one['status']}{held}"))
    return _shortened([*told, *(_item(f"may still run: {each}") for each in left.handles)])


def _recovery(connection: Connection, parts: Parts) -> Lines:
    told: Lines = []
    for row in parts.tasks:
        if row["status"] not in ("claimed", "in_progress", "submitted", "verifying"):
            continue
        name = shown(row["task"])
        live = queue.list_live(connection, task=row["task"])
        held = dispatch_record(connection, live[0]) if live else None
        if held and held["lease_until"]:
            told.append(
                _item(
                    f"{name} {row['status']}: {held['executor']} holds {held['id']} until "
                    f"{held['lease_until']}; after that its task is ready again"
                )
            )
        else:
            told.append(_item(f"{name} {row['status']}: nobody holds it"))
    if told:
        name = shown(parts.run["run"])
        told.append(_item(f"at once: mnemo recover-jobs --run-id {name} --requeue --executor NAME"))
    return _shortened(told)


def _shown_by(connection: Connection, task: Row) -> dict[int, Lines]:
    """Return criterion -> evidence that was recorded for it and counts as far as the store can tell."""
    found: dict[int, Lines] = {}
    for row, numbers in queue.list_evidence(connection, task["task"]):
        if row["status"] == "passed" and row["kind"] in work.PROVING_KINDS and not coverage.standing_of(row):
            for number in numbers:
                found.setdefault(number, []).append(shown(row["evidence"]))
    return found


def _box(number: int, text: str, evidence: Sequence[str]) -> str:
    by = f" ({_named(evidence)})" if evidence else ""
    return f"  - [{'x' if evidence else ' '}] {number}. {fence.line(text, LINE)}{by}"


def _item(text: str, more: str = "", *, inner: bool = False) -> str:
    told = f"{text}: {more}" if more else text
    return f"{'  ' if inner else ''}- {fence.line(told, LINE)}"


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - trail.MOST_NAMED} more" if len(names) > trail.MOST_NAMED else ""
    return ", ".join(names[: trail.MOST_NAMED]) + more


def _tally(states: Iterable[str]) -> str:
    found = sorted(states)
    return ", ".join(f"{found.count(state)} {state}" for state in dict.fromkeys(found))


def _shortened(lines: Lines, most: int = MOST, more: int = 0) -> Lines:
    left = more + max(0, len(lines) - most)
    return [*lines[:most], f"- and {left} more"] if left else lines
