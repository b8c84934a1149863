"""All 32 commands of the ledger on the command line: what each answers, and what it says to unknown ids."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mnemo.interfaces import cli, commands
from tests.repos import make_repository

Record = dict[str, Any]

NAMES = (
    "doctor init sample-smoke start plan approve-plan pause resume cancel status report enqueue-event "
    "worker-payload dispatch-task list-dispatches claim-dispatch complete-dispatch fail-dispatch "
    "context-bundle route-task verify-task graph-status graph-update memory-prefetch memory-writeback "
    "record-external-check record-approval record-graph-diff select-patch release-gate recover-jobs review"
).split()

NOWHERE = "run_ffffffffffff", "plan_ffffffffffff", "task_ffffffffffff", "dispatch_ffffffffffff"
RUN, PLAN, TASK, DISPATCH = NOWHERE
UNKNOWN = [
    (["start", "--run-id", RUN], "run_not_found"),
    (["plan", "--run-id", RUN, "--title", "t"], "run_not_found"),
    (["approve-plan", "--run-id", "{run}", "--plan-id", PLAN], "plan_not_found"),
    (["approve-plan", "--run-id", RUN, "--plan-id", "{plan}"], "run_not_found"),
    (["pause", "--run-id", RUN], "run_not_found"),
    (["resume", "--run-id", RUN], "run_not_found"),
    (["cancel", "--run-id", RUN], "run_not_found"),
    (["status", "--run-id", RUN], "run_not_found"),
    (["report", "--run-id", RUN], "run_not_found"),
    (["enqueue-event", "--run-id", RUN, "--title", "t"], "run_not_found"),
    (["enqueue-event", "--title", "t"], "run_id_required"),
    (["worker-payload", "--task-id", TASK], "task_not_found"),
    (["worker-payload", "--dispatch-id", DISPATCH], "dispatch_not_found"),
    (["dispatch-task", "--run-id", "{run}", "--task-id", TASK, "--executor", "x"], "task_not_found"),
    (["list-dispatches", "--run-id", RUN], "run_not_found"),
    (["claim-dispatch", "--dispatch-id", DISPATCH, "--executor", "x"], "dispatch_not_found"),
    (["complete-dispatch", "--dispatch-id", DISPATCH, "--summary", "s"], "dispatch_not_found"),
    (["fail-dispatch", "--dispatch-id", DISPATCH, "--reason", "r"], "dispatch_not_found"),
    (["context-bundle", "--task-id", TASK], "task_not_found"),
    (["route-task", "--task-id", TASK], "task_not_found"),
    (["verify-task", "--task-id", TASK], "task_not_found"),
    (["graph-update", "--run-id", RUN, "--mock"], "run_not_found"),
    (["record-external-check", "--run-id", RUN, "--provider", "ci"], "run_not_found"),
    (["record-external-check", "--run-id", "{run}"], "provider_required"),
    (["record-graph-diff", "--run-id", "{run}"], "graph_snapshots_required"),
    (["select-patch", "--run-id", "{run}"], "candidates_required"),
    (["release-gate", "--run-id", RUN], "run_not_found"),
    (["recover-jobs", "--run-id", RUN], "run_not_found"),
    (["review", "--run-id", RUN, "--gate", "quality_review", "--status", "passed"], "run_not_found"),
    (["start", "--goal", " "], "goal_required"),
]


class Ledger:
    """The command line in one workspace.

    Args:
        workspace: the folder whose store is used.
        capsys: what the commands print.
    """

    def __init__(self, workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.workspace = workspace
        self.capsys = capsys
        self.called: list[str] = []

    def __call__(self, *words: str, code: int = 0) -> Record:
        """Run a command and return its record, after checking how it ended."""
        self.called.append(words[0].replace("_", "-"))
        ended = cli.main([*words, "--workspace", str(self.workspace), "--json"])
        told = self.capsys.readouterr()
        record = json.loads(told.out)
        assert ended == code, f"{words} ended with {ended}: {record}"
        assert record["schema"] == "mnemo.v1"
        assert "Traceback" not in told.err
        return record


@pytest.fixture(params=["a folder outside git", "a repository"])
def mnemo(request: pytest.FixtureRequest, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Ledger:
    """The command line in an empty folder, and in a repository."""
    workspace = tmp_path / "workspace"
    if request.param == "a repository":
        make_repository(workspace)
    workspace.mkdir(exist_ok=True)
    return Ledger(workspace, capsys)


def planned(mnemo: Ledger) -> tuple[str, str]:
    """Start a run with an approved plan; return both ids."""
    run = mnemo("start", "--goal", "Sign people in")["run"]["id"]
    plan = mnemo("plan", "--run-id", run, "--title", "Tokens", "--body", "1. make", "--risk", "leaks")
    mnemo("approve-plan", "--run-id", run, "--plan-id", plan["plan"]["id"], "--reviewer", "ada")
    return run, plan["plan"]["id"]


def test_all_thirty_two_commands_answer_in_one_story(mnemo: Ledger) -> None:
    prepare(mnemo)
    run, plan = planned(mnemo)
    first = finish_a_task(mnemo, run)
    judge_a_task(mnemo, run, first)
    give_up_a_task(mnemo, run)
    release(mnemo, run)
    status = mnemo("status")
    assert status["run"]["id"] == run
    assert [one["id"] for one in status["plans"]] == [plan]
    assert mnemo("cancel", "--run-id", run, "--reason", "over")["run"]["status"] == "cancelled"
    assert mnemo("resume", "--run-id", run, code=1)["error"] == "invalid_transition"
    assert set(mnemo.called) >= set(NAMES)


def prepare(mnemo: Ledger) -> None:
    assert mnemo("doctor")["ok"] is True
    assert not (mnemo.workspace / ".mnemo").exists(), "looking makes nothing"
    assert mnemo("status")["run"] is None
    made, again = mnemo("init"), mnemo("init")
    assert (made["created"], again["created"]) == (True, False)
    assert made["repository"] == again["repository"]
    assert mnemo("graph-status")["state"] == "missing"
    assert mnemo("memory-writeback", "--lesson", "commit abc1234 fixed it", code=3)["accepted"] is False
    assert mnemo("memory-writeback", "--lesson", "Project uses pytest for tests")["accepted"] is True
    assert "pytest" in json.dumps(mnemo("memory-prefetch", "--query", "which tests does the project use"))
    assert mnemo("sample-smoke")["ok"] is True


def finish_a_task(mnemo: Ledger, run: str) -> str:
    sent = mnemo(
        "enqueue-event", "--run-id", run, "--title", "Make tokens", "--body", "In tokens.py",
        "--acceptance-criterion", "tokens.py is there",
    )  # fmt: skip
    assert (sent["dispatched"], sent["executor_invoked"]) == (False, False)
    task = sent["task"]["id"]
    assert "Make tokens" in json.dumps(mnemo("worker-payload", "--task-id", task))
    assert mnemo("route-task", "--task-id", task)["ok"] is True
    assert mnemo("context-bundle", "--run-id", run, "--task-id", task)["ok"] is True
    handed = mnemo("dispatch-task", "--run-id", run, "--task-id", task, "--executor", "ann")
    assert (handed["dispatch"]["status"], handed["executor_invoked"]) == ("queued", False)
    dispatch = handed["dispatch"]["id"]
    assert mnemo("claim-dispatch", "--dispatch-id", dispatch, "--executor", "ann")["ok"] is True
    refused = mnemo("claim-dispatch", "--dispatch-id", dispatch, "--executor", "bob", code=1)
    assert refused["error"] == "dispatch_already_claimed"
    missing = mnemo(
        "complete-dispatch", "--dispatch-id", dispatch, "--evidence-uri", "file://tokens.py", code=1
    )
    assert missing["error"] == "evidence_not_found"
    held = mnemo("complete-dispatch", "--dispatch-id", dispatch, "--summary", "done")
    assert (held["task"]["status"], held["dispatch"]["task_status"]) == ("submitted", "submitted")
    (mnemo.workspace / "tokens.py").write_text("LENGTH = 32\n")
    done = mnemo(
        "complete-dispatch", "--dispatch-id", dispatch, "--summary", "done", "--evidence-uri",
        "file://tokens.py",
    )  # fmt: skip
    assert done["task"]["status"] == "completed"
    assert mnemo("claim-dispatch", "--dispatch-id", dispatch, "--executor", "ann", code=1)["error"] == (
        "dispatch_terminal"
    )
    return task


def judge_a_task(mnemo: Ledger, run: str, task: str) -> None:
    assert mnemo("verify-task", "--task-id", task)["accepted"] is True
    other = mnemo(
        "enqueue-event", "--run-id", run, "--title", "Check tokens", "--acceptance-criterion", "shown"
    )
    judged = mnemo("verify_task", "--task-id", other["task"]["id"], code=3)
    assert judged["accepted"] is False
    assert judged["failed_requirements"] != []


def give_up_a_task(mnemo: Ledger, run: str) -> None:
    task = mnemo("enqueue-event", "--run-id", run, "--title", "Dream", "--priority", "1")["task"]["id"]
    handed = mnemo("dispatch-task", "--run-id", run, "--task-id", task, "--executor", "ann")
    dispatch = handed["dispatch"]["id"]
    mnemo("claim-dispatch", "--dispatch-id", dispatch, "--executor", "ann")
    found = mnemo("recover-jobs", "--run-id", run, "--requeue", "--executor", "bob")
    assert task in json.dumps(found)
    listed = mnemo("list-dispatches", "--run-id", run)
    assert listed["count"] == 3
    stale = mnemo("fail-dispatch", "--dispatch-id", dispatch, "--reason", "too hard", code=1)
    assert stale["error"] == "stale_lease"
    fresh = next(one["id"] for one in listed["dispatches"] if one["status"] == "queued")
    mnemo("claim-dispatch", "--dispatch-id", fresh, "--executor", "bob")
    mnemo("fail-dispatch", "--dispatch-id", fresh, "--reason", "too hard")
    assert mnemo("status", "--run-id", run)["run"]["status"] == "blocked"
    assert mnemo("resume", "--run-id", run)["run"]["status"] == "active"
    assert mnemo("pause", "--run-id", run, "--reason", "lunch")["run"]["status"] == "paused"
    assert mnemo("pause", "--run-id", run)["run"]["status"] == "paused"
    assert mnemo("resume", "--run-id", run)["run"]["status"] == "active"


def release(mnemo: Ledger, run: str) -> None:
    failed = mnemo("review", "--run-id", run, "--gate", "quality_review", "--status", "failed")
    assert failed["run"]["status"] == "blocked"
    passed = mnemo("review", "--run-id", run, "--gate", "quality_review", "--status", "passed")
    assert passed["run"]["status"] == "active"
    checked = mnemo(
        "record-external-check", "--run-id", run, "--provider", "ci", "--external-run-id", "7", "--status",
        "completed", "--conclusion", "failure", "--url", "https://ci.example/7",
    )  # fmt: skip
    assert checked["evidence"]["status"] == "failed"
    doubted = mnemo(
        "record-approval", "--run-id", run, "--actor", "ada", "--scope-kind", "run", "--scope-id", run,
        "--prompt", "Release?", "--response", "I do not approve",
    )  # fmt: skip
    assert doubted["evidence"]["status"] == "observed"
    graphs = json.dumps({"nodes": [{"id": "a"}], "edges": []})
    mnemo("record-graph-diff", "--run-id", run, "--before-graph-json", graphs, "--after-graph-json", graphs)
    patch = json.dumps({"id": "p1", "verified": True, "paths": ["tokens.py"], "diff_size": 10})
    assert mnemo("select-patch", "--run-id", run, "--candidate-json", patch)["ok"] is True
    gate = mnemo(
        "release-gate", "--run-id", run, "--required-check", "ci", "--required-approvals", "1", code=3
    )
    assert gate["missing_checks"] == ["ci"]
    assert gate["missing_approvals"]
    assert mnemo("graph-update", "--run-id", run)["ok"] is True
    assert mnemo("graph-status")["state"] == "current"
    report = mnemo("report", "--run-id", run)["report"]
    assert "Next action" in report
    assert "reviewer: " in report.split("Latest action per role")[1]


@pytest.mark.parametrize(("words", "error"), UNKNOWN, ids=lambda value: " ".join(value)[:60])
def test_an_id_that_nobody_knows_is_a_json_error(
    words: list[str], error: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mnemo = Ledger(tmp_path, capsys)
    run, plan = planned(mnemo) if "{" in " ".join(words) else ("", "")
    record = mnemo(*(word.format(run=run, plan=plan) for word in words), code=1)
    assert (record["ok"], record["error"]) == (False, error)
    assert record["message"]
    assert record["fix"]


@pytest.mark.parametrize("name", NAMES)
def test_each_command_is_known_with_dashes_and_underscores_and_refuses_what_it_does_not_take(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    table = commands.list_commands()
    for spelled in (name, name.replace("-", "_")):
        found = commands.find_command([spelled], table)
        assert found is not None
        assert found[0].words == name
    assert cli.main([name, "--no-such-option"]) == 2
    assert "has no --no-such-option" in capsys.readouterr().err


def test_every_command_that_takes_an_id_is_tried_with_an_unknown_one() -> None:
    table = commands.list_commands()
    takes_id: Callable[[str], bool] = lambda name: "_id" in str(table[name].function.__annotations__)  # noqa: E731
    tried = {words[0] for words, _ in UNKNOWN}
    without = {name for name in NAMES if takes_id(name)} - tried
    assert without <= {"record-approval"}
