"""What clients report as a moment, and memory's words as their JSON."""

from __future__ import annotations

from typing import Any

import pytest

from mnemo.interfaces.hooks import forms
from mnemo.model.moment import KINDS, Moment

CLAUDE: dict[str, Any] = {"session_id": "s", "transcript_path": "/t.jsonl", "cwd": "/r"}


def test_every_event_has_a_kind() -> None:
    assert {kind for events in forms.CLIENTS.values() for kind in events.values()} == set(KINDS)


@pytest.mark.parametrize(
    ("client", "event", "given", "expected"),
    [
        (
            "claude",
            "PreToolUse",
            {**CLAUDE, "agent_id": "a1", "tool_name": "Edit",
             "tool_input": {"file_path": "/r/a", "new_string": "x"}},
            Moment("tool", session="s", agent="a1", folder="/r", tool="Edit", path="/r/a", text="x",
                   transcript="/t.jsonl"),
        ),
        (
            "claude",
            "PreToolUse",
            {"tool_input": {"notebook_path": "/r/n.ipynb", "new_source": "y"}},
            Moment("tool", path="/r/n.ipynb", text="y"),
        ),
        (
            "claude",
            "PreToolUse",
            {"cwd": "/r",
             "tool_input": {"file_path": "a", "edits": [{"new_string": "x"}, {"new_string": "y"}, 3]}},
            Moment("tool", folder="/r", path="/r/a", text="x\ny"),
        ),
        ("claude", "SessionStart", {**CLAUDE, "source": "compact"},
         Moment("start", session="s", folder="/r", source="compact", transcript="/t.jsonl")),
        ("claude", "UserPromptSubmit", {"prompt": "why?"}, Moment("prompt", prompt="why?")),
        ("claude", "Stop", {"last_assistant_message": "done"}, Moment("stop", answer="done")),
        ("claude", "PreCompact", {"trigger": "auto"}, Moment("compact", source="auto")),
        ("claude", "SessionEnd", {"reason": "clear"}, Moment("end", source="clear")),
        (
            "codex",
            "PreToolUse",
            {"cwd": "/r", "tool_input": {"command": "*** Begin Patch\n*** Update File: src/a.py\n@@\n+x"}},
            Moment("tool", "codex", folder="/r", path="/r/src/a.py", text="x"),
        ),
        ("vscode", "PreToolUse", {"sessionId": "v", "tool_input": {"files": ["/r/a.ts"]}},
         Moment("tool", "vscode", session="v", path="/r/a.ts")),
        ("vscode", "PreToolUse", {"tool_input": {"filePath": "/r/a.ts", "newString": "z"}},
         Moment("tool", "vscode", path="/r/a.ts", text="z")),
        (
            "cursor",
            "postToolUse",
            {"conversation_id": "c", "workspace_roots": ["/r"], "tool_input": {"target_file": "a.py"}},
            Moment("tool", "cursor", session="c", folder="/r", path="/r/a.py"),
        ),
        ("gemini", "BeforeAgent", {"session_id": "g", "prompt": "p"},
         Moment("prompt", "gemini", session="g", prompt="p")),
        ("gemini", "AfterTool", {"tool_input": {"absolute_path": "/r/a"}},
         Moment("tool", "gemini", path="/r/a")),
        ("gemini", "AfterAgent", {"prompt": "p", "prompt_response": "r"},
         Moment("stop", "gemini", prompt="p", answer="r")),
    ],
)  # fmt: skip
def test_a_report_becomes_a_moment(client: str, event: str, given: Any, expected: Moment) -> None:
    assert forms.find_moment(client, event, given) == expected


@pytest.mark.parametrize(
    ("client", "event"),
    [
        ("claude", "PostToolUse"),
        ("claude", "SubagentStart"),
        ("cursor", "preToolUse"),
        ("gemini", "BeforeTool"),
    ],
)
def test_other_events_pass_in_silence(client: str, event: str) -> None:
    assert forms.find_moment(client, event, {}) is None


@pytest.mark.parametrize(
    "value", [None, 3, [], {}, "", [1], {"file_path": 5}, {"edits": "x", "files": [None]}]
)
def test_what_is_not_of_the_expected_kind_is_not_there(value: object) -> None:
    names = ("session_id", "cwd", "tool_name", "tool_input", "prompt", "workspace_roots")
    found = forms.find_moment("claude", "PreToolUse", dict.fromkeys(names, value))
    assert found == Moment("tool")


def test_half_a_character_is_replaced() -> None:
    found = forms.find_moment("claude", "UserPromptSubmit", {"prompt": "a\ud800b", "session_id": "é"})
    assert found is not None
    assert (found.prompt, found.session) == ("a?b", "é")


def test_a_long_patch_is_read_to_its_first_file_only() -> None:
    patch = "x\n" * 1_000_000 + "*** Update File: a"
    assert forms.find_moment("codex", "PreToolUse", {"tool_input": {"command": patch}}) == Moment(
        "tool", "codex"
    )


def test_claude_code_reads_context_and_a_line_for_the_person() -> None:
    assert forms.answer("claude", "SessionStart", "facts", "mnemo: 3 claims") == {
        "systemMessage": "mnemo: 3 claims",
        "hookSpecificOutput": {"hookEventName": "SessionStart", "additionalContext": "facts"},
    }
    assert forms.answer("gemini", "AfterTool", "facts", "") == {
        "hookSpecificOutput": {"hookEventName": "AfterTool", "additionalContext": "facts"}
    }


def test_cursor_reads_additional_context_alone() -> None:
    assert forms.answer("cursor", "sessionStart", "facts", "a line") == {"additional_context": "facts"}
    assert forms.answer("cursor", "sessionStart", "", "a line") == {}


@pytest.mark.parametrize("client", sorted(forms.CLIENTS))
def test_silence_is_nothing_at_all(client: str) -> None:
    assert forms.answer(client, "SessionStart", "", "") == {}


def test_cursor_running_hooks_of_claude_code_is_noticed() -> None:
    assert forms.is_borrowed("claude", {}, {"CURSOR_VERSION": "3.1"})
    assert forms.is_borrowed("claude", {"cursor_version": "3.1"}, {})
    assert not forms.is_borrowed("cursor", {"cursor_version": "3.1"}, {"CURSOR_VERSION": "3.1"})
    assert not forms.is_borrowed("claude", {}, {})
