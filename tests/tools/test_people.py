"""What people correct on the command line: claims, show, edit, forget, undo, export."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from mnemo.interfaces import cli
from mnemo.tools import people
from tests.repos import commit
from tests.tools.faces import python


def test_claims_are_listed_newest_first_and_filtered(repository: Path, run: Any) -> None:
    commit(repository, "code", {"a.py": "a = 1\n"})
    python("claim", content="first rule", domain="patterns")
    python("claim", content="a is one", anchors=["a.py"])
    assert [one["content"] for one in run("claims")["claims"]] == ["a is one", "first rule"]
    assert [one["content"] for one in run("claims", "--domain", "patterns")["claims"]] == ["first rule"]
    assert [one["content"] for one in run("claims", "--path", "a.py")["claims"]] == ["a is one"]
    assert [one["content"] for one in run("claims", "--verdict", "proven")["claims"]] == ["a is one"]
    assert len(run("claims", "--since", "1h")["claims"]) == 2
    assert run("claims", "--source", "import")["claims"] == []
    assert "banana" in run("claims", "--verdict", "banana")["message"]


def test_show_tells_a_claim_in_full_with_its_history(repository: Path, run: Any) -> None:
    address = python("claim", content="headline\nand the rest", why="because")["claims"][0]["address"]
    python("claim", retracts=[address], why="it was wrong")
    record = run("show", address[:8])
    assert record["claim"]["content"] == "headline\nand the rest"
    assert record["claim"]["standing"] == "retracted"
    assert [one["did"] for one in record["history"]] == ["assert", "retract"]
    assert record["assertions"][0]["reason"] == "it was wrong"


def test_edit_saves_a_superseding_claim_with_the_same_anchors(
    repository: Path, run: Any, tmp_path: Path
) -> None:
    commit(repository, "code", {"a.py": "a = 1\nb = 2\n"})
    old = python("claim", content="a is one", anchors=["a.py:1-1"], tags=["x"])["claims"][0]["address"]
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nprintf "a is exactly one" > "$1"\n')
    editor.chmod(editor.stat().st_mode | stat.S_IXUSR)
    os.environ["EDITOR"] = str(editor)
    record = run("edit", old[:8])
    assert record["superseded"] == [old]
    (one,) = python("recall", query="exactly one")["claims"]
    assert (one["verdict"], one["tags"]) == ("proven", ["x"])
    assert "no $EDITOR" in _without_editor(run, one["address"])["message"]


def _without_editor(run: Any, address: str) -> Any:
    del os.environ["EDITOR"]
    return run("edit", address)


def test_forget_withdraws_and_purge_erases_every_byte(repository: Path, run: Any) -> None:
    keep = python("claim", content="kept for ever")["claims"][0]["address"]
    gone = python("claim", content="unspeakable zanzibar", why="zanzibar reason")["claims"][0]["address"]
    python("claim", content="unspeakable zanzibar", why="another zanzibar reason")
    record = run("forget", gone[:10], "--purge")
    assert record["forgotten"] == [gone]
    assert "not_reached" in record
    for path in (repository / ".mnemo").rglob("*"):
        if path.is_file():
            assert b"zanzibar" not in path.read_bytes(), path
    assert run("forget", keep[:10])["forgotten"] == [keep]
    assert run("claims")["claims"] == []
    assert "erased" in run("show", gone)["claim"]["content"]


def test_everything_one_session_said_can_be_taken_back_as_a_set(repository: Path, run: Any) -> None:
    python("claim", batch=["one thing", "another thing"])
    assert len(run("forget", "--session", "python")["forgotten"]) == 2
    assert run("claims")["claims"] == []
    assert "nobody" in run("forget", "--session", "nobody")["message"]


def test_undo_takes_back_the_newest_deeds_one_by_one(repository: Path, run: Any) -> None:
    python("claim", content="stays")
    old = python("claim", content="comes back")["claims"][0]["address"]
    python("claim", content="goes", supersedes=[old])
    assert [one["kind"] for one in run("undo")["undone"]] == ["claim"]
    assert {one["content"] for one in run("claims")["claims"]} == {"stays", "comes back"}
    assert len(run("undo", "2")["undone"]) == 2
    assert run("claims")["claims"] == []
    assert run("undo")["ok"] is False


def test_export_is_a_json_list_of_what_is_live(
    repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    python("claim", batch=["one \x1b[31mred", "two"])
    assert cli.main(["export"]) == 0
    memories = json.loads(capsys.readouterr().out)
    assert [one["content"] for one in memories] == ["one \x1b[31mred", "two"]
    people.export(str(tmp_path / "out.json"))
    assert json.loads((tmp_path / "out.json").read_text()) == memories
    assert stat.S_IMODE((tmp_path / "out.json").stat().st_mode) == 0o600
