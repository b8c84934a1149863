"""What a new claim stands beside: near-duplicates, and claims that it contradicts."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from mnemo import ids, sketch
from mnemo.memory import reasons
from mnemo.memory.contradicting import contradiction
from mnemo.model.anchor import Anchor, anchor_from_record
from mnemo.model.claim import Assertion, View, current, is_live
from mnemo.store import assertions, search
from mnemo.store.connections import Connection

MOST_SHOWN = 5
SHOWN = 160
LONGEST_HISTORY = 50
MOST_COMPARED = 200  # claims at the same places, newest first; each comparison takes 0.2 ms


class Beside(NamedTuple):
    """What a new claim stands beside.

    Args:
        duplicates, conflicts: each {"address", "content", "reason"}.
    """

    duplicates: list[dict[str, Any]]
    conflicts: list[dict[str, Any]]


def beside(
    connection: Connection,
    content: str,
    address: str,
    anchors: tuple[Anchor, ...],
    view: View,
    replacing: Collection[str] = (),
) -> Beside:
    """Return live near-duplicates of a statement, and what it contradicts: live or withdrawn with a reason.

    Args:
        content, address, anchors: the statement.
        view: from where memory is looked at.
        replacing: addresses that the statement supersedes, of which nothing has to be said.
    """
    duplicates: list[dict[str, Any]] = []
    conflicts: list[dict[str, Any]] = []
    seen: set[int] = set()
    near = search.near(connection, sketch.probes(content))
    for one, payload in _told(connection, near, view, address):
        other = payload["content"]
        if not sketch.alike(content, other) or _led_to(connection, one, {address, *replacing}):
            continue
        seen.add(one.claim)
        if one.standing in ("retracted", "superseded"):
            conflicts.append(_item(one, other, f"nearly the same {was_withdrawn(connection, one)}"))
        elif is_live(one, view):
            why = contradiction(content, other)
            duplicates.append(_item(one, other, why or "nearly the same words"))
            if why and one.address not in replacing:
                conflicts.append(_item(one, other, why))
    for one, payload in _told(connection, _sharing(connection, anchors), view, address):
        if not is_live(one, view) or one.address in replacing or one.claim in seen:
            continue
        theirs = map(anchor_from_record, payload.get("anchors", []))
        if _meet(anchors, theirs) and (why := contradiction(content, payload["content"])):
            conflicts.append(_item(one, payload["content"], why))
    return Beside(duplicates[:MOST_SHOWN], conflicts[:MOST_SHOWN])


def was_withdrawn(connection: Connection, one: Assertion) -> str:
    """Return what became of a claim that was retracted or superseded, with the reason."""
    reason = reasons.reason_of(connection, one)
    if one.standing == "superseded":
        return f"was superseded {reason or f'by {ids.short(one.cause)}'}"
    return f"was retracted{f': {reason}' if reason else ''}"


def _led_to(connection: Connection, one: Assertion, ends: Collection[str]) -> bool:
    """Tell whether a claim was replaced, step by step, by one of these: then it is their own history."""
    for _ in range(LONGEST_HISTORY):
        if one.address in ends or (one.standing == "superseded" and one.cause in ends):
            return True
        held = assertions.by_address(connection, one.cause) if one.standing == "superseded" else []
        if not held:
            return False
        one = held[-1]
    return False


def _sharing(connection: Connection, anchors: tuple[Anchor, ...]) -> list[int]:
    """Return rows of claims with an anchor of the same name, or at the same path."""
    found = assertions.claims_sharing(connection, [(one.type, one.path, one.name) for one in anchors])
    for path in dict.fromkeys(one.path for one in anchors if one.path):
        found += assertions.claims_at(connection, path)
    return list(dict.fromkeys(found))[:MOST_COMPARED]


def _meet(mine: tuple[Anchor, ...], theirs: Iterable[Anchor]) -> bool:
    """Tell whether two claims may speak of one thing: not where both name a definition, and another one."""
    return any(
        (one.path, one.type if not one.path else "") == (other.path, other.type if not other.path else "")
        and (one.name == other.name or not (one.name and other.name))
        for other in theirs
        for one in mine
    )


def _told(
    connection: Connection, claims: list[int], view: View, address: str
) -> list[tuple[Assertion, dict[str, Any]]]:
    held = assertions.by_claim(connection, claims)
    chosen = [
        one for claim in claims if (one := current(held.get(claim, ()), view)) and one.address != address
    ]
    payloads = assertions.payloads(connection, chosen)
    return [(one, payloads[one.object]) for one in chosen if one.object in payloads]


def _item(one: Assertion, content: str, reason: str) -> dict[str, Any]:
    return {"address": one.address, "content": content[:SHOWN], "reason": reason}
