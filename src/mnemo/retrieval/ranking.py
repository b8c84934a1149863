"""Finding candidates: which claims a question or a path could mean, best first, yielded lazily."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

from mnemo import text
from mnemo.model.claim import Assertion, View, current, is_live
from mnemo.store import assertions, search
from mnemo.store.connections import Connection

MOST_WORDS = 16
LARGE = 5_000  # claims; above it only the rarest words are asked for
WORDS_WHEN_LARGE = 3
COMMON = 0.1  # share of all claims that hold a word too common to ask a large store for
PATH_SHARE = 0.5  # what a claim about the asked file gains, as a share of the best text score
PAGE = 64
FLOOR = 0.3  # share of the best score below which an open-ended answer stops
DEPTHS = {"low": 3, "medium": 5, "high": 8}


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


class Candidate(NamedTuple):
    """A claim that could answer.

    Args:
        assertion: who claimed it; the one that counts here.
        payload: what it says.
        score: higher is better.
        stages: each stage's share of the score; they add up to it.
        here: whether it is part of this branch's memory.
    """

    assertion: Assertion
    payload: dict[str, Any]
    score: float
    stages: dict[str, float]
    here: bool = True


def iter_candidates(connection: Connection, question: Question, view: View) -> Iterator[Candidate]:
    """Yield claims that may be told here, best first, unconfirmed ones last."""
    late: list[Candidate] = []
    for candidate in _visible(connection, _ranked(connection, question), question, view):
        if candidate.assertion.standing == "unconfirmed":
            late.append(candidate)
        else:
            yield candidate
    yield from late


def merged(*sources: Iterable[Candidate]) -> Iterator[Candidate]:
    """Yield candidates of several stores, best first, unconfirmed ones last."""
    return heapq.merge(*sources, key=lambda one: (one.assertion.standing == "unconfirmed", -one.score))


def depth(query: str) -> int:
    """Return how many claims an open-ended question deserves: 3, 5 or 8 by how much it asks."""
    words = len(set(text.words(query)))
    if query.rstrip().endswith("?") or words >= 6:
        return DEPTHS["high"]
    return DEPTHS["medium"] if words >= 3 else DEPTHS["low"]


def chosen_words(connection: Connection, query: str) -> list[str]:
    """Return the words worth asking for, rarest first; words that no claim holds are left out."""
    words = list(dict.fromkeys(text.words(query)))
    if not words:
        return []
    total, held = search.frequencies(connection, words)
    known = sorted((word for word in words if word in held), key=lambda word: held[word])
    if total <= LARGE:
        return known[:MOST_WORDS]
    rare = [word for word in known if held[word] <= COMMON * total]
    return (rare or known)[:WORDS_WHEN_LARGE]


def idf(total: int, held: int) -> float:
    """Return how much a word tells: ln(1 + (n - df + .5) / (df + .5)), Robertson and Zaragoza 2009."""
    return math.log(1 + (total - held + 0.5) / (held + 0.5))


def _ranked(connection: Connection, question: Question) -> Iterator[tuple[int, dict[str, float]]]:
    """Yield (claim row, stages) by score; claims about the asked path come where their bonus puts them."""
    matches = search.iter_matches(connection, chosen_words(connection, question.query), PAGE)
    about = _about(connection, question.path) if question.path else []
    if not about:
        yield from ((claim, {"text": score}) for claim, score in matches)
        return
    first = list(islice(matches, PAGE))
    bonus = PATH_SHARE * first[0][1] if first else 1.0
    scores: dict[int, dict[str, float]] = {claim: {"text": score} for claim, score in first}
    for place, claim in enumerate(about):
        stages = scores.setdefault(claim, {})
        stages["path"] = bonus - place * bonus / (10 * len(about))
    yield from sorted(scores.items(), key=lambda item: -sum(item[1].values()))
    yield from ((claim, {"text": score}) for claim, score in matches if claim not in scores)


def _about(connection: Connection, path: str) -> list[int]:
    """Return rows of claims anchored at a path, then those that speak for a folder above it."""
    anchored = assertions.claims_at(connection, path)
    above = assertions.claims_for_folders(connection, folders(path))
    return list(dict.fromkeys(anchored + above))


def folders(path: str) -> list[str]:
    """Return a path and the folders above it, nearest first."""
    pieces = path.split("/")
    return ["/".join(pieces[:count]) for count in range(len(pieces), 0, -1)]


def _visible(
    connection: Connection,
    ranked: Iterable[tuple[int, dict[str, float]]],
    question: Question,
    view: View,
) -> Iterator[Candidate]:
    """Keep what may be told, reading a page at a time so that a short answer reads little."""
    rows = iter(ranked)
    page_size = 8
    while page := list(islice(rows, page_size)):
        held = assertions.by_claim(connection, [claim for claim, _ in page])
        chosen: list[tuple[Assertion, dict[str, float], bool]] = []
        for claim, stages in page:
            one = current(held.get(claim, ()), view._replace(everything=False))
            here = one is not None
            if one is None:
                one = current(held.get(claim, ()), view._replace(everything=True))
            if one is not None and is_live(one, view) and _in_domain(one, question.domain):
                chosen.append((one, stages, here))
        payloads = assertions.payloads(connection, [one for one, _, _ in chosen])
        for one, stages, here in chosen:
            if one.object in payloads:
                yield Candidate(one, payloads[one.object], sum(stages.values()), stages, here)
        page_size = PAGE


def _in_domain(one: Assertion, domain: str) -> bool:
    return one.domain == domain if domain else one.domain != "feedback"
