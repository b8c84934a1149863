"""What is asked of memory, and how much each of its words tells in this store."""

from __future__ import annotations

from collections.abc import Mapping

from mnemo import text
from mnemo.light import NamedTuple
from mnemo.retrieval.rarity import idf
from mnemo.store.connections import Connection
from mnemo.store.terms import terms_of

MOST_WORDS = 400  # of an overlong question
MANY = 20_000  # claims of a store where each that is read costs the most


class Question(NamedTuple):
    """What is asked of memory.

    Args:
        query: words or a question; may be empty.
        path: a file or folder of the repository; may be empty.
        domain: only this domain; empty for all but feedback.
    """

    query: str
    path: str = ""
    domain: str = ""


class Asked(NamedTuple):
    """A question as the texts of a store are asked it.

    Args:
        query: as it was typed.
        words: its analysed words in order, repeated where they repeat.
        surface: its words unstemmed, in order, repeated where they repeat.
        known: its distinct words that some claim holds, the rarest first.
        telling: how much each of these tells.
        held: in how many claims each of these stands.
        claims: how many claims the store's full text holds.
        lengths: words of their headlines, bodies, tags and paths on average.
    """

    query: str
    words: tuple[str, ...]
    surface: tuple[str, ...]
    known: tuple[str, ...]
    telling: Mapping[str, float]
    held: Mapping[str, int]
    claims: int
    lengths: tuple[float, ...]


def asked_of(connection: Connection, query: str) -> Asked:
    """Return a question with what each of its words tells in this store.

    Args:
        connection: a reader.
        query: anything, of any length.
    """
    words = tuple(text.words(query)[:MOST_WORDS])
    distinct = dict.fromkeys(words)
    terms = terms_of(connection, distinct)
    held = {word: count for word in distinct if (count := terms.held[word])}
    known = tuple(sorted(held, key=lambda word: held[word]))
    telling = {word: idf(terms.claims, held[word]) for word in known}
    surface = tuple(text.surface(query)[:MOST_WORDS])
    return Asked(query, words, surface, known, telling, held, terms.claims, terms.lengths)
