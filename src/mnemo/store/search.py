"""Full text and sketches: local indexes over what the claims say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mnemo import text
from mnemo.light import Any, NamedTuple
from mnemo.store import meta
from mnemo.store.engine import sqlite3

WEIGHTS = (2.5, 1.0, 1.0, 0.5)  # headline, body, tags, paths; see guide/performance.md
CANDIDATES_PER_SKETCH = 32


def index(connection: sqlite3.Connection, claim: int, payload: dict[str, Any]) -> None:
    """Index what a claim says in place of what it said before."""
    from mnemo import sketch  # who only reads does without it

    remove(connection, claim)
    content: str = payload["content"]
    headline = text.headline(content)
    body = content[len(headline) :] if headline else content
    body = " ".join(part for part in (body, payload.get("why"), payload.get("when")) if part)
    connection.execute(
        "INSERT INTO search (rowid, headline, body, tags, paths) VALUES (?, ?, ?, ?, ?)",
        (
            claim,
            text.analysed(headline),
            text.analysed(body),
            text.analysed(" ".join(payload.get("tags", []))),
            text.analysed(" ".join(paths_of(payload))),
        ),
    )
    connection.executemany(
        "INSERT INTO sketches (hash, claim) VALUES (?, ?) ON CONFLICT DO NOTHING",
        [(value, claim) for value in sketch.sketch(content)],
    )


def remove(connection: sqlite3.Connection, claim: int) -> None:
    """Forget what a claim says; its sketch stays, since an address never changes its words."""
    connection.execute("DELETE FROM search WHERE rowid = ?", (claim,))


def paths_of(payload: dict[str, Any]) -> list[str]:
    """Return the paths and names that a payload is tied to, in the order given."""
    found = [payload["path"]] if payload.get("path") else []
    for anchor in payload.get("anchors", []):
        found += [anchor[field] for field in ("path", "name") if anchor.get(field)]
    return found


def frequencies(connection: sqlite3.Connection, words: Sequence[str]) -> tuple[int, dict[str, int]]:
    """Return how many claims are indexed, and in how many each word stands."""
    # The greatest row instead of a count: nearly the same, and it costs nothing in a large store.
    total = connection.execute("SELECT max(id) FROM search_docsize").fetchone()[0] or 0
    marks = ", ".join("?" * len(words))
    found = dict(
        connection.execute(f"SELECT term, doc FROM search_words WHERE term IN ({marks})", list(words))
    )
    return total, found


class Words(NamedTuple):
    """What is asked of the full text; nothing in a word is an operator.

    Args:
        wanted: analysed words, each of which counts for the score.
        needed: words of which a claim must hold one; empty when any of the wanted will do.
    """

    wanted: tuple[str, ...]
    needed: tuple[str, ...]


def iter_pages(
    connection: sqlite3.Connection, words: Words, at_once: int = 64
) -> Iterator[list[tuple[int, float]]]:
    """Yield pages of (claim row, score) of claims that hold any of the words, best first.

    Args:
        words: what is asked.
        at_once: rows of the first page; what is looked at for each further one is four times as much.
    """
    match = _any_of(words.wanted)
    if words.needed and words.needed != words.wanted:
        match = f"({_any_of(words.needed)}) AND ({match})"
    given = 0
    while match:
        found = connection.execute(
            "SELECT rowid, -bm25(search, ?, ?, ?, ?) AS score FROM search WHERE search MATCH ? "
            "ORDER BY score DESC, rowid DESC LIMIT ?",
            (*WEIGHTS, match, at_once),
        ).fetchall()
        yield found[given:]
        if len(found) < at_once:
            return
        given, at_once = len(found), at_once * 4


def texts_of(connection: sqlite3.Connection, claims: Sequence[int]) -> dict[int, str]:
    """Return the analysed words of claims by their row, a blank before and behind each."""
    marks = ", ".join("?" * len(claims))
    found = connection.execute(
        "SELECT rowid, ' ' || headline || ' ' || body || ' ' || tags || ' ' || paths || ' ' FROM search "
        f"WHERE rowid IN ({marks})",
        list(claims),
    )
    return dict(found.fetchall())


def _any_of(words: Sequence[str]) -> str:
    return " OR ".join(f'"{word}"' for word in words)


def near(connection: sqlite3.Connection, probes: Sequence[int]) -> list[int]:
    """Return rows of claims whose sketch shares a hash with the probes, newest first."""
    found: set[int] = set()
    for probe in probes:
        found.update(
            row[0]
            for row in connection.execute(
                "SELECT claim FROM sketches WHERE hash = ? ORDER BY claim DESC LIMIT ?",
                (probe, CANDIDATES_PER_SKETCH),
            )
        )
    return sorted(found, reverse=True)


def is_current(connection: sqlite3.Connection) -> bool:
    """Whether the index was made by this version of the text analysis."""
    return meta.find(connection, "analysis") in (None, str(text.ANALYSIS))


def reindex(connection: sqlite3.Connection) -> int:
    """Make the whole index anew; return how many claims it holds."""
    from mnemo.store import objects

    connection.execute("DELETE FROM search")
    connection.execute("DELETE FROM sketches")
    newest = connection.execute(
        "SELECT claim, object FROM assertions a "
        "WHERE clock = (SELECT max(clock) FROM assertions WHERE claim = a.claim) "
        "GROUP BY claim"
    ).fetchall()
    count = 0
    for claim, object_hash in newest:
        payload = objects.find(connection, object_hash)
        if payload is not None:
            index(connection, claim, payload)
            count += 1
    meta.put(connection, "analysis", str(text.ANALYSIS))
    return count


def optimize(connection: sqlite3.Connection) -> None:
    """Merge the index into one piece, so that no removed word stays in it."""
    connection.execute("INSERT INTO search (search) VALUES ('optimize')")


def is_whole(connection: sqlite3.Connection) -> bool:
    """Whether the full-text index fits the texts that it indexes."""
    try:
        connection.execute("INSERT INTO search (search) VALUES ('integrity-check')")
    except sqlite3.DatabaseError:
        return False
    return True
