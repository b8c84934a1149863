"""`log` and the original log commands."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest

import mnemo
from mnemo import projects
from mnemo.interfaces import cli
from tests.repos import git, make_repository
from tests.tools.faces import Face, python


def test_an_entry_is_read_back_first_with_its_facts(repository: Path, face: Face) -> None:
    face("log", message="wrote the parser", extra={"file": "a.py", "share": 0.5})
    entries = face("log")["entries"]
    assert entries[0]["message"] == "wrote the parser"
    assert entries[0]["extra"] == {"file": "a.py", "share": 0.5}
    assert entries[0]["branch"] == "main"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", entries[0]["timestamp"])


def test_branches_keep_their_entries_apart(repository: Path, face: Face) -> None:
    git(repository, "checkout", "-q", "-b", "feature")
    face("log", message="on the feature")
    git(repository, "checkout", "-q", "main")
    assert face("log")["entries"] == []
    assert [one["message"] for one in face("log", branch="feature")["entries"]] == ["on the feature"]


def test_a_detached_head_has_a_name_of_its_own(repository: Path, face: Face) -> None:
    git(repository, "checkout", "-q", "--detach")
    entry = face("log", message="somewhere")["entries"][0]
    assert re.fullmatch(r"HEAD@[0-9a-f]{7}", entry["branch"])


@pytest.mark.parametrize("arguments", [{"message": ""}, {"message": "  "}, {"message": "x" * 30_000}])
def test_a_message_that_says_nothing_or_too_much_is_refused(
    repository: Path, face: Face, arguments: dict[str, str]
) -> None:
    record = face("log", **arguments)
    assert record["ok"] is False
    assert record["fix"]


def test_entries_come_newest_first_up_to_a_limit(repository: Path) -> None:
    for number in range(60):
        mnemo.log_work(f"entry {number}")
    entries = mnemo.fetch_branch_logs()
    assert [one["message"] for one in entries[:2]] == ["entry 59", "entry 58"]
    assert len(entries) == 50
    assert [set(one) for one in entries[:1]] == [{"timestamp", "branch", "message", "extra"}]
    assert mnemo.fetch_branch_logs(limit=0) == []
    assert len(mnemo.fetch_branch_logs(limit=55)) == 55


def test_the_original_commands_speak_as_they_did(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["log_work", "m", "--extra", '{"file": "a.php"}']) == 0
    assert "m" in capsys.readouterr().out
    assert cli.main(["fetch-branch-logs"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["extra"] == {"file": "a.php"}
    assert cli.main(["log_work", "m", "--extra", "{bad"]) == 1
    captured = capsys.readouterr()
    assert (captured.out, "extra" in captured.err) == ("", True)
    assert len(mnemo.fetch_branch_logs()) == 1


def test_outside_a_repository_it_says_so_and_ends_with_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.chdir(tmp_path)
    assert cli.main(["log_work", "t"]) == 1
    assert capsys.readouterr().err.startswith("Error: Not in a Git repository.")


def test_a_subfolder_uses_the_repository_above_and_nothing_shows_in_git(repository: Path) -> None:
    (repository / "deep" / "er").mkdir(parents=True)
    os.chdir(repository / "deep" / "er")
    python("log", message="from below")
    assert (repository / ".mnemo" / "mnemo.db").exists()
    assert not (repository / "deep" / ".mnemo").exists()
    assert git(repository, "status", "--porcelain").strip() == ""


def test_a_store_that_was_copied_here_shows_its_log_and_the_doctor_says_whose_it_is(
    repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    python("log", message="made elsewhere")
    projects.closing()
    other = Path(make_repository(tmp_path / "other", {"another.txt": "another history\n"}))
    (other / ".mnemo").mkdir(mode=0o700)
    (other / ".mnemo" / ".gitignore").write_text("*\n")
    shutil.copy(repository / ".mnemo" / "mnemo.db", other / ".mnemo" / "mnemo.db")
    os.chdir(other)
    assert cli.main(["fetch_branch_logs", "--branch", "main"]) == 0
    assert [one["message"] for one in json.loads(capsys.readouterr().out)] == ["made elsewhere"]
    assert cli.main(["doctor"]) == 3
    assert "FAILED trust: the store belongs to another repository" in capsys.readouterr().out
