"""Which backend scores the texts: chosen by the setting `retrieval`."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from mnemo.errors import MnemoError
from mnemo.light import TYPE_CHECKING, Any, NamedTuple
from mnemo.retrieval.scoring import BM25, FTS5
from mnemo.settings import Settings
from mnemo.store.database import Database

if TYPE_CHECKING:
    from mnemo.retrieval.scoring import Backend
    from mnemo.retrieval.standpoint import PageCache

NAMES = ("bm25", "fts5", "tfidf", "embedding")


class Chosen(NamedTuple):
    """A backend for one question.

    Args:
        backend: what scores.
        notes: what the person should know about it; more may come while it scores.
    """

    backend: Backend
    notes: list[str]


def choose(settings: Settings, db: Database, environ: Mapping[str, str]) -> Chosen:
    """Return the backend that the settings ask for; where embeddings cannot be had, the default and a note.

    Raises:
        Invalid: the setting names none.
    """
    name = str(settings.get("retrieval").value)
    if name == "fts5":
        return Chosen(FTS5, [])
    if name == "tfidf":
        from mnemo.retrieval.tfidf import TFIDF

        return Chosen(TFIDF, [])
    if name == "embedding":
        return _embedding(settings, db, environ)
    return Chosen(BM25, [])


class Unless:
    """A cache of pages that keeps none once a backend has answered by less than it could.

    Args:
        pages: the cache.
        chosen: whose pages they are.
    """

    def __init__(self, pages: PageCache, chosen: Chosen) -> None:
        self._pages = pages
        self._chosen = chosen

    def find(self, key: Hashable) -> Any | None:
        """Return the page kept under a key, or None."""
        return self._pages.find(key)

    def keep(self, key: Hashable, page: Any) -> None:
        """Keep a page, unless something was missing when it was made."""
        if not self._chosen.notes:
            self._pages.keep(key, page)


def _embedding(settings: Settings, db: Database, environ: Mapping[str, str]) -> Chosen:
    from mnemo.retrieval.embedders import get_embedder
    from mnemo.retrieval.embedding import Embedding

    provider, model = settings.get("embedding.provider").value, settings.get("embedding.model").value
    try:
        backend = Embedding(db, get_embedder(str(provider), str(model), environ))
    except MnemoError as error:
        return Chosen(BM25, [f"no embeddings, answered by words alone: {error} {error.fix}"])
    return Chosen(backend, backend.notes)
