"""Taking back: retracting with a reason, forgetting, and erasing for ever."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from mnemo.errors import NotFound
from mnemo.memory import reasons
from mnemo.memory.reasons import Settled
from mnemo.model.claim import LIVE, WITHDRAWN, View
from mnemo.store import assertions, events, objects, rows
from mnemo.store.connections import Connection

ERASABLE = (*LIVE, *(standing for standing in WITHDRAWN if standing != "purged"))


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


def forget(
    connection: Connection,
    addresses: Sequence[str],
    reason: str,
    view: View,
    *,
    at: dict[str, str],
    now: int,
    space: str,
    wide: bool = True,
    standings: tuple[str, ...] = LIVE,
) -> Settled:
    """Withdraw what is not yet withdrawn, as one deed in the caller's transaction.

    Args:
        addresses: whole addresses.
        reason: why, kept as history.
        view: from where memory is looked at.
        wide: every branch's assertion, not only this branch's.
        standings: what can still be withdrawn.
    """
    found = reasons.sorted_out(connection, list(addresses), view, standings)
    if found.done:
        retract(connection, found.done, reason, at=at, now=now, wide=wide, kind="forget", space=space)
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


def _texts_of(connection: Connection, address: str) -> set[str]:
    """Return the hashes of every text that any deed ever gave a claim, and of reasons of its own."""
    name = f"claim/{address}"
    found: set[str] = set()
    for event in events.iter_aggregate(connection, name):
        part = event.parts[name]
        if part.get("object"):
            found.add(part["object"])
        if part["do"] == "retract" and part.get("cause") and len(event.parts) == 1:
            found.add(part["cause"])
    shared = {one for one in found if _withdraws_others(connection, one, address)}
    return found - shared


def _withdraws_others(connection: Connection, cause: str, address: str) -> bool:
    mine = {one.claim for one in assertions.by_address(connection, address)}
    return any(row["claim"] not in mine for row in rows.iter_rows(connection, "assertions", cause=cause))
