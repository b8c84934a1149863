"""The release gate: open only while everything asked for is there, passed, trusted and fresh."""

from __future__ import annotations

from typing import Any

import pytest

from mnemo.errors import Conflict, Invalid, NotFound
from mnemo.ledger import gates, graphdiff
from mnemo.ledger.releasing import read_wanted
from mnemo.store import events
from tests.ledger.scenes import Scene, word_of
from tests.ledger.test_approving import approve, check

WARNED = ({"god_nodes": []}, {"god_nodes": ["src/all.py"]})


def proven(scene: Scene, policy: dict[str, Any] | None = None) -> str:
    """A run whose one task was taken, proven by a command and completed."""
    run = scene.start()
    task = scene.add_to(run, title="Fix a", policy=policy)
    scene.take(task=task)
    made = scene.run("true", task=task)["id"]
    scene.complete(task=task, cited=[made])
    return run


def review(scene: Scene, run: str, kind: str, status: str) -> None:
    """Record a review."""
    with scene.db.transaction() as connection:
        gates.review(connection, run, kind, status, "looked at it", at=scene.at, now=scene.now)


def test_editing_a_named_file_closes_the_gate_naming_the_stale_evidence_and_reverting_opens_it(
    scene: Scene,
) -> None:
    run = proven(scene, {"files": ["src/a.py"]})
    assert scene.release(run)["ok"] is True
    scene.write("src/a.py", "a = 2\n")
    told = scene.release(run)
    assert told["ok"] is False
    (stale,) = {line for line in told["stale"] if "src/a.py" in line}
    assert stale.startswith("evidence_")
    assert stale in told["reasons"][0]
    scene.write("src/b.py", "b = 2\n")
    scene.write("src/a.py", "a = 1\n")
    assert scene.release(run)["ok"] is True


def test_a_task_that_is_not_done_keeps_the_gate_closed_until_it_is_or_is_cancelled(scene: Scene) -> None:
    run = proven(scene)
    scene.add_to(run, title="Left over")
    (reason,) = scene.release(run)["reasons"]
    assert reason.endswith("(Left over) is pending")


def test_a_missing_check_is_named_and_there_after_evidence(scene: Scene) -> None:
    run = proven(scene)
    assert scene.release(run, checks=["ci"])["missing_checks"] == ["ci"]
    check(scene, run=run)
    told = scene.release(run, checks=["ci"])
    assert told["missing_checks"] == ["ci"]
    assert "is only advisory" in told["reasons"][0]
    assert len(told["advisory"]) == 1
    check(scene, run=run, attested_by="ann")
    assert scene.release(run, checks=["ci"])["ok"] is True
    check(scene, run=run, conclusion="failure", attested_by="ann")
    assert scene.release(run, checks=["ci"])["missing_checks"] == ["ci"]


@pytest.mark.parametrize("name", ["true", "command_output", "command"])
def test_a_check_may_be_a_command_or_a_kind(scene: Scene, name: str) -> None:
    assert scene.release(proven(scene), checks=[name])["ok"] is True


def test_each_person_approves_once_and_narrow_approvals_do_not_count(scene: Scene) -> None:
    run = proven(scene)
    approve(scene, "yes", run=run)
    approve(scene, "yes", run=run, kind="run")
    approve(scene, "yes", run=run, actor="bob", kind="patch", of="p1")
    approve(scene, "never", run=run, actor="eve")
    told = scene.release(run, approvals=2)
    assert (told["ok"], told["missing_approvals"], told["approval_count"]) == (False, 1, 1)
    approve(scene, "yes", run=run, actor="bob")
    assert scene.release(run, approvals=2)["ok"] is True


def test_a_failed_or_pending_gate_closes_it_until_a_later_pass(scene: Scene) -> None:
    run = proven(scene)
    for status, is_open in (("failed", False), ("passed", True), ("pending", False), ("waived", True)):
        review(scene, run, "quality_review", status)
        assert scene.release(run)["ok"] is is_open
    assert scene.release(run, checks=["final_acceptance"])["missing_checks"] == ["final_acceptance"]
    assert scene.release(run, checks=["quality_review"])["ok"] is True


