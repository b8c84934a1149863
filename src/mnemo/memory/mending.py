"""Mending: failing anchors grouped by what caused it, and what a person decides done to a whole group."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from mnemo import ids
from mnemo.memory import verifying
from mnemo.memory.causes import Cause, Clues, cause_of
from mnemo.memory.verifying import Checked
from mnemo.model.anchor import Anchor, Finding, anchor_record
from mnemo.model.claim import LIVE, Assertion
from mnemo.retrieval.judging import shown_anchor
from mnemo.store import assertions, objects
from mnemo.store.connections import Connection

ID_LENGTH = 8
SHOWN = 160
FAILING = ("missing", "drifted", "error")
Record = dict[str, Any]
Repin = Callable[[Anchor], Anchor]


class Failing(NamedTuple):
    """One anchor that no longer holds where it was pinned.

    Args:
        checked: the claim as it was judged.
        anchor, finding: the anchor, and what judging it said.
        target: the anchor at its new place, None where nobody can say.
    """

    checked: Checked
    anchor: Anchor
    finding: Finding
    target: Anchor | None


class Group(NamedTuple):
    """Anchors that fail for one reason.

    Args:
        id: eight hexadecimal digits that stay the same as long as the cause does.
        cause: why they fail.
        failing: the anchors.
    """

    id: str
    cause: Cause
    failing: list[Failing]

    @property
    def addresses(self) -> list[str]:
        """The claims, each once, in the order in which they were judged."""
        return list(dict.fromkeys(one.checked.assertion.address for one in self.failing))


class Mended(NamedTuple):
    """What a deed on a group changed.

    Args:
        done: addresses of the claims.
        stale: addresses of those that somebody corrected meanwhile, left alone.
    """

    done: list[str]
    stale: list[str]


def list_groups(checked: Iterable[Checked], clues: Clues) -> list[Group]:
    """Return the failing anchors of judged claims by cause, those that can certainly be followed first.

    Args:
        checked: claims in which what certainly moved was located.
        clues: where something may have gone.
    """
    groups: dict[Cause, list[Failing]] = {}
    for one in checked:
        for anchor, finding in one.findings:
            if finding.state in FAILING or (finding.path and finding.state == "ok"):
                cause, target = cause_of(anchor, finding, clues)
                groups.setdefault(cause, []).append(Failing(one, anchor, finding, target))
    named = [Group(_id(cause), cause, failing) for cause, failing in groups.items()]
    return sorted(named, key=lambda group: (not group.cause.certain, not group.cause.place))


def deeds(group: Group) -> list[str]:
    """Return what can be done to a group: follow, repin or unpin, supersede, forget."""
    found = ["follow"] if group.cause.place else []
    states = {one.finding.state for one in group.failing}
    if states == {"drifted"}:
        found.append("repin")
    elif states <= {"missing"}:
        found.append("unpin")
    return [*found, "supersede", "forget"]


def followed(connection: Connection, group: Group, repin: Repin, **where: Any) -> Mended:
    """Pin a group's anchors anew at the place they went to, in the caller's transaction.

    Args:
        repin: pins an anchor to what is there now.
        where: at, now and space of the deed.
    """
    return _changed(connection, group, lambda one: repin(one.target) if one.target else one.anchor, where)


def repinned(connection: Connection, group: Group, repin: Repin, **where: Any) -> Mended:
    """Accept the code as it is now, in the caller's transaction: what is gone is no anchor any more.

    Args:
        repin: pins an anchor to what is there now.
        where: at, now and space of the deed.
    """

    def accepted(one: Failing) -> Anchor | None:
        if one.finding.state == "missing":
            return None
        return repin(one.target or one.anchor)

    return _changed(connection, group, accepted, where)


def record(group: Group) -> Record:
    """Return a group as a record: what happened, what can be done, and to which claims."""
    claims: dict[str, Record] = {}
    for one in group.failing:
        address = one.checked.assertion.address
        claim = claims.setdefault(
            address,
            {
                "address": address,
                "content": one.checked.payload["content"].strip().split("\n", 1)[0][:SHOWN],
                "anchors": [],
            },
        )
        # What the group says needs not be said again of each of its anchors.
        said = one.finding._replace(reason="") if one.finding.reason == group.cause.what else one.finding
        claim["anchors"].append(shown_anchor(anchor_record(one.anchor), said))
    return {
        "group": group.id,
        "cause": group.cause.word,
        "what": group.cause.what,
        "place": group.cause.place,
        "certain": group.cause.certain,
        "can": deeds(group),
        "claims": list(claims.values()),
    }


def without(group: Group, addresses: set[str]) -> Group:
    """Return a group without the claims that were dealt with."""
    left = [one for one in group.failing if one.checked.assertion.address not in addresses]
    return group._replace(failing=left)


def _changed(
    connection: Connection,
    group: Group,
    change: Callable[[Failing], Anchor | None],
    where: dict[str, Any],
) -> Mended:
    wanted: list[tuple[Assertion, dict[str, Any]]] = []
    stale: list[str] = []
    by_claim: dict[int, list[Failing]] = {}
    for one in group.failing:
        by_claim.setdefault(one.checked.assertion.id, []).append(one)
    for failing in by_claim.values():
        address = failing[0].checked.assertion.address
        found = _standing(connection, failing[0].checked.assertion)
        payload = objects.find(connection, found.object) if found else None
        anchors = _exchanged(payload, failing, change) if payload else None
        if found is None or payload is None or anchors is None:
            stale.append(address)
        elif anchors != payload.get("anchors", []):
            kept = {name: value for name, value in payload.items() if name != "anchors"}
            wanted.append((found, {**kept, "anchors": anchors} if anchors else kept))
    return Mended(verifying.repinned(connection, wanted, **where), stale)


def _standing(connection: Connection, judged: Assertion) -> Assertion | None:
    """Return an assertion as it is now, None when somebody withdrew it."""
    held = assertions.by_address(connection, judged.address)
    found = next((one for one in held if one.branch == judged.branch), None)
    return found if found and found.standing in LIVE else None


def _exchanged(
    payload: dict[str, Any], failing: Sequence[Failing], change: Callable[[Failing], Anchor | None]
) -> list[Record] | None:
    """Return a claim's anchors with the failing ones changed, None when somebody changed them before."""
    anchors: list[Record] = list(payload.get("anchors", []))
    for one in failing:
        before = anchor_record(one.anchor)
        if before not in anchors:
            return None
        place = anchors.index(before)
        after = change(one)
        anchors[place : place + 1] = [anchor_record(after)] if after else []
    return anchors


def _id(cause: Cause) -> str:
    return ids.digest(ids.canonical(list(cause[:-1])))[:ID_LENGTH]
