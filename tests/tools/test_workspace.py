"""`--workspace`: an empty folder outside git is enough, for every command that keeps or tells something."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from mnemo.interfaces import cli


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command for a folder outside git, from somewhere else; return exit code and text."""
    folder = tmp_path / "empty"
    folder.mkdir()

    def call(*words: str) -> tuple[int, str]:
        code = cli.main([*words, "--workspace", str(folder)])
        told = capsys.readouterr()
        return code, told.out + told.err

    return call


def test_claims_the_log_and_the_queue_are_kept_there(run: Any, tmp_path: Path) -> None:
    assert run("log", "began")[0] == 0
    assert "Logged: again" in run("log", "again")[1]
    (tmp_path / "empty" / "notes.txt").write_text("tea at four\n")
    assert run("claim", "Tea is at four.", "--anchor", "notes.txt")[0] == 0
    code, told = run("recall", "tea")
    assert code == 0
    assert "proven" in told
    assert [one["message"] for one in json.loads(run("fetch_branch_logs")[1])] == ["again", "began"]
    assert run("dispatch", "add", "--title", "Make tea")[0] == 0
    assert "1 task" in run("dispatch", "ready")[1]
    assert sorted(os.listdir(tmp_path / "empty")) == [".mnemo", "notes.txt"]
    assert os.listdir(Path.cwd()) == []


def test_evidence_is_a_file_of_that_folder(run: Any, tmp_path: Path) -> None:
    run("dispatch", "add", "--title", "Make tea")
    run("dispatch", "take", "--executor", "ann")
    (tmp_path / "outside.txt").write_text("tea\n")
    code, told = run("dispatch", "complete", "--executor", "ann", "--evidence", "../outside.txt")
    assert (code, "no file in the workspace" in told) == (1, True)
    (tmp_path / "empty" / "tea.txt").write_text("tea\n")
    code, told = run("dispatch", "complete", "--executor", "ann", "--evidence", "file://tea.txt")
    assert (code, "completed" in told) == (0, True)


def test_looking_makes_nothing_there(run: Any, tmp_path: Path) -> None:
    for words in (("status",), ("doctor",), ("recall", "tea"), ("log",), ("list-dispatches",), ("claims",)):
        assert run(*words)[0] == 0, words
    assert os.listdir(tmp_path / "empty") == []


def test_what_needs_git_says_so(run: Any) -> None:
    for words in (("cleanup_deleted_branches",), ("import", "git")):
        code, told = run(*words)
        assert code == 1
        assert "Not in a Git repository." in told


def test_a_workspace_that_is_missing_is_made_only_by_what_begins_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = str(tmp_path / "not" / "there")
    assert cli.main(["log", "hello", "--workspace", gone]) == 1
    assert "there is no folder" in capsys.readouterr().err
    assert not os.path.exists(gone)
    assert cli.main(["init", "--workspace", gone]) == 0
    assert os.path.exists(os.path.join(gone, ".mnemo", "mnemo.db"))
    (tmp_path / "file").write_text("")
    assert cli.main(["init", "--workspace", str(tmp_path / "file" / "below")]) == 1
    assert "cannot be made" in capsys.readouterr().err
