"""Failing anchors are grouped by cause, and one answer settles a group."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mnemo.tools import mending
from tests.repos import commit, git
from tests.tools.corrections import CODE, Person, Record, claimed, editor


def test_a_moved_definition_is_followed_by_repair(repository: Path, run: Any, locked: str) -> None:
    commit(
        repository,
        "move",
        {"src/locks.py": "LIMIT = 5\n", "src/accounts.py": CODE.replace("LIMIT = 5\n", "")},
    )
    assert [one["state"] for one in run("verify")["findings"]] == ["missing"]
    record = run("verify", "--repair")
    assert (record["repaired"], record["findings"], record["ok"]) == ([locked], [], 1)
    (anchor,) = run("show", locked)["claim"]["anchors"]
    assert (anchor["path"], anchor["state"]) == ("src/accounts.py", "ok")


def test_a_moved_passage_is_followed_by_repair(repository: Path, run: Any) -> None:
    commit(repository, "code", {"a.sh": "set -e\nbuild one\nbuild two\n", "b.sh": "true\n"})
    address = claimed("two builds", anchors=["a.sh:2-3"])
    commit(repository, "move", {"a.sh": "set -e\n", "b.sh": "true\nbuild one\nbuild two\n"})
    assert run("verify", "--repair")["repaired"] == [address]
    assert run("verify")["findings"] == []


def test_a_copy_that_was_there_before_is_no_move(repository: Path, run: Any) -> None:
    commit(repository, "code", {"a.sh": "set -e\nbuild one\nbuild two\n", "b.sh": "build one\nbuild two\n"})
    claimed("two builds", anchors=["a.sh:2-3"])
    commit(repository, "shorter", {"a.sh": "set -e\n"})
    record = run("verify", "--repair")
    assert record["repaired"] == []
    assert [one["state"] for one in record["findings"]] == ["missing"]


def test_repair_follows_what_moved_beside_what_failed(repository: Path, run: Any) -> None:
    commit(repository, "code", {"src/locks.py": CODE, "b.txt": "b\n"})
    address = claimed("both", anchors=["src/locks.py::lock", "b.txt"])
    git(repository, "mv", "src/locks.py", "src/safes.py")
    (repository / "b.txt").unlink()
    record = run("verify", "--repair")
    assert record["repaired"] == [address]
    assert [one["anchor"]["path"] for one in record["findings"]] == ["b.txt"]


def causes(record: Record) -> dict[str, Record]:
    """Return the groups by their cause."""
    return {group["cause"]: group for group in record["groups"]}


def test_failing_anchors_are_grouped_by_cause(repository: Path, run: Any) -> None:
    files = {
        "src/locks.py": CODE, "old.txt": "old\n", "gone.txt": "x\n", "lines.sh": "one\ntwo\nthree\n",
        "requirements.txt": "requests>=2\n", "conf.ini": "port = 1\n",
    }  # fmt: skip
    commit(repository, "code", files)
    claimed("renamed one", anchors=["old.txt"])
    claimed("renamed two", anchors=["old.txt:1-1"])
    claimed("deleted", anchors=["gone.txt"])
    claimed("changed", anchors=["lines.sh:1-3"])
    claimed("depends", anchors=[{"type": "dependency", "name": "requests"}])
    claimed("configured", anchors=[{"type": "grep", "pattern": "port = 1", "path": "conf.ini"}])
    claimed("locks", anchors=["src/locks.py::lock"])
    git(repository, "mv", "old.txt", "new.txt")
    changed = {
        "src/locks.py": CODE.replace("def lock", "def close"), "gone.txt": None, "conf.ini": "port = 2\n",
        "lines.sh": "one\n2\nthree\n", "requirements.txt": "\n",
    }  # fmt: skip
    commit(repository, "change", changed)
    groups = causes(run("mend"))
    assert set(groups) == {"renamed", "deleted", "changed", "dependency", "pattern", "gone"}
    renamed = groups["renamed"]
    assert (renamed["place"], renamed["certain"], len(renamed["claims"])) == ("new.txt", True, 2)
    assert groups["gone"]["place"] == "src/locks.py::close"
    assert groups["gone"]["certain"] is False
    assert groups["changed"]["can"] == ["repin", "supersede", "forget"]
    assert groups["deleted"]["can"] == ["unpin", "supersede", "forget"]
    assert [group["group"] for group in run("mend")["groups"]] == [
        group["group"] for group in groups.values()
    ]


def test_yes_follows_only_what_is_certain(repository: Path, run: Any) -> None:
    commit(repository, "code", {"src/locks.py": CODE, "old.txt": "old\n"})
    followed = claimed("renamed", anchors=["old.txt"])
    claimed("locks", anchors=["src/locks.py::lock"])
    git(repository, "mv", "old.txt", "new.txt")
    commit(repository, "rename", {"src/locks.py": CODE.replace("def lock", "def close")})
    record = run("mend", "--yes")
    assert record["mended"] == {"follow": [followed]}
    assert [group["cause"] for group in record["groups"]] == ["gone"]


def test_a_group_is_followed_repinned_or_forgotten_by_its_id(repository: Path, run: Any, locked: str) -> None:
    commit(repository, "more", {"lines.sh": "one\ntwo\nthree\n", "gone.txt": "x\n", "free.txt": "x\n"})
    pinned = claimed("changed", anchors=["lines.sh:1-3"])
    dropped = claimed("deleted", anchors=["gone.txt"])
    loose = claimed("was freed", anchors=["free.txt"])
    changed = {"lines.sh": "one\n2\nthree\n", "gone.txt": None, "free.txt": None}
    commit(repository, "change", {**changed, "src/locks.py": CODE.replace("def lock", "def close")})
    groups = run("mend")["groups"]
    by_claim = {group["claims"][0]["address"]: group["group"] for group in groups}
    record = run(
        "mend", "--follow", by_claim[locked], "--repin", by_claim[pinned], "--repin", by_claim[loose],
        "--forget", by_claim[dropped], "--why", "no longer needed",
    )  # fmt: skip
    assert record["mended"] == {
        "follow": [locked], "repin": [pinned], "unpin": [loose], "forget": [dropped],
    }  # fmt: skip
    assert run("mend")["groups"] == []
    assert run("show", locked)["claim"]["anchors"][0]["name"] == "close"
    assert run("show", pinned)["claim"]["verdict"] == "proven"
    assert run("show", loose)["claim"]["verdict"] == "unanchored"
    assert run("show", dropped)["assertions"][0]["reason"] == "no longer needed"
    assert "nothing fails" in run("mend", "--follow", by_claim[locked])["fix"]


def test_a_broken_branch_withdraws_nothing_from_the_others(repository: Path, run: Any, locked: str) -> None:
    git(repository, "checkout", "-qb", "other")
    commit(repository, "remove", {"src/locks.py": None})
    (group,) = run("mend")["groups"]
    assert run("mend", "--forget", group["group"])["mended"] == {"forget": [locked]}
    assert run("claims")["claims"] == []
    git(repository, "checkout", "-q", "main")
    assert [one["address"] for one in run("claims")["claims"]] == [locked]


def test_a_walk_answers_a_group_with_one_key(repository: Path, run: Any, tmp_path: Path) -> None:
    commit(repository, "code", {"lines.sh": "one\ntwo\nthree\n", "old.txt": "old\n", "gone.txt": "x\n"})
    followed = claimed("renamed", anchors=["old.txt"])
    rewritten = claimed("two is second", anchors=["lines.sh:1-3"])
    dropped = claimed("deleted", anchors=["gone.txt"])
    git(repository, "mv", "old.txt", "new.txt")
    commit(repository, "change", {"lines.sh": "one\n2\nthree\n", "gone.txt": None})
    editor(tmp_path, 'sed -i "s/^two is/2 is/" "$1"')
    keys = {followed: "f", rewritten: "s", dropped: "x"}

    class Quick(Person):
        def __call__(self, kind: str, record: Record, choices: dict[str, str]) -> str:
            super().__call__(kind, record, choices)
            return keys[record["claims"][0]["address"]]

    record = mending.mend(ask=Quick())
    assert record["mended"] == {"follow": [followed], "supersede": [rewritten], "forget": [dropped]}
    assert record["deeds"] == 3
    (new,) = [one for one in run("claims")["claims"] if one["content"] == "2 is second"]
    assert new["verdict"] == "proven"
    assert run("show", dropped)["assertions"][0]["reason"] == "gone.txt is gone"
    assert run("mend")["groups"] == []


def test_what_was_corrected_while_the_question_stood_is_left_alone(
    repository: Path, run: Any, locked: str
) -> None:
    git(repository, "mv", "src/locks.py", "src/safes.py")
    told: list[str] = []

    class Slow(Person):
        def __call__(self, kind: str, record: Record, choices: dict[str, str]) -> str:
            run("forget", locked)
            return "f"

    record = mending.mend(ask=Slow(), say=told.append)
    assert (record["mended"], record["deeds"]) == ({"follow": []}, 0)
    assert "meanwhile" in told[0]


@pytest.mark.parametrize("committed", [(True, True), (True, False), (False, True), (False, False)])
def test_what_was_followed_once_is_followed_again(
    repository: Path, run: Any, committed: tuple[bool, bool]
) -> None:
    commit(repository, "code", {"one.py": CODE})
    pattern = {"type": "grep", "path": "one.py", "pattern": "locked"}
    anchors: list[Any] = ["one.py", "one.py:1-4", "one.py::lock", pattern]
    followed = {claimed(f"fact of the {n} kind", anchors=[one]) for n, one in enumerate(anchors)}
    for old, new, done in (("one", "two", committed[0]), ("two", "three", committed[1])):
        git(repository, "mv", f"{old}.py", f"{new}.py")
        if done:
            commit(repository, f"to {new}")
        assert set(run("verify", "--repair")["repaired"]) == followed
    for one in run("claims")["claims"]:
        assert [(each["path"], each["state"]) for each in one["anchors"]] == [("three.py", "ok")]


def test_what_was_claimed_before_it_was_committed_is_followed(repository: Path, run: Any) -> None:
    (repository / "old.py").write_text(CODE)
    address = claimed("accounts are locked", anchors=["old.py", "old.py::lock"])
    commit(repository, "born")
    git(repository, "mv", "old.py", "new.py")
    commit(repository, "renamed")
    assert run("verify", "--repair")["repaired"] == [address]
