"""The words of proof: evidence, verdicts, approvals, patches, the release gate and the audit."""

from __future__ import annotations

from typing import Any

from mnemo.interfaces.render.plain import counted, everything, joined, notes
from mnemo.retrieval import cards

Record = dict[str, Any]


def recorded(record: Record) -> str:
    """Return the evidence that was just written down."""
    written: list[Record] = record["written"]
    return joined([_line(each) for each in written], notes(record))


def listed(record: Record) -> str:
    """Return evidence, a line each."""
    found: list[Record] = record["evidence"]
    return joined([_line(each) for each in found] or "No evidence.", notes(record))


def shown(record: Record) -> str:
    """Return one piece of evidence in full."""
    return joined(_line(record["evidence"]), everything(record["payload"]), notes(record))


def verdict(record: Record) -> str:
    """Return whether a task was accepted, what is missing, and what mends it."""
    named = f"{cards.phrase(record['task'])} {record['verdict']} ({cards.phrase(record['status'])})"
    mended = record.get("mended")
    return joined(
        f"{named}: {cards.phrase(record['title'], cards.LINE)}",
        [f"missing: {cards.phrase(each, 2 * cards.LINE)}" for each in record["failed_requirements"]],
        f"kept as: {cards.phrase(record['evidence'])}",
        verdict({**mended, "notes": []}).splitlines() if mended else [],
        notes(record),
        "" if record["accepted"] else f"Next: {_mends(record)}",
    )


def _mends(record: Record) -> str:
    """Return what brings in what a rejected task lacks."""
    if record.get("repair"):
        return f"{cards.phrase(record['repair'])} mends it: dispatch take with that task."
    task = cards.phrase(record["task"])
    if all("dispatch_result" in each for each in record["failed_requirements"]):
        return f"whoever holds it hands it in: `mnemo dispatch complete --task {task}`, then verify again."
    return f"record what is missing with `mnemo evidence run --task {task} -- CMD`, then verify again."


def graph_diff(record: Record) -> str:
    """Return what got worse in the code's graph."""
    diff = record["diff"]
    edges, modularity = diff["cross_community_edges"], diff["modularity"]
    return joined(
        recorded({**record, "notes": []}),
        f"risk: {diff['risk']}{', blocking' if diff['blocking'] else ''}",
        f"new hubs: {', '.join(cards.phrase(each) for each in diff['new_god_nodes'])}"
        if diff["new_god_nodes"]
        else "",
        f"edges between communities: {edges[0]} before, {edges[1]} after",
        f"modularity: {modularity[0]} before, {modularity[1]} after" if None not in modularity else "",
        notes(record),
    )


def patch(record: Record) -> str:
    """Return which patch was chosen, and what became of each."""
    decision = record["decision"]
    chosen = decision["selected_dispatch_id"]
    head = (
        f"Chosen: {cards.phrase(chosen)}"
        if chosen
        else "None can be taken"
        + ("; an approval would make one possible" if decision["approval_required"] else "")
    )
    lines: list[str] = []
    for name, score in decision["scores"].items():
        rejected = decision["rejected"].get(name)
        why = f": {cards.phrase(rejected['reason']).replace('_', ' ')}" if rejected else ""
        lines.append(f"  {cards.phrase(name)}, score {score:g}{why}")
    return joined(head, lines, f"kept as: {cards.phrase(record['evidence']['id'])}", notes(record))


def release(record: Record) -> str:
    """Return whether the release gate is open, and what keeps it closed."""
    count = len(record["reasons"])
    state = "open" if record["ok"] else f"closed for {counted(count, 'reason')}"
    return joined(
        f"Release gate of {cards.phrase(record['run'])}: {state}",
        [f"  {cards.phrase(each, 2 * cards.LINE)}" for each in record["reasons"]],
        [f"warning: {cards.phrase(each, cards.LINE)}" for each in record["warnings"]],
        [f"stale: {cards.phrase(each, cards.LINE)}" for each in record["stale"]],
        [f"only advisory: {cards.phrase(each, cards.LINE)}" for each in record["advisory"]],
        f"approvals: {record['approval_count']}" if record["approval_count"] else "",
        notes(record),
    )


def audit(record: Record) -> str:
    """Return whether the chains hold, and where the first of them breaks."""
    whole = "whole" if record["ok"] else "broken"
    proof = f"{counted(record['evidence'], 'piece')} of evidence"
    sizes = ", ".join([counted(record["events"], "event"), counted(record["texts"], "text"), proof])
    return joined(
        f"The log is {whole}: {sizes}.",
        [_chain(each) for each in record["chains"]],
        f"  {counted(record['noted'], 'head')} noted in git" if record["noted"] else "",
        [f"wrong: {cards.phrase(each, 2 * cards.LINE)}" for each in record["findings"]],
        notes(record),
        "" if record["ok"] else "Next: mnemo health; it restores the newest good backup.",
    )


def audit_heads(record: Record) -> str:
    """Return the lines that note the chains' heads down."""
    found = [cards.phrase(each["trailer"], 2 * cards.LINE) for each in record["heads"]]
    return joined(found or "There is no event yet.", notes(record))


def _chain(chain: Record) -> str:
    sealed = f", {chain['sealed']} sealed" if chain["sealed"] else ""
    broken = f", first broken at {chain['broken']}" if chain["broken"] is not None else ""
    name = f"{cards.phrase(chain['space'])} chain of {cards.phrase(chain['replica'])[:12]}"
    return f"  {name}: {counted(chain['events'], 'event')}{sealed}, head {chain['head'][:12]}{broken}"


def _line(evidence: Record) -> str:
    fields = [cards.phrase(evidence["id"]), cards.phrase(evidence["kind"]), cards.phrase(evidence["status"])]
    if evidence["trust"] != "trusted":
        fields.append(cards.phrase(evidence["trust"]))
    if evidence["stale"]:
        fields.append("stale")
    whom = evidence.get("task") or evidence.get("run")
    if whom:
        fields.append(f"for {cards.phrase(whom)}")
    told = evidence["summary"] or evidence["uri"]
    return joined(
        cards.BETWEEN.join(fields) + (f": {cards.phrase(told, cards.LINE)}" if told else ""),
        f"  {cards.phrase(evidence['problem'], cards.LINE)}" if evidence["stale"] else "",
        f"  replaces {', '.join(cards.phrase(each) for each in evidence['supersedes'])}"
        if evidence["supersedes"]
        else "",
    )
