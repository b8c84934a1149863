"""The client opencode: the server in opencode.json; its hooks are programs, so there are none of ours."""

from __future__ import annotations

import os

from mnemo.clients.entries import NAME, Server, Setup, Target

SCOPES = ("project", "user")
FILES = ("opencode.json", "opencode.jsonc")


def targets(setup: Setup) -> list[Target]:
    """Return the file of an installation: the one that is there, else opencode.json."""
    root = setup.top if setup.shared else setup.home
    folder = setup.top if setup.shared else _folder(setup)
    there = [name for name in FILES if os.path.lexists(os.path.join(folder, name))]
    fields = {"type": "local", "command": [*setup.command, "serve"], "enabled": True}
    path = os.path.join(folder, there[0] if there else FILES[0])
    return [Target(path, root, "json", (Server(("mcp", NAME), fields),))]


def wants(setup: Setup) -> list[str]:
    """Return what opencode still asks for after an installation."""
    del setup
    return ["restart opencode; `opencode mcp list` then shows mnemo"]


def is_here(setup: Setup) -> bool:
    """Tell whether there are traces of opencode."""
    return os.path.isdir(_folder(setup)) or any(
        setup.top and os.path.exists(os.path.join(setup.top, name)) for name in FILES
    )


def _folder(setup: Setup) -> str:
    return os.path.join(setup.home, ".config", "opencode")
