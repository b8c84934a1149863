"""The registry: every repository that this user's mnemo has served, so that a lost store is missed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

from mnemo import homes
from mnemo.errors import Busy
from mnemo.health import records
from mnemo.light import Any, NamedTuple, cast, expression

WAIT_S = 2.0
FACTS_NAME = "repository.json"
ID = expression(r"[0-9a-f]{32}")


class Shelf(NamedTuple):
    """Where this user's registry and backups lie; empty paths where there is no home.

    Args:
        registry: file.
        backups: folder that holds a folder for each repository.
    """

    registry: str
    backups: str


class Repository(NamedTuple):
    """What tells this repository from others.

    Args:
        store: its store's file.
        common_dir: git directory that its working trees share, a real path; empty outside a repository.
        name: what people call it.
        root: returns its first commit; empty where there is none or it cannot be told.
        holds: whether a commit is in it; true where that cannot be told, as in a shallow clone.
    """

    store: str
    common_dir: str = ""
    name: str = ""
    root: Callable[[], str] = str
    holds: Callable[[str], bool] = bool


class Entry(NamedTuple):
    """What the registry knows of one repository.

    Args:
        id: the repository's id.
        common_dir: git directory, empty outside a repository.
        root_commit: its first commit, empty when unknown.
        name: what people call it.
        store: its store's file; empty when a person started anew there.
        rows: events in the store when last seen.
        claims: claims in it.
        last_backup: when the newest backup was made, UTC text; empty without one.
        seen: when it was last noted, UTC text.
        trusted: user id of who trusted the store, -1 when nobody had to.
    """

    id: str
    common_dir: str = ""
    root_commit: str = ""
    name: str = ""
    store: str = ""
    rows: int = 0
    claims: int = 0
    last_backup: str = ""
    seen: str = ""
    trusted: int = -1


def shelf(environ: Mapping[str, str]) -> Shelf:
    """Return where this user's registry and backups lie."""
    return Shelf(homes.registry_path(environ), homes.backups_root(environ))


def folder_of(shelf: Shelf, repository_id: str) -> str:
    """Return the folder of one repository's backups; empty when there can be none.

    An id comes from a store that may be someone else's, so it must look like one of ours.
    """
    return os.path.join(shelf.backups, repository_id) if shelf.backups and ID.fullmatch(repository_id) else ""


def list_entries(shelf: Shelf, *, mending: bool = True) -> list[Entry]:
    """Return every repository known; without a readable registry, those that backups know.

    Args:
        shelf: where.
        mending: whether a damaged registry is set aside and written anew.
    """
    try:
        found = records.read(shelf.registry) if shelf.registry else {}
    except records.Unreadable:
        return _gather_anew(shelf) if mending else _gather(shelf)
    if not found:
        return _gather(shelf)
    return [entry for id_, fields in found.items() if (entry := find_read(id_, fields))]


def find(shelf: Shelf, repository_id: str, *, mending: bool = True) -> Entry | None:
    """Return what is known of an id, or None.

    Args:
        shelf: where the registry lies.
        repository_id: the id.
        mending: whether a damaged registry is written anew.
    """
    entries = list_entries(shelf, mending=mending)
    return next((entry for entry in entries if entry.id == repository_id), None)


def find_at(shelf: Shelf, repository: Repository, *, mending: bool = True) -> Entry | None:
    """Return the entry whose store is, or was, this one; the one seen last where there are several, or None.

    It is the same when it lies at the same path, or in the same repository while its former path is gone.

    Args:
        shelf: where the registry lies.
        repository: whose store.
        mending: whether a damaged registry is written anew.
    """
    store = os.path.realpath(repository.store)
    entries = list_entries(shelf, mending=mending)
    entries.sort(key=lambda entry: entry.seen, reverse=True)
    left = [entry for entry in entries if entry.store]
    same = [entry for entry in left if os.path.realpath(entry.store) == store]
    if not same and repository.common_dir:
        same = [entry for entry in left if entry.common_dir == repository.common_dir]
        same = [entry for entry in same if not os.path.exists(entry.store)]
    return same[0] if same else None


