"""Judging candidates against the code, in the moment in which they would be told."""

from __future__ import annotations

from collections.abc import Callable

from mnemo.light import Any, NamedTuple
from mnemo.model.anchor import Anchor, Finding, anchors_of, verdict

Judge = Callable[[Anchor, str], Finding]
# What somebody who watches the files knows of an anchor without a path, by its position among a claim's.
Known = Callable[[int], "Finding | None"]


class Judged(NamedTuple):
    """What the code says of a claim now.

    Args:
        verdict: proven, unanchored, unproven, drifted or refuted.
        anchors: each anchor as a record, with its state and, where there is one, the reason.
        reason: why it is refuted; empty otherwise.
    """

    verdict: str
    anchors: list[dict[str, Any]]
    reason: str


def judged(payload: dict[str, Any], judge: Judge, commit: str, known: Known | None = None) -> Judged:
    """Judge every anchor of a claim.

    Args:
        payload: what the claim says; its anchors as they were pinned.
        judge: judges one anchor that was pinned at a commit.
        commit: where the claim was made; empty when nothing was committed.
        known: asked before a search through the whole tree.
    """
    anchors: list[dict[str, Any]] = []
    reasons: list[str] = []
    for position, (record, anchor) in enumerate(
        zip(payload.get("anchors", []), anchors_of(payload), strict=True)
    ):
        finding = known(position) if known and not anchor.path else None
        finding = finding or judge(anchor, commit)
        shown = shown_anchor(record, finding)
        if finding.state == "missing":
            reasons.append(finding.reason or f"{record['type']} anchor no longer holds")
        anchors.append(shown)
    return Judged(verdict(one["state"] for one in anchors), anchors, "; ".join(reasons))


def shown_anchor(record: dict[str, Any], finding: Finding) -> dict[str, Any]:
    """Return an anchor as people see it: always with a path, never with its pin, and what judging it said."""
    shown = {"type": record["type"], "path": record.get("path", "")}
    shown.update({name: value for name, value in record.items() if name not in ("type", "path", "pin")})
    if record["type"] == "content" and finding.lines:
        shown["lines"] = list(finding.lines)
    shown["state"] = finding.state
    if finding.reason:
        shown["reason"] = finding.reason
    return shown
