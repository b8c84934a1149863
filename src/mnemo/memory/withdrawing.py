"""Taking back: retracting with a reason, forgetting, erasing for ever, and undoing deeds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from mnemo import clock
from mnemo.errors import Invalid, NotFound
from mnemo.model.event import Event
from mnemo.store import assertions, events, objects
from mnemo.store.connections import Connection

UNDOABLE = ("claim", "retract", "forget", "log", "confirm", "reinforce", "link", "quiet")


class Erased(NamedTuple):
    """What a purge reached.

    Args:
        addresses: claims whose text is gone.
        texts: how many texts were deleted.
    """

    addresses: list[str]
    texts: int


def retract(
    connection: Connection,
    prefixes: Sequence[str],
    reason: str,
    *,
    at: dict[str, str],
    now: int,
    wide: bool,
    kind: str = "retract",
    space: str = "project",
) -> list[str]:
    """Withdraw claims with a reason, in the caller's transaction; return their addresses.

    Args:
        prefixes: addresses or unique prefixes.
        reason: why, kept as history.
        wide: every branch's assertion, not only this branch's.

    Raises:
        NotFound, Ambiguous, Invalid: nothing is withdrawn then.
    """
    found = list(dict.fromkeys(assertions.resolve(connection, prefix) for prefix in prefixes))
    cause = objects.seal({"reason": reason})
    objects.put(connection, cause)
    part = {"do": "retract", "cause": cause.hash, "wide": wide}
    events.record(connection, kind, {f"claim/{one}": part for one in found}, at=at, now=now, space=space)
    return found


def of_session(connection: Connection, session: str) -> list[str]:
    """Return the addresses of everything that one session claimed.

    Raises:
        NotFound: that session claimed nothing.
    """
    found = assertions.addresses_of_session(connection, session)
    if not found:
        raise NotFound(
            f"Session {session[:60]!r} claimed nothing.", "`mnemo claims --json` shows each claim's session."
        )
    return found


def purge(
    connection: Connection,
    prefixes: Iterable[str],
    *,
    at: dict[str, str],
    now: int,
    space: str = "project",
) -> Erased:
    """Erase the texts of claims for ever; hashes and the fact stay in the chain.

    Raises:
        NotFound, Ambiguous, Invalid: nothing is erased then.
    """
    found = list(dict.fromkeys(assertions.resolve(connection, prefix) for prefix in prefixes))
    hashes = {hash_ for one in found for hash_ in _texts_of(connection, one)}
    parts = {f"claim/{one}": {"do": "purge"} for one in found}
    events.record(connection, "purge", parts, at=at, now=now, space=space)
    return Erased(found, objects.erase(connection, hashes))


def undo(connection: Connection, count: int, *, at: dict[str, str], now: int) -> list[dict[str, Any]]:
    """Take back the newest deeds that can be, newest first, in the caller's transaction.

    Args:
        count: how many.

    Raises:
        Invalid: count is not positive.
        NotFound: nothing is left to undo.
    """
    if count < 1:
        raise Invalid(f"{count} deeds cannot be undone.", "Give 1 or more.")
    chosen = _newest_standing(connection, count)
    if not chosen:
        raise NotFound("There is nothing left to undo.", "`mnemo claims` shows what is known.")
    for event in chosen:
        part = {"do": "undo", "event": event.hash}
        events.record(connection, "undo", dict.fromkeys(event.parts, part), at=at, now=now, space=event.space)
    return [
        {
            "kind": event.kind,
            "summary": ", ".join(
                f"{name.split('/')[0]} {name.split('/')[1][:12]}" for name in list(event.parts)[:4]
            ),
            "when": clock.iso(event.clock),
        }
        for event in chosen
    ]


def _newest_standing(connection: Connection, count: int) -> list[Event]:
    """Return the newest deeds that nothing has undone; an undo comes before what it undid, seen from now."""
    undone: set[str] = set()
    chosen: list[Event] = []
    for event in events.iter_newest(connection):
        undone.update(part["event"] for part in event.parts.values() if part["do"] == "undo")
        if event.kind in UNDOABLE and event.hash not in undone:
            chosen.append(event)
        if len(chosen) == count:
            break
    return chosen


def _texts_of(connection: Connection, address: str) -> set[str]:
    """Return the hashes of every text that any deed ever gave a claim."""
    name = f"claim/{address}"
    found: set[str] = set()
    for event in events.iter_aggregate(connection, name):
        if event.parts[name].get("object"):
            found.add(event.parts[name]["object"])
    return found
