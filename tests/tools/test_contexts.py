"""What work is done with: packets, bundles, routing, recovery, the code graph and lessons, as commands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mnemo.errors import Invalid
from mnemo.tools import contexts
from tests.repos import commit, write
from tests.tools.test_handing import add, queue
from tests.tools.typed import told, typed


def test_a_packet_is_shown_and_changes_nothing(repository: Path) -> None:
    task = add("Write it", "--criterion", "a test shows it")
    name = queue(task, "--executor", "ann")["dispatch"]["id"]
    before = (repository / ".mnemo" / "outbox" / f"{name}.json").read_text()
    by_task = typed("worker-payload", "--task-id", task)
    by_dispatch = typed("worker-payload", "--dispatch-id", name)
    assert by_task.code == 0
    assert by_task.record == by_dispatch.record
    assert by_task.record["payload"] == json.loads(before)
    assert typed("list-dispatches").record["dispatches"][0]["status"] == "queued"
    assert "git reset --hard" in told("worker-payload", task)


def test_a_bundle_lies_under_its_hash_and_tampering_is_found(repository: Path) -> None:
    typed("claim", "Write tests with pytest only", "--tag", "tests")
    task = add("Write tests")
    first = typed("context-bundle", "--task-id", task).record
    again = typed("context_bundle", task).record
    assert (first["new"], again["new"]) == (True, False)
    assert (first["sha256"], first["evidence"]) == (again["sha256"], again["evidence"])
    path = Path(first["path"])
    content = json.loads(path.read_text())
    assert [each["content"] for each in content["memory_context"]] == ["Write tests with pytest only"]
    assert typed("verify", first["bundle"]).code == 0
    path.chmod(0o600)
    path.write_text(path.read_text().replace("pytest", "nothing"))
    changed = typed("verify", first["bundle"])
    assert (changed.code, changed.record["accepted"]) == (3, False)
    assert "was changed" in told("verify", first["bundle"])
    assert typed("context-bundle", task).record["sha256"] == first["sha256"]
    assert typed("verify", first["bundle"]).code == 0


def test_routing_is_a_preview_kept_as_evidence(repository: Path, home: Path) -> None:
    (home / ".mnemo").mkdir(exist_ok=True)
    (home / ".mnemo" / "config.toml").write_text(
        '[executors.codex]\nkinds = ["bugfix"]\nhealth = "codex --version"\n'
        '[executors.writer]\nkinds = ["docs"]\n'
    )
    run = typed("start", "--goal", "g", "--allow-spike").record["run"]["id"]
    event = ("enqueue-event", "--run-id", run, "--title", "Fix it", "--kind", "bugfix")
    task = typed(*event, "--risk", "medium").record["tasks"][0]["id"]
    found = typed("route-task", "--task-id", task).record
    assert (found["selected"], found["dispatched"], found["executor_invoked"]) == ("codex", False, False)
    assert found["rejected"] == [{"executor": "writer", "reason": "it is for docs, not for bugfix"}]
    assert found["health"] == {"codex": "codex --version"}
    assert typed("list-dispatches").record["count"] == 0
    assert "would go to codex" in told("route-task", task)
    risky = typed(*event, "--risk", "high").record["tasks"][0]["id"]
    refused = typed("route-task", "--task-id", risky, "--executor", "stranger").record
    assert refused["override"]["honoured"] is False
    assert refused["requires_user_approval"] is True
    assert "refused" in told("route-task", risky, "--executor", "stranger")


def test_executors_of_a_repositorys_own_file_are_not_heeded(repository: Path) -> None:
    task = add()
    write(repository, {".mnemo/config.toml": '[executors.evil]\nmax_risk = "high"\n'})
    assert list(typed("route-task", task).record["scores"]) == ["cli"]


def test_an_executor_that_cannot_be_read_is_named(repository: Path, home: Path) -> None:
    (home / ".mnemo").mkdir(exist_ok=True)
    (home / ".mnemo" / "config.toml").write_text('[executors.codex]\nmax_risk = "extreme"\n')
    ended = typed("route-task", add())
    assert ended.code == 1
    assert "codex" in ended.record["message"]
    assert "extreme" in ended.record["message"]


def test_work_of_a_killed_worker_is_found_and_queued_again(repository: Path) -> None:
    task = add()
    old = queue(task, "--executor", "ann")["dispatch"]["id"]
    typed("claim-dispatch", "--dispatch-id", old, "--executor", "ann")
    planned = typed("recover-jobs").record
    assert [each["id"] for each in planned["tasks"]] == [task]
    assert Path(planned["tasks"][0]["path"]).exists()
    assert planned["recovered"] == planned["requeued"] == []
    done = typed("recover_jobs", "--requeue", "--executor", "ben").record
    assert [each["id"] for each in done["recovered"]] == [old]
    assert done["requeued"][0]["recovers"] == [old]
    assert done["requeued"][0]["executor"] == "ben"
    fresh = done["requeued"][0]["id"]
    assert [path.stem for path in (repository / ".mnemo" / "outbox").iterdir()] == [fresh]
    late = typed("complete-dispatch", old, "--summary", "late")
    assert (late.code, late.record["error"]) == (1, "stale_lease")
    assert fresh in late.record["message"]
    assert "0 tasks begun" in told("recover-jobs")


def test_the_graph_goes_stale_with_a_file_and_with_head(repository: Path) -> None:
    assert typed("graph-status").record["state"] == "missing"
    assert not (repository / ".mnemo").exists()
    made = typed("graph-update").record
    assert (made["state"], made["files"], made["symbols"]) == ("current", 1, 1)
    assert typed("graph-status").record["state"] == "current"
    write(repository, {"src/app.py": "def main():\n    return 2\n"})
    stale = typed("graph-status").record
    assert (stale["state"], stale["reason"]) == ("stale", "files have changed since it was made")
    write(repository, {"src/app.py": "def main():\n    return 1\n"})
    assert typed("graph_status").record["state"] == "current"
    commit(repository, "Nothing")
    assert typed("graph-status").record["state"] == "stale"
    assert "holds: 1 file" in told("graph-update")
    write(repository, {"src/new.py": "from src import app\n"})
    assert typed("graph-update").record["imports"] == 1


def test_a_graph_is_evidence_of_its_run_and_a_failed_one_is_told(repository: Path) -> None:
    run = typed("start", "--goal", "g").record["run"]["id"]
    assert typed("graph-update", "--run-id", run, "--mock").record["symbols"] == 0
    unknown = typed("graph-update", "--run-id", "run_ffffffff")
    assert (unknown.code, unknown.record["error"]) == (1, "run_not_found")
    folder = repository / ".mnemo" / "graph"
    folder.rename(repository / ".mnemo" / "elsewhere")
    folder.symlink_to("elsewhere")
    assert typed("graph-update").code == 1
    failed = typed("graph-status").record
    assert failed["state"] == "update_failed"
    assert "cannot be written" in failed["reason"]
    folder.unlink()
    assert typed("graph-update").code == 0
    assert typed("graph-status").record["state"] == "current"


def test_a_bundle_holds_what_the_graph_says_of_its_files(repository: Path) -> None:
    write(repository, {"src/use.py": "from src.app import main\n"})
    typed("graph-update")
    run = typed("start", "--goal", "g", "--allow-spike").record["run"]["id"]
    event = typed("enqueue-event", "--run-id", run, "--title", "t", "--context-ref", "src/app.py")
    made = typed("context-bundle", event.record["tasks"][0]["id"]).record
    content = json.loads(Path(made["path"]).read_text())
    assert content["graph_context"]["files"][0]["imported_by"] == ["src/use.py"]
    assert content["repo_files"][0]["path"] == "src/app.py"


def test_a_lesson_is_kept_and_found_again(repository: Path) -> None:
    kept = typed("memory-writeback", "--lesson", "Project uses pytest for tests")
    assert (kept.code, kept.record["accepted"]) == (0, True)
    found = typed("memory-prefetch", "--query", "how are tests run").record
    assert found["lessons"][0]["address"] == kept.record["claim"]["address"]
    assert "Project uses pytest for tests" in told("memory-prefetch", "tests")
    refused = typed("memory_writeback", "--lesson", "commit abc1234 fixed it")
    assert (refused.code, refused.record["accepted"], refused.record["claim"]) == (3, False, None)
    assert "commit" in refused.record["reason"]
    assert "Not kept" in told("memory-writeback", "commit abc1234 fixed it")
    assert len(typed("claims").record["claims"]) == 1


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("worker-payload",), "task_id_required"),
        (("worker-payload", "--task-id", "task_ffffffff"), "task_not_found"),
        (("worker-payload", "--dispatch-id", "dispatch_ffffffff"), "dispatch_not_found"),
        (("context-bundle",), "task_id_required"),
        (("context-bundle", "task_ffffffff"), "task_not_found"),
        (("route-task",), "task_id_required"),
        (("route-task", "task_ffffffff"), "task_not_found"),
        (("recover-jobs", "--run-id", "run_ffffffff"), "run_not_found"),
        (("memory-prefetch",), "query_required"),
        (("memory-writeback",), "lesson_required"),
    ],
)
def test_missing_and_unknown_values_are_errors_with_a_word(
    repository: Path, words: tuple[str, ...], error: str
) -> None:
    ended = typed(*words)
    assert (ended.code, ended.record["error"]) == (1, error)


def test_in_an_empty_folder_outside_git_they_answer_too(tmp_path: Path) -> None:
    where = ("--workspace", str(tmp_path))
    assert typed("graph-status", *where).record["state"] == "missing"
    (tmp_path / "a.py").write_text("def f(): ...\n")
    assert typed("graph-update", *where).record["symbols"] == 1
    assert typed("graph-status", *where).record["state"] == "current"
    (tmp_path / "a.py").write_text("def g(): ...\n\n\n")
    assert typed("graph-status", *where).record["state"] == "stale"
    assert typed("memory-writeback", "--lesson", "Project uses pytest for tests", *where).code == 0
    assert typed("memory-prefetch", "--query", "pytest", *where).record["lessons"]
    assert typed("list-dispatches", *where).record["count"] == 0
    assert typed("recover-jobs", *where).record["tasks"] == []


def test_the_board_of_the_settings_mirrors_tasks(repository: Path, home: Path) -> None:
    board = home / "board.json"
    (home / ".mnemo").mkdir(exist_ok=True)
    (home / ".mnemo" / "config.toml").write_text(f'[board]\nfile = "{board}"\n')
    task = add("Show me")
    assert json.loads(board.read_text())[task]["status"] == "pending"
    queue(task)
    assert json.loads(board.read_text())[task]["status"] == "ready"


def test_the_functions_can_be_called_from_python(repository: Path) -> None:
    calls: list[tuple[int, int]] = []
    made = contexts.graph_update(progress=lambda done, of: calls.append((done, of)))
    assert calls == [(0, 1)]
    assert contexts.graph_status()["made"]
    assert made["evidence"].startswith("evidence_")
    task = add()
    payload: dict[str, Any] = contexts.worker_payload(task)["payload"]
    assert payload["task_id"] == task
    assert contexts.route_task(task)["selected"] == "python"
    assert contexts.recover_jobs()["tasks"] == []
    with pytest.raises(Invalid, match="No query"):
        contexts.memory_prefetch()
