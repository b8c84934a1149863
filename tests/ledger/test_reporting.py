"""Reports from what is stored alone, the next step, the trail, and the handoff of what is proven now."""

from __future__ import annotations

import sys

import pytest

from mnemo.ledger import advising, enqueuing, gates, handoffs, plans, reporting, runs, trail
from mnemo.ledger.names import shown
from mnemo.ledger.trail import Parts
from mnemo.model import work
from mnemo.store import events
from mnemo.store.database import Database
from tests.ledger.scenes import Record, Scene

HEADINGS = (
    "Goal",
    "State",
    "Plan",
    "Tasks",
    "Gates",
    "Evidence",
    "Changed files",
    "Verification results",
    "Blockers",
    "Risks",
    "Next action",
    "Latest action per role",
    "Pause/cancel leftovers",
    "Recovery plan",
)


def told(scene: Scene, run: str) -> str:
    """The report of a run."""
    with scene.db.reading() as connection:
        return reporting.report(connection, scene.row(work.RUN, run))


def section(text: str, name: str) -> str:
    """One section of a report."""
    return text.split(f"\n## {name}\n\n", 1)[1].split("\n\n## ", 1)[0]


def following(scene: Scene, run: str) -> str:
    """The next step of a run."""
    with scene.db.reading() as connection:
        return advising.next_action(connection, Parts(connection, scene.row(work.RUN, run)))


def handed(scene: Scene, run: str) -> tuple[list[Record], list[Record]]:
    """The tasks of a run that are proven now, and the others."""
    with scene.db.reading() as connection:
        parts = Parts(connection, scene.row(work.RUN, run))
        return handoffs.list_proven(connection, parts, scene.present)


def test_a_report_has_every_heading_and_no_table_whatever_there_is(scene: Scene) -> None:
    empty = told(scene, scene.do(runs.open_run, "Nothing yet")["run"])
    busy = told(scene, worked_on(scene))
    for text in (empty, busy):
        assert [line[3:] for line in text.splitlines() if line.startswith("## ")] == list(HEADINGS)
        assert "|" not in text
    assert section(empty, "Tasks") == "None."
    assert "no plan is approved" in section(empty, "Blockers")


def worked_on(scene: Scene) -> str:
    """A run with a plan, a proven task, one in somebody's hands, and one that waits."""
    run = scene.planned("Ship the parser")
    scene.do(plans.draft, run, "Another way", risks=["it is slow"])
    sent = [
        {"title": "Parse", "key": "a", "acceptance_criteria": ["it parses", "it is fast"]},
        {"title": "Print", "dependencies": ["a"], "risk": "high", "role": "printer"},
        {"title": "Document"},
    ]
    given = enqueuing.read_events(events_json(sent), {"run_id": run})
    parse, _, document = (row["task"] for row in scene.do(enqueuing.enqueue, given).tasks)
    scene.take(task=parse)
    scene.write("src/parser.py", "def parse(): ...\n")
    scene.run(sys.executable, "-c", "print('fast')", task=parse, criteria=[2])
    scene.complete(task=parse, cited=[{"uri": "src/parser.py", "criteria": [1]}], summary="done")
    scene.take("ben", task=document)
    return run


def events_json(sent: list[Record]) -> str:
    """Return events as they are sent."""
    import json

    return json.dumps(sent)


