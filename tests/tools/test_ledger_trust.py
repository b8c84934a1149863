"""What counts as proof and what never happens by itself, on the command line."""

from __future__ import annotations

import json
import re
import shlex
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from mnemo import projects
from mnemo.model import work
from tests.repos import checkout, git, make_repository, write
from tests.tools.ledgers import ok, opened, planned, refused, sent, taken
from tests.tools.typed import Typed, told, typed
from tests.warm import program


@pytest.mark.parametrize("kind", work.SAID_KINDS)
def test_what_somebody_says_never_proves_a_task(repository: Path, kind: str) -> None:
    task = sent(opened("--allow-spike"), "--acceptance-criterion", "shown")
    taken(task)
    added = ok("evidence", "add", "--kind", kind, "--summary", "I finished", "--task", task)
    assert added["evidence"]["trust"] == "advisory"
    judged = typed("verify-task", task)
    assert (judged.code, judged.record["accepted"]) == (3, False)
    assert judged.record["failed_requirements"]


@pytest.mark.parametrize("kind", [*work.RUN_KINDS, *work.FILE_KINDS])
def test_each_kind_that_proves_is_recorded_and_counted(repository: Path, kind: str) -> None:
    task = sent(opened("--allow-spike"), "--acceptance-criterion", "shown")
    taken(task)
    made = "made.png" if kind == "screenshot" else "made.txt"
    write(repository, {made: b"\x89PNG\r\n\x1a\n", "README.md": "changed\n"})
    if kind in work.RUN_KINDS:
        projects.closing()
        command = (
            "evidence",
            "run",
            "--task",
            task,
            "--kind",
            kind,
            "--json",
            "--",
            sys.executable,
            "-c",
            "1",
        )
        ran = subprocess.run([program(), *command], capture_output=True, timeout=60)
        assert ran.returncode == 0, ran.stderr
    else:
        ok("evidence", "add", made, "--task", task, "--kind", kind)
    assert [one["kind"] for one in ok("evidence", "list", "--task", task)["evidence"]] == [kind]
    assert typed("verify", task).record["failed_requirements"] in (
        [],
        ["required dispatch_result: there is none"],
    )


BLOCKERS = {
    "protected_branch": lambda top: None,
    "detached_head": lambda top: git(top, "checkout", "-q", "--detach"),
    "dirty_worktree": lambda top: write(top, {"README.md": "changed\n"}),
    "untracked_files": lambda top: write(top, {"new.txt": "new\n"}),
}


@pytest.mark.parametrize("word", BLOCKERS)
def test_each_state_of_git_that_forbids_a_working_tree_is_named(repository: Path, word: str) -> None:
    task = sent(opened("--allow-spike"))
    if word != "protected_branch":
        checkout(repository, "feature", new=True)
    BLOCKERS[word](repository)
    planned_tree = ok("dispatch-task", "--task-id", task, "--isolated-worktree")["worktree"]
    assert word in [one["word"] for one in planned_tree["blockers"]]
    assert refused("dispatch-task", "--task-id", task, "--create-worktree") == word
    assert len(git(repository, "worktree", "list").splitlines()) == 1


def test_a_folder_without_git_gets_no_working_tree(tmp_path: Path) -> None:
    where = ("--workspace", str(tmp_path))
    task = sent(opened("--allow-spike", *where), *where)
    tree = ok("dispatch-task", "--task-id", task, "--isolated-worktree", *where)["worktree"]
    assert "not_a_repository" in [one["word"] for one in tree["blockers"]]


@pytest.mark.parametrize(
    "command",
    [
        "git reset --hard", "git clean -fd", "git push --force", "git push -f origin x", "git merge other",
        "git push origin main", "rm -rf .", "git filter-branch --all", "git reflog expire --all",
        "git branch -D old",
    ],
)  # fmt: skip
def test_a_command_that_destroys_waits_for_approval(repository: Path, command: str) -> None:
    ended = classify(command)
    assert (ended.code, ended.record["allowed"], ended.record["requires_approval"]) == (3, False, True)
    assert ended.record["reasons"]


@pytest.mark.parametrize("command", ["git status", "git push origin feature", "pytest -q", "git branch new"])
def test_a_harmless_command_may_run(repository: Path, command: str) -> None:
    ended = classify(command)
    assert (ended.code, ended.record["allowed"]) == (0, True)


def classify(command: str) -> Typed:
    return typed("classify", "--command", command)


def test_an_executor_that_nobody_knows_is_only_a_name(repository: Path) -> None:
    task = sent(planned())
    record = ok("dispatch-task", "--task-id", task, "--executor", "somebody-new")
    assert (record["dispatch"]["executor"], record["executor_invoked"]) == ("somebody-new", False)


def test_a_repair_has_a_budget_and_then_the_task_is_blocked(repository: Path) -> None:
    policy = json.dumps({"required_evidence": ["test_result"], "budget": {"max_attempts": 2}})
    task = first = sent(opened("--allow-spike"), "--verification-policy", policy)
    taken(task)
    for attempt in range(3):
        ok("dispatch", "complete", "--task", task, "--executor", "ann", "--summary", "done")
        judged = typed("verify-task", task, "--repair")
        assert (judged.code, judged.record["accepted"]) == (3, False)
        assert bool(judged.record["repair"]) is (attempt < 2)
        if judged.record["repair"]:
            ok("dispatch", "take", "--task", judged.record["repair"], "--executor", "ann")
            task = judged.record["repair"]
    status = {one["id"]: one["status"] for one in ok("status")["tasks"]}
    assert status[first] == "blocked"


