"""Leases: they run out in time, any call renews them, and whoever lost one is told who has the work."""

from __future__ import annotations

import pytest

from mnemo.errors import Conflict, Invalid
from mnemo.ledger import dispatching, leases
from mnemo.store import events
from tests.ledger.scenes import MINUTE, Scene, word_of


def list_all(scene: Scene) -> list[tuple[str, str, int]]:
    told = dispatching.list_dispatches(scene.db, at=scene.at, now=scene.now)["dispatches"]
    return [(each["status"], each["executor"], each["attempt"]) for each in told]


def test_an_expired_lease_is_recovered_at_the_next_look_and_the_task_is_ready_again(scene: Scene) -> None:
    task = scene.add()
    scene.take("ann", task=task, lease_minutes=5)
    scene.later(5 * MINUTE - 1)
    assert scene.ready()["tasks"] == []
    scene.later(1)
    assert [each["id"] for each in scene.ready()["tasks"]] == [task]
    assert list_all(scene) == [("recovered", "ann", 1)]


def test_the_next_take_is_a_second_attempt_and_the_old_holder_is_told_who_has_it(scene: Scene) -> None:
    task = scene.add()
    old = scene.take("ann", task=task, lease_minutes=5)["dispatch"]["id"]
    scene.later(5 * MINUTE)
    new = scene.take("bob", task=task)["dispatch"]
    assert new["attempt"] == 2
    assert new["id"] != old
    for attempt in (
        lambda: scene.complete("ann", dispatch=old),
        lambda: scene.complete("ann", task=task),
        lambda: scene.fail("ann", dispatch=old),
        lambda: scene.heartbeat("ann", dispatch=old),
        lambda: scene.take("ann", dispatch=old),
    ):
        with pytest.raises(Conflict) as refused:
            attempt()
        assert word_of(refused.value) == "stale_lease"
        assert "bob" in refused.value.message
        assert new["id"] in refused.value.message
    assert list_all(scene) == [("claimed", "bob", 2), ("recovered", "ann", 1)]


def test_whoever_comes_too_late_learns_that_the_task_is_free_or_done(scene: Scene) -> None:
    task = scene.add()
    old = scene.take("ann", task=task, lease_minutes=5)["dispatch"]["id"]
    scene.later(5 * MINUTE)
    with pytest.raises(Conflict) as refused:
        scene.complete("ann", dispatch=old)
    assert word_of(refused.value) == "stale_lease"
    assert "nobody has taken" in refused.value.message
    scene.take("bob", task=task)
    scene.write("report.txt", "done")
    scene.complete("bob", task=task, cited=["report.txt"])
    with pytest.raises(Conflict) as refused:
        scene.complete("ann", dispatch=old)
    assert "completed meanwhile" in refused.value.message


def test_a_heartbeat_extends_the_lease_without_an_event(scene: Scene) -> None:
    task = scene.add()
    scene.take("ann", task=task, lease_minutes=5)
    with scene.db.reading() as connection:
        before = connection.execute("SELECT count(*) FROM events").fetchone()
    scene.later(4 * MINUTE)
    told = scene.heartbeat("ann", task=task, lease_minutes=5)["dispatch"]
    assert told["lease_until"] == "2026-09-21T14:22:20Z"
    scene.later(4 * MINUTE)
    assert scene.ready()["tasks"] == []
    with scene.db.reading() as connection:
        assert connection.execute("SELECT count(*) FROM events").fetchone() == before
    scene.later(1 * MINUTE)
    assert [each["id"] for each in scene.ready()["tasks"]] == [task]


def test_a_shorter_heartbeat_never_shortens_a_lease(scene: Scene) -> None:
    task = scene.add()
    taken = scene.take("ann", task=task, lease_minutes=30)["dispatch"]
    assert scene.heartbeat("ann", lease_minutes=1)["dispatch"]["lease_until"] == taken["lease_until"]


