"""What others send becomes tasks, in one deed, and nothing else happens."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mnemo.errors import MnemoError
from mnemo.ledger import enqueuing, records, runs
from mnemo.model import work
from mnemo.store import events, queue
from tests.ledger.scenes import Scene, word_of

Record = dict[str, Any]


def send(scene: Scene, sent: Any, **given: Any) -> enqueuing.Enqueued:
    """Send events as JSON."""
    text = sent if isinstance(sent, str) else json.dumps(sent)
    return scene.do(enqueuing.enqueue, enqueuing.read_events(text, given))


def whole(scene: Scene, found: enqueuing.Enqueued) -> list[Record]:
    """The tasks as tools answer with them."""
    with scene.db.reading() as connection:
        return [records.task_record(connection, row, whole=True) for row in found.tasks]


def test_an_event_becomes_a_task_with_all_it_says_and_nothing_is_handed_out(scene: Scene) -> None:
    run = scene.planned()
    sent = {
        "title": "Parse dates",
        "description": "All of them.",
        "acceptance_criteria": ["tests pass"],
        "priority": 0.5,
        "context_refs": ["src/a.py"],
        "kind": "bug",
        "risk": "high",
        "size": "s",
        "role": "reviewer",
        "source": "cron",
    }
    (task,) = whole(scene, send(scene, sent, run_id=run))
    assert task.pop("id").startswith("task_")
    assert task == {
        "title": "Parse dates",
        "status": "pending",
        "priority": 0.5,
        "criteria": ["tests pass"],
        "blocked_by": [],
        "body": "All of them.",
        "policy": {"required_evidence": ["dispatch_result"]},
        "role": "reviewer",
        "kind": "bug",
        "risk": "high",
        "size": "s",
        "context_refs": ["src/a.py"],
        "source": "cron",
    }
    with scene.db.reading() as connection:
        assert queue.list_dispatches(connection) == []


def test_a_policy_that_is_given_is_kept_and_without_criteria_there_is_none(scene: Scene) -> None:
    run = scene.planned()
    policy = {"required_commands": ["pytest -q"]}
    sent = [
        {"title": "One", "acceptance_criteria": ["x"], "verification_policy": policy},
        {"title": "Two"},
    ]
    one, two = whole(scene, send(scene, sent, run_id=run))
    assert one["policy"] == policy
    assert "policy" not in two


def test_events_of_one_call_may_need_each_other_and_are_ready_in_the_order_sent(scene: Scene) -> None:
    run = scene.planned()
    sent: list[dict[str, object]] = [{"title": f"Task {number}", "key": f"k{number}"} for number in range(12)]
    sent.append({"title": "Last", "dependencies": ["k0", "k11"]})
    found = send(scene, sent, run_id=run)
    with scene.db.reading() as connection:
        assert len([e for e in events.iter_events(connection) if e.kind == "task.enqueued"]) == 1
    titles = [task["title"] for task in scene.ready()["tasks"]]
    assert titles == ["Task 0", "Task 11", *(f"Task {number}" for number in range(1, 11))]
    waits = whole(scene, found)[-1]["blocked_by"]
    assert waits == sorted(records.shown(found.tasks[number]["task"]) for number in (0, 11))


def test_a_ring_is_refused_with_its_path_and_nothing_is_written(scene: Scene) -> None:
    run = scene.planned()
    sent = [
        {"title": "A", "key": "a", "dependencies": ["b"]},
        {"title": "B", "key": "b", "dependencies": ["a"]},
    ]
    with pytest.raises(MnemoError) as refused:
        send(scene, sent, run_id=run)
    assert word_of(refused.value) == "dependency_cycle"
    assert "a → b → a" in refused.value.message or "b → a → b" in refused.value.message
    with scene.db.reading() as connection:
        assert queue.list_tasks(connection) == []


def test_the_same_event_sent_again_gives_the_same_task(scene: Scene) -> None:
    run = scene.planned()
    sent = {"title": "Parse dates", "event_id": "hook-17"}
    first = send(scene, sent, run_id=run)
    again = send(scene, {**sent, "title": "Parse dates, once more"}, run_id=run)
    assert again.tasks == first.tasks
    assert (first.repeated, again.repeated) == (0, 1)
    other = scene.planned("Another")
    assert send(scene, sent, run_id=other).tasks != first.tasks


def test_what_the_event_leaves_out_the_options_say(scene: Scene) -> None:
    run = scene.planned()
    one, two = whole(
        scene, send(scene, [{"title": "One"}, {"title": "Two", "source": "web"}], run_id=run, source="cron")
    )
    assert (one["source"], two["source"]) == ("cron", "web")


@pytest.mark.parametrize(
    ("sent", "word"),
    [
        ("{bad", "invalid"),
        ('"text"', "invalid"),
        ([], "invalid"),
        ([1], "invalid"),
        ({"title": "x", "colour": "red"}, "invalid"),
        ({"title": 5}, "invalid"),
        ({"title": ""}, "invalid"),
        ({"title": "x", "priority": True}, "invalid"),
        ({"title": "x", "priority": 2}, "invalid"),
        ({"title": "x", "risk": "huge"}, "invalid"),
        ({"title": "x", "dependencies": "task_1234"}, "invalid"),
        ({"title": "x", "dependencies": ["task_0123456789ab"]}, "task_not_found"),
        ({"title": "x", "verification_policy": {"colour": 1}}, "invalid"),
        ({"title": "x", "run_id": "run_0123456789ab"}, "run_not_found"),
        ([{"title": "x", "key": "a"}, {"title": "y", "key": "a"}], "invalid"),
        ([{"title": "x"}, {"title": "y", "run_id": "run_0123456789ab"}], "invalid"),
        ([{"title": "fine"}, {"title": "half \ud800"}], "invalid"),
        ("[" * 100_000, "invalid"),
    ],
)
def test_what_cannot_become_a_task_is_refused_and_nothing_is_written(
    scene: Scene, sent: Any, word: str
) -> None:
    run = scene.planned()
    with pytest.raises(MnemoError) as refused:
        send(scene, sent, run_id=run)
    assert word_of(refused.value) == word
    with scene.db.reading() as connection:
        assert queue.list_tasks(connection) == []


def test_without_a_run_nothing_is_enqueued(scene: Scene) -> None:
    with pytest.raises(MnemoError) as refused:
        send(scene, {"title": "x"})
    assert word_of(refused.value) == "run_id_required"


def test_a_run_that_has_ended_takes_no_task_and_a_paused_one_does(scene: Scene) -> None:
    run = scene.planned()
    scene.do(runs.pause, run)
    assert send(scene, {"title": "x"}, run_id=run).tasks[0]["status"] == "pending"
    scene.do(runs.cancel, run)
    with pytest.raises(MnemoError) as refused:
        send(scene, {"title": "y"}, run_id=run)
    assert word_of(refused.value) == "invalid_transition"


def test_a_run_by_leave_has_room_for_a_hundred(scene: Scene) -> None:
    run = scene.do(runs.open_run, "Try it", allow_spike=True)["run"]
    with pytest.raises(MnemoError) as refused:
        send(scene, [{"title": f"Task {number}"} for number in range(101)], run_id=run)
    assert word_of(refused.value) == "spike_limit"
    assert len(send(scene, [{"title": f"Task {number}"} for number in range(100)], run_id=run).tasks) == 100
    assert scene.row(work.RUN, run)["status"] == "active"
