"""install asks, shows, and refuses before it has changed anything."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from mnemo.clients import files
from mnemo.clients.table import CLIENTS
from mnemo.errors import Conflict, Invalid, MnemoError, NotARepository, Refused
from mnemo.interfaces import cli
from mnemo.tools.installing import install, uninstall
from tests.clients.scenes import place, settings, snapshot
from tests.clients.states import BROKEN

ALL = sorted(CLIENTS)


@pytest.fixture
def both(repository: Path, home: Path) -> tuple[Path, Path]:
    """The repository and the home that clients' files lie in."""
    return repository, home


def test_another_program_called_mnemo_keeps_its_entry(both: tuple[Path, Path]) -> None:
    place(both[1] / ".claude.json", b'{"mcpServers": {"mnemo": {"command": "npx", "args": ["mnemo-mcp"]}}}')
    before = snapshot(*both)
    with pytest.raises(Conflict, match="belongs to another program"):
        install("claude", "user")
    uninstall()
    assert snapshot(*both) == before


@pytest.mark.parametrize("state", BROKEN)
def test_what_cannot_be_read_is_named_and_nothing_is_changed_anywhere(
    both: tuple[Path, Path], state: str
) -> None:
    path = place(settings(both[0]), BROKEN[state])
    before = snapshot(*both)
    with pytest.raises(MnemoError) as caught:
        install("claude")
    assert str(path) in caught.value.message
    assert "\n" not in caught.value.message
    assert caught.value.fix
    assert snapshot(*both) == before
    assert not (both[1] / ".mnemo").exists()


def test_a_read_only_file_is_refused_before_any_other_is_changed(both: tuple[Path, Path]) -> None:
    path = place(settings(both[0]), b"{}")
    path.chmod(0o444)
    before = snapshot(*both)
    with pytest.raises(Refused, match="read-only"):
        install("claude")
    assert snapshot(*both) == before


def test_a_huge_file_is_refused(both: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGEST", 1000)
    place(both[1] / ".claude.json", b'{"a": "' + b"x" * 1000 + b'"}')
    with pytest.raises(Refused, match="1009 bytes"):
        install("claude")


@pytest.mark.parametrize("what", ["folder", "file"])
def test_a_link_out_of_the_repository_is_refused(both: tuple[Path, Path], what: str) -> None:
    elsewhere = both[1] / "elsewhere"
    elsewhere.mkdir()
    place(elsewhere / "settings.local.json", b"{}")
    if what == "folder":
        (both[0] / ".claude").symlink_to(elsewhere)
    else:
        (both[0] / ".claude").mkdir()
        settings(both[0]).symlink_to(elsewhere / "settings.local.json")
    with pytest.raises(Refused, match="leads out of"):
        install("claude")
    assert (elsewhere / "settings.local.json").read_bytes() == b"{}"


def test_a_link_inside_the_home_is_followed_and_stays_a_link(both: tuple[Path, Path]) -> None:
    real = place(both[1] / "dotfiles" / "claude.json", b"{}\n")
    real.chmod(0o640)
    link = both[1] / ".claude.json"
    link.symlink_to(real)
    install("claude")
    assert link.is_symlink()
    assert b'"mnemo"' in real.read_bytes()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    uninstall()
    assert real.read_bytes() == b"{}\n"


@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_what_is_no_plain_file_is_refused(both: tuple[Path, Path], kind: str) -> None:
    path = both[1] / ".claude.json"
    path.mkdir() if kind == "folder" else os.mkfifo(path)
    with pytest.raises(Refused, match="no plain file"):
        install("claude")


def test_a_failure_on_the_way_puts_the_earlier_files_back(
    both: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    place(both[1] / ".claude.json", b'{"a": 1}')
    before, replace, calls = snapshot(*both), os.replace, list[str]()

    def full(source: str, target: str) -> None:
        calls.append(target)
        if target.endswith("settings.local.json"):
            raise OSError(28, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(MnemoError, match="No space left"):
        install("claude")
    monkeypatch.undo()
    assert any(target.endswith(".claude.json") for target in calls)
    assert snapshot(*both) == before
    assert not json.loads((both[1] / ".mnemo" / "installed.json").read_text())["installed"]


def test_a_file_changed_meanwhile_is_not_overwritten(both: tuple[Path, Path]) -> None:
    state = place(both[1] / ".claude.json", b"{}")

    def ask(_kind: str, asked: dict[str, Any], _keys: dict[str, str]) -> str:
        if asked["question"] != "Install?":
            return "n"
        state.write_bytes(b'{"numStartups": 1}')
        return "y"

    with pytest.raises(Conflict, match="changed by another program"):
        install("claude", ask=ask)
    assert state.read_bytes() == b'{"numStartups": 1}'
    assert not settings(both[0]).exists()


def test_the_difference_is_said_before_the_question_and_a_no_changes_nothing(both: tuple[Path, Path]) -> None:
    heard: list[str] = []
    before = snapshot(*both)

    def ask(_kind: str, asked: dict[str, Any], _keys: dict[str, str]) -> str:
        heard.append(asked["question"])
        return "n"

    record = install("claude", say=heard.append, ask=ask)
    assert "without asking you" in heard[0]
    assert heard[1].startswith("--- /dev/null\n+++ ")
    assert heard[-1] == "Install?"
    assert record["done"] is False
    assert record["next"] == []
    assert snapshot(*both) == before
    assert not (both[1] / ".mnemo").exists()


def test_a_yes_is_not_asked_for_again(both: tuple[Path, Path]) -> None:
    def never(*_: Any) -> str:
        raise AssertionError("asked")

    install("claude", yes=True, ask=never)
    assert b"mcp__mnemo" not in settings(both[0]).read_bytes()
    uninstall(yes=True, ask=never)


def test_a_dry_run_shows_and_changes_nothing(
    both: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    before = snapshot(*both)
    assert cli.main(["install", "claude", "--dry-run"]) == 0
    shown = capsys.readouterr().out
    assert '+          "type": "stdio",' in shown
    assert "Nothing was changed" in shown
    assert snapshot(*both) == before
    assert not (both[1] / ".mnemo").exists()


def test_a_difference_shows_no_secret_that_stands_beside_it(both: tuple[Path, Path]) -> None:
    key = "ghp_" + "a1B2" * 9
    place(both[1] / ".claude.json", b'{\n  "env": "' + key.encode() + b'\\u001b[31m"\n}\n')
    record = install("claude", "user")
    assert key not in json.dumps(record)
    assert key.encode() not in (both[1] / ".mnemo" / "installed.json").read_bytes()


def test_a_scope_that_a_client_lacks_is_named(
    both: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(Invalid, match="Windsurf has no scope project"):
        install("windsurf", "project")
    assert cli.main(["install", "emacs"]) == 1
    assert "It is one of claude, cursor" in capsys.readouterr().err


def test_outside_a_repository_only_the_user_scope_can_be_installed(home: Path, tmp_path: Path) -> None:
    os.chdir(tmp_path)
    with pytest.raises(NotARepository):
        install("claude")
    assert install("claude", "user")["done"]
    assert uninstall()["done"]
