"""What installations left behind that no longer works: for whoever looks after the machine."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from mnemo.clients import files
from mnemo.clients.entries import (
    Hook,
    Server,
    Setup,
    Target,
    find_server,
    is_our_server,
    iter_hooks,
    words_of,
)
from mnemo.clients.jsonc import find_root
from mnemo.clients.table import CLIENTS, Client
from mnemo.errors import MnemoError


class Stale(NamedTuple):
    """One thing that is wrong with an installation.

    Args:
        client: its name.
        path: the file.
        problem: what is wrong.
        fix: what to type.
    """

    client: str
    path: str
    problem: str
    fix: str


class _Seen(NamedTuple):
    path: str
    words: list[str]
    is_hook: bool


def iter_stale(
    home: str, top: str, main: str = "", environ: Mapping[str, str] | None = None
) -> Iterator[Stale]:
    """Go through the clients' files for what points nowhere, and for hooks without a server or the reverse.

    Args:
        home: the user's folder; empty without one.
        top: top of the working tree; empty outside a repository.
        main: top of the main working tree; left out, the same.
        environ: the environment; left out, that of the process.
    """
    setup = Setup(home, top, main or top, "user", environ=os.environ if environ is None else environ)
    for client in CLIENTS.values():
        seen = list(_iter_seen(client, setup))
        fix = f"mnemo install {client.name}, or mnemo uninstall {client.name}"
        for one in seen:
            gone = next((word for word in one.words if os.path.isabs(word) and not os.path.exists(word)), "")
            if gone:
                what = "a hook" if one.is_hook else "the server"
                yield Stale(client.name, one.path, f"{what} starts {gone}, which is not there", fix)
        hooks = [one.path for one in seen if one.is_hook]
        if hooks and all(one.is_hook for one in seen):
            yield Stale(client.name, hooks[0], "hooks are installed without the server", fix)


def _iter_seen(client: Client, setup: Setup) -> Iterator[_Seen]:
    done: set[str] = set()
    for scope in client.scopes:
        if not (setup.home if scope == "user" else setup.top and (setup.home or scope == "project")):
            continue
        for target in client.targets(setup._replace(scope=scope)):
            yield from _iter_in(target, done)


def _iter_in(target: Target, done: set[str]) -> Iterator[_Seen]:
    try:
        text = files.text_of(files.find(target.path, target.root))
        root = find_root(text) if target.form == "json" else None
        for entry in target.entries:
            if isinstance(entry, Server) and (fields := find_server(text, entry.where, target.form)):
                if is_our_server(fields):
                    yield _Seen(target.path, words_of(fields), is_hook=False)
            elif isinstance(entry, Hook) and target.path not in done:
                hooks = [fields for _, fields, _ in iter_hooks(root, entry.where)]
                # One word for all of its hooks is enough: they start the same program.
                done |= {target.path} if hooks else set()
                yield from (_Seen(target.path, _split(words_of(one)), is_hook=True) for one in hooks[:1])
    except MnemoError:
        return  # what cannot be read is told by whoever wants to change it


def _split(words: list[str]) -> list[str]:
    try:
        return [part for word in words for part in shlex.split(word)]
    except ValueError:
        return words
