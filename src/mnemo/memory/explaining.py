"""What is known of a place in the code: claims about the line, its file and its folders, judged now."""

from __future__ import annotations

from typing import Any, NamedTuple

from mnemo.memory import listing, verifying
from mnemo.memory.verifying import Checked
from mnemo.model.anchor import Anchor, Finding
from mnemo.model.claim import View
from mnemo.repo.paths import iter_folders
from mnemo.retrieval.judging import Judge
from mnemo.store import assertions
from mnemo.store.connections import Connection

Record = dict[str, Any]
MOST_TOLD = 20
NEARNESS = ("line", "file", "folder")


class Spot(NamedTuple):
    """A place in the code.

    Args:
        path: of a file or folder, relative to the top.
        first, last: lines from 1; 0 for all of it.
    """

    path: str
    first: int = 0
    last: int = 0


class Known(NamedTuple):
    """What memory holds of a place.

    Args:
        claims: nearest first, each with "near": one of NEARNESS.
        dead_ends: likewise, what was tried and failed.
        other_lines: how many claims speak of other lines of the file.
        more: how many claims were left out.
    """

    claims: list[Record]
    dead_ends: list[Record]
    other_lines: int
    more: int


def known_of(connection: Connection, spot: Spot, view: View, judge: Judge) -> Known:
    """Return what memory holds of a place, nearest first, then what was said last.

    Args:
        spot: the place.
        view, judge: from where memory is looked at, and what judges it.
    """
    folders = [spot.path, *iter_folders(spot.path)]
    rows = assertions.claims_at(connection, spot.path) + assertions.claims_for_folders(connection, folders)
    live = verifying.live_claims(connection, view, dict.fromkeys(rows))
    near = [(_nearness(one, spot), one) for one in verifying.check(connection, live, judge)]
    there = sorted((pair for pair in near if pair[0]), key=lambda pair: NEARNESS.index(pair[0]))
    told = [{**listing.claim_record(one, view), "near": name} for name, one in there[:MOST_TOLD]]
    failed = [one for one in told if one["domain"] == "history"]
    return Known(
        [one for one in told if one["domain"] != "history"],
        failed,
        len(near) - len(there),
        len(there) - len(told),
    )


def _nearness(checked: Checked, spot: Spot) -> str:
    """Return how near a claim is to a place: one of NEARNESS, empty for other lines of the file."""
    names = {_anchor_nearness(anchor, finding, spot) for anchor, finding in checked.findings}
    if not checked.findings or names == {"elsewhere"}:
        names.add("folder" if checked.assertion.folder else "elsewhere")
    return next((name for name in NEARNESS if name in names), "")


def _anchor_nearness(anchor: Anchor, finding: Finding, spot: Spot) -> str:
    path = finding.path or anchor.path
    if path != spot.path and not path.startswith(f"{spot.path}/") and anchor.path != spot.path:
        return "elsewhere"
    if not spot.first or not finding.lines or anchor.absent:
        return "file"
    covers = finding.lines[0] <= spot.last and spot.first <= finding.lines[1]
    return "line" if covers else "other"
