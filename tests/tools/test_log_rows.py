"""What the work log owes, on the command line: entries, branches, limits, pruning, and trouble."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from mnemo import clock, projects
from mnemo.interfaces import cli
from mnemo.worklog import writing
from tests.repos import checkout, git, make_repository
from tests.warm import program

COMMANDS = ("log_work", "fetch_branch_logs", "cleanup_deleted_branches", "prune_old_logs", "prune_by_size")
KEYS = {"timestamp", "branch", "message", "extra"}


class Said(NamedTuple):
    """How a command ended, and what it printed on its two streams."""

    code: int
    out: str
    err: str


def said(*words: str) -> Said:
    """Run one command in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = cli.main(list(words))
    return Said(code, out.getvalue(), err.getvalue())


def fetch(*words: str) -> list[dict[str, Any]]:
    """Read a log as the original command prints it."""
    ended = said("fetch_branch_logs", *words)
    assert (ended.code, ended.err) == (0, "")
    return json.loads(ended.out)


def write_at(*ages: timedelta, text: str = "") -> None:
    """Write one entry for each age, as if it had been written then."""
    project = projects.current(writing=True)
    with project.db.transaction() as connection:
        for number, age in enumerate(ages):
            now = clock.now_ms() - int(age.total_seconds() * 1000)
            writing.add_entry(connection, f"entry {number}{text}", None, project.at(), now)


def test_a_confirmation_names_the_message_and_the_entry_comes_first(repository: Path) -> None:
    said("log_work", "before")
    ended = said("log_work", "mended the parser", "--extra", '{"file": "a.php", "deep": {"list": [1, null]}}')
    assert (ended.code, ended.err) == (0, "")
    assert "mended the parser" in ended.out
    newest = fetch()[0]
    assert (newest["message"], newest["extra"]) == (
        "mended the parser",
        {"file": "a.php", "deep": {"list": [1, None]}},
    )


@pytest.mark.parametrize("extra", ["{bad", "", "{'a': 1}", '{"a": NaN}'])
def test_extra_that_is_no_json_is_an_error_and_nothing_is_kept(repository: Path, extra: str) -> None:
    ended = said("log_work", "m", "--extra", extra)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("Error: ")
    assert "Traceback" not in ended.err
    assert fetch() == []


def test_sixty_entries_are_read_fifty_at_a_time_newest_first(repository: Path) -> None:
    write_at(*(timedelta(minutes=60 - number) for number in range(60)))
    found = fetch()
    assert len(found) == 50
    stamps = [one["timestamp"] for one in found]
    assert stamps == sorted(stamps, reverse=True)
    assert found[0]["message"] == "entry 59"
    assert len(fetch("--limit", "55")) == 55
    assert fetch("--limit", "0") == fetch("--limit=-3") == []


def test_an_entry_has_four_fields_and_a_time_in_utc_to_the_second(repository: Path) -> None:
    said("log_work", "plain")
    (entry,) = fetch()
    assert set(entry) == KEYS
    assert (entry["branch"], entry["extra"]) == ("main", None)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|\+00:00)?", entry["timestamp"])
    told = datetime.fromisoformat(entry["timestamp"])
    assert abs(told.replace(tzinfo=UTC) - datetime.now(UTC)) < timedelta(minutes=5)


def test_branches_keep_their_entries_apart_until_asked(repository: Path) -> None:
    checkout(repository, "a", new=True)
    said("log_work", "on a")
    checkout(repository, "b", new=True)
    assert fetch() == []
    assert [one["message"] for one in fetch("--branch", "a")] == ["on a"]
    assert fetch("--branch", "never-was") == []


def test_a_detached_head_logs_under_its_commit(repository: Path) -> None:
    git(repository, "checkout", "-q", "--detach")
    assert said("log_work", "no branch here").code == 0
    (entry,) = fetch()
    assert entry["branch"] == f"HEAD@{git(repository, 'rev-parse', 'HEAD').strip()[:7]}"


def test_cleaning_up_keeps_what_a_worktree_a_remote_or_a_detached_head_has(
    repository: Path, tmp_path: Path
) -> None:
    git(repository, "checkout", "-q", "--detach")
    said("log_work", "detached")
    detached = fetch()[0]["branch"]
    git(repository, "checkout", "-q", "main")
    git(repository, "worktree", "add", "-qb", "linked", str(tmp_path / "linked"))
    far = tmp_path / "far.git"
    git(repository, "clone", "-q", "--bare", str(repository), str(far))
    git(repository, "remote", "add", "origin", str(far))
    for name in ("linked", "gone", "pushed"):
        if name != "linked":
            checkout(repository, name, new=True)
            said("log_work", f"on {name}")
        else:
            os.chdir(tmp_path / "linked")
            said("log_work", "on linked")
            os.chdir(repository)
    git(repository, "push", "-q", "origin", "pushed")
    git(repository, "fetch", "-q", "origin")
    checkout(repository, "main")
    git(repository, "branch", "-D", "gone")
    git(repository, "branch", "-D", "pushed")
    told = said("cleanup_deleted_branches")
    assert (told.code, "1 entry" in told.out, "gone" in told.out) == (0, True, True)
    assert fetch("--branch", "gone") == []
    for name in ("linked", "pushed", detached):
        assert len(fetch("--branch", name)) == 1, name
    assert json.loads(said("cleanup_deleted_branches", "--local-only", "--json").out)["deleted"] == 1
    assert fetch("--branch", "pushed") == []
    assert len(fetch("--branch", "linked")) == len(fetch("--branch", detached)) == 1