def note(shelf: Shelf, entry: Entry, now: int) -> bool:
    """Write down what is known of a repository; texts left empty keep what was known.

    Args:
        shelf: where.
        entry: what is known now.
        now: wall clock, milliseconds.

    Returns:
        whether it could be written; a home that cannot be is no reason to stop anyone.
    """

    def change(found: records.Record) -> None:
        known = find_read(entry.id, found.get(entry.id)) or Entry(entry.id)
        kept = {name: value or getattr(known, name) for name, value in entry._asdict().items()}
        kept |= {"rows": entry.rows, "claims": entry.claims, "seen": stamp(now)}
        found[entry.id] = _without_id({**kept, "trusted": max(entry.trusted, known.trusted)})

    return _change(shelf, change)


def leave(shelf: Shelf, repository: Repository) -> None:
    """Let go of a place where a person starts anew: its backups stay, and nothing waits for its store."""
    while entry := find_at(shelf, repository):
        gone = {entry.id: _without_id({**entry._asdict(), "store": "", "common_dir": ""})}
        if not _change(shelf, lambda found, gone=gone: found.update(gone)):
            return
        facts = os.path.join(folder_of(shelf, entry.id), FACTS_NAME)
        with suppress(OSError):
            if os.path.exists(facts):
                records.write(facts, {**_read_or_nothing(facts), **gone[entry.id]})


def forget(shelf: Shelf, repository_id: str) -> bool:
    """Remove a repository from the registry; return whether that could be written."""
    return _change(shelf, lambda found: found.pop(repository_id, None))


def iso(ms: int) -> str:
    """Return a wall clock in milliseconds as UTC text, such as 2026-11-20T09:57:09Z."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(ms / 1000))


def stamp(ms: int) -> str:
    """Return a wall clock in milliseconds as UTC text that keeps them, so that texts sort as times do."""
    return f"{iso(ms)[:-1]}.{ms % 1000:03d}Z"


def find_read(repository_id: str, fields: Any) -> Entry | None:
    """Return an entry as it was written down, or None when it is no such record."""
    if not ID.fullmatch(repository_id) or not isinstance(fields, dict):
        return None
    given = cast("dict[str, Any]", fields)
    told: dict[str, Any] = {}
    for name, default in Entry._field_defaults.items():
        value = given.get(name, default)
        told[name] = value if type(value) is type(default) else default
    return Entry(repository_id, **told)


def _change(shelf: Shelf, change: Callable[[records.Record], object]) -> bool:
    if not shelf.registry:
        return False
    try:
        with records.turn(shelf.registry, WAIT_S):
            entries = {entry.id: _without_id(entry._asdict()) for entry in list_entries(shelf)}
            change(entries)
            records.write(shelf.registry, entries)
            return True
    except (OSError, Busy):
        return False


def _gather_anew(shelf: Shelf) -> list[Entry]:
    found = _gather(shelf)
    with suppress(OSError):
        os.replace(shelf.registry, f"{shelf.registry}.damaged-{time.time_ns()}")
        records.write(shelf.registry, {entry.id: _without_id(entry._asdict()) for entry in found})
    return found


def _gather(shelf: Shelf) -> list[Entry]:
    """Return what the folders of backups say of their repositories: losing the registry loses nothing."""
    try:
        names = sorted(os.listdir(shelf.backups)) if shelf.backups else []
    except OSError:
        return []
    told = ((name, _read_or_nothing(os.path.join(shelf.backups, name, FACTS_NAME))) for name in names)
    return [entry for name, fields in told if fields and (entry := find_read(name, fields))]


def _read_or_nothing(path: str) -> records.Record:
    try:
        return records.read(path)
    except records.Unreadable:
        return {}


def _without_id(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name != "id"}
