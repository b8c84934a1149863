"""Handing work out by the original commands: queued, listed, taken, ended, and nothing ever started."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from mnemo import projects
from mnemo.ledger.names import get_row
from mnemo.store import objects
from mnemo.tools import handing
from tests.repos import checkout, git, write
from tests.tools.typed import told, typed, watching_processes


def add(title: str = "Do it", *more: str) -> str:
    return typed("dispatch", "add", "--title", title, *more).record["tasks"][0]["id"]


def queue(task: str, *more: str) -> dict[str, Any]:
    ended = typed("dispatch-task", "--task-id", task, *more)
    assert ended.code == 0, ended.record
    return ended.record


def outbox(top: Path) -> list[str]:
    return sorted(path.name for path in (top / ".mnemo" / "outbox").glob("*"))


def test_a_dispatch_goes_its_whole_way(repository: Path) -> None:
    task = add()
    queued = queue(task, "--executor", "codex", "--reason", "it is theirs")
    assert queued["executor_invoked"] is False
    assert queued["dispatch"]["status"] == "queued"
    assert queued["dispatch"]["executor"] == "codex"
    name = queued["dispatch"]["id"]
    assert outbox(repository) == [f"{name}.json"]
    taken = typed("claim_dispatch", "--dispatch-id", name, "--executor", "codex").record
    assert taken["dispatch"]["status"] == "claimed"
    assert taken["task"]["status"] == "in_progress"
    write(repository, {"result.txt": "done\n"})
    ended = typed(
        "complete-dispatch", "--dispatch-id", name, "--summary", "s", "--evidence-uri", "result.txt"
    )
    assert (ended.code, ended.record["ok"]) == (0, True)
    assert ended.record["dispatch"]["status"] == "completed"
    assert ended.record["task"]["status"] == "completed"
    assert "warning" not in ended.record
    assert outbox(repository) == []


def test_completing_without_evidence_holds_the_task_with_a_warning(repository: Path) -> None:
    name = queue(add("Do it", "--criterion", "it is shown"))["dispatch"]["id"]
    typed("claim-dispatch", name)
    ended = typed("complete-dispatch", name, "--summary", "all done")
    assert ended.code == 0
    assert ended.record["task"]["status"] == "submitted"
    assert "held at submitted" in ended.record["warning"]
    assert "it is shown" in ended.record["missing"][0]
    assert outbox(repository) == [f"{name}.json"]


def test_evidence_that_is_not_there_or_did_not_change_is_refused(repository: Path) -> None:
    name = queue(add())["dispatch"]["id"]
    typed("claim-dispatch", name)
    missing = typed("complete-dispatch", name, "--evidence-uri", "file://nowhere.txt")
    assert (missing.code, missing.record["error"]) == (1, "evidence_not_found")
    unchanged = typed("complete-dispatch", name, "--evidence-uri", "README.md")
    assert (unchanged.code, unchanged.record["error"]) == (1, "evidence_unchanged")


def test_a_second_claimant_learns_who_holds_it_and_the_first_gets_it_again(repository: Path) -> None:
    name = queue(add())["dispatch"]["id"]
    first = typed("claim-dispatch", "--dispatch-id", name, "--executor", "ann")
    again = typed("claim-dispatch", "--dispatch-id", name, "--executor", "ann")
    assert (first.code, again.code) == (0, 0)
    lost = typed("claim-dispatch", "--dispatch-id", name, "--executor", "ben")
    assert (lost.code, lost.record["error"]) == (1, "dispatch_already_claimed")
    assert "ann" in lost.record["message"]


def test_failing_blocks_the_task_and_empties_the_outbox(repository: Path) -> None:
    name = queue(add())["dispatch"]["id"]
    typed("claim-dispatch", name)
    ended = typed("fail-dispatch", "--dispatch-id", name, "--reason", "the vendor is down")
    assert ended.code == 0
    assert ended.record["dispatch"]["status"] == "failed"
    assert ended.record["task"]["status"] == "blocked"
    assert outbox(repository) == []
    for command in ("claim-dispatch", "complete-dispatch"):
        late = typed(command, "--dispatch-id", name)
        assert (late.code, late.record["error"]) == (1, "dispatch_terminal")


def test_what_was_not_taken_cannot_be_ended(repository: Path) -> None:
    name = queue(add())["dispatch"]["id"]
    for words in (("complete-dispatch", name), ("fail-dispatch", name, "--reason", "x")):
        ended = typed(*words)
        assert (ended.code, ended.record["error"]) == (1, "dispatch_not_claimed")


def test_dispatches_are_listed_as_they_stand_and_by_run(repository: Path) -> None:
    first, second = add("one"), add("two")
    run = queue(first)["run"]["id"]
    queue(second)
    listed = typed("list-dispatches").record
    assert listed["count"] == len(listed["dispatches"]) == 2
    assert typed("list_dispatches", "--run-id", run, "--limit", "1").record["count"] == 2
    assert len(typed("list_dispatches", "--limit", "1").record["dispatches"]) == 1
    unknown = typed("list-dispatches", "--run-id", "run_ffffffffffff")
    assert (unknown.code, unknown.record["error"]) == (1, "run_not_found")


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("dispatch-task",), "task_id_required"),
        (("dispatch-task", "--task-id", "task_ffffffff"), "task_not_found"),
        (("claim-dispatch",), "dispatch_id_required"),
        (("claim-dispatch", "--dispatch-id", "dispatch_ffffffff"), "dispatch_not_found"),
        (("complete-dispatch",), "dispatch_id_required"),
        (("complete-dispatch", "--dispatch-id", "dispatch_ffffffff"), "dispatch_not_found"),
        (("fail-dispatch", "--dispatch-id", "dispatch_ffffffff", "--reason", "x"), "dispatch_not_found"),
        (("fail-dispatch", "--dispatch-id", "dispatch_ffffffff"), "reason_required"),
    ],
)
def test_unknown_and_missing_ids_are_errors_with_a_word(
    repository: Path, words: tuple[str, ...], error: str
) -> None:
    ended = typed(*words)
    assert (ended.code, ended.record["ok"], ended.record["error"]) == (1, False, error)
    assert ended.record["fix"]


def test_a_task_of_another_run_is_refused(repository: Path) -> None:
    task = add()
    other = typed("start", "--goal", "another").record["run"]["id"]
    ended = typed("dispatch-task", "--task-id", task, "--run-id", other)
    assert ended.code == 1
    assert "belongs to" in ended.record["message"]


def test_a_run_without_an_approved_plan_hands_nothing_out(repository: Path) -> None:
    run = typed("start", "--goal", "big").record["run"]["id"]
    added = typed("enqueue-event", "--run-id", run, "--title", "one").record
    task = added["tasks"][0]["id"]
    ended = typed("dispatch-task", "--task-id", task)
    assert (ended.code, ended.record["error"]) == (1, "canonical_plan_required")
    ended = typed("dispatch-task", "--task-id", task, "--create-worktree")
    assert ended.record["error"] == "canonical_plan_required"
    assert not (repository / ".mnemo" / "worktrees").exists()


@pytest.mark.parametrize(
    ("more", "changes", "outcome"),
    [
        (("--timed-out", "--exit-code", "1"), True, "timeout"),
        (("--exit-code", "137"), True, "process_failed"),
        ((), False, "no_changes"),
        ((), True, "verification_failed"),
    ],
)
def test_a_reported_failure_is_classified_and_kept(
    repository: Path, more: tuple[str, ...], changes: bool, outcome: str
) -> None:
    write(repository, {"before.txt": "was there before the take\n"})
    name = queue(add())["dispatch"]["id"]
    typed("claim-dispatch", name)
    if changes:
        write(repository, {"half.txt": "half done\n"})
    ended = typed("fail-dispatch", name, "--reason", "no", *more)
    assert ended.record["outcome"] == outcome
    with projects.current().db.reading() as connection:
        row = get_row(connection, "dispatch", name)
        assert objects.find(connection, row["result"]) == {"reason": "no", "outcome": outcome}


def test_a_completion_is_classified_by_its_evidence(repository: Path) -> None:
    name = queue(add())["dispatch"]["id"]
    typed("claim-dispatch", name)
    assert typed("complete-dispatch", name, "--summary", "done").record["outcome"] == "no_changes"
    write(repository, {"made.txt": "made\n"})
    assert typed("complete-dispatch", name).record["outcome"] == "verification_failed"
    ended = typed("complete-dispatch", name, "--evidence-uri", "made.txt")
    assert ended.record["outcome"] == "verified"


# Working trees of their own.


def test_an_isolated_working_tree_is_only_planned(repository: Path) -> None:
    task = add()
    before = git(repository, "for-each-ref")
    tree = queue(task, "--isolated-worktree")["worktree"]
    assert tree["branch"] == f"mnemo/{task}"
    assert tree["path"].endswith(f".mnemo/worktrees/{task}")
    assert (tree["created"], tree["dry_run"]) == (False, True)
    assert [each["word"] for each in tree["blockers"]] == ["protected_branch"]
    assert git(repository, "for-each-ref") == before
    assert not os.path.exists(tree["path"])


def test_a_working_tree_is_made_when_it_is_asked_for_and_the_packet_names_it(repository: Path) -> None:
    checkout(repository, "feature", new=True)
    task = add()
    record = queue(task, "--create-worktree", "--executor", "ann")
    path = Path(record["worktree"]["path"])
    assert record["worktree"]["created"] is True
    assert (path / "README.md").exists()
    assert git(repository, "status", "--short") == ""
    packet = json.loads((repository / ".mnemo" / "outbox" / f"{record['dispatch']['id']}.json").read_text())
    assert packet["worktree"] == str(path)
    assert queue(task, "--create-worktree")["worktree"]["created"] is True
    assert projects.open_at(str(path), os.environ).db.path == str(repository / ".mnemo" / "mnemo.db")


def test_a_dirty_repository_gets_no_working_tree_and_no_dispatch(repository: Path) -> None:
    task = add()
    write(repository, {"README.md": "changed\n"})
    ended = typed("dispatch-task", "--task-id", task, "--create-worktree")
    assert (ended.code, ended.record["error"]) == (1, "dirty_worktree")
    assert typed("list-dispatches").record["count"] == 0


# Nothing is ever started.


def everything(top: Path, *workspace: str) -> None:
    """Go through every path that hands work out, takes it, ends it or keeps what it is worked on with."""
    run = typed("start", "--goal", "g", "--allow-spike", *workspace).record["run"]["id"]
    event = ("enqueue-event", "--run-id", run, "--title", "Do it")
    task = typed(*event, *workspace).record["tasks"][0]["id"]
    name = typed("dispatch-task", "--task-id", task, "--executor", "codex", *workspace).record["dispatch"][
        "id"
    ]
    for words in (
        ("worker-payload", "--task-id", task),
        ("route-task", "--task-id", task, "--executor", "codex"),
        ("context-bundle", "--task-id", task),
        ("graph-update",),
        ("graph-status",),
        ("claim-dispatch", "--dispatch-id", name, "--executor", "codex"),
        ("recover-jobs", "--requeue", "--executor", "codex"),
        ("memory-writeback", "--lesson", "Project uses pytest for tests"),
        ("memory-prefetch", "--query", "tests"),
        ("classify", "--", "git", "push", "--force"),
        ("list-dispatches",),
    ):
        at = words.index("--") if "--" in words else len(words)
        ended = typed_at(words, at, workspace)
        assert ended in (0, 3), words
    second = typed("list-dispatches", *workspace).record["dispatches"][0]["id"]
    typed("claim-dispatch", second, "--executor", "codex", *workspace)
    (top / "result.txt").write_text("done\n")
    done = typed("complete-dispatch", second, "--evidence-uri", "result.txt", *workspace)
    assert done.record["task"]["status"] == "completed", done.record


def typed_at(words: tuple[str, ...], at: int, workspace: tuple[str, ...]) -> int:
    from mnemo.interfaces import cli

    return cli.main([*words[:at], *workspace, "--json", *words[at:]])


EXECUTORS = '[executors.codex]\nhealth = "touch ran-the-health-command"\nkinds = []\n'


def test_outside_a_repository_no_process_at_all_is_started(tmp_path: Path, home: Path) -> None:
    (home / ".mnemo").mkdir(exist_ok=True)
    (home / ".mnemo" / "config.toml").write_text(EXECUTORS)
    top = tmp_path / "plain"
    top.mkdir()
    with watching_processes() as started:
        everything(top, "--workspace", str(top))
    assert started == []
    assert not list(tmp_path.rglob("ran-the-health-command"))


def test_in_a_repository_nothing_but_git_is_started(repository: Path, home: Path) -> None:
    (home / ".mnemo").mkdir(exist_ok=True)
    (home / ".mnemo" / "config.toml").write_text(EXECUTORS)
    with watching_processes() as started:
        everything(repository)
    assert {os.path.basename(program) for program in started} <= {"git", "env"}
    assert not list(repository.rglob("ran-the-health-command"))


# What people read.


def test_people_read_what_happened_and_what_comes_next(repository: Path) -> None:
    task = add("Write the parser")
    text = told("dispatch-task", "--task-id", task, "--executor", "codex", "--isolated-worktree")
    assert "queued" in text
    assert "for codex" in text
    assert "working tree planned, not made" in text
    assert "main is a protected branch" in text
    name = typed("list-dispatches").record["dispatches"][0]["id"]
    assert "for codex" in told("list-dispatches")
    assert "Next: " in told("claim-dispatch", name)
    assert "missing: no evidence" in told("complete-dispatch", name)


def test_the_functions_can_be_called_from_python(repository: Path) -> None:
    task = add()
    record = handing.dispatch_task(task, executor="ann")
    assert handing.list_dispatches()["dispatches"][0]["id"] == record["dispatch"]["id"]
    assert handing.claim_dispatch(record["dispatch"]["id"])["dispatch"]["executor"]
    assert handing.fail_dispatch(record["dispatch"]["id"], "no")["run"]["status"] == "active"
