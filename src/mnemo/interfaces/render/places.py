"""The words of why and check: what stands behind a place, and what a change does to claims."""

from __future__ import annotations

import html
import re
from typing import Any

from mnemo import ids
from mnemo.interfaces.render.plain import as_json, counted, joined, notes
from mnemo.retrieval import cards

Record = dict[str, Any]

EFFECTS = {
    "violates": "violates what must not be",
    "breaks": "breaks",
    "touches": "touches: look whether it still holds",
}
HEADINGS = {"violates": "Violated", "breaks": "Broken", "touches": "Touched"}
# Whatever Markdown, HTML or GitHub reads as more than text.
_MARKUP = re.compile(r"[\\`*_{}\[\]()#+!|~@:=-]|(?<=www)\.")


def why(record: Record) -> str:
    """Return what stands behind a place in sections, the nearest first."""
    lines: list[int] = record.get("lines") or []
    path = cards.phrase(record["path"], cards.LINE)
    place = path + (f":{lines[0]}" + (f"-{lines[1]}" if lines[1] != lines[0] else "") if lines else "")
    sections = joined(
        _section("decided and known", [_known(one) for one in record.get("claims", [])]),
        _section("tried and failed", [_known(one) for one in record.get("dead_ends", [])]),
        _section("commits", [_commit(one) for one in record.get("commits", [])]),
        _section("evidence", [_evidence(one) for one in record.get("evidence", [])]),
    )
    return joined(f"Behind {place}:", sections or "Nothing is known of it.", notes(record))


def check(record: Record) -> str:
    """Return what a change does to claims, in the format that was asked for."""
    if record.get("format") == "json":
        return as_json({name: value for name, value in record.items() if name != "format"})
    return _markdown(record) if record.get("format") == "markdown" else _plain(record)


def _section(name: str, told: list[str]) -> list[str]:
    return [f"{name}:", *told] if told else []


def _known(claim: Record) -> str:
    near = {"line": "this line", "folder": "its folder"}.get(claim.get("near", ""), "this file")
    fields = [ids.short(claim["address"]), claim["verdict"], claim["domain"], near, claim["age"]]
    lines = [
        f"  {cards.BETWEEN.join(cards.phrase(field) for field in fields)}",
        cards.quoted(claim["content"], "  "),
    ]
    lines += [
        f"    {name}: {cards.phrase(claim[name], cards.LINE)}" for name in ("why", "when") if claim.get(name)
    ]
    if claim.get("anchors") and claim["verdict"] != "proven":
        lines.append(f"    {cards.anchors_line(claim['anchors'])}")
    return "\n".join(lines)


def _commit(commit: Record) -> str:
    of = "last changed the line" if commit["of"] == "line" else ""
    who = cards.phrase(commit["author"], 40)
    fields = [field for field in (commit["commit"][:10], commit["age"], who, of) if field]
    return f"  {cards.BETWEEN.join(fields)}: {cards.phrase(commit['subject'], cards.LINE)}"


def _evidence(one: Record) -> str:
    task = f" for {cards.phrase(one['title'], cards.LINE)}" if one.get("title") else ""
    return f"  {cards.phrase(one['evidence'])} {one['status']}{task} ({one['age']})"


def _plain(record: Record) -> str:
    told: list[str] = []
    for finding in record.get("findings", []):
        of = ids.short(finding["address"]) or "a claim"
        fields = [of, cards.phrase(finding["domain"]), cards.phrase(finding["age"])]
        told.append(f"{EFFECTS[finding['effect']]} {cards.BETWEEN.join(field for field in fields if field)}")
        told.append(cards.quoted(finding["content"]))
        told += [f"  {_anchor(anchor)}" for anchor in finding["anchors"]]
    return joined(_tally(record), told, _before(record), notes(record), _next(record))


def _tally(record: Record) -> str:
    findings: list[Record] = record.get("findings", [])
    checked = counted(record["checked"], "claim")
    where = f"{record['base'][:10]}..{record['head'][:10] or 'working tree'}"
    if not findings:
        return f"{where}: {checked} checked, none broken, violated or touched."
    tally = [
        f"{count} {HEADINGS[effect].lower()}"
        for effect in HEADINGS
        if (count := sum(one["effect"] == effect for one in findings))
    ]
    return f"{where}: {checked} checked, {', '.join(tally)}."


def _anchor(anchor: Record) -> str:
    reason = cards.phrase(anchor.get("reason") or "", cards.LINE)
    return f"{cards.anchor_name(anchor)}: {reason or anchor['state']}"


def _before(record: Record) -> str:
    count = record.get("before", 0)
    late = record.get("unjudged", 0)
    return " ".join(
        [f"{counted(count, 'claim')} did not hold before the change either."] * bool(count)
        + [f"{counted(late, 'claim')} could not be judged."] * bool(late)
    )


def _next(record: Record) -> str:
    if not record.get("findings"):
        return ""
    return "Next: change the code, or claim anew what holds now: mnemo claim TEXT --supersedes ADDRESS"


def _markdown(record: Record) -> str:
    lines = ["### mnemo: claims that this change concerns", "", _tally(record)]
    for effect, heading in HEADINGS.items():
        found = [one for one in record.get("findings", []) if one["effect"] == effect]
        lines += ["", f"#### {heading}", ""] if found else []
        for one in found:
            named = f"`{ids.short(one['address'])}` " if one["address"] else ""
            lines.append(f"- {named}{harmless(cards.phrase(one['content'], 2 * cards.LINE))}")
            lines += [f"  - {harmless(_anchor(anchor))}" for anchor in one["anchors"]]
    lines += ["", _before(record)] if _before(record) else []
    return "\n".join(lines)


def harmless(line: str) -> str:
    """Return one line of foreign text as Markdown that only shows it: no link, mention or image."""
    text = html.escape(line, quote=False)
    # Written as numbers, since a mention or a bare link needs no markup that a backslash could stop.
    return _MARKUP.sub(lambda found: f"&#{ord(found[0])};", text)
