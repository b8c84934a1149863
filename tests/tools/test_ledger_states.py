"""What the ledger's objects owe, on the command line: their facts, their states, and their ends."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from pathlib import Path

import pytest

from mnemo import projects
from mnemo.model import work
from tests.repos import git, write
from tests.tools.ledgers import drafted, ok, opened, planned, queued, refused, sent, taken
from tests.tools.typed import told, typed

HEADINGS = (
    "Goal", "State", "Plan", "Tasks", "Gates", "Evidence", "Changed files", "Verification results",
    "Blockers", "Risks", "Next action", "Latest action per role", "Pause/cancel leftovers", "Recovery plan",
)  # fmt: skip


def plans_of(run: str) -> dict[str, str]:
    return {one["id"]: one["status"] for one in ok("status", "--run-id", run)["plans"]}


def test_a_run_has_its_facts_and_its_end_is_final(repository: Path) -> None:
    record = ok("start", "--goal", "Sign people in")["run"]
    run = record["id"]
    assert re.fullmatch(r"run_[0-9a-f]{12}", run)
    assert (record["goal"], record["status"], record["branch"]) == ("Sign people in", "active", "main")
    assert git(repository, "rev-parse", "HEAD").startswith(record["commit"])
    plan = drafted(run)
    for word, status in (("pause", "paused"), ("resume", "active"), ("cancel", "cancelled")):
        assert ok(word, "--run-id", run)["run"]["status"] == status
    for words in (("resume",), ("pause",), ("approve-plan", "--plan-id", plan)):
        assert refused(*words, "--run-id", run) == "invalid_transition"
    assert ok("status", "--run-id", run)["run"]["status"] == "cancelled"


def test_a_run_has_one_canonical_plan(repository: Path) -> None:
    run = opened()
    first, second, third = (drafted(run, title) for title in "ABC")
    ok("approve-plan", "--run-id", run, "--plan-id", first)
    ok("approve-plan", "--run-id", run, "--plan-id", second)
    ok("reject-plan", "--run-id", run, "--plan-id", third, "--reason", "too long")
    assert plans_of(run) == {first: "superseded", second: "canonical", third: "rejected"}
    for plan in (first, third):
        assert refused("approve-plan", "--run-id", run, "--plan-id", plan) == "invalid_transition"
    assert plans_of(run)[second] == "canonical"


def test_a_task_keeps_all_that_was_said_and_its_states_follow_the_table(repository: Path) -> None:
    run = planned()
    needed = sent(run)
    task = sent(
        run, "--body", "In tokens.py", "--acceptance-criterion", "shown", "--dependency", needed,
        "--priority", "0.7", "--context-ref", "src/app.py", "--kind", "bug", "--risk", "high",
        "--size", "s", "--role", "worker", "--source", "cron",
    )  # fmt: skip
    record = next(one for one in ok("status")["tasks"] if one["id"] == task)
    assert record["status"] == "pending"
    assert (record["body"], record["criteria"]) == ("In tokens.py", ["shown"])
    assert (record["needs"], record["priority"]) == ([needed], 0.7)
    assert record["context_refs"] == ["src/app.py"]
    assert record["policy"]["required_evidence"] == ["dispatch_result"]
    assert [record[name] for name in ("kind", "risk", "size", "role")] == ["bug", "high", "s", "worker"]
    assert refused("dispatch-task", "--task-id", task) == "task_not_ready"
    name = taken(needed)
    write(repository, {"tokens.py": "1\n"})
    ok("complete-dispatch", "--dispatch-id", name, "--evidence-uri", "tokens.py")
    assert refused("dispatch-task", "--task-id", needed) == "task_terminal"
    assert queued(task)


def test_an_ended_dispatch_stays_ended(repository: Path) -> None:
    run = planned()
    task = sent(run)
    name = taken(task)
    ok("recover-jobs", "--run-id", run, "--requeue", "--executor", "bob")
    for words in (("complete-dispatch", "--summary", "s"), ("fail-dispatch", "--reason", "r")):
        assert refused(words[0], "--dispatch-id", name, *words[1:], "--executor", "ann") == "stale_lease"
    assert refused("claim-dispatch", "--dispatch-id", name, "--executor", "ann") == "stale_lease"
    other = taken(sent(run))
    ok("fail-dispatch", "--dispatch-id", other, "--reason", "too hard", "--executor", "ann")
    for words in (
        ("claim-dispatch", "--executor", "ann"),
        ("complete-dispatch", "--summary", "s"),
        ("fail-dispatch", "--reason", "r"),
    ):
        assert refused(words[0], "--dispatch-id", other, *words[1:]) == "dispatch_terminal"


def test_a_failed_gate_blocks_until_the_same_kind_passes(repository: Path) -> None:
    run = planned()
    task = sent(run)
    gate = ("review", "--run-id", run, "--summary", "seen", "--reviewer", "bob")
    for kind in work.GATE_KINDS[2:4]:
        failed = ok(*gate, "--gate", kind, "--status", "failed")
        assert (failed["run"]["status"], failed["gate"]["status"]) == ("blocked", "failed")
        assert refused("dispatch-task", "--task-id", task) == "review_gate_blocking"
        assert ok(*gate, "--gate", kind, "--status", "passed")["run"]["status"] == "active"
    assert refused(*gate, "--gate", "beauty", "--status", "passed") == "invalid"
    assert typed(*gate, "--gate", "quality_review", "--status", "maybe").code == 1
    assert queued(task)


def test_evidence_shows_all_its_fields_and_counts_no_more_once_replaced(repository: Path) -> None:
    task = sent(opened("--allow-spike"), "--acceptance-criterion", "shown")
    taken(task)
    write(repository, {"shown.txt": "it works\n"})
    added = ok("evidence", "add", "shown.txt", "--task", task, "--kind", "artifact", "--summary", "seen")
    first = added["evidence"]["id"]
    record = ok("evidence", "show", first)["evidence"]
    assert (record["kind"], record["status"], record["trust"]) == ("artifact", "passed", "trusted")
    assert (record["summary"], record["uri"], record["task"]) == ("seen", "shown.txt", task)
    assert record["content"] == hashlib.sha256(b"it works\n").hexdigest()
    assert {"source", "run", "dispatch", "supports", "supersedes"} <= set(record)
    no = ("--kind", "summary", "--summary", "no", "--task", task, "--supersedes", first)
    other = ok("evidence", "add", *no)["evidence"]
    assert ok("evidence", "show", first)["evidence"]["status"] == "superseded"
    assert other["supersedes"] == [first]
    judged = typed("verify-task", task)
    assert (judged.code, judged.record["accepted"]) == (3, False)


def test_events_and_evidence_cannot_be_changed_in_the_file(repository: Path) -> None:
    ok("evidence", "add", "README.md", "--run-id", opened())
    assert ok("audit", "verify")["ok"] is True
    projects.closing()
    raw = sqlite3.connect(repository / ".mnemo" / "mnemo.db")
    for table in ("events", "evidence"):
        for sql in (f"UPDATE {table} SET kind = 'forged'", f"DELETE FROM {table}"):
            with pytest.raises(sqlite3.IntegrityError, match="never"):
                raw.execute(sql)
    raw.close()
    assert ok("audit", "verify")["ok"] is True


def test_a_report_has_its_headings_and_comes_from_the_store_alone(repository: Path) -> None:
    run = planned()
    taken(sent(run))
    first = ok("report", "--run-id", run)["report"]
    assert re.findall(r"^## (.+)$", first, re.MULTILINE) == list(HEADINGS)
    assert "|" not in first
    projects.closing()
    for name in ("outbox", "bundles", "logs", "graph"):
        for path in (repository / ".mnemo" / name).glob("*"):
            path.unlink()
    assert ok("report", "--run-id", run)["report"] == first
    assert told("report", "--run-id", run).strip() == first.strip()


def test_tasks_that_need_each_other_are_refused_with_their_path(repository: Path) -> None:
    run = opened("--allow-spike")
    ring = [
        {"key": "a", "title": "A", "dependencies": ["b"]},
        {"key": "b", "title": "B", "dependencies": ["a"]},
    ]
    ended = typed("enqueue-event", json.dumps(ring), "--run-id", run)
    assert (ended.code, ended.record["error"]) == (1, "dependency_cycle")
    assert re.search("a → b → a|b → a → b", ended.record["message"])
    missing = typed("enqueue-event", "--run-id", run, "--title", "t", "--dependency", "task_ffffffffffff")
    assert (missing.code, missing.record["error"]) == (1, "task_not_found")
    assert ok("dispatch", "ready")["tasks"] == []
