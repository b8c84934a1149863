"""What is done when a store is found lost or damaged: four steps, each noted, none stopping the next."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from mnemo.errors import MnemoError
from mnemo.store import journal

Record = dict[str, Any]

LOG = journal.LOGS["failures"]


def respond(
    folder: str,
    problem: str,
    rollback: Callable[[], Record] | None,
    why_not: str = "health.auto_rollback is off",
) -> Record:
    """Log a failure, roll back, open no issue, and alert; return what the rollback answered and the steps.

    Args:
        folder: the store's folder.
        problem: what was found, one line.
        rollback: brings the newest good backup back; None when it shall not be tried.
        why_not: why it shall not be.

    Returns:
        the rollback's record, empty without one, with problem and steps.

    Raises:
        MnemoError: the rollback failed; the other steps were taken all the same.
    """
    steps: list[Record] = []
    failed: MnemoError | None = None
    answer: Record = {}

    def step(name: str, outcome: str) -> None:
        steps.append({"step": len(steps) + 1, "name": name, "outcome": outcome})
        summary = f"{len(steps)} {name}: {outcome}"
        log(folder, "failure", summary, steps[-1], LOG)

    step("log", f"critical: {problem}")
    if rollback is None:
        step("rollback", f"skipped: {why_not}")
    else:
        try:
            answer = rollback()
            step("rollback", f"restored {answer['rows']} events from {answer['from']}")
        except MnemoError as error:
            failed = error
            step("rollback", f"failed: {error.message}")
    step("issue", "skipped: off")
    step("alert", _alert(problem, answer))
    if failed:
        raise failed
    return {**answer, "problem": problem, "steps": steps}


def told(answer: Record) -> str:
    """Return in one line what came back as of when, for whoever asked something else."""
    aside = f" What was there is kept as {answer['set_aside']}." if answer["set_aside"] else ""
    salvaged = f", except {answer['salvaged']} events that were still whole" if answer["salvaged"] else ""
    missing = f"what was written in the {answer['lost_seconds']} s since is missing{salvaged}"
    if answer["missing"] == 0:
        missing = "nothing that was acknowledged is missing"
    return (
        f"The store was lost or damaged ({answer['problem']}). Restored {answer['rows']} events as of "
        f"{answer['taken']}; {missing}.{aside}"
    )


def log(folder: str, event: str, summary: str, detail: Record, name: str) -> None:
    """Append a line to one of a store's logs; one that cannot be written stops nobody.

    Args:
        folder: the store's folder.
        event, summary, detail: what happened.
        name: the log's file.
    """
    with suppress(MnemoError, OSError):
        journal.write(
            os.path.join(folder, "logs"), event, layer="system", summary=summary, detail=detail, name=name
        )


def _alert(problem: str, answer: Record) -> str:
    outcome = f"restored {answer['rows']} events from {answer['from']}" if answer else "nothing was restored"
    window = f" data_loss_window_s={answer['lost_seconds']}" if answer else ""
    try:
        print(f"mnemo: {problem}; {outcome}{window}", file=sys.stderr, flush=True)
    except (OSError, ValueError):
        return "failed: standard error is closed"
    return "told on standard error"
