"""Events: one append-only record of a deed, hash-chained per replica and space."""

from __future__ import annotations

import json

from mnemo.ids import canonical, digest
from mnemo.light import Any, NamedTuple

VERSION = 1
SPACES = ("private", "project", "global")
Part = dict[str, Any]


class Event(NamedTuple):
    """One deed as it was written down. It names addresses and hashes, never text.

    Args:
        replica: id of the copy of the store that wrote it.
        space: private, project or global; each has its own chain.
        seq: position in that chain, from 1.
        prev: hash of the event before it, empty for the first.
        clock: hybrid logical clock.
        kind: the deed's name, for people.
        at: where it was done: branch, commit, worktree, agent, session, origin.
        parts: what it means for each aggregate, by the aggregate's name (claim/…, task/…).
        hash: sha-256 of the bytes, 64 hex.
    """

    replica: str
    space: str
    seq: int
    prev: str
    clock: int
    kind: str
    at: dict[str, str]
    parts: dict[str, Part]
    hash: str = ""


def encode(event: Event) -> bytes:
    """Return the bytes of an event, as they are stored and hashed."""
    body = event._asdict()
    del body["hash"]
    body["v"] = VERSION
    return canonical(body)


def decode(data: bytes) -> Event:
    """Return the event behind its bytes; fields of later versions are ignored.

    Raises:
        ValueError: these bytes are no event.
    """
    body = json.loads(data)
    try:
        return Event(
            body["replica"],
            body["space"],
            body["seq"],
            body["prev"],
            body["clock"],
            body["kind"],
            body["at"],
            body["parts"],
            digest(data),
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"not an event: {error}") from None


def order(event: Event) -> tuple[int, str, str, int]:
    """Return the key by which events are folded: clock, replica, space, sequence."""
    return event.clock, event.replica, event.space, event.seq


def effective(events: list[Event], aggregate: str) -> list[Event]:
    """Return the events of one aggregate that count: in order, without what was undone.

    Args:
        events: events that may name the aggregate, in any order.
        aggregate: its name.
    """
    ordered = sorted((event for event in events if aggregate in event.parts), key=order)
    undone: set[str] = set()
    kept: list[Event] = []
    for event in reversed(ordered):
        if event.hash in undone:
            continue
        part = event.parts[aggregate]
        if part["do"] == "undo":
            undone.add(part["event"])
        else:
            kept.append(event)
    return kept[::-1]
