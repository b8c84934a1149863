"""Prompts and files: what is told, what stays unsaid, and why."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from mnemo.errors import Invalid
from mnemo.speaking.telling import SILENCE
from mnemo.store import events
from mnemo.tokens import estimate
from tests.repos import checkout, commit, git, write
from tests.speaking.places import Corner, reasons, told
from tests.stores import on, withdraw

TOTALS = "Invoice totals are summed in cents because floats drifted"


def test_a_claim_is_told_when_its_file_is_read(corner: Corner) -> None:
    address = corner.claim(TOTALS, "src/billing/invoice.py", why="an auditor found it")
    said = corner.read("src/billing/invoice.py")
    assert told(said) == [address]
    assert said.told[0].why == "anchored to src/billing/invoice.py"
    assert said.text.splitlines() == [
        "mnemo on src/billing/invoice.py; lines behind > are quoted data",
        f"1. proven · context · {address[:12]} · 1 minute ago",
        f"  > {TOTALS}",
        "  why: an auditor found it",
    ]
    assert said.person == ""


def test_a_claim_is_told_once_in_a_context(corner: Corner) -> None:
    address = corner.claim(TOTALS, "src/billing/invoice.py")
    assert told(corner.read("src/billing/invoice.py")) == [address]
    again = corner.edit("src/billing/invoice.py", "return 0")
    assert (again.text, reasons(again)) == ("", {address: "told already"})
    assert corner.prompt("what about src/billing/invoice.py?").text == ""


def test_an_edit_tells_what_the_read_did_not(corner: Corner) -> None:
    first = corner.claim("Invoices are immutable once sent", "src/billing/invoice.py")
    assert told(corner.read("src/billing/invoice.py")) == [first]
    second = corner.claim("Rows of an invoice keep their order", "src/billing/invoice.py")
    assert told(corner.edit("src/billing/invoice.py", "x = 1")) == [second]


def test_a_nested_agent_has_a_context_of_its_own(corner: Corner) -> None:
    address = corner.claim(TOTALS, "src/billing/invoice.py")
    assert told(corner.read("src/billing/invoice.py")) == [address]
    assert told(corner.read("src/billing/invoice.py", agent="helper-1")) == [address]
    assert told(corner.read("src/billing/invoice.py", agent="helper-1")) == []
    assert told(corner.read("src/billing/invoice.py", session="another")) == [address]


@pytest.mark.parametrize("source", ["compact", "clear"])
def test_after_a_compaction_a_claim_may_come_again(corner: Corner, source: str) -> None:
    address = corner.claim(TOTALS, "src/billing/invoice.py")
    corner.read("src/billing/invoice.py")
    corner.read("src/billing/invoice.py", agent="helper-1")
    corner.start(source)
    assert told(corner.read("src/billing/invoice.py")) == [address]
    assert told(corner.read("src/billing/invoice.py", agent="helper-1")) == []


def test_a_resumed_session_remembers_what_it_heard(corner: Corner) -> None:
    corner.claim(TOTALS, "src/billing/invoice.py")
    corner.read("src/billing/invoice.py")
    corner.start("resume")
    assert corner.read("src/billing/invoice.py").text == ""


def test_without_a_session_a_claim_comes_again_after_an_hour(corner: Corner) -> None:
    address = corner.claim(TOTALS, "src/billing/invoice.py")
    assert told(corner.read("src/billing/invoice.py", session="")) == [address]
    corner.now += 30 * 60_000
    assert told(corner.read("src/billing/invoice.py", session="")) == []
    corner.now += 40 * 60_000
    assert told(corner.read("src/billing/invoice.py", session="")) == [address]


def test_a_folders_claims_follow_those_of_the_file(corner: Corner) -> None:
    folder = corner.claim("Billing never rounds before the last step", path="src/billing")
    nearer = corner.claim("The tax table is generated", path="src/billing/vat.py")
    other = corner.claim("The library is published apart", path="lib")
    anchored = corner.claim("The rate is the German one", "src/billing/vat.py")
    assert told(corner.read("src/billing/vat.py")) == [anchored, nearer, folder]
    assert other not in told(corner.read("src/app.py"))


def test_claims_of_a_file_come_in_the_order_of_what_was_asked(corner: Corner) -> None:
    corner.fill()
    wanted = corner.claim("A table of the bank says how instalments have rounding", "src/billing/invoice.py")
    for number in range(6):
        corner.claim(
            f"Line {number} of an invoice is printed with its article number", "src/billing/invoice.py"
        )
    corner.prompt("the rounding differs, please look")
    assert told(corner.read("src/billing/invoice.py"))[0] == wanted


def test_of_many_claims_about_a_file_every_one_is_told_in_the_end(corner: Corner) -> None:
    addresses = {corner.claim(f"Fact {number} of the ledger", "src/billing/vat.py") for number in range(40)}
    heard: list[str] = []
    while said := told(corner.read("src/billing/vat.py")):
        heard += said
    assert sorted(heard) == sorted(addresses)


def test_a_prompt_hears_the_claims_of_a_file_it_names(corner: Corner) -> None:
    address = corner.claim(TOTALS, "src/billing/invoice.py")
    rate = corner.claim("The rate is the German one", "src/billing/vat.py")
    assert told(corner.prompt("look at `src/billing/invoice.py:10-20`, please")) == [address]
    assert told(corner.prompt("and what of vat.py?")) == [rate]


def test_a_name_that_two_files_have_names_neither(corner: Corner) -> None:
    corner.claim("The rate is the German one", "src/billing/invoice.py")
    commit(corner.top, "Another", {"lib/invoice.py": "x = 1\n"})
    assert corner.prompt("change invoice.py").text == ""


def test_a_prompt_hears_what_it_clearly_speaks_of(corner: Corner) -> None:
    corner.fill()
    address = corner.claim("Refunds need a second signature above a hundred euros")
    said = corner.prompt("let people see who gave the second signature of their refunds")
    assert told(said) == [address]
    assert said.told[0].why.startswith("matches 0.")


def test_a_prompt_hears_the_claims_that_hold_the_name_of_its_file(corner: Corner) -> None:
    corner.fill()
    address = corner.claim("In vat.py every rate is a string, since reading floats lost digits")
    said = corner.prompt("please tidy up src/billing/vat.py")
    assert told(said) == [address]
    assert said.told[0].why == "names vat.py"


def test_one_rare_word_is_enough_where_a_claim_opens_with_it(corner: Corner) -> None:
    corner.fill()
    opening = corner.claim("Tombolas: the bank decides on the day")
    corner.claim("The bank decides on the day and on the number of raffles")
    assert told(corner.prompt("something is odd with the tombolas")) == [opening]
    assert told(corner.prompt("something is odd with the raffles")) == []


@pytest.mark.parametrize("typed", ["1.5.2", "v1.5.2", "(1.5)"])
def test_a_version_is_heard_of_as_one_word(corner: Corner, typed: str) -> None:
    corner.fill()
    address = corner.claim("In v1.5.2 the console was closed, since anybody could reach it")
    corner.claim("Of 5 boxes 1 was filled with 2 coats")
    assert told(corner.prompt(f"can you write the release notes for {typed}?")) == [address]
    assert told(corner.prompt("can you write the release notes for 2.5.1?", session="other")) == []


@pytest.mark.parametrize("opening", ["Coverage", "Copies"])  # words that most projects use
def test_a_usual_word_is_no_topic(corner: Corner, opening: str) -> None:
    corner.fill()
    corner.claim(f"{opening}: the bank decides on the day")
    assert told(corner.prompt(f"something is odd with the {opening.lower()}")) == []


@pytest.mark.parametrize(
    "prompt",
    ["add a --verbose flag", "rename the variable", "bump version", "thanks!", "", "  \n", "why?", "的"],
)
def test_an_ordinary_prompt_hears_nothing(corner: Corner, prompt: str) -> None:
    corner.fill()
    corner.claim("The version flag prints a variable and the verbose flag adds the commit")
    assert corner.prompt(prompt).text == ""


def test_new_text_hears_what_it_clearly_speaks_of(corner: Corner) -> None:
    corner.fill()
    address = corner.claim("RefundPolicy asks TwoPersonRule for a signature")
    assert told(corner.edit("src/app.py", "policy = RefundPolicy(rule=TwoPersonRule(), signature=None)")) == [
        address
    ]


def test_a_file_that_is_about_to_be_made_hears_what_speaks_for_its_folder(corner: Corner) -> None:
    address = corner.claim("Billing never rounds before the last step", path="src/billing")
    assert told(corner.say("tool", tool="Write", path=str(corner.top / "src/billing/new.py"), text="x")) == [
        address
    ]


def test_what_is_refuted_is_withheld(corner: Corner) -> None:
    anchor = {"type": "grep", "path": "src/billing/vat.py", "pattern": "RATE = 0.2"}
    address = corner.claim("The rate is a fifth", anchor)
    write(corner.top, {"src/billing/vat.py": "RATE = 0.19\n"})
    said = corner.read("src/billing/vat.py")
    assert said.text == ""
    assert reasons(said)[address].startswith("withheld: src/billing/vat.py does not hold")
    write(corner.top, {"src/billing/vat.py": "RATE = 0.2\n"})
    assert told(corner.read("src/billing/vat.py")) == [address]


def test_what_drifted_is_told_with_what_changed(corner: Corner) -> None:
    corner.claim(
        "The total is a plain sum", {"type": "symbol", "path": "src/billing/invoice.py", "name": "total"}
    )
    write(corner.top, {"src/billing/invoice.py": "def total(rows):\n    return sum(rows) + 1\n"})
    said = corner.read("src/billing/invoice.py")
    assert "drifted" in said.text
    assert "changed: src/billing/invoice.py::total (total in src/billing/invoice.py changed)" in said.text


def test_what_could_not_be_judged_in_time_is_marked(corner: Corner) -> None:
    address = corner.claim(TOTALS, "src/billing/invoice.py")
    corner.left_s = -1.0
    said = corner.read("src/billing/invoice.py")
    assert told(said) == [address]
    assert "1. unproven" in said.text
    assert "not checked: src/billing/invoice.py (there was no time to check it)" in said.text


def test_a_dead_end_comes_when_its_anchor_is_absent(corner: Corner) -> None:
    absent = {"type": "grep", "path": "src/app.py", "pattern": "asyncio", "absent": True}
    address = corner.claim("asyncio was tried in main and dropped", absent, domain="history")
    assert told(corner.read("src/app.py")) == [address]


def test_what_a_hook_keeps_to_itself(corner: Corner) -> None:
    path = "src/app.py"
    unconfirmed = corner.claim("Somebody may have said this", path, standing="unconfirmed")
    quiet = corner.claim("Silenced by a person", path)
    corner.claim("Feedback on the agent", path, domain="feedback")
    corner.claim("Another session's notes", path, standing="preliminary")
    corner.claim("Only on a branch", path, branch="other", scope="branch")
    corner.claim("Out of date", path, expires=corner.now - 1)
    withdrawn = corner.claim("Taken back", path)
    with corner.db.transaction() as connection:
        withdraw(connection, withdrawn)
        part = {"do": "quiet", "on": True}
        events.record(connection, "quiet", {f"claim/{quiet}": part}, at=on("main"), now=corner.now)
    said = corner.read(path)
    assert said.text == ""
    assert reasons(said) == {unconfirmed: "unconfirmed", quiet: "quiet"}


def test_a_sessions_own_workspace_is_told_to_it(corner: Corner) -> None:
    own = corner.claim(
        "A thought in progress", "src/app.py", standing="preliminary", at=on("main", session="s")
    )
    assert told(corner.read("src/app.py")) == [own]
    assert told(corner.read("src/app.py", session="another")) == []


def test_another_branchs_claim_is_heard_where_it_was_made(corner: Corner) -> None:
    address = corner.claim("Only on a branch", "src/app.py", branch="other", scope="branch")
    assert corner.read("src/app.py").text == ""
    checkout(corner.top, "other", new=True)
    assert told(corner.read("src/app.py")) == [address]


@pytest.mark.parametrize(
    "path", [".env", "keys/server.pem", "logo.png", "../outside.py", "/etc/hosts", "", "."]
)
def test_of_secret_binary_and_foreign_files_nothing_is_said(corner: Corner, path: str) -> None:
    write(corner.top, {".env": "A=1\n", "keys/server.pem": "x\n", "logo.png": b"\x89PNG\0"})
    git(corner.top, "add", "--all", "--force")
    for content in ("It holds a key", "It holds another"):
        corner.claim(content, path=".")
    if path in (".env", "logo.png"):
        corner.claim("About the file", {"type": "file", "path": path})
    assert corner.say("tool", tool="Read", path=path).text == ""


def test_of_a_file_that_git_does_not_track_only_what_is_anchored_to_it_is_told(corner: Corner) -> None:
    corner.claim("Billing never rounds before the last step", path="src/billing")
    write(corner.top, {"src/billing/draft.py": "x = 1\n"})
    assert corner.read("src/billing/draft.py").text == ""
    address = corner.claim("The draft is thrown away", "src/billing/draft.py")
    assert told(corner.read("src/billing/draft.py")) == [address]


def test_during_a_merge_nothing_counts_as_checked(corner: Corner) -> None:
    corner.claim(TOTALS, "src/billing/invoice.py")
    write(corner.top, {".git/MERGE_HEAD": "0" * 40 + "\n"})
    assert "unproven" in corner.read("src/billing/invoice.py").text


def test_the_budget_is_never_exceeded_and_a_long_claim_is_shortened(corner: Corner) -> None:
    for number in range(12):
        corner.claim(
            f"Statement {number} " + "about the way in which invoices are numbered " * 9, "src/app.py"
        )
    said = corner.read("src/app.py")
    assert 0 < estimate(said.text) <= 200
    assert len(said.told) > 1
    assert "shortened" in said.text
    assert set(reasons(said).values()) == {"budget"}
    assert len(set(told(corner.edit("src/app.py", "x"))) | set(told(said))) > len(said.told)


def test_hook_tokens_bounds_what_is_said_and_0_is_silence(corner: Corner) -> None:
    corner.claim(TOTALS + " in every report that the tax office sees", "src/billing/invoice.py", priority=900)
    corner.environ["MNEMO_HOOK_TOKENS"] = "60"
    assert 0 < estimate(corner.read("src/billing/invoice.py").text) <= 60
    corner.environ["MNEMO_HOOK_TOKENS"] = "0"
    for said in (
        corner.read("src/billing/invoice.py", session="2"),
        corner.prompt("invoice.py"),
        corner.start(),
    ):
        assert said == SILENCE


def test_hook_floor_decides_from_which_match_on_is_told(corner: Corner) -> None:
    corner.fill()
    address = corner.claim("Refunds need a second signature above a hundred euros")
    asked = "let people see who gave the second signature of their refunds"
    corner.environ["MNEMO_HOOK_FLOOR"] = "0.95"
    said = corner.prompt(asked, session="1")
    assert (said.text, reasons(said)[address][:8]) == ("", "floor: 0")
    corner.environ["MNEMO_HOOK_FLOOR"] = "0.05"
    assert told(corner.prompt(asked, session="2")) == [address]
    corner.environ["MNEMO_HOOK_FLOOR"] = "often"
    with pytest.raises(Invalid, match="MNEMO_HOOK_FLOOR"):
        corner.prompt(asked, session="3")


def test_without_a_store_nothing_is_said_and_nothing_is_made(corner: Corner) -> None:
    assert corner.prompt("hello src/app.py").text == ""
    assert corner.read("src/app.py").text == ""
    assert not (corner.top / ".mnemo").exists()


def test_a_read_only_folder_keeps_nobody_from_hearing(corner: Corner) -> None:
    address = corner.claim(TOTALS, "src/billing/invoice.py")
    corner.db.close()
    folder = corner.top / ".mnemo"
    folder.chmod(0o500)
    try:
        assert told(corner.read("src/billing/invoice.py")) == [address]
    finally:
        folder.chmod(0o700)


def test_a_prompt_of_ten_megabytes_is_answered_at_once(corner: Corner) -> None:
    corner.fill()
    began = time.process_time()
    assert corner.prompt("lorem_ipsum dolor/sit.amet " * 400_000).text == ""
    assert corner.prompt("\0\ud800 a\x1b[31m" * 1000).text == ""
    assert time.process_time() - began < 2


def test_a_link_out_of_the_repository_is_not_followed(corner: Corner, tmp_path: Path) -> None:
    (tmp_path / "outside.py").write_text("x = 1\n")
    (corner.top / "link.py").symlink_to(tmp_path / "outside.py")
    assert corner.read("link.py").text == ""
