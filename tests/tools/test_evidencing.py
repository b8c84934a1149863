"""Evidence, verdicts, the release gate and the audit as people and agents call them."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from mnemo import projects
from mnemo.interfaces import cli, server
from mnemo.store import events, objects

Record = dict[str, Any]


def typed(*words: str) -> tuple[int, str]:
    """Type a command and return its exit code and what it printed."""
    out, problems = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(problems):
        code = cli.main(list(words))
    return code, out.getvalue()


def asked(*words: str) -> tuple[int, Record]:
    """Type a command with --json and return its exit code and record."""
    code, text = typed("--json", *words)
    return code, json.loads(text)


def called(tool: str, **arguments: Any) -> Record:
    """Call a tool of the work toolset over MCP and return its record."""

    async def call() -> Record:
        from fastmcp import Client

        async with Client(server.build(["core", "work"])) as client:
            result = await client.call_tool(tool, arguments, raise_on_error=False)
        return (result.meta or {})["mnemo/record"]

    return asyncio.run(call())


def run(*argv: str, **options: str) -> int:
    """Run a command as evidence and return its exit code; its output is swallowed."""
    from mnemo.tools import evidencing

    with contextlib.redirect_stderr(io.TextIOWrapper(io.BytesIO())):
        return evidencing.evidence_run(*argv, **options)["exit_code"]  # type: ignore[arg-type]


@pytest.fixture
def task(repository: Path) -> str:
    """A task that was taken."""
    made = asked("dispatch", "add", "--title", "Count failures", "--criterion", "tests pass")[1]
    named = made["tasks"][0]["id"]
    asked("dispatch", "take", "--task", named)
    return named


def test_from_a_word_to_an_open_gate_that_an_edit_closes_and_its_revert_opens(
    repository: Path, task: str
) -> None:
    held = asked("dispatch", "complete", "--task", task, "--summary", "I finished")[1]
    assert held["dispatch"]["task_status"] == "submitted"
    code, told = asked("verify_task", "--task-id", task)
    assert (code, told["ok"], told["status"]) == (3, False, "rejected")
    assert told["failed_requirements"] == ["criterion 1 (tests pass): no evidence"]
    assert run(sys.executable, "-c", "print('1 passed')", task=task) == 0
    code, told = asked("verify-task", task)
    assert (code, told["accepted"], told["status"]) == (0, True, "accepted")
    assert asked("release-gate", "--required-check", "ci")[0] == 3
    asked("record-external-check", "ci", "--conclusion", "success", "--attest", "ann")
    assert asked("release_gate", "--required-check", "ci")[0] == 0
    (path,) = [each for each in repository.iterdir() if each.is_file() and not each.name.startswith(".")][:1]
    before = path.read_bytes()
    path.write_bytes(before + b"\n# edited\n")
    code, told = asked("release-gate", "--required-check", "ci")
    assert code == 3
    assert path.name in told["stale"][0]
    path.write_bytes(before)
    assert asked("release-gate", "--required-check", "ci")[0] == 0


def test_the_text_of_a_closed_gate_names_each_reason(task: str) -> None:
    code, text = typed("release-gate", "--required-approvals", "2", "--required-check", "lint")
    assert code == 3
    assert "closed for 3 reasons" in text
    assert "(Count failures) is in_progress" in text
    assert "required check lint: there is no such check" in text
    assert "approvals: 0 of 2 people" in text


def test_a_repair_is_named_as_what_comes_next(task: str) -> None:
    asked("dispatch", "complete", "--task", task, "--summary", "done")
    code, text = typed("verify-task", task, "--repair")
    assert code == 3
    assert "Next: task_" in text
    assert "mends it" in text
    assert typed("verify-task", task, "--max-attempts", "-1")[0] == 1


def test_lessons_that_name_a_check_are_asked_for_when_wanted(task: str) -> None:
    asked("claim", "Run `ruff check src` before anything is merged", "--domain", "patterns")
    run(sys.executable, "-c", "pass", task=task)
    assert asked("verify-task", task)[1]["accepted"] is True
    told = asked("verify-task", task, "--enrich")[1]
    assert told["failed_requirements"] == ["required command ruff check src: it was not run"]


def test_evidence_is_listed_and_shown_with_what_was_printed(task: str) -> None:
    run(sys.executable, "-c", "print('1 passed')", task=task, kind="smoke")
    listed = asked("evidence", "list", "--task", task)[1]["evidence"]
    assert [(one["kind"], one["status"], one["stale"]) for one in listed] == [
        ("smoke_result", "passed", False)
    ]
    code, text = typed("evidence", "show", listed[0]["id"])
    assert (code, "1 passed" in text) == (0, True)
    assert listed[0]["id"] in typed("evidence", "list")[1]
    assert asked("evidence", "list", "--limit", "0")[0] == 1


def test_a_gate_is_decided_by_the_command_that_is_run_for_it(task: str) -> None:
    assert run(sys.executable, "-c", "raise SystemExit(4)", gate="quality_review") == 4
    assert "quality_review is failed" in asked("release-gate")[1]["closed_gates"][0]
    assert run(sys.executable, "-c", "pass", gate="quality_review") == 0
    assert asked("release-gate", "--required-check", "quality_review")[1]["missing_checks"] == []


def test_the_same_through_the_work_tools(repository: Path, task: str) -> None:
    (repository / "report.txt").write_text("fine")
    assert called("work_evidence", task=task, uris=["report.txt"])["evidence"]["status"] == "passed"
    assert called("work_evidence", action="list", task=task)["evidence"][0]["uri"] == "report.txt"
    told = called("work_evidence", action="external_check", provider="ci", conclusion="failure")
    assert told["evidence"]["status"] == "failed"
    told = called("work_evidence", action="approval", actor="ann", response="Approved.")
    assert told["evidence"]["status"] == "passed"
    told = called(
        "work_evidence",
        action="graph_diff",
        before_graph_json={"modularity": 0.8},
        after_graph_json={"modularity": 0.2},
    )
    assert told["warnings"] == ["modularity_decreased"]
    assert called("work_gate", action="verify", task_id=task)["accepted"] is True
    assert called("work_gate", action="release", required_checks=["ci"])["missing_checks"] == ["ci"]
    told = called("work_gate", action="select_patch", candidate_json=[{"dispatch_id": "a"}])
    assert told["decision"]["selected_dispatch_id"] is None
    refused = called("work_evidence", action="approval", uris=["report.txt"])
    assert refused["ok"] is False
    assert "uris" in refused["message"]


def test_the_words_of_a_graph_comparison_and_of_a_choice(task: str) -> None:
    graphs = ("--before-graph-json", '{"modularity": 0.8}', "--after-graph-json", '{"modularity": 0.2}')
    code, text = typed("record-graph-diff", *graphs, "--blocking")
    assert (code, "risk: high, blocking" in text) == (0, True)
    assert "modularity: 0.8 before, 0.2 after" in text
    candidate = '{"dispatch_id": "a", "verification_passed": true, "unsafe_paths": [".env"]}'
    code, text = typed("select-patch", "--candidate-json", candidate)
    assert code == 3
    assert "None can be taken; an approval would make one possible" in text


@pytest.mark.parametrize(
    ("words", "word"),
    [
        (("verify-task", "--task-id", "task_000000000000"), "task_not_found"),
        (("record-external-check", "--run-id", "run_000000000000", "--provider", "ci"), "run_not_found"),
        (("record-external-check", "--conclusion", "success"), "provider_required"),
        (("record-approval", "--actor", "ann", "--response", "yes", "--run-id", "run_0000"), "run_not_found"),
        (("record-approval", "--response", "yes"), "actor_required"),
        (("record-graph-diff",), "graph_snapshots_required"),
        (("select-patch",), "candidates_required"),
        (("release-gate", "--run-id", "run_000000000000"), "run_not_found"),
        (("release-gate",), "run_id_required"),
        (("evidence", "show", "evidence_000000000000"), "evidence_not_found"),
        (("evidence", "add", "gone.txt"), "evidence_not_found"),
        (("evidence", "list", "--task", "task_000000000000"), "task_not_found"),
        (("audit", "verify", "--head", "xyz"), "invalid"),
    ],
)
def test_what_is_not_there_is_a_json_error_with_exit_code_1(
    repository: Path, words: tuple[str, ...], word: str
) -> None:
    code, told = asked(*words)
    assert (code, told["ok"], told["error"]) == (1, False, word)


def test_the_audit_names_what_was_changed_and_exits_3(task: str) -> None:
    run(sys.executable, "-c", "print('1 passed')", task=task)
    assert asked("audit", "verify")[0] == 0
    head = asked("audit", "verify")[1]["chains"][0]["head"]
    assert asked("audit", "verify", "--head", head)[0] == 0
    assert asked("audit", "verify", "--head", "0" * 64)[0] == 3
    assert typed("audit", "head")[1].split()[-1] == head
    with projects.current_unchecked().db.transaction() as connection:
        (kept,) = [
            row for row in connection.execute("SELECT hash, bytes FROM objects") if b'"tail"' in row[1]
        ]
        connection.execute(
            "UPDATE objects SET bytes = ? WHERE hash = ?",
            (kept[1].replace(b"1 passed", b"2 passed"), kept[0]),
        )
    code, text = typed("audit", "verify")
    assert code == 3
    assert "its kept output included, does not fit its hash" in text
    with projects.current_unchecked().db.transaction() as connection:
        connection.execute("UPDATE objects SET bytes = ? WHERE hash = ?", (kept[1], kept[0]))
        assert objects.find(connection, kept[0].hex())
        assert events.broken_links(connection) == []
