"""Why a claim no longer counts: the reason that was given, or what took its place."""

from __future__ import annotations

from typing import Any, NamedTuple

from mnemo import ids
from mnemo.model.claim import LIVE, Assertion, View, current
from mnemo.store import assertions, objects
from mnemo.store.connections import Connection

SHOWN = 160
Record = dict[str, Any]


class Settled(NamedTuple):
    """What a correction changed, and what somebody else had corrected before.

    Args:
        done: addresses that were corrected.
        already: claims that were left alone, each {"address", "standing", "reason"}.
    """

    done: list[str]
    already: list[Record]


def reason_of(connection: Connection, one: Assertion) -> str:
    """Return why an assertion was withdrawn, in a few words; empty where nobody said."""
    if one.standing == "superseded" and one.cause:
        return f"by {ids.short(one.cause)}{_quoted(headline_of(connection, one.cause))}"
    cause = objects.find(connection, one.cause) if len(one.cause) == ids.ADDRESS_LENGTH else None
    return str(cause.get("reason", ""))[:SHOWN] if cause else ""


def headline_of(connection: Connection, address: str) -> str:
    """Return a claim's first line, shortened; empty when its text was erased or never arrived."""
    for one in reversed(assertions.by_address(connection, address)):
        payload = objects.find(connection, one.object)
        if payload:
            return payload["content"].strip().split("\n", 1)[0][:SHOWN]
    return ""


def sorted_out(
    connection: Connection, addresses: list[str], view: View, standings: tuple[str, ...] = LIVE
) -> Settled:
    """Return which claims still have one of some standings, and what became of the others.

    Args:
        addresses: whole addresses.
        view: from where memory is looked at.
        standings: what can still be corrected.
    """
    found = Settled([], [])
    for address in dict.fromkeys(addresses):
        held = assertions.by_address(connection, address)
        if any(one.standing in standings for one in held):
            found.done.append(address)
            continue
        one = current(held, view) or max(held, key=lambda each: each.clock)
        reason = reason_of(connection, one)
        found.already.append({"address": address, "standing": one.standing, "reason": reason})
    return found


def _quoted(text: str) -> str:
    return f": {text}" if text else ""
