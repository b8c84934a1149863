"""Linking two claims, and saying of one that it held again."""

from __future__ import annotations

from mnemo import ids
from mnemo.errors import Conflict, Invalid, NotFound
from mnemo.memory import reasons
from mnemo.model.claim import RELATIONS, Assertion, View, current, is_live, standing_at
from mnemo.store import assertions, events
from mnemo.store.connections import Connection


def get_held(connection: Connection, address: str) -> list[Assertion]:
    """Return every assertion of a claim, oldest first.

    Args:
        address: the whole address.

    Raises:
        NotFound: nobody asserted it here yet; a link to it may have come first.
    """
    held = assertions.by_address(connection, address)
    if not held:
        raise NotFound(f"Nobody claimed {ids.short(address)} here yet.", "Look it up with memory_search.")
    return held


def get_live(connection: Connection, address: str, view: View) -> Assertion:
    """Return the assertion of a claim that counts here.

    Args:
        address: the whole address.
        view: from where memory is looked at.

    Raises:
        Conflict: it was withdrawn or expired.
    """
    held = get_held(connection, address)
    one = current(held, view) or current(held, view._replace(everything=True))
    if one is not None and is_live(one, view):
        return one
    newest = one or held[-1]
    standing, reason = standing_at(newest, view.now), reasons.reason_of(connection, newest)
    if standing == "superseded" and newest.cause:
        fix = f"Use the one that took its place: {ids.short(newest.cause)}."
    else:
        fix = "Claim anew what holds now."
    raise Conflict(f"{ids.short(address)} was {standing}{': ' if reason else ''}{reason}.", fix)


def checked_relation(relation: str) -> str:
    """Return a relation of two claims; Invalid where there is none of that name."""
    if relation not in RELATIONS:
        raise Invalid(f"{relation[:60]!r} is no relation.", f"Use one of {', '.join(RELATIONS)}.")
    return relation


def link(
    connection: Connection,
    source: str,
    target: str,
    relation: str,
    view: View,
    *,
    at: dict[str, str],
    now: int,
    space: str,
) -> bool:
    """Link two claims in the caller's transaction; return whether they were not linked so before.

    Args:
        source, target: whole addresses.
        relation: one of RELATIONS, read from source to target.
        view: from where memory is looked at.
        space: the chain of the store.

    Raises:
        Invalid: a claim with itself.
        Conflict: one of them no longer counts.
    """
    if source == target:
        raise Invalid(f"{ids.short(source)} would be linked with itself.", "Give two claims.")
    one, other = get_live(connection, source, view), get_live(connection, target, view)
    if (relation, target) in assertions.links_from(connection, one.claim):
        return False
    part = {"do": "link", "relation": relation, "target": target}
    private = space == "project" and "unconfirmed" in (one.standing, other.standing)
    events.record(
        connection,
        "link",
        {f"claim/{source}": part},
        at=at,
        now=now,
        space="private" if private else space,
    )
    return True


def reinforce(
    connection: Connection, address: str, view: View, *, at: dict[str, str], now: int, space: str
) -> Assertion:
    """Count that a claim held again, in the caller's transaction; return its assertion as it is now.

    Args:
        address: the whole address.
        view: from where memory is looked at.
        space: the chain of the store.

    Raises:
        Conflict: it no longer counts.
    """
    one = get_live(connection, address, view)
    part = {"do": "reinforce", "branch": one.branch}
    private = space == "project" and one.standing == "unconfirmed"
    events.record(
        connection,
        "reinforce",
        {f"claim/{address}": part},
        at=at,
        now=now,
        space="private" if private else space,
    )
    return get_live(connection, address, view)
