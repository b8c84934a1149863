"""Full text: a local index over what the claims say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from mnemo import surface, text
from mnemo.light import Any, NamedTuple
from mnemo.store import meta, rows
from mnemo.store.engine import sqlite3

WEIGHTS = (2.5, 1.0, 1.0, 0.5)  # headline, body, tags, paths; see guide/performance.md
# Where FTS5 keeps the texts of its columns: it gives them in two thirds of the time, and says in a tenth
# that there is none. https://www.sqlite.org/fts5.html#fts5_data_structures
_TEXTS = "search_content"
LONGEST_HEADLINE = 200  # characters of a statement in one line


def index(connection: sqlite3.Connection, said: Mapping[int, dict[str, Any]]) -> None:
    """Index what claims say, by their rows, in place of what they said before."""
    known = _stored(connection, list(said))
    words = {claim: _fields(said[claim]) for claim in sorted(said)}
    remove(connection, [claim for claim, before in known.items() if before != words[claim]])
    connection.executemany(
        "INSERT INTO search (rowid, headline, body, tags, paths) VALUES (?, ?, ?, ?, ?)",
        [(claim, *fields) for claim, fields in words.items() if known.get(claim) != fields],
    )


def _fields(payload: dict[str, Any]) -> tuple[str, str, str, str]:
    """Return a payload's analysed headline and body, which keep their surface, tags and paths."""
    content: str = payload["content"]
    headline = text.headline(content) or _only_line(content)
    rest = (content[len(headline) :], payload.get("why"), payload.get("when"))
    return (
        surface.written(headline),
        surface.written(" ".join([part for part in rest if part])),
        text.analysed(" ".join(payload.get("tags", ()))),
        text.analysed(" ".join(paths_of(payload))),
    )


def _stored(connection: sqlite3.Connection, claims: Sequence[int]) -> dict[int, tuple[str, str, str, str]]:
    found: dict[int, tuple[str, str, str, str]] = {}
    for some, marks in rows.iter_portions(claims):
        for claim, *fields in connection.execute(
            f"SELECT id, c0, c1, c2, c3 FROM {_TEXTS} WHERE id IN ({marks})", some
        ):
            found[claim] = (fields[0], fields[1], fields[2], fields[3])
    return found


def _only_line(content: str) -> str:
    """Return a statement of one short line, which is its own headline."""
    return content if len(content) <= LONGEST_HEADLINE else ""


def remove(connection: sqlite3.Connection, claims: Iterable[int]) -> None:
    """Forget what claims say."""
    connection.executemany("DELETE FROM search WHERE rowid = ?", [(claim,) for claim in claims])


def paths_of(payload: dict[str, Any]) -> list[str]:
    """Return the paths and names that a payload is tied to, in the order given."""
    found = [payload["path"]] if payload.get("path") else []
    for anchor in payload.get("anchors", []):
        found += [anchor[field] for field in ("path", "name") if anchor.get(field)]
    return found


def holding(connection: sqlite3.Connection, word: str, most: int) -> list[int]:
    """Return rows of claims that hold a word, or several beside each other, the newest first.

    Args:
        connection: a reader.
        word: analysed; nothing in it is an operator.
        most: rows returned at most.
    """
    sql = "SELECT rowid FROM search WHERE search MATCH ? ORDER BY rowid DESC LIMIT ?"
    return [row[0] for row in connection.execute(sql, (_any_of([word]), most))]


def holding_any(connection: sqlite3.Connection, words: Sequence[str], most: int) -> list[tuple[int, float]]:
    """Return (claim row, score) of claims that hold any of the words, newest first.

    Args:
        connection: a reader.
        words: analysed words; nothing in them is an operator.
        most: rows looked at and returned at most.
    """
    return _scored(connection, _any_of(words), most)


def holding_two(connection: sqlite3.Connection, words: Sequence[str], most: int) -> list[tuple[int, float]]:
    """Return (claim row, score) of claims that hold at least two of a few words, newest first."""
    pairs = (f'"{one}" AND "{other}"' for place, one in enumerate(words) for other in words[place + 1 :])
    return _scored(connection, " OR ".join(f"({pair})" for pair in pairs), most)


def holding_also(connection: sqlite3.Connection, words: Sequence[str], word: str) -> list[int]:
    """Return rows of claims that hold any of the words, and another one."""
    match = f'({_any_of(words)}) AND "{word}"'
    return [row[0] for row in connection.execute("SELECT rowid FROM search WHERE search MATCH ?", (match,))]


def fields_of(
    connection: sqlite3.Connection, claims: Sequence[int], longest: int
) -> dict[int, tuple[str, str, str, str]]:
    """Return the stored headline, body, tags and paths of claims by their row.

    Args:
        connection: a reader.
        claims: their rows.
        longest: characters of a body that are read.
    """
    marks = ", ".join("?" * len(claims))
    found = connection.execute(
        f"SELECT id, c0, substr(c1, 1, ?), c2, c3 FROM {_TEXTS} WHERE id IN ({marks})", (longest, *claims)
    )
    return {row[0]: row[1:] for row in found}


def _scored(connection: sqlite3.Connection, match: str, most: int) -> list[tuple[int, float]]:
    # In the order of the rows nothing is sorted, and what lies behind the limit is never looked at.
    return connection.execute(
        "SELECT rowid, -bm25(search, ?, ?, ?, ?) FROM search WHERE search MATCH ? "
        "ORDER BY rowid DESC LIMIT ?",
        (*WEIGHTS, match, most),
    ).fetchall()


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
        f"SELECT id, c0 || ' ' || c1 || ' ' || c2 || ' ' || c3 FROM {_TEXTS} WHERE id IN ({marks})",
        list(claims),
    )
    return {claim: f" {surface.stems(line)} " for claim, line in found}


def _any_of(words: Sequence[str]) -> str:
    return " OR ".join(f'"{word}"' for word in words)


def is_current(connection: sqlite3.Connection) -> bool:
    """Whether the index was made by this version of the text analysis."""
    return meta.find(connection, "analysis") in (None, str(text.ANALYSIS))


def reindex(connection: sqlite3.Connection) -> int:
    """Make the whole index anew, and the sketches with it; return how many claims it holds."""
    from mnemo.store import objects, sketches

    connection.execute("DELETE FROM search")
    sketches.forget_all(connection)
    newest = connection.execute(
        "SELECT claim, object FROM assertions a "
        "WHERE clock = (SELECT max(clock) FROM assertions WHERE claim = a.claim) "
        "GROUP BY claim"
    ).fetchall()
    count = 0
    for some, _ in rows.iter_portions(newest):
        payloads = objects.by_hash(connection, [name for _, name in some])
        said = {claim: payloads[name] for claim, name in some if name in payloads}
        index(connection, said)
        sketches.keep(connection, {claim: payload["content"] for claim, payload in said.items()})
        count += len(said)
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