def test_any_call_of_the_holder_renews_its_leases_once_a_quarter_is_used(scene: Scene) -> None:
    task = scene.add()
    scene.take("ann", task=task, lease_minutes=40)
    changes = scene.db.changes
    scene.later(10 * MINUTE)
    leases.touch(scene.db, "ann", now=scene.now)
    leases.touch(scene.db, "bob", now=scene.now)
    leases.touch(scene.db, "", now=scene.now)
    assert scene.db.changes == changes
    scene.later(1 * MINUTE)
    leases.touch(scene.db, "ann", now=scene.now)
    assert scene.db.changes == changes + 1
    scene.later(39 * MINUTE)
    assert scene.ready()["tasks"] == []
    scene.later(1 * MINUTE)
    assert len(scene.ready()["tasks"]) == 1


def test_a_call_after_the_end_does_not_bring_a_lease_back(scene: Scene) -> None:
    task = scene.add()
    scene.take("ann", task=task, lease_minutes=5)
    scene.later(5 * MINUTE)
    leases.touch(scene.db, "ann", now=scene.now)
    assert [each["id"] for each in scene.ready()["tasks"]] == [task]


def test_looking_writes_only_when_something_expired(scene: Scene) -> None:
    task = scene.add()
    scene.take("ann", task=task, lease_minutes=5)
    changes = scene.db.changes
    scene.ready()
    assert scene.db.changes == changes
    scene.later(5 * MINUTE)
    scene.ready()
    scene.ready()
    assert scene.db.changes == changes + 1
    with scene.db.reading() as connection:
        assert [event.kind for event in events.iter_events(connection)][-1] == "dispatch.recovered"


def test_a_held_submitted_task_goes_back_to_the_queue_when_its_lease_ends(scene: Scene) -> None:
    task = scene.add()
    scene.take("ann", task=task, lease_minutes=5)
    scene.complete("ann", task=task)
    scene.later(5 * MINUTE)
    assert [(each["id"], each["status"]) for each in scene.ready()["tasks"]] == [(task, "ready")]


def test_without_ids_the_only_dispatch_of_the_executor_is_meant(scene: Scene) -> None:
    with pytest.raises(Conflict) as nothing:
        scene.heartbeat("ann")
    assert word_of(nothing.value) == "dispatch_not_claimed"
    scene.add("One")
    scene.add("Two")
    first = scene.take("ann")["dispatch"]["id"]
    assert scene.heartbeat("ann")["dispatch"]["id"] == first
    scene.take("ann")
    with pytest.raises(Invalid) as several:
        scene.heartbeat("ann")
    assert first in several.value.message


def test_work_that_was_not_taken_cannot_be_ended(scene: Scene) -> None:
    task = scene.add()
    queued = dispatching.create(scene.db, task, at=scene.at, now=scene.now)["dispatch"]["id"]
    for given in ({"task": task}, {"dispatch": queued}):
        with pytest.raises(Conflict) as refused:
            scene.complete("ann", **given)
        assert word_of(refused.value) == "dispatch_not_claimed"


def test_by_task_alone_only_the_holder_ends_it_and_by_its_dispatch_whoever_has_that(scene: Scene) -> None:
    task = scene.add()
    held = scene.take("ann", task=task)["dispatch"]["id"]
    with pytest.raises(Conflict) as refused:
        scene.fail("bob", task=task)
    assert word_of(refused.value) == "dispatch_not_claimed"
    assert "ann" in refused.value.message
    assert held in refused.value.fix
    assert scene.fail("bob", dispatch=held)["dispatch"]["executor"] == "ann"


def test_a_dispatch_and_another_task_do_not_go_together(scene: Scene) -> None:
    one, two = scene.add("One"), scene.add("Two")
    held = scene.take("ann", task=one)["dispatch"]["id"]
    with pytest.raises(Invalid):
        scene.heartbeat("ann", task=two, dispatch=held)
