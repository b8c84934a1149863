"""The words of the commands with which people look at memory and correct it."""

from __future__ import annotations

from typing import Any

from mnemo import fence, ids
from mnemo.interfaces.render import memory
from mnemo.interfaces.render.plain import counted, everything, joined, notes, size
from mnemo.retrieval import cards

Record = dict[str, Any]

# What stands in its own line, or is said of each assertion.
SHOWN = (
    "address", "content", "shortened", "here", "anchors", "verdict", "standing", "notes", "claim",
    "branch", "scope", "source", "agent", "session", "age",
)  # fmt: skip
DID = {
    "assert": "claimed",
    "supersede": "superseded",
    "retract": "retracted",
    "purge": "erased",
    "repin": "re-pinned",
    "confirm": "confirmed",
    "reinforce": "reinforced",
    "quiet": "silenced",
    "link": "linked",
    "unlink": "unlinked",
    "undo": "undid",
}
PAST = {
    "follow": "followed",
    "repin": "re-pinned",
    "unpin": "kept without the anchor:",
    "supersede": "superseded",
    "forget": "forgot",
}


def claims(record: Record) -> str:
    """Return a list of claims as recall would show them."""
    listed: list[Record] = record.get("claims", [])
    if not listed:
        return joined("No claims.", _rest(record), notes(record))
    told = [cards.recall_claim(claim, number) for number, claim in enumerate(listed, 1)]
    return joined(counted(len(listed), "claim") + ":", told, _rest(record), notes(record))


def show(record: Record) -> str:
    """Return one claim in full with its history and the claims beside it."""
    claim = record.get("claim", record)
    fields = [claim["address"], cards.phrase(claim.get("verdict") or "")]
    fields.append(cards.phrase(claim.get("standing") or "active"))
    anchors: list[Record] = claim.get("anchors") or []
    return joined(
        cards.BETWEEN.join(field for field in fields if field),
        cards.quoted(claim["content"]),
        [f"  {anchor['state']}: {_anchor(anchor)}" for anchor in anchors],
        everything(claim, SHOWN),
        _section("said", [_assertion(one) for one in record.get("assertions", [])]),
        _section("history", [_deed(one) for one in record.get("history", [])]),
        _section("links", [f"{one['relation']} {_beside(one)}" for one in record.get("links", [])]),
        _section("much like", [_beside(one) for one in record.get("duplicates", [])]),
        _section("conflicts with", [_beside(one) for one in record.get("conflicts", [])]),
        notes(record),
    )


def edit(record: Record) -> str:
    """Return what was claimed instead, or that nothing was."""
    return memory.claim(record) if record.get("claims") else joined(_said(record))


def inbox(record: Record) -> str:
    """Return what waits for somebody's word, or what was done with it."""
    if "claims" not in record:
        return joined(_settled(record), notes(record))
    listed: list[Record] = record["claims"]
    if not listed:
        return joined("Nothing waits to be confirmed.", notes(record))
    told = [
        f"{cards.recall_claim(claim, number)}\n  {_origin(claim)}" for number, claim in enumerate(listed, 1)
    ]
    after = "Next: mnemo inbox --keep ADDRESS --drop ADDRESS, or --all keep --yes; on a terminal it asks."
    return joined(f"{counted(record['waiting'], 'claim')} unconfirmed:", told, notes(record), after)


def mend(record: Record) -> str:
    """Return what fails, by cause, or what was done with it."""
    groups: list[Record] = record.get("groups", [])
    if "mended" in record:
        done = [
            f"{PAST[deed]} {', '.join(map(ids.short, addresses))}"
            for deed, addresses in record["mended"].items()
            if addresses
        ]
        stale = [f"{ids.short(one)}: corrected meanwhile, left alone" for one in record.get("stale", [])]
        left = [f"{counted(len(groups), 'group')} left; mnemo mend lists them"] if groups else []
        return joined(
            done or "Nothing was changed.", stale, left, _stopped(record), _back(record), notes(record)
        )
    if not groups:
        return joined("Nothing to mend: every anchor holds.", notes(record))
    told = [line for group in groups for line in _group(group)]
    after = "Next: mnemo mend --follow GROUP, --repin GROUP or --forget GROUP; --yes follows what is certain."
    return joined(f"{counted(len(groups), 'cause')}:", told, notes(record), after)


def forget(record: Record) -> str:
    """Return what was forgotten, what had been before, and what could not be reached."""
    fate = "erased for ever" if record.get("erased") else "forgotten: kept in history, no longer told"
    forgotten: list[str] = record["forgotten"]
    return joined(
        [f"{ids.short(address)} {fate}" for address in forgotten],
        [_already(one) for one in record.get("already", [])],
        [f"not reached: {cards.phrase(place, cards.LINE)}" for place in record.get("not_reached", [])],
        everything(record, ("forgotten", "erased", "already", "not_reached", "notes")),
        "mnemo undo takes it back" if forgotten and not record.get("erased") else "",
        _said(record),
    )


def undo(record: Record) -> str:
    """Return what was undone, newest first, and what cannot be."""
    undone: list[Record] = record.get("undone", [])
    lines = [_undone(deed) for deed in undone]
    lines += [f"not {_undone(deed)}: {cards.phrase(deed['reason'])}" for deed in record.get("lasting", [])]
    said = _said(record)
    return joined(
        lines or (said and "") or "Nothing to undo.", everything(record, ("undone", "lasting", "notes")), said
    )


