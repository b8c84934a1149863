"""A moment of a client's session, as its hooks report it, in the same words for every client."""

from __future__ import annotations

from mnemo.light import NamedTuple

KINDS = ("start", "prompt", "tool", "stop", "compact", "end")
# The events of Claude Code in which memory speaks or listens; clients that follow it spell them alike.
EVENTS = {
    "SessionStart": "start",
    "UserPromptSubmit": "prompt",
    "PreToolUse": "tool",
    "Stop": "stop",
    "PreCompact": "compact",
    "SessionEnd": "end",
}


def is_wanted(event: str, kind: str, chosen: str) -> bool:
    """Tell whether memory speaks or listens at an event.

    Args:
        event: the client's name of it.
        kind: one of KINDS.
        chosen: the setting hook.events: names separated by commas, the client's own or Claude Code's, or all.
    """
    names = {event.lower(), "all", *(name.lower() for name in EVENTS if EVENTS[name] == kind)}
    return not names.isdisjoint(word.strip().lower() for word in chosen.split(","))


def is_off(value: str) -> bool:
    """Tell whether a value of MNEMO_HOOK switches hooks off."""
    return value.strip().lower() in ("off", "no", "false", "0")


class Moment(NamedTuple):
    """What a client's hook reports.

    Args:
        kind: one of KINDS; `tool` is a tool about to be used or just used, `compact` comes before it.
        client: claude, codex, vscode, cursor, gemini.
        session: the client's conversation; empty when it does not say.
        agent: a sub-agent's id within the session; empty for the main one.
        source: start: startup, resume, clear or compact; end: the reason.
        folder: the folder the client works in, absolute.
        tool: the tool's name as the client calls it.
        path: the file that the tool reads or changes, as the client wrote it; empty when none.
        text: new text that an edit would write; empty when none.
        prompt: what the person typed; stop, compact, end: their last prompt where the client tells it.
        answer: stop, compact, end: the agent's last answer where the client tells it.
        transcript: the file that holds the conversation; empty when there is none.
    """

    kind: str
    client: str = "claude"
    session: str = ""
    agent: str = ""
    source: str = ""
    folder: str = ""
    tool: str = ""
    path: str = ""
    text: str = ""
    prompt: str = ""
    answer: str = ""
    transcript: str = ""
