"""Claiming: checked drafts become one event, and the answer says what each stands beside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from mnemo import ids
from mnemo.errors import Invalid
from mnemo.memory import comparing, inheriting, scopes
from mnemo.memory.comparing import Statement
from mnemo.memory.drafts import Draft
from mnemo.model.anchor import anchor_record
from mnemo.model.claim import Assertion, View, payload_of
from mnemo.model.event import Part
from mnemo.redact import PRIVATE
from mnemo.retrieval.judging import Judge, judged
from mnemo.store import assertions, events, objects
from mnemo.store.claims import assert_part
from mnemo.store.connections import Connection
from mnemo.store.objects import Sealed

Record = dict[str, Any]


class Surroundings(NamedTuple):
    """Where and when something is claimed.

    Args:
        at: branch, commit, worktree, agent, session, origin.
        now: wall clock, milliseconds.
        view: what is visible from there.
        judge: judges one anchor in the working tree.
        base: gives what is shared with the default branch.
        space: the chain that the events go to.
    """

    at: dict[str, str]
    now: int
    view: View
    judge: Judge
    base: Callable[[], scopes.Base]
    space: str = "project"


class Ready(NamedTuple):
    """A draft that only has to be written.

    Args:
        draft: what is claimed.
        sealed: its redacted payload.
        address: its address.
        scope, scope_reason: where it holds and why.
        standing: active, unconfirmed or preliminary.
        anchors: each anchor with its state now.
    """

    draft: Draft
    sealed: Sealed
    address: str
    scope: str
    scope_reason: str
    standing: str
    anchors: list[Record]


def prepare(draft: Draft, where: Surroundings, standing: str = "active") -> Ready:
    """Redact, address and judge a draft; nothing is written yet.

    Raises:
        Invalid: nothing is left of the content, or it holds half a character.
    """
    kind = "supersede" if draft.inputs else "leaf"
    sealed = objects.seal(
        payload_of(
            draft.content,
            why=draft.why,
            when=draft.when,
            tags=draft.tags,
            path=draft.folder,
            anchors=[anchor_record(one) for one in draft.anchors],
            kind=kind,
            inputs=draft.inputs,
        )
    )
    if not sealed.payload["content"].replace(PRIVATE, "").strip():
        raise Invalid(
            "Nothing is left of content without its private part.", "Say something that may be kept."
        )
    scope, reason = scopes.decide(draft, where.base)
    return Ready(
        draft,
        sealed,
        ids.address(kind, sealed.payload["content"], draft.inputs),
        scope,
        reason,
        "preliminary" if draft.preliminary else standing,
        judged(sealed.payload, where.judge, where.at.get("commit", "")).anchors if draft.anchors else [],
    )


def store(connection: Connection, ready: Sequence[Ready], where: Surroundings) -> list[Record]:
    """Write prepared drafts as one deed in the caller's transaction, and tell what each stands beside.

    Raises:
        NotFound, Ambiguous, Invalid: something it supersedes; nothing is written then.
    """
    superseded = [
        [assertions.resolve(connection, prefix) for prefix in one.draft.supersedes] for one in ready
    ]
    records = _records(connection, ready, where, superseded)
    parts: dict[str, dict[str, Part]] = {}
    for one, replaced in zip(ready, superseded, strict=True):
        space = "private" if one.standing != "active" and where.space == "project" else where.space
        mine = parts.setdefault(space, {})
        heritage = inheriting.heritage(connection, replaced, where.view)
        mine[f"claim/{one.address}"] = _assert_part(one, where.now) | heritage.part
        for old in replaced:
            if old == one.address:
                raise Invalid(f"{ids.short(old)} would supersede itself.", "Leave it out of supersedes.")
            mine[f"claim/{old}"] = {"do": "supersede", "by": one.address, "wide": one.scope != "branch"}
        inheriting.let_links_follow(mine, heritage, one.address)
    objects.put_all(connection, [one.sealed for one in ready])
    texts = {one.sealed.hash: one.sealed.payload for one in ready}
    for space, some in parts.items():
        events.record(connection, "claim", some, at=where.at, now=where.now, space=space, texts=texts)
    inheriting.take_over_counts(connection, [(one["address"], one["superseded"]) for one in records])
    return records


def nearly_same(connection: Connection, one: Ready, view: View) -> str | None:
    """Return the address of a live claim that says nearly the same, or None."""
    (beside,) = comparing.beside(connection, [Statement(one.sealed.payload["content"], one.address)], view)
    return beside.duplicates[0]["address"] if beside.duplicates else None


def _assert_part(one: Ready, now: int) -> Part:
    return assert_part(
        object=one.sealed.hash,
        kind=one.sealed.payload.get("kind", "leaf"),
        domain=one.draft.domain,
        confidence=one.draft.confidence,
        priority=one.draft.priority,
        scope=one.scope,
        standing=one.standing,
        expires=now + one.draft.lasts_ms if one.draft.lasts_ms else 0,
    )


def _records(
    connection: Connection, ready: Sequence[Ready], where: Surroundings, superseded: Sequence[list[str]]
) -> list[Record]:
    statements = [
        Statement(one.sealed.payload["content"], one.address, one.draft.anchors, replaced)
        for one, replaced in zip(ready, superseded, strict=True)
    ]
    known = assertions.by_addresses(connection, [one.address for one in ready])
    near = comparing.beside(connection, statements, where.view)
    return [
        {
            "address": one.address,
            "content": statement.content.strip().split("\n", 1)[0][: comparing.SHOWN],
            "standing": one.standing,
            "scope": one.scope,
            "scope_reason": one.scope_reason,
            "branch": where.at.get("branch", ""),
            "new": one.address not in known,
            "anchors": one.anchors,
            "duplicates": beside.duplicates,
            "conflicts": beside.conflicts
            + _withdrawn(connection, known.get(one.address, ()), statement.content),
            "superseded": list(statement.replacing),
        }
        for one, statement, beside in zip(ready, statements, near, strict=True)
    ]


def _withdrawn(connection: Connection, known: Sequence[Assertion], content: str) -> list[Record]:
    """Say that the very same statement was withdrawn before."""
    gone = [one for one in known if one.standing in ("retracted", "superseded")]
    if not gone:
        return []
    reason = f"the same {comparing.was_withdrawn(connection, gone[-1])}"
    return [{"address": gone[-1].address, "content": content[: comparing.SHOWN], "reason": reason}]
