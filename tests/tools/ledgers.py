"""What tests of the ledger type over and over: a run, its plan, a task, and who takes it."""

from __future__ import annotations

from typing import Any

from tests.tools.typed import typed

Record = dict[str, Any]


def ok(*words: str) -> Record:
    """Run a command that has to succeed, and return its record."""
    ended = typed(*words)
    assert ended.code == 0, ended
    return ended.record


def refused(*words: str, code: int = 1) -> str:
    """Run a command that has to be refused, and return the word of the error."""
    ended = typed(*words)
    assert (ended.code, ended.record.get("ok")) == (code, False), ended
    assert ended.record["message"]
    assert ended.record["fix"]
    return ended.record["error"]


def opened(*more: str) -> str:
    """Open a run and return its id."""
    return ok("start", "--goal", "Sign people in", *more)["run"]["id"]


def planned() -> str:
    """Open a run with an approved plan and return its id."""
    run = opened()
    ok("approve-plan", "--run-id", run, "--plan-id", drafted(run))
    return run


def drafted(run: str, title: str = "Tokens") -> str:
    """Draft a plan of a run and return its id."""
    return ok("plan", "--run-id", run, "--title", title, "--body", "1. make")["plan"]["id"]


def sent(run: str, *more: str) -> str:
    """Make a task of an event and return its id."""
    return ok("enqueue-event", "--run-id", run, "--title", "Make tokens", *more)["task"]["id"]


def queued(task: str, *more: str) -> str:
    """Hand a task out and return its dispatch."""
    return ok("dispatch-task", "--task-id", task, *more)["dispatch"]["id"]


def taken(task: str, executor: str = "ann") -> str:
    """Hand a task out, let somebody take it, and return its dispatch."""
    name = queued(task)
    ok("claim-dispatch", "--dispatch-id", name, "--executor", executor)
    return name


def deeds(kind: str) -> list[Record]:
    """List the events of a kind in the status."""
    return [one for one in ok("status")["audit"] if one["action"] == kind]
