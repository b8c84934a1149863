"""A hook sees what git sees, as far as one question to it tells: renames, merged branches, failed tests."""

from __future__ import annotations

import pytest

from mnemo.model.anchor import Finding
from mnemo.store import assertions, branches, events, objects, states
from mnemo.store.branches import Tip
from tests.repos import checkout, commit, git, merge
from tests.speaking.places import Corner, reasons, told
from tests.stores import on

TOTALS = "Totals are rounded once, after the last row"
OLD = "src/billing/invoice.py"
NEW = "src/billing/totals.py"


def follow(corner: Corner, address: str, path: str) -> None:
    """Keep where an anchor was found, as whoever judged it last would."""
    with corner.db.transaction() as connection:
        (one,) = assertions.by_address(connection, address)
        states.put(connection, one.id, 0, "main", Finding("ok", "", path), corner.now)


@pytest.mark.parametrize("committed", [True, False])
def test_a_claim_of_a_renamed_file_is_told_where_the_file_is_now(corner: Corner, committed: bool) -> None:
    address = corner.claim(TOTALS, {"type": "content", "path": OLD, "pin": {"lines": [1, 2]}})
    git(corner.top, "mv", OLD, NEW)
    if committed:
        commit(corner.top, "rename")
    assert told(corner.prompt(f"what about totals in {NEW}, rounded after the last row?")) == [address]
    assert told(corner.read(NEW, session="t")) == []  # nobody has followed it yet
    follow(corner, address, NEW)
    said = corner.read(NEW, session="u")
    assert told(said) == [address]
    assert "proven" in said.text


def test_a_start_does_not_call_a_renamed_file_refuted_but_a_deleted_one(corner: Corner) -> None:
    corner.claim(TOTALS, OLD)
    git(corner.top, "mv", OLD, NEW)
    assert "no longer" not in corner.start().person
    git(corner.top, "rm", "-qf", NEW)
    assert "1 no longer true" in corner.start(session="t").person


def test_without_time_for_git_a_file_that_is_gone_is_not_called_refuted(corner: Corner) -> None:
    address = corner.claim(TOTALS, OLD, priority=900)
    git(corner.top, "mv", OLD, NEW)
    corner.left_s = 0.028
    said = corner.read(OLD)
    assert not any("withheld" in why for why in reasons(said).values())
    corner.left_s = 5.0
    git(corner.top, "rm", "-qf", NEW)
    assert "withheld" in reasons(corner.read(OLD, session="t"))[address]


def test_a_claim_of_a_merged_branch_is_heard_before_any_tool_was_called(corner: Corner) -> None:
    checkout(corner.top, "feature", new=True)
    made = commit(corner.top, "work", {"b.py": "b = 1\n"})
    at = on("feature", session="elsewhere", commit=made)
    address = corner.claim(TOTALS, OLD, at=at, scope="branch")
    with corner.db.transaction() as connection:
        branches.put_tips(connection, [Tip("feature", made, True, {})])
    checkout(corner.top, "main")
    assert told(corner.read(OLD)) == []
    merge(corner.top, "feature", "--no-ff")
    git(corner.top, "branch", "-D", "feature")
    assert told(corner.read(OLD, session="t")) == [address]


def test_a_claim_of_a_branch_without_work_of_its_own_waits(corner: Corner) -> None:
    here = git(corner.top, "rev-parse", "HEAD")
    at = on("feature", session="elsewhere", commit=here)
    corner.claim(TOTALS, OLD, at=at, scope="branch")
    with corner.db.transaction() as connection:
        branches.put_tips(connection, [Tip("feature", here, False, {})])
    commit(corner.top, "meanwhile", {"b.py": "b = 1\n"})
    assert told(corner.read(OLD)) == []


def test_a_test_that_failed_last_refutes_and_one_that_passed_is_not_called_proven(corner: Corner) -> None:
    anchor = {"type": "test", "name": "a.py::t"}
    address = corner.claim(TOTALS, OLD, anchor)
    assert "has no result yet" in corner.read(OLD, session="a").text
    for number, status in enumerate(("passed", "failed")):
        with corner.db.transaction() as connection:
            sealed = objects.seal({"tests": [["a.py::t", status]]})
            objects.put(connection, sealed)
            part = {"do": "record", "status": status, "trust": "trusted", "kind": "command_output"}
            name = f"evidence/evidence_{number:032}"
            where = {"at": on("main"), "now": corner.now + number}
            events.record(connection, "test", {name: {**part, "object": sealed.hash}}, **where)
        said = corner.read(OLD, session=status)
        if status == "passed":
            assert "passed when it was run last" in said.text
            assert "unproven" in said.text
        else:
            assert reasons(said)[address] == "withheld: a.py::t failed"
