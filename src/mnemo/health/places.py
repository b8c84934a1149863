"""Every path that holds data of mnemo: what it is, how large, and who can read it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mnemo import homes, settings
from mnemo.health import registry
from mnemo.health.guarding import Guard

Record = dict[str, Any]

OF_FOLDER = {
    settings.FILE: "settings",
    "logs": "logs",
    "hooks": "what hooks said, by session",
    "outbox": "packets of dispatches that are not ended",
    "bundles": "what tasks were worked on with",
    "graph": "graphs of the code",
    "worktrees": "working trees of single tasks",
    "writer.lock": "lock",
}
OF_HOME = {
    settings.FILE: "your settings",
    "backups": "backups of every repository",
    "global": "global store",
    "projects.json": "registry of your repositories",
    "projects.json.lock": "lock",
    "installed.json": "what install added, for uninstall",
    "spool": "what waits to be written",
    "logs": "logs",
}
OUR_FOLDERS = (".mnemo", "mnemo")


class Known(NamedTuple):
    """A path and what it is.

    Args:
        what: in a few words.
        path: absolute; it may be missing.
    """

    what: str
    path: str


def list_places(guard: Guard | None, environ: Mapping[str, str]) -> list[Record]:
    """Return every path that holds data: path, what, bytes, readable_by, mode.

    Args:
        guard: of the repository; None outside of one.
        environ: the environment.
    """
    known = [*_of_store(guard), *_of_home(environ), *_of_others(guard, environ)]
    first: dict[str, Known] = {}
    for one in known:
        if one.path and os.path.lexists(one.path):
            first.setdefault(os.path.realpath(one.path), one)
    return [record_of(one.what, one.path) for one in first.values()]


def record_of(what: str, path: str) -> Record:
    """Return one path as a record: its size in bytes with all below it, its mode, and who can read it."""
    mode = os.lstat(path).st_mode
    return {
        "path": path,
        "what": what,
        "bytes": _size(path),
        "readable_by": _readers(path),
        "mode": f"{stat.S_IMODE(mode):04o}",
    }


def _of_store(guard: Guard | None) -> Iterator[Known]:
    if guard is None:
        return
    folder, store = guard.db.folder, os.path.basename(guard.db.path)
    ours = os.path.basename(folder) in OUR_FOLDERS
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
        what = _what(name, store) or ("beside the store" if ours and name != ".gitignore" else "")
        if what:
            yield Known(what, os.path.join(folder, name))
    yield Known("backups", guard.backups_folder())


def _of_home(environ: Mapping[str, str]) -> Iterator[Known]:
    yield Known(OF_HOME["global"], os.path.dirname(homes.global_store(environ)))
    yield Known(OF_HOME["backups"], homes.backups_root(environ))
    home = homes.home_folder(environ)
    for name in sorted(os.listdir(home)) if home and os.path.isdir(home) else ():
        yield Known(OF_HOME.get(name, "kept for you"), os.path.join(home, name))


def _of_others(guard: Guard | None, environ: Mapping[str, str]) -> Iterator[Known]:
    own = guard.db.path if guard else ""
    for entry in registry.list_entries(registry.shelf(environ), mending=False):
        if entry.store and entry.store != own:
            yield Known(f"store of {entry.name}", entry.store)


def _what(name: str, store: str) -> str:
    if ".corrupt-" in name or ".replaced-" in name:
        return "store set aside"
    parts = {store: "store", f"{store}-wal": "store: newest writes", f"{store}-shm": "store: shared memory"}
    return parts.get(name) or OF_FOLDER.get(name) or ("store" if name.startswith(store) else "")


def _size(path: str) -> int:
    if os.path.islink(path) or not os.path.isdir(path):
        return _bytes(path)
    return sum(_bytes(os.path.join(at, name)) for at, _, names in os.walk(path) for name in names)


def _bytes(path: str) -> int:
    try:
        return os.lstat(path).st_size
    except OSError:
        return 0  # it went while we looked


def _readers(path: str) -> str:
    """Return who can read a path: what others may not enter, they do not read whatever its own mode."""
    real = os.path.realpath(path)
    try:
        modes = [os.stat(each).st_mode for each in _iter_above(real)]
        mode = os.stat(real).st_mode
    except OSError:
        return "nobody"
    for readers, readable, enterable in (
        ("everyone", stat.S_IROTH, stat.S_IXOTH),
        ("your group", stat.S_IRGRP, stat.S_IXGRP),
    ):
        if mode & readable and all(each & (enterable | stat.S_IXOTH) for each in modes):
            return readers
    return "you"


def _iter_above(path: str) -> Iterator[str]:
    while os.path.dirname(path) != path:
        path = os.path.dirname(path)
        yield path
