"""Sketches of what claims say: which of them may say nearly the same as a text."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from mnemo import sketch
from mnemo.store.engine import sqlite3

MOST_OF_A_HASH = 32  # claims looked at, the newest


def keep(connection: sqlite3.Connection, contents: Mapping[int, str]) -> None:
    """Keep the sketches of statements by the rows of their claims; an address never changes its words."""
    connection.executemany(
        "INSERT INTO sketches (hash, claim, mark) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        sorted(row for claim, content in contents.items() for row in _rows(claim, content)),
    )


def near(connection: sqlite3.Connection, contents: Sequence[str]) -> list[list[int]]:
    """Return for each text the rows of claims that may say nearly the same by their sketch, newest first."""
    sql = "SELECT claim, mark FROM sketches WHERE hash = ? ORDER BY claim DESC LIMIT ?"
    probed = [sketch.probes(content) for content in contents]
    holding: dict[int, list[tuple[int, int]]] = {}
    for probe in sorted({probe for probes in probed for probe in probes}):  # as they lie in the table
        found = connection.execute(sql, (probe, MOST_OF_A_HASH)).fetchall()
        if found:
            holding[probe] = found
    return [
        _near(content, {pair for probe in probes for pair in holding.get(probe, ())})
        for content, probes in zip(contents, probed, strict=True)
    ]


def forget_all(connection: sqlite3.Connection) -> None:
    """Forget every sketch; they are made anew from the texts."""
    connection.execute("DELETE FROM sketches")


def _rows(claim: int, content: str) -> list[tuple[int, int, int]]:
    mark = sketch.mark(content)
    return [(value, claim, mark) for value in sketch.sketch(content)]


def _near(content: str, marked: Collection[tuple[int, int]]) -> list[int]:
    if not marked:
        return []
    is_near = sketch.nearness(content)
    return sorted((claim for claim, mark in marked if is_near(mark)), reverse=True)
