"""Writing what was captured into the store: unconfirmed, private, on its branch, and never twice."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from mnemo import clock, ids, sketch, text
from mnemo.light import Any, NamedTuple
from mnemo.model.claim import Assertion, payload_of
from mnemo.store import assertions, events, objects, sketches
from mnemo.store.claims import assert_part
from mnemo.store.connections import Connection

MOST_PER_SESSION = 20
CONFIDENCE = 600
RECENT_MS = 2 * 3_600_000
MOST_RECENT = 40
SHARED = 0.6  # share of its words that a statement may have in common with one that an agent just claimed
SHARED_AT_ALL = 0.85
LEAST_SHARED = 4


class Draft(NamedTuple):
    """What is to be kept, redacted.

    Args:
        content: the statement.
        domain: decisions, issues or history.
        tags: its tags.
        path: a file that it names, empty when none.
        when: the question it answers, empty when it says so itself.
        priority: permille.
    """

    content: str
    domain: str
    tags: tuple[str, ...] = ()
    path: str = ""
    when: str = ""
    priority: int = 0


def add(connection: Connection, draft: Draft, *, at: dict[str, str], now: int, line: str = "") -> bool:
    """Write one statement in the caller's transaction, unless it is known; return whether it was written.

    What someone withdrew is known too: it does not come back by being said again.

    Args:
        draft: the statement.
        at: branch, commit, worktree, agent, session; the origin is always capture.
        now: wall clock, milliseconds.
        line: id of the spooled line that it comes from; the same line is never written twice.

    Raises:
        Invalid: its text cannot be kept.
    """
    if line and next(events.iter_aggregate(connection, f"spool/{line}"), None):
        return False
    if is_enough(connection, at.get("session", "")):
        return False
    payload = payload_of(draft.content, when=draft.when, tags=draft.tags, path=draft.path)
    sealed = objects.seal(payload)
    address = ids.address("leaf", sealed.payload["content"])
    if assertions.by_address(connection, address) or _is_known(connection, sealed.payload["content"], now):
        return False
    objects.put(connection, sealed)
    part = assert_part(
        object=sealed.hash,
        domain=draft.domain,
        confidence=CONFIDENCE,
        priority=draft.priority,
        scope="branch",
        standing="unconfirmed",
    )
    parts = {f"claim/{address}": part, **({f"spool/{line}": {"do": "replay"}} if line else {})}
    events.record(connection, "claim", parts, at={**at, "origin": "capture"}, now=now, space="private")
    return True


def is_enough(connection: Connection, session: str, more: int = 0) -> bool:
    """Tell whether a session has had its share; one without a name never has.

    Args:
        session: whose.
        more: what it has kept elsewhere.
    """
    if not session:
        return False
    return assertions.count_of_session(connection, session, "capture") + more >= MOST_PER_SESSION


def says_the_same(content: str, others: Iterable[str], share: float = SHARED) -> bool:
    """Tell whether so large a share of a statement's words, at least four, stand in one of these texts."""
    mine = set(text.words(content))
    shared = (len(mine & set(text.words(other))) for other in others)
    return any(count >= LEAST_SHARED and count >= share * len(mine) for count in shared)


def _is_known(connection: Connection, content: str, now: int) -> bool:
    (close,) = sketches.near(connection, [content])
    near = assertions.by_claim(connection, close)
    held = [one for some in near.values() for one in some]
    told = assertions.payloads(connection, held).values()
    if any(sketch.alike(content, one["content"]) for one in told):
        return True
    newest = list(islice(assertions.iter_all(connection), MOST_RECENT))
    said = assertions.payloads(connection, newest)
    fresh = [said[one.object] for one in newest if one.object in said and _is_fresh(one, now)]
    return says_the_same(content, _texts(fresh)) or says_the_same(
        content, _texts(said.values()), SHARED_AT_ALL
    )


def _is_fresh(one: Assertion, now: int) -> bool:
    return one.origin != "capture" and clock.milliseconds(one.clock) > now - RECENT_MS


def _texts(payloads: Iterable[dict[str, Any]]) -> list[str]:
    return [f"{one['content']} {one.get('why', '')}" for one in payloads]
