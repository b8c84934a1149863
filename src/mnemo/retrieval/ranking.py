"""Finding candidates: which claims a question or a path could mean, best first, yielded lazily.

The order of the stages: the full text gathers rows; of these, what may be told here is kept; its texts are
scored; then what speaks for a claim beside its text, and what is linked with the best. Judging against the
code, folding what says the same and filling the budget come later, claim by claim, and draw only as much as
they need.
"""

from __future__ import annotations

from array import array
from collections.abc import Hashable, Iterable, Iterator, Sequence, Set
from itertools import islice

from mnemo.light import Any, NamedTuple
from mnemo.model.claim import Assertion, View, current, is_live
from mnemo.retrieval import glimpsing, linking, orienting, signals
from mnemo.retrieval.asking import MANY, Asked, Question, asked_of
from mnemo.retrieval.gathering import Row, gathered
from mnemo.retrieval.intent import read_intent
from mnemo.retrieval.legs import NO_TEXT, Document
from mnemo.retrieval.standpoint import Standpoint
from mnemo.store import assertions
from mnemo.store.connections import Connection
from mnemo.store.counters import NOTHING
from mnemo.store.terms import generation

CANDIDATES = 100  # texts that are read and scored at once
FEWER = 50  # in a store of many claims
LEAST_CANDIDATES, CUT = 16, 0.3  # fewer, where the first stage gives the others less than a share of the best
# A short question is clear when no other claim comes near the first stage's best.
SHORT, CLEAR, MOST_CLEAR = 8, 0.65, 1  # words, share of the best, claims
LEAST_CLEAR, CLEAR_CUT = 8, 0.5
FURTHER = 200  # of each later page
LOOKED_AT = 16  # rows whose visibility is looked at in one step, at least
KIND_SHARE = 1.0  # what a claim of the kind that a question asks for gains
PATH_SHARE = 0.5  # what a claim about the asked file gains, as a share of the best text score
MOST_ABOUT = 300
LONGEST_KEPT = 8_192  # characters of a text that is kept with a page
AT_ONCE = 6  # claims whose texts are read and checked when they are told
FLOOR = 0.3  # share of the best score below which an open-ended answer stops
DEPTHS = {"low": 3, "medium": 5, "high": 8}
MINUTE_MS = 60_000


class Candidate(NamedTuple):
    """A claim that could answer.

    Args:
        assertion: who claimed it; the one that counts here.
        payload: what it says.
        score: higher is better.
        stages: each stage's share of the score; they add up to it.
        here: whether it is part of this branch's memory.
        via: address of the claim from which links lead to it; empty when its own text or place answers.
    """

    assertion: Assertion
    payload: dict[str, Any]
    score: float
    stages: dict[str, float]
    here: bool = True
    via: str = ""


class Found(NamedTuple):
    """A candidate whose text is not read yet; the fields are a candidate's.

    Args:
        assertion, stages, here, via: as a candidate has them.
    """

    assertion: Assertion
    stages: dict[str, float]
    here: bool
    via: str = ""


class Packed(NamedTuple):
    """Rows of the first stage, in a seventh of the memory.

    Args:
        claims: their rows.
        scores: of each in the first stage.
    """

    claims: array[int]
    scores: array[float]

    @classmethod
    def of(cls, rows: Sequence[Row]) -> Packed:
        """Return rows packed."""
        return cls(array("q", [claim for claim, _ in rows]), array("d", [score for _, score in rows]))

    def without(self, claims: Set[int]) -> list[Row]:
        """Return the rows but those of some claims."""
        return [row for row in zip(self.claims, self.scores, strict=True) if row[0] not in claims]


class Page(NamedTuple):
    """The first candidates for a question, and what the later ones are made from.

    Args:
        found: ranked, not judged.
        asked: the question as the texts were asked it; None without words.
        rest: rows of the first stage that were not looked at yet, best first: many, so they are packed.
        read: candidates whose texts were read already, by the row of their assertion.
    """

    found: tuple[Found, ...]
    asked: Asked | None
    rest: Packed
    read: dict[int, Candidate]


