"""A moment of a client's session, as its hooks report it, in the same words for every client."""

from __future__ import annotations

from typing import NamedTuple

KINDS = ("start", "prompt", "tool", "stop", "compact", "end")


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
