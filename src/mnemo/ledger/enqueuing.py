"""What cron, a webhook or a planner sends becomes tasks: nothing is handed out and no process starts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple, cast

from mnemo.errors import Invalid
from mnemo.ids import digest, new_id
from mnemo.ledger import graph, names, runs, states, tasks
from mnemo.ledger.names import brief, get_row
from mnemo.ledger.policies import RESULT
from mnemo.model import work
from mnemo.store import events, queue
from mnemo.store.connections import Connection
from mnemo.store.rows import Row

MOST_EVENTS = 1_000
RISKS = ("low", "medium", "high")
TEXTS = ("title", "body", "kind", "risk", "size", "role", "source", "run_id", "event_id", "key")
LISTS = ("acceptance_criteria", "dependencies", "context_refs")
FIELDS = (*TEXTS, *LISTS, "priority", "verification_policy")
# What else the fields are called by those who send events.
OTHER_NAMES = {"description": "body", "criteria": "acceptance_criteria", "policy": "verification_policy"}

Record = dict[str, Any]


class Enqueued(NamedTuple):
    """What became of what was sent.

    Args:
        tasks: their rows, in the order sent.
        repeated: how many of them were there before, by their event ids.
    """

    tasks: list[Row]
    repeated: int


def read_events(text: str, given: Record) -> list[Record]:
    """Return what was sent as objects with the keys of FIELDS.

    Args:
        text: JSON, an object or a list of objects; empty for one event that given says alone.
        given: what holds where an event leaves it out.

    Raises:
        Invalid: it is no JSON of that shape, or holds a field that no event has.
    """
    sent: Any = _from_json(text) if text.strip() else {}
    listed: list[Any] = cast("list[Any]", sent) if isinstance(sent, list) else [sent]
    if not listed or len(listed) > MOST_EVENTS:
        raise Invalid(f"{len(listed)} events were sent.", f"Send 1 to {MOST_EVENTS:,} at a time.")
    return [{**given, **_checked(each)} for each in listed]


def enqueue(connection: Connection, sent: Sequence[Record], *, at: dict[str, str], now: int) -> Enqueued:
    """Make a task of each event, all in one deed; none is handed out.

    An event with an event_id that its run has seen gives the task that it made then. Within one call, events
    may need each other by their keys.

    Args:
        sent: as read_events gave them.
        at: where and by whom.
        now: wall clock, milliseconds.

    Raises:
        Invalid: run_id_required, no title, or a value that cannot be used.
        NotFound: run_not_found, task_not_found.
        Conflict: dependency_cycle with its path, or invalid_transition: the run has ended.
        Refused: spike_limit.
    """
    run = _run_of(connection, sent)
    ids = [_id_of(each, run) for each in sent]
    known = {each for each in ids if queue.find_row(connection, work.TASK, each)}
    called = _keys(sent, ids)
    needs = {
        task: [_needed(connection, each, called) for each in one.get("dependencies", ())]
        for task, one in zip(ids, sent, strict=True)
    }
    graph.refuse_cycle(needs, {task: key for key, task in called.items()})
    fresh = {task: one for task, one in zip(ids, sent, strict=True) if task not in known}
    tasks.require_room(connection, run, len(fresh))
    parts: dict[str, events.Part] = {}
    for place, (task, one) in enumerate(fresh.items()):
        part = tasks.part_of(connection, run["run"], _payload(one), needs[task], one.get("priority", 0))
        parts[f"task/{task}"] = {**part, "place": place}
    if parts:
        events.record(connection, "task.enqueued", parts, at=at, now=now)
    return Enqueued([get_row(connection, work.TASK, each) for each in ids], len(sent) - len(fresh))


def _run_of(connection: Connection, sent: Sequence[Record]) -> Row:
    named = sorted({each.get("run_id", "") for each in sent})
    if len(named) > 1:
        raise Invalid(f"The events name {len(named)} runs: {', '.join(named)}.", "Send one run's at a time.")
    run = runs.get_run(connection, named[0])
    if work.is_final(work.RUN, run["status"]):
        raise states.refusal(work.RUN, run, "takes no task")
    return run


def _id_of(one: Record, run: Row) -> str:
    """Return the id of an event's task: the same whenever the same event of a run arrives."""
    if not one.get("event_id"):
        return new_id(work.TASK)
    return f"{work.TASK}_{digest(chr(10).join((run['run'], one['event_id'])).encode())[:32]}"


def _keys(sent: Sequence[Record], ids: Sequence[str]) -> dict[str, str]:
    called: dict[str, str] = {}
    for one, task in zip(sent, ids, strict=True):
        key = one.get("key", "")
        if key and called.setdefault(key, task) != task:
            raise Invalid(f"Two events have the key {brief(key)}.", "Give each its own key.")
    return called


def _needed(connection: Connection, name: str, called: dict[str, str]) -> str:
    return called.get(name) or get_row(connection, work.TASK, name)["task"]


def _payload(one: Record) -> Record:
    criteria = one.get("acceptance_criteria", [])
    policy = one.get("verification_policy") or ({"required_evidence": [RESULT]} if criteria else None)
    risk = one.get("risk", "")
    if risk and risk not in RISKS:
        raise Invalid(f"A risk cannot be {brief(risk)}.", f"Give {', '.join(RISKS)}.")
    words = {
        name: names.text(name, one.get(name), names.LONGEST_NAME)
        for name in ("kind", "risk", "size", "role", "source", "event_id")
    }
    refs = names.texts("context ref", one.get("context_refs", []))
    return tasks.payload_of(
        one.get("title", ""), one.get("body"), criteria, policy, context_refs=refs, **words
    )


def _checked(sent: Any) -> Record:
    if not isinstance(sent, dict):
        raise Invalid(f"An event is an object, not {brief(sent)}.", 'Send such as {"title": "…"}.')
    record = {OTHER_NAMES.get(str(name), str(name)): value for name, value in cast(Record, sent).items()}
    for name, value in record.items():
        if name not in FIELDS:
            raise Invalid(f"An event has no {brief(name)}.", f"It may have {', '.join(FIELDS)}.")
        if not _fits(name, value):
            raise Invalid(f"{name} cannot be {brief(value)}.", f"Give {_shape(name)}.")
    return {name: value for name, value in record.items() if value is not None}


def _fits(name: str, value: Any) -> bool:
    if value is None:
        return True
    if name in LISTS:
        return isinstance(value, list) and all(isinstance(each, str) for each in cast("list[Any]", value))
    if name == "priority":
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, dict if name == "verification_policy" else str)


def _shape(name: str) -> str:
    if name in LISTS:
        return "a list of texts"
    return {"priority": "a number from 0 to 1", "verification_policy": "an object"}.get(name, "text")


def _from_json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise Invalid(
            f"The event is not JSON: {brief(text)}.",
            'Send an object such as {"title": "…"}, or a list of them.',
        ) from None
