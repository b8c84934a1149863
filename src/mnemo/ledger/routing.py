"""Routing: whom a task would be given to, with the reasons. A preview: nobody is told and nothing is run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from mnemo.ledger.executors import RISKS, Executor

LONGEST_CHAIN = 3
USUAL_RISK = "low"
FAIR = 50
OF_ITS_KIND = 30
HEADROOM = 10  # for each step of risk that it may take beyond the task's
PROVEN = 20  # at most, for the share of its tries that were completed
STRANGER = 10  # less where the code graph is of no help to who never worked here

Record = dict[str, Any]


class Wanted(NamedTuple):
    """What routing needs to know of a task.

    Args:
        kind: such as bugfix; empty for any.
        risk: low, medium or high.
        graph: state of the code graph: current, stale, missing or update_failed.
    """

    kind: str
    risk: str
    graph: str


def read_task(payload: Record, graph: str) -> Wanted:
    """Return what routing needs to know of a task; a risk that is none of ours counts as high.

    Args:
        payload: the task's.
        graph: state of the code graph.
    """
    risk = payload.get("risk") or USUAL_RISK
    return Wanted(payload.get("kind") or "", risk if risk in RISKS else RISKS[-1], graph)


def route(
    wanted: Wanted,
    executors: Sequence[Executor],
    tries: Mapping[str, Mapping[str, int]],
    override: str = "",
) -> Record:
    """Return whom a task would go to: selected, fallback_chain, rejected with reasons, and the scores.

    Args:
        wanted: the task.
        executors: those that may be chosen; whoever asks is among them.
        tries: executor -> status -> number of dispatches, as queue.count_tries gives it.
        override: the executor that the user wants; empty for none.
    """
    rejected: list[Record] = []
    scored: list[tuple[int, str]] = []
    for one in executors:
        problem = _problem(one, wanted)
        if problem:
            rejected.append({"executor": one.name, "reason": problem})
        else:
            scored.append((score(one, wanted, _tries_of(one.name, tries)), one.name))
    scored.sort(key=lambda each: (-each[0], each[1]))
    chain = [name for _, name in scored]
    asked = _override(override, wanted, executors) if override else None
    if asked and asked["honoured"]:
        chain = [override, *(name for name in chain if name != override)]
    return {
        "selected": chain[0] if chain else None,
        "fallback_chain": chain[1 : LONGEST_CHAIN + 1],
        "rejected": rejected,
        "scores": {name: points for points, name in scored},
        "override": asked,
        "requires_user_approval": wanted.risk == "high",
        "kind": wanted.kind,
        "risk": wanted.risk,
        "graph_state": wanted.graph,
    }


def score(one: Executor, wanted: Wanted, tries: Mapping[str, int]) -> int:
    """Return how well an executor fits a task; 50 is fair, more is better.

    30 more for who is there for its kind, 10 for each step of risk to spare, up to 20 for the share of
    tries that were completed, and 10 less for who never worked here while the code graph is not current.
    """
    ended = sum(tries.get(status, 0) for status in ("completed", "failed", "recovered"))
    points = FAIR + (OF_ITS_KIND if wanted.kind and wanted.kind in one.kinds else 0)
    points += HEADROOM * (RISKS.index(one.max_risk) - RISKS.index(wanted.risk))
    points += round(PROVEN * tries.get("completed", 0) / ended) if ended else 0
    return points - (STRANGER if not ended and wanted.graph != "current" else 0)


def _problem(one: Executor, wanted: Wanted) -> str:
    if not one.available:
        return "it is switched off in your configuration"
    if one.kinds and wanted.kind and wanted.kind not in one.kinds:
        return f"it is for {', '.join(one.kinds)}, not for {wanted.kind}"
    if RISKS.index(wanted.risk) > RISKS.index(one.max_risk):
        return f"it may be given at most {one.max_risk} risk, and this is {wanted.risk}"
    return ""


def _override(name: str, wanted: Wanted, executors: Sequence[Executor]) -> Record:
    known = next((one for one in executors if one.name == name), None)
    if known is None and wanted.risk == "high":
        reason = "your configuration does not name it, and the task is of high risk"
    elif known is None:
        return {"executor": name, "honoured": True, "reason": "you asked for it; it is only known by name"}
    else:
        reason = _problem(known, wanted)
    return {"executor": name, "honoured": not reason, "reason": reason or "you asked for it"}


def _tries_of(name: str, tries: Mapping[str, Mapping[str, int]]) -> Mapping[str, int]:
    """Return what became of an executor's dispatches, under its name alone or with worktree and session."""
    total: dict[str, int] = {}
    for taker, counts in tries.items():
        if taker == name or taker.startswith(f"{name}/"):
            for status, count in counts.items():
                total[status] = total.get(status, 0) + count
    return total
