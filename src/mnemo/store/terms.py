"""How common words are in a store, and how long its texts; remembered until the store changes."""

from __future__ import annotations

from collections.abc import Iterable

from mnemo.light import NamedTuple
from mnemo.store import meta
from mnemo.store.engine import sqlite3

Generation = tuple[str, str, int]

MOST_STORES = 8
MOST_WORDS = 20_000  # remembered of one store
_AVERAGES = 1  # where FTS5 keeps its counts: https://www.sqlite.org/src/file/ext/fts5/fts5_index.c
_FIELDS = 4


class Terms(NamedTuple):
    """What a store's full text counts.

    Args:
        claims: how many it holds.
        lengths: words of its headlines, bodies, tags and paths on average.
        held: in how many claims a word stands, of the words asked for so far; 0 for unknown ones.
    """

    claims: int
    lengths: tuple[float, ...]
    held: dict[str, int]


_kept: dict[Generation, Terms] = {}


def generation(connection: sqlite3.Connection) -> Generation:
    """Return what changes whenever the store does, and differs between stores."""
    path = connection.execute("PRAGMA database_list").fetchone()[2]
    newest = connection.execute("SELECT max(id) FROM events").fetchone()[0] or 0
    return path, meta.find(connection, "repository_id") or "", newest


def terms_of(connection: sqlite3.Connection, words: Iterable[str]) -> Terms:
    """Return what the full text counts, with how many claims hold each of these words.

    Args:
        connection: a reader.
        words: as they are indexed.
    """
    key = generation(connection)
    terms = _kept.get(key) or _counted(connection)
    missing = [word for word in words if word not in terms.held]
    if len(terms.held) + len(missing) > MOST_WORDS:
        terms = Terms(terms.claims, terms.lengths, {})
        missing = list(words)
    if missing:
        marks = ", ".join("?" * len(missing))
        found = connection.execute(f"SELECT term, doc FROM search_words WHERE term IN ({marks})", missing)
        terms.held.update(dict.fromkeys(missing, 0) | dict(found.fetchall()))
    _keep(key, terms)
    return terms


def _keep(key: Generation, terms: Terms) -> None:
    """Remember what was counted; an older state of the same store is forgotten."""
    if key in _kept and _kept[key] is terms:
        return
    for other in list(_kept):
        if other[:2] == key[:2] or len(_kept) >= MOST_STORES:
            _kept.pop(other, None)
    _kept[key] = terms


def _counted(connection: sqlite3.Connection) -> Terms:
    found = connection.execute("SELECT block FROM search_data WHERE id = ?", (_AVERAGES,)).fetchone()
    claims, *sums = _numbers(found[0] if found else b"") or [0]
    lengths = [(*sums, 0, 0, 0, 0)[place] / max(claims, 1) for place in range(_FIELDS)]
    return Terms(claims, tuple(lengths), {})


def _numbers(block: bytes) -> list[int]:
    """Return the numbers of a block: seven bits a byte, the high bit says that more follow."""
    found: list[int] = []
    value = 0
    for byte in block:
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            found.append(value)
            value = 0
    return found