def iter_candidates(
    connection: Connection, question: Question, view: View, standpoint: Standpoint | None = None
) -> Iterator[Candidate]:
    """Yield claims that may be told here, best first, unconfirmed ones last.

    Args:
        connection: a reader.
        question: what is asked.
        view: from which branch.
        standpoint: backend, counts and pages kept from before.
    """
    late: list[Found] = []
    standpoint = standpoint or Standpoint()
    first = _kept_page(connection, question, view, standpoint)
    for page in _pages(connection, first, question, view, standpoint):
        early = [one for one in page if one.assertion.standing != "unconfirmed"]
        late += [one for one in page if one.assertion.standing == "unconfirmed"]
        yield from _read(connection, early, first.read)
    yield from _read(connection, late, first.read)


def merged(*sources: Iterable[Candidate]) -> Iterator[Candidate]:
    """Yield candidates of several stores, best first, unconfirmed ones last."""
    from heapq import merge

    return merge(*sources, key=lambda one: (one.assertion.standing == "unconfirmed", -one.score))


def depth(query: str) -> int:
    """Return how many claims an open-ended question deserves: 3, 5 or 8 by how much it asks."""
    return DEPTHS[read_intent(query).density]


def first_page(connection: Connection, question: Question, view: View, standpoint: Standpoint) -> Page:
    """Return the best candidates for a question, ranked.

    Args:
        connection: a reader.
        question: what is asked.
        view: from which branch.
        standpoint: backend and counts.
    """
    asked = asked_of(connection, question.query) if question.query.strip() else None
    rows = _recruited(connection, asked, standpoint) if asked else []
    worth = _worth_reading(rows, asked)
    visible, rest = _visible(connection, rows[:worth], question, view, _pool(asked))
    rest += rows[worth:]
    texts = _scored(connection, asked, visible, standpoint) if asked else []
    texts += _about(connection, question, view, {one.assertion.claim for one in texts})
    _favour_path(connection, question.path, texts)
    texts = _with_kind(connection, question, view, texts)
    found = _with_signals(connection, question, view, standpoint, texts)
    found = _with_links(connection, question, view, found)
    return Page(tuple(_by_score(found)), asked, Packed.of(rest), {})


def _pages(
    connection: Connection, page: Page, question: Question, view: View, standpoint: Standpoint
) -> Iterator[Sequence[Found]]:
    yield [one for one in page.found if is_live(one.assertion, view)]
    seen = {one.assertion.claim for one in page.found}
    rest = page.rest.without(seen)
    last = _score(page.found[-1].stages) if page.found else 1.0
    while rest and page.asked:
        visible, rest = _visible(connection, rest, question, view, FURTHER)
        further = _by_score(_scored(connection, page.asked, visible, standpoint))
        if further:
            rate = last / max(_score(further[0].stages), last)
            further = [_lowered(one, rate) for one in further]
            last = _score(further[-1].stages)
            yield further


