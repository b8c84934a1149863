"""What an installation left behind is found, and an installation that works is left in peace."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from mnemo.clients.stale import Stale, iter_stale
from mnemo.tools.installing import install, list_stale, uninstall


def problems(found: list[Stale]) -> list[str]:
    """Return what is wrong, without the paths of the test."""
    return [f"{one.client}: {one.problem}" for one in found]


def test_nothing_is_stale_before_and_after_an_installation(repository: Path, home: Path) -> None:
    assert list_stale() == []
    for name, scope in (("claude", "local"), ("claude", "user"), ("codex", "user"), ("windsurf", "user")):
        install(name, scope)  # type: ignore[arg-type]
    install("claude", "project")
    install("cursor")
    assert problems(list_stale()) == []
    uninstall()
    assert list_stale() == []


def test_what_starts_a_program_that_is_gone_is_found(repository: Path, home: Path) -> None:
    install("claude")
    state, hooks = home / ".claude.json", repository / ".claude" / "settings.local.json"
    gone = str(home / "old venv" / "bin" / "mnemo")
    known = json.loads(state.read_text())
    known["projects"][str(repository)]["mcpServers"]["mnemo"]["command"] = gone
    state.write_text(json.dumps(known))
    hooks.write_text(json.dumps({"hooks": {"Stop": [{"hooks": [{"command": f"'{gone}' hook Stop"}]}]}}))
    found = list_stale()
    assert problems(found) == [
        f"claude: the server starts {gone}, which is not there",
        f"claude: a hook starts {gone}, which is not there",
    ]
    assert [one.path for one in found] == [str(state), str(hooks)]
    assert "mnemo install claude" in found[0].fix


def test_hooks_without_a_server_are_found_and_a_server_may_go_without(repository: Path, home: Path) -> None:
    install("claude")
    os.remove(home / ".claude.json")
    assert problems(list_stale()) == ["claude: hooks are installed without the server"]
    install("claude")
    os.remove(repository / ".claude" / "settings.local.json")
    assert problems(list_stale()) == []


def test_a_server_in_one_scope_and_hooks_in_another_belong_together(repository: Path, home: Path) -> None:
    install("claude", "user")
    install("claude", "local")
    os.remove(home / ".claude" / "settings.json")
    assert list_stale() == []


@pytest.mark.parametrize("text", ["{", '{"mcpServers": []}', '{"mcpServers": {"mnemo": 1}}', "\x00"])
def test_what_cannot_be_read_is_passed_over(repository: Path, home: Path, text: str) -> None:
    (home / ".claude.json").write_text(text)
    (home / ".claude").mkdir()
    (home / ".claude" / "settings.json").write_text(
        '{"hooks": {"Stop": "x", "SessionEnd": [1, {"hooks": 2}]}}'
    )
    assert list_stale() == []


def test_without_a_home_or_a_repository_there_is_nothing_to_find() -> None:
    assert list(iter_stale("", "")) == []
