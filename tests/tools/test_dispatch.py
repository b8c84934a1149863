"""`dispatch` and evidence through Python, the command line and MCP."""

from __future__ import annotations

import sys
from pathlib import Path

from mnemo import project
from mnemo.tools import evidencing
from tests.tools.faces import Face, command, python


def test_work_is_added_taken_once_and_done_with_evidence(repository: Path, face: Face) -> None:
    added = face(
        "dispatch", action="add", title="write the parser", criteria=["it parses", "it is documented"]
    )
    task = added["tasks"][0]["id"]
    assert face("dispatch", action="ready")["tasks"][0]["id"] == task
    taken = face("dispatch", action="take", task=task, executor="ann")["dispatch"]
    assert taken["status"] == "claimed"
    assert taken["executor"] == "ann"
    held = face("dispatch", action="complete", dispatch=taken["id"], summary="done", executor="ann")
    assert held["dispatch"]["task_status"] == "submitted"
    assert len(held["missing"]) == 2
    (repository / "parser.py").write_text("def parse(): ...\n")
    (repository / "parser.md").write_text("how it parses\n")
    evidence = [{"uri": "parser.py", "criteria": [1]}, {"uri": "parser.md", "criteria": [2]}]
    done = face("dispatch", action="complete", dispatch=taken["id"], evidence=evidence, executor="ann")
    assert done["dispatch"]["task_status"] == "completed"
    assert face("verify", target=task)["accepted"] is True


def test_the_loser_learns_who_holds_the_task_and_until_when(repository: Path, face: Face) -> None:
    task = face("dispatch", action="add", title="one job")["tasks"][0]["id"]
    face("dispatch", action="take", task=task, executor="ann")
    lost = face("dispatch", action="take", task=task, executor="ben")
    assert lost["error"] == "dispatch_already_claimed"
    assert "ann" in lost["message"]
    again = face("dispatch", action="take", task=task, executor="ann")
    assert again["dispatch"]["executor"] == "ann"


def test_a_task_without_evidence_is_not_accepted(repository: Path, face: Face) -> None:
    task = face("dispatch", action="add", title="prove it", criteria=["shown"])["tasks"][0]["id"]
    judged = face("verify", target=task)
    assert judged["accepted"] is False
    assert judged["failed_requirements"]


def test_a_file_that_did_not_change_since_the_take_is_no_evidence(repository: Path, face: Face) -> None:
    (repository / "old.txt").write_text("old\n")
    task = face("dispatch", action="add", title="write it")["tasks"][0]["id"]
    taken = face("dispatch", action="take", task=task, executor="ann")["dispatch"]["id"]
    refused = face("dispatch", action="complete", dispatch=taken, evidence=["old.txt"], executor="ann")
    assert refused.get("ok") is False or refused["dispatch"]["task_status"] == "submitted"
    missing = face("dispatch", action="complete", dispatch=taken, evidence=["never.txt"], executor="ann")
    assert missing["error"] == "evidence_not_found"


def test_a_failed_task_says_why_and_is_not_ready(repository: Path, face: Face) -> None:
    task = face("dispatch", action="add", title="hard")["tasks"][0]["id"]
    face("dispatch", action="take", task=task, executor="ann")
    failed = face("dispatch", action="fail", task=task, reason="the vendor is down", executor="ann")
    assert failed["dispatch"]["status"] == "failed"
    assert face("dispatch", action="ready")["tasks"] == []


def test_unknown_ids_and_actions_are_named(repository: Path, face: Face) -> None:
    assert "task_ffff" in face("dispatch", action="take", task="task_ffff")["message"]
    assert face("dispatch", action="dance")["ok"] is False
    assert face("dispatch", action="add")["ok"] is False


def test_a_command_that_was_run_is_evidence(repository: Path) -> None:
    task = python("dispatch", action="add", title="prove", criteria=["it runs"])["tasks"][0]["id"]
    with project.acting("cli", "s"):
        record = evidencing.evidence_run(sys.executable, "-c", "print('fine')", task=task)
    assert record["exit_code"] == 0
    assert "fine" in record["output"]
    assert command("verify", target=task)["accepted"] is True
