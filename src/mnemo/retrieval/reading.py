"""Candidates' texts, read as the second stage wants them."""

from __future__ import annotations

from collections.abc import Sequence

from mnemo import text
from mnemo.light import Any
from mnemo.model.claim import Assertion
from mnemo.retrieval import glimpsing
from mnemo.retrieval.glimpsing import LONGEST, Glimpses
from mnemo.retrieval.legs import Document
from mnemo.store import objects
from mnemo.store.connections import Connection

MOST_KEPT, LONGEST_KEPT = 1_024, 4_096

# An object's text never changes; splitting it into words takes longer than all that is done with them.
_surfaces: dict[str, str] = {}


def documents(
    connection: Connection, known: Glimpses, found: Sequence[tuple[Assertion, float]]
) -> list[Document]:
    """Return the texts of candidates in their order.

    Args:
        connection: a reader.
        known: what was read before of the store as it is.
        found: the assertion that counts of each, and its score in the first stage.
    """
    fields = glimpsing.fields(connection, known, [one.claim for one, _ in found])
    surfaces = _surfaces_of(connection, [one.object for one, _ in found if one.object])
    return [
        Document(one.claim, first, *fields[one.claim], surfaces.get(one.object, "__")) for one, first in found
    ]


def _surfaces_of(connection: Connection, wanted: Sequence[str]) -> dict[str, str]:
    """Return the unstemmed words of objects by their hash, each word between two underscores of its own."""
    known = {one: _surfaces[one] for one in wanted if one in _surfaces}
    missing = [one for one in wanted if one not in known]
    read = objects.read_unchecked(connection, missing) if missing else {}
    for key, payload in read.items():
        known[key] = surface = f"_{'__'.join(text.surface(_said(payload)))}_"
        if len(surface) <= LONGEST_KEPT:
            _keep(key, surface)
    return known


def _said(payload: dict[str, Any]) -> str:
    parts = (payload.get(name) for name in ("content", "why", "when"))
    return " ".join(part for part in parts if part)[:LONGEST]


def _keep(key: str, surface: str) -> None:
    if len(_surfaces) >= MOST_KEPT:
        for old in list(_surfaces)[: MOST_KEPT // 4]:
            _surfaces.pop(old, None)
    _surfaces[key] = surface
