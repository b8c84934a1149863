"""Evidence rests on the files that its task names, and on nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from mnemo.ledger import binding
from mnemo.ledger.workspace import Present
from tests.ledger.scenes import Scene, plain_workspace
from tests.repos import commit


def test_a_change_of_a_named_file_makes_a_run_stale_and_reverting_it_makes_it_count_again(
    scene: Scene,
) -> None:
    task = scene.add_with_policy({"files": ["src/a.py"]}, [])
    made = scene.run("true", task=task)["id"]
    assert scene.verify(task)["accepted"] is True
    scene.write("src/a.py", "a = 2\n")
    assert scene.verify(task)["failed_requirements"] == [
        f"no evidence that it is done: {made} is from before src/a.py changed; record it again"
    ]
    scene.write("src/a.py", "a = 1\n")
    assert scene.verify(task)["accepted"] is True


def test_a_file_that_the_task_does_not_name_may_change(scene: Scene) -> None:
    task = scene.add_with_policy({"files": ["src/a.py"]}, [])
    scene.run("true", task=task)
    scene.write("src/b.py", "b = 2\n")
    commit(scene.top, "Another", {"c.py": "c = 1\n"})
    assert scene.verify(task)["accepted"] is True


def test_a_named_folder_stands_for_the_files_below_it_that_git_does_not_ignore(scene: Scene) -> None:
    task = scene.add_with_policy({"files": ["src"]}, [])
    scene.run("true", task=task)
    scene.write("build/out.txt", "ignored elsewhere")
    scene.write("src/new.py", "n = 1\n")
    assert "src/new.py" in scene.verify(task)["failed_requirements"][0]
    (scene.top / "src/new.py").unlink()
    assert scene.verify(task)["accepted"] is True
    (scene.top / "src/b.py").unlink()
    assert "src/b.py" in scene.verify(task)["failed_requirements"][0]


def test_a_named_file_that_is_not_there_yet_makes_evidence_stale_when_it_appears(scene: Scene) -> None:
    task = scene.add_with_policy({"files": ["later.py"]}, [])
    scene.run("true", task=task)
    assert scene.verify(task)["accepted"] is True
    scene.write("later.py", "x = 1\n")
    assert "later.py" in scene.verify(task)["failed_requirements"][0]


def test_a_report_is_stale_once_the_named_code_changed_and_counts_when_it_is_cited_again(
    scene: Scene,
) -> None:
    task = scene.add_with_policy({"files": ["src/a.py"]}, ["shown"])
    scene.take(task=task)
    scene.write("report.txt", "fine")
    assert scene.complete(task=task, cited=["report.txt"])["missing"] == []
    scene.write("src/a.py", "a = 2\n")
    assert "src/a.py changed" in scene.verify(task)["failed_requirements"][0]


def test_citing_the_same_file_again_binds_it_to_the_code_as_it_is_now(scene: Scene) -> None:
    task = scene.add_with_policy({"files": ["src/a.py"]}, ["one", "two"])
    scene.take(task=task)
    scene.write("report.txt", "fine")
    first = {"uri": "report.txt", "criteria": [1]}
    assert scene.complete(task=task, cited=[first])["missing"] == ["criterion 2 (two): no evidence"]
    scene.write("src/a.py", "a = 2\n")
    assert scene.complete(task=task, cited=["report.txt"])["missing"] == []


def test_references_name_files_only_where_they_are_paths_of_the_workspace(scene: Scene) -> None:
    task = {
        "context_refs": ["src/a.py", "https://example.com/src/a.py", "claim abc", "../x", 7, "", "."],
        "files": ["src/b.py"],
    }
    assert binding.named_by(task, scene.workspace) == ["src/a.py", "src/b.py"]
    assert binding.named_by(task, None) == []


def test_what_a_command_itself_writes_does_not_speak_against_it(scene: Scene) -> None:
    task = scene.add_with_policy({"files": ["out.txt"]}, [])
    scene.run("sh", "-c", "echo made > out.txt", task=task)
    assert scene.verify(task)["accepted"] is True
    scene.write("out.txt", "forged")
    assert scene.verify(task)["accepted"] is False


def test_a_tracked_file_that_changed_while_a_command_ran_makes_its_evidence_stale(scene: Scene) -> None:
    task = scene.add_with_policy({"files": ["src/a.py"]}, [])
    told = scene.run("sh", "-c", "echo 'a = 3' > src/a.py", task=task)
    assert "src/a.py" in told["notes"][0]
    assert scene.verify(task)["accepted"] is False


def test_outside_git_named_files_are_compared_by_their_content(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one")
    space = plain_workspace(tmp_path)
    kept = binding.bind(space, ["a.txt"])
    assert binding.drifted(Present(space), kept["names"], kept["bound"]) == []
    (tmp_path / "a.txt").write_text("two")
    assert binding.drifted(Present(space), kept["names"], kept["bound"]) == ["a.txt"]


def test_without_a_workspace_nothing_can_be_said_to_be_as_it_was(scene: Scene) -> None:
    kept = binding.bind(scene.workspace, ["src/a.py"])
    assert binding.drifted(Present(None), kept["names"], kept["bound"]) == ["src/a.py"]


@pytest.mark.parametrize("names", [[], ["src/a.py"]])
def test_without_a_workspace_or_names_evidence_is_bound_to_nothing(names: list[str]) -> None:
    assert binding.bind(None, names) == {}
