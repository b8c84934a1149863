"""Codex: the server in config.toml, hooks in hooks.json beside it."""

from __future__ import annotations

import os

from mnemo.clients.entries import NAME, Entry, Hook, Server, Setup, Target, hook_line
from mnemo.homes import variable

SCOPES = ("project", "user")
EVENTS = (
    ("SessionStart", "", 5),
    ("UserPromptSubmit", "", 5),
    ("PreToolUse", "apply_patch|Edit|Write", 5),
    ("Stop", "", 5),
    ("PreCompact", "", 5),
)


def targets(setup: Setup) -> list[Target]:
    """Return the files of an installation."""
    root = setup.top if setup.shared else setup.home
    folder = os.path.join(root, ".codex") if setup.shared else _folder(setup)
    command, *rest = setup.command
    server = Server(("mcp_servers", NAME), {"command": command, "args": [*rest, "serve"]})
    # A folder that CODEX_HOME names is the user's own word.
    within = root if setup.shared or folder.startswith(root + os.sep) else folder
    return [
        Target(os.path.join(folder, "config.toml"), within, "toml", (server,)),
        Target(os.path.join(folder, "hooks.json"), within, "json", tuple(_hooks(setup))),
    ]


def wants(setup: Setup) -> list[str]:
    """Return what Codex still asks for after an installation."""
    told = ["restart Codex, then review and trust the hooks with /hooks: each is trusted by its hash"]
    return [*told, "it reads a project's .codex only in a folder that is trusted"] if setup.shared else told


def is_here(setup: Setup) -> bool:
    """Tell whether there are traces of Codex."""
    return os.path.isdir(_folder(setup)) or bool(
        setup.top and os.path.isdir(os.path.join(setup.top, ".codex"))
    )


def _hooks(setup: Setup) -> list[Entry]:
    entries: list[Entry] = []
    for event, matcher, timeout in EVENTS:
        hook = {"type": "command", "command": hook_line(setup, event, "codex"), "timeout": timeout}
        entries.append(
            Hook(("hooks", event), {"matcher": matcher, "hooks": [hook]} if matcher else {"hooks": [hook]})
        )
    return entries


def _folder(setup: Setup) -> str:
    chosen = variable(setup.environ, "CODEX_HOME")
    return chosen if os.path.isabs(chosen) else os.path.join(setup.home, ".codex")
