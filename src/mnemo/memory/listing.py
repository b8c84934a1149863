"""Looking at memory as a person does: lists, one claim with its history, and an export."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

from mnemo import clock, fence, ids
from mnemo.errors import Invalid
from mnemo.memory import comparing, reasons, verifying
from mnemo.memory.verifying import Checked
from mnemo.model.anchor import VERDICTS, anchor_from_record, anchor_record
from mnemo.model.claim import (
    DOMAINS,
    LIVE,
    ORIGINS,
    PERMILLE,
    WITHDRAWN,
    Assertion,
    View,
    belongs,
    current,
    is_live,
    standing_at,
)
from mnemo.model.event import Event
from mnemo.retrieval.judging import Judge, shown_anchor
from mnemo.store import assertions, events, objects
from mnemo.store.connections import Connection

Record = dict[str, Any]
CARD = 200
AT_ONCE = 200
STANDINGS = (*LIVE, *WITHDRAWN, "expired")
ERASED = "(its text was erased)"


class Filter(NamedTuple):
    """Which claims are wanted; empty fields want all.

    Args:
        domain, branch, source, verdict: one value each; source is the origin.
        path: a file or folder.
        since_ms: only what was last asserted after this, milliseconds since 1970.
        standing: one of STANDINGS; empty for what is live.
    """

    domain: str = ""
    branch: str = ""
    source: str = ""
    verdict: str = ""
    path: str = ""
    since_ms: int = 0
    standing: str = ""


def checked_filter(wanted: Filter) -> Filter:
    """Return a filter whose words exist.

    Raises:
        Invalid: naming the word and those that exist.
    """
    for name, value, known in (
        ("domain", wanted.domain, DOMAINS),
        ("source", wanted.source, ORIGINS),
        ("verdict", wanted.verdict, VERDICTS),
        ("standing", wanted.standing, STANDINGS),
    ):
        if value and value not in known:
            raise Invalid(f"{value[:60]!r} is no {name}.", f"Use one of {', '.join(known)}.")
    return wanted


def list_claims(
    connection: Connection,
    wanted: Filter,
    view: View,
    judge: Judge,
    limit: int,
    progress: Callable[[int, int], None] | None = None,
) -> Record:
    """Return claims that fit a filter, newest first, each judged now.

    Args:
        limit: most claims listed; that there are more is told.
        progress: called with how many were judged and how many may have to be, where a verdict is wanted.

    Raises:
        Invalid: a limit below 1.
    """
    if limit < 1:
        raise Invalid(f"limit is {limit}, not 1 or more.", "Leave it out for the newest 50.")
    view = view._replace(everything=view.everything or bool(wanted.branch))
    fitting = (one for one in _iter_current(connection, wanted, view) if _fits(one, wanted, view))
    if wanted.verdict:
        listed, more = _with_verdict(connection, list(fitting), wanted.verdict, view, judge, limit, progress)
    else:
        chosen = list(islice(fitting, limit + 1))
        listed, more = _judged(connection, chosen[:limit], view, judge), len(chosen) > limit
    return {"claims": listed, "notes": ["there are more; --limit shows them"] if more else []}


def _judged(connection: Connection, chosen: list[Assertion], view: View, judge: Judge) -> list[Record]:
    known = {each.assertion.id: each for each in verifying.check(connection, chosen, judge)}
    return [
        claim_record(known[one.id], view) if one.id in known else erased_record(one, view) for one in chosen
    ]


def _with_verdict(
    connection: Connection,
    chosen: list[Assertion],
    verdict: str,
    view: View,
    judge: Judge,
    limit: int,
    progress: Callable[[int, int], None] | None,
) -> tuple[list[Record], bool]:
    listed: list[Record] = []
    for start in range(0, len(chosen), AT_ONCE):
        for checked in verifying.check(connection, chosen[start : start + AT_ONCE], judge):
            if checked.verdict == verdict:
                listed.append(claim_record(checked, view))
        if progress:
            progress(min(start + AT_ONCE, len(chosen)), len(chosen))
        if len(listed) > limit:
            break
    return listed[:limit], len(listed) > limit


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
        "here": one.scope != "branch" or belongs(one, view),
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


def erased_record(one: Assertion, view: View) -> Record:
    """Return a claim without text as a record of the same fields."""
    return claim_record(Checked(one, {"content": ERASED}, []), view)


def show(connection: Connection, address: str, view: View, judge: Judge) -> Record:
    """Return one claim in full: its text, who asserts it where, what it stands beside, its history."""
    held = assertions.by_address(connection, address)
    newest = current(held, view) or max(held, key=lambda one: one.clock)
    payload = objects.find(connection, newest.object)
    claim = erased_record(newest, view)
    duplicates: list[Record] = []
    conflicts: list[Record] = []
    if payload is not None:
        checked = verifying.check(connection, [newest], judge)[0]
        claim = claim_record(checked, view, full=True)
        anchors = tuple(anchor_from_record(record) for record in payload.get("anchors", []))
        statement = comparing.Statement(payload["content"], address, anchors)
        ((duplicates, conflicts),) = comparing.beside(connection, [statement], view)
    return {
        "claim": claim,
        "assertions": [_assertion_record(connection, one, view.now) for one in held],
        "links": [
            {"relation": relation, "address": target, "content": reasons.headline_of(connection, target)}
            for relation, target in assertions.links_from(connection, newest.claim)
        ],
        "history": [
            _deed(connection, event, address)
            for event in events.iter_aggregate(connection, f"claim/{address}")
        ],
        "duplicates": duplicates,
        "conflicts": conflicts,
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


def _assertion_record(connection: Connection, one: Assertion, now: int) -> Record:
    record: Record = {
        "branch": one.branch,
        "commit": one.commit,
        "scope": one.scope,
        "standing": standing_at(one, now),
        "reason": reasons.reason_of(connection, one),
        "source": one.origin,
        "agent": one.agent,
        "session": one.session,
        "when": clock.iso(one.first),
        "age": clock.age(one.first, now),
        "repeated": one.reinforced,
        "quiet": one.quiet,
    }
    return record


def _deed(connection: Connection, event: Event, address: str) -> Record:
    part = event.parts[f"claim/{address}"]
    replaced = [name.partition("/")[2] for name, other in event.parts.items() if other.get("by") == address]
    cause = objects.find(connection, part.get("cause", "")) or {}
    reason = cause.get("reason", "")
    if part.get("by"):
        reason = f"by {ids.short(part['by'])}: {reasons.headline_of(connection, part['by'])}"
    elif replaced:
        reason = f"instead of {', '.join(ids.short(one) for one in replaced)}"
    return {
        "when": clock.iso(event.clock),
        "did": part["do"],
        "who": event.at.get("agent", ""),
        "source": event.at.get("origin", ""),
        "branch": event.at.get("branch", ""),
        "commit": event.at.get("commit", ""),
        "reason": fence.escape(reason),
    }


def _fits(one: Assertion, wanted: Filter, view: View) -> bool:
    standing = standing_at(one, view.now)
    return (
        (standing == wanted.standing if wanted.standing else is_live(one, view))
        and (not wanted.domain or one.domain == wanted.domain)
        and (not wanted.branch or one.branch == wanted.branch)
        and (not wanted.source or one.origin == wanted.source)
        and clock.milliseconds(one.clock) >= wanted.since_ms
    )


def _iter_current(connection: Connection, wanted: Filter, view: View) -> Iterator[Assertion]:
    """Yield the assertion of each claim that counts here, newest first."""
    if wanted.path or wanted[:4] != ("", "", "", "") or wanted.standing:
        rows = list(_rows_at(connection, wanted.path)) if wanted.path else None
        yield from sorted(_all_current(connection, view, rows), key=lambda one: -one.clock)
        return
    # Without a filter the first few are enough, so that a hundred thousand claims need not be read.
    seen: set[int] = set()
    waiting: list[int] = []
    for one in assertions.iter_all(connection):
        if clock.milliseconds(one.clock) < wanted.since_ms:
            break
        if one.claim not in seen:
            seen.add(one.claim)
            waiting.append(one.claim)
        if len(waiting) == AT_ONCE:
            yield from _all_current(connection, view, waiting)
            waiting = []
    yield from _all_current(connection, view, waiting)


def _all_current(connection: Connection, view: View, rows: list[int] | None) -> list[Assertion]:
    grouped: dict[int, list[Assertion]] = {}
    if rows is None:
        for one in assertions.iter_all(connection):
            grouped.setdefault(one.claim, []).append(one)
    else:
        found = assertions.by_claim(connection, rows) if rows else {}
        grouped = {claim: found[claim] for claim in rows if claim in found}
    return [one for held in grouped.values() if (one := current(held, view))]


def _rows_at(connection: Connection, path: str) -> Iterable[int]:
    return dict.fromkeys(
        assertions.claims_at(connection, path) + assertions.claims_for_folders(connection, [path])
    )
