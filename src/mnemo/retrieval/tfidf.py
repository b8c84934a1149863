"""TF-IDF as an earlier program computed it: the cosine of a question and a claim, word by word.

A word weighs ln(1 + n / df) among n claims of which df hold it, times how often it stands in the text, once
in the question. Long claims count less: in full up to 30 distinct words, beyond that in proportion.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from mnemo.light import NamedTuple
from mnemo.retrieval.asking import Asked
from mnemo.retrieval.intent import keywords
from mnemo.retrieval.legs import Document
from mnemo.store import objects, terms
from mnemo.store.connections import Connection
from mnemo.store.terms import Generation

FULL_LENGTH = 30  # distinct words
MOST_STORES = 4


class Counted(NamedTuple):
    """In how many texts each word stands.

    Args:
        texts: how many there are.
        held: texts that hold a word.
    """

    texts: int
    held: Mapping[str, int]


def cosines(query: str, texts: Sequence[str]) -> list[float]:
    """Return how much each of some texts is like a question, 0 to 1.

    Args:
        query: the question.
        texts: all there are; what a word weighs is counted in them.
    """
    words = [Counter(keywords(each)) for each in texts]
    counted = Counted(len(texts), Counter(word for each in words for word in each))
    asked = dict.fromkeys(keywords(query), 1)
    return [cosine(asked, each, counted) for each in words]


def cosine(asked: Mapping[str, int], words: Mapping[str, int], counted: Counted) -> float:
    """Return how much a text is like a question, 0 to 1.

    Args:
        asked: the question's words, each once.
        words: the text's words and how often each stands in it.
        counted: in how many texts each word stands.
    """
    shared = [word for word in asked if word in words]
    if not shared:
        return 0.0
    weights = {word: _weight(word, counted) for word in {*asked, *words}}
    product = sum(weights[word] ** 2 * words[word] for word in shared)
    known = [weights[word] for word in asked if counted.held.get(word)]
    lengths = math.hypot(*known) * math.hypot(*(weights[word] * often for word, often in words.items()))
    return product / lengths


class TfIdf:
    """The backend of that name."""

    name = "tfidf"

    def recruit(self, connection: Connection, asked: Asked, most: int) -> list[int]:
        """Return nothing: the full text finds whatever shares a word."""
        return []

    def score(
        self, connection: Connection, asked: Asked, documents: Sequence[Document]
    ) -> list[dict[str, float]]:
        """Return each document's likeness, less for a long one."""
        counted = _counted(connection)
        wanted = dict.fromkeys(keywords(asked.query), 1)
        texts = objects.contents_of(connection, [one.claim for one in documents])
        found: list[dict[str, float]] = []
        for one in documents:
            content = texts.get(one.claim, "")
            words = Counter(keywords(content))
            brief = min(1.0, FULL_LENGTH / max(len(set(content.lower().split())), 1))
            likeness = cosine(wanted, words, counted) * brief
            found.append({"tfidf": likeness} if likeness else {})
        return found


TFIDF = TfIdf()
_kept: dict[Generation, Counted] = {}


def _counted(connection: Connection) -> Counted:
    """Return the counts of a store's claims, made anew once the store has changed."""
    key = terms.generation(connection)
    counted = _kept.get(key)
    if counted is None:
        held: Counter[str] = Counter()
        count = 0
        for content in objects.iter_active(connection):
            held.update(set(keywords(content)))
            count += 1
        counted = Counted(count, held)
        for other in list(_kept):
            if other[:2] == key[:2] or len(_kept) >= MOST_STORES:
                _kept.pop(other, None)
        _kept[key] = counted
    return counted


def _weight(word: str, counted: Counted) -> float:
    held = counted.held.get(word, 0)
    return math.log(1 + counted.texts / held) if held else 0.0
