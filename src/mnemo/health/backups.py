"""Backups in the home folder: when one is due, how it is made, which are kept, and which can be believed."""

from __future__ import annotations

import calendar
import hashlib
import os
import re
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, NamedTuple

from mnemo.errors import Damaged, Invalid, StorageError, TooNew
from mnemo.health import records
from mnemo.health.registry import FACTS_NAME, Entry, Shelf, folder_of, iso, stamp
from mnemo.settings import Settings
from mnemo.store import backup
from mnemo.store.backup import Facts

HOURS = 24
HOUR_S = 3600
DAY_S = 86_400
WAIT_S = 30.0
ABANDONED_S = 3600

_NAME = re.compile(r"memory_(\d{8})_(\d{6})\.db")

Progress = Callable[[int, int], None]


class Backup(NamedTuple):
    """One backup.

    Args:
        path: its file.
        taken: the time in its name, seconds since 1970.
        bytes: its size.
        told: what was written down when it was made: made (ms), rows, claims, digest, checked, cause.
    """

    path: str
    taken: int
    bytes: int
    told: dict[str, Any]

    @property
    def made(self) -> int:
        """When it was made by the wall clock, milliseconds; names only say in which order."""
        return int(self.told.get("made") or self.taken * 1000)

    @property
    def rows(self) -> int:
        """Events it holds, -1 when that was not written down."""
        return int(self.told.get("rows", -1))


class Rules(NamedTuple):
    """When backups are made and which are kept.

    Args:
        enabled: whether they are made without being asked for.
        interval_s: seconds between two.
        days: days of which the newest is kept.
        limit: bytes that a repository's backups may take.
    """

    enabled: bool = True
    interval_s: float = HOUR_S
    days: int = 7
    limit: float = 2e9


def rules(settings: Settings) -> Rules:
    """Return the rules as the settings have them."""
    return Rules(
        settings.flag("storage.backup_enabled"),
        settings.number("health.check_interval_hours") * HOUR_S,
        settings.whole("storage.backup_retention_days"),
        settings.number("storage.backup_limit_mb") * 1e6,
    )


def list_backups(folder: str) -> list[Backup]:
    """Return a repository's backups, newest first."""
    told = _told(folder).get("copies", {})
    found: list[Backup] = []
    for name in _names(folder):
        taken = _time_in(name)
        path = os.path.join(folder, name)
        with suppress(OSError):
            if taken is not None:
                found.append(Backup(path, taken, os.stat(path).st_size, told.get(name, {})))
    return sorted(found, key=lambda one: one.taken, reverse=True)


def is_due(found: list[Backup], now: int, rows: int, interval_s: float) -> bool:
    """Tell whether another backup is due: the store changed, and the newest is as old as the interval.

    Args:
        found: backups, newest first.
        now: wall clock, milliseconds; a clock that was set back makes one due.
        rows: events in the store.
        interval_s: seconds between two.
    """
    if not rows or (found and found[0].rows == rows):
        return False
    return not found or not 0 <= now - found[0].made < interval_s * 1000


def was_checked(found: list[Backup], now: int, interval_s: float) -> bool:
    """Tell whether some backup of the last interval was checked row by row."""
    return any(one.told.get("checked") and 0 <= now - one.made < interval_s * 1000 for one in found)


