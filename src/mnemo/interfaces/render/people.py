"""The words of the commands with which people look at memory and correct it."""

from __future__ import annotations

from typing import Any

from mnemo import fence, ids
from mnemo.interfaces.render.plain import counted, everything, joined, notes, size
from mnemo.retrieval import cards

Record = dict[str, Any]


def claims(record: Record) -> str:
    """Return a list of claims as recall would show them."""
    listed: list[Record] = record.get("claims", [])
    if not listed:
        return joined("No claims.", _rest(record), notes(record))
    told = [cards.recall_claim(claim, number) for number, claim in enumerate(listed, 1)]
    return joined(counted(len(listed), "claim") + ":", told, _rest(record), notes(record))


def show(record: Record) -> str:
    """Return one claim in full with its history and the events that speak of it."""
    claim = record.get("claim", record)
    head = f"{claim['address']}{cards.BETWEEN}{claim.get('verdict') or claim.get('standing', 'active')}"
    told = ("address", "content", "shortened", "here", "anchors", "verdict", "notes", "claim")
    anchors: list[Record] = claim.get("anchors") or []
    return joined(
        head,
        cards.quoted(claim["content"]),
        [f"  {anchor['state']}: {_anchor(anchor)}" for anchor in anchors],
        everything(claim, told),
        everything(record, told) if claim is not record else "",
        notes(record),
    )


def forget(record: Record) -> str:
    """Return what was forgotten, and what could not be reached."""
    fate = "erased for ever" if record.get("erased") else "forgotten: kept in history, no longer told"
    return joined(
        [f"{ids.short(address)} {fate}" for address in record["forgotten"]],
        [f"not reached: {cards.phrase(place, cards.LINE)}" for place in record.get("not_reached", [])],
        everything(record, ("forgotten", "erased", "not_reached", "notes")),
        notes(record),
    )


def undo(record: Record) -> str:
    """Return what was undone, newest first."""
    undone: list[Record] = record.get("undone", [])
    lines = [_undone(deed) for deed in undone]
    return joined(lines or "Nothing to undo.", everything(record, ("undone", "notes")), notes(record))


def where(record: Record) -> str:
    """Return every path that holds data, its size, who can read it, and what never leaves."""
    places: list[Record] = record.get("paths", [])
    # Our own words, which speak of <private>: nothing in them is secret.
    kept = [fence.line(each, cards.LINE) for each in record.get("never_leaves", [])]
    return joined(
        [_place(place) for place in places] or "Nothing is stored yet.",
        [f"never leaves this machine: {each}" for each in kept],
        everything(record, ("paths", "never_leaves", "notes")),
        notes(record),
    )


def _undone(deed: Record) -> str:
    kind, when = cards.phrase(deed["kind"]), cards.phrase(deed["when"])
    return f"undone: {kind} ({when}): {cards.phrase(deed['summary'], cards.LINE)}"


def _place(place: Record) -> str:
    fields = [cards.phrase(place["what"]), size(place.get("bytes") or 0)]
    fields.append(f"readable by {cards.phrase(place['readable_by'])}")
    return f"{cards.BETWEEN.join(fields)}: {cards.phrase(place['path'], cards.LINE)}"


def _anchor(anchor: Record) -> str:
    reason = cards.phrase(anchor.get("reason") or "", cards.LINE)
    return cards.anchor_name(anchor) + (f" ({reason})" if reason else "")


def _rest(record: Record) -> str:
    return everything(record, ("claims", "notes"))