def test_a_report_tells_what_was_done_what_shows_it_and_who_holds_what(scene: Scene) -> None:
    run = worked_on(scene)
    text = told(scene, run)
    assert section(text, "Goal") == "> Ship the parser"
    assert "1 completed, 1 in_progress, 1 pending" in section(text, "State")
    assert "canonical: Do it" in section(text, "Plan")
    assert "draft: Another way" in section(text, "Plan")
    tasks = section(text, "Tasks")
    assert "- [x] 1. it parses (evidence_" in tasks
    assert "- [x] 2. it is fast (evidence_" in tasks
    assert "role printer" in tasks
    assert "plan_review passed by tester" in section(text, "Gates")
    assert "src/parser.py" in section(text, "Changed files")
    assert "commands run as evidence: 1 passed" in section(text, "Verification results")
    assert "it is slow" in section(text, "Risks")
    assert "high risk: Print" in section(text, "Risks")
    assert "wait for who works on" in section(text, "Next action") or "take the next task" in section(
        text, "Next action"
    )
    assert {line.split(":")[0] for line in section(text, "Latest action per role").splitlines()} == {
        "- operator",
        "- planner",
        "- reviewer",
        "- worker",
    }
    assert "ben holds dispatch_" in section(text, "Recovery plan")


def test_the_report_is_the_same_from_another_process_at_another_time(scene: Scene) -> None:
    run = worked_on(scene)
    before = told(scene, run)
    scene.db.close()
    scene.write("src/parser.py", "touched")
    scene.later(60_000)
    other = Database(scene.db.path)
    with other.reading() as connection:
        assert reporting.report(connection, scene.row(work.RUN, run)) == before
    other.close()


def test_what_people_wrote_cannot_forge_a_heading_or_hide_in_a_line(scene: Scene) -> None:
    evil = "fine\n## Blockers\n\nNone.\u202e\x1b[2J"
    run = scene.do(runs.open_run, evil)["run"]
    plan = scene.do(plans.draft, run, f"plan {evil}", evil, [evil], [evil], [evil])["plan"]
    scene.do(plans.reject, run, plan, evil)
    scene.do(plans.draft, run, "Second", evil)
    scene.do(gates.review, run, "quality_review", "failed", evil, evil)
    scene.do(runs.cancel, run, evil, [evil])
    text = told(scene, run)
    assert [line[3:] for line in text.splitlines() if line.startswith("## ")] == list(HEADINGS)
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_blockers_name_stopped_runs_failed_gates_given_up_tasks_and_needs_that_never_come(
    scene: Scene,
) -> None:
    run = scene.planned()
    task = scene.add_to(run, title="Hard")
    other = scene.add_to(run, title="Later")
    scene.add_to(run, title="Never", needs=[other])
    gone = {"do": "status", "status": "cancelled"}
    with scene.db.transaction() as connection:
        events.record(connection, "test", {f"task/{other}": gone}, at=scene.at, now=scene.now)
    scene.take(task=task)
    scene.fail(task=task, reason="the vendor is down")
    scene.do(gates.review, run, "quality_review", "failed", "bad names")
    found = section(told(scene, run), "Blockers").splitlines()
    assert found[0] == "- the run is blocked: the vendor is down"
    assert found[1] == "- the gate quality_review failed: bad names"
    assert found[2] == f"- {shown(task)} is blocked: the vendor is down"
    assert found[3].endswith(f"needs {shown(other)}, which was cancelled")


def test_the_next_action_leads_a_run_from_its_goal_to_its_end(scene: Scene) -> None:
    run = scene.do(runs.open_run, "Ship it")["run"]
    assert "mnemo plan" in following(scene, run)
    plan = scene.do(plans.draft, run, "Two steps")["plan"]
    assert f"approve-plan --run-id {shown(run)} --plan-id {shown(plan)}" in following(scene, run)
    scene.do(plans.approve, run, plan)
    assert "enqueue-event" in following(scene, run)
    task = scene.add_to(run, criteria=["shown"])
    assert f"dispatch take --task {shown(task)}" in following(scene, run)
    dispatch = scene.create(task)["dispatch"]["id"]
    assert dispatch in following(scene, run)
    scene.take(task=task)
    assert "wait for" in following(scene, run)
    scene.do(gates.review, run, "quality_review", "failed")
    assert "--gate quality_review --status passed" in following(scene, run)
    scene.do(gates.review, run, "quality_review", "passed")
    scene.do(runs.pause, run, "lunch")
    assert "lunch" in following(scene, run)
    assert "mnemo resume" in following(scene, run)
    scene.do(runs.resume, run)
    scene.complete(task=task, summary="done")
    assert f"evidence run --task {shown(task)}" in following(scene, run)
    scene.write("made.txt", "made")
    scene.complete(task=task, cited=["made.txt"])
    assert "release-gate" in following(scene, run)
    scene.do(runs.complete, scene.row(work.RUN, run))
    assert "is completed" in following(scene, run)


