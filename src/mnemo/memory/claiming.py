"""Claiming: checked drafts become one event, and the answer says what each stands beside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from mnemo import ids
from mnemo.errors import Invalid
from mnemo.memory import comparing, inheriting, scopes
from mnemo.memory.drafts import Draft
from mnemo.model.anchor import anchor_record
from mnemo.model.claim import Assertion, View, payload_of
from mnemo.model.event import Part
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
    if not sealed.payload["content"].replace("[private]", "").strip():
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
        judged(sealed.payload, where.judge, where.at.get("commit", "")).anchors,
    )


def store(connection: Connection, ready: Sequence[Ready], where: Surroundings) -> list[Record]:
    """Write prepared drafts as one deed in the caller's transaction, and tell what each stands beside.

    Raises:
        NotFound, Ambiguous, Invalid: something it supersedes; nothing is written then.
    """
    parts: dict[str, dict[str, Part]] = {}
    records: list[Record] = []
    for one in ready:
        superseded = [assertions.resolve(connection, prefix) for prefix in one.draft.supersedes]
        records.append({**_record(connection, one, where, superseded), "superseded": superseded})
        space = "private" if one.standing != "active" and where.space == "project" else where.space
        mine = parts.setdefault(space, {})
        heritage = inheriting.heritage(connection, superseded, where.view)
        mine[f"claim/{one.address}"] = _assert_part(one, where.now) | heritage.part
        for old in superseded:
            if old == one.address:
                raise Invalid(f"{ids.short(old)} would supersede itself.", "Leave it out of supersedes.")
            mine[f"claim/{old}"] = {"do": "supersede", "by": one.address, "wide": one.scope != "branch"}
        inheriting.let_links_follow(mine, heritage, one.address)
        objects.put(connection, one.sealed)
    for space, some in parts.items():
        events.record(connection, "claim", some, at=where.at, now=where.now, space=space)
    inheriting.take_over_counts(connection, [(one["address"], one["superseded"]) for one in records])
    return records


def nearly_same(connection: Connection, one: Ready, view: View) -> str | None:
    """Return the address of a live claim that says nearly the same, or None."""
    near = comparing.beside(connection, one.sealed.payload["content"], one.address, (), view).duplicates
    return near[0]["address"] if near else None


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


def _record(connection: Connection, one: Ready, where: Surroundings, superseded: Sequence[str]) -> Record:
    content: str = one.sealed.payload["content"]
    near = comparing.beside(
        connection, content, one.address, one.draft.anchors, where.view, replacing=superseded
    )
    known = assertions.by_address(connection, one.address)
    return {
        "address": one.address,
        "content": content.strip().split("\n", 1)[0][: comparing.SHOWN],
        "standing": one.standing,
        "scope": one.scope,
        "scope_reason": one.scope_reason,
        "branch": where.at.get("branch", ""),
        "new": not known,
        "anchors": one.anchors,
        "duplicates": near.duplicates,
        "conflicts": near.conflicts + _withdrawn(connection, known, content),
    }


def _withdrawn(connection: Connection, known: Sequence[Assertion], content: str) -> list[Record]:
    """Say that the very same statement was withdrawn before."""
    gone = [one for one in known if one.standing in ("retracted", "superseded")]
    if not gone:
        return []
    reason = f"the same {comparing.was_withdrawn(connection, gone[-1])}"
    return [{"address": gone[-1].address, "content": content[: comparing.SHOWN], "reason": reason}]
