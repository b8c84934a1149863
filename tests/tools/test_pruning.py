"""`cleanup_deleted_branches`, `prune_old_logs` and `prune_by_size`: as commands and from Python."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

import mnemo
from mnemo import clock, projects
from mnemo.interfaces import cli
from mnemo.worklog import writing
from tests.repos import checkout, commit, git, merge

DAY_MS = 86_400_000


def tell(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert cli.main(list(words)) == 0
    return capsys.readouterr().out


def log_days_ago(*days: int) -> None:
    project = projects.current(writing=True)
    with project.db.transaction() as connection:
        for number in days:
            now = clock.now_ms() - number * DAY_MS
            writing.add_entry(connection, f"{number} days ago", None, project.at(), now)


def test_the_log_of_a_deleted_branch_goes_and_mains_stays(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mnemo.log_work("on main")
    checkout(repository, "test-branch", new=True)
    mnemo.log_work("on the branch")
    checkout(repository, "main")
    git(repository, "branch", "-D", "test-branch")
    told = tell(capsys, "cleanup_deleted_branches")
    assert "Deleted 1 entry of branches that are gone" in told
    assert "test-branch: 1 entry deleted" in told
    assert json.loads(tell(capsys, "fetch_branch_logs", "--branch", "test-branch")) == []
    assert [one["message"] for one in mnemo.fetch_branch_logs()] == ["on main"]
    assert mnemo.cleanup_deleted_branches() == 0


def test_the_log_of_a_merged_branch_goes_to_where_its_work_went(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkout(repository, "feature", new=True)
    commit(repository, "Work", {"work.py": "done = 1\n"})
    mnemo.log_work("did the work")
    checkout(repository, "main")
    merge(repository, "feature")
    git(repository, "branch", "-d", "feature")
    told = tell(capsys, "cleanup-deleted-branches")
    assert "feature: 1 entry moved to main" in told
    assert [(one["branch"], one["message"]) for one in mnemo.fetch_branch_logs()] == [
        ("main", "did the work")
    ]


def test_old_entries_go_by_days(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log_days_ago(91, 89)
    assert "Deleted 1 entry older than 90 days." in tell(capsys, "prune_old_logs", "90")
    assert [one["message"] for one in mnemo.fetch_branch_logs()] == ["89 days ago"]
    assert json.loads(tell(capsys, "prune-old-logs", "90", "--json"))["deleted"] == 0
    assert mnemo.prune_old_logs(88) == 1


def test_too_large_a_log_is_cut_and_the_file_shrinks(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mnemo.claim("Totals are kept in cents.")
    for number in range(40):
        mnemo.log_work(f"{number} {'x' * 15_000}")
    record = json.loads(tell(capsys, "prune_by_size", "0.3", "--json"))
    assert record["deleted"] > 0
    assert record["log_bytes"] <= 300_000
    assert record["file_bytes"] < record["file_before"]
    assert mnemo.fetch_branch_logs(limit=1)[0]["message"].startswith("39 ")
    assert "Deleted 0 entries. The log weighs" in tell(capsys, "prune_by_size", "0.3")
    told = tell(capsys, "prune-by-size", "0")
    assert "its newest entry alone" in told
    assert "what is left of 39 events" in told
    assert mnemo.prune_by_size(0.5) == 0
    assert mnemo.recall("totals cents")["claims"][0]["content"] == "Totals are kept in cents."


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("prune_old_logs", "soon"), 1),
        (("prune_old_logs", "--days", "-3"), 1),
        (("prune_by_size", "--mb=-1"), 1),
        (("prune_by_size",), 2),
        (("prune_old_logs", "--years", "3"), 2),
    ],
)
def test_what_is_no_amount_is_refused_and_nothing_goes(
    repository: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: int
) -> None:
    mnemo.log_work("kept")
    assert cli.main(list(words)) == code
    assert capsys.readouterr().err.startswith("Error: ")
    assert len(mnemo.fetch_branch_logs()) == 1


@pytest.mark.parametrize(
    "words", [("cleanup_deleted_branches",), ("prune_old_logs", "1"), ("prune_by_size", "1")]
)
def test_outside_a_repository_each_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    os.chdir(tmp_path)
    assert cli.main(list(words)) == 1
    assert capsys.readouterr().err.startswith("Error: Not in a Git repository.")


def test_all_five_commands_of_the_log_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    told = tell(capsys, "--help").replace("_", "-")
    for name in (
        "log-work", "fetch-branch-logs", "cleanup-deleted-branches", "prune-old-logs", "prune-by-size",
    ):  # fmt: skip
        assert name in told


def test_undo_says_that_deleted_entries_stay_deleted_and_takes_a_move_back(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log_days_ago(9)
    mnemo.claim("Totals are kept in cents.")
    mnemo.prune_old_logs(1)
    assert "no copy of them is kept here" in tell(capsys, "undo", "--yes")
    checkout(repository, "feature", new=True)
    commit(repository, "Work", {"work.py": "done = 1\n"})
    mnemo.log_work("did the work")
    checkout(repository, "main")
    merge(repository, "feature")
    git(repository, "branch", "-d", "feature")
    assert json.loads(tell(capsys, "cleanup_deleted_branches", "--json"))["moved"] == 1
    assert "gave a log entry to another branch" in tell(capsys, "undo", "--yes")
    assert [one["branch"] for one in mnemo.fetch_branch_logs("feature")] == ["feature"]
