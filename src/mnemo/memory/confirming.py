"""Confirming: what a machine wrote down becomes what a person or an agent stands for."""

from __future__ import annotations

from collections.abc import Sequence

from mnemo.memory import reasons, verifying
from mnemo.memory.reasons import Settled
from mnemo.model.claim import Assertion, View
from mnemo.store import events, rows
from mnemo.store.connections import Connection

UNCONFIRMED = "unconfirmed"


def list_unconfirmed(connection: Connection, view: View) -> list[Assertion]:
    """Return the assertions that wait for somebody's word here, newest first."""
    waiting = [row["claim"] for row in rows.iter_rows(connection, "assertions", standing=UNCONFIRMED)]
    found = verifying.live_claims(connection, view, list(dict.fromkeys(waiting))) if waiting else []
    return [one for one in found if one.standing == UNCONFIRMED]


def count_elsewhere(connection: Connection, view: View) -> int:
    """Return how many claims wait on branches that are not merged into this one."""
    everywhere = list_unconfirmed(connection, view._replace(everything=True))
    return len(everywhere) - len(list_unconfirmed(connection, view))


def confirm(
    connection: Connection, addresses: Sequence[str], view: View, *, at: dict[str, str], now: int, space: str
) -> Settled:
    """Let unconfirmed claims count, as one deed in the caller's transaction; their origin stays.

    Args:
        addresses: whole addresses.
        view: from where memory is looked at.
        at: who confirms, and where.
    """
    found = reasons.sorted_out(connection, list(addresses), view, (UNCONFIRMED,))
    if found.done:
        parts = {f"claim/{one}": {"do": "confirm"} for one in found.done}
        events.record(connection, "confirm", parts, at=at, now=now, space=space)
    return found
