"""Evidence of every kind that is attached by hand, and what of it can prove something."""

from __future__ import annotations

import pytest

from mnemo.errors import Conflict, Invalid, NotFound
from mnemo.ledger import records
from mnemo.model import work
from mnemo.store import queue
from tests.ledger.scenes import Scene, plain_workspace, word_of
from tests.repos import commit

PNG = "\x89PNG\r\n\x1a\n"


def test_a_file_of_a_taken_task_counts_once_it_changed(scene: Scene) -> None:
    task = scene.add()
    scene.take(task=task)
    with pytest.raises(Invalid) as refused:
        scene.attach("file", "src/a.py", task=task)
    assert word_of(refused.value) == "evidence_unchanged"
    scene.write("src/a.py", "a = 2\n")
    (row,) = scene.attach("file", "src/a.py", task=task)
    assert (row["kind"], row["status"], row["trust"]) == ("file", "passed", "trusted")
    assert scene.verify(task)["accepted"] is True


def test_a_file_of_a_task_that_nobody_took_is_only_observed(scene: Scene) -> None:
    task = scene.add()
    (row,) = scene.attach("file", "src/a.py", task=task)
    assert row["status"] == "observed"
    assert "is only observed" in scene.verify(task)["failed_requirements"][0]


def test_a_file_attached_to_nobody_is_looked_at_again_when_it_is_cited(scene: Scene) -> None:
    (row,) = scene.attach("artifact", "src/a.py")
    task = scene.add()
    scene.take(task=task)
    with pytest.raises(Invalid) as refused:
        scene.complete(task=task, cited=[row["evidence"]])
    assert word_of(refused.value) == "evidence_unchanged"


def test_an_artifact_of_a_run_is_known_by_its_content(scene: Scene) -> None:
    run = scene.start()
    scene.write("build/app.bin", "binary")
    (row,) = scene.attach("artifact", "build/app.bin", run=run)
    with scene.db.reading() as connection:
        assert records.evidence_record(connection, row, scene.present)["stale"] is False
    scene.write("build/app.bin", "other")
    with scene.db.reading() as connection:
        told = records.evidence_record(connection, row, scene.present)
    assert (told["stale"], told["problem"]) == (True, "build/app.bin has changed since it was cited")


def test_a_screenshot_must_be_a_picture(scene: Scene) -> None:
    scene.write("shot.png", "no picture")
    with pytest.raises(Invalid):
        scene.attach("screenshot", "shot.png")
    (scene.top / "shot.png").write_bytes(PNG.encode("latin-1"))
    assert scene.attach("screenshot", "shot.png")[0]["kind"] == "screenshot"


def test_a_diff_is_what_changed_since_the_take_and_stale_when_that_changes(scene: Scene) -> None:
    scene.write("src/b.py", "b = 0\n")
    task = scene.add()
    scene.take(task=task)
    with pytest.raises(Invalid) as refused:
        scene.attach("diff", task=task)
    assert word_of(refused.value) == "evidence_unchanged"
    scene.write("src/a.py", "a = 2\n")
    (row,) = scene.attach("diff", task=task)
    with scene.db.reading() as connection:
        told = records.evidence_record(connection, row, scene.present)
    assert told["summary"].startswith("1 file changed since ")
    assert scene.verify(task)["accepted"] is True
    commit(scene.top, "Work")
    assert scene.verify(task)["accepted"] is True
    scene.write("src/a.py", "a = 3\n")
    assert "src/a.py changed" in scene.verify(task)["failed_requirements"][0]


def test_a_diff_can_be_limited_to_paths(scene: Scene) -> None:
    scene.write("src/a.py", "a = 2\n")
    scene.write("docs/x.md", "x")
    (row,) = scene.attach("diff", "docs")
    scene.write("src/a.py", "a = 3\n")
    with scene.db.reading() as connection:
        assert records.evidence_record(connection, row, scene.present)["stale"] is False


