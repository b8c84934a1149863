"""What hooks said, what they keep to themselves, and hooks answered by the running server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mnemo import projects
from mnemo.errors import Invalid, NotFound
from mnemo.tools import hooking
from tests import repos
from tests.stores import assert_whole, open_store, say
from tests.tools.faces import mcp, mcp_text

FACT = "The gateway bans a client after four tries, so three are made."


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one claim that is anchored to src/a.py, and the current folder."""
    top = repos.make_repository(tmp_path / "r", {"src/a.py": "tries = 3\n"})
    db = open_store(top)
    with db.transaction() as connection:
        say(connection, FACT, payload={"anchors": [{"type": "file", "path": "src/a.py"}]}, priority=900)
    db.close()
    monkeypatch.chdir(top)
    return top


def read_a(session: str = "s1", **more: Any) -> dict[str, Any]:
    """What an mcp_tool hook passes on before a file is read."""
    return {"event": "PreToolUse", "path": "src/a.py", "session": session, **more}


def address_of(project: Path) -> str:
    """The address of the claim."""
    with open_store(project).reading() as connection:
        return connection.execute("SELECT address FROM claims").fetchone()[0]


def test_a_hook_of_type_mcp_tool_hears_what_a_command_would_print(project: Path) -> None:
    told = json.loads(mcp_text("memory_hook", **read_a()))
    assert told["hookSpecificOutput"]["hookEventName"] == "PreToolUse"
    assert FACT in told["hookSpecificOutput"]["additionalContext"]
    assert mcp_text("memory_hook", **read_a()) == ""
    assert FACT in mcp_text("memory_hook", **read_a(agent="helper"))


def test_the_server_and_the_command_share_what_was_told(project: Path) -> None:
    assert FACT in hooking.memory_hook(**read_a())["text"]
    again = hooking.memory_hook(**read_a())
    assert (again["text"], again["told"]) == ("", [])
    assert hooking.hook_last(1)["moments"][0]["left_out"][0]["why"] == "told already"


@pytest.mark.parametrize("event", ["PostToolUse", "SubagentStart", "", "x" * 9_999])
def test_an_event_that_nobody_answers_is_silent(project: Path, event: str) -> None:
    assert mcp_text("memory_hook", event=event) == ""


@pytest.mark.parametrize(("name", "value"), [("MNEMO_HOOK", "off"), ("MNEMO_HOOK_EVENTS", "Stop")])
def test_what_switches_hooks_off_holds_for_the_server(
    project: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    assert mcp_text("memory_hook", **read_a()) == ""


def test_an_empty_path_is_answered_with_silence(project: Path) -> None:
    assert mcp_text("memory_hook", **read_a(path="")) == ""
    assert mcp_text("memory_hook", event="UserPromptSubmit", prompt="", session="s") == ""


def test_outside_a_repository_the_server_is_silent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert mcp("memory_hook", **read_a())["failed"] == "not_a_repository"


def test_what_was_said_is_shown_newest_first_with_the_reason(project: Path) -> None:
    hooking.memory_hook(**read_a("first"))
    hooking.memory_hook(**read_a("second"))
    hooking.memory_hook(**read_a("second"))
    moments = hooking.hook_last()["moments"]
    assert [len(one["told"]) for one in moments] == [0, 1, 1]
    assert moments[1]["told"] == [
        {"address": address_of(project), "headline": FACT, "why": "anchored to src/a.py"}
    ]
    assert len(hooking.hook_last(1)["moments"]) == 1
    assert len(hooking.hook_last(5, "first")["moments"]) == 1
    assert hooking.hook_last(5, "nobody")["moments"] == []


@pytest.mark.parametrize("count", [0, -1, 1_001])
def test_a_count_that_is_none_is_refused(project: Path, count: int) -> None:
    with pytest.raises(Invalid, match=str(count)):
        hooking.hook_last(count)


def test_a_quiet_claim_is_recalled_and_not_told_by_hooks(project: Path) -> None:
    address = address_of(project)
    assert hooking.quiet(address[:8]) | {"notes": []} == {
        "schema": "mnemo.v1", "address": address, "quiet": True, "notes": [],
    }  # fmt: skip
    assert hooking.memory_hook(**read_a())["text"] == ""
    assert hooking.hook_last(1)["moments"][0]["left_out"][0]["why"] == "quiet"
    assert mcp("recall", query="gateway")["claims"][0]["address"] == address
    hooking.quiet(address, off=True)
    assert FACT in hooking.memory_hook(**read_a())["text"]
    assert_whole(open_store(project))


def test_only_a_claim_can_be_kept_quiet(project: Path) -> None:
    with pytest.raises(NotFound):
        hooking.quiet("abcd1234")
    with pytest.raises(Invalid):
        hooking.quiet("no address")
    assert projects.current().db.changes == 0


def test_the_commands_print_words_and_json(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from mnemo.interfaces import cli

    assert cli.main(["hook", "last"]) == 0
    assert capsys.readouterr().out == "No hook has spoken here yet.\n"
    hooking.memory_hook(**read_a(tool="Read"))
    assert cli.main(["hook", "last", "1"]) == 0
    said = capsys.readouterr().out
    assert "tool · Read · src/a.py · told 1 claim" in said
    assert f"told {address_of(project)[:12]} (anchored to src/a.py): {FACT}" in said
    assert cli.main(["hook", "last", "--session", "s1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["moments"][0]["kind"] == "tool"
    assert cli.main(["quiet", address_of(project)[:10]]) == 0
    assert "recall tells it as before" in capsys.readouterr().out
    assert cli.main(["quiet", address_of(project)[:10], "--off"]) == 0
    assert "told by hooks again" in capsys.readouterr().out
