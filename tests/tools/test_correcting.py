"""Claims are edited, forgotten and brought back, on the command line."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest

from mnemo.tools import correcting
from tests.repos import commit, git
from tests.tools.corrections import CODE, Person, Record, captured, claimed, editor, standing
from tests.tools.faces import python
from tests.warm import program

CACHE = "the cache holds five hundred entries per user because memory is scarce on small machines"


def test_fields_are_edited_below_the_text(repository: Path, run: Any, tmp_path: Path) -> None:
    commit(repository, "code", {"src/locks.py": CODE})
    address = claimed("accounts\nare locked", why="audit", anchors=["src/locks.py::lock"], tags=["x"])
    editor(
        tmp_path,
        'sed -i -e "s/^accounts/Accounts/" -e "s/^# why: audit/# why: the audit/" '
        '-e "s/^# tags: x/# tags: x, y/" '
        '-e "s/^# domain:.*/# domain: decisions/" -e "s/^# anchor:.*/&\\n# anchor: src\\/locks.py/" "$1"',
    )
    new = run("edit", address)["claims"][0]["address"]
    claim = run("show", new)["claim"]
    assert (claim["content"], claim["why"], claim["tags"]) == (
        "Accounts\nare locked",
        "the audit",
        ["x", "y"],
    )
    assert (claim["domain"], claim["verdict"], len(claim["anchors"])) == ("decisions", "proven", 2)
    assert standing(run, address) == "superseded"


def test_another_reason_alone_keeps_the_claim_and_its_address(
    repository: Path, run: Any, tmp_path: Path
) -> None:
    address = claimed("accounts are locked", why="audit")
    editor(tmp_path, 'sed -i "s/^# why:.*/# why: a better one/" "$1"')
    record = run("edit", address)
    assert ([one["address"] for one in record["claims"]], record["superseded"]) == ([address], [])
    assert run("show", address)["claim"]["why"] == "a better one"


@pytest.mark.parametrize("script", ["true", ': > "$1"'])
def test_an_unchanged_or_empty_text_changes_nothing(
    repository: Path, run: Any, tmp_path: Path, home: Path, script: str
) -> None:
    address = claimed("# A heading\n\n# why: this is text\nand more", why="several\nlines")
    editor(tmp_path, script)
    record = run("edit", address)
    assert (record["claims"], record["notes"]) == ([], ["nothing was changed"])
    assert len(run("show", address)["history"]) == 1
    assert list(Path(os.environ["TMPDIR"]).glob("mnemo-*")) == []


def test_a_broken_field_keeps_the_text_in_a_file(repository: Path, run: Any, tmp_path: Path) -> None:
    address = claimed("accounts are locked")
    editor(tmp_path, 'sed -i -e "s/^accounts/All accounts/" -e "s/^# domain:.*/# domain: nonsense/" "$1"')
    record = run("edit", address)
    assert "nonsense" in record["message"]
    (kept,) = Path(os.environ["TMPDIR"]).glob("mnemo-*")
    assert str(kept) in record["fix"]
    assert "All accounts" in kept.read_text()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert standing(run, address) == "active"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "no $EDITOR"),
        ("no-such-editor-here", "could not be started"),
        ("false", "ended with 1"),
        ('"', "no $"),
    ],
)
def test_an_editor_that_fails_is_an_error(repository: Path, run: Any, name: str, said: str) -> None:
    address = claimed("accounts are locked")
    os.environ["EDITOR"] = name
    record = run("edit", address)
    assert said in record["message"]
    assert list(Path(os.environ["TMPDIR"]).glob("mnemo-*")) == []
    assert standing(run, address) == "active"


def test_only_the_first_of_two_edits_counts(repository: Path, run: Any, tmp_path: Path) -> None:
    address = claimed("accounts are locked")
    inner = f'"{program()}" edit {address} --content "the other was faster" >/dev/null'
    editor(tmp_path, f'{inner}\nsed -i "s/^accounts/All accounts/" "$1"')
    record = run("edit", address)
    assert record["error"] == "conflict"
    assert "the other was faster" in record["message"]
    assert "The text is kept in" in record["fix"]
    assert [one["content"] for one in run("claims")["claims"]] == ["the other was faster"]


def test_a_withdrawn_claim_is_not_edited(repository: Path, run: Any) -> None:
    address = claimed("accounts are locked")
    new = run("edit", address, "--content", "accounts are closed")["claims"][0]["address"]
    assert new[:12] in run("edit", address, "--content", "again")["fix"]
    run("forget", new, "--why", "nobody does that")
    assert "nobody does that" in run("edit", new, "--content", "again")["message"]


def test_a_text_is_read_from_standard_input(repository: Path, run: Any) -> None:
    address = claimed("accounts are locked")
    command = [program(), "edit", address, "--content", "-"]
    subprocess.run(command, input="two\nlines\n", text=True, check=True, capture_output=True)
    assert run("show", run("claims")["claims"][0]["address"])["claim"]["content"] == "two\nlines"


def test_a_session_is_forgotten_as_one_deed_and_comes_back_as_one(repository: Path, run: Any) -> None:
    first, second = captured("tabs are used"), captured("make is needed")
    kept = claimed("an agent said so")
    record = run("forget", "--session", "session-1", "--why", "it was confused")
    assert set(record["forgotten"]) == {first, second}
    assert [one["address"] for one in run("claims")["claims"]] == [kept]
    (undone,) = run("undo")["undone"]
    assert undone["kind"] == "forget"
    assert len(run("claims")["claims"]) == 3


def test_forgetting_twice_is_said_and_not_done_twice(repository: Path, run: Any) -> None:
    address = claimed("accounts are locked")
    run("forget", address, "--why", "the first reason")
    record = run("forget", address, address[:9], "--why", "another")
    assert (record["forgotten"], len(record["already"])) == ([], 1)
    assert record["already"][0]["reason"] == "the first reason"
    assert len(run("show", address)["history"]) == 2


def test_an_unknown_or_ambiguous_address_forgets_nothing(repository: Path, run: Any) -> None:
    addresses = [claimed(f"statement {number}") for number in range(40)]
    assert run("forget", addresses[0], "ffffffffffff")["error"] == "not_found"
    assert len(run("claims", "--limit", "100")["claims"]) == 40


def test_a_person_is_asked_once_before_anything_is_forgotten(repository: Path, run: Any) -> None:
    addresses = [claimed("one thing"), claimed("another thing")]
    person = Person("n")
    record = correcting.forget(addresses, ask=person)
    assert (record["forgotten"], record["notes"]) == ([], ["nothing was forgotten"])
    assert [one["content"] for one in person.seen[0][1]["claims"]] == ["one thing", "another thing"]
    assert correcting.forget(addresses, ask=Person("y"))["forgotten"] == addresses
    assert correcting.forget(addresses, yes=True, ask=Person())["forgotten"] == []


def test_purge_reaches_what_hooks_noted_and_the_reason(repository: Path, run: Any) -> None:
    address = claimed("unspeakable zanzibar")
    run("forget", address, "--why", "zanzibar is over")
    notes = repository / ".mnemo" / "hooks" / "0123.jsonl"
    notes.parent.mkdir()
    notes.write_text(f'{{"told": [["{address}", "unspeakable zanzibar", "why"]]}}\n{{"told": []}}\n')
    record = run("forget", address, "--purge")
    assert (record["forgotten"], notes.read_text()) == ([address], '{"told": []}\n')
    for path in (repository / ".mnemo").rglob("*"):
        assert not path.is_file() or b"zanzibar" not in path.read_bytes(), path
    assert run("forget", address, "--purge")["already"][0]["standing"] == "purged"


def test_what_cannot_be_undone_is_said_with_the_reason(repository: Path, run: Any) -> None:
    kept, gone = claimed("kept"), claimed("erased")
    run("forget", gone, "--purge")
    record = run("undo", "2")
    assert [one["summary"].split()[0] for one in record["undone"]] == ["claimed", "claimed"]
    assert "for ever" in record["lasting"][0]["reason"]
    assert standing(run, gone) == "purged"
    assert run("show", kept)["error"] == "not_found"


def test_a_person_sees_what_would_be_undone(repository: Path, run: Any) -> None:
    address = claimed("accounts are locked")
    person = Person("n")
    assert correcting.undo(ask=person)["undone"] == []
    assert "accounts are locked" in person.seen[0][1]["deeds"][0]["summary"]
    assert standing(run, address) == "active"
    assert len(correcting.undo(ask=Person("y"))["undone"]) == 1


def test_what_another_process_undid_meanwhile_is_not_undone_again(repository: Path, run: Any) -> None:
    claimed("stays")
    claimed("goes")

    class Slow(Person):
        def __call__(self, kind: str, record: Record, choices: dict[str, str]) -> str:
            run("undo")
            return "y"

    record = correcting.undo(ask=Slow())
    assert record["undone"] == []
    assert "meanwhile" in record["notes"][0]
    assert [one["content"] for one in run("claims")["claims"]] == ["stays"]


def test_mending_and_keeping_are_undone_too(repository: Path, run: Any, locked: str) -> None:
    waiting = captured("tabs are used")
    run("inbox", "--keep", waiting)
    git(repository, "mv", "src/locks.py", "src/safes.py")
    run("mend", "--yes")
    assert [one["kind"] for one in run("undo", "2")["undone"]] == ["repair", "confirm"]
    assert run("show", locked)["claim"]["anchors"][0]["path"] == "src/locks.py"
    assert standing(run, waiting) == "unconfirmed"


@pytest.mark.parametrize("count", ["0", "-3"])
def test_a_senseless_number_undoes_nothing(repository: Path, run: Any, count: str) -> None:
    claimed("stays")
    assert run("undo", "--count", count)["ok"] is False
    assert len(run("claims")["claims"]) == 1


def test_a_global_claim_is_corrected_from_any_repository(repository: Path, run: Any) -> None:
    address = claimed("I like short functions", scope="global")
    new = run("edit", address, "--content", "I like very short functions")["claims"][0]["address"]
    assert run("show", new)["claim"]["scope"] == "global"
    assert standing(run, address) == "superseded"
    assert run("forget", new)["forgotten"] == [new]
    (undone,) = run("undo")["undone"]
    assert undone["everywhere"] is True
    assert standing(run, new) == "active"


def test_a_claim_near_a_retracted_one_quotes_the_reason(repository: Path, run: Any) -> None:
    old = claimed(CACHE)
    run("forget", old, "--why", "measured: it holds fifty")
    new = python("claim", content=CACHE.replace("small", "tiny"))["claims"][0]
    (conflict,) = new["conflicts"]
    assert (conflict["address"], "measured: it holds fifty" in conflict["reason"]) == (old, True)
    assert run("show", new["address"])["conflicts"][0]["address"] == old


def test_a_claim_near_a_superseded_one_names_what_replaced_it(repository: Path, run: Any) -> None:
    old = claimed(CACHE)
    new = claimed("redis keeps fifty sessions", supersedes=[old])
    record = python("claim", content=CACHE.replace("small", "tiny"))["claims"][0]
    (conflict,) = record["conflicts"]
    assert conflict["address"] == old
    assert "was superseded" in conflict["reason"]
    assert new[:12] in conflict["reason"]
    assert "redis keeps fifty sessions" in conflict["reason"]


def test_an_edit_is_not_held_against_its_own_past(repository: Path, run: Any) -> None:
    address = claimed(CACHE)
    for word in ("tiny", "old", "slow"):
        text = CACHE.replace("small", word)
        (record,) = run("edit", address, "--content", text)["claims"]
        assert (record["duplicates"], record["conflicts"]) == ([], [])
        address = record["address"]
