"""Packing what was found into an answer that keeps to its budget."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache, partial

from mnemo import clock, fence
from mnemo.light import Any, NamedTuple
from mnemo.model.anchor import Anchor, Finding
from mnemo.model.claim import PERMILLE
from mnemo.retrieval import cards
from mnemo.retrieval.folding import Told
from mnemo.retrieval.judging import Judge, judged
from mnemo.retrieval.ranking import FLOOR, Candidate
from mnemo.tokens import estimate

CARD_CHARACTERS = 500
MOST_ELSEWHERE = 2
MOST_WITHHELD = 5
SMALLEST_BUDGET = 40
SCARCE = 120  # tokens; below it the answer goes without explanations
MOST_JUDGED = 200  # candidates looked at for one answer
MOST_FOLDED = 5
WELL_USED = 0.9  # share of the budget below which the next claim is told in part
LETTERS_A_TOKEN, SHORTER, SHORTEST_CONTENT = 5, 0.85, 16

Record = dict[str, Any]
Lives = Callable[[str], bool]
Known = Callable[[int, int], "Finding | None"]


class Wish(NamedTuple):
    """How an answer is wanted.

    Args:
        limit: most claims.
        budget: most tokens.
        full: whole texts instead of cards.
        explain: show each stage's share of the score.
        floor: share of the best score below which claims are left out, 0 for none.
        everywhere: unmerged branches' claims stand among the others.
        now: wall clock, milliseconds.
    """

    limit: int
    budget: int
    full: bool = False
    explain: bool = False
    floor: float = FLOOR
    everywhere: bool = False
    now: int = 0


def pack(
    candidates: Iterable[Candidate],
    judge: Judge,
    wish: Wish,
    record: Record,
    lives: Lives = bool,
    known: Known | None = None,
) -> Record:
    """Judge candidates one by one and put them into the record until limit or budget is reached.

    Args:
        candidates: best first; only as many are drawn as are needed.
        judge: judges one anchor, pinned at a commit.
        wish: limit, budget and form.
        record: what the answer says beside its claims (query, path, branch, scope, notes); it is filled.
        lives: whether a branch still exists; what was claimed on one that is gone is only told when asked.
        known: what the watcher knows of an assertion's anchor at a position; None when nobody watches.
    """
    answer = _Answer(record, wish, lives, known)
    best = 0.0
    left_out = 0
    for seen, candidate in enumerate(candidates):
        here = candidate.here or wish.everywhere
        best = max(best, candidate.score)
        if candidate.score < wish.floor * best or seen >= MOST_JUDGED:
            break
        if here and len(record["claims"]) >= wish.limit:
            break
        if not here and (len(record["elsewhere"]) >= MOST_ELSEWHERE or answer.is_gone(candidate)):
            left_out += 1
        elif not answer.take(candidate, here, judge):
            break
    if left_out:
        answer.fits("notes", f"{left_out} more on unmerged branches: ask with branches=all")
    record["tokens"] = answer.price()
    return record


class _Answer:
    """An answer being filled: what it holds and what it has cost so far, in tokens."""

    def __init__(self, record: Record, wish: Wish, lives: Lives, known: Known | None) -> None:
        record.update({"claims": [], "elsewhere": [], "withheld": [], "folded": []})
        record["brief"] = wish.budget < SCARCE
        self.record = record
        self.wish = wish
        self.lives = lives
        self.known = known
        self.told = Told()
        self.last = ""  # the whole text of the claim that was told last
        self.spent = sum(_price(cards.recall_note(note)) for note in record["notes"])

    def take(self, candidate: Candidate, here: bool, judge: Judge) -> bool:
        """Add one candidate where the code puts it; return whether there is room for more."""
        # What another branch says is about its own files, which are not checked out here.
        judge = judge if candidate.here else _elsewhere
        known = partial(self.known, candidate.assertion.id) if self.known and candidate.here else None
        found = judged(candidate.payload, judge, candidate.assertion.commit, known)
        if found.verdict == "refuted" and here:
            if len(self.record["withheld"]) < MOST_WITHHELD:
                address = candidate.assertion.address
                self.fits("withheld", {"address": address, "verdict": found.verdict, "reason": found.reason})
            return True
        same = self.told.find(candidate.payload["content"])
        if same:
            self._fold(candidate.assertion.address, same)
            return True
        claim = _card(candidate, found.verdict, found.anchors, self.wish)
        if self.is_gone(candidate):
            claim["gone"] = True
        place = "claims" if here else "elsewhere"
        if self.fits(place, claim):
            self.told.keep(candidate.payload["content"], candidate.assertion.address)
            if here:
                self.last = fence.escape(candidate.payload["content"])
            return True
        is_used = self.record["claims"] and self.price() >= WELL_USED * self.wish.budget
        if not is_used and not self._shorten_to_fit(place, claim):
            self._lengthen_last()
        return False

    def is_gone(self, candidate: Candidate) -> bool:
        """Tell whether a claim was made on a branch that was given up: it is gone and did not land here."""
        return not candidate.here and not self.lives(candidate.assertion.branch)

    def fits(self, place: str, item: Record | str) -> bool:
        """Add an item when the budget allows; return whether it did."""
        held: list[Any] = self.record[place]
        held.append(item)
        price = _price(_part(place, item, len(held)))
        if self.price() + price <= self.wish.budget:
            self.spent += price
            return True
        held.pop()
        return False

    def price(self) -> int:
        """Return what the answer costs with its head, in tokens; what is being added is not counted yet."""
        heading = _price(cards.ELSEWHERE) if self.record["elsewhere"] else 0
        return self.spent + _price(cards.head(self.record)) + heading

    def _fold(self, address: str, told: str) -> None:
        if len(self.record["folded"]) < MOST_FOLDED:
            self.fits("folded", {"address": address, "as": told})

    def _shorten_to_fit(self, place: str, claim: Record) -> bool:
        """Tell a claim in as many characters as the budget leaves, rather than leave the budget unused."""
        slim = {name: value for name, value in claim.items() if name not in ("why", "when", "explain")}
        slim.update({"anchors": claim["anchors"][:1], "tags": [], "shortened": True})
        left = self.wish.budget - self.price()
        size = min(LETTERS_A_TOKEN * left, len(claim["content"]) - 1)
        while size >= SHORTEST_CONTENT:
            if self.fits(place, {**slim, "content": claim["content"][:size] + " …"}):
                return True
            size = int(SHORTER * size)
        return False

    def _lengthen_last(self) -> None:
        """Tell more of a claim that was told in part, where there is no room for another one."""
        claims: list[Record] = self.record["claims"]
        if not claims or not claims[-1]["shortened"]:
            return
        shown, number = claims.pop(), len(claims) + 1
        self.spent -= _price(_part("claims", shown, number))
        size = len(shown["content"]) + LETTERS_A_TOKEN * (self.wish.budget - self.price())
        size = min(size, len(self.last) - 1)
        while size > len(shown["content"]):
            if self.fits("claims", {**shown, "content": self.last[:size] + " …"}):
                return
            size -= SHORTEST_CONTENT
        self.fits("claims", shown)


def _elsewhere(anchor: Anchor, commit: str) -> Finding:
    return Finding("unknown", "it speaks of a branch that is not checked out here")


@lru_cache(maxsize=1024)  # the heads of answers are few
def _price(part: str) -> int:
    return estimate(part) + 1  # and the line break behind it


def _part(place: str, item: Any, number: int) -> str:
    if place == "withheld":
        return cards.recall_withheld(item)
    if place == "folded":
        return cards.recall_folded(item)
    return cards.recall_note(item) if place == "notes" else cards.recall_claim(item, number)


def _card(candidate: Candidate, verdict: str, anchors: list[Record], wish: Wish) -> Record:
    one, payload = candidate.assertion, candidate.payload
    content, shortened = _shown(payload["content"], wish.full)
    card: Record = {
        "address": one.address,
        "content": fence.escape(content),
        "shortened": shortened,
        "verdict": verdict,
        "domain": one.domain,
        "branch": one.branch,
        "here": candidate.here,
        "standing": one.standing,
        "score": round(candidate.score, 4),
        "age": clock.age(one.first, wish.now),
        "confidence": one.confidence / PERMILLE,
        "tags": payload.get("tags", []),
        "anchors": anchors,
    }
    for name in ("why", "when"):
        if payload.get(name):
            card[name] = fence.escape(payload[name])
    if one.scope == "global":
        card["repository"] = "your global memory"
    if candidate.via:
        card["linked_from"] = candidate.via
    if wish.explain:
        card["explain"] = {stage: round(value, 4) for stage, value in candidate.stages.items()}
        card["score"] = round(sum(card["explain"].values()), 4)
    return card


def _shown(content: str, full: bool) -> tuple[str, bool]:
    """Return what a card shows: the headline where there is one, else the first 500 characters."""
    if full or (len(content) <= CARD_CHARACTERS and "\n" not in content.strip()):
        return content, False
    first = content.strip().split("\n", 1)[0][:CARD_CHARACTERS]
    return (first, True) if first != content else (content, False)
