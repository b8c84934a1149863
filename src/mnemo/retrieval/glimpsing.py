"""What ranking has read of claims, kept while nothing is written: their assertions and analysed texts.

Questions that follow each other meet the same claims. What is told is read again from the store, and checked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mnemo.light import NamedTuple, TypeVar
from mnemo.model.claim import Assertion
from mnemo.store import assertions, search
from mnemo.store.connections import Connection
from mnemo.store.terms import Generation, generation

MOST_CLAIMS, MOST_STORES = 1_024, 4
LONGEST = 16_384  # characters of a text that are looked at
_EMPTY = (" ", " ", " ", " ")
Fields = tuple[str, str, str, str]
Value = TypeVar("Value")


class Glimpses(NamedTuple):
    """What was read of a store in one state, by the rows of claims.

    Args:
        held: every assertion of a claim.
        fields: its analysed headline, body, tags and paths.
    """

    held: dict[int, list[Assertion]]
    fields: dict[int, Fields]


_kept: dict[Generation, Glimpses] = {}


def glimpses(connection: Connection) -> Glimpses:
    """Return what was read of the store in the state that a reader sees."""
    state = generation(connection)
    found = _kept.get(state)
    if found is None:
        if len(_kept) >= MOST_STORES:
            _kept.clear()
        found = _kept[state] = Glimpses({}, {})
    return found


def held(connection: Connection, known: Glimpses, claims: Sequence[int]) -> dict[int, list[Assertion]]:
    """Return every assertion of the claims with these rows, by row; unchecked."""
    return _of(known.held, claims, [], lambda missing: assertions.glimpsed(connection, missing))


def fields(connection: Connection, known: Glimpses, claims: Sequence[int]) -> dict[int, Fields]:
    """Return the analysed fields of the claims with these rows, by row, words between blanks."""
    return _of(known.fields, claims, _EMPTY, lambda missing: search.fields_of(connection, missing, LONGEST))


def _of(
    known: dict[int, Value],
    claims: Sequence[int],
    nothing: Value,
    read: Callable[[Sequence[int]], dict[int, Value]],
) -> dict[int, Value]:
    missing = [claim for claim in claims if claim not in known]
    fresh = read(missing) if missing else {}
    found = {claim: known.get(claim, nothing) for claim in claims} | fresh
    if len(known) + len(missing) > MOST_CLAIMS:
        known.clear()
    known.update({claim: fresh.get(claim, nothing) for claim in missing})
    return found
