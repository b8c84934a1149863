"""Looking at memory as a person does: lists, one claim with its history, and an export."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from mnemo import clock, fence
from mnemo.errors import Invalid
from mnemo.memory import verifying
from mnemo.memory.verifying import Checked
from mnemo.model.anchor import VERDICTS, anchor_record
from mnemo.model.claim import DOMAINS, ORIGINS, PERMILLE, Assertion, View, standing_at
from mnemo.model.event import Event
from mnemo.retrieval.judging import Judge, shown_anchor
from mnemo.store import assertions, events, objects
from mnemo.store.connections import Connection

Record = dict[str, Any]
CARD = 200


class Filter(NamedTuple):
    """Which claims are wanted; empty fields want all.

    Args:
        domain, branch, source, verdict: one value each; source is the origin.
        path: a file or folder.
        since_ms: only what was last asserted after this, milliseconds since 1970.
    """

    domain: str = ""
    branch: str = ""
    source: str = ""
    verdict: str = ""
    path: str = ""
    since_ms: int = 0


def checked_filter(wanted: Filter) -> Filter:
    """Return a filter whose words exist.

    Raises:
        Invalid: naming the word and those that exist.
    """
    for name, value, known in (
        ("domain", wanted.domain, DOMAINS),
        ("source", wanted.source, ORIGINS),
        ("verdict", wanted.verdict, VERDICTS),
    ):
        if value and value not in known:
            raise Invalid(f"{value[:60]!r} is no {name}.", f"Use one of {', '.join(known)}.")
    return wanted


def list_claims(connection: Connection, wanted: Filter, view: View, judge: Judge, limit: int) -> Record:
    """Return live claims that fit a filter, newest first, each judged now.

    Args:
        limit: most claims listed; how many more there are is told.
    """
    rows = _rows_at(connection, wanted.path) if wanted.path else None
    view = view._replace(everything=view.everything or bool(wanted.branch))
    found = [one for one in verifying.live_claims(connection, view, rows) if _fits(one, wanted)]
    listed: list[Record] = []
    more = 0
    for one in found:
        if len(listed) >= limit:
            more = len(found) - limit
            break
        for checked in verifying.check(connection, [one], judge):
            if not wanted.verdict or checked.verdict == wanted.verdict:
                listed.append(claim_record(checked, view))
    notes = [f"{more} more; --limit shows them"] if more else []
    return {"claims": listed, "notes": notes}


def claim_record(checked: Checked, view: View, *, full: bool = False) -> Record:
    """Return one judged claim as a record.

    Args:
        full: the whole text instead of its first line.
    """
    one, payload = checked.assertion, checked.payload
    content = payload["content"] if full else payload["content"].strip().split("\n", 1)[0][:CARD]
    record: Record = {
        "address": one.address,
        "content": fence.escape(content),
        "shortened": content != payload["content"],
        "verdict": checked.verdict,
        "standing": standing_at(one, view.now),
        "domain": one.domain,
        "branch": one.branch,
        "here": one.scope != "branch" or one.branch == view.branch or one.commit in view.contained,
        "scope": one.scope,
        "source": one.origin,
        "agent": one.agent,
        "session": one.session,
        "age": clock.age(one.first, view.now),
        "confidence": one.confidence / PERMILLE,
        "priority": one.priority / PERMILLE,
        "tags": payload.get("tags", []),
        "anchors": [shown_anchor(anchor_record(anchor), finding) for anchor, finding in checked.findings],
    }
    record.update(
        {name: fence.escape(payload[name]) for name in ("why", "when", "path") if payload.get(name)}
    )
    return record


def show(connection: Connection, address: str, view: View, judge: Judge) -> Record:
    """Return one claim in full: what it says, who asserts it where, and every deed that named it."""
    held = assertions.by_address(connection, address)
    newest = max(held, key=lambda one: (one.branch == view.branch, one.clock))
    checked = verifying.check(connection, [newest], judge)
    claim: Record
    if checked:
        claim = claim_record(checked[0], view, full=True)
    else:
        claim = Record(address=address, content="(its text was erased)", standing=newest.standing, anchors=[])
    return {
        "claim": claim,
        "assertions": [_assertion_record(connection, one, view.now) for one in held],
        "links": [
            f"{relation} {target[:12]}"
            for relation, target in assertions.links_from(connection, newest.claim)
        ],
        "history": [
            _deed(event, f"claim/{address}")
            for event in events.iter_aggregate(connection, f"claim/{address}")
        ],
    }


def export(connection: Connection, view: View) -> list[Record]:
    """Return every live claim of every branch as plain JSON, oldest first, exactly as it was stored."""
    found = verifying.live_claims(connection, view._replace(everything=True))
    payloads = assertions.payloads(connection, found)
    return [_exported(one, payloads[one.object]) for one in reversed(found) if one.object in payloads]


def _exported(one: Assertion, payload: dict[str, Any]) -> Record:
    return {
        "address": one.address,
        **{name: payload.get(name) for name in ("content", "why", "when", "path")},
        "tags": payload.get("tags", []),
        "anchors": payload.get("anchors", []),
        "domain": one.domain,
        "scope": one.scope,
        "branch": one.branch,
        "commit": one.commit,
        "standing": one.standing,
        "source": one.origin,
        "agent": one.agent,
        "session": one.session,
        "confidence": one.confidence / PERMILLE,
        "priority": one.priority / PERMILLE,
        "timestamp": clock.iso(one.first),
    }


def _assertion_record(connection: Connection, one: Assertion, now: int) -> str:
    cause = (
        objects.find(connection, one.cause) if len(one.cause) == 64 and one.standing == "retracted" else None
    )
    why = f": {cause['reason']}" if cause else f" by {one.cause[:12]}" if one.cause else ""
    standing, age = standing_at(one, now), clock.age(one.first, now)
    return f"{one.branch or 'no branch'} ({one.scope}): {standing}{why}, said {age} by {one.agent or '?'}"


def _deed(event: Event, name: str) -> str:
    who, where = event.at.get("agent") or "someone", event.at.get("branch") or "no branch"
    return f"{clock.iso(event.clock)} {event.parts[name]['do']} by {who} on {where}"


def _fits(one: Assertion, wanted: Filter) -> bool:
    return (
        (not wanted.domain or one.domain == wanted.domain)
        and (not wanted.branch or one.branch == wanted.branch)
        and (not wanted.source or one.origin == wanted.source)
        and clock.milliseconds(one.clock) >= wanted.since_ms
    )


def _rows_at(connection: Connection, path: str) -> Iterable[int]:
    return dict.fromkeys(
        assertions.claims_at(connection, path) + assertions.claims_for_folders(connection, [path])
    )
