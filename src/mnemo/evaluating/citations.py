"""Questions with known answers that a history holds: commits whose messages cite earlier commits.

They cite by a hash, or by the number of the pull request that an earlier commit was.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from mnemo.repo.commits import Commit

SHORTEST = 7  # digits of a cited hash
DEPTHS = (1, 5, 10)
DEEPEST = max(DEPTHS)
LEAST_WORDS = 3  # of a subject that asks something

_REQUEST = re.compile(r"(?<![\w#])#(\d{1,7})\b")
_OWN_REQUEST = re.compile(r"\(#(\d{1,7})\)\s*$")  # as a squashed pull request names itself
_HASH = re.compile(r"(?<![0-9a-zA-Z])[0-9a-f]{7,40}(?![0-9a-zA-Z])")
# Their subjects repeat the cited commit's: finding it proves nothing.
_REPEATED = re.compile(
    r"^(?:revert|reapply|fixup!|squash!|amend!|cherry.?pick)\b|^This reverts commit|cherry picked from",
    re.IGNORECASE | re.MULTILINE,
)

Record = dict[str, Any]


class Citation(NamedTuple):
    """A question with its answers.

    Args:
        source: the citing commit, which must not be found itself.
        query: its subject.
        targets: the cited commits.
    """

    source: str
    query: str
    targets: frozenset[str]


class Measured(NamedTuple):
    """How well a ranking found what was cited.

    Args:
        recall: share of the cited commits among the first 1, 5 and 10, on average over the questions.
        mrr: one over the place of the first cited commit among the first 10, on average.
    """

    recall: Mapping[int, float]
    mrr: float


def list_citations(walked: Sequence[Commit], most: int) -> list[Citation]:
    """Return the citations of a history, newest first.

    Args:
        walked: commits, newest first.
        most: how many at most.
    """
    places = {one.hash: place for place, one in enumerate(walked)}
    ordered = sorted(places)
    requests = {own[1]: one.hash for one in walked if (own := _OWN_REQUEST.search(subject_of(one)))}
    found: list[Citation] = []
    for place, one in enumerate(walked):
        query = _REQUEST.sub("", _HASH.sub("", subject_of(one))).strip(" ()")
        if _REPEATED.search(one.message) or len(query.split()) < LEAST_WORDS:
            continue
        cited = {full for short in _HASH.findall(one.message) if (full := _whole(short, ordered))}
        cited |= {requests[number] for number in _REQUEST.findall(one.message) if number in requests}
        targets = frozenset(full for full in cited if places[full] > place)
        if targets:
            found.append(Citation(one.hash, query, targets))
        if len(found) == most:
            break
    return found


def subject_of(one: Commit) -> str:
    """Return the first line of a commit's message."""
    return one.message.split("\n", 1)[0].strip()


def measure(citations: Sequence[Citation], rank: Callable[[str], Iterable[str]]) -> Measured:
    """Ask every question and see where the cited commits come.

    Args:
        citations: at least one.
        rank: returns commits for a query, best first.
    """
    shares = dict.fromkeys(DEPTHS, 0.0)
    reciprocal = 0.0
    for one in citations:
        ranked = [each for each in rank(one.query) if each != one.source][:DEEPEST]
        for depth in DEPTHS:
            shares[depth] += len(one.targets.intersection(ranked[:depth])) / len(one.targets)
        first = next((place for place, each in enumerate(ranked, 1) if each in one.targets), 0)
        reciprocal += 1 / first if first else 0.0
    count = len(citations)
    return Measured(
        {depth: round(value / count, 4) for depth, value in shares.items()}, round(reciprocal / count, 4)
    )


def _whole(short: str, ordered: Sequence[str]) -> str | None:
    """Return the one commit that begins so, or None."""
    place = bisect_left(ordered, short)
    fits = [one for one in ordered[place : place + 2] if one.startswith(short)]
    return fits[0] if len(fits) == 1 else None
