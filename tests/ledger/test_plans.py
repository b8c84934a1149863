"""Plans: drafted, approved, superseded and rejected."""

from __future__ import annotations

from pathlib import Path

import pytest

from mnemo.errors import Invalid, MnemoError
from mnemo.ledger import gates, plans, records, runs
from mnemo.model import work
from mnemo.store import events, rows, segments
from mnemo.store.database import Database
from tests.ledger.scenes import Scene, word_of
from tests.stores import MAIN, START_MS, assert_whole, open_store

SECRET = "AKIA" + "Q3EGR7Z2LMXNVT4W"


def states_of(scene: Scene, run: str) -> list[str]:
    """The states of a run's plans, oldest first."""
    with scene.db.reading() as connection:
        return [row["status"] for row in rows.iter_rows(connection, "plans", order="clock", run=run)]


def test_a_draft_keeps_what_it_says_without_secrets(scene: Scene) -> None:
    run = scene.do(runs.open_run, "Ship it")["run"]
    lists = (["python stays"], ["it is slow"], ["tests pass"])
    row = scene.do(plans.draft, run, " Two steps ", f"1. with {SECRET}", *lists)
    with scene.db.reading() as connection:
        told = records.plan_record(connection, row)
    assert (told["title"], told["status"]) == ("Two steps", "draft")
    assert (told["assumptions"], told["risks"], told["criteria"]) == lists
    assert SECRET not in told["body"]
    assert told["run"] == records.shown(run)


def test_the_same_draft_is_drafted_once(scene: Scene) -> None:
    run = scene.do(runs.open_run, "Ship it")["run"]
    first = scene.do(plans.draft, run, "Two steps")
    assert scene.do(plans.draft, run, "Two steps") == first
    scene.do(plans.reject, run, first["plan"], "no")
    assert scene.do(plans.draft, run, "Two steps")["plan"] != first["plan"]


def test_approving_makes_one_canonical_plan_and_passes_its_gate(scene: Scene) -> None:
    run = scene.do(runs.open_run, "Ship it")["run"]
    a, b = (scene.do(plans.draft, run, f"Plan {letter}")["plan"] for letter in "ab")
    scene.do(plans.approve, run, a, "ann")
    scene.do(plans.approve, run, b, "ben")
    assert states_of(scene, run) == ["superseded", "canonical"]
    assert scene.row(work.RUN, run)["plan"] == b
    with scene.db.reading() as connection:
        told = [
            records.gate_record(connection, row)
            for row in rows.iter_rows(connection, "gates", order="clock", run=run)
        ]
        kinds = [event.kind for event in events.iter_events(connection)]
    assert [(gate["kind"], gate["status"], gate["reviewer"]) for gate in told] == [
        ("plan_review", "passed", "ann"),
        ("plan_review", "passed", "ben"),
    ]
    assert kinds.count("plan.approved") == 2
    assert scene.do(plans.approve, run, b)["status"] == "canonical"
    with scene.db.reading() as connection:
        assert len(list(events.iter_events(connection))) == len(kinds)


def test_approving_clears_a_failed_plan_review_and_the_run_goes_on(scene: Scene) -> None:
    run = scene.do(runs.open_run, "Ship it")["run"]
    plan = scene.do(plans.draft, run, "Two steps")["plan"]
    scene.do(gates.review, run, "plan_review", "failed", "no tests in it")
    assert scene.row(work.RUN, run)["status"] == "blocked"
    scene.do(plans.approve, run, plan)
    row = scene.row(work.RUN, run)
    assert (row["status"], row["plan"]) == ("active", plan)


def test_what_was_decided_stays_decided(scene: Scene) -> None:
    run = scene.do(runs.open_run, "Ship it")["run"]
    a, b = (scene.do(plans.draft, run, f"Plan {letter}")["plan"] for letter in "ab")
    scene.do(plans.reject, run, a, "too slow", "ann")
    scene.do(plans.approve, run, b)
    for deed, plan in ((plans.approve, a), (plans.reject, b)):
        with pytest.raises(MnemoError) as refused:
            scene.do(deed, run, plan)
        assert word_of(refused.value) == "invalid_transition"
    with scene.db.reading() as connection:
        told = records.plan_record(connection, scene.row(work.PLAN, a))
    assert (told["status"], told["reason"], told["reviewer"]) == ("rejected", "too slow", "ann")


def test_unknown_runs_and_plans_and_plans_of_another_run_are_named(scene: Scene) -> None:
    run, other = (scene.do(runs.open_run, goal)["run"] for goal in ("One", "Two"))
    plan = scene.do(plans.draft, other, "Of the other")["plan"]
    for given, word in (
        (("run_0123456789ab", plan), "run_not_found"),
        (("", plan), "run_id_required"),
        ((run, "plan_0123456789ab"), "plan_not_found"),
        ((run, ""), "plan_id_required"),
        ((run, plan), "invalid"),
    ):
        with pytest.raises(MnemoError) as refused:
            scene.do(plans.approve, *given)
        assert word_of(refused.value) == word
    with pytest.raises(MnemoError) as refused:
        scene.do(plans.draft, "run_0123456789ab", "Orphan")
    assert word_of(refused.value) == "run_not_found"
    with pytest.raises(Invalid):
        scene.do(plans.draft, run, "")
    assert states_of(scene, run) == []


def test_of_two_plans_approved_in_two_replicas_the_runs_own_is_the_canonical_one(tmp_path: Path) -> None:
    a, b = open_store(tmp_path / "a"), open_store(tmp_path / "b")
    with a.transaction() as connection:
        run = runs.open_run(connection, "Ship it", at=MAIN, now=START_MS)["run"]
        drafts = [
            plans.draft(connection, run, f"Plan {letter}", at=MAIN, now=START_MS)["plan"] for letter in "ab"
        ]
    exchange(tmp_path / "remote", a, b)
    for db, plan, late in ((a, drafts[0], 1_000), (b, drafts[1], 2_000)):
        with db.transaction() as connection:
            plans.approve(connection, run, plan, at=MAIN, now=START_MS + late)
    exchange(tmp_path / "remote", a, b)
    for db in (a, b):
        with db.reading() as connection:
            told = {
                row["plan"]: records.plan_record(connection, row)["status"]
                for row in rows.iter_rows(connection, "plans")
            }
        assert told == {drafts[0]: "superseded", drafts[1]: "canonical"}
        assert_whole(db)
        db.close()


def exchange(folder: Path, *stores: Database) -> None:
    """Let stores know of each other's events."""
    for _ in range(2):
        for db in stores:
            with db.transaction() as connection:
                segments.write_segments(connection, str(folder))
                segments.read_segments(connection, str(folder), START_MS + 3_600_000)
