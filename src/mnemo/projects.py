"""Which project a call refers to, opened at most once in a process."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import TypeVar

from mnemo import homes
from mnemo.errors import Ambiguous, Damaged, Invalid, MnemoError, NotFound
from mnemo.health import checking, registry
from mnemo.project import Project
from mnemo.repo.location import Place, find_place, get_place, store_path

STARTS = ("MNEMO_PROJECT_ROOT", "CLAUDE_PROJECT_DIR", "CURSOR_PROJECT_DIR")
Result = TypeVar("Result")

_chosen: ContextVar[Project | None] = ContextVar("chosen", default=None)
_opened: dict[str, Project] = {}
_places: dict[tuple[str, str, str], tuple[Place, str, int]] = {}


@contextmanager
def using(project: Project) -> Generator[Project]:
    """Use one project in the block, whatever the current folder."""
    token = _chosen.set(project)
    try:
        yield project
    finally:
        _chosen.reset(token)


def current(*, writing: bool = False) -> Project:
    """Return the project that calls refer to: the chosen one, the environment's, or the current folder's.

    Args:
        writing: whether the caller is about to write.

    Raises:
        NotARepository: there is no repository there.
        Refused: its store must not be used.
    """
    project = current_unchecked()
    project.check(writing=writing)
    project.heartbeat()
    return project


def find_chosen() -> Project | None:
    """Return the project that the caller chose for this call, None where the current folder decides."""
    return _chosen.get()


def current_for_log() -> Project:
    """Return the project for reading its work log, which even a store that is not believed may show.

    Raises:
        NotARepository, Damaged: as for current.
    """
    project = current_unchecked()
    told = project.guard.find_lost()
    if told:
        project.notes.append(told)
    return project


def forgiving(call: Callable[[], Result]) -> Result:
    """Return what a call returns; where the store turns out to be damaged, mend it and call once more.

    Raises:
        Damaged: nothing passes to mend it with, or mending is switched off.
    """
    try:
        return call()
    except Damaged:
        if not any(_mended(project) for project in list_opened()):
            raise
        return call()


def current_unchecked() -> Project:
    """Return the project that calls refer to, whatever state its store is in: for those who mend it.

    Raises:
        NotARepository: there is no repository there.
    """
    return _chosen.get() or open_at(start_folder(os.environ), os.environ)


def start_folder(environ: Mapping[str, str]) -> str:
    """Return the folder in which the project is looked for; an unfilled ${…} counts as absent."""
    for name in STARTS:
        value = environ.get(name, "")
        if value and "${" not in value:
            return value
    return os.getcwd()


def open_at(start: str, environ: Mapping[str, str]) -> Project:
    """Return the project of a folder, opened at most once in a process.

    Raises:
        NotARepository: the folder is in no repository.
    """
    place, path = _located(start, environ)
    return _once(f"{place.git_dir}\n{path}", lambda: Project(place, path, environ))


def open_workspace(folder: str, environ: Mapping[str, str]) -> Project:
    """Return the project of a folder's repository, or of the folder itself where there is none.

    Raises:
        Invalid: there is no such folder.
    """
    if not os.path.isdir(folder):
        raise Invalid(f"{folder!r} is no folder.", "Give a folder that exists.")
    return open_at(folder, environ) if find_place(folder) else open_alone(folder, environ)


def open_alone(folder: str, environ: Mapping[str, str]) -> Project:
    """Return the project of a folder that has a store of its own, whatever repository it may lie in."""
    path = os.path.join(os.path.realpath(folder), ".mnemo", "mnemo.db")
    return _once(path, lambda: Project(None, path, environ))


def open_known(named: str) -> Project:
    """Return the project of a folder, or of a repository that was used before, by its name or id.

    Raises:
        NotFound, Ambiguous: no repository, or several, are called so; the fix lists them.
    """
    if os.path.isdir(os.path.expanduser(named)):
        return open_workspace(os.path.abspath(os.path.expanduser(named)), os.environ)
    known = [entry for entry in registry.list_entries(registry.shelf(os.environ)) if entry.store]
    meant = [entry for entry in known if named in (entry.name, entry.id)]
    if not meant:
        names = ", ".join(sorted({entry.name for entry in known})) or "none yet"
        raise NotFound(
            f"No project is called {named[:80]!r}.", f"Give its folder, or one of those used before: {names}."
        )
    if len(meant) > 1:
        places = ", ".join(entry.common_dir or entry.store for entry in meant)
        raise Ambiguous(f"Several projects are called {named[:80]!r}.", f"Give the folder of one: {places}.")
    return _open_entry(meant[0])


def open_global(environ: Mapping[str, str]) -> Project:
    """Return the user's global memory."""
    path = homes.global_store(environ)
    if not path:
        raise Invalid(
            "There is no home folder for the global memory.", "Set HOME, or MNEMO_GLOBAL to a folder."
        )
    return _once(path, lambda: Project(None, path, environ))


def list_opened() -> list[Project]:
    """Return the projects that this process has open."""
    return list(_opened.values())


def look_after() -> None:
    """Check and back up every open store whose turn has come, one server of each store at a time."""
    for project in list_opened():
        # What is wrong is told by the next call that meets it; a look that fails must not end a server.
        with suppress(MnemoError, OSError):
            record = checking.tick(project.guard)
            project.notes += record["notes"] if record and "rolled_back_from" in record else []


def closing() -> None:
    """Close every project that this process opened, with the backups that are due."""
    while _opened:
        _opened.popitem()[1].close()


def close(project: Project) -> None:
    """Close one project, with the backup that is due; the next call that refers to it opens it anew."""
    for key in [key for key, each in _opened.items() if each is project]:
        del _opened[key]
    project.close()


def _open_entry(entry: registry.Entry) -> Project:
    if not entry.common_dir:
        return open_workspace(os.path.dirname(os.path.dirname(entry.store)), os.environ)
    above, name = os.path.split(entry.common_dir)
    return open_at(above if name == ".git" else entry.common_dir, os.environ)


def _mended(project: Project) -> bool:
    """Roll a store back that is damaged; return whether it was."""
    record = checking.health(project.guard, thorough=False)
    if not record["ok"] or "rolled_back_from" not in record:
        return False
    project.notes += record["notes"]
    return True


def _located(start: str, environ: Mapping[str, str]) -> tuple[Place, str]:
    """Return where a folder's repository and its store lie; looked for again only when that has changed."""
    key = (start, environ.get("MNEMO_STORE", ""), environ.get("HOME", ""))
    known = _places.get(key)
    if known and known[2] == _inode(known[0].git_dir):
        return known[:2]
    place = get_place(start)
    path = store_path(place, environ, homes.home(environ))
    _places[key] = (place, path, _inode(place.git_dir))
    return place, path


def _inode(path: str) -> int:
    try:
        return os.stat(path).st_ino
    except OSError:
        return 0


def _once(key: str, make: Callable[[], Project]) -> Project:
    found = _opened.get(key)
    if found is None:
        found = _opened.setdefault(key, make())
    return found