def test_a_command_decides_a_gate_which_closes_again_when_the_files_change(scene: Scene) -> None:
    run = proven(scene, {"files": ["src/b.py"]})
    scene.run("false", run=run, gate="quality_review")
    assert "quality_review is failed" in scene.release(run)["closed_gates"][0]
    scene.run("true", run=run, gate="quality_review")
    assert scene.release(run)["ok"] is True
    scene.write("src/a.py", "a = 2\n")
    (line,) = scene.release(run)["closed_gates"]
    assert line.startswith("the gate quality_review: ")
    assert "src/a.py changed" in line
    scene.write("src/a.py", "a = 1\n")
    assert scene.release(run)["ok"] is True


def test_a_command_that_fails_a_gate_blocks_the_run_until_it_passes(scene: Scene) -> None:
    run = scene.start()
    task = scene.add_to(run)
    scene.run("false", gate="quality_review")
    with pytest.raises(Conflict) as refused:
        scene.take(task=task)
    assert word_of(refused.value) == "review_gate_blocking"
    scene.run("true", gate="quality_review")
    assert scene.take(task=task)["dispatch"]["status"] == "claimed"


def test_a_gate_that_does_not_exist_or_a_run_without_one_is_refused_before_anything_runs(
    scene: Scene,
) -> None:
    for purpose, word in (({"gate": "vibes"}, "unknown_gate"), ({"gate": "approval"}, "run_id_required")):
        with pytest.raises(Invalid) as refused:
            scene.run("touch", str(scene.top / "ran"), **purpose)
        assert word_of(refused.value) == word
    assert not (scene.top / "ran").exists()


def test_graph_warnings_are_told_and_close_it_where_the_policy_or_the_comparison_says_so(
    scene: Scene,
) -> None:
    run = proven(scene)
    where = {"at": scene.at, "now": scene.now, "present": scene.present, "run": run}
    graphdiff.record(scene.db, *WARNED, **where)
    told = scene.release(run)
    assert (told["ok"], told["graph_warnings"]) == (True, ["new_god_node"])
    told = scene.release(run, policy={"require_no_graph_warnings": True})
    assert (told["ok"], told["graph_approval_required"]) == (False, True)
    graphdiff.record(scene.db, *WARNED, **where, blocking=True)
    assert scene.release(run)["ok"] is False


def test_every_look_is_written_down(scene: Scene) -> None:
    run = proven(scene)
    scene.release(run)
    with scene.db.reading() as connection:
        (last,) = [one for one in events.iter_events(connection) if one.kind == "release_gate.checked"]
    assert last.parts == {f"run/{run}": {"do": "checked", "ok": 1, "reasons": 0}}


def test_a_stopped_run_is_not_released(scene: Scene) -> None:
    run = proven(scene)
    with scene.db.transaction() as connection:
        part: events.Part = {"do": "status", "status": "paused"}
        events.record(connection, "run.paused", {f"run/{run}": part}, at=scene.at, now=scene.now)
    assert scene.release(run)["reasons"][0].endswith(" is paused")


def test_an_unknown_run_or_none_at_all_is_refused(scene: Scene) -> None:
    with pytest.raises(Invalid) as refused:
        scene.release()
    assert word_of(refused.value) == "run_id_required"
    with pytest.raises(NotFound) as missing:
        scene.release("run_" + "0" * 12)
    assert word_of(missing.value) == "run_not_found"


@pytest.mark.parametrize(
    ("approvals", "policy"),
    [
        (-1, None),
        (101, None),
        (0, {"required_approvals": "2"}),
        (0, {"no_such": 1}),
        (0, {"require_no_graph_warnings": 1}),
        (0, {"required_checks": [1]}),
    ],
)
def test_what_cannot_be_asked_for_is_refused(approvals: int, policy: dict[str, Any] | None) -> None:
    with pytest.raises(Invalid):
        read_wanted((), approvals, policy)


def test_options_and_policy_are_asked_for_together() -> None:
    policy = {"required_checks": ["lint", "ci"], "required_approvals": 2}
    assert read_wanted(["ci"], 1, policy) == (("ci", "lint"), 2, False)
