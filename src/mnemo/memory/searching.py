"""Searching: many matches in a line each, where recall tells the few that matter in full."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from mnemo import clock, fence
from mnemo.errors import Invalid
from mnemo.model.claim import View
from mnemo.retrieval.judging import Judge, judged
from mnemo.retrieval.ranking import Candidate

MOST = 100
SHOWN = 160
MOST_LOOKED_AT = 400

Record = dict[str, Any]


class Found(NamedTuple):
    """What one store holds.

    Args:
        results: matches, best first.
        withheld: matches that the code no longer supports, each with the reason.
    """

    results: list[Record]
    withheld: list[Record]


def checked_most(most: int) -> int:
    """Return how many results are wanted; Invalid where it is out of range."""
    if not 1 <= most <= MOST:
        raise Invalid(f"max_results is {most}, not between 1 and {MOST}.", "Leave it out for 10.")
    return most


def matches(candidates: Iterable[Candidate], judge: Judge, view: View, most: int, project: str) -> Found:
    """Return the matches of one store, each judged.

    Args:
        candidates: best first; only as many are drawn as are needed.
        judge: judges one anchor.
        view: from where the store is looked at.
        most: most results.
        project: whose they are, as a label.
    """
    found = Found([], [])
    for seen, candidate in enumerate(candidates):
        if len(found.results) == most or seen == MOST_LOOKED_AT:
            break
        if not candidate.here:
            continue
        one, content = candidate.assertion, candidate.payload["content"].strip()
        what = judged(candidate.payload, judge, one.commit)
        label = {"address": one.address, "verdict": what.verdict, "project": project}
        if what.verdict == "refuted":
            if len(found.withheld) < most:
                found.withheld.append({**label, "reason": what.reason})
            continue
        found.results.append(
            {
                **label,
                "content": fence.escape(fence.line(content.split("\n", 1)[0], SHOWN)),
                "domain": one.domain,
                "branch": one.branch,
                "standing": one.standing,
                "scope": one.scope,
                "score": round(candidate.score, 4),
                "age": clock.age(one.first, view.now),
            }
        )
    return found


def united(found: Iterable[Found], most: int) -> Found:
    """Return the matches of several stores as one answer, best first."""
    results: list[Record] = []
    withheld: list[Record] = []
    for each in found:
        results += each.results
        withheld += each.withheld
    results.sort(key=lambda one: (one["standing"] == "unconfirmed", -one["score"]))
    return Found(results[:most], withheld[:most])
