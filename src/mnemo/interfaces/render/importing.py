"""The words of imports: what was claimed from which file or commit, and what was left out."""

from __future__ import annotations

from typing import Any

from mnemo import ids
from mnemo.interfaces.render.plain import counted, joined, notes
from mnemo.retrieval import cards

Record = dict[str, Any]

MOST_LISTED = 40  # claims of a finished import; a dry run lists all


def imported(record: Record) -> str:
    """Return what an import claimed, what was known, and what is to be looked at next."""
    claims: list[Record] = record.get("claims", [])
    dry = record.get("dry_run")
    listed = claims if dry else claims[:MOST_LISTED]
    more = len(claims) - len(listed)
    return joined(
        [_file(each) for each in record.get("files", [])],
        [line for each in listed for line in _claim(each)],
        f"… and {more} more; `mnemo claims --source import` lists them" if more else "",
        [
            f"ended {ids.short(each['address'])}: {cards.phrase(each['reason'], cards.LINE)}"
            for each in record.get("ended", [])
        ],
        [_left_out(each) for each in record.get("left_out", [])],
        _gone(record),
        notes(record),
        _tally(record, len(claims)),
        _next(record, claims),
    )


def _file(file: Record) -> str:
    path = cards.phrase(file["path"])
    if file.get("status"):
        return f"{path}: left out, its decision is {cards.phrase(file['status'])}"
    new = f", {file['new']} new" if file["new"] != file["rules"] else ""
    return f"{path}: {counted(file['rules'], 'rule')}{new}"


def _claim(claim: Record) -> list[str]:
    fields = [cards.phrase(claim["source"]), cards.phrase(claim["domain"])]
    fields += [f"for {cards.phrase(claim['path'])}/"] if claim.get("path") else []
    fields += [cards.phrase(claim["standing"])] if claim["standing"] != "active" else []
    lines = [f"{ids.short(claim['address'])} {cards.BETWEEN.join(fields)}", cards.quoted(claim["content"])]
    return lines + [f"  supersedes {ids.short(old)}" for old in claim.get("supersedes", [])]


def _left_out(file: Record) -> str:
    return f"left out {cards.phrase(file['path'])}: {cards.phrase(file['reason'], cards.LINE)}"


def _gone(record: Record) -> str:
    gone: list[str] = record.get("gone", [])
    if not gone:
        return ""
    shown = ", ".join(gone[:8]) + (" …" if len(gone) > 8 else "")
    return f"no longer said by any file, so recall withholds or marks them: {shown}"


def _tally(record: Record, count: int) -> str:
    known = f"; {record['known']:,} known already" if record.get("known") else ""
    looked = f" from {record['commits']:,} commits" if record.get("commits") is not None else ""
    if record.get("weaker"):
        known += f"; {record['weaker']:,} weaker ones left out, fewer with --since"
    if record.get("dry_run"):
        return f"{counted(count, 'claim')} would be stored{looked}{known}. Nothing was written."
    return f"{counted(record['stored'], 'claim')} stored{looked}{known}."


def _next(record: Record, claims: list[Record]) -> str:
    if record.get("dry_run") and claims:
        return "Next: the same without --dry-run."
    if any(claim["standing"] == "unconfirmed" for claim in claims):
        return "Next: mnemo inbox walks through the unconfirmed; hooks tell none of them before."
    return ""
