"""Embeddings beside words: each over its largest value, added. Where none can be had, words alone answer."""

from __future__ import annotations

import time
from _thread import allocate_lock
from collections.abc import Sequence

from mnemo.errors import MnemoError
from mnemo.light import TYPE_CHECKING, NamedTuple
from mnemo.redact import redact
from mnemo.retrieval import legs, vectors
from mnemo.retrieval.asking import Asked
from mnemo.retrieval.legs import Document
from mnemo.store import embeddings, objects
from mnemo.store.connections import Connection
from mnemo.store.database import Database

if TYPE_CHECKING:
    from mnemo.retrieval.embedders import Embedder

AT_ONCE = 48  # claims of one request
FILLING_S = 2.0  # how long a recall embeds claims that have no embedding yet
RESTING_S = 30.0  # how long a service that failed is left alone
MOST_QUESTIONS = 256
HALF = 0.5


class _Model(NamedTuple):
    """What a process keeps of one model in one store.

    Args:
        shelf: its vectors.
        seen: row of the newest embedding on the shelf, in a list of one.
        questions: vectors of questions, the oldest first.
    """

    shelf: vectors.Shelf
    seen: list[int]
    questions: dict[str, bytes]


_models: dict[tuple[str, str], _Model] = {}
_resting: dict[Embedder, tuple[float, str]] = {}
_guard = allocate_lock()


class Embedding:
    """Words and embeddings, for one question.

    Args:
        db: the store, to keep embeddings in.
        embedder: who computes them.
    """

    def __init__(self, db: Database, embedder: Embedder) -> None:
        self.name = f"embedding by {embedder.model}"  # pages found by another model are of no use
        self.notes: list[str] = []
        self._db = db
        self._embedder = embedder
        self._model = _model(db.path, embedder.model)
        self._question = b""

    def recruit(self, connection: Connection, asked: Asked, most: int) -> list[int]:
        """Return the claims nearest to the question, embedding first what has no embedding yet."""
        if not asked.query.strip():
            return []
        reason = _rests(self._embedder)
        if reason:
            self._fail(reason)
            return []
        try:
            self._fill(connection)
            self._question = self._asked(asked.query)
        except MnemoError as error:
            _resting[self._embedder] = (time.monotonic() + RESTING_S, str(error))
            self._fail(str(error))
            return []
        with _guard:
            nearest = self._model.shelf.nearest(self._question, most)
        return embeddings.rows_of(connection, nearest) if nearest else []

    def score(
        self, connection: Connection, asked: Asked, documents: Sequence[Document]
    ) -> list[dict[str, float]]:
        """Return the shares of words and of the embedding, half of the score each."""
        lexical = legs.shares(asked, documents)
        if not self._question or not documents:
            return lexical
        addresses = embeddings.addresses_of(connection, [one.claim for one in documents])
        with _guard:
            near = self._model.shelf.cosines(
                self._question, [addresses.get(one.claim, "") for one in documents]
            )
        # The words' shares are over their largest values already; where one way alone finds something, such
        # as like spelling, raising it to the whole half would let it decide.
        rate = HALF / (max(near) if max(near) > 0 else 1.0)
        found: list[dict[str, float]] = []
        for shares, value in zip(lexical, near, strict=True):
            mine = {name: HALF * share for name, share in shares.items()}
            found.append(mine | ({"embedding": rate * value} if value > 0 else {}))
        return found

    def _fail(self, reason: str) -> None:
        self.notes.append(f"no embeddings, answered by words alone: {reason}")

    def _fill(self, connection: Connection) -> None:
        """Embed claims that have no embedding for as long as a recall may take, the newest first."""
        self._load(connection)
        until = time.monotonic() + FILLING_S
        while missing := self._missing():
            texts = [text for _, text in missing]
            found = self._embedder.embed(texts, asking=False)
            made = [(address, vectors.unit(one)) for (address, _), one in zip(missing, found, strict=True)]
            with self._db.transaction(counted=False) as writer:
                embeddings.put(writer, self._embedder.model, made)
            with _guard:
                self._model.shelf.add(made)
            if time.monotonic() > until:
                self._tell_rest()
                return

    def _missing(self) -> list[tuple[str, str]]:
        # Read anew each time: the recall's own reader does not see what is written meanwhile.
        with self._db.reading() as connection:
            found = embeddings.missing(connection, self._embedder.model, AT_ONCE)
            payloads = [(address, objects.find(connection, name)) for address, name in found]
        return [(address, payload["content"]) for address, payload in payloads if payload]

    def _tell_rest(self) -> None:
        with self._db.reading() as connection:
            rest = len(embeddings.missing(connection, self._embedder.model, 1_000_000))
        if rest:
            self.notes.append(f"{rest:,} claims have no embedding yet; they are found by words alone")

    def _load(self, connection: Connection) -> None:
        """Put on the shelf what this store keeps and other processes added."""
        newest, seen = embeddings.newest(connection), self._model.seen
        with _guard:
            if newest != seen[0]:  # fewer where an older store was brought back
                after = seen[0] if newest > seen[0] else 0
                kept = embeddings.iter_after(connection, self._embedder.model, after)
                self._model.shelf.add((one.address, one.vector) for one in kept)
                seen[0] = newest

    def _asked(self, query: str) -> bytes:
        query = redact(query)
        known = self._model.questions.get(query)
        if known is None:
            (found,) = self._embedder.embed([query], asking=True)
            known = vectors.unit(found)
            with _guard:
                if len(self._model.questions) >= MOST_QUESTIONS:
                    self._model.questions.pop(next(iter(self._model.questions)))
                self._model.questions[query] = known
        return known


def _model(path: str, model: str) -> _Model:
    with _guard:
        return _models.setdefault((path, model), _Model(vectors.Shelf(), [0], {}))


def _rests(embedder: Embedder) -> str:
    """Return why a service is left alone for now, empty when it is not."""
    until, reason = _resting.get(embedder, (0.0, ""))
    return reason if time.monotonic() < until else ""
