"""What machines wrote down is kept, edited or dropped by a person."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from mnemo import project, projects
from mnemo.tools import inbox
from tests.repos import commit, git
from tests.tools.corrections import Person, Record, captured, claimed, editor, standing
from tests.warm import program


def test_the_inbox_lists_what_waits_with_its_source(repository: Path, run: Any) -> None:
    claimed("an agent said so")
    captured("one file is easier to back up", domain="decisions")
    (one,) = run("inbox")["claims"]
    assert (one["content"], one["source"], one["session"]) == (
        "one file is easier to back up",
        "capture",
        "session-1",
    )
    assert one["date"]


def test_what_is_kept_counts_and_its_origin_stays(repository: Path, run: Any) -> None:
    address, other = captured("tabs are used"), captured("spaces are used")
    record = run("inbox", "--keep", address[:8], "--drop", other[:8], "--yes")
    assert (record["kept"], record["dropped"], record["left"]) == ([address], [other], 0)
    shown = run("show", address)
    assert (shown["claim"]["standing"], shown["claim"]["source"]) == ("active", "capture")
    assert [one["did"] for one in shown["history"]] == ["assert", "confirm"]
    assert standing(run, other) == "retracted"


def test_who_confirms_at_a_terminal_is_named(repository: Path, run: Any) -> None:
    address = captured("tabs are used")
    os.environ["LOGNAME"] = "ada"
    with project.acting("cli", "cli-1", "person"):
        inbox.inbox(ask=Person("k"))
    confirmed = run("show", address)["history"][-1]
    assert (confirmed["did"], confirmed["who"], confirmed["source"]) == ("confirm", "ada", "person")


def test_all_that_waits_is_settled_only_when_said_so(repository: Path, run: Any) -> None:
    first, second = captured("tabs are used"), captured("the build needs make")
    assert "--yes" in run("inbox", "--all", "keep")["fix"]
    assert standing(run, first) == "unconfirmed"
    record = run("inbox", "--all", "keep", "--drop", first, "--yes")
    assert (record["kept"], record["dropped"]) == ([second], [first])


def test_a_wrong_address_settles_nothing(repository: Path, run: Any) -> None:
    address = captured("tabs are used")
    assert run("inbox", "--keep", address, "--drop", "abcdef")["ok"] is False
    assert "once" in run("inbox", "--keep", address, "--drop", address)["fix"]
    assert standing(run, address) == "unconfirmed"


def test_what_was_settled_before_is_said_and_not_done_again(repository: Path, run: Any) -> None:
    address = captured("tabs are used")
    run("forget", address, "--why", "spaces won")
    record = run("inbox", "--keep", address)
    assert record["kept"] == []
    assert (record["already"][0]["standing"], record["already"][0]["reason"]) == ("retracted", "spaces won")
    assert len(run("show", address)["history"]) == 2


def test_each_answer_of_a_walk_is_done_at_once(repository: Path, run: Any, tmp_path: Path) -> None:
    first, second, third = captured("tabs are used"), captured("make is needed"), captured("go is fast")
    editor(tmp_path, 'sed -i "s/needed/wanted/" "$1"')
    person = Person("k", "e", "^C")
    record = inbox.inbox(ask=person)
    assert [(kind, each["number"], each["of"]) for kind, each in person.seen] == [
        ("inbox", number, 3) for number in (1, 2, 3)
    ]
    assert (record["kept"], record["left"], record["interrupted"]) == ([third], 1, True)
    assert standing(run, second) == "superseded"
    assert run("show", record["edited"][0])["claim"]["content"] == "make is wanted"
    assert standing(run, first) == "unconfirmed"


def test_a_walk_ends_at_the_end_of_input_and_tells_what_is_left(repository: Path) -> None:
    captured("tabs are used")
    captured("make is needed")
    record = inbox.inbox(ask=Person("s", ""))
    assert (record["kept"], record["left"], record["deeds"], record["interrupted"]) == ([], 2, 0, False)


def test_a_claim_that_another_process_settled_meanwhile_is_passed_over(repository: Path, run: Any) -> None:
    first, second = captured("tabs are used"), captured("make is needed")
    told: list[str] = []

    class Slow(Person):
        def __call__(self, kind: str, record: Record, choices: dict[str, str]) -> str:
            run("forget", record["address"])
            if record["number"] == 1:
                run("forget", first)
            return super().__call__(kind, record, choices)

    record = inbox.inbox(ask=Slow("k", "k"), say=told.append)
    assert record["kept"] == []
    assert len(told) == 2
    assert "meanwhile" in told[0]
    assert "meanwhile" in told[1]
    assert [len(run("show", one)["history"]) for one in (first, second)] == [2, 2]


def test_another_branchs_captures_wait_there(repository: Path, run: Any) -> None:
    git(repository, "checkout", "-qb", "other")
    commit(repository, "work", {"b.txt": "b\n"})
    captured("only on this branch", domain="tasks", scope="branch")
    git(repository, "checkout", "-q", "main")
    record = run("inbox")
    assert record["claims"] == []
    assert "1 more on branches" in record["notes"][0]


def test_a_store_that_only_can_be_read_is_looked_at_and_not_corrected(repository: Path, run: Any) -> None:
    if os.geteuid() == 0:
        pytest.skip("root writes everywhere")
    address = captured("tabs are used")
    projects.closing()
    folder = repository / ".mnemo"
    for path in (*folder.iterdir(), folder):
        path.chmod(0o500 if path.is_dir() else 0o400)
    try:
        assert run("inbox")["claims"][0]["address"] == address
        assert run("inbox", "--keep", address)["ok"] is False
    finally:
        for path in (folder, *folder.iterdir()):
            path.chmod(0o700 if path.is_dir() else 0o600)


def test_two_processes_settle_a_claim_once(repository: Path, run: Any) -> None:
    address = captured("tabs are used")
    projects.closing()
    both = [
        subprocess.Popen([program(), "inbox", "--json", flag, address], stdout=subprocess.PIPE, text=True)
        for flag in ("--keep", "--drop")
    ]
    records = [json.loads(each.communicate(timeout=30)[0]) for each in both]
    assert sum(len(record["kept"]) + len(record["dropped"]) for record in records) == 1
    assert sum(len(record["already"]) for record in records) == 1
    assert len(run("show", address)["history"]) == 2
