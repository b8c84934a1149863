"""Hooks as processes of their own: what each client hears, and when there is silence."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests import repos
from tests.house.sources import SOURCE
from tests.processes.hook_client import (
    FACT,
    compile_all,
    context,
    hook,
    make_project,
    reading,
    records,
    user_folder,
)
from tests.stores import open_store, say

RULE = "No client of that library in here"
WITHOUT_REGEX = (
    "import sys; sys.path.append(sys.argv.pop(1)); sys.modules['regex'] = None\n"
    "from mnemo.interfaces.hooks import entry, replying\n"
    "entry.WHOLE_S = replying.JUDGING_S = 20\nsys.exit(entry.main(sys.argv[1:]))"
)
SECRET = "ghp_" + "Ab3dEf6hIj9kLm2nOp5qRs8tUv1wXy4zAbCd"


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    """Start from a compiled package."""
    compile_all()


@pytest.fixture
def project(tmp_path: Path, home: Path) -> Path:
    """A repository with one claim that is anchored to src/a.py."""
    return make_project(tmp_path)


def test_a_claim_is_told_when_its_file_is_read_and_once_only(project: Path) -> None:
    first = context(hook("PreToolUse", reading(project)))
    assert FACT in first
    assert "proven" in first
    assert context(hook("PreToolUse", reading(project))) == ""
    assert FACT in context(hook("PreToolUse", {**reading(project), "agent_id": "helper"}))
    assert FACT in context(hook("PreToolUse", reading(project, "another")))
    assert [(one["event"], one["said"]) for one in records(project / ".mnemo")] == [
        ("PreToolUse", said) for said in (1, 0, 1, 1)
    ]


@pytest.mark.parametrize("by", ["command", "start"])
def test_the_command_and_what_install_starts_tell_it_too(project: Path, by: str) -> None:
    # On a machine that is busy with other things one call may run out of its time.
    answers = (hook("PreToolUse", reading(project, f"s{number}"), by=by) for number in range(20))
    assert any(FACT in context(ran) for ran in answers)


def test_after_a_compaction_a_claim_may_come_again(project: Path) -> None:
    assert FACT in context(hook("PreToolUse", reading(project)))
    hook("SessionStart", {"session_id": "s1", "cwd": str(project), "source": "compact"})
    assert FACT in context(hook("SessionStart", {"session_id": "s1", "cwd": str(project), "source": "clear"}))


def test_what_the_code_refutes_is_not_told(project: Path) -> None:
    (project / "src" / "a.py").write_text("def attempts():\n    return 3\n")
    assert FACT not in context(hook("PreToolUse", reading(project)))


@pytest.mark.parametrize("client", ["claude", "codex", "vscode"])
def test_clients_shaped_like_claude_code_hear_start_prompt_and_tool(project: Path, client: str) -> None:
    words = ("--client", client)
    started = hook("SessionStart", {"session_id": client, "cwd": str(project), "source": "startup"}, *words)
    assert "mnemo" in json.loads(started.stdout)["systemMessage"]
    assert FACT in context(started)
    asked = {"session_id": client + "2", "cwd": str(project), "prompt": "Why does src/a.py make three tries?"}
    assert FACT in context(hook("UserPromptSubmit", asked, *words))
    assert FACT in context(hook("PreToolUse", reading(project, client + "3"), *words))


def test_cursor_hears_start_and_tool(project: Path) -> None:
    started = {"conversation_id": "c", "workspace_roots": [str(project)]}
    assert FACT in context(hook("sessionStart", started, "--client", "cursor"))
    used = {**started, "conversation_id": "c2", "tool_input": {"target_file": "src/a.py"}}
    answered = hook("postToolUse", used, "--client=cursor")
    assert json.loads(answered.stdout).keys() == {"additional_context"}
    assert FACT in context(answered)


def test_gemini_hears_start_prompt_and_tool(project: Path) -> None:
    given = {"session_id": "g", "cwd": str(project), "prompt": "Why does src/a.py make three tries?"}
    assert FACT in context(hook("BeforeAgent", given, "--client", "gemini"))
    used = {**given, "session_id": "g2", "tool_input": {"absolute_path": str(project / "src/a.py")}}
    answered = hook("AfterTool", used, "--client", "gemini")
    assert json.loads(answered.stdout)["hookSpecificOutput"]["hookEventName"] == "AfterTool"
    assert FACT in context(answered)
    assert context(hook("SessionStart", {**given, "session_id": "g3"}, "--client", "gemini"))


def test_cursor_running_hooks_of_claude_code_hears_nothing_twice(project: Path) -> None:
    borrowed = {**os.environ, "CURSOR_VERSION": "3.1"}
    assert context(hook("PreToolUse", reading(project), env=borrowed)) == ""
    assert context(hook("PreToolUse", {**reading(project), "cursor_version": "3.1"})) == ""
    assert records(project / ".mnemo") == []


def test_the_repository_of_the_file_is_asked(project: Path, tmp_path: Path) -> None:
    other = repos.make_repository(tmp_path / "other")
    assert FACT in context(hook("PreToolUse", {**reading(project), "cwd": str(other)}, cwd=other))


@pytest.mark.parametrize("name", ["CLAUDE_PROJECT_DIR", "CURSOR_PROJECT_DIR"])
def test_a_client_may_name_its_project_by_a_variable(project: Path, tmp_path: Path, name: str) -> None:
    given = {"session_id": "v", "source": "startup", "cwd": str(tmp_path)}
    assert FACT in context(hook("SessionStart", given, env={name: str(project)}, cwd=tmp_path))


@pytest.mark.parametrize("event", ["Stop", "PreCompact", "SessionEnd"])
def test_what_an_agent_decided_is_kept_unconfirmed(project: Path, event: str) -> None:
    answer = f"We decided to keep three tries because the gateway bans after four, token {SECRET}."
    given = {
        "session_id": "s1",
        "cwd": str(project),
        "last_assistant_message": answer,
        "prompt": f"Please decide how many tries to make; my key is {SECRET}",
    }
    assert context(hook(event, given)) == ""
    assert all(SECRET.encode() not in path.read_bytes() for path in project.rglob("*") if path.is_file())


def test_secrets_are_not_written_down_with_what_was_said(project: Path) -> None:
    given = {"session_id": SECRET, "cwd": str(project), "prompt": f"src/a.py with {SECRET}", "source": SECRET}
    hook("UserPromptSubmit", given)
    hook("SessionStart", given)
    kept = [path for path in (project / ".mnemo").rglob("*") if path.is_file()]
    assert any(path.parent.name == "hooks" for path in kept)
    assert [path.name for path in kept if SECRET.encode() in path.read_bytes()] == []


@pytest.mark.parametrize(
    ("name", "value", "speaks"),
    [
        ("MNEMO_HOOK", "off", False),
        ("MNEMO_HOOK", "0", False),
        ("MNEMO_HOOK", "on", True),
        ("MNEMO_HOOK_EVENTS", "SessionStart,Stop", False),
        ("MNEMO_HOOK_EVENTS", "sessionstart, pretooluse", True),
        ("MNEMO_HOOK_EVENTS", "all", True),
        ("MNEMO_HOOK_TOKENS", "0", False),
    ],
)
def test_hooks_can_be_switched_off(project: Path, name: str, value: str, speaks: bool) -> None:
    ran = hook("PreToolUse", reading(project), env={name: value})
    assert bool(context(ran)) is speaks


def test_a_switched_off_event_may_be_named_as_claude_code_names_it(project: Path) -> None:
    used = {"session_id": "g", "cwd": str(project), "tool_input": {"path": "src/a.py"}}
    wanted = {**os.environ, "MNEMO_HOOK_EVENTS": "PreToolUse"}
    assert context(hook("AfterTool", used, "--client", "gemini", env=wanted))


def test_a_switched_off_hook_writes_nothing_anywhere(project: Path, home: Path) -> None:
    hook("PreToolUse", reading(project), env={"MNEMO_HOOK": "off"})
    assert records(project / ".mnemo") == records(home / ".mnemo") == []
    assert not (project / ".mnemo" / "hooks").exists()


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ("PostToolUse", ()),
        ("SubagentStart", ()),
        ("Nonsense", ()),
        ("", ()),
        ("PreToolUse", ("--client", "x")),
    ],
)
def test_an_event_that_nobody_answers_is_silent(project: Path, event: str, words: tuple[str, ...]) -> None:
    ran = hook(event, reading(project), *words)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"", b"")


def test_outside_a_repository_and_in_one_without_a_store_nothing_is_written(
    tmp_path: Path, home: Path
) -> None:
    assert context(hook("PreToolUse", reading(tmp_path), cwd=tmp_path)) == ""
    top = repos.make_repository(tmp_path / "r")
    assert context(hook("PreToolUse", reading(top), cwd=top)) == ""
    assert context(hook("UserPromptSubmit", {"cwd": str(top), "prompt": "why?"}, cwd=top)) == ""
    assert sorted(os.listdir(top)) == [".git", "README.md", "src"]
    assert not (home / ".mnemo").exists()


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b"null", b"\xff\xfe\x00", b'{"cwd": 3, "tool_input": "x"}', b"[" * 200_000]
)
def test_what_is_no_report_is_answered_with_silence(project: Path, raw: bytes) -> None:
    ran = hook("PreToolUse", raw, cwd=project)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"", b"")


@pytest.mark.parametrize(
    "path",
    ["../../etc/passwd", "/etc/passwd", "a\0b", "\ud800", "x" * 5_000, ".git/config", "src/../../r2/a"],
)
def test_a_path_that_is_none_of_the_repository_is_answered_with_silence(project: Path, path: str) -> None:
    given = {**reading(project), "tool_input": {"file_path": path}}
    assert context(hook("PreToolUse", given, cwd=project)) == ""


def test_a_report_of_ten_megabytes_is_answered(project: Path) -> None:
    given = {
        **reading(project),
        "tool_input": {"file_path": str(project / "src/a.py"), "content": "x y " * 2_500_000},
    }
    ran = hook("PreToolUse", given)
    assert (ran.returncode, ran.stderr) == (0, b"")


def test_input_that_never_ends_holds_nobody_up(project: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "mnemo", "hook", "PreToolUse"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=project,
    ) as process:
        assert process.wait(5) == 0
    assert records(user_folder())[-1]["failed"] == "deadline"


def test_input_that_is_not_closed_is_answered(project: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "mnemo", "hook", "PreToolUse"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(reading(project)).encode())
        process.stdin.flush()
        assert FACT in process.stdout.read().decode()
        assert process.wait(5) == 0


@pytest.mark.parametrize("closed", [0, 1, 2])
def test_closed_streams_are_survived(project: Path, closed: int) -> None:
    command = f"exec {closed}>&-; exec {sys.executable} -m mnemo hook PreToolUse"
    ran = subprocess.run(
        ["sh", "-c", command], input=json.dumps(reading(project)).encode(), capture_output=True
    )
    assert ran.returncode == 0


def test_it_works_where_the_locale_knows_only_ascii(project: Path) -> None:
    db = open_store(project)
    with db.transaction() as connection:
        say(
            connection,
            "Größen werden in µs gemessen ☃",
            payload={"anchors": [{"type": "file", "path": "b.py"}]},
        )
    db.close()
    plain = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    ran = hook("PreToolUse", reading(project, path="b.py"), env=plain)
    assert ran.stdout.isascii()
    assert "Größen werden in µs gemessen ☃" in context(ran)


def test_without_a_home_it_works_all_the_same(project: Path) -> None:
    nowhere = {**os.environ, "HOME": "/nonexistent"}
    assert FACT in context(hook("PreToolUse", reading(project), env=nowhere))
    assert context(hook("PreToolUse", b"nonsense", env=nowhere)) == ""


def test_a_store_that_came_with_a_clone_is_not_told_from(project: Path, tmp_path: Path) -> None:
    repos.git(project, "add", "--force", ".mnemo/mnemo.db")
    ran = hook("PreToolUse", reading(project))
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"", b"")
    started = hook("SessionStart", {"session_id": "t", "cwd": str(project), "source": "startup"})
    assert json.loads(started.stdout).keys() == {"systemMessage"}
    assert "mnemo trust" in json.loads(started.stdout)["systemMessage"]
    assert records(project / ".mnemo") == []
    assert {one["failed"] for one in records(user_folder())} == {"not_trusted"}


def forbid(project: Path, **fields: Any) -> None:
    """Claim that something must not be there."""
    db = open_store(project)
    with db.transaction() as connection:
        say(connection, RULE, payload={"why": "its TLS is cut", "anchors": [{**fields, "absent": True}]})
    db.close()


def writing(project: Path, content: str) -> dict[str, Any]:
    """What Claude Code says before a file is written."""
    given = {"file_path": str(project / "c.py"), "content": content}
    return {**reading(project), "tool_name": "Write", "tool_input": given}


@pytest.mark.parametrize("client", ["claude", "codex", "vscode"])
def test_an_edit_that_breaks_a_rule_hears_it_and_the_person_is_asked_where_wanted(
    project: Path, client: str
) -> None:
    forbid(project, type="dependency", name="requests")
    words, given = ("--client", client), writing(project, "import requests\n")
    told = json.loads(hook("PreToolUse", given, *words).stdout)["hookSpecificOutput"]
    assert told.keys() == {"hookEventName", "additionalContext"}
    assert RULE in told["additionalContext"]
    assert "why: its TLS is cut" in told["additionalContext"]
    asking = {"MNEMO_HOOK_STOP": "ask"}
    for session, keys in (("s1", set()), ("s2", {"additionalContext"})):
        ran = hook("PreToolUse", {**given, "session_id": session}, *words, env=asking)
        asked = json.loads(ran.stdout)["hookSpecificOutput"]
        assert asked.keys() == {"hookEventName", "permissionDecision", "permissionDecisionReason", *keys}
        assert asked["permissionDecision"] == "ask"
        assert RULE in asked["permissionDecisionReason"]
        assert "its TLS is cut" in asked["permissionDecisionReason"]
    assert context(hook("PreToolUse", writing(project, "import httpx\n"), *words, env=asking)) == ""


def test_cursor_and_gemini_hear_the_rule_and_ask_nobody(project: Path) -> None:
    forbid(project, type="grep", pattern="eval(")
    used = {
        "session_id": "x",
        "cwd": str(project),
        "tool_input": {"file_path": "b.py", "content": "eval(1)\n"},
    }
    (project / "b.py").write_text("eval(1)\n")
    for event, client in (("postToolUse", "cursor"), ("AfterTool", "gemini")):
        ran = hook(event, {**used, "session_id": client}, "--client", client, env={"MNEMO_HOOK_STOP": "ask"})
        assert RULE in context(ran)
        assert b"permission" not in ran.stdout


def test_a_patch_is_looked_at_by_the_lines_that_it_adds(project: Path) -> None:
    forbid(project, type="grep", pattern="eval(")
    for number, patch in enumerate(("-eval(1)", "+eval(1)", "+x = 1\n*** Update File: e.py\n+eval(1)")):
        text = f"*** Begin Patch\n*** Update File: b.py\n@@\n{patch}\n*** End Patch\n"
        given = {**reading(project, f"p{number}"), "tool_input": {"command": text}}
        assert (RULE in context(hook("PreToolUse", given, "--client", "codex"))) == (number == 1)


def test_an_expression_that_cannot_be_run_stops_nobody(project: Path) -> None:
    (project / "c.py").write_text("c = 1\n")
    forbid(project, type="grep", pattern=r"eval\(\w", regex=True, path="c.py")
    asking = {"MNEMO_HOOK_STOP": "ask"}
    assert RULE in context(hook("PreToolUse", writing(project, "eval(x)\n"), env=asking))
    without = subprocess.run(
        [sys.executable, "-I", "-S", "-c", WITHOUT_REGEX, str(SOURCE), "PreToolUse"],
        input=json.dumps({**writing(project, "eval(x)\n"), "session_id": "w"}).encode(),
        env={**os.environ, **asking}, capture_output=True, check=False,
    )  # fmt: skip
    assert context(without).startswith("mnemo on c.py;")
    assert "not checked" in context(without)
    assert b"permission" not in without.stdout


def test_what_stands_in_any_tracked_file_counts_in_a_hook_too(project: Path) -> None:
    forbid(project, type="grep", pattern="b = 1")
    said = context(hook("PreToolUse", writing(project, "b = 1\n")))
    assert RULE not in said
