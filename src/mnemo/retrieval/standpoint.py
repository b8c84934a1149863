"""From where a question is ranked: what counts beside the store, the branch and the words."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence

from mnemo.light import TYPE_CHECKING, Any, NamedTuple
from mnemo.model.claim import Assertion
from mnemo.retrieval.scoring import BM25
from mnemo.store import counters
from mnemo.store.connections import Connection
from mnemo.store.counters import Counts

if TYPE_CHECKING:
    from typing import Protocol

    from mnemo.retrieval.scoring import Backend

    class PageCache(Protocol):
        """Keeps first pages between questions."""

        def find(self, key: Hashable) -> Any | None:
            """Return the page kept under a key, or None."""
            ...

        def keep(self, key: Hashable, page: Any) -> None:
            """Keep a page; an old one may go."""
            ...


def written_counts(connection: Connection, found: Sequence[Assertion]) -> Mapping[int, Counts]:
    """Return what the store knows of the recalls of claims, by their row."""
    return counters.by_claim(connection, [one.claim for one in found])


class Standpoint(NamedTuple):
    """What ranking may look at beside the store.

    Args:
        backend: what scores the texts.
        counts: tells what became of the recalls of claims, by their row.
        recent: how many recalls ago this session was told a claim, by its address.
        pages: keeps first pages between questions; None where nobody asks twice.
    """

    backend: Backend = BM25
    counts: Callable[[Connection, Sequence[Assertion]], Mapping[int, Counts]] = written_counts
    recent: Mapping[str, int] = {}
    pages: PageCache | None = None
