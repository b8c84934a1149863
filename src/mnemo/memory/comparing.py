"""What a new claim stands beside: near-duplicates, and claims that it contradicts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from mnemo import ids, sketch
from mnemo.memory import reasons
from mnemo.memory.contradicting import contradiction
from mnemo.model.anchor import Anchor, anchor_from_record
from mnemo.model.claim import Assertion, View, current, is_live
from mnemo.store import assertions, objects, sketches
from mnemo.store.connections import Connection

MOST_SHOWN = 5
SHOWN = 160
LONGEST_HISTORY = 50
MOST_COMPARED = 200  # claims at the same places, newest first; each comparison takes 0.2 ms
MOST_KEPT = 2_000  # claims read while a batch is compared


class Beside(NamedTuple):
    """What a new claim stands beside.

    Args:
        duplicates, conflicts: each {"address", "content", "reason"}.
    """

    duplicates: list[dict[str, Any]]
    conflicts: list[dict[str, Any]]


class Statement(NamedTuple):
    """A statement to compare with what is known.

    Args:
        content, address, anchors: what it says, and where.
        replacing: addresses that it supersedes, of which nothing has to be said.
    """

    content: str
    address: str
    anchors: tuple[Anchor, ...] = ()
    replacing: Collection[str] = ()


def beside(connection: Connection, statements: Sequence[Statement], view: View) -> list[Beside]:
    """Return live near-duplicates of statements, and what they contradict: live or withdrawn with a reason.

    Args:
        statements: as many as come at once; they are not compared with each other.
        view: from where memory is looked at.
    """
    near = _near(connection, statements)
    shelf = _Shelf(connection, view)
    shelf.read([claim for some in near for claim in some])
    # Statements about one place one after another: what they are compared with is read and parsed once.
    found: dict[int, Beside] = {}
    for place in sorted(range(len(statements)), key=lambda place: _places(statements[place])):
        found[place] = _beside(shelf, statements[place], near[place])
    return [found[place] for place in range(len(statements))]


def _places(statement: Statement) -> list[tuple[str, str]]:
    return [(one.path, one.name) for one in statement.anchors]


def _beside(shelf: _Shelf, mine: Statement, near: Sequence[int]) -> Beside:
    duplicates: list[dict[str, Any]] = []
    conflicts: list[dict[str, Any]] = []
    seen: set[int] = set()
    for one, payload in shelf.told(near, mine.address):
        other = payload["content"]
        if _led_to(shelf.connection, one, {mine.address, *mine.replacing}):
            continue
        seen.add(one.claim)
        if one.standing in ("retracted", "superseded"):
            conflicts.append(_item(one, other, f"nearly the same {was_withdrawn(shelf.connection, one)}"))
        elif is_live(one, shelf.view):
            why = contradiction(mine.content, other)
            duplicates.append(_item(one, other, why or "nearly the same words"))
            if why and one.address not in mine.replacing:
                conflicts.append(_item(one, other, why))
    for one, payload in shelf.told(shelf.sharing(mine.anchors), mine.address):
        if len(conflicts) >= MOST_SHOWN:
            break
        if not is_live(one, shelf.view) or one.address in mine.replacing or one.claim in seen:
            continue
        theirs = map(anchor_from_record, payload.get("anchors", []))
        if _meet(mine.anchors, theirs) and (why := contradiction(mine.content, payload["content"])):
            conflicts.append(_item(one, payload["content"], why))
    return Beside(duplicates[:MOST_SHOWN], conflicts[:MOST_SHOWN])


def was_withdrawn(connection: Connection, one: Assertion) -> str:
    """Return what became of a claim that was retracted or superseded, with the reason."""
    reason = reasons.reason_of(connection, one)
    if one.standing == "superseded":
        return f"was superseded {reason or f'by {ids.short(one.cause)}'}"
    return f"was retracted{f': {reason}' if reason else ''}"


def _led_to(connection: Connection, one: Assertion, ends: Collection[str]) -> bool:
    """Tell whether a claim was replaced, step by step, by one of these: then it is their own history."""
    for _ in range(LONGEST_HISTORY):
        if one.address in ends or (one.standing == "superseded" and one.cause in ends):
            return True
        held = assertions.by_address(connection, one.cause) if one.standing == "superseded" else []
        if not held:
            return False
        one = held[-1]
    return False


def _meet(mine: tuple[Anchor, ...], theirs: Iterable[Anchor]) -> bool:
    """Tell whether two claims may speak of one thing: not where both name a definition, and another one."""
    return any(
        (one.path, one.type if not one.path else "") == (other.path, other.type if not other.path else "")
        and (one.name == other.name or not (one.name and other.name))
        for other in theirs
        for one in mine
    )


class _Shelf:
    """What is known and was read already: each claim once, however many statements are compared with it.

    Args:
        connection: a reader.
        view: from where memory is looked at.
    """

    def __init__(self, connection: Connection, view: View) -> None:
        self.connection = connection
        self.view = view
        self._read: dict[int, tuple[Assertion, dict[str, Any]] | None] = {}
        self._at: dict[tuple[str, str, str] | str, list[int]] = {}

    def told(self, claims: Sequence[int], address: str) -> list[tuple[Assertion, dict[str, Any]]]:
        """Return those of some claims that say anything here, each with its payload, without one of them."""
        if not self._read.keys() >= set(claims):
            self.read(claims)
        found = (self._read[claim] for claim in claims)
        return [one for one in found if one and one[0].address != address]

    def read(self, claims: Sequence[int]) -> None:
        """Read some claims, and forget others where they would be too many."""
        if len(self._read) > MOST_KEPT:
            self._read.clear()
        missing = [claim for claim in dict.fromkeys(claims) if claim not in self._read]
        held = assertions.by_claim(self.connection, missing)
        chosen = {claim: current(held.get(claim, ()), self.view) for claim in missing}
        payloads = assertions.payloads(self.connection, [one for one in chosen.values() if one])
        for claim, one in chosen.items():
            self._read[claim] = (one, payloads[one.object]) if one and one.object in payloads else None

    def sharing(self, anchors: tuple[Anchor, ...]) -> list[int]:
        """Return rows of claims with an anchor of the same name, or at the same path."""
        found: dict[int, None] = {}
        for one in anchors:
            key = (one.type, one.path, one.name)
            if key not in self._at:
                self._at[key] = assertions.claims_sharing(self.connection, [key])
            found.update(dict.fromkeys(self._at[key]))
        for path in dict.fromkeys(one.path for one in anchors if one.path):
            if path not in self._at:
                self._at[path] = assertions.claims_at(self.connection, path)
            found.update(dict.fromkeys(self._at[path]))
        return list(found)[:MOST_COMPARED]


def _near(connection: Connection, statements: Sequence[Statement]) -> list[list[int]]:
    """Return rows of claims that say nearly the same as each statement."""
    probed = sketches.near(connection, [one.content for one in statements])
    contents = objects.contents_of(connection, sorted({claim for some in probed for claim in some}))
    return [
        _alike(one, [claim for claim in some if claim in contents], contents) if some else []
        for one, some in zip(statements, probed, strict=True)
    ]


def _alike(statement: Statement, claims: Sequence[int], contents: Mapping[int, str]) -> list[int]:
    is_alike = sketch.likeness(statement.content)
    return [claim for claim in claims if is_alike(contents[claim])]


def _item(one: Assertion, content: str, reason: str) -> dict[str, Any]:
    return {"address": one.address, "content": content[:SHOWN], "reason": reason}