@pytest.mark.parametrize("kind", work.SAID_KINDS)
def test_what_somebody_says_is_kept_and_proves_nothing(scene: Scene, kind: str) -> None:
    task = scene.add()
    (row,) = scene.attach(kind, task=task, summary="I finished")
    assert (row["status"], row["trust"]) == ("observed", "advisory")
    assert (
        f"is a {kind.replace('_', ' ')}, which proves nothing" in scene.verify(task)["failed_requirements"][0]
    )
    scene.take(task=task)
    told = scene.complete(task=task, cited=[row["evidence"]])
    assert told["dispatch"]["task_status"] == "submitted"
    with pytest.raises(Invalid):
        scene.attach(kind, task=task)


def test_an_address_elsewhere_is_not_fetched_and_only_advisory(scene: Scene) -> None:
    (row,) = scene.attach("artifact", "https://example.com/report.html")
    assert (row["status"], row["trust"]) == ("observed", "advisory")


def test_what_replaces_evidence_stands_beside_it_and_only_once(scene: Scene) -> None:
    task = scene.add()
    scene.take(task=task)
    scene.write("report.txt", "one")
    (old,) = scene.attach("file", "report.txt", task=task)
    scene.write("other.txt", "two")
    (new,) = scene.attach("file", "other.txt", task=task, supersedes=[old["evidence"]])
    with scene.db.reading() as connection:
        replaced = queue.find_row(connection, work.EVIDENCE, old["evidence"])
        told = records.evidence_record(connection, new)
    assert replaced
    assert replaced["status"] == "superseded"
    assert told["supersedes"] == [records.shown(old["evidence"])]
    with pytest.raises(Conflict) as refused:
        scene.attach("file", "other.txt", task=task, supersedes=[old["evidence"]])
    assert word_of(refused.value) == "invalid_transition"


def test_evidence_of_one_task_is_no_evidence_of_another(scene: Scene) -> None:
    one, other = scene.add("One"), scene.add("Other")
    made = scene.run("true", task=one)["id"]
    scene.take(task=other)
    with pytest.raises(Invalid) as refused:
        scene.complete(task=other, cited=[made])
    assert word_of(refused.value) == "evidence_of_another_task"
    assert one in refused.value.message
    with pytest.raises(Invalid):
        scene.attach("summary", task=other, summary="mine", supersedes=[made])


def test_a_row_shows_every_field(scene: Scene) -> None:
    task = scene.add()
    scene.take(task=task)
    scene.write("report.txt", "one")
    (row,) = scene.attach("file", "report.txt", task=task, summary="it works", supports=["claim abc"])
    with scene.db.reading() as connection:
        told = records.evidence_record(connection, row, scene.present)
    assert {name: told[name] for name in ("summary", "uri", "source", "task", "supports", "problem")} == {
        "summary": "it works",
        "uri": "report.txt",
        "source": "tester",
        "task": task,
        "supports": ["claim abc"],
        "problem": "",
    }
    assert told["dispatch"].startswith("dispatch_")
    assert told["run"].startswith("run_")
    assert len(told["content"]) == 64


@pytest.mark.parametrize(
    ("kind", "uris", "error"),
    [
        ("command_output", (), Invalid),
        ("file", (), Invalid),
        ("file", ("gone.txt",), NotFound),
        ("file", ("../outside.txt",), NotFound),
        ("file", tuple(f"{n}.txt" for n in range(101)), Invalid),
    ],
)
def test_what_cannot_be_attached_is_refused(
    scene: Scene, kind: str, uris: tuple[str, ...], error: type[Exception]
) -> None:
    with pytest.raises(error):
        scene.attach(kind, *uris)


def test_criteria_without_a_task_and_a_task_of_another_run_are_refused(scene: Scene) -> None:
    with pytest.raises(Invalid):
        scene.attach("file", "src/a.py", criteria=[1])
    with pytest.raises(Invalid):
        scene.attach("file", "src/a.py", task=scene.add(), run=scene.start())


def test_outside_git_there_is_no_diff_to_attach(scene: Scene) -> None:
    from mnemo.ledger import recording
    from mnemo.ledger.workspace import Present

    space = plain_workspace(scene.top)
    with pytest.raises(Invalid):
        recording.attach(
            scene.db, "diff", at={**scene.at, "commit": ""}, now=scene.now, present=Present(space)
        )
