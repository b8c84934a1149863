"""What a new claim stands beside: near-duplicates, and claims that it contradicts."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from mnemo import sketch, text
from mnemo.model.anchor import Anchor
from mnemo.model.claim import Assertion, View, current, is_live
from mnemo.store import assertions, objects, search
from mnemo.store.connections import Connection

MOST_SHOWN = 5
SHOWN = 160
ALIKE = 0.5  # share of the other words that two claims must have in common before they can contradict
_NUMBER = re.compile(r"(?<![\w.])v?\d+(?:\.\d+)*(?![\w])")
_NEGATION = frozenset(
    "not no never without cannot don't doesn't isn't aren't won't must'nt mustn't shouldn't nor".split()
)


class Beside(NamedTuple):
    """What a new claim stands beside.

    Args:
        duplicates, conflicts: each {"address", "content", "reason"}.
    """

    duplicates: list[dict[str, Any]]
    conflicts: list[dict[str, Any]]


def beside(
    connection: Connection, content: str, address: str, anchors: tuple[Anchor, ...], view: View
) -> Beside:
    """Return live near-duplicates of a statement and the claims that it contradicts.

    Args:
        content, address, anchors: the statement.
        view: from where memory is looked at.
    """
    duplicates: list[dict[str, Any]] = []
    conflicts: list[dict[str, Any]] = []
    near = search.near(connection, sketch.probes(content))
    for one, other in _told(connection, near, view, address):
        if not sketch.alike(content, other):
            continue
        if one.standing == "retracted":
            conflicts.append(_item(one, other, _retracted(connection, one)))
        elif is_live(one, view):
            duplicates.append(_item(one, other, contradiction(content, other) or "nearly the same words"))
    sharing = assertions.claims_sharing(connection, [(one.type, one.path, one.name) for one in anchors])
    for one, other in _told(connection, sharing, view, address):
        why = contradiction(content, other)
        if why and is_live(one, view):
            conflicts.append(_item(one, other, why))
    return Beside(duplicates[:MOST_SHOWN], conflicts[:MOST_SHOWN])


def contradiction(one: str, other: str) -> str:
    """Return how two statements on the same thing differ in number or negation; empty when they do not."""
    mine, theirs = _parts(one), _parts(other)
    common = mine.words & theirs.words
    if not common or len(common) < ALIKE * min(len(mine.words), len(theirs.words)):
        return ""
    if mine.negated != theirs.negated:
        return "one says not, the other does not"
    if mine.numbers and theirs.numbers and not mine.numbers & theirs.numbers:
        return f"it says {_some(theirs.numbers)}, this says {_some(mine.numbers)}"
    return ""


def _some(numbers: frozenset[str]) -> str:
    return ", ".join(sorted(numbers)[:3])


class _Parts(NamedTuple):
    words: frozenset[str]
    numbers: frozenset[str]
    negated: bool


def _parts(content: str) -> _Parts:
    numbers = frozenset(_NUMBER.findall(content))
    plain = set(re.findall(r"[\w']+", content.lower()))
    return _Parts(frozenset(text.words(_NUMBER.sub(" ", content))), numbers, bool(plain & _NEGATION))


def _told(connection: Connection, claims: list[int], view: View, address: str) -> list[tuple[Assertion, str]]:
    held = assertions.by_claim(connection, claims)
    chosen = [
        one for claim in claims if (one := current(held.get(claim, ()), view)) and one.address != address
    ]
    payloads = assertions.payloads(connection, chosen)
    return [(one, payloads[one.object]["content"]) for one in chosen if one.object in payloads]


def _retracted(connection: Connection, one: Assertion) -> str:
    cause = objects.find(connection, one.cause) if len(one.cause) == 64 else None
    why = f": {cause['reason'][:SHOWN]}" if cause else ""
    return f"nearly the same was retracted{why}"


def _item(one: Assertion, content: str, reason: str) -> dict[str, Any]:
    return {"address": one.address, "content": content[:SHOWN], "reason": reason}
