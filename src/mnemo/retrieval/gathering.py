"""The first stage: which claims could answer, taken from the full text without reading them.

A row of the full text costs most of a microsecond, so that words are asked for from the rarest on until they
stand in MOST_ROWS claims together. The commoner ones then only add to the claims found. Where that finds few,
or even the rarest word is common, claims that hold two of the common words are asked for, the newest first.
"""

from __future__ import annotations

from operator import itemgetter

from mnemo.retrieval.asking import MANY, Asked
from mnemo.store import search
from mnemo.store.connections import Connection

MOST_ROWS = 1_500
MOST_COMMON = 500  # rows looked at for words that many claims hold
MOST_WORDS = 16  # the rarest of a question; further ones find nothing that these do not
COMMON, LEAST_COMMON = 0.1, 300  # a word is common that more claims hold than this share, and than so many
ENOUGH = 400  # claims found beyond which the common words have to tell them apart
FEW, FAR = 100, 0.25  # claims found, where common words alone tell less than a share of the best
MOST_FURTHER = 6
MOST_PAIRED = 4

Row = tuple[int, float]


def gathered(connection: Connection, asked: Asked) -> list[Row]:
    """Return (claim row, score) of the claims that could answer, best first.

    Args:
        connection: a reader.
        asked: the question.
    """
    needed = _needed(asked)
    rest = [word for word in asked.known if word not in needed]
    found: dict[int, float] = {}
    if needed:
        found.update(search.holding_any(connection, needed, MOST_ROWS))
    if len(found) > (FEW if _are_far(asked, rest, found) else ENOUGH):
        for word in rest[:MOST_FURTHER]:
            for claim in search.holding_also(connection, needed, word):
                if claim in found:
                    found[claim] += asked.telling[word]
    elif rest:
        _add_common(connection, rest[:MOST_PAIRED], found)
    newest = sorted(found.items(), reverse=True)  # nearly in order already
    newest.sort(key=itemgetter(1), reverse=True)
    return newest


def _are_far(asked: Asked, words: list[str], found: dict[int, float]) -> bool:
    """Whether in a store of many claims those that hold only these words stay far below the best found."""
    told = sum(asked.telling[word] for word in words[:MOST_PAIRED])
    return asked.claims > MANY and told < FAR * max(found.values(), default=0.0)


def _needed(asked: Asked) -> list[str]:
    """Return the rarest words, none of them common, that together stand in a bounded number of claims."""
    most = max(COMMON * asked.claims, LEAST_COMMON)
    words: list[str] = []
    rows = 0
    for word in asked.known[:MOST_WORDS]:
        rows += asked.held[word]
        if rows > MOST_ROWS or asked.held[word] > most:
            break
        words.append(word)
    return words


def _add_common(connection: Connection, words: list[str], found: dict[int, float]) -> None:
    """Add claims that hold two of these words, or where these are few too, one."""
    if len(words) > 1:
        for claim, score in search.holding_two(connection, words, MOST_COMMON):
            found[claim] = found.get(claim, 0.0) + score
    if len(found) < ENOUGH:
        for claim, score in search.holding_any(connection, words[:1], MOST_COMMON):
            found.setdefault(claim, score)
