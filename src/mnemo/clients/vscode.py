"""VS Code: the server in mcp.json, hooks in a file of our own beside other hooks."""

from __future__ import annotations

import os
import sys

from mnemo.clients import claude
from mnemo.clients.entries import NAME, Entry, Hook, Server, Setup, Target, hook_line

SCOPES = ("project", "user")
EVENTS = (
    ("SessionStart", 5),
    ("UserPromptSubmit", 5),
    ("PreToolUse", 5),
    ("Stop", 5),
    ("PreCompact", 5),
)


def targets(setup: Setup) -> list[Target]:
    """Return the files of an installation."""
    root = setup.top if setup.shared else setup.home
    command, *rest = setup.command
    arguments = [*rest, "serve", "--project", "${workspaceFolder}"]
    server = Server(("servers", NAME), {"type": "stdio", "command": command, "args": arguments})
    path = os.path.join(root, ".vscode") if setup.shared else _folder(setup)
    hooks = (".github", "hooks") if setup.shared else (".copilot", "hooks")
    return [
        Target(os.path.join(path, "mcp.json"), root, "json", (server,)),
        Target(os.path.join(root, *hooks, "mnemo.json"), root, "json", tuple(_hooks(setup))),
    ]


def wants(setup: Setup) -> list[str]:
    """Return what VS Code still asks for after an installation."""
    del setup
    return ["start the server mnemo once in the list of MCP servers, and trust it there"]


def is_here(setup: Setup) -> bool:
    """Tell whether there are traces of VS Code."""
    return os.path.isdir(_folder(setup)) or bool(
        setup.top and os.path.isdir(os.path.join(setup.top, ".vscode"))
    )


def list_hook_files_of_claude(setup: Setup) -> list[str]:
    """Return Claude Code's settings that VS Code reads hooks from as well, unless told not to."""
    scopes = [scope for scope in claude.SCOPES if setup.top or scope == "user"]
    return [claude.targets(setup._replace(scope=scope, allow=False))[-1].path for scope in scopes]


def _hooks(setup: Setup) -> list[Entry]:
    return [
        Hook(
            ("hooks", event),
            {"type": "command", "command": hook_line(setup, event, "vscode"), "timeout": timeout},
        )
        for event, timeout in EVENTS
    ]


def _folder(setup: Setup) -> str:
    if sys.platform == "darwin":
        return os.path.join(setup.home, "Library", "Application Support", "Code", "User")
    return os.path.join(setup.home, ".config", "Code", "User")
