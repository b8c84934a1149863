"""Which anchors there are: read from the store once, then only what changed."""

from __future__ import annotations

from mnemo.model.claim import Assertion, View, current, is_live
from mnemo.store import assertions, states
from mnemo.store.connections import Connection
from mnemo.store.states import Spot


class Book:
    """Every claim that has anchors, and where each of them looks."""

    def __init__(self) -> None:
        self._sums: dict[int, tuple[int, int]] = {}
        self._held: dict[int, list[Assertion]] = {}
        self._spots: dict[int, list[Spot]] = {}

    def refresh(self, connection: Connection) -> set[int] | None:
        """Read what changed since the last time.

        Returns:
            assertions that say something else than before; None when nothing at all changed.
        """
        sums = states.list_sums(connection)
        changed = {claim for _, (claim, _) in sums.items() ^ self._sums.items()}
        if not changed:
            return None
        before = {one.id: one.object for claim in changed for one in self._held.pop(claim, [])}
        fresh = assertions.by_claim(connection, sorted(changed))
        for row in before:
            self._spots.pop(row, None)
        for spot in states.list_spots(connection, [one.id for held in fresh.values() for one in held]):
            self._spots.setdefault(spot.assertion, []).append(spot)
        self._held.update(fresh)
        self._sums = sums
        return {
            one.id
            for held in fresh.values()
            for one in held
            if one.id in before and before[one.id] != one.object
        }

    def choose(self, view: View) -> dict[int, Assertion]:
        """Return the assertions that have anchors and may be told from a working tree, by row."""
        found = (current(held, view) for held in self._held.values())
        return {
            one.id: one for one in found if one is not None and one.id in self._spots and is_live(one, view)
        }

    def spots(self, assertion: int) -> list[Spot]:
        """Return where the anchors of an assertion look."""
        return self._spots.get(assertion, [])

    def find(self, rows: set[int]) -> dict[int, Assertion]:
        """Return those assertions, whether or not they may be told; unknown ones are left out."""
        return {one.id: one for held in self._held.values() for one in held if one.id in rows}
