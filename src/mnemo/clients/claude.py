"""Claude Code: the server in ~/.claude.json or .mcp.json, hooks and permissions in its settings."""

from __future__ import annotations

import os

from mnemo.clients.entries import NAME, TOOLS, Entry, Fields, Hook, Server, Setup, Target, Word, hook_line

SCOPES = ("local", "user", "project")
READING = "Read|Edit|Write|MultiEdit|NotebookEdit"
# Event, matcher, longest wait in seconds; mnemo itself gives up after 0.3.
EVENTS = (
    ("SessionStart", "", 5),
    ("UserPromptSubmit", "", 5),
    ("PreToolUse", READING, 5),
    ("Stop", "", 5),
    ("PreCompact", "", 5),
    ("SessionEnd", "", 2),
)
# A server that cannot be started is shown as failed, to the person and to the model. Where there is no mnemo
# this one answers the handshake, has no tools, and ends with its input.
ABSENT = (
    "command -v mnemo >/dev/null 2>&1 && exec mnemo serve; "
    """while read -r m; do case $m in *'"id":'*) i=${m#*'"id":'}; i=${i%%[,\\}]*}; """
    """case $m in *'"initialize"'*) r='"result":{"protocolVersion":"2025-06-18","capabilities":{},"""
    """"serverInfo":{"name":"mnemo","version":"0"}}';; """
    """*) r='"error":{"code":-32601,"message":"no mnemo here"}';; esac; """
    """printf '{"jsonrpc":"2.0","id":%s,%s}\\n' "$i" "$r";; esac; done"""
)


def targets(setup: Setup) -> list[Target]:
    """Return the files of an installation: that of the server, then that of the hooks."""
    if setup.scope == "project":
        server = Target(os.path.join(setup.top, ".mcp.json"), setup.top, "json", (_server(setup, ()),))
        shared = os.path.join(setup.top, ".claude", "settings.json")
        # What one person allows is not decided for the others.
        own = os.path.join(setup.top, ".claude", "settings.local.json")
        found = [server, Target(shared, setup.top, "json", tuple(_hooks(setup)))]
        return [*found, Target(own, setup.top, "json", tuple(_words()))] if setup.allow else found
    local = setup.scope == "local"
    folder, root = (setup.main, setup.main) if local else (_folder(setup), setup.home)
    where = ("projects", setup.main) if local else ()
    settings = os.path.join(folder, *([".claude", "settings.local.json"] if local else ["settings.json"]))
    entries = [*_hooks(setup), *(_words() if setup.allow else ())]
    return [
        Target(_state_file(setup), setup.home, "json", (_server(setup, where),)),
        Target(settings, root, "json", tuple(entries)),
    ]


def wants(setup: Setup) -> list[str]:
    """Return what Claude Code still asks for after an installation."""
    told = ["restart Claude Code; `claude mcp list` then shows mnemo"]
    if setup.shared:
        told.append("it asks each person once to approve the server of .mcp.json, and to trust the folder")
    return told


def is_here(setup: Setup) -> bool:
    """Tell whether there are traces of Claude Code."""
    return os.path.exists(_state_file(setup)) or os.path.isdir(_folder(setup))


def _server(setup: Setup, where: tuple[str, ...]) -> Server:
    words = ("sh", "-c", ABSENT) if setup.shared else (*setup.command, "serve")
    fields: Fields = {"type": "stdio", "command": words[0], "args": list(words[1:]), "env": {}}
    return Server((*where, "mcpServers", NAME), fields)


def _hooks(setup: Setup) -> list[Entry]:
    entries: list[Entry] = []
    for event, matcher, timeout in EVENTS:
        hook = {"type": "command", "command": hook_line(setup, event), "timeout": timeout}
        group = {"matcher": matcher, "hooks": [hook]} if matcher else {"hooks": [hook]}
        entries.append(Hook(("hooks", event), group))
    return entries


def _words() -> list[Entry]:
    return [Word(("permissions", "allow"), f"mcp__{NAME}__{tool}") for tool in TOOLS]


def _folder(setup: Setup) -> str:
    return os.path.join(setup.home, ".claude")


def _state_file(setup: Setup) -> str:
    return os.path.join(setup.home, ".claude.json")