def where(record: Record) -> str:
    """Return every path that holds data, its size, who can read it, and what never leaves."""
    places: list[Record] = record.get("paths", [])
    # Our own words, which speak of <private>: nothing in them is secret.
    said = [
        f"{words}: {fence.line(each, cards.LINE)}"
        for name, words in (
            ("never_leaves", "never leaves this machine"),
            ("leaves", "leaves it"),
            ("erase", "to erase"),
        )
        for each in record.get(name, [])
    ]
    return joined(
        _table(places) or "Nothing is stored yet.",
        said,
        everything(record, ("paths", "never_leaves", "leaves", "erase", "notes")),
        notes(record),
    )


def _undone(deed: Record) -> str:
    when = cards.phrase(deed.get("age") or deed["when"])
    kind = cards.phrase(deed["kind"]) + (", everywhere" if deed.get("everywhere") else "")
    return f"undone: {cards.phrase(deed['summary'], cards.LINE)} ({kind}, {when})"


def _table(places: list[Record]) -> list[str]:
    """Return a line a place in columns: what, size, who can read it, path."""
    cells = [
        (
            cards.phrase(place["what"]),
            size(place.get("bytes") or 0),
            f"readable by {cards.phrase(place['readable_by'])}",
        )
        for place in places
    ]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(
            (
                f"{what:<{widths[0]}}",
                f"{count:>{widths[1]}}",
                f"{readers:<{widths[2]}}",
                cards.phrase(place["path"], 4 * cards.LINE),
            )
        )
        for (what, count, readers), place in zip(cells, places, strict=True)
    ]


def _anchor(anchor: Record) -> str:
    reason = cards.phrase(anchor.get("reason") or "", cards.LINE)
    return cards.anchor_name(anchor) + (f" ({reason})" if reason else "")


def _section(title: str, lines: list[str]) -> list[str]:
    return [f"{title}:", *(f"  {line}" for line in lines)] if lines else []


def _assertion(one: Record) -> str:
    branch = cards.phrase(one["branch"] or "no branch")
    who = cards.phrase(one["agent"] or one["source"])
    reason = f": {cards.phrase(one['reason'], cards.LINE)}" if one.get("reason") else ""
    times = f", {one['repeated'] + 1} times" if one.get("repeated") else ""
    session = f" in session {cards.phrase(one['session'])}" if one.get("session") else ""
    standing = cards.phrase(one["standing"])
    return f"{one['age']} on {branch} by {who}{session}{times} ({one['scope']}): {standing}{reason}"


def _deed(one: Record) -> str:
    reason = f": {cards.phrase(one['reason'], cards.LINE)}" if one.get("reason") else ""
    who, branch = cards.phrase(one["who"] or one["source"]), cards.phrase(one["branch"] or "no branch")
    return f"{one['when']} {DID.get(one['did'], one['did'])} by {who} on {branch}{reason}"


def _beside(one: Record) -> str:
    reason = f" ({cards.phrase(one['reason'], cards.LINE)})" if one.get("reason") else ""
    return f"{ids.short(one['address'])}{reason}: {cards.phrase(one.get('content', ''), cards.LINE)}"


def _origin(claim: Record) -> str:
    session = f" in session {cards.phrase(claim['session'])}" if claim.get("session") else ""
    return f"from {cards.phrase(claim.get('source', 'someone'))}{session}, {claim.get('date', 'some day')}"


def _settled(record: Record) -> list[str]:
    told = [f"{len(record[word])} {word}" for word in ("kept", "edited", "dropped") if record.get(word)]
    left = record.get("left", 0)
    waiting = f"{left} still wait{'s' if left == 1 else ''}" if left else "none waits any more"
    lines = [f"{', '.join(told) or 'Nothing was changed'}; {waiting}."]
    lines += [_already(one) for one in record.get("already", [])]
    return [*lines, *_back(record)]


def _stopped(record: Record) -> list[str]:
    left = record.get("of", 0) - record.get("seen", 0)
    return [f"{counted(left, 'group')} not looked at"] if left > 0 else []


def _back(record: Record) -> list[str]:
    deeds = record.get("deeds", 0)
    return (
        [f"mnemo undo{f' {deeds}' if deeds > 1 else ''} takes {'them' if deeds > 1 else 'it'} back"]
        if deeds
        else []
    )


def _already(one: Record) -> str:
    reason = f": {cards.phrase(one['reason'], cards.LINE)}" if one.get("reason") else ""
    return f"{ids.short(one['address'])} was {cards.phrase(one['standing'])} already{reason}"


def _group(group: Record) -> list[str]:
    sure = "" if not group.get("place") else " (certain)" if group["certain"] else " (probable)"
    lines = [f"{group['group']} {cards.phrase(group['what'], cards.LINE)}{sure}"]
    for claim in group["claims"]:
        lines.append(cards.quoted(claim["content"]))
        lines.append(f"    {ids.short(claim['address'])} {cards.anchors_line(claim['anchors'])}")
    return lines


def _said(record: Record) -> list[str]:
    """Return notes; the one that says that nothing happened is the answer itself."""
    return [
        f"{note[0].upper()}{note[1:]}." if note.startswith("nothing was ") else cards.recall_note(note)
        for note in record.get("notes", [])
    ]


def _rest(record: Record) -> str:
    return everything(record, ("claims", "notes"))
