"""The words of recall, claim, verify and help."""

from __future__ import annotations

from typing import Any

from mnemo import ids
from mnemo.interfaces.render.plain import counted, joined, notes
from mnemo.interfaces.render.work import task_verdict
from mnemo.retrieval import cards

Record = dict[str, Any]


def recall(record: Record) -> str:
    """Return what was recalled, exactly as the packer counted it."""
    return "\n".join(cards.parts(record))


def claim(record: Record) -> str:
    """Return what was stored, withdrawn and replaced, and what to look at next."""
    claims: list[Record] = record.get("claims", [])
    lines: list[str] = []
    for stored in claims:
        lines += _stored(stored)
    for deed, result in (("retracted", "kept in history, no longer told"), ("superseded", "no longer told")):
        lines += [f"{deed} {ids.short(address)}: {result}" for address in record.get(deed, [])]
    return joined(lines, notes(record), _after_claiming(claims)) or "Nothing was claimed."


def verify(record: Record) -> str:
    """Return what judging said, of claims or of a task."""
    if record.get("task"):
        return task_verdict(record)
    findings: list[Record] = record.get("findings", [])
    told = [_finding(each) for each in findings]
    return joined(_tally(record), _repaired(record), told, notes(record), _after_verifying(findings))


def help_text(record: Record) -> str:
    """Return the help itself: our own words, told as they are."""
    return record["text"]


def _stored(stored: Record) -> list[str]:
    state = "claimed" if stored.get("new", True) else "claimed again"
    standing = stored.get("standing", "active")
    fields = [f"{state} {ids.short(stored['address'])}", _scope(stored)]
    if standing != "active":
        fields.insert(1, cards.phrase(standing))
    lines = [cards.BETWEEN.join(fields)]
    if stored.get("content"):
        lines.append(cards.quoted(stored["content"]))
    if stored.get("anchors"):
        lines.append(f"  {cards.anchors_line(stored['anchors'])}")
    if stored.get("suggested"):
        places = ", ".join(cards.phrase(each) for each in stored["suggested"])
        lines.append(f"  not pinned to code; could be to {places}")
    for name, word in (("duplicates", "much like"), ("conflicts", "conflicts with")):
        for other in stored.get(name, []):
            lines += _beside(word, other)
    return lines


def _scope(stored: Record) -> str:
    reason = cards.phrase(stored.get("scope_reason") or "", cards.LINE)
    place = f"holds for {cards.phrase(stored['scope'])}"
    if stored["scope"] == "branch" and stored.get("branch"):
        place = f"holds on branch {cards.phrase(stored['branch'])}"
    return f"{place} ({reason})" if reason else place


def _beside(word: str, other: Record) -> list[str]:
    line = f"  {word} {ids.short(other['address'])}: {cards.phrase(other['reason'], cards.LINE)}"
    return [line, cards.quoted(other["content"], "  ")] if other.get("content") else [line]


def _after_claiming(claims: list[Record]) -> str:
    if any(stored.get("conflicts") for stored in claims):
        return "Next: supersede or retract the one that is wrong; if both hold, say when each does."
    if any(anchor["state"] == "missing" for stored in claims for anchor in stored.get("anchors", [])):
        return "Next: correct the anchor that is gone; until the code has it, recall withholds the claim."
    return ""


def _tally(record: Record) -> str:
    checked, good = record.get("checked", 0), record.get("ok", 0)
    if not checked:
        return "Nothing to check: there are no claims here."
    if good == checked:
        return f"{counted(checked, 'claim')} checked, all hold."
    return f"{counted(checked, 'claim')} checked, {good} hold{'s' if good == 1 else ''}."


def _repaired(record: Record) -> str:
    addresses = [ids.short(address) for address in record.get("repaired", [])]
    return f"repaired {', '.join(addresses)}" if addresses else ""


def _finding(finding: Record) -> str:
    anchor = finding.get("anchor")
    name = cards.phrase(anchor) if isinstance(anchor, str) else cards.anchor_name(anchor or {})
    reason = cards.phrase(finding.get("reason") or "", cards.LINE)
    line = f"{finding['state']} {ids.short(finding['address'])} {name}" + (f": {reason}" if reason else "")
    return joined(line, cards.quoted(finding["content"]) if finding.get("content") else "")


def _after_verifying(findings: list[Record]) -> str:
    if {finding["state"] for finding in findings} & {"missing", "drifted"}:
        return "Next: verify with repair follows what moved; supersede or retract what is no longer true."
    return ""
