"""Claims that could be told: found, and those that a hook keeps to itself."""

from __future__ import annotations

from collections.abc import Iterable

from mnemo.light import Any, NamedTuple
from mnemo.model.claim import Assertion, View, current, is_live
from mnemo.retrieval import cards
from mnemo.speaking.said import Told
from mnemo.store import assertions
from mnemo.store.connections import Connection


class Found(NamedTuple):
    """A claim that could be told.

    Args:
        assertion: the one that counts here.
        payload: what it says.
        why: anchored to src/a.py, speaks for its folder, matches 0.62, priority 0.9.
    """

    assertion: Assertion
    payload: dict[str, Any]
    why: str

    def told(self, why: str) -> Told:
        """Return the claim as it is noted: address, first line, and why it was told or left out."""
        first = self.payload["content"].strip().split("\n", 1)[0]
        return Told(self.assertion.address, cards.phrase(first), why)


def choose(
    connection: Connection, rows: Iterable[tuple[int, str]], view: View
) -> tuple[list[Found], list[Told]]:
    """Return what may be told of some claims, in their order, and what is kept back though it holds here.

    Claims of other branches, of other sessions' workspaces, feedback, and whatever was withdrawn or has
    expired are in neither.

    Args:
        rows: (claim row, why) each; the first reason given for a row counts.
        view: from where memory is looked at.
    """
    reasons: dict[int, str] = {}
    for row, why in rows:
        reasons.setdefault(row, why)
    held = assertions.by_claim(connection, list(reasons))
    counting = [(one, why) for row, why in reasons.items() if (one := current(held.get(row, ()), view))]
    live = [(one, why) for one, why in counting if is_live(one, view) and one.domain != "feedback"]
    payloads = assertions.payloads(connection, [one for one, _ in live])
    found: list[Found] = []
    kept: list[Told] = []
    for one, why in live:
        if one.object not in payloads:
            continue
        claim = Found(one, payloads[one.object], why)
        if one.quiet or one.standing == "unconfirmed":
            kept.append(claim.told("quiet" if one.quiet else "unconfirmed"))
        else:
            found.append(claim)
    return found, kept
