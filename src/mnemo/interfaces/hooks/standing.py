"""Whether the store that a hook found is to be believed, decided as cheaply as that can be."""

from __future__ import annotations

import os
from collections.abc import Mapping

from mnemo import settings
from mnemo.errors import Refused
from mnemo.repo.indexed import find_tracked
from mnemo.repo.location import Place
from mnemo.store import meta
from mnemo.store.database import Database, schema_of
from mnemo.store.migrations import SCHEMA

OLDEST = SCHEMA - 1  # older ones are first migrated by a server or a command
FOLDER = ".mnemo"
ASKING_S = 0.1


def check(db: Database, place: Place, environ: Mapping[str, str]) -> None:
    """Refuse a store that is not believed, or that this version does not read.

    Args:
        db: the store, which is there.
        place: its repository.
        environ: the environment, for the registry.

    Raises:
        Refused: it came with a clone and nobody trusted it, or it is too old; the fix is the next step.
        MnemoError: it cannot be read.
    """
    with db.reading() as connection:
        schema, made_at = schema_of(connection), meta.find(connection, "place")
    usual = db.folder == os.path.join(os.path.dirname(place.common_dir), FOLDER)
    tracked = find_tracked(_index(place), FOLDER) if usual else None
    # The store was made here by this user, and nothing beside it came with the repository: that is what
    # trust.verdict() asks of a store that nobody had to trust.
    if tracked is not False or made_at != meta.place_of(db.path) or not _is_ours(db):
        _refuse_foreign(db, place, environ, tracked)
    if schema < OLDEST:
        raise Refused(f"The store is version {schema}'s.", "Run `mnemo doctor`; it brings it up to date.")


def check_gone(db: Database, place: Place, environ: Mapping[str, str]) -> None:
    """Say that a store is gone, where this user's registry knows one at this place.

    Args:
        db: the store, which is not there.
        place: its repository.
        environ: the environment, for the registry.

    Raises:
        Refused: it is gone; the fix is the next step.
    """
    from mnemo.health import registry

    lost = registry.Repository(db.path, place.common_dir)
    entry = registry.find_at(registry.shelf(environ), lost, mending=False)
    if entry and entry.rows and (not entry.root_commit or _holds(place, entry.root_commit)):
        raise Refused("This repository's memory is gone.", "Run `mnemo restore`; it brings it back.")


def _is_ours(db: Database) -> bool:
    """Whether this user owns the store, its settings and their folder, which is no link."""
    us = os.getuid()
    for path in (db.folder, db.path, os.path.join(db.folder, settings.FILE)):
        try:
            if os.lstat(path).st_uid != us:
                return False
        except FileNotFoundError:
            continue
    return not os.path.islink(db.folder)


def _refuse_foreign(db: Database, place: Place, environ: Mapping[str, str], tracked: bool | None) -> None:
    from mnemo.health import registry, trust

    if tracked is None:
        from mnemo.health.guarding import Guard

        found = Guard(db, place, environ).verdict()
    else:
        ours = registry.Repository(db.path, place.common_dir, root=lambda: _root(place))
        shelf = registry.shelf(environ)
        found = trust.verdict(ours, shelf, tracked=lambda: tracked, index=_index(place), hint=FOLDER)
    if not found.believed:
        raise Refused(
            f"The memory in {db.folder} is not believed: {found.reason}.",
            "Type `mnemo trust` to believe it.",
            word="not_trusted",
        )


def _index(place: Place) -> str:
    """Return the index of the working tree that the store's folder lies in."""
    return os.path.join(place.common_dir, "index")


def _root(place: Place) -> str:
    from mnemo.repo.git import Git

    return Git(place).root_commit() or ""


def _holds(place: Place, commit: str) -> bool:
    """Whether the repository has a commit, so that it is the one it was; where nobody can tell, yes."""
    import subprocess

    from mnemo.repo import hardening

    environ = {name: value for name, value in os.environ.items() if name not in hardening.POINTERS}
    command = ["git", *hardening.SETTINGS, "cat-file", "-e", commit]
    environ |= hardening.ENVIRONMENT
    try:
        ran = subprocess.run(
            command, cwd=place.common_dir, env=environ, timeout=ASKING_S, capture_output=True, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return True
    return ran.returncode != 1
