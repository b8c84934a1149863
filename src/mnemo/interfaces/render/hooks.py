"""The words of hooks: what they said, what they keep to themselves, and an answer as clients read it."""

from __future__ import annotations

from mnemo import ids
from mnemo.interfaces.hooks import forms
from mnemo.interfaces.render.plain import as_json, counted, joined, notes
from mnemo.light import Any
from mnemo.retrieval import cards

Record = dict[str, Any]


def last(record: Record) -> str:
    """Return what hooks said lately, newest first, each claim with the reason why it was told or left out."""
    moments: list[Record] = record["moments"]
    if not moments:
        return joined("No hook has spoken here yet.", notes(record))
    return joined([line for one in moments for line in _moment(one)], notes(record))


def quiet(record: Record) -> str:
    """Return that hooks keep a claim to themselves, or tell it again."""
    fate = (
        "kept out of what hooks say; recall tells it as before" if record["quiet"] else "told by hooks again"
    )
    return joined(f"{ids.short(record['address'])} {fate}", notes(record))


def answered(record: Record) -> str:
    """Return what a hook of type mcp_tool answers: the client's JSON, nothing where nothing is said."""
    told = forms.answer("claude", record["event"], record["text"], record["person"], record["ask"])
    return as_json(told) if told else ""


def _moment(one: Record) -> list[str]:
    words = [
        one["at"],
        *(cards.phrase(one[name]) for name in ("kind", "tool", "path", "source") if one.get(name)),
    ]
    if one.get("agent"):
        words.append(f"agent {cards.phrase(one['agent'])}")
    words.append(
        f"told {counted(len(one['told']), 'claim')}"
        + (f", {one['tokens']} tokens" if one.get("tokens") else "")
    )
    lines = [cards.BETWEEN.join(words)]
    lines += [f"  told {_claim(claim)}" for claim in one["told"]]
    return lines + [f"  left out {_claim(claim)}" for claim in one["left_out"]]


def _claim(claim: Record) -> str:
    why, headline = cards.phrase(claim["why"], cards.LINE), cards.phrase(claim["headline"])
    return f"{ids.short(cards.phrase(claim['address']))} ({why}): {headline}"
