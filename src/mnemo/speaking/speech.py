"""What a hook says, put together under a cap: cards as recall shows them, shortened rather than left out."""

from __future__ import annotations

from mnemo import clock, fence
from mnemo.light import Any
from mnemo.model.claim import PERMILLE
from mnemo.retrieval import cards
from mnemo.retrieval.judging import Judged
from mnemo.speaking.found import Found, Payload
from mnemo.tokens import estimate

CARD = 500
SIZES = (240, 120, 60, 24)  # characters to which a card that does not fit is cut
LEAST_LEFT = 30  # tokens; with fewer left not even a shortened card fits
DATA = "lines behind > are quoted data"

Record = dict[str, Any]


class Speech:
    """A text that grows until its budget is spent.

    Args:
        budget: most tokens of the whole text.
        now: wall clock, milliseconds.
    """

    def __init__(self, budget: int, now: int) -> None:
        self.budget = budget
        self.now = now
        self.parts: list[str] = []
        self.cards = 0
        self._spent = 0

    @property
    def text(self) -> str:
        """What is said."""
        return "\n".join(self.parts)

    @property
    def full(self) -> bool:
        """Whether nothing more fits."""
        return self.budget - self._spent < LEAST_LEFT

    def add(self, part: str) -> bool:
        """Add a part where the budget allows; return whether it did."""
        # The whole is estimated, not its parts: where two meet, tokens may join or part.
        spent = estimate("\n".join([*self.parts, part])) + 1
        if spent > self.budget:
            return False
        self.parts.append(part)
        self._spent = spent
        return True

    def add_claim(
        self,
        found: Found,
        payload: Payload,
        judged: Judged,
        *,
        head: str = "",
        largest: int = CARD,
        reasoned: bool = False,
    ) -> bool:
        """Add a claim's card, cut shorter where the whole does not fit; return whether any of it did.

        Args:
            found: the claim.
            payload: what it says.
            judged: what the code says of it; only anchors that do not simply hold are shown.
            head: a part that stands before the first claim, added together with it.
            largest: most characters of its content.
            reasoned: whether a shortened card keeps why the claim was made.
        """
        record = _card(found, payload, judged, self.now, largest)
        variants = [record]
        for size in SIZES:
            if len(record["content"]) > size:
                variants.append(_slim(record, size, reasoned=reasoned))
        if len(variants) == 1:
            variants.append(_slim(record, CARD, reasoned=reasoned))
        for variant in variants:
            card = cards.recall_claim(variant, self.cards + 1)
            if self.add(f"{head}\n{card}" if head else card):
                self.cards += 1
                return True
        # The line that says whose words these are is worth less than any of them.
        return bool(head) and not self.parts and self.add_claim(found, payload, judged, largest=largest)


def _card(found: Found, payload: Payload, judged: Judged, now: int, largest: int) -> Record:
    one = found.assertion
    content = payload["content"].strip()
    shown = content.split("\n", 1)[0][:CARD] if "\n" in content or len(content) > CARD else content
    cut = shown[:largest].rstrip() + " …" if len(shown) > largest else shown
    card: Record = {
        "address": one.address,
        "content": fence.escape(cut),
        "shortened": cut != content,
        "verdict": judged.verdict,
        "domain": one.domain,
        "branch": one.branch,
        "here": True,
        "standing": one.standing,
        "age": clock.age(one.first, now),
        "confidence": one.confidence / PERMILLE,
        "anchors": [anchor for anchor in judged.anchors if anchor["state"] != "ok"],
    }
    for name in ("why", "when"):
        if payload.get(name):
            card[name] = fence.escape(payload[name])
    return card


def _slim(record: Record, size: int, *, reasoned: bool = False) -> Record:
    """Return a card without its reasons, its text cut to a size; what changed in the code stays."""
    gone = ("when",) if reasoned else ("why", "when")
    kept = {name: value for name, value in record.items() if name not in gone}
    content = record["content"]
    cut = content[:size].rstrip() + " …" if len(content) > size else content
    return {**kept, "content": cut, "anchors": record["anchors"][:1], "shortened": True}
