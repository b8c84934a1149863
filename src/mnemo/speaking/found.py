"""Claims that could be told: found, and those that a hook keeps to itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mnemo.light import Any, NamedTuple
from mnemo.model.claim import Assertion, View, current, is_live
from mnemo.speaking.said import Told
from mnemo.store import assertions
from mnemo.store.connections import Connection

Payload = dict[str, Any]


class Found(NamedTuple):
    """A claim that could be told; what it says is read when its turn comes.

    Args:
        assertion: the one that counts here.
        why: anchored to src/a.py, speaks for its folder, matches 0.62, priority 0.9.
    """

    assertion: Assertion
    why: str

    @property
    def address(self) -> str:
        """The claim's."""
        return self.assertion.address

    def told(self, why: str) -> Told:
        """Return the claim as it is noted: its address, and why it was told or left out."""
        return Told(self.assertion.address, why)


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
    found: list[Found] = []
    kept: list[Told] = []
    for row, why in reasons.items():
        one = current(held.get(row, ()), view)
        if one is None or not is_live(one, view) or one.domain == "feedback":
            continue
        if one.quiet or one.standing == "unconfirmed":
            kept.append(Told(one.address, "quiet" if one.quiet else "unconfirmed"))
        else:
            found.append(Found(one, why))
    return found, kept


def iter_said(connection: Connection, found: Iterable[Found]) -> Iterator[tuple[Found, Payload]]:
    """Yield claims with what they say, in their order; those that were erased say nothing."""
    every = list(found)
    payloads = assertions.payloads(connection, [one.assertion for one in every])
    return ((one, payloads[one.assertion.object]) for one in every if one.assertion.object in payloads)
