"""Bringing a backup back: what lies there is set aside, a verified copy takes its place in one step."""

from __future__ import annotations

import math
import os
import secrets
import time
from contextlib import suppress
from typing import Any, NamedTuple

from mnemo.errors import Busy, MnemoError, NotFound, Refused, StorageError, TooNew
from mnemo.health import backups, registry
from mnemo.health.backups import Backup, Rules
from mnemo.health.registry import Entry, Repository, Shelf
from mnemo.store import backup, lock
from mnemo.store.backup import Facts
from mnemo.store.database import Database
from mnemo.store.salvage import salvage

Record = dict[str, Any]

BESIDE = ("-wal", "-shm", "-journal")
ANEW = "`mnemo restore FILE` brings back a copy that you have; `mnemo init --fresh` starts anew."


class Ward(NamedTuple):
    """A store, and what keeping it takes.

    Args:
        db: the store.
        repository: whose it is.
        shelf: where registry and backups lie.
        rules: when backups are made, and which are kept.
        automatic: whether what was lost is restored unasked.
    """

    db: Database
    repository: Repository
    shelf: Shelf
    rules: Rules = Rules()
    automatic: bool = True


class Present(NamedTuple):
    """What lies where the store belongs.

    Args:
        state: gone, whole, damaged or newer.
        problem: what is wrong, empty when nothing is.
        facts: what it says of itself, where that can be read.
    """

    state: str
    problem: str = ""
    facts: Facts = Facts(0, "", "", "", 0, 0, 0)


def restore(ward: Ward, now: int, source: str = "", *, problem: str = "") -> Record:
    """Put a backup in the store's place.

    Other processes that use the store notice at their next call. The restored file is a new replica, so that
    what it writes from here on cannot be mixed up with what was lost.

    Args:
        ward: the store.
        now: wall clock, milliseconds.
        source: a backup's file; left out, the newest that passes its check.
        problem: what is wrong with the store, where its rows alone do not show it.

    Returns:
        from, taken, rows, claims, salvaged (events that a damaged file still held beyond the backup),
        lost_seconds (the backup's age, rounded up), missing (acknowledged events that are not in it, None
        when nothing tells), set_aside, and notes.

    Raises:
        Refused: nothing was named and the store is whole.
        NotFound: no backup passes.
        Invalid, Damaged: the file named is no backup, or does not pass.
        TooNew: a later version made what lies there, or what would be restored.
    """
    db = ward.db
    with db.replacing():
        acknowledged = lock.read_mark(lock.path_of(db.path)).acknowledged
        present = look(db)
        if problem and present.state == "whole":
            present = Present("damaged", problem, present.facts)
        chosen, facts = _choose(ward, present, source)
        incoming = os.path.join(db.folder, f".incoming-{secrets.token_hex(4)}.db")
        try:
            backup.copy(chosen.path, incoming)
            backup.forget_place(incoming)
            notes = _keep(ward, present, now)
            aside = set_aside(db.path, _word(present), now)
            os.replace(incoming, db.path)
        finally:
            with suppress(FileNotFoundError):
                os.remove(incoming)
        flush(db.folder)
        salvaged = 0
        if present.state == "damaged" and aside and not source:
            with db.transaction() as connection:
                salvaged = salvage(connection, aside, now)
                facts = facts._replace(events=db.newest(connection))
    registry.note(ward.shelf, entry_of(ward.repository, facts), now)
    if salvaged:
        notes.append(f"{salvaged} later events were still whole in the damaged file and were taken over.")
    return {
        "from": chosen.path,
        "taken": registry.iso(chosen.made),
        "rows": facts.events,
        "claims": facts.claims,
        "salvaged": salvaged,
        "missing": max(0, acknowledged - facts.events) if acknowledged else None,
        "lost_seconds": max(1, math.ceil((now - chosen.made) / 1000)),
        "set_aside": aside,
        "notes": notes,
    }


def start_anew(ward: Ward, now: int) -> Record:
    """Set aside what lies there and let the next write make a new store: only ever by a person's word.

    Returns:
        set_aside, empty when there was nothing, and notes.
    """
    with ward.db.replacing():
        present = look(ward.db)
        notes = _keep(ward, present, now)
        aside = set_aside(ward.db.path, _word(present), now)
    registry.leave(ward.shelf, ward.repository)
    return {"set_aside": aside, "notes": notes}


