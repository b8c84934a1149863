"""What `mnemo doctor` looks at: installation, repository and store, without writing a byte."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from mnemo import clock, homes, settings
from mnemo.errors import MnemoError
from mnemo.health import backups, installation, registry, surroundings
from mnemo.health.guarding import Guard
from mnemo.health.looking import Check
from mnemo.health.servers import DISTRIBUTION
from mnemo.repo import head as heads
from mnemo.store import backup, filesystem, lock, migrations
from mnemo.store.backup import Facts

Record = dict[str, Any]

OLDEST_PYTHON = (3, 11)
RACE_FROM, RACE_UNTIL = (3, 7, 0), (3, 51, 3)
RACE = (
    ", older than 3.51.3: resetting the log while another process commits can damage a file;"
    " mnemo does both under one lock, so leave the store to mnemo"
)
OLDEST_SQLITE = (3, 37, 0)  # STRICT tables, sqlite.org/stricttables.html
LEAST_FREE = 100_000_000


def checks(guard: Guard | None, environ: Mapping[str, str], further: Iterable[Check] = ()) -> list[Record]:
    """Return every check: name, ok, detail, fix.

    Args:
        guard: of the repository's store; None outside a repository.
        environ: the environment.
        further: what others looked at.
    """
    found = [*_of_machine(environ), *installation.iter_checks(), *_of_home(environ)]
    if guard is None:
        found.append(Check("repository", True, "none here; the global store is used outside of one"))
    else:
        found += [*_of_repository(guard), *_of_store(guard)]
        found += surroundings.iter_checks(guard, _id_of(guard), environ)
    return [check._asdict() for check in (*found, *further)]


def _of_machine(environ: Mapping[str, str]) -> Iterator[Check]:
    folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    yield Check("mnemo", True, f"{_version()} in {folder}")
    python = ".".join(map(str, sys.version_info[:3])) + f", {sys.executable}"
    yield Check("python", sys.version_info >= OLDEST_PYTHON, python, "Use Python 3.11 or later.")
    version = tuple(map(int, backup.SQLITE_VERSION.split(".")))
    detail = backup.SQLITE_VERSION + (RACE if RACE_FROM <= version < RACE_UNTIL else "")
    yield Check("sqlite", version >= OLDEST_SQLITE, detail, "Use a Python with SQLite 3.37 or later.")
    git = shutil.which("git", path=environ.get("PATH"))
    yield Check("git", git is not None, git or "not on PATH", "Install git; anchors and branches need it.")
    entry = shutil.which("mnemo", path=environ.get("PATH"))
    yield Check("mnemo on PATH", True, entry or "no; where a client starts it, name the command in full")
    editor = environ.get("VISUAL") or environ.get("EDITOR") or "vi"
    there = shutil.which(editor.split()[0], path=environ.get("PATH"))
    yield Check("editor", True, f"{editor}{'' if there else ', not found: mnemo edit needs one'}")


def _of_home(environ: Mapping[str, str]) -> Iterator[Check]:
    shelf = registry.shelf(environ)
    told = shelf.backups or "no home folder"
    writable = bool(shelf.backups) and os.access(_nearest(shelf.backups), os.W_OK)
    yield Check("backups folder", writable, told, "Make it writable, or set MNEMO_BACKUPS to another folder.")
    known = len(registry.list_entries(shelf, mending=False))
    told = f"{shelf.registry or 'no home folder'}, {known} known"
    yield Check("registry", bool(shelf.registry), told, "Set HOME to a folder that exists.")
    yield _settings("your settings", settings.load("", environ))


def _of_repository(guard: Guard) -> Iterator[Check]:
    place = guard.place
    if place is None:
        yield Check("repository", True, f"none; the store of {os.path.dirname(guard.db.folder)}")
    else:
        yield Check("repository", True, f"{place.common_dir}, working tree {place.worktree}")
        branch = heads.read_head(place).branch or "no branch"
        yield Check("scope", True, f"claims of {branch}, of the project, and {_global_told(guard)}")
    kind = filesystem.kind(guard.db.folder)
    safe = filesystem.is_safe(kind)
    journal = "" if safe else ": no memory is shared there, so a rollback journal is used; locks may lie"
    fix = "Set MNEMO_STORE to a folder on a disk of this machine, and move the store's files there."
    yield Check("file system", safe, f"{kind or 'unknown'}{journal}", fix)
    free = _free(guard.db.folder)
    yield Check("disk", free > LEAST_FREE, f"{free // 1_000_000} MB free", "Free some space.")
    nearest = _nearest(guard.db.folder)
    place_ok = os.path.isdir(nearest) and os.access(nearest, os.W_OK)
    yield Check("writable", place_ok, guard.db.folder, "Make the folder writable for yourself.")
    yield _ignored(guard)
    verdict = guard.verdict()
    fix = "Type `mnemo trust` when you know where it comes from."
    yield Check("trust", verdict.believed, verdict.reason or "believed", fix)
    yield _settings("settings", guard.settings)


def _of_store(guard: Guard) -> Iterator[Check]:
    path = guard.db.path
    entry = registry.find_at(guard.shelf, guard.repository, mending=False)
    if not guard.db.exists():
        missed = entry is not None and entry.rows > 0
        rows = entry.rows if entry else 0
        detail = f"{path} is gone; it held {rows} events" if missed else f"{path}, not made yet"
        yield Check("store", not missed, detail, "`mnemo restore` brings the newest backup back.")
        return
    yield _privacy(guard)
    try:
        facts = backup.read_facts(path)
    except MnemoError as error:
        yield Check("store", False, error.message, "Run `mnemo health`; it restores the newest good backup.")
        return
    yield Check("store", True, f"{path}, {facts.events} events, {facts.claims} claims{_waiting(path)}")
    newer = facts.schema > migrations.SCHEMA
    fix = "Restart the client with the newer mnemo."
    yield Check("schema", not newer, f"{facts.schema}, this mnemo knows {migrations.SCHEMA}", fix)
    yield _mark(path, facts)
    same = entry is None or entry.id == facts.repository
    other = "" if same or entry is None else f", the registry knows {entry.id} here"
    yield Check(
        "repository id", same, facts.repository + other, "`mnemo restore` brings this repository's back."
    )
    yield _backups(guard, facts)


def _privacy(guard: Guard) -> Check:
    folder = guard.db.folder
    paths = [
        folder,
        *(os.path.join(folder, name) for name in os.listdir(folder) if name.startswith("mnemo.db")),
    ]
    shared = [path for path in paths if stat.S_IMODE(os.lstat(path).st_mode) & 0o077]
    fix = f"chmod -R go= {folder}"
    return Check("privacy", not shared, f"others may read {shared[0]}" if shared else "0700, files 0600", fix)


def _ignored(guard: Guard) -> Check:
    folder = guard.db.folder
    if os.path.basename(folder) != ".mnemo" or not os.path.isdir(folder):
        return Check("gitignore", True, "the store's folder ignores itself as soon as it is made")
    ignored = os.path.exists(os.path.join(folder, ".gitignore"))
    told = f"{folder} ignores itself" if ignored else f"git may see {folder}"
    return Check("gitignore", ignored, told, f"echo '*' > {folder}/.gitignore")


def _mark(path: str, facts: Facts) -> Check:
    mark = lock.read_mark(lock.path_of(path))
    missing = mark.lost + (0 if _waiting(path) else max(0, mark.acknowledged - facts.events))
    told = (
        f"{missing} events that were acknowledged are missing"
        if missing
        else "nothing acknowledged is missing"
    )
    return Check("completeness", not missing, told, "Run `mnemo health`; it restores what a backup holds.")


def _backups(guard: Guard, facts: Facts) -> Check:
    found = backups.list_backups(registry.folder_of(guard.shelf, facts.repository))
    if not found:
        return Check("backup", facts.events == 0, "none yet", "Run `mnemo backup`.")
    age = clock.age(clock.from_ms(found[0].made), clock.now_ms())
    behind = facts.events - found[0].rows if found[0].rows >= 0 else 0
    told = f"{len(found)}, newest {age}" + (f", {behind} events behind" if behind > 0 else "")
    days = (clock.now_ms() - found[0].made) / 86_400_000
    return Check("backup", behind <= 0 or days < 1, told, "Run `mnemo backup`.")


def _settings(name: str, found: settings.Settings) -> Check:
    try:
        found.list_all()
        unknown = found.list_unknown()
    except MnemoError as error:
        return Check(name, False, error.message, error.fix)
    told = f"not known: {', '.join(unknown)}" if unknown else "all known"
    return Check(name, not unknown, told, "Take them out or mend the name; `mnemo config list` shows all.")


def _id_of(guard: Guard) -> str:
    entry = registry.find_at(guard.shelf, guard.repository, mending=False)
    if entry is None and guard.db.exists():
        with suppress(MnemoError):
            return backup.read_facts(guard.db.path, counting=False).repository
    return entry.id if entry else ""


def _global_told(guard: Guard) -> str:
    path = homes.global_store(guard.environ)
    return f"of yours in {path}" if os.path.exists(path) else "of yours everywhere: none yet"


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return "not installed"


def _waiting(path: str) -> str:
    """Say when a log lies there that nobody has open: what it holds is folded in by the next write."""
    log = path + "-wal"
    if os.path.exists(log) and os.path.getsize(log) and not os.path.exists(path + "-shm"):
        return f", and a log of {os.path.getsize(log)} bytes that the next write folds in"
    return ""


def _nearest(path: str) -> str:
    while not os.path.exists(path) and os.path.dirname(path) != path:
        path = os.path.dirname(path)
    return path


def _free(folder: str) -> int:
    found = os.statvfs(_nearest(folder))
    return found.f_bavail * found.f_frsize
