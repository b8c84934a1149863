"""Gemini CLI: server and hooks in its settings."""

from __future__ import annotations

import os

from mnemo.clients.entries import NAME, Entry, Hook, Server, Setup, Target, hook_line

SCOPES = ("project", "user")
# Context is taken after a tool, not before it; waits in milliseconds (geminicli.com/docs/hooks/reference).
EVENTS = (
    ("SessionStart", "", 5000),
    ("BeforeAgent", "", 5000),
    ("AfterTool", "read_file|read_many_files|write_file|replace", 5000),
    ("AfterAgent", "", 5000),
    ("PreCompress", "", 5000),
    ("SessionEnd", "", 2000),
)


def targets(setup: Setup) -> list[Target]:
    """Return the file of an installation."""
    root = setup.top if setup.shared else setup.home
    command, *rest = setup.command
    server = Server(("mcpServers", NAME), {"command": command, "args": [*rest, "serve"]})
    entries = (server, *_hooks(setup))
    return [Target(os.path.join(root, ".gemini", "settings.json"), root, "json", entries)]


def wants(setup: Setup) -> list[str]:
    """Return what Gemini CLI still asks for after an installation."""
    told = ["restart Gemini CLI; `gemini mcp list` then shows mnemo"]
    return [*told, "it starts servers and hooks only in a folder that is trusted"] if setup.shared else told


def is_here(setup: Setup) -> bool:
    """Tell whether there are traces of Gemini CLI."""
    return any(os.path.isdir(os.path.join(place, ".gemini")) for place in (setup.home, setup.top) if place)


def _hooks(setup: Setup) -> list[Entry]:
    entries: list[Entry] = []
    for event, matcher, timeout in EVENTS:
        line = hook_line(setup, event, "gemini")
        hook = {"name": NAME, "type": "command", "command": line, "timeout": timeout}
        entries.append(
            Hook(("hooks", event), {"matcher": matcher, "hooks": [hook]} if matcher else {"hooks": [hook]})
        )
    return entries
