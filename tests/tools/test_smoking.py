"""`sample-smoke` and `self-check`: a run from goal to report that starts nothing, and the check of it all."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import mnemo
from mnemo import projects
from mnemo.interfaces import cli
from mnemo.tools import smoking
from tests.warm import program

STEPS = (
    "init doctor start plan approve-plan enqueue-event dispatch-task claim-dispatch complete-dispatch "
    "list-dispatches status report"
).split()


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    """Run a command and return its exit code and record."""
    code = cli.main([*words, "--json"])
    return code, json.loads(capsys.readouterr().out)


def iter_values(value: Any, name: str) -> Iterator[Any]:
    """Go through every value of that name, at any depth."""
    if isinstance(value, dict):
        yield from (found for key, found in value.items() if key == name)
        for each in value.values():
            yield from iter_values(each, name)
    if isinstance(value, list):
        for each in value:
            yield from iter_values(each, name)


def listing(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


@pytest.fixture
def nothing_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail whoever starts a process."""

    def refuse(*given: Any, **named: Any) -> None:
        raise AssertionError(f"a process was started: {given}")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    for name in ("fork", "posix_spawn", "posix_spawnp", "execv", "execve", "system"):
        monkeypatch.setattr(os, name, refuse)


@pytest.mark.usefixtures("nothing_starts")
def test_in_an_empty_folder_every_step_is_fine_and_nothing_is_started(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, record = run(capsys, "sample-smoke", "--workspace", str(tmp_path))
    assert (code, record["ok"]) == (0, True)
    assert [step["step"] for step in record["steps"]] == STEPS
    assert all(step["ok"] for step in record["steps"])
    assert set(iter_values(record, "executor_invoked")) == {False}
    assert {".mnemo", "sample-smoke.txt"} == {path.name for path in tmp_path.iterdir()}


def test_another_process_tells_the_same_status_and_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = run(capsys, "sample_smoke", "--workspace", str(tmp_path))[1]
    walked = {step["step"]: step["result"] for step in record["steps"]}
    others = {
        name: subprocess.Popen(
            [program(), name, "--workspace", str(tmp_path), "--json"], stdout=subprocess.PIPE
        )
        for name in ("status", "report")
    }
    for name, process in others.items():
        told = json.loads(process.communicate()[0])
        assert (process.returncode, told) == (0, walked[name])


def test_it_can_be_walked_again_in_the_same_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert run(capsys, "sample-smoke", "--workspace", str(tmp_path / "new" / "folder"))[0] == 0


def test_without_a_workspace_it_leaves_nothing_behind(
    repository: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = listing(repository), listing(home)
    tempfile.tempdir = str(repository)  # even where the temporary folder lies in a repository
    code, record = run(capsys, "sample-smoke")
    assert (code, record["ok"]) == (0, True)
    assert (listing(repository), listing(home)) == before
    assert projects.list_opened() == []


def test_a_step_that_fails_ends_it_and_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / smoking.RESULT).mkdir()
    assert cli.main(["sample-smoke", "--workspace", str(tmp_path)]) == 3
    told = capsys.readouterr().out
    assert "FAILED complete-dispatch" in told
    assert "cannot be written" in told
    assert "report" not in told


def test_self_check_looks_at_installation_a_sample_run_and_every_row(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mnemo.claim("Totals are kept in cents.")
    projects.closing()
    code, record = run(capsys, "self-check")
    assert (code, record["ok"]) == (0, True)
    assert {"sqlite", "entry points", "plugin", "writable", "gitignore", "skills", "sample run"} <= set(
        record["checks"]
    )
    assert "1 events and every row fit" in record["checks"]["integrity"]["detail"]


def test_self_check_finds_a_row_that_changed_and_mends_nothing(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mnemo.claim("Totals are kept in cents.")
    path = projects.current().db.path
    projects.closing()
    raw = sqlite3.connect(path)
    raw.execute("UPDATE assertions SET priority = 999")
    raw.commit()
    raw.close()
    code, record = run(capsys, "self-check")
    assert (code, record["checks"]["integrity"]["ok"]) == (3, False)
    raw = sqlite3.connect(path)
    assert raw.execute("SELECT priority FROM assertions").fetchone() == (999,)
    raw.execute("UPDATE assertions SET priority = 0")
    raw.commit()
    raw.close()


def test_self_check_works_outside_a_repository_and_refuses_what_it_does_not_know(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, "self_check")[0] == 0
    assert cli.main(["self-check", "--thorough"]) == 2
    assert "has no --thorough" in capsys.readouterr().err
