"""Words for what the watcher notices."""

from __future__ import annotations

from typing import Any

from mnemo import fence, ids
from mnemo.interfaces.render import plain

Record = dict[str, Any]

WIDE, LONG = 60, 160
STYLES = {"proven": "green", "drifted": "yellow", "unproven": "yellow", "refuted": "red"}


def opening(folder: str) -> str:
    """Return the line that opens a watch."""
    return f"Watching {fence.line(folder, LONG)}; Ctrl-C ends it."


def line(event: Record) -> str:
    """Return an event as one line; empty for what is no news to people."""
    where = fence.line(str(event.get("worktree", "")), WIDE)
    kind = event["event"]
    if kind == "anchor":
        if event["was"] == event["verdict"]:
            return ""
        claim = f"{ids.short(event['address'])} {fence.line(event['content'], WIDE)}"
        reason = f" ({fence.line(event['reason'], LONG)})" if event["to"] != "ok" and event["reason"] else ""
        return f"{where}: {event['verdict'] or 'unproven'} {claim}{reason}"
    if kind == "branch":
        return f"{where}: branch {fence.line(event['to'], WIDE)} (was {fence.line(event['from'], WIDE)})"
    if kind == "operation":
        doing = event["to"]
        return f"{where}: a {doing} is under way" if doing else f"{where}: the {event['from']} is over"
    reason = f": {fence.line(event['reason'], LONG)}" if event.get("reason") else ""
    return f"{event['state']} {plain.counted(event['folders'], 'folder')}{reason}"


def cells(event: Record) -> list[tuple[str, str]]:
    """Return an event as cells of a table with their styles: when, where, verdict, claim, reason."""
    when = str(event["at"])[11:19]
    where = fence.line(str(event.get("worktree", "")), WIDE)
    if event["event"] == "anchor":
        verdict = event["verdict"] or "unproven"
        reason = "" if event["to"] == "ok" else fence.line(event["reason"], LONG)
        claim = f"{ids.short(event['address'])} {fence.line(event['content'], WIDE)}"
        return [(when, "dim"), (where, ""), (verdict, STYLES.get(verdict, "")), (claim, ""), (reason, "")]
    told = line(event).partition(": ")[2]
    return [(when, "dim"), (where, ""), (event["event"], "cyan"), (told, ""), ("", "")]


def of_report(report: Record) -> str:
    """Return one line on the watcher of a store, as status and doctor tell it."""
    reason = f" ({fence.line(report['reason'], LONG)})" if report.get("reason") else ""
    if report["state"] in ("off", "failed"):
        return f"{report['state']}{reason}"
    trees = plain.counted(len(report["worktrees"]), "working tree")
    return f"{report['state']} {plain.counted(report['folders'], 'folder')} of {trees}{reason}"
