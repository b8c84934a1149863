"""What ranking has read of claims, kept while nothing is written: their assertions and texts.

Questions that follow each other meet the same claims. What is told is read again from the store, and checked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mnemo.light import NamedTuple, TypeVar
from mnemo.model.claim import Assertion
from mnemo.retrieval import legs
from mnemo.retrieval.legs import Text
from mnemo.store import assertions, search
from mnemo.store.connections import Connection
from mnemo.store.terms import Generation, generation

MOST_CLAIMS, MOST_STORES = 1_024, 4
LONGEST, LONGEST_KEPT = 16_384, 4_096  # characters of a text that are looked at, and of one that is kept
Value = TypeVar("Value")


class Glimpses(NamedTuple):
    """What was read of a store in one state, by the rows of claims.

    Args:
        held: every assertion of a claim.
        texts: its text as the second stage reads it.
    """

    held: dict[int, list[Assertion]]
    texts: dict[int, Text]


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
    return _of(known.held, claims, lambda missing: assertions.glimpsed(connection, missing))


def texts(connection: Connection, known: Glimpses, claims: Sequence[int]) -> dict[int, Text]:
    """Return the texts of the claims with these rows, by row; those that have none are left out."""
    return _of(known.texts, claims, lambda missing: _read(connection, missing), _is_kept)


def _read(connection: Connection, claims: Sequence[int]) -> dict[int, Text]:
    found = search.fields_of(connection, claims, LONGEST)
    return {claim: legs.laid_out(*fields) for claim, fields in found.items()}


def _is_kept(one: Text) -> bool:
    return len(one.whole) <= LONGEST_KEPT


def _of(
    known: dict[int, Value],
    claims: Sequence[int],
    read: Callable[[Sequence[int]], dict[int, Value]],
    is_kept: Callable[[Value], bool] = bool,
) -> dict[int, Value]:
    missing = [claim for claim in claims if claim not in known]
    fresh = read(missing) if missing else {}
    found = {claim: known[claim] for claim in claims if claim in known} | fresh
    if len(known) + len(fresh) > MOST_CLAIMS:
        known.clear()
    known.update({claim: one for claim, one in fresh.items() if is_kept(one)})
    return found
