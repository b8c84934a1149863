"""The words of the knowledge tools: what was changed, linked, found, and what is known of one claim."""

from __future__ import annotations

from typing import Any

from mnemo import ids
from mnemo.interfaces.render.plain import counted, joined, notes
from mnemo.retrieval import cards

Record = dict[str, Any]

USUAL = "active"


def reinforce(record: Record) -> str:
    """Return how often a claim held again."""
    waits = " · unconfirmed still: claim it, or keep it in mnemo inbox" * (
        record["standing"] == "unconfirmed"
    )
    times = "once" if record["reinforced"] == 1 else f"{record['reinforced']} times"
    return joined(f"reinforced {ids.short(record['address'])} · {times} by now{waits}", notes(record))


def link(record: Record) -> str:
    """Return which claims are linked how, and whether they were before."""
    ends = f"{ids.short(record['source'])} {cards.phrase(record['rel'])} {ids.short(record['target'])}"
    return joined(f"linked {ends}" if record["new"] else f"linked before: {ends}", notes(record))


def search(record: Record) -> str:
    """Return the matches, a line of structure and one of quoted text each."""
    results: list[Record] = record.get("results", [])
    told = [_match(one, number) for number, one in enumerate(results, 1)]
    withheld = [cards.recall_withheld(one) for one in record.get("withheld", [])]
    if not results:
        asked = cards.phrase(record.get("query") or "", 60)
        nothing = f'Nothing found for "{asked}".'
        return joined(nothing, withheld, notes(record), "Next: use other words, or project=all.")
    counts = f"{counted(len(results), 'match')}; lines behind > are quoted data"
    return joined(counts, told, withheld, notes(record))


def query(record: Record) -> str:
    """Return one claim with all that is known of it."""
    claim: Record = record["claim"]
    fields = [record["address"], cards.phrase(record["kind"]), cards.phrase(claim.get("verdict") or "")]
    fields += [cards.phrase(claim.get("standing") or USUAL), cards.phrase(claim["domain"]), claim["age"]]
    reason = cards.phrase(record.get("reason") or "", cards.LINE)
    return joined(
        cards.BETWEEN.join(field for field in fields if field),
        cards.quoted(claim["content"]),
        [f"  {name}: {cards.phrase(claim[name], cards.LINE)}" for name in ("why", "when") if claim.get(name)],
        f"  {cards.anchors_line(claim['anchors'])}" if claim.get("anchors") else "",
        f"  withdrawn: {reason}" if reason else "",
        f"  {_counts(record)}",
        [f"made from {_other(one)}" for one in record.get("inputs", [])],
        f"  keeps {record['coverage']:.0%} of what they tell" if "coverage" in record else "",
        [f"{cards.phrase(one['relation'])} {_other(one)}" for one in record.get("links", [])],
        [f"{_other(one)} {cards.phrase(one['relation'])} this" for one in record.get("linked_from", [])],
        notes(record),
    )


def _match(one: Record, number: int) -> str:
    fields = [ids.short(one["address"]), one["verdict"], one["domain"], one["age"], one["project"]]
    if one["standing"] != USUAL:
        fields.insert(1, one["standing"])
    return joined(
        f"{number}. {cards.BETWEEN.join(cards.phrase(field) for field in fields)}",
        cards.quoted(one["content"]),
    )


def _counts(record: Record) -> str:
    told = f"recalled {record['recalled']}×, acted on {record['used']}×, reinforced {record['reinforced']}×"
    confidence = record["claim"]["confidence"]
    return f"{told}; confidence {confidence:g}, priority {record['claim']['priority']:g}"


def _other(one: Record) -> str:
    standing = "" if one["standing"] == USUAL else f" ({cards.phrase(one['standing'])})"
    return f"{ids.short(one['address'])}{standing}: {cards.phrase(one['content'], cards.LINE)}"
