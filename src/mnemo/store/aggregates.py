"""Which aggregates there are, and how each is folded: the one table."""

from __future__ import annotations

from mnemo.store.claims import CLAIMS
from mnemo.store.fold import Aggregate
from mnemo.store.ledger import DISPATCHES, EVIDENCE, GATES, PLANS, RUNS, TASKS
from mnemo.store.worklog import LOG

AGGREGATES: dict[str, Aggregate] = {
    "claim": CLAIMS,
    "log": LOG,
    "run": RUNS,
    "plan": PLANS,
    "task": TASKS,
    "dispatch": DISPATCHES,
    "gate": GATES,
    "evidence": EVIDENCE,
}
