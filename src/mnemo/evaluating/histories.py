"""A history as claims in a store of its own, so that citations can be looked for in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from mnemo import ids
from mnemo.evaluating.citations import DEEPEST
from mnemo.model.claim import View, payload_of
from mnemo.model.event import Part
from mnemo.repo.commits import Commit
from mnemo.retrieval.ranking import Question, iter_candidates
from mnemo.retrieval.standpoint import Standpoint
from mnemo.store import events, objects
from mnemo.store.claims import assert_part
from mnemo.store.database import Database

AT_ONCE = 500
LONGEST = 4_000  # characters of a message
MOST_PATHS = 12


def fill(
    db: Database, walked: Sequence[Commit], now: int, progress: Callable[[int, int], None] | None = None
) -> dict[str, list[str]]:
    """Claim every commit's message, tied to what it touched; return the commits by address.

    Args:
        db: a store of its own.
        walked: commits; two with the same message share an address.
        now: wall clock, milliseconds.
        progress: called with how many are written and how many there are.
    """
    known: dict[str, list[str]] = {}
    for start in range(0, len(walked), AT_ONCE):
        parts: dict[str, Part] = {}
        with db.transaction() as connection:
            for one in walked[start : start + AT_ONCE]:
                anchors = [{"type": "file", "path": path} for path in one.paths[:MOST_PATHS]]
                message = one.message.strip()[:LONGEST] or one.hash
                sealed = objects.seal(payload_of(message, anchors=anchors))
                address = ids.address("leaf", sealed.payload["content"])
                known.setdefault(address, []).append(one.hash)
                parts[f"claim/{address}"] = assert_part(object=sealed.hash)
                objects.put(connection, sealed)
            events.record(connection, "claim", parts, at={}, now=now)
        if progress:
            progress(min(start + AT_ONCE, len(walked)), len(walked))
    return known


def iter_ranked(
    db: Database, known: dict[str, list[str]], query: str, standpoint: Standpoint, now: int
) -> Iterator[str]:
    """Yield the commits that a query finds, best first.

    Args:
        db: the store that was filled.
        known: the commits by address.
        query: what is looked for.
        standpoint: backend.
        now: wall clock, milliseconds.
    """
    with db.reading() as connection:
        found = iter_candidates(connection, Question(query), View("", now=now), standpoint)
        for one in islice(found, 2 * DEEPEST):
            yield from known[one.assertion.address]
