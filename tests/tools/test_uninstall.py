"""uninstall: our entries go, whatever others did since, and nothing else does."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from mnemo.clients.table import CLIENTS
from mnemo.errors import Conflict, Refused
from mnemo.tools.installing import install, uninstall
from tests.clients.scenes import place, settings, snapshot
from tests.clients.states import OTHER_HOOKS, SERVERS, SETTINGS
from tests.tools.faces import python

ALL = sorted(CLIENTS)


@pytest.fixture
def both(repository: Path, home: Path) -> tuple[Path, Path]:
    """The repository and the home that clients' files lie in."""
    return repository, home


@pytest.mark.parametrize("state", SETTINGS)
def test_without_any_record_our_entries_go_all_the_same(both: tuple[Path, Path], state: str) -> None:
    path = place(settings(both[0]), SETTINGS[state])
    install("claude", allow=True)
    (both[1] / ".mnemo" / "installed.json").unlink()
    uninstall()
    text = path.read_text("utf-8-sig")
    assert "hooks/start.py" not in text
    assert "mcp__mnemo" not in text
    for piece in (SETTINGS[state] or b"").replace(b"\xef\xbb\xbf", b"").split():
        # What was empty before cannot be told from what install made.
        if piece not in (b'"hooks":', b'"Stop":'):
            assert piece.strip(b"{}[],").decode() in text


def test_every_scope_of_every_client_at_once_comes_back_to_the_byte(both: tuple[Path, Path]) -> None:
    place(both[1] / ".claude.json", SERVERS["other servers"])
    place(both[1] / ".gemini" / "settings.json", SETTINGS["tabs"])
    place(both[0] / ".cursor" / "hooks.json", b'{"version": 1, "hooks": {"stop": [{"command": "x"}]}}')
    before = snapshot(*both)
    for name, client in CLIENTS.items():
        for scope in client.scopes:
            install(name, scope)  # type: ignore[arg-type]
    uninstall()
    assert snapshot(*both) == before


@pytest.mark.parametrize("first", ["local", "user"])
def test_two_scopes_in_one_file_can_be_left_in_any_order(both: tuple[Path, Path], first: Any) -> None:
    before = snapshot(*both)
    install("claude", "local")
    install("claude", "user")
    uninstall("claude", first)
    assert b'"mnemo"' in (both[1] / ".claude.json").read_bytes()
    uninstall()
    assert snapshot(*both) == before


def test_later_edits_by_others_stay_when_ours_go(both: tuple[Path, Path]) -> None:
    path = place(settings(both[0]), OTHER_HOOKS)
    install("claude", allow=True)
    text = path.read_text()
    text = text.replace('"opus"', '"haiku"').replace(
        '"mcp__mnemo__recall"', '"Bash(ls)",\n      "mcp__mnemo__recall"'
    )
    hooks = '"PostToolUse": [{"hooks": [{"type": "command", "command": "lint"}]}],'
    text = text.replace('"hooks": {', '"hooks": {\n    ' + hooks, 1)
    path.write_text(text)
    uninstall()
    left = json.loads(path.read_text())
    assert left["model"] == "haiku"
    assert left["permissions"] == {"allow": ["Bash(ls)"]}
    assert {name: len(groups) for name, groups in left["hooks"].items()} == {
        "PostToolUse": 1,
        "Stop": 1,
        "PreToolUse": 1,
    }


def test_a_file_that_install_made_stays_while_it_holds_something_of_others(both: tuple[Path, Path]) -> None:
    install("claude")
    path = settings(both[0])
    path.write_text(path.read_text().replace("{", '{\n  "model": "opus",', 1))
    uninstall()
    assert json.loads(path.read_text()) == {"model": "opus"}


def test_a_client_that_writes_its_file_anew_leaves_nothing_of_ours_behind(both: tuple[Path, Path]) -> None:
    install("claude")
    state = both[1] / ".claude.json"
    known = json.loads(state.read_text())
    known["projects"][str(both[0])] |= {"allowedTools": [], "history": ["hello"]}
    state.write_text(json.dumps({"numStartups": 1, **known}))
    uninstall()
    assert json.loads(state.read_text()) == {
        "numStartups": 1,
        "projects": {str(both[0]): {"allowedTools": [], "history": ["hello"]}},
    }


def test_an_older_entry_of_ours_is_given_back_and_said_and_goes_the_next_time(
    both: tuple[Path, Path],
) -> None:
    old = b'{"mcpServers": {"mnemo": {"command": "/older/mnemo", "args": ["serve"]}}}'
    state = place(both[1] / ".claude.json", old)
    install("claude", "user")
    record = uninstall()
    assert state.read_bytes() == old
    assert any("uninstall again" in note for note in record["notes"])
    assert uninstall()["done"]
    assert json.loads(state.read_bytes()) == {}


def test_a_broken_file_that_is_none_of_ours_does_not_stop_uninstall(both: tuple[Path, Path]) -> None:
    place(both[1] / ".gemini" / "settings.json", b"{")
    install("claude")
    record = uninstall()
    assert record["done"]
    assert any("gemini" in note for note in record["notes"])


def test_a_page_of_rules_that_a_person_edited_stays(both: tuple[Path, Path]) -> None:
    install("cursor", rules=True)
    page = both[0] / ".cursor" / "rules" / "mnemo.mdc"
    page.write_text(page.read_text() + "And more.\n")
    with pytest.raises(Conflict, match="not mnemo's"):
        install("cursor", rules=True)
    uninstall()
    assert page.read_text().endswith("And more.\n")
    assert not (both[0] / ".cursor" / "mcp.json").exists()


def test_what_was_shared_by_others_stays_until_it_is_named(both: tuple[Path, Path]) -> None:
    install("claude", "project")
    (both[1] / ".mnemo" / "installed.json").unlink()
    record = uninstall()
    assert not record["done"]
    assert any("--scope project removes it" in note for note in record["notes"])
    assert uninstall(scope="project")["done"]
    assert (both[0] / ".mcp.json").read_text().strip() == "{}"


def test_other_repositories_keep_theirs_and_are_named(both: tuple[Path, Path], tmp_path: Path) -> None:
    install("claude")
    other = tmp_path / "other"
    subprocess.run(["git", "init", "-q", str(other)], check=True)
    os.chdir(other)
    install("claude")
    os.chdir(both[0])
    assert f"still installed for claude in {other}" in uninstall()["notes"]
    os.chdir(other)
    uninstall()
    assert not (both[1] / ".claude.json").exists()


def test_the_memory_is_moved_to_the_backups_and_never_deleted(both: tuple[Path, Path]) -> None:
    python("claim", content="kept for ever")
    with pytest.raises(Refused, match="Nobody is there to agree"):
        uninstall(data=True)
    record = uninstall(data=True, yes=True)
    assert not (both[0] / ".mnemo" / "mnemo.db").exists()
    assert os.path.dirname(record["moved"]) == os.path.dirname(record["backup"])
    assert str(both[1] / ".mnemo" / "backups") in record["moved"]
    assert os.path.getsize(record["moved"]) > 0
    assert os.path.getsize(record["backup"]) > 0


def test_a_no_leaves_the_memory_where_it_is(both: tuple[Path, Path]) -> None:
    python("claim", content="kept")
    record = uninstall(data=True, ask=lambda *_: "n")
    assert record["moved"] == ""
    assert (both[0] / ".mnemo" / "mnemo.db").exists()
