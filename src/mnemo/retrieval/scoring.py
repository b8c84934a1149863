"""What scores the candidates' texts: a backend, which one can choose."""

from __future__ import annotations

from collections.abc import Sequence

from mnemo.light import TYPE_CHECKING
from mnemo.retrieval import legs
from mnemo.retrieval.asking import Asked
from mnemo.retrieval.legs import Document
from mnemo.store.connections import Connection

if TYPE_CHECKING:
    from typing import Protocol

    class Backend(Protocol):
        """Scores texts.

        Args:
            name: how it is chosen.
        """

        name: str

        def recruit(self, connection: Connection, asked: Asked, most: int) -> list[int]:
            """Return rows of further claims that could answer, best first; the full text finds its own."""
            ...

        def score(
            self, connection: Connection, asked: Asked, documents: Sequence[Document]
        ) -> list[dict[str, float]]:
            """Return for each document the shares of its score by name; they add up to it."""
            ...


class Bm25:
    """The default: the full text finds, Okapi BM25 and seven further looks at the text decide."""

    name = "bm25"

    def recruit(self, connection: Connection, asked: Asked, most: int) -> list[int]:
        """Return nothing: what shares no word with the question is not looked for."""
        return []

    def score(
        self, connection: Connection, asked: Asked, documents: Sequence[Document]
    ) -> list[dict[str, float]]:
        """Return the shares of each way of looking at the text."""
        return legs.shares(asked, documents)


class Fts5:
    """The first stage alone, as hooks use it: what the full text says."""

    name = "fts5"

    def recruit(self, connection: Connection, asked: Asked, most: int) -> list[int]:
        """Return nothing: the full text finds its own."""
        return []

    def score(
        self, connection: Connection, asked: Asked, documents: Sequence[Document]
    ) -> list[dict[str, float]]:
        """Return each document's score in the full text over the best one's."""
        best = max((one.first for one in documents), default=0.0) or 1.0
        return [{"text": max(one.first, 0.0) / best} for one in documents]


BM25 = Bm25()
FTS5 = Fts5()
