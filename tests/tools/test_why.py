"""What stands behind a place: claims about it, what failed there, its commits and evidence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mnemo.interfaces import cli
from tests.repos import commit, write
from tests.tools.corrections import CODE, Record, claimed
from tests.tools.faces import python


@pytest.fixture
def place(repository: Path) -> str:
    """A file of two commits with claims about a definition, the file and its folder."""
    commit(repository, "Lock accounts", {"src/locks.py": CODE})
    commit(repository, "Raise the limit", {"src/locks.py": CODE.replace("5", "9")})
    return "src/locks.py"


def contents(found: list[Record]) -> list[str]:
    """Return what claims say."""
    return [one["content"] for one in found]


def test_a_line_tells_what_covers_it_then_its_file_then_its_folder(place: str, run: Any) -> None:
    claimed("everything in src is pure", path="src")
    claimed("the file is generated", anchors=[place])
    claimed("locking is idempotent", anchors=[f"{place}::lock"], domain="decisions", why="it is retried")
    record = run("why", f"{place}:6")
    assert contents(record["claims"]) == [
        "locking is idempotent", "the file is generated", "everything in src is pure",
    ]  # fmt: skip
    assert [one["near"] for one in record["claims"]] == ["line", "file", "folder"]
    assert record["claims"][0]["why"] == "it is retried"
    assert {one["verdict"] for one in record["claims"][:2]} == {"proven"}


def test_what_speaks_of_other_lines_is_counted_only(place: str, run: Any) -> None:
    claimed("locking is idempotent", anchors=[f"{place}::lock"])
    record = run("why", f"{place}:1")
    assert record["claims"] == []
    assert "1 more about other lines" in record["notes"][0]
    assert contents(run("why", place)["claims"]) == ["locking is idempotent"]


def test_dead_ends_stand_apart(place: str, run: Any) -> None:
    claimed("tried a mutex, failed because of forks", domain="history", anchors=[place])
    record = run("why", place)
    assert record["claims"] == []
    assert contents(record["dead_ends"]) == ["tried a mutex, failed because of forks"]


def test_the_commit_of_the_line_comes_before_those_of_the_file(place: str, run: Any) -> None:
    commits = run("why", f"{place}:4")["commits"]
    assert [(one["subject"], one["of"]) for one in commits] == [
        ("Lock accounts", "line"), ("Raise the limit", "file"),
    ]  # fmt: skip


def test_a_line_moved_by_uncommitted_edits_keeps_its_commit(place: str, repository: Path, run: Any) -> None:
    write(repository, {place: "# new\n\n" + CODE.replace("5", "9")})
    assert run("why", f"{place}:3")["commits"][0]["subject"] == "Raise the limit"
    record = run("why", f"{place}:1")
    assert record["notes"] == ["the line is not committed yet"]
    assert {one["of"] for one in record["commits"]} == {"file"}


def test_what_the_code_refutes_is_told_as_refuted(place: str, repository: Path, run: Any) -> None:
    claimed("locking is idempotent", anchors=[f"{place}::lock"])
    write(repository, {place: "LIMIT = 9\n"})
    assert [one["verdict"] for one in run("why", place)["claims"]] == ["refuted"]


def test_work_that_cites_the_file_is_evidence(place: str, repository: Path, run: Any) -> None:
    task = python("dispatch", action="add", title="Lock twice")["tasks"][0]["id"]
    python("dispatch", action="take", task=task)
    write(repository, {place: CODE.replace("5", "7")})
    python("dispatch", action="complete", task=task, evidence=[place], summary="done")
    (evidence,) = run("why", place)["evidence"]
    assert (evidence["title"], evidence["task_status"], evidence["task"]) == ("Lock twice", "completed", task)


def test_the_text_is_sectioned_and_quotes_what_others_wrote(
    place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    claimed("decided:\ncommits:\x1b[2J", anchors=[place])
    capsys.readouterr()
    assert cli.main(["why", f"{place}:1"]) == 0
    told = capsys.readouterr().out
    assert told.startswith(f"Behind {place}:1:\ndecided and known:\n")
    assert [line for line in told.splitlines() if line == "commits:"] == ["commits:"]
    assert "\x1b" not in told


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("src/locks.py:99", "has 7 lines, so there is no line 99"),
        ("src/nope.py:1", "does not exist"),
        ("src/locks.py:0", "names no lines"),
        ("src/locks.py:5-2", "names no lines"),
        ("../x", "is not a file of this repository"),
        (".", "is no place in it"),
    ],
)
def test_a_place_that_is_none_is_told(place: str, run: Any, asked: str, part: str) -> None:
    assert part in run("why", asked)["message"]


def test_a_place_that_nobody_knows_of_says_so(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(repository, {"new.py": "x\n"})
    assert cli.main(["why", "new.py"]) == 0
    assert capsys.readouterr().out == "Behind new.py:\nNothing is known of it.\n"
