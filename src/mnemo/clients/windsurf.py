"""Windsurf: the server in the user's mcp_config.json; its hooks cannot tell the model anything."""

from __future__ import annotations

import os

from mnemo.clients.entries import NAME, Server, Setup, Target

SCOPES = ("user",)


def targets(setup: Setup) -> list[Target]:
    """Return the file of an installation."""
    command, *rest = setup.command
    server = Server(("mcpServers", NAME), {"command": command, "args": [*rest, "serve"], "env": {}})
    return [Target(os.path.join(_folder(setup), "mcp_config.json"), setup.home, "json", (server,))]


def wants(setup: Setup) -> list[str]:
    """Return what Windsurf still asks for after an installation."""
    del setup
    return [
        "refresh the servers in its MCP settings",
        "where it starts the server elsewhere, name your repository in the entry's env as MNEMO_PROJECT_ROOT",
    ]


def is_here(setup: Setup) -> bool:
    """Tell whether there are traces of Windsurf."""
    return os.path.isdir(_folder(setup))


def _folder(setup: Setup) -> str:
    return os.path.join(setup.home, ".codeium", "windsurf")