def test_a_criterion_without_its_own_evidence_holds_the_task(repository: Path) -> None:
    task = sent(opened("--allow-spike"), "--acceptance-criterion", "a", "--acceptance-criterion", "b")
    name = taken(task)
    write(repository, {"a.txt": "a\n", "b.txt": "b\n"})
    complete = ("complete-dispatch", "--dispatch-id", name, "--executor", "ann", "--evidence-uri")
    held = ok(*complete, json.dumps({"uri": "a.txt", "criteria": [1]}))
    assert held["task"]["status"] == "submitted"
    assert "criterion 2 (b)" in json.dumps(held["missing"])
    assert ok(*complete, json.dumps({"uri": "b.txt", "criteria": [2]}))["task"]["status"] == "completed"


def test_a_command_keeps_its_exit_code_and_a_changed_file_closes_the_gate(repository: Path) -> None:
    task = sent(opened("--allow-spike"), "--acceptance-criterion", "passes", "--context-ref", "src/app.py")
    taken(task)
    projects.closing()
    run = [program(), "evidence", "run", "--task", task, "--", sys.executable, "-c"]
    assert subprocess.run([*run, "raise SystemExit(7)"], capture_output=True, timeout=60).returncode == 7
    assert subprocess.run([*run, "print('fine')"], capture_output=True, timeout=60).returncode == 0
    listed = [one["id"] for one in ok("evidence", "list")["evidence"]]
    codes = [ok("evidence", "show", each)["payload"]["exit_code"] for each in listed]
    assert codes == [0, 7]
    ok("dispatch", "complete", "--executor", "ann", "--task", task)
    assert typed("release-gate").code == 0
    text = (repository / "src" / "app.py").read_text()
    write(repository, {"src/app.py": text + "# changed\n"})
    closed = typed("release-gate")
    assert (closed.code, bool(closed.record["stale"])) == (3, True)
    write(repository, {"src/app.py": text})
    assert typed("release-gate").code == 0


def test_each_command_of_a_handoff_ends_with_zero(repository: Path) -> None:
    run = opened("--allow-spike")
    ok("claim", "The application starts in main.", "--anchor", "src/app.py::main")
    task = sent(run, "--acceptance-criterion", "passes")
    taken(task)
    projects.closing()
    proof = [program(), "evidence", "run", "--task", task, "--", sys.executable, "-c", "print('1 passed')"]
    assert subprocess.run(proof, capture_output=True, timeout=60).returncode == 0
    ok("dispatch", "complete", "--executor", "ann", "--task", task)
    record = ok("handoff")
    commands = [word for one in (*record["tasks"], *record["claims"]) for word in one["commands"]]
    assert len(commands) >= 3
    projects.closing()
    for command in commands:
        first, *rest = shlex.split(command)
        assert first == "mnemo"
        assert subprocess.run([program(), *rest], capture_output=True, timeout=60).returncode == 0, command


def test_a_second_repository_knows_nothing_of_the_first(repository: Path, tmp_path: Path) -> None:
    run = planned()
    other = make_repository(tmp_path / "other")
    assert refused("status", "--run-id", run, "--workspace", str(other)) == "run_not_found"


def test_no_service_is_asked_unless_a_setting_names_one(repository: Path) -> None:
    settings = {one["key"]: one["value"] for one in ok("config", "list")["settings"]}
    assert (settings["MNEMO_EMBEDDING_URL"], settings["board.file"]) == ("", "")
    assert [name for name in settings if "peer" in name or "remote" in name] == []


def test_a_head_that_git_has_noted_down_shows_that_the_end_of_a_chain_was_cut_off(repository: Path) -> None:
    opened("--allow-spike")
    assert typed("audit", "verify").record["noted"] == 0
    noted = told("audit", "head").strip()
    assert re.fullmatch(r"Mnemo-Head: [0-9a-f]+ project 1 [0-9a-f]{64}", noted)
    git(repository, "notes", "--ref", "mnemo", "add", "-m", noted)
    foreign = noted.replace(noted.split()[1], "f" * 32)
    git(repository, "tag", "-a", "v1", "-m", "Release", "-m", f"{noted}\n{foreign}\nMnemo-Head: nonsense")
    assert ok("audit", "verify")["noted"] == 1
    sent(ok("status")["run"]["id"])
    git(repository, "tag", "-a", "v2", "-m", told("audit", "head").strip())
    assert ok("audit", "verify")["noted"] == 2
    projects.closing()
    store = repository / ".mnemo" / "mnemo.db"
    whole = store.read_bytes()
    raw = sqlite3.connect(store)
    raw.executescript(
        "DROP TRIGGER events_are_kept; PRAGMA foreign_keys = OFF; DELETE FROM events WHERE seq = 2"
    )
    raw.close()
    ended = typed("audit", "verify")
    assert ended.code == 3
    assert "lost event 2, which git has noted down" in json.dumps(ended.record["findings"])
    projects.closing()
    for name in ("mnemo.db-wal", "mnemo.db-shm"):
        (repository / ".mnemo" / name).unlink(missing_ok=True)
    store.write_bytes(whole)
