"""The words of deleting from the work log."""

from __future__ import annotations

from typing import Any

from mnemo.interfaces.render.plain import counted, joined, notes, size
from mnemo.retrieval import cards

Record = dict[str, Any]


def branches(record: Record) -> str:
    """Return how many entries of branches that are gone were deleted, and which went where."""
    lines = [_fate(one) for one in record["branches"]]
    opening = f"Deleted {counted(record['deleted'], 'entry')} of branches that are gone"
    kept = f", moved {counted(record['moved'], 'entry')}" if record["moved"] else ""
    return joined(f"{opening}{kept}" + (":" if lines else "."), lines, notes(record))


def old(record: Record) -> str:
    """Return how many entries were too old."""
    days = f"{record['days']:g}"
    return joined(f"Deleted {counted(record['deleted'], 'entry')} older than {days} days.", notes(record))


def by_size(record: Record) -> str:
    """Return how many entries were too much, and what holds the rest of the file."""
    over = "" if record["log_bytes"] <= record["limit"] else ", its newest entry alone"
    sealed = f", {size(record['sealed_bytes'])} what is left of {counted(record['sealed_events'], 'event')}"
    rest = max(0, record["file_bytes"] - record["log_bytes"] - record["sealed_bytes"])
    holds = (
        f"The file has {size(record['file_bytes'])}{sealed if record['sealed_events'] else ''}"
        f", {size(rest)} everything else: claims, ledger, audit, search."
    )
    log = f"The log weighs {size(record['log_bytes'])}{over}"
    change = f"; the file shrank from {size(record['file_before'])}" if record["deleted"] else ""
    return joined(f"Deleted {counted(record['deleted'], 'entry')}. {log}{change}.", holds, notes(record))


def _fate(one: Record) -> str:
    where = f"moved to {cards.phrase(one['moved_to'])}" if one["moved_to"] else "deleted"
    return f"  {cards.phrase(one['branch'])}: {counted(one['entries'], 'entry')} {where}"
