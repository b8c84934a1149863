"""Gates: a failure closes its run until the same kind passes."""

from __future__ import annotations

from typing import Any

import pytest

from mnemo.errors import Conflict, Invalid, MnemoError
from mnemo.ledger import gates, records, runs
from mnemo.model import work
from mnemo.store import events, rows
from tests.ledger.scenes import Scene, word_of


def review(
    scene: Scene, run: str, status: str, summary: str = "", kind: str = "quality_review", **more: Any
) -> Any:
    """Review a run."""
    return scene.do(gates.review, run, kind, status, summary, **more)


def status(scene: Scene, run: str) -> str:
    """The state of a run."""
    return scene.row(work.RUN, run)["status"]


def kept(scene: Scene, run: str) -> list[tuple[str, str]]:
    """The gates of a run by kind and state, as they were said last."""
    with scene.db.reading() as connection:
        found = rows.iter_rows(connection, "gates", order="changed, gate", run=run)
        return [(row["kind"], row["status"]) for row in found if row["kind"] != "plan_review"]


def test_a_failed_gate_blocks_every_way_of_handing_out_until_the_same_kind_passes(scene: Scene) -> None:
    run = scene.planned()
    task = scene.add_to(run)
    review(scene, run, "failed", "bad names")
    assert status(scene, run) == "blocked"
    assert scene.ready()["tasks"] == []
    for deed, given in ((scene.create, (task,)), (scene.take, ("ann",))):
        with pytest.raises(Conflict) as refused:
            deed(*given)
        assert word_of(refused.value) == "review_gate_blocking"
        assert "bad names" in refused.value.message
    review(scene, run, "passed", kind="implementation_review")
    assert status(scene, run) == "blocked"
    review(scene, run, "passed")
    assert status(scene, run) == "active"
    assert scene.take()["dispatch"]["task"] == records.shown(task)


def test_a_dispatch_that_was_queued_before_is_not_taken_past_a_failed_gate(scene: Scene) -> None:
    run = scene.planned()
    dispatch = scene.create(scene.add_to(run))["dispatch"]["id"]
    review(scene, run, "failed")
    with pytest.raises(Conflict) as refused:
        scene.take(dispatch=dispatch)
    assert word_of(refused.value) == "review_gate_blocking"


def test_each_failed_kind_has_to_pass(scene: Scene) -> None:
    run = scene.planned()
    review(scene, run, "failed")
    review(scene, run, "failed", kind="preflight_safety")
    review(scene, run, "passed")
    assert status(scene, run) == "blocked"
    review(scene, run, "waived", "the tool is not there", kind="preflight_safety")
    assert status(scene, run) == "active"


def test_two_failures_of_a_kind_are_cleared_by_one_pass(scene: Scene) -> None:
    run = scene.planned()
    review(scene, run, "failed", "one")
    review(scene, run, "failed", "two")
    assert kept(scene, run) == [("quality_review", "failed")] * 2
    review(scene, run, "passed")
    assert kept(scene, run) == [("quality_review", "passed")] * 2
    assert status(scene, run) == "active"


def test_a_review_of_one_task_does_not_clear_that_of_another(scene: Scene) -> None:
    run = scene.planned()
    one, two = scene.add_to(run, title="One"), scene.add_to(run, title="Two")
    review(scene, run, "failed", task=one)
    review(scene, run, "passed", task=two)
    review(scene, run, "passed")
    assert status(scene, run) == "blocked"
    review(scene, run, "passed", task=one)
    assert status(scene, run) == "active"
    with pytest.raises(Invalid):
        review(scene, run, "failed", task=scene.add("In another run"))


def test_the_same_review_twice_is_one_deed_and_another_round_is_another_gate(scene: Scene) -> None:
    run = scene.planned()
    first = review(scene, run, "pending", "asked ann")
    assert review(scene, run, "pending", "asked ann") == first
    passed = review(scene, run, "passed", "fine", reviewer="ann")
    assert passed["gate"] == first["gate"]
    assert review(scene, run, "passed", "fine", reviewer="ann") == passed
    again = review(scene, run, "failed", "not fine after all", reviewer="ann")
    assert again["gate"] != passed["gate"]
    with scene.db.reading() as connection:
        kinds = [event.kind for event in events.iter_events(connection)]
        told = records.gate_record(connection, again)
    assert [kind for kind in kinds if kind.startswith("gate.")] == [
        "gate.pending",
        "gate.passed",
        "gate.failed",
    ]
    assert (told["summary"], told["reviewer"], told["task"]) == ("not fine after all", "ann", None)


def test_what_failed_does_not_become_pending_again(scene: Scene) -> None:
    run = scene.planned()
    review(scene, run, "failed")
    with pytest.raises(Conflict) as refused:
        review(scene, run, "pending")
    assert word_of(refused.value) == "invalid_transition"
    assert "passed or waived" in refused.value.fix


def test_a_pass_does_not_forgive_a_task_that_was_given_up_meanwhile(scene: Scene) -> None:
    run = scene.planned()
    task = scene.add_to(run)
    scene.take(task=task)
    review(scene, run, "failed")
    scene.later(1)
    scene.fail(task=task, reason="no key")
    review(scene, run, "passed")
    assert status(scene, run) == "blocked"
    scene.do(runs.resume, run)
    assert status(scene, run) == "active"


def test_a_paused_run_stays_paused_and_is_not_resumed_past_a_failed_gate(scene: Scene) -> None:
    run = scene.planned()
    scene.do(runs.pause, run)
    review(scene, run, "failed")
    assert status(scene, run) == "paused"
    with pytest.raises(Conflict) as refused:
        scene.do(runs.resume, run)
    assert word_of(refused.value) == "review_gate_blocking"
    review(scene, run, "passed")
    scene.do(runs.resume, run)
    assert status(scene, run) == "active"


@pytest.mark.parametrize(
    ("kind", "state", "summary", "word"),
    [
        ("beauty", "passed", "", "unknown_gate"),
        ("quality_review", "great", "", "unknown_status"),
        ("quality_review", "waived", " ", "invalid"),
        ("quality_review", "passed", "x" * 100_001, "invalid"),
    ],
)
def test_what_is_no_review_is_refused(scene: Scene, kind: str, state: str, summary: str, word: str) -> None:
    run = scene.planned()
    with pytest.raises(MnemoError) as refused:
        review(scene, run, state, summary, kind)
    assert word_of(refused.value) == word
    assert kept(scene, run) == []


def test_a_run_completes_once_its_tasks_are_done_and_proven_now(scene: Scene) -> None:
    run = scene.planned()
    row = scene.row(work.RUN, run)

    def missing() -> list[str]:
        with scene.db.reading() as connection:
            return runs.why_unfinished(connection, row, scene.present)

    assert missing() == [f"{records.shown(run)} has no task"]
    task = scene.add_to(run)
    assert missing() == [f"{records.shown(task)} is pending"]
    scene.take(task=task)
    scene.write("made.txt", "made")
    scene.complete(task=task, cited=["made.txt"])
    assert missing() == []
    scene.write("made.txt", "touched")
    assert "made.txt" in missing()[0]
    scene.write("made.txt", "made")
    assert missing() == []
    assert scene.do(runs.complete, row)["status"] == "completed"
    with pytest.raises(Conflict):
        scene.do(runs.resume, run)
