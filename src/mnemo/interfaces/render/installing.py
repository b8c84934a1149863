"""The words of install and uninstall; the differences themselves were said before."""

from __future__ import annotations

from typing import Any

from mnemo.interfaces.render.plain import joined, notes
from mnemo.retrieval import cards

Record = dict[str, Any]

DECLINED = "Nothing was changed."


def install(record: Record) -> str:
    """Return what was done to each file, what the clients still want, and what to do next."""
    head = _head(record, "Installed.", "Everything was installed already.")
    asked = [
        f"Still to do for {one['client']} ({one['scope']}): {cards.phrase(want, cards.LINE)}"
        for one in record.get("clients", [])
        for want in one["wants"]
        if not record.get("dry_run") and head != DECLINED
    ]
    following = [
        f"Next: {line}  (takes over what this repository already says)" for line in record.get("next", [])
    ]
    return joined(head, _files(record), notes(record), asked, following)


def uninstall(record: Record) -> str:
    """Return what was taken out of each file, and where the memory went."""
    moved = f"the memory is now {cards.phrase(record['moved'], cards.LINE)}" if record.get("moved") else ""
    copied = f"and its backup {cards.phrase(record['backup'], cards.LINE)}" if record.get("backup") else ""
    head = _head(record, "Uninstalled.", "Nothing of mnemo was installed.")
    return joined(head, _files(record), moved, copied, notes(record))


def _head(record: Record, done: str, idle: str) -> str:
    changing = [one for one in record["files"] if one["change"] != "unchanged"]
    if record.get("done"):
        return done
    if not changing:
        return idle
    return "Nothing was changed: this is what would be." if record.get("dry_run") else DECLINED


def _files(record: Record) -> list[str]:
    return [
        f"  {cards.phrase(one['change'])}: {cards.phrase(one['path'], cards.LINE)}"
        for one in record["files"]
        if one["change"] != "unchanged" and (record.get("done") or record.get("dry_run"))
    ]
