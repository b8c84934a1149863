"""What each of the ledger's commands owes: what it answers, keeps and refuses."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from mnemo import projects
from tests.repos import write
from tests.tools.ledgers import deeds, ok, opened, planned, queued, refused, sent, taken
from tests.tools.typed import typed
from tests.warm import program

PACKET = {
    "version", "task_id", "run_id", "repo_path", "branch", "goal", "title", "description",
    "acceptance_criteria", "role", "files", "verification_policy", "safety_constraints",
    "reporting_contract", "hidden_context_policy",
}  # fmt: skip


def test_the_doctor_looks_and_makes_nothing(repository: Path) -> None:
    record = ok("doctor")
    assert record["ok"] is True
    checks = "sqlite|mnemo|entry points|plugin|writable|gitignore|skills|optional tools".split("|")
    assert set(checks) <= set(record["checks"])
    assert all(set(one) >= {"ok", "detail"} for one in record["checks"].values())
    assert not (repository / ".mnemo").exists()


def test_the_doctor_finds_a_folder_that_cannot_be_written(repository: Path) -> None:
    (repository / ".mnemo").write_text("a file where a folder has to be\n")
    ended = typed("doctor")
    assert (ended.code, ended.record["ok"], ended.record["checks"]["writable"]["ok"]) == (3, False, False)


def test_making_a_store_twice_is_making_it_once(repository: Path) -> None:
    first, again = ok("init"), ok("init")
    assert (first["created"], again["created"]) == (True, False)
    assert first["repository"] == again["repository"]
    assert first["path"] == again["path"] == str(repository / ".mnemo" / "mnemo.db")
    assert first["backend"] == "sqlite"


def test_a_run_is_started_again_with_a_plan_a_spike_and_no_failed_gate(repository: Path) -> None:
    run = opened()
    assert refused("start", "--run-id", run) == "canonical_plan_required"
    assert len(deeds("execution.blocked")) == 1
    assert ok("start", "--run-id", run, "--allow-spike")["run"]["id"] == run
    ok("review", "--run-id", run, "--gate", "quality_review", "--status", "failed")
    assert refused("start", "--run-id", run, "--allow-spike") == "review_gate_blocking"
    assert refused("start") == "goal_required"


def test_a_draft_keeps_its_parts_and_its_approval_passes_the_gate(repository: Path) -> None:
    run = opened()
    plan = ok(
        "plan", "--run-id", run, "--title", "T", "--body", "b", "--assumption", "x", "--assumption", "y",
        "--risk", "r", "--criterion", "c",
    )["plan"]  # fmt: skip
    assert (plan["status"], plan["assumptions"], plan["risks"], plan["criteria"]) == (
        "draft",
        ["x", "y"],
        ["r"],
        ["c"],
    )
    approved = ok("approve-plan", "--run-id", run, "--plan-id", plan["id"], "--reviewer", "ada")
    assert approved["plan"]["status"] == "canonical"
    (gate,) = ok("status")["gates"]
    assert (gate["kind"], gate["status"], gate["reviewer"]) == ("plan_review", "passed", "ada")
    assert len(deeds("plan.approved")) == 1


@pytest.mark.parametrize(("word", "action"), [("pause", "run.paused"), ("cancel", "run.cancelled")])
def test_stopping_twice_is_one_state_and_one_deed(repository: Path, word: str, action: str) -> None:
    run = opened()
    states = [ok(word, "--run-id", run, "--reason", "lunch")["run"]["status"] for _ in range(2)]
    assert len(set(states)) == 1
    assert len(deeds(action)) == 1


def test_status_without_a_run_tells_of_memory_and_with_one_lists_everything(repository: Path) -> None:
    record = ok("status")
    assert record["run"] is None
    assert {"claims", "verdicts", "standing"} <= set(record)
    run = planned()
    record = ok("status")
    assert record["run"]["id"] == run
    assert {"plans", "tasks", "gates", "evidence", "audit", "claims"} <= set(record)


def test_an_event_becomes_a_task_that_asks_for_a_result_and_nothing_is_handed_out(repository: Path) -> None:
    run = planned()
    record = ok("enqueue-event", "--run-id", run, "--title", "t", "--acceptance-criterion", "c")
    assert (record["dispatched"], record["executor_invoked"]) == (False, False)
    assert record["task"]["policy"]["required_evidence"] == ["dispatch_result"]
    assert ok("list-dispatches")["count"] == 0


def test_a_worker_is_told_everything_and_nothing_changes(repository: Path) -> None:
    task = sent(planned(), "--context-ref", "src/app.py")
    before = ok("status")
    payload = ok("worker-payload", "--task-id", task)["payload"]
    assert set(payload) >= PACKET
    assert ok("status") == before


def test_sixteen_processes_claim_a_dispatch_and_one_gets_it(repository: Path) -> None:
    name = queued(sent(planned()))
    projects.closing()
    words = [program(), "claim-dispatch", "--dispatch-id", name, "--json", "--executor"]
    started = [subprocess.Popen([*words, f"w{n}"], stdout=subprocess.PIPE, text=True) for n in range(16)]
    ended = [(process.communicate(timeout=120)[0], process.returncode) for process in started]
    records = [json.loads(out) for out, _ in ended]
    assert sorted(code for _, code in ended) == [0] + [1] * 15
    losers = [record for record in records if not record.get("ok")]
    assert {record["error"] for record in losers} == {"dispatch_already_claimed"}
    winner = next(record for record in records if record["ok"])["dispatch"]["executor"]
    assert all(winner in record["message"] for record in losers)
    assert (
        ok("claim-dispatch", "--dispatch-id", name, "--executor", winner)["dispatch"]["status"] == "claimed"
    )


def test_a_result_without_evidence_is_held_and_with_some_it_completes(repository: Path) -> None:
    task = sent(planned())
    name = queued(task)
    assert refused("complete-dispatch", "--dispatch-id", name, "--summary", "s") == "dispatch_not_claimed"
    ok("claim-dispatch", "--dispatch-id", name, "--executor", "ann")
    complete = ("complete-dispatch", "--dispatch-id", name, "--summary", "s", "--executor", "ann")
    held = ok(*complete)
    assert (held["task"]["status"], bool(held["missing"])) == ("submitted", True)
    assert refused(*complete, "--evidence-uri", "file://nowhere.txt") == "evidence_not_found"
    assert refused(*complete, "--evidence-uri", "file:///etc/passwd") == "evidence_not_found"
    unchanged = typed(*complete, "--evidence-uri", "file://README.md").record
    assert "README.md" in json.dumps(unchanged)
    assert ok("status")["tasks"][0]["status"] == "submitted"
    write(repository, {"done.txt": "done\n"})
    assert ok(*complete, "--evidence-uri", "file://done.txt")["task"]["status"] == "completed"
    assert not list((repository / ".mnemo" / "outbox").iterdir())


def test_giving_up_fails_the_dispatch_and_blocks_task_and_run(repository: Path) -> None:
    run = planned()
    task = sent(run)
    name = taken(task)
    record = ok("fail-dispatch", "--dispatch-id", name, "--reason", "too hard", "--executor", "ann")
    assert (record["dispatch"]["status"], record["task"]["status"]) == ("failed", "blocked")
    assert ok("status", "--run-id", run)["run"]["status"] == "blocked"
    assert len(deeds("task.failed")) == 1


def test_what_a_check_elsewhere_concluded_counts_once_somebody_stands_for_it(repository: Path) -> None:
    run = opened("--allow-spike")
    record = ("record-external-check", "--run-id", run, "--provider", "ci", "--status", "completed")
    gate = ("release-gate", "--run-id", run, "--required-check", "ci")
    failed = ok(*record, "--conclusion", "failure", "--external-run-id", "7")
    assert failed["evidence"]["status"] == "failed"
    assert typed(*gate).record["missing_checks"] == ["ci"]
    passed = ok(*record, "--conclusion", "success")
    assert (passed["evidence"]["status"], passed["evidence"]["trust"]) == ("passed", "advisory")
    assert typed(*gate).code == 3
    assert ok(*record, "--conclusion", "success", "--attest", "ada")["evidence"]["trust"] == "trusted"
    assert ok(*gate)["missing_checks"] == []


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        *((word, "passed") for word in ("approved", "Approve", "YES", "y", "ok", "승인", "승인함", "Ok!")),
        *((word, "observed") for word in ("I do not approve", "yes and no", "not ok", "", "maybe", "yess")),
    ],
)  # fmt: skip
def test_only_a_plain_yes_is_an_approval(repository: Path, answer: str, status: str) -> None:
    run = opened("--allow-spike")
    words = ("--scope-kind", "run", "--scope-id", run, "--prompt", "Release?", f"--response={answer}")
    ended = typed("record-approval", "--run-id", run, "--actor", "ada", *words)
    found = ended.record["evidence"]["status"] if ended.code == 0 else "observed"
    assert found == status
    gate = typed("release-gate", "--run-id", run, "--required-approvals", "1")
    assert gate.code == (0 if status == "passed" else 3)


def test_a_graph_that_got_worse_gives_its_three_warnings(repository: Path) -> None:
    run = opened("--allow-spike")
    before = {"god_nodes": ["a"], "cross_community_edges": 1, "modularity": 0.8}
    after = {"god_nodes": ["a", "b"], "cross_community_edges": 4, "modularity": 0.5}
    words = ("--before-graph-json", json.dumps(before), "--after-graph-json", json.dumps(after))
    record = ok("record-graph-diff", "--run-id", run, *words)
    assert set(record["warnings"]) == {
        "new_god_node",
        "cross_community_edges_increased",
        "modularity_decreased",
    }
    assert (record["risk"], ok("release-gate", "--run-id", run)["ok"]) == ("high", True)
    policy = json.dumps({"require_no_graph_warnings": True})
    assert typed("release-gate", "--run-id", run, "--policy-json", policy).code == 3
    ok("record-graph-diff", "--run-id", run, *words, "--blocking")
    assert typed("release-gate", "--run-id", run).code == 3
    assert refused("record-graph-diff", "--run-id", run) == "graph_snapshots_required"
    for odd in ("NaN", "Infinity"):
        word = f'{{"cross_community_edges": {odd}}}'
        assert (
            refused("record-graph-diff", "--before-graph-json", word, "--after-graph-json", "{}") == "invalid"
        )


def test_the_verified_patch_is_chosen_and_an_unsafe_one_waits_for_approval(repository: Path) -> None:
    run = opened("--allow-spike")
    good = json.dumps({"dispatch_id": "a", "verification_passed": True, "diff_size": 30})
    bad = json.dumps({"dispatch_id": "b", "verification_passed": False})
    unsafe = json.dumps({"dispatch_id": "c", "verification_passed": True, "unsafe_paths": [".env"]})
    record = ok("select-patch", "--run-id", run, "--candidate-json", good, "--candidate-json", bad)
    assert record["decision"]["selected_dispatch_id"] == "a"
    assert record["decision"]["scores"]["a"] == 97
    assert "b" in record["decision"]["rejected"]
    assert set(record["decision"]["preserved_evidence_trails"]) == {"a", "b"}
    waiting = typed("select-patch", "--run-id", run, "--candidate-json", unsafe).record["decision"]
    assert (waiting["approval_required"], waiting["selected_dispatch_id"]) == (True, None)
    assert refused("select-patch", "--run-id", run) == "candidates_required"


def test_a_released_run_says_so_with_its_exit_code_and_every_look_is_kept(repository: Path) -> None:
    run = opened("--allow-spike")
    gate = ("release-gate", "--run-id", run, "--required-check", "tests")
    closed = typed(*gate)
    assert (closed.code, closed.record["missing_checks"]) == (3, ["tests"])
    ok("record-external-check", "--run-id", run, "--provider", "tests", "--status", "completed",
       "--conclusion", "success", "--attest", "ada")  # fmt: skip
    assert typed(*gate).code == 0
    assert len(deeds("release_gate.checked")) == 2