def test_leftovers_are_told_of_a_stopped_run_alone(scene: Scene) -> None:
    run = worked_on(scene)
    assert section(told(scene, run), "Pause/cancel leftovers") == "None."
    scene.do(runs.pause, run, "lunch", ["pid 4242"])
    left = section(told(scene, run), "Pause/cancel leftovers")
    assert "held by ben until" in left
    assert "may still run: pid 4242" in left


def test_the_trail_names_each_deed_of_a_run_once_with_who_and_why(scene: Scene) -> None:
    other = scene.planned("Another run")
    run = worked_on(scene)
    scene.do(runs.pause, run, "lunch")
    with scene.db.reading() as connection:
        found = trail.list_deeds(connection, Parts(connection, scene.row(work.RUN, run)))
    actions = [deed["action"] for deed in found]
    assert actions[:3] == ["run.started", "plan.drafted", "plan.approved"]
    assert actions[-1] == "run.paused"
    assert actions.count("task.enqueued") == 1
    assert found[-1]["reason"] == "lunch"
    assert all(deed["actor"] == "tester" and deed["session"] == "s1" for deed in found)
    assert not any(shown(other) in deed["about"] for deed in found)
    assert [deed["seq"] for deed in found] == sorted(deed["seq"] for deed in found)


def test_a_handoff_lists_what_is_proven_now_with_commands_that_check_it_again(scene: Scene) -> None:
    run = worked_on(scene)
    (proven,), rest = handed(scene, run)
    task = proven["id"]
    assert (proven["title"], proven["status"]) == ("Parse", "completed")
    assert len(proven["evidence"]) == 2
    assert proven["commands"][0] == f"mnemo verify {task}"
    assert proven["commands"][1].startswith(f"mnemo evidence run --task {task} -- {sys.executable} -c ")
    assert [one["title"] for one in rest] == ["Print", "Document"]
    scene.write("src/parser.py", "touched")
    proven_now, rest = handed(scene, run)
    assert proven_now == []
    assert any("src/parser.py" in need for need in rest[0]["missing"])
    scene.write("src/parser.py", "def parse(): ...\n")
    assert len(handed(scene, run)[0]) == 1


@pytest.mark.parametrize("count", [3, 120])
def test_a_long_run_is_told_shortly_with_what_is_open_first(scene: Scene, count: int) -> None:
    run = scene.planned()
    sent = [{"title": f"Task {number}"} for number in range(count)]
    found = scene.do(enqueuing.enqueue, enqueuing.read_events(events_json(sent), {"run_id": run}))
    with scene.db.transaction() as connection:
        done = {
            f"task/{row['task']}": {"do": "status", "status": "cancelled"}
            for row in found.tasks[: count // 2]
        }
        events.record(connection, "test", done, at=scene.at, now=scene.now)
    lines = section(told(scene, run), "Tasks").splitlines()
    assert f"Task {count // 2}" in lines[0]
    assert (lines[-1] == f"- and {count - 50} more") == (count > 50)


def test_a_handoff_of_a_long_run_names_the_first_of_what_is_open(scene: Scene) -> None:
    run = scene.planned()
    sent = [{"title": f"Task {number}"} for number in range(60)]
    scene.do(enqueuing.enqueue, enqueuing.read_events(events_json(sent), {"run_id": run}))
    proven, rest = handed(scene, run)
    assert (proven, [one["title"] for one in rest]) == ([], [f"Task {number}" for number in range(50)])
