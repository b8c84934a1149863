"""Is a task shown to be done, as of now?"""

from __future__ import annotations

import pytest

from mnemo.errors import Damaged, NotFound
from mnemo.ledger import coverage
from mnemo.ledger.coverage import Support, cover, missing
from mnemo.ledger.workspace import Present
from tests.ledger.scenes import Scene, word_of
from tests.repos import commit, git


def test_a_task_without_evidence_is_not_accepted_and_each_criterion_is_listed(scene: Scene) -> None:
    task = scene.add("Parse", criteria=["fast", "tested"])
    assert scene.verify(task) == {
        "task": task,
        "title": "Parse",
        "status": "pending",
        "accepted": False,
        "failed_requirements": ["criterion 1 (fast): no evidence", "criterion 2 (tested): no evidence"],
        "criteria": [
            {"number": 1, "text": "fast", "evidence": []},
            {"number": 2, "text": "tested", "evidence": []},
        ],
    }


def test_a_passed_run_makes_it_accepted_until_the_files_change_and_again_when_they_are_restored(
    scene: Scene,
) -> None:
    task = scene.add(criteria=["it runs"])
    made = scene.run("true", task=task)["id"]
    told = scene.verify(task)
    assert told["accepted"] is True
    assert told["criteria"] == [{"number": 1, "text": "it runs", "evidence": [made]}]
    scene.write("src/a.py", "a = 2\n")
    told = scene.verify(task)
    assert told["accepted"] is False
    assert told["failed_requirements"] == [
        f"criterion 1 (it runs): {made} ran before src/a.py changed; run it again"
    ]
    scene.write("src/a.py", "a = 1\n")
    assert scene.verify(task)["accepted"] is True


def test_new_files_that_git_does_not_track_do_not_speak_against_a_run(scene: Scene) -> None:
    task = scene.add()
    scene.write("src/new.py", "n = 1\n")
    made = scene.run("true", task=task)["id"]
    scene.write("report.txt", "written afterwards")
    assert scene.verify(task)["accepted"] is True
    git(scene.top, "add", "src/new.py")
    git(scene.top, "commit", "--quiet", "-m", "Work")
    assert scene.verify(task)["accepted"] is True
    scene.write("src/new.py", "n = 2\n")
    (scene.top / "src/b.py").unlink()
    assert f"{made} ran before src/b.py, src/new.py changed" in scene.verify(task)["failed_requirements"][0]
    scene.write("src/new.py", "n = 1\n")
    commit(scene.top, "More", {"src/b.py": "b = 1\n"})
    assert f"{made} ran before report.txt changed" in scene.verify(task)["failed_requirements"][0]


def test_a_run_whose_commit_is_gone_counts_for_exactly_the_same_files(scene: Scene) -> None:
    task = scene.add()
    commit(scene.top, "Soon gone", {"src/a.py": "a = 2\n"})
    scene.run("true", task=task)
    git(scene.top, "reset", "--quiet", "--soft", "HEAD~1")
    git(scene.top, "reflog", "expire", "--expire=now", "--all")
    git(scene.top, "gc", "--quiet", "--prune=now")
    assert scene.verify(task)["accepted"] is True
    scene.write("report.txt", "new")
    assert "ran on files that have changed since" in scene.verify(task)["failed_requirements"][0]


def test_committing_the_same_files_keeps_a_run_valid(scene: Scene) -> None:
    task = scene.add()
    scene.write("src/a.py", "a = 2\n")
    scene.run("true", task=task)
    commit(scene.top, "Work")
    assert scene.verify(task)["accepted"] is True


def test_a_failed_run_is_no_evidence(scene: Scene) -> None:
    task = scene.add()
    made = scene.run("false", task=task)["id"]
    told = scene.verify(task)
    assert told["accepted"] is False
    assert told["failed_requirements"] == [f"no evidence that it is done: {made} failed"]


def test_a_run_may_serve_some_criteria_only(scene: Scene) -> None:
    task = scene.add(criteria=["one", "two"])
    scene.run("true", task=task, criteria=[2])
    assert scene.verify(task)["failed_requirements"] == ["criterion 1 (one): no evidence"]


def test_a_completed_task_is_no_longer_accepted_when_its_file_changes(scene: Scene) -> None:
    task = scene.add()
    scene.take(task=task)
    scene.write("report.txt", "done")
    scene.complete(task=task, cited=["report.txt"])
    assert scene.verify(task)["accepted"] is True
    scene.write("report.txt", "forged")
    told = scene.verify(task)
    assert (told["status"], told["accepted"]) == ("completed", False)
    (scene.top / "report.txt").unlink()
    (scene.top / "report.txt").symlink_to("/etc/hostname")
    assert "report.txt is gone" in scene.verify(task)["failed_requirements"][0]


def test_a_forged_byte_in_the_kept_output_makes_verification_fail(scene: Scene) -> None:
    task = scene.add()
    scene.run("echo", "1 passed", task=task)
    with scene.db.transaction() as connection:
        (found,) = [row for row in connection.execute("SELECT hash, bytes FROM objects") if b"argv" in row[1]]
        for text in (found[1].replace(b"1 passed", b"9 passed"), found[1]):
            connection.execute("UPDATE objects SET bytes = ? WHERE hash = ?", (text, found[0]))
            if text != found[1]:
                with pytest.raises(Damaged):
                    coverage.verify_task(connection, task, Present(scene.workspace))


def test_an_unknown_task_is_named(scene: Scene) -> None:
    with pytest.raises(NotFound) as missing_task:
        scene.verify("task_0123456789ab")
    assert word_of(missing_task.value) == "task_not_found"


def test_one_good_piece_covers_a_criterion_whatever_else_fails() -> None:
    supports = [Support("evidence_a", (1,), "evidence_a failed"), Support("evidence_b", (1, 2), "")]
    found = cover(["one", "two", "three"], supports)
    assert [each.evidence for each in found] == [("evidence_b",), ("evidence_b",), ()]
    assert missing(found) == ["criterion 3 (three): no evidence"]
