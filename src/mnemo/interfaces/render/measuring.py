"""The words of eval: what was expected and missed, or how well citations were found."""

from __future__ import annotations

from typing import Any

from mnemo.interfaces.render.plain import counted, joined, notes
from mnemo.retrieval import cards

Record = dict[str, Any]


def evaluation(record: Record) -> str:
    """Return how recall fared, run by run; what was missed stands below the run."""
    runs: list[Record] = record.get("runs", [])
    if "cases" not in record:
        head = f"{counted(record['citations'], 'citation')} in {counted(record['commits'], 'commit')}"
        return joined(head, [_found(run) for run in runs], notes(record))
    return joined([_run(run, record["cases"]) for run in runs], notes(record))


def _run(run: Record, cases: int) -> str:
    head = f"{cards.phrase(run['settings'])}: {run['passed']} of {cases} as expected"
    misses = [_missed(miss) for miss in run["misses"]]
    return joined(f"{head}, {run['tokens']} tokens, {run['ms']:g} ms each", misses)


def _missed(miss: Record) -> str:
    told = [cards.quoted(one, "    ") for one in miss["told"]] or ["    nothing was told"]
    return joined(
        f"  missed: {cards.phrase(miss['query'])}: {cards.phrase(miss['problem'], cards.LINE)}", told
    )


def _found(run: Record) -> str:
    shares = ", ".join(f"recall@{depth} {run[f'recall_at_{depth}']:.1%}" for depth in (1, 5, 10))
    return joined(
        f"{cards.phrase(run['settings'])}: {shares}, MRR@10 {run['mrr']:.1%}",
        [cards.recall_note(note) for note in run["notes"]],
    )
