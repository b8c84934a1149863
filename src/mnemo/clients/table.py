"""Which clients there are: the one table that install, uninstall and doctor loop over."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import NamedTuple

from mnemo.clients import claude, codex, cursor, gemini, opencode, vscode, windsurf
from mnemo.clients.entries import Setup, Target


class Client(NamedTuple):
    """One client.

    Args:
        name: as people type it.
        title: as it calls itself.
        scopes: what an installation can be for; the first is used when none is named.
        programs: commands by which it is found.
        targets: its files.
        wants: what it still asks for.
        is_here: whether there are traces of it.
    """

    name: str
    title: str
    scopes: tuple[str, ...]
    programs: tuple[str, ...]
    targets: Callable[[Setup], list[Target]]
    wants: Callable[[Setup], list[str]]
    is_here: Callable[[Setup], bool]


CLIENTS = {
    one.name: one
    for one in (
        Client(
            "claude", "Claude Code", claude.SCOPES, ("claude",), claude.targets, claude.wants, claude.is_here
        ),
        Client(
            "cursor",
            "Cursor",
            cursor.SCOPES,
            ("cursor", "cursor-agent"),
            cursor.targets,
            cursor.wants,
            cursor.is_here,
        ),
        Client("codex", "Codex", codex.SCOPES, ("codex",), codex.targets, codex.wants, codex.is_here),
        Client("vscode", "VS Code", vscode.SCOPES, ("code",), vscode.targets, vscode.wants, vscode.is_here),
        Client(
            "gemini", "Gemini CLI", gemini.SCOPES, ("gemini",), gemini.targets, gemini.wants, gemini.is_here
        ),
        Client(
            "opencode",
            "opencode",
            opencode.SCOPES,
            ("opencode",),
            opencode.targets,
            opencode.wants,
            opencode.is_here,
        ),
        Client(
            "windsurf",
            "Windsurf",
            windsurf.SCOPES,
            ("windsurf",),
            windsurf.targets,
            windsurf.wants,
            windsurf.is_here,
        ),
    )
}


def list_here(setup: Setup) -> list[Client]:
    """Return the clients that are on this machine or in this repository, by their folders or commands."""
    path = setup.environ.get("PATH", "")
    return [
        client
        for client in CLIENTS.values()
        if client.is_here(setup) or any(shutil.which(program, path=path) for program in client.programs)
    ]
