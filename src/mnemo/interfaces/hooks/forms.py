"""What each client's hook says and hears: its JSON as a moment, and memory's words as its JSON.

Codex and VS Code follow Claude Code. Where a client has no field for something, nothing of it is told.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from mnemo.light import Any, cast
from mnemo.model.moment import EVENTS, Moment

Given = Mapping[str, Any]

# Client: its events and the kind of moment each is. Events that are not here pass in silence, such as
# Gemini's BeforeTool and Cursor's preToolUse, which could only forbid a tool.
CLIENTS: dict[str, dict[str, str]] = {
    "claude": EVENTS,
    "codex": EVENTS,
    "vscode": EVENTS,
    "cursor": {
        "sessionStart": "start",
        "postToolUse": "tool",
        "preCompact": "compact",
        "stop": "stop",
        "sessionEnd": "end",
    },
    "gemini": {
        "SessionStart": "start",
        "BeforeAgent": "prompt",
        "AfterTool": "tool",
        "AfterAgent": "stop",
        "PreCompress": "compact",
        "SessionEnd": "end",
    },
}
# Before a tool is used: the one event in which a client shaped like Claude Code can ask the person.
ASKING = "PreToolUse"
# What clients call the same thing; the first that is filled counts.
SESSIONS = ("session_id", "conversation_id", "sessionId")
SOURCES = ("source", "reason", "trigger")
ANSWERS = ("last_assistant_message", "prompt_response")
PATHS = ("file_path", "notebook_path", "filePath", "absolute_path", "target_file", "path")
TEXTS = ("content", "new_string", "newString", "new_source", "code_edit")
# How Codex's apply_patch names a file in the text of a patch.
PATCHED = ("*** Update File: ", "*** Add File: ", "*** Delete File: ")


def find_moment(client: str, event: str, given: Given) -> Moment | None:
    """Return the moment that a client's hook reports, None when nobody speaks then.

    Args:
        client: one of CLIENTS.
        event: the client's name of it.
        given: the JSON object on the hook's standard input.
    """
    kind = CLIENTS[client].get(event)
    if kind is None:
        return None
    used: Any = given.get("tool_input")
    tool_input: Given = cast(Given, used) if isinstance(used, dict) else {}
    folder = _text(given, ("cwd",)) or _first(given.get("workspace_roots"))
    path = _path(tool_input)
    return Moment(
        kind,
        client,
        session=_text(given, SESSIONS),
        agent=_text(given, ("agent_id",)),
        source=_text(given, SOURCES),
        folder=folder,
        tool=_text(given, ("tool_name",)),
        path=os.path.join(folder, path) if path else "",
        text=_new_text(tool_input),
        prompt=_text(given, ("prompt",)),
        answer=_text(given, ANSWERS),
        transcript=_text(given, ("transcript_path",)),
    )


def answer(client: str, event: str, text: str, person: str, ask: str = "") -> dict[str, Any]:
    """Return what a client reads from the hook's standard output; empty when there is nothing to say.

    Args:
        client: one of CLIENTS.
        event: the client's name of it.
        text: for the model.
        person: one line for the person; Cursor shows none.
        ask: what the person decides about before a tool is used, where the client can ask.
    """
    if client == "cursor":
        return {"additional_context": text} if text else {}
    told: dict[str, Any] = {"systemMessage": person} if person else {}
    own: dict[str, Any] = {"additionalContext": text} if text else {}
    if ask and event == ASKING and CLIENTS[client] is EVENTS:
        own |= {"permissionDecision": "ask", "permissionDecisionReason": ask}
    if own:
        told["hookSpecificOutput"] = {"hookEventName": event, **own}
    return told


def is_borrowed(client: str, given: Given, environ: Mapping[str, str]) -> bool:
    """Tell whether Cursor runs Claude Code's hooks: its own speak already, and nothing is said twice."""
    return client != "cursor" and ("CURSOR_VERSION" in environ or "cursor_version" in given)


def _path(tool_input: Given) -> str:
    return _text(tool_input, PATHS) or _first(tool_input.get("files")) or _patched(tool_input)


def _patched(tool_input: Given) -> str:
    """Return the first file that a patch is about."""
    for line in _text(tool_input, ("command", "input")).split("\n", 200)[:200]:
        for mark in PATCHED:
            if line.startswith(mark):
                return line.removeprefix(mark).strip()
    return ""


def _added(tool_input: Given) -> str:
    """Return the lines that a patch adds to the first file that it is about."""
    lines = _text(tool_input, ("command", "input")).split("\n")
    starts = [at for at, line in enumerate(lines) if line.startswith(PATCHED)]
    if not starts:
        return ""
    own = lines[starts[0] : starts[1] if len(starts) > 1 else None]
    return "\n".join(line[1:] for line in own if line.startswith("+"))


def _new_text(tool_input: Given) -> str:
    whole = _text(tool_input, TEXTS)
    edits = tool_input.get("edits")
    if whole or not isinstance(edits, list):
        return whole or _added(tool_input)
    given = [cast(Given, edit) for edit in cast("list[Any]", edits) if isinstance(edit, dict)]
    return "\n".join(_text(edit, TEXTS) for edit in given)


def _first(values: Any) -> str:
    if isinstance(values, list) and values:
        return _text({"it": cast("list[Any]", values)[0]}, ("it",))
    return ""


def _text(given: Given, names: tuple[str, ...]) -> str:
    """Return the first of these fields that is filled with text; half a character in it is replaced."""
    for name in names:
        value = given.get(name)
        if isinstance(value, str) and value:
            return value if value.isascii() else value.encode("utf-8", "replace").decode()
    return ""
