"""What an import has to write: new statements, changed ones with what they replace, what holds no longer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from mnemo import ids, redact, text
from mnemo.importing.gathering import Gathered, Statement
from mnemo.model.anchor import Finding, anchor_from_record, anchors_of
from mnemo.model.claim import Assertion, View, current, is_live
from mnemo.retrieval.judging import Judge
from mnemo.store import assertions
from mnemo.store.connections import Connection

ALIKE = 0.5  # share of the fewer words that a rule keeps when it is reworded


class Planned(NamedTuple):
    """One statement and what is to be done with it.

    Args:
        statement: what the file says.
        address: of its claim.
        state: new, changed, moved (the same words, its place is to be pinned anew), known or withdrawn.
        supersedes: addresses of what it replaces.
    """

    statement: Statement
    address: str
    state: str
    supersedes: tuple[str, ...] = ()


class Ended(NamedTuple):
    """A claim whose decision no longer holds.

    Args:
        address: of the claim.
        wide: whether it held everywhere.
        reason: what the file says now.
    """

    address: str
    wide: bool
    reason: str


class Plan(NamedTuple):
    """All that an import would do.

    Args:
        planned: every statement once, in order.
        ended: claims whose decision no longer holds.
        gone: addresses of earlier imports that no file says any more.
    """

    planned: list[Planned]
    ended: list[Ended]
    gone: list[str]


class _Old(NamedTuple):
    """An earlier import that no file says in these words any more, and where its lines are now."""

    assertion: Assertion
    content: str
    finding: Finding


def plan(connection: Connection, gathered: Sequence[Gathered], view: View, judge: Judge) -> Plan:
    """Compare what the files say with what is known; nothing is written.

    Args:
        gathered: what each file says.
        view: from where memory is looked at.
        judge: judges one anchor in the working tree.
    """
    said: dict[str, Statement] = {}
    for statement in (one for file in gathered for one in file.statements):
        said.setdefault(address_of(statement.content), statement)
    ended: list[Ended] = []
    stale: dict[str, list[_Old]] = {}
    for file in gathered:
        old = _stale(connection, file.source.path, said, view, judge)
        if file.dead:
            reason = f"{file.source.path} says now: {file.dead}"
            ended += [Ended(one.assertion.address, one.assertion.scope != "branch", reason) for one in old]
        elif old:
            stale[file.source.path] = old
    planned = [_compared(connection, address, one, view, judge, said) for address, one in said.items()]
    return _with_replaced(planned, ended, stale)


def address_of(content: str) -> str:
    """Return the address that a statement will have once its secrets are taken out."""
    return ids.address("leaf", redact.clean({"content": content})["content"])


def _with_replaced(planned: list[Planned], ended: list[Ended], stale: dict[str, list[_Old]]) -> Plan:
    """Let new statements supersede the earlier ones of the same place."""
    result: list[Planned] = []
    replaced: set[str] = set()
    for one in planned:
        old = stale.get(one.statement.source.path, [])
        left = [each for each in old if each.assertion.address not in replaced]
        mine = _replaced_by(one.statement, left) if one.state in ("new", "changed") else []
        replaced.update(mine)
        every = tuple(dict.fromkeys((*one.supersedes, *mine)))
        result.append(one._replace(state="changed" if every else one.state, supersedes=every))
    gone = [
        old.assertion.address
        for some in stale.values()
        for old in some
        if old.assertion.address not in replaced and old.finding.state in ("missing", "drifted")
    ]
    return Plan(result, ended, gone)


def _replaced_by(statement: Statement, stale: Iterable[_Old]) -> list[str]:
    first, last = statement.lines[0]
    found: list[str] = []
    words = set(text.words(statement.content))
    for old in stale:
        lines = old.finding.lines
        if lines:
            same = lines[0] <= last and first <= lines[1]
        else:
            former = set(text.words(old.content))
            same = len(words & former) >= ALIKE * max(1, min(len(words), len(former)))
        if same:
            found.append(old.assertion.address)
    return found


def _stale(
    connection: Connection, path: str, said: dict[str, Statement], view: View, judge: Judge
) -> list[_Old]:
    """Return the live imports pinned to a file whose words no file says any more."""
    held = assertions.by_claim(connection, assertions.claims_at(connection, path))
    live = [
        one
        for some in held.values()
        if (one := current(some, view)) and is_live(one, view) and one.origin == "import"
    ]
    old = [one for one in live if one.address not in said]
    payloads = assertions.payloads(connection, old)
    found: list[_Old] = []
    for one in old:
        payload = payloads.get(one.object, {})
        mine = [anchor for anchor in payload.get("anchors", []) if anchor.get("path") == path]
        if mine and mine[0]["type"] == "content":
            finding = judge(anchor_from_record(mine[0]), one.commit)
            found.append(_Old(one, payload["content"], finding))
    return found


def _compared(
    connection: Connection,
    address: str,
    statement: Statement,
    view: View,
    judge: Judge,
    said: dict[str, Statement],
) -> Planned:
    held = assertions.by_address(connection, address)
    one = current(held, view)
    if one is None:
        return Planned(statement, address, "new")
    if is_live(one, view):
        return Planned(statement, address, _state_of_live(connection, one, statement, judge))
    if one.standing == "superseded" and one.cause not in said:
        cause = current(assertions.by_address(connection, one.cause), view) if one.cause else None
        # The file says again what an import had replaced; what a person replaced stays replaced.
        if cause and cause.origin == "import" and is_live(cause, view):
            return Planned(statement, address, "changed", (cause.address,))
    return Planned(statement, address, "withdrawn")


def _state_of_live(connection: Connection, one: Assertion, statement: Statement, judge: Judge) -> str:
    if one.origin != "import":
        return "known"
    if one.standing == "unconfirmed" and statement.standing == "active":
        return "new"
    payload = assertions.payloads(connection, [one]).get(one.object, {})
    states = [judge(anchor, one.commit).state for anchor in anchors_of(payload)]
    holds = all(state in ("ok", "unknown", "error") for state in states)
    return "known" if holds else "moved"
