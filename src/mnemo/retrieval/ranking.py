"""Finding candidates: which claims a question or a path could mean, best first, yielded lazily."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from mnemo import text
from mnemo.light import Any, NamedTuple
from mnemo.model.claim import Assertion, View, current, is_live
from mnemo.retrieval.rarity import idf as idf
from mnemo.store import assertions, search
from mnemo.store.connections import Connection
from mnemo.store.search import Words

MOST_WORDS = 24
LARGE = 5_000  # claims; above it only the rarest words are asked for
WORDS_WHEN_LARGE = 5
TEXT_SHARE, COVERAGE_SHARE = 0.25, 0.75
COMMON = 0.1  # share of all claims that hold a word too common to ask a large store for
PATH_SHARE = 0.5  # what a claim about the asked file gains, as a share of the best text score
PAGE = 40  # candidates whose coverage is looked at at once
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
    from heapq import merge

    return merge(*sources, key=lambda one: (one.assertion.standing == "unconfirmed", -one.score))


def depth(query: str) -> int:
    """Return how many claims an open-ended question deserves: 3, 5 or 8 by how much it asks."""
    words = len(set(text.words(query)))
    if query.rstrip().endswith("?") or words >= 6:
        return DEPTHS["high"]
    return DEPTHS["medium"] if words >= 3 else DEPTHS["low"]


class Asked(NamedTuple):
    """A question as the full text is asked it.

    Args:
        words: what is asked; unknown words are left out.
        telling: how much each word tells.
        groups: for each word as it was typed, the whole and its parts between blanks, the most telling
            first, each with how much it tells.
    """

    words: Words
    telling: dict[str, float]
    groups: list[list[tuple[str, float]]]


def asked_of(connection: Connection, query: str) -> Asked:
    """Return a question's words, rarest first, with what each tells.

    In a large store a claim has to hold one of the rarest words to be looked at, and all of them count for
    its score: the common ones would make every claim a candidate.
    """
    words = list(dict.fromkeys(text.words(query)))
    if not words:
        return Asked(Words((), ()), {}, [])
    total, held = search.frequencies(connection, words)
    known = sorted((word for word in words if word in held), key=lambda word: held[word])[:MOST_WORDS]
    telling = {word: idf(total, held[word]) for word in known}
    groups = [_group(typed, telling) for typed in query.split()]
    rare = [word for word in known if held[word] <= COMMON * total] if total > LARGE else []
    return Asked(Words(tuple(known), tuple(rare[:WORDS_WHEN_LARGE])), telling, groups)


def _group(typed: str, telling: dict[str, float]) -> list[tuple[str, float]]:
    found = {word: telling[word] for word in text.words(typed) if word in telling}
    return sorted(((f" {word} ", value) for word, value in found.items()), key=lambda pair: -pair[1])


def covered(asked: Asked, held: str) -> float:
    """Return how much of a question a claim holds: for each word typed, the most telling of its parts.

    Args:
        asked: the question.
        held: the claim's analysed words, a blank before and behind each.
    """
    total = 0.0
    for group in asked.groups:  # plain loops: this runs for every word of every candidate
        for word, value in group:
            if word in held:
                total += value
                break
    return total


def _ranked(connection: Connection, question: Question) -> Iterator[tuple[int, dict[str, float]]]:
    """Yield (claim row, stages) by score; claims about the asked path come where their bonus puts them."""
    pages = _pages(connection, question.query)
    about = _about(connection, question.path) if question.path else []
    first: dict[int, dict[str, float]] = dict(next(pages, ()))
    best = max((sum(stages.values()) for stages in first.values()), default=1.0)
    for place, claim in enumerate(about):
        first.setdefault(claim, {})["path"] = PATH_SHARE * best * (1 - place / (10 * len(about)))
    yield from _by_score(first.items())
    for page in pages:
        yield from (found for found in page if found[0] not in first)


def _pages(connection: Connection, query: str) -> Iterator[list[tuple[int, dict[str, float]]]]:
    """Yield pages of (claim row, stages), each page by score.

    Each stage is its value over the largest on the first page, times its share: so the best claim scores at
    most 1, and a claim with all words of the question beats one that repeats some of them.
    """
    asked = asked_of(connection, query)
    most: tuple[float, float] | None = None
    for page in search.iter_pages(connection, asked.words, PAGE):
        texts = search.texts_of(connection, [claim for claim, _ in page])
        found = [(claim, score, covered(asked, texts[claim])) for claim, score in page]
        if most is None:
            most = (_largest(score for _, score, _ in found), _largest(share for _, _, share in found))
        by_text, by_cover = TEXT_SHARE / most[0], COVERAGE_SHARE / most[1]
        yield _by_score(
            (claim, {"text": score * by_text, "coverage": share * by_cover}) for claim, score, share in found
        )


def _largest(values: Iterable[float]) -> float:
    return max(values, default=0.0) or 1.0


def _by_score(found: Iterable[tuple[int, dict[str, float]]]) -> list[tuple[int, dict[str, float]]]:
    return sorted(found, key=lambda item: -sum(item[1].values()))


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