def look(db: Database) -> Present:
    """Return what lies where the store belongs, every row of it checked."""
    if not db.exists():
        return Present("gone", "there is no file" if not os.path.lexists(db.path) else "the file is empty")
    try:
        with db.reading() as connection:
            problem = next(backup.iter_damage_in(connection), None)
    except TooNew as error:
        return _newer_or_damaged(db.path, error)
    except Busy:
        raise
    except StorageError as error:
        return Present("damaged", error.message)
    facts = Present("whole").facts
    with suppress(MnemoError):
        facts = backup.read_facts(db.path)
    return Present("damaged" if problem else "whole", problem or "", facts)


def set_aside(path: str, word: str, now: int) -> str:
    """Rename a store's file, with its log, to `<file>.<word>-<time>`; return the new name, or ''.

    Args:
        path: the store's file.
        word: corrupt or replaced.
        now: wall clock, milliseconds.
    """
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now / 1000))
    target = f"{path}.{word}-{stamp}"
    number = 1
    while any(os.path.lexists(target + end) for end in ("", *BESIDE)):
        number += 1
        target = f"{path}.{word}-{stamp}-{number}"
    moved = False
    # The file first: a log without its file restores nothing, a file without its log looks whole.
    for end in ("", *BESIDE):
        with suppress(FileNotFoundError):
            os.rename(path + end, target + end)
            moved = moved or end in ("", "-wal")
    return target if moved else ""


def entry_of(repository: Repository, facts: Facts) -> Entry:
    """Return what the registry is to know of a store."""
    return Entry(
        facts.repository,
        repository.common_dir,
        name=repository.name,
        store=repository.store,
        rows=facts.events,
        claims=facts.claims,
    )


def find_newest(ward: Ward, otherwise: str = "") -> tuple[Backup, Facts] | None:
    """Return the newest backup of a store that passes its check, or None.

    Args:
        ward: the store.
        otherwise: its repository's id where the registry does not know the place.
    """
    entry = registry.find_at(ward.shelf, ward.repository)
    folder = registry.folder_of(ward.shelf, entry.id if entry else otherwise)
    return backups.find_passing(backups.list_backups(folder))


def flush(folder: str) -> None:
    """Make a renaming in a folder outlast a power loss."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _choose(ward: Ward, present: Present, source: str) -> tuple[Backup, Facts]:
    if source:
        named = backups.get_file(source)
        return named, backups.get_facts(named)
    if present.state == "newer":
        raise TooNew(present.problem, "Restart the client, so that it starts the newer mnemo.")
    found = find_newest(ward, present.facts.repository)
    if found is None:
        raise NotFound("No backup of this repository passes its check.", ANEW)
    if present.state == "whole" and present.facts.events >= found[1].events:
        raise Refused(
            f"The store is whole and holds {present.facts.events} events; the backup {found[1].events}.",
            "Nothing needs to be restored. To go back to an earlier state, name its file.",
        )
    return found


def _newer_or_damaged(path: str, newer: TooNew) -> Present:
    """Tell a later version's store from one whose number alone changed: its record of migrations says."""
    try:
        problem = next(backup.iter_damage(path), "")
    except TooNew:
        return Present("newer", newer.message)
    return Present("damaged", problem) if problem else Present("newer", newer.message)


def _keep(ward: Ward, present: Present, now: int) -> list[str]:
    """Back up what is there where it is this repository's and can be read; return what to tell of it."""
    entry = registry.find_at(ward.shelf, ward.repository) or entry_of(ward.repository, present.facts)
    if present.state != "whole" or entry.id != present.facts.repository or not present.facts.events:
        return []
    cause = "before it was replaced"
    try:
        made = backups.make(ward.shelf, ward.db.path, entry, now, ward.rules, cause=cause)
    except MnemoError as error:
        return [f"It could not be backed up before, only set aside: {error.message}"]
    return [f"What was there is also kept as {made['path']}."]


def _word(present: Present) -> str:
    return "corrupt" if present.state == "damaged" else "replaced"
