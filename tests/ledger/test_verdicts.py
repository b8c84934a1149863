"""Verdicts on tasks, and mending what was rejected."""

from __future__ import annotations

import pytest

from mnemo.errors import NotFound
from mnemo.ledger import graphdiff, records
from mnemo.ledger.repairing import Budget
from mnemo.store import objects, queue
from tests.ledger.scenes import Scene, word_of


def handed_in(scene: Scene, **policy: object) -> str:
    """A task that was taken and completed with a word alone, so that it is held at submitted."""
    task = scene.add_with_policy(dict(policy), ["it works"])
    scene.take(task=task)
    scene.complete(task=task, summary="I finished")
    return task


def status(scene: Scene, task: str) -> str:
    """Return a task's state."""
    with scene.db.reading() as connection:
        row = queue.find_row(connection, "task", task)
    assert row
    return row["status"]


def test_without_evidence_a_task_is_rejected_with_what_is_missing_and_accepted_after_a_passing_run(
    scene: Scene,
) -> None:
    task = handed_in(scene, required_evidence=["command_output"])
    found = scene.judge(task)
    assert (found.accepted, found.task["status"]) == (False, "rejected")
    assert found.failed == ["criterion 1 (it works): no evidence", "required command_output: there is none"]
    scene.run("true", task=task)
    found = scene.judge(task)
    assert (found.accepted, found.task["status"]) == (True, "accepted")


@pytest.mark.parametrize("end", [0, 3])
def test_only_a_command_that_ends_with_0_makes_it_accepted(scene: Scene, end: int) -> None:
    task = handed_in(scene)
    scene.run("sh", "-c", f"exit {end}", task=task)
    assert scene.judge(task).accepted is (end == 0)


def test_the_newest_run_of_a_command_decides(scene: Scene) -> None:
    task = handed_in(scene)
    script = ("sh", "-c", "exit $(cat state)")
    for state, accepted in (("0", True), ("1", False), ("0", True)):
        scene.write("state", state)
        scene.run(*script, task=task)
        assert scene.verify(task)["accepted"] is accepted


def test_the_same_command_for_other_criteria_replaces_nothing(scene: Scene) -> None:
    task = scene.add(criteria=["one", "two"])
    scene.run("true", task=task, criteria=[1])
    scene.run("true", task=task, criteria=[2])
    assert scene.verify(task)["accepted"] is True


def test_a_verdict_is_kept_as_evidence_that_proves_nothing_itself(scene: Scene) -> None:
    task = handed_in(scene)
    verdict = scene.judge(task).evidence
    assert (verdict["kind"], verdict["status"]) == ("qa_verdict", "failed")
    scene.run("true", task=task)
    accepted = scene.judge(task).evidence
    other = scene.add("Other")
    scene.take("bob", task=other)
    with scene.db.reading() as connection:
        supports = (objects.find(connection, accepted["object"]) or {})["supports"]
        told = records.evidence_record(connection, accepted)
    assert len(supports) == 1
    assert told["status"] == "passed"


def test_a_task_in_somebodys_hands_keeps_its_state(scene: Scene) -> None:
    task = scene.add()
    assert scene.judge(task).task["status"] == "pending"
    scene.take(task=task)
    scene.run("true", task=task)
    found = scene.judge(task)
    assert (found.accepted, found.task["status"]) == (True, "in_progress")


def test_a_rejected_task_can_be_handed_in_again_by_its_holder(scene: Scene) -> None:
    task = handed_in(scene)
    scene.judge(task)
    scene.write("report.txt", "now")
    assert scene.complete(task=task, cited=["report.txt"])["dispatch"]["task_status"] == "completed"


def test_an_accepted_task_stays_so_and_is_no_longer_proven_when_its_files_change(scene: Scene) -> None:
    task = handed_in(scene)
    scene.run("true", task=task)
    scene.judge(task)
    scene.write("src/a.py", "a = 2\n")
    found = scene.judge(task)
    assert (found.accepted, found.task["status"]) == (False, "accepted")