def make(
    shelf: Shelf,
    store: str,
    entry: Entry,
    now: int,
    rules: Rules,
    *,
    cause: str = "",
    every_row: bool = True,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Back a store up, note it beside the copy, and drop what the rules no longer keep.

    Args:
        shelf: where backups lie.
        store: the store's file.
        entry: what the registry is to know of it; kept beside the copies too.
        now: wall clock, milliseconds.
        rules: which backups are kept.
        cause: why it is kept for days whatever comes after, such as "before a restore".
        every_row: whether every row of the copy is checked, or its pages alone.
        progress: called with pages done and pages in all.

    Returns:
        path, taken, rows, claims, bytes, and notes on what was dropped.

    Raises:
        Busy, Damaged, TooNew, StorageError: no backup was made.
    """
    folder = folder_of(shelf, entry.id)
    if not folder:
        raise StorageError("There is no home folder to keep backups in.", "Set MNEMO_BACKUPS to a folder.")
    try:
        with records.turn(folder, WAIT_S):
            os.makedirs(folder, mode=0o700, exist_ok=True)
            path = os.path.join(folder, _free_name(folder, now))
            facts = backup.copy(store, path, every_row=every_row, progress=progress)
            told = {"made": now, "rows": facts.events, "claims": facts.claims, "digest": digest_of(path)}
            told |= {"checked": every_row, "cause": cause}
            _note(folder, entry, {os.path.basename(path): told}, now)
            notes = prune(folder, rules)
    except OSError as error:
        raise StorageError(
            f"No backup can be written to {folder}: {error.strerror or error}.",
            "Make it writable, or set MNEMO_BACKUPS to another folder.",
        ) from None
    counted = {"rows": facts.events, "claims": facts.claims, "bytes": os.stat(path).st_size}
    return {"path": path, "taken": iso(now), **counted, "notes": notes}


def kept(found: Iterable[Backup], rules: Rules) -> list[Backup]:
    """Return the backups that the rules keep, newest first.

    The newest of each of the newest 24 hours and of the newest days that have one, beside them those made for
    a cause in that many days, the newest that was checked row by row, and the newest of all; as many of them,
    from the newest on, as fit the limit.

    Args:
        found: backups, newest first.
        rules: how many days and bytes.
    """
    ordered = sorted(found, key=lambda one: one.taken, reverse=True)
    if not ordered:
        return []
    chosen = {ordered[0].path}
    for size, count in ((HOUR_S, HOURS), (DAY_S, rules.days)):
        slots: dict[int, str] = {}
        for one in (one for one in ordered if not one.told.get("cause")):
            slots.setdefault(one.taken // size, one.path)
        chosen.update(list(slots.values())[:count])
    chosen.update([one.path for one in ordered if one.told.get("checked")][:1])
    recent = ordered[0].taken - rules.days * DAY_S
    chosen.update(one.path for one in ordered if one.told.get("cause") and one.taken > recent)
    total, fitting = 0, list[Backup]()
    for one in (one for one in ordered if one.path in chosen):
        total += one.bytes
        if fitting and total > rules.limit:
            break
        fitting.append(one)
    return fitting


def prune(folder: str, rules: Rules) -> list[str]:
    """Delete the backups that the rules no longer keep, and say so where the size limit cost some."""
    found = list_backups(folder)
    wanted = kept(found, rules)
    without_limit = kept(found, rules._replace(limit=float("inf")))
    names = {one.path for one in wanted}
    for one in found:
        if one.path not in names:
            with suppress(OSError):
                os.remove(one.path)
    _sweep(folder)
    dropped = len(without_limit) - len(wanted)
    limit = f"{rules.limit / 1e6:g} MB"
    return [f"{dropped} older backups were dropped to stay below {limit}."] if dropped else []


def get_facts(one: Backup) -> Facts:
    """Return what a backup holds, after it was checked.

    Raises:
        Damaged: it does not pass.
        TooNew: a later version made it.
    """
    untouched = one.told.get("checked") and one.told.get("digest") == digest_of(one.path)
    problem = None if untouched else next(backup.iter_damage(one.path), None)
    if problem:
        raise Damaged(
            f"The backup {one.path} is damaged: {problem}.", "Take another: `mnemo where` lists them."
        )
    return backup.read_facts(one.path)


def find_passing(found: Iterable[Backup]) -> tuple[Backup, Facts] | None:
    """Return the first backup that passes its check and holds something, or None.

    Args:
        found: backups, newest first.

    Raises:
        TooNew: the first that could be read was made by a later version.
    """
    for one in found:
        try:
            facts = get_facts(one)
        except TooNew:
            raise
        except StorageError:
            continue
        if facts.events:
            return one, facts
    return None


def told_time(one: Backup) -> str:
    """Return when a backup was made, as UTC text."""
    return iso(one.made)


def find_file(path: str) -> Backup | None:
    """Return a file that a person names as a backup, or None when there is none."""
    folder, name = os.path.split(os.path.abspath(path))
    if not os.path.isfile(path):
        return None
    found = os.stat(path)
    taken = _time_in(name)
    told = _told(folder).get("copies", {}).get(name, {})
    return Backup(
        os.path.join(folder, name), int(found.st_mtime) if taken is None else taken, found.st_size, told
    )


def get_file(path: str) -> Backup:
    """Return a file that a person names as a backup.

    Raises:
        Invalid: there is no such file.
    """
    found = find_file(path)
    if found is None:
        raise Invalid(f"There is no file {path!r}.", "`mnemo where` lists the backups.")
    return found


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder) if folder else []
    except OSError:
        return []


def _time_in(name: str) -> int | None:
    match = _NAME.fullmatch(name)
    if not match:
        return None
    try:
        return calendar.timegm(time.strptime(match[1] + match[2], "%Y%m%d%H%M%S"))
    except ValueError:
        return None


def _free_name(folder: str, now: int) -> str:
    """Return a name after every other: a clock that is set back must not make the newest look old."""
    newest = max((taken for name in _names(folder) if (taken := _time_in(name)) is not None), default=0)
    return time.strftime("memory_%Y%m%d_%H%M%S.db", time.gmtime(max(now // 1000, newest + 1)))


def _told(folder: str) -> records.Record:
    try:
        return records.read(os.path.join(folder, FACTS_NAME)) if folder else {}
    except records.Unreadable:
        return {}


def _note(folder: str, entry: Entry, copies: dict[str, dict[str, Any]], now: int) -> None:
    names = set(_names(folder))
    known = {name: told for name, told in _told(folder).get("copies", {}).items() if name in names}
    last = max(iso(now), entry.last_backup)
    fields = {**entry._asdict(), "last_backup": last, "seen": stamp(now)}
    records.write(os.path.join(folder, FACTS_NAME), {**fields, "copies": {**known, **copies}})


def _sweep(folder: str) -> None:
    """Remove what a killed process left half done."""
    for name in _names(folder):
        path = os.path.join(folder, name)
        with suppress(OSError):
            if backup.UNFINISHED in name and time.time() - os.stat(path).st_mtime > ABANDONED_S:
                os.remove(path)


def digest_of(path: str) -> str:
    """Return the sha-256 of a file that nobody changes meanwhile."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
