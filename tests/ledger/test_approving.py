"""Approvals by people and checks that ran elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from mnemo.errors import Invalid, NotFound
from mnemo.ledger import approving
from mnemo.ledger.approving import CheckElsewhere, is_yes
from mnemo.store import objects, queue
from mnemo.store.rows import Row
from tests.ledger.scenes import Scene, word_of


def approve(scene: Scene, response: str, **given: Any) -> Row:
    """Record an answer of ann to a release."""
    scope = (given.pop("actor", "ann"), given.pop("kind", "release"), given.pop("of", ""), "Release?")
    return approving.record_approval(
        scene.db, *scope, response, at=scene.at, now=scene.now, present=scene.present, **given
    )


def check(scene: Scene, provider: str = "ci", conclusion: str = "success", **given: Any) -> Row:
    """Record what a check elsewhere concluded."""
    where = {name: given.pop(name) for name in ("run", "task") if name in given}
    told = CheckElsewhere(provider, conclusion=conclusion, **given)
    return approving.record_check(scene.db, told, at=scene.at, now=scene.now, present=scene.present, **where)


def active(scene: Scene, run: str) -> list[tuple[str, str]]:
    """Kind and status of what was not replaced."""
    with scene.db.reading() as connection:
        found = list(queue.iter_evidence(connection, run=run))
    return [(row["kind"], row["status"]) for row in found if row["status"] != "superseded"]


@pytest.mark.parametrize(
    "answer",
    [
        "approved",
        "Approved.",
        " APPROVE! ",
        "yes",
        "Y",
        "ok",
        "OK.",
        "“yes”",
        "승인",
        "승인함.",
        "*approved*",
    ],
)
def test_a_plain_yes_approves(answer: str) -> None:
    assert is_yes(answer)


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "I do not approve",
        "not approved",
        "approved, but fix the tests",
        "yes yes",
        "no",
        "okay then no",
        "unapproved",
        "승인 안함",
        "y\u200bes",
    ],
)
def test_anything_else_does_not(answer: str) -> None:
    assert not is_yes(answer)


def test_an_answer_that_is_no_plain_yes_is_kept_as_observed(scene: Scene) -> None:
    run = scene.start()
    row = approve(scene, "I do not approve", run=run)
    assert (row["status"], row["trust"]) == ("observed", "advisory")
    with scene.db.reading() as connection:
        said = objects.find(connection, row["object"])
    assert said
    assert said["response"] == "I do not approve"


def test_a_later_answer_of_the_same_person_replaces_the_earlier(scene: Scene) -> None:
    run = scene.start()
    approve(scene, "approved", run=run)
    approve(scene, "no, wait", run=run)
    assert active(scene, run) == [("approval", "observed")]
    approve(scene, "yes", run=run, actor="bob")
    assert active(scene, run) == [("approval", "observed"), ("approval", "passed")]


def test_an_approval_belongs_to_the_run_of_what_is_approved(scene: Scene) -> None:
    first, task = scene.start("First"), ""
    task = scene.add_to(first)
    scene.start("Second")
    assert approve(scene, "yes", kind="task", of=task)["task"] == task
    assert approve(scene, "yes", kind="run", of=first)["run"] == first
    assert approve(scene, "yes", kind="release", of=first)["run"] == first


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"actor": " "}, "actor_required"),
        ({"response": ""}, "response_required"),
        ({"kind": ""}, "scope_required"),
        ({"kind": "task"}, "scope_required"),
        ({"kind": "task", "of": "task_" + "0" * 12}, "task_not_found"),
        ({"kind": "plan", "of": "plan_" + "0" * 12}, "plan_not_found"),
        ({"kind": "release", "of": "run_" + "0" * 12}, "run_not_found"),
        ({"run": "run_" + "0" * 12}, "run_not_found"),
    ],
)
def test_an_approval_of_nothing_by_nobody_is_refused(scene: Scene, given: dict[str, str], word: str) -> None:
    scene.start()
    with pytest.raises((Invalid, NotFound)) as refused:
        approve(scene, given.pop("response", "yes"), **given)
    assert word_of(refused.value) == word


def test_without_any_run_an_approval_asks_for_one(scene: Scene) -> None:
    with pytest.raises(Invalid) as refused:
        approve(scene, "yes")
    assert word_of(refused.value) == "run_id_required"


@pytest.mark.parametrize(
    ("conclusion", "status", "outcome"),
    [
        ("success", "completed", "passed"),
        ("Success", "", "passed"),
        ("failure", "completed", "failed"),
        ("cancelled", "", "failed"),
        ("neutral", "completed", "observed"),
        ("", "in_progress", "observed"),
        ("success", "in_progress", "observed"),
    ],
)
def test_only_a_finished_success_passes(scene: Scene, conclusion: str, status: str, outcome: str) -> None:
    scene.start()
    assert check(scene, conclusion=conclusion, status=status)["status"] == outcome


def test_a_typed_conclusion_is_advisory_unless_somebody_stands_for_it(scene: Scene) -> None:
    scene.start()
    assert check(scene)["trust"] == "advisory"
    assert check(scene, attested_by="ann")["trust"] == "trusted"


def test_a_later_check_of_the_same_provider_replaces_the_earlier(scene: Scene) -> None:
    run = scene.start()
    check(scene, conclusion="success", attested_by="ann")
    check(scene, conclusion="failure", attested_by="ann")
    check(scene, provider="other")
    assert active(scene, run) == [("external_check", "failed"), ("external_check", "passed")]


def test_what_nobody_stands_for_does_not_replace_what_somebody_does(scene: Scene) -> None:
    run = scene.start()
    check(scene, conclusion="failure", attested_by="ann")
    check(scene, conclusion="success")
    assert sorted(active(scene, run)) == [("external_check", "failed"), ("external_check", "passed")]


def test_a_check_without_a_provider_or_a_run_is_refused(scene: Scene) -> None:
    with pytest.raises(Invalid) as refused:
        check(scene, provider=" ")
    assert word_of(refused.value) == "provider_required"
    with pytest.raises(Invalid) as refused:
        check(scene)
    assert word_of(refused.value) == "run_id_required"
    with pytest.raises(NotFound) as missing:
        check(scene, run="run_" + "0" * 12)
    assert word_of(missing.value) == "run_not_found"


def test_an_attested_check_of_a_task_can_be_cited_for_it(scene: Scene) -> None:
    task = scene.add()
    scene.take(task=task)
    for attested, state in (("", "submitted"), ("ann", "completed")):
        row = check(scene, task=task, attested_by=attested)
        told = scene.complete(task=task, cited=[row["evidence"]])
        assert told["dispatch"]["task_status"] == state
