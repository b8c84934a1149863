"""One claim with all that is known beside its text: what it was made from, tied to, and did."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mnemo import clock
from mnemo.memory import covering, linking, reasons, verifying
from mnemo.memory.listing import claim_record, erased_record
from mnemo.model.claim import Assertion, View, current, standing_at
from mnemo.retrieval.judging import Judge
from mnemo.store import assertions, objects
from mnemo.store.connections import Connection
from mnemo.store.counters import Counts

Record = dict[str, Any]


def inspect(connection: Connection, address: str, view: View, judge: Judge, counts: Counts) -> Record:
    """Return one claim, whatever became of it.

    Args:
        address: its whole address.
        view: from where memory is looked at.
        judge: judges one anchor.
        counts: what became of its recalls.
    """
    held = linking.get_held(connection, address)
    one = current(held, view) or held[-1]
    payload = objects.find(connection, one.object)
    if payload is None:
        claim, inputs = erased_record(one, view), list[str]()
    else:
        claim = claim_record(verifying.check(connection, [one], judge)[0], view, full=True)
        inputs = payload.get("inputs", [])
    record: Record = {
        "address": address,
        "kind": one.kind,
        "claim": claim,
        "inputs": [_beside(connection, each, view) for each in inputs],
        "reason": reasons.reason_of(connection, one),
        "reinforced": one.reinforced,
        "asserted": clock.iso(one.clock),
        "recalled": counts.recalled,
        "used": counts.used,
        "last_recalled": clock.iso(clock.from_ms(counts.last_recalled)) if counts.last_recalled else "",
        "links": _linked(connection, assertions.links_from(connection, one.claim), view),
        "linked_from": _linked(connection, assertions.links_to(connection, address), view),
    }
    texts = [text for each in inputs if (text := _text_of(connection, each))]
    if payload is not None and texts:
        record["coverage"] = round(covering.coverage(texts, payload["content"]), 4)
    return record


def _linked(connection: Connection, links: Iterable[tuple[str, str]], view: View) -> list[Record]:
    return [{"relation": relation, **_beside(connection, other, view)} for relation, other in links]


def _beside(connection: Connection, address: str, view: View) -> Record:
    held = assertions.by_address(connection, address)
    one: Assertion | None = current(held, view) or (held[-1] if held else None)
    return {
        "address": address,
        "content": reasons.headline_of(connection, address),
        "standing": standing_at(one, view.now) if one else "unknown",
    }


def _text_of(connection: Connection, address: str) -> str:
    for one in assertions.by_address(connection, address):
        payload = objects.find(connection, one.object)
        if payload:
            return payload["content"]
    return ""
