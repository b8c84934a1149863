"""What hangs together with what was found: claims reached over links from those whose text answers."""

from __future__ import annotations

from collections.abc import Mapping

from mnemo.light import NamedTuple
from mnemo.store import links
from mnemo.store.connections import Connection

DEPTH = 3  # links from what was found
MOST_VISITED = 50
MOST_STARTS = 8
CAUSAL = ("caused_by", "depends_on", "blocks")
# What a link passes on of a score, by (causal, forward); each further one passes on FURTHER of that.
RATES = {(True, True): 0.6, (False, True): 0.4, (True, False): 0.5, (False, False): 0.3}
FURTHER = 0.6


class Reached(NamedTuple):
    """A claim reached over links.

    Args:
        value: what was passed on to it.
        start: row of the claim where the way began.
    """

    value: float
    start: int


def reached(connection: Connection, scores: Mapping[int, float]) -> dict[int, Reached]:
    """Return what the best claims pass on over links, by row; breadth first, each claim once.

    Args:
        connection: a reader.
        scores: of the claims found, by row, best first.
    """
    starts = list(scores)[:MOST_STARTS] if links.exist(connection) else []
    found: dict[int, Reached] = {}
    edge = {claim: Reached(scores[claim], claim) for claim in starts}
    for hop in range(DEPTH):
        following: dict[int, Reached] = {}
        for link in links.around(connection, list(edge), MOST_VISITED) if edge else ():
            source = edge[link.claim]
            rate = RATES[link.relation in CAUSAL, link.forward] * (FURTHER if hop else 1.0)
            passed = Reached(source.value * rate, source.start)
            if link.other == source.start or link.other in found or len(found) >= MOST_VISITED:
                continue
            if link.other not in following or following[link.other].value < passed.value:
                following[link.other] = passed
        found.update(following)
        edge = following
    return found
