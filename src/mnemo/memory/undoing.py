"""Undoing: the newest deeds are taken back, one event for each, and what cannot be is said."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from mnemo import clock, ids
from mnemo.memory import reasons
from mnemo.model.event import Event
from mnemo.store import events, objects
from mnemo.store.connections import Connection

NAMED = 3  # claims of one deed that are named; of the rest the number
OWN = ("claim", "log")  # aggregates whose deeds are a person's to take back
WORDS = {
    "assert": "claimed",
    "supersede": "superseded",
    "retract": "withdrew",
    "confirm": "confirmed",
    "repin": "re-pinned",
    "reinforce": "reinforced",
    "quiet": "silenced",
    "link": "linked",
    "unlink": "unlinked",
    "write": "logged",
    "move": "gave a log entry to another branch",
    "seal": "deleted log entries",
}
LASTING = {
    "purge": "the text is erased for ever, and no copy of it is kept here",
    "seal": "the entries are deleted for ever, and no copy of them is kept here",
}

Record = dict[str, Any]


class Deeds(NamedTuple):
    """What stands at the end of the log.

    Args:
        undoable: events that can be taken back, newest first.
        lasting: events between them that cannot, newest first.
    """

    undoable: list[Event]
    lasting: list[Event]


def newest(connection: Connection, count: int) -> Deeds:
    """Return the newest deeds that nothing has undone, and those among them that stay.

    Args:
        count: how many can be undone at most.
    """
    undone: set[str] = set()
    found = Deeds([], [])
    for event in events.iter_newest(connection):
        # An undo comes before what it undid, seen from now.
        undone.update(part["event"] for part in event.parts.values() if part["do"] == "undo")
        if event.hash in undone:
            continue
        if _lasts(event):
            found.lasting.append(event)
        elif _is_own(event):
            found.undoable.append(event)
        if len(found.undoable) >= count:
            break
    return found


def undo(connection: Connection, hashes: Iterable[str], *, at: dict[str, str], now: int) -> list[Event]:
    """Take deeds back, in the caller's transaction; return those that somebody had not undone before.

    Args:
        hashes: of their events, newest first.
    """
    wanted = list(hashes)
    standing: dict[str, Event] = {}
    undone: set[str] = set()
    for event in events.iter_newest(connection):
        undone.update(part["event"] for part in event.parts.values() if part["do"] == "undo")
        if event.hash in wanted and event.hash not in undone:
            standing[event.hash] = event
        if len(standing.keys() | (undone & set(wanted))) == len(wanted):
            break
    found = [standing[one] for one in wanted if one in standing]
    for event in found:
        part = {"do": "undo", "event": event.hash}
        events.record(connection, "undo", dict.fromkeys(event.parts, part), at=at, now=now, space=event.space)
    return found


def told(connection: Connection, event: Event, now: int) -> Record:
    """Return a deed in words: what it did to which claims, who did it, when and where.

    Args:
        now: wall clock, milliseconds.
    """
    lines = [_line(connection, name, part) for name, part in list(event.parts.items())[:NAMED]]
    more = len(event.parts) - len(lines)
    return {
        "event": event.hash,
        "kind": event.kind,
        "summary": "; ".join(lines) + (f"; and {more} more" if more > 0 else ""),
        "when": clock.iso(event.clock),
        "age": clock.age(event.clock, now),
        "who": event.at.get("agent", ""),
        "branch": event.at.get("branch", ""),
    }


def why_it_lasts(event: Event) -> str:
    """Return why a deed cannot be undone; empty when it can."""
    return next((LASTING[part["do"]] for part in event.parts.values() if part["do"] in LASTING), "")


def _line(connection: Connection, name: str, part: dict[str, Any]) -> str:
    kind, _, own = name.partition("/")
    word = WORDS.get(part["do"], part["do"])
    if kind != "claim":
        payload = objects.find(connection, part.get("object", "")) or {}
        text = payload.get("message", "")
    else:
        text = reasons.headline_of(connection, own)
    shown = ids.short(own) if kind == "claim" else ""
    return " ".join(filled for filled in (word, shown, f'"{text[:80]}"' if text else "") if filled)


def _lasts(event: Event) -> bool:
    return bool(why_it_lasts(event))


def _is_own(event: Event) -> bool:
    parts = event.parts.items()
    return bool(parts) and all(name.partition("/")[0] in OWN and part["do"] in WORDS for name, part in parts)