def _kept_page(connection: Connection, question: Question, view: View, standpoint: Standpoint) -> Page:
    """Return the first page, from before where nothing was written meanwhile."""
    if standpoint.pages is None:
        return first_page(connection, question, view, standpoint)
    key: Hashable = (
        question,
        view._replace(now=view.now // MINUTE_MS),
        standpoint.backend.name,
        generation(connection),
    )
    page = standpoint.pages.find(key)
    if page is None:
        page = first_page(connection, question, view, standpoint)
        standpoint.pages.keep(key, page)
    return page


def _worth_reading(rows: Sequence[Row], asked: Asked | None) -> int:
    """Return how many of the first stage's rows come near its best; few where a short question is clear."""
    if asked is None or asked.claims <= CANDIDATES:
        return len(rows)
    best = rows[0][1] if rows else 0.0
    short = len(asked.known) <= SHORT
    clear = short and _near(rows, CLEAR * best) <= MOST_CLEAR
    share, least = (CLEAR_CUT, LEAST_CLEAR) if clear else (CUT, LEAST_CANDIDATES)
    return max(_near(rows, share * best), least)


def _pool(asked: Asked | None) -> int:
    """Return how many texts are scored."""
    return FEWER if asked and asked.claims > MANY else CANDIDATES


def _near(rows: Sequence[Row], least: float) -> int:
    return next((place for place, (_, first) in enumerate(rows) if first < least), len(rows))


def _recruited(connection: Connection, asked: Asked, standpoint: Standpoint) -> list[Row]:
    """Return the rows of the first stage, with what a backend finds beyond the full text among the best."""
    rows = gathered(connection, asked)
    further = standpoint.backend.recruit(connection, asked, CANDIDATES // 2)
    if not further:
        return rows
    # In front, and as near as the best: how they score is for the backend to say.
    best = rows[0][1] if rows else 0.0
    taken = set(further)
    return [(claim, best) for claim in further] + [row for row in rows if row[0] not in taken]


def _visible(
    connection: Connection, rows: Sequence[Row], question: Question, view: View, most: int
) -> tuple[list[tuple[Found, float]], list[Row]]:
    """Return about so many of the first rows that may be told here, and the rows that were not looked at."""
    views = (view._replace(everything=False), view._replace(everything=True))
    known = glimpsing.glimpses(connection)
    found: list[tuple[Found, float]] = []
    looked_at = 0
    while len(found) < most and looked_at < len(rows):
        some = rows[looked_at : looked_at + max(most - len(found), LOOKED_AT)]
        held = glimpsing.held(connection, known, [claim for claim, _ in some])
        for claim, first in some:
            one = _current(held.get(claim, []), question.domain, *views)
            if one:
                found.append((one, first))
        looked_at += len(some)
    return found, list(rows[looked_at:])


def _current(held: list[Assertion], domain: str, here: View, anywhere: View) -> Found | None:
    """Return the assertion of a claim that counts here, when it may be told."""
    one = current(held, here)
    other = current(held, anywhere) if one is None else one
    if other is None or not is_live(other, here):
        return None
    fits = other.domain == domain if domain else other.domain != "feedback"
    return Found(other, {}, one is not None) if fits else None


def _scored(
    connection: Connection, asked: Asked, visible: Sequence[tuple[Found, float]], standpoint: Standpoint
) -> list[Found]:
    claims = [one.assertion.claim for one, _ in visible]
    texts = glimpsing.texts(connection, glimpsing.glimpses(connection), claims)
    documents = [
        Document(claim, first, texts.get(claim, NO_TEXT))
        for claim, (_, first) in zip(claims, visible, strict=True)
    ]
    for (one, _), shares in zip(visible, standpoint.backend.score(connection, asked, documents), strict=True):
        one.stages.update(shares)
    return [one for one, _ in visible]


def _about(connection: Connection, question: Question, view: View, known: set[int]) -> list[Found]:
    """Return claims about the asked path that the text did not find."""
    if not question.path:
        return []
    rows = [(claim, 0.0) for claim in _rows_about(connection, question.path) if claim not in known]
    return [one for one, _ in _visible(connection, rows, question, view, MOST_ABOUT)[0]]


def _with_kind(connection: Connection, question: Question, view: View, found: list[Found]) -> list[Found]:
    """Where a question names nothing but a kind of claim, add the loudest and newest of that kind."""
    domain = orienting.asked_domain(question.query) if not question.domain else ""
    if not domain:
        return found
    known = {one.assertion.claim for one in found}
    rows = [
        (claim, 0.0)
        for claim in assertions.claims_of_domain(connection, domain, CANDIDATES)
        if claim not in known
    ]
    further = [one for one, _ in _visible(connection, rows, question, view, CANDIDATES)[0]]
    for one in (*found, *further):
        if one.assertion.domain == domain:
            one.stages["kind"] = KIND_SHARE
    return found + further


def _rows_about(connection: Connection, path: str) -> list[int]:
    """Return rows of claims anchored at a path, then those that speak for a folder above it."""
    anchored = assertions.claims_at(connection, path)
    above = assertions.claims_for_folders(connection, folders(path))
    return list(dict.fromkeys(anchored + above))[:MOST_ABOUT]


def _favour_path(connection: Connection, path: str, found: list[Found]) -> None:
    """Give claims about the asked path their share, the nearest the most."""
    about = _rows_about(connection, path) if path else []
    best = max((_score(one.stages) for one in found), default=0.0) or 1.0
    places = {claim: place for place, claim in enumerate(about)}
    for one in found:
        place = places.get(one.assertion.claim)
        if place is not None:
            one.stages["path"] = PATH_SHARE * best * (1 - place / (10 * len(about)))


def folders(path: str) -> list[str]:
    """Return a path and the folders above it, nearest first."""
    pieces = path.split("/")
    return ["/".join(pieces[:count]) for count in range(len(pieces), 0, -1)]


def _with_signals(
    connection: Connection, question: Question, view: View, standpoint: Standpoint, found: list[Found]
) -> list[Found]:
    light = signals.light_of(read_intent(question.query), view, standpoint.recent)
    counts = standpoint.counts(connection, [one.assertion for one in found])
    for one in found:
        mine = counts.get(one.assertion.claim, NOTHING)
        one.stages.update(signals.contributions(one.assertion, _score(one.stages), mine, light))
    return found


def _with_links(connection: Connection, question: Question, view: View, found: list[Found]) -> list[Found]:
    """Add what links lead to: claims that the text did not find, and a little for those that it did."""
    known = {one.assertion.claim: one.assertion.address for one in found}
    ranked = {one.assertion.claim: _score(one.stages) for one in _by_score(found)}
    reached = linking.reached(connection, ranked) if ranked else {}
    for one in found:
        if one.assertion.claim in reached:
            one.stages["linked"] = signals.POINT * reached[one.assertion.claim].value
    rows = [(claim, 0.0) for claim in reached if claim not in ranked]
    linked = _visible(connection, rows, question, view, linking.MOST_VISITED)[0] if rows else []
    for one, _ in linked:
        way = reached[one.assertion.claim]
        found.append(one._replace(stages={"linked": way.value}, via=known[way.start]))
    return found


def _read(connection: Connection, found: Sequence[Found], known: dict[int, Candidate]) -> Iterator[Candidate]:
    """Yield candidates with their texts, a few at a time, each row and text checked when it is first read."""
    rest = iter(found)
    while some := list(islice(rest, AT_ONCE)):
        fresh = _read_fresh(connection, [one for one in some if one.assertion.id not in known])
        for row, candidate in fresh.items():
            if len(known) < CANDIDATES and len(candidate.payload["content"]) <= LONGEST_KEPT:
                known[row] = candidate
        for one in some:
            candidate = fresh.get(one.assertion.id) or known.get(one.assertion.id)
            if candidate:
                yield candidate


def _read_fresh(connection: Connection, found: Sequence[Found]) -> dict[int, Candidate]:
    """Return candidates with their texts by the row of their assertion."""
    if not found:
        return {}
    held = assertions.by_claim(connection, [one.assertion.claim for one in found])
    rows = {row.id: row for some in held.values() for row in some}
    chosen = [rows[one.assertion.id] for one in found if one.assertion.id in rows]
    payloads = assertions.payloads(connection, chosen)
    read: dict[int, Candidate] = {}
    for one in found:
        row = rows.get(one.assertion.id)
        if row and row.object in payloads:
            payload = payloads[row.object]
            read[row.id] = Candidate(row, payload, _score(one.stages), one.stages, one.here, one.via)
    return read


def _lowered(one: Found, rate: float) -> Found:
    return one._replace(stages={stage: rate * value for stage, value in one.stages.items()})


def _by_score(found: Iterable[Found]) -> list[Found]:
    return sorted(found, key=lambda one: (-_score(one.stages), -one.assertion.claim))


def _score(stages: dict[str, float]) -> float:
    return sum(stages.values())