def test_a_forged_row_without_a_run_is_only_advisory(scene: Scene) -> None:
    from mnemo.model import work
    from mnemo.store import events, rows

    task = handed_in(scene)
    name = "evidence_" + "f" * 32
    with scene.db.transaction() as connection:
        sealed = objects.seal({"summary": "pytest -q", "argv": ["pytest", "-q"]})
        objects.put(connection, sealed)
        part: events.Part = {
            "do": "record",
            "kind": "command_output",
            "status": "passed",
            "trust": work.TRUSTED,
            "task": task,
            "object": sealed.hash,
            "criteria": [1],
        }
        events.record(connection, "evidence.recorded", {f"evidence/{name}": part}, at=scene.at, now=scene.now)
        assert rows.find(connection, "evidence", evidence=name)
    (missing,) = scene.verify(task)["failed_requirements"]
    assert missing.endswith("is only advisory: nothing was run or recorded for it")


def test_lessons_and_graph_warnings_ask_for_more_when_wanted(scene: Scene) -> None:
    run = scene.start()
    task = scene.add_to(run)
    scene.run("true", task=task)
    graphdiff.record(
        scene.db,
        {"modularity": 0.8},
        {"modularity": 0.1},
        at=scene.at,
        now=scene.now,
        present=scene.present,
        run=run,
    )
    assert scene.judge(task).accepted is True
    found = scene.judge(task, lessons=["Run `ruff check src` before anything is merged."])
    assert found.failed == [
        "required test_result: there is none",
        "required command ruff check src: it was not run",
    ]


def test_a_rejected_task_gets_a_repair_and_the_third_attempt_blocks_it(scene: Scene) -> None:
    task = handed_in(scene, files=["src/a.py"])
    first = scene.judge(task, budget=Budget(2, 9)).repair
    assert first
    assert first["parent"] == task
    with scene.db.reading() as connection:
        asked = objects.find(connection, first["object"]) or {}
    assert asked["title"] == "Repair: Do it"
    assert asked["criteria"] == ["it works"]
    assert "it works" in asked["body"]
    again = scene.judge(task, budget=Budget(2, 9)).repair
    assert again
    assert again["task"] == first["task"]
    repair = first["task"]
    for left in ("cancelled", "rejected"):  # the second repair takes the place of the first
        scene.take(task=repair)
        held = scene.judge(repair, budget=Budget(2, 9)).repair
        assert held
        assert held["task"] == repair  # nobody else mends what is in somebody's hands
        scene.complete(task=repair, summary="mended")
        found = scene.judge(repair, budget=Budget(2, 9))
        assert found.task["status"] == left
        repair = found.repair["task"] if found.repair else ""
    assert repair == ""
    assert status(scene, task) == "blocked"


def test_too_many_executors_end_the_trying_and_the_tasks_own_budget_wins(scene: Scene) -> None:
    task = handed_in(scene, budget={"max_executors": 0})
    found = scene.judge(task, budget=Budget(5, 5))
    assert (found.repair, found.task["status"]) == (None, "blocked")
    assert "1 executors did not mend it" in str(_reason(scene, task))


def _reason(scene: Scene, task: str) -> object:
    with scene.db.reading() as connection:
        row = queue.find_row(connection, "task", task)
        assert row
        return (objects.find(connection, row["reason"]) or {}).get("reason")


def test_an_accepted_repair_makes_the_task_that_it_mends_accepted_with_the_same_evidence(
    scene: Scene,
) -> None:
    task = handed_in(scene)
    repair = scene.judge(task, budget=Budget()).repair
    assert repair
    scene.take("bob", task=repair["task"])
    made = scene.run("true", task=repair["task"])["id"]
    scene.complete("bob", task=repair["task"], cited=[made])
    found = scene.judge(repair["task"])
    assert found.accepted
    assert found.mended
    assert found.mended.accepted
    assert status(scene, task) == "accepted"


def test_an_unknown_task_is_not_found(scene: Scene) -> None:
    with pytest.raises(NotFound) as missing:
        scene.judge("task_" + "0" * 12)
    assert word_of(missing.value) == "task_not_found"
