"""The words of the sample run."""

from __future__ import annotations

from typing import Any

from mnemo.interfaces.render.plain import counted, joined
from mnemo.retrieval import cards

Record = dict[str, Any]


def sample_smoke(record: Record) -> str:
    """Return each step of the sample run, why the last one failed, and where it was walked."""
    steps: list[Record] = record["steps"]
    failed = sum(not step["ok"] for step in steps)
    tally = f"{counted(len(steps), 'step')}, {'the last one failed' if failed else 'all fine'}"
    place = cards.phrase(record["workspace"], cards.LINE)
    return joined([_step(step) for step in steps], f"{tally}; nothing was started. Workspace: {place}")


def _step(step: Record) -> str:
    name, result = cards.phrase(step["step"]), step["result"]
    if step["ok"]:
        return f"ok {name}"
    checks: dict[str, Record] = result.get("checks", {})
    wrong = "; ".join(f"{each}: {check['detail']}" for each, check in checks.items() if not check["ok"])
    told = cards.phrase(result.get("message") or wrong, cards.LINE)
    fix = cards.phrase(result.get("fix") or "", cards.LINE)
    return joined(f"FAILED {name}: {told}", f"  Next: {fix}" if fix else "")
