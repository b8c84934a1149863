"""Verifying: claims are judged against the code, their states kept, and certain moves followed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from mnemo.model.anchor import Anchor, Finding, anchor_record, anchors_of, followed, verdict
from mnemo.model.claim import Assertion, View, current, is_live
from mnemo.retrieval.judging import Judge, shown_anchor
from mnemo.store import assertions, events, objects, states
from mnemo.store.connections import Connection

SHOWN = 120
Record = dict[str, Any]


class Checked(NamedTuple):
    """One claim that was judged.

    Args:
        assertion: the one that counts here.
        payload: what it says.
        findings: what each anchor said, in order.
    """

    assertion: Assertion
    payload: dict[str, Any]
    findings: list[tuple[Anchor, Finding]]

    @property
    def verdict(self) -> str:
        """What its anchors together say."""
        return verdict(finding.state for _, finding in self.findings)


def live_claims(connection: Connection, view: View, claims: Iterable[int] | None = None) -> list[Assertion]:
    """Return the assertions that count and may be told here, newest first.

    Args:
        claims: rows of claims; None for all.
    """
    if claims is None:
        grouped: dict[int, list[Assertion]] = {}
        for one in assertions.iter_all(connection):
            grouped.setdefault(one.claim, []).append(one)
    else:
        grouped = assertions.by_claim(connection, list(claims))
    found = [one for held in grouped.values() if (one := current(held, view)) and is_live(one, view)]
    return sorted(found, key=lambda one: -one.clock)


def check(
    connection: Connection,
    chosen: list[Assertion],
    judge: Judge,
    progress: Callable[[int, int], None] | None = None,
) -> list[Checked]:
    """Judge every anchor of the chosen claims.

    Args:
        progress: called with how many were judged and how many there are.
    """
    payloads = assertions.payloads(connection, chosen)
    checked: list[Checked] = []
    for done, one in enumerate(chosen, 1):
        payload = payloads.get(one.object)
        if payload is not None:
            findings = [(anchor, judge(anchor, one.commit)) for anchor in anchors_of(payload)]
            checked.append(Checked(one, payload, findings))
        if progress:
            progress(done, len(chosen))
    return checked


def keep_states(connection: Connection, checked: list[Checked], worktree: str, now: int) -> None:
    """Keep what each anchor said in this worktree; now is the wall clock in milliseconds."""
    for one in checked:
        for position, (_, finding) in enumerate(one.findings):
            states.put(connection, one.assertion.id, position, worktree, finding, now)


def record(checked: list[Checked], repaired: list[str]) -> Record:
    """Return the record of a verification: how many were judged, how many hold, and what does not."""
    findings: list[Record] = []
    for one in checked:
        for anchor, finding in one.findings:
            if finding.state != "ok":
                findings.append(
                    {
                        "address": one.assertion.address,
                        "content": one.payload["content"].strip().split("\n", 1)[0][:SHOWN],
                        "anchor": shown_anchor(anchor_record(anchor), finding),
                        "state": finding.state,
                        "reason": finding.reason,
                    }
                )
    holds = sum(one.verdict in ("proven", "unanchored") for one in checked)
    return {"checked": len(checked), "ok": holds, "repaired": repaired, "findings": findings, "notes": []}


def follow(
    connection: Connection,
    checked: list[Checked],
    repin: Callable[[Anchor], Anchor],
    *,
    at: dict[str, str],
    now: int,
    space: str,
) -> list[str]:
    """Re-pin anchors whose place certainly moved, as one deed in the caller's transaction.

    Args:
        repin: pins an anchor at its new path as it is there now.

    Returns:
        the claims' addresses; one that somebody corrected since it was judged is left alone.
    """
    wanted: list[tuple[Assertion, dict[str, Any]]] = []
    for one in checked:
        anchors = [
            anchor_record(repin(followed(anchor, finding.path)) if _moved(finding) else anchor)
            for anchor, finding in one.findings
        ]
        if anchors != one.payload.get("anchors", []):
            wanted.append((one.assertion, {**one.payload, "anchors": anchors}))
    return repinned(connection, wanted, at=at, now=now, space=space)


def repinned(
    connection: Connection,
    wanted: Iterable[tuple[Assertion, dict[str, Any]]],
    *,
    at: dict[str, str],
    now: int,
    space: str,
) -> list[str]:
    """Give claims other anchors, one deed a branch, in the caller's transaction; return their addresses.

    Args:
        wanted: each assertion as it was judged, and what it says from now on; one that somebody corrected
            since is left alone.
    """
    parts: dict[str, dict[str, dict[str, str]]] = {}
    done: list[str] = []
    for one, payload in wanted:
        held = assertions.by_address(connection, one.address)
        if not any(
            (each.id, each.object, each.standing) == (one.id, one.object, one.standing) for each in held
        ):
            continue
        sealed = objects.seal(payload)
        objects.put(connection, sealed)
        mine = parts.setdefault(one.branch, {})
        mine[f"claim/{one.address}"] = {"do": "repin", "object": sealed.hash}
        done.append(one.address)
    for branch, some in parts.items():
        events.record(connection, "repair", some, at={**at, "branch": branch}, now=now, space=space)
    return done


def _moved(finding: Finding) -> bool:
    return bool(finding.path) and finding.state == "ok"
