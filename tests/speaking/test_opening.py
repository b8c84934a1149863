"""The start of a session: what is open, what is loud, what is no longer true."""

from __future__ import annotations

import os
import stat

import pytest

from mnemo.ledger.tasks import add_task
from mnemo.tokens import estimate
from tests.repos import checkout, write
from tests.speaking.places import Corner, told
from tests.stores import on, withdraw


def test_an_empty_store_says_in_one_line_what_to_do(corner: Corner) -> None:
    said = corner.start()
    assert said.text.count("\n") == 0
    assert "`mnemo import auto`" in said.text
    assert "claim" in said.text
    assert said.person == "mnemo: no claims yet; `mnemo import auto` brings in what the project already knows"
    assert not (corner.top / ".mnemo").exists()


def test_a_start_tells_branch_tasks_and_loud_claims(corner: Corner) -> None:
    loud = corner.claim("Never write to the replica", priority=900)
    louder = corner.claim("Money is kept in cents", "src/billing/invoice.py", priority=1000)
    corner.claim("Quite ordinary", priority=499)
    with corner.db.transaction() as connection:
        task = add_task(connection, "Print the \x1b[31minvoice", at=on("main"), now=corner.now)["task"]
        add_task(connection, "Elsewhere", at=on("other"), now=corner.now)
    said = corner.start()
    assert said.text.splitlines()[:4] == [
        "mnemo on main: 3 claims; recall finds them",
        "open tasks: 1",
        f"{task[:13]} pending: Print the \\x1b[31minvoice",
        "loud claims; lines behind > are quoted data",
    ]
    assert told(said) == [louder, loud]
    assert [one.why for one in said.told] == ["priority 1", "priority 0.9"]
    assert said.person == "mnemo: 3 claims"


def test_a_loud_claim_told_at_the_start_is_not_told_again(corner: Corner) -> None:
    address = corner.claim("Money is kept in cents", "src/app.py", priority=1000)
    assert told(corner.start()) == [address]
    assert corner.read("src/app.py").text == ""
    assert told(corner.start("resume")) == []
    assert told(corner.start("compact")) == [address]


def test_what_the_code_refuted_is_told_once_and_counted_until_it_holds_again(corner: Corner) -> None:
    address = corner.claim(
        "The rate is a fifth", {"type": "grep", "path": "src/billing/vat.py", "pattern": "0.2"}
    )
    corner.claim("The application returns one", "src/app.py")
    assert corner.start(session="1").person == "mnemo: 2 claims"
    write(corner.top, {"src/billing/vat.py": "RATE = 19\n"})
    said = corner.start(session="2")
    assert said.person == "mnemo: 2 claims, 1 no longer true"
    assert "no longer supported by the code since the last session (verify tells more):" in said.text
    assert f"{address[:12]}: src/billing/vat.py does not hold '0.2'" in said.text
    assert told(said) == []
    again = corner.start(session="3")
    assert again.person == "mnemo: 2 claims, 1 no longer true"
    assert "since the last session" not in again.text
    write(corner.top, {"src/billing/vat.py": "RATE = 0.2\n"})
    assert corner.start(session="4").person == "mnemo: 2 claims"
    write(corner.top, {"src/billing/vat.py": None})
    assert "src/billing/vat.py does" in corner.start(session="5").text


def test_a_claim_that_was_withdrawn_is_no_longer_counted_as_untrue(corner: Corner) -> None:
    address = corner.claim("There is a file", "src/app.py")
    corner.claim("Something else")
    write(corner.top, {"src/app.py": None})
    assert corner.start().person == "mnemo: 2 claims, 1 no longer true"
    with corner.db.transaction() as connection:
        withdraw(connection, address)
    assert corner.start().person == "mnemo: 1 claim"


def test_what_is_refuted_on_another_branch_does_not_count_here(corner: Corner) -> None:
    corner.claim("There is a file", "src/app.py")
    write(corner.top, {"src/app.py": None})
    assert "1 no longer true" in corner.start().person
    write(corner.top, {"src/app.py": "x = 1\n"})
    checkout(corner.top, "other", new=True)
    assert "no longer" not in corner.start().person


def test_a_start_without_time_goes_on_where_it_stopped(corner: Corner) -> None:
    for number in range(5):
        corner.claim(f"File {number}", f"f{number}.py")
    corner.left_s = -1.0
    assert corner.start().person == "mnemo: 5 claims"
    corner.left_s = 5.0
    assert corner.start().person == "mnemo: 5 claims, 5 no longer true"


def test_a_loud_claim_that_is_refuted_is_not_told_as_true(corner: Corner) -> None:
    corner.claim("There is a file", "src/app.py", priority=900)
    write(corner.top, {"src/app.py": None})
    said = corner.start()
    assert told(said) == []
    assert "1. " not in said.text


def test_a_start_keeps_to_500_tokens(corner: Corner) -> None:
    for number in range(40):
        corner.claim(f"Rule {number}: " + "keep every sentence of this rule in mind " * 12, priority=800)
        corner.claim(f"Gone {number} " + "word " * 40, f"gone{number}.py")
    with corner.db.transaction() as connection:
        for number in range(30):
            add_task(connection, f"Task {number} " + "x" * 150, at=on("main"), now=corner.now)
    said = corner.start()
    assert 300 < estimate(said.text) <= 500
    assert "open tasks: 5 and more" in said.text
    assert "and 36 more" in said.text
    assert said.told


def test_small_tokens_leave_the_start_as_it_is(corner: Corner) -> None:
    corner.claim("Money is kept in cents", priority=1000)
    corner.environ["MNEMO_HOOK_TOKENS"] = "40"
    assert len(corner.start().told) == 1


@pytest.mark.parametrize(
    "spoilt", [b"", b"{", b"[1]", b'{"refuted": 3, "since": "x", "count": [], "loud": {}}']
)
def test_spoilt_notes_are_forgotten(corner: Corner, spoilt: bytes) -> None:
    corner.claim("There is a file", "src/app.py", priority=900)
    corner.start(session="1")
    hooks = corner.top / ".mnemo" / "hooks"
    for note in hooks.glob("*.json"):
        note.write_bytes(spoilt)
    said = corner.start(session="2")
    assert said.person == "mnemo: 1 claim"
    assert len(said.told) == 1


def test_only_the_owner_can_read_what_is_noted(corner: Corner) -> None:
    corner.claim("There is a file", "src/app.py", priority=900)
    corner.start()
    hooks = corner.top / ".mnemo" / "hooks"
    assert stat.S_IMODE(hooks.stat().st_mode) == 0o700
    names = os.listdir(hooks)
    assert len(names) == 3
    assert {stat.S_IMODE((hooks / name).stat().st_mode) for name in names} == {0o600}


def test_what_was_refuted_stays_so_while_nothing_can_be_judged(corner: Corner) -> None:
    corner.claim("There is a file", "src/app.py")
    write(corner.top, {"src/app.py": None})
    assert "1 no longer true" in corner.start().person
    write(corner.top, {".git/MERGE_HEAD": "0" * 40 + "\n"})
    assert "1 no longer true" in corner.start().person
    write(corner.top, {".git/MERGE_HEAD": None, "src/app.py": "x = 1\n"})
    assert corner.start().person == "mnemo: 1 claim"