def test_days_cut_exactly_at_their_age(repository: Path) -> None:
    limit, little = timedelta(days=90), timedelta(minutes=5)
    write_at(timedelta(days=91), limit + little, limit - little, timedelta(days=89))
    ended = said("prune_old_logs", "90")
    assert (ended.code, "2 entries" in ended.out) == (0, True)
    assert [one["message"] for one in fetch()] == ["entry 3", "entry 2"]
    assert json.loads(said("prune_old_logs", "90", "--json").out)["deleted"] == 0


def test_a_log_above_its_size_loses_its_oldest_and_the_file_shrinks(repository: Path) -> None:
    said("claim", "Totals are kept in cents.", "--anchor", "src/app.py")
    write_at(*(timedelta(minutes=200 - number) for number in range(200)), text=" x" * 4_000)
    record = json.loads(said("prune_by_size", "0.5", "--json").out)
    assert record["deleted"] > 0
    assert record["log_bytes"] <= 500_000
    assert record["file_bytes"] < record["file_before"]
    assert record["file_bytes"] == (repository / ".mnemo" / "mnemo.db").stat().st_size
    assert fetch("--limit", "1")[0]["message"].startswith("entry 199")
    assert json.loads(said("prune_by_size", "0.5", "--json").out)["deleted"] == 0
    assert json.loads(said("audit", "verify", "--json").out)["ok"] is True
    assert json.loads(said("recall", "totals", "--json").out)["claims"][0]["verdict"] == "proven"


def test_one_store_serves_a_repository_from_any_folder_and_no_other(repository: Path, tmp_path: Path) -> None:
    (repository / "sub" / "dir").mkdir(parents=True)
    os.chdir(repository / "sub" / "dir")
    said("log_work", "from below")
    assert [str(path.relative_to(repository)) for path in repository.rglob("mnemo.db")] == [".mnemo/mnemo.db"]
    os.chdir(make_repository(tmp_path / "second"))
    assert fetch() == []


def test_the_first_command_needs_nothing_and_shows_nowhere_in_git(repository: Path) -> None:
    for _ in range(2):
        assert said("log_work", "again").code == 0
        assert git(repository, "status", "--porcelain") == ""
    assert (repository / ".mnemo" / ".gitignore").read_text().strip() == "*"


def test_outside_git_every_command_says_so_and_makes_nothing(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.mkdir()
    os.chdir(plain)
    for name, words in zip(COMMANDS, (["t"], [], [], ["1"], ["1"]), strict=True):
        ended = said(name, *words)
        assert (ended.code, ended.out) == (1, ""), name
        assert ended.err.startswith("Error: Not in a Git repository."), name
    assert list(plain.iterdir()) == []


def test_help_lists_the_five_words(repository: Path) -> None:
    told = said("--help").out.replace("-", "_")
    assert [name for name in COMMANDS if name not in told] == []
    for name in COMMANDS:
        assert said(name, "--help").code == 0


def test_a_store_copied_to_another_repository_is_read_there_and_called_foreign(
    repository: Path, tmp_path: Path
) -> None:
    said("log_work", "made elsewhere")
    projects.closing()
    other = Path(make_repository(tmp_path / "other", {"another.txt": "another history\n"}))
    (other / ".mnemo").mkdir(mode=0o700)
    shutil.copy(repository / ".mnemo" / "mnemo.db", other / ".mnemo" / "mnemo.db")
    os.chdir(other)
    assert [one["message"] for one in fetch("--branch", "main")] == ["made elsewhere"]
    ended = said("doctor")
    assert ended.code == 3
    assert "another repository" in ended.out


def test_another_program_reads_standard_output_alone(repository: Path) -> None:
    said("log_work", "for a pipe")
    projects.closing()
    ran = subprocess.run([program(), "fetch_branch_logs"], capture_output=True, check=True, timeout=60)
    assert [one["message"] for one in json.loads(ran.stdout)] == ["for a pipe"]
    assert ran.stderr == b""


def test_its_settings_have_the_defaults_and_nothing_is_pruned_by_itself(repository: Path) -> None:
    assert said("config", "get", "log.default_limit").out.strip() == "50"
    write_at(timedelta(days=4_000), timedelta(days=91))
    said("log_work", "now")
    assert len(fetch()) == 3
    assert said("config", "set", "log.default_limit", "2").code == 0
    projects.closing()
    assert len(fetch()) == 2
