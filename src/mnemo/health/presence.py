"""Is the store where it belongs? What was lost is brought back; nothing empty takes its place unsaid."""

from __future__ import annotations

import os
from typing import Any

from mnemo.errors import Damaged, NotFound, Refused
from mnemo.health import failing, registry, restoring
from mnemo.health.restoring import Ward
from mnemo.store import backup
from mnemo.store.connections import has_log

Record = dict[str, Any]


def check_present(ward: Ward, now: int) -> Record:
    """See that a store is there, or that there never was one; bring back what was lost.

    Args:
        ward: the store.
        now: wall clock, milliseconds.

    Returns:
        empty when all is well; `told`, and after a restore what it answered with data_loss_window_s.

    Raises:
        Refused: the store is gone and was not brought back; nothing was made in its place.
        Damaged: it cannot be read and was not brought back.
        TooNew: a later version made it.
    """
    if not ward.db.exists():
        return _missing(ward, now)
    try:
        lost = ward.db.lost()
    except Damaged as error:
        return _damaged(ward, now, error)
    return _cut(ward, now) if lost else {}


def _missing(ward: Ward, now: int) -> Record:
    db, entry = ward.db, registry.find_at(ward.shelf, ward.repository)
    if entry is None or not entry.rows:
        if has_log(db.path) and not db.exists():  # being made, it holds something before its log does
            raise Refused(f"The store {db.path} is gone, and its log is left.", restoring.ANEW)
        return {}
    if entry.root_commit and not ward.repository.holds(entry.root_commit):
        kept = registry.folder_of(ward.shelf, entry.id)
        return {"told": f"Another repository was here before; its memory is kept in {kept}."}
    state = "empty" if os.path.lexists(db.path) else "gone"
    problem = f"the store {db.path} is {state}; it held {entry.rows} events when last seen, {entry.seen}"
    if not ward.automatic:
        raise Refused(_sentence(problem), "`mnemo restore` brings the newest backup back.")
    with db.locked():
        if db.exists():
            return {}  # another process brought it back while we waited
        try:
            return _restored(ward, now, problem)
        except NotFound:
            raise Refused(f"{_sentence(problem)} No backup of it passes its check.", restoring.ANEW) from None


def _damaged(ward: Ward, now: int, error: Damaged) -> Record:
    if not ward.automatic:
        raise Damaged(error.message, "`mnemo restore` brings the newest backup back; nothing is deleted.")
    with ward.db.locked():
        try:
            ward.db.lost()
        except Damaged:
            pass
        else:
            return {}
        try:
            return _restored(ward, now, error.message.rstrip("."))
        except NotFound:
            raise Damaged(f"{error.message} No backup of it passes its check.", restoring.ANEW) from None


def _cut(ward: Ward, now: int) -> Record:
    """Make good a log that was cut: from a backup that goes on where the store ends, else by saying so."""
    with ward.db.locked():
        lost = ward.db.lost()
        if not lost:
            return {}
        problem = f"{lost} events written to {ward.db.path} are missing: its log was cut or damaged"
        if ward.automatic and _goes_on(ward):
            return _restored(ward, now, problem)
        failing.respond(ward.db.folder, problem, None, "no backup holds them, or health.auto_rollback is off")
        ward.db.forgive_loss()
        return {"told": _sentence(problem), "lost_events": lost}


def _restored(ward: Ward, now: int, problem: str) -> Record:
    answer = failing.respond(ward.db.folder, problem, lambda: restoring.restore(ward, now))
    return {**answer, "told": failing.told(answer), "data_loss_window_s": answer["lost_seconds"]}


def _goes_on(ward: Ward) -> bool:
    """Whether the newest good backup holds all that the store holds, and more."""
    with ward.db.reading() as connection:
        newest = ward.db.newest(connection)
        here = backup.find_event(connection, newest)
    found = restoring.find_newest(ward)
    if found is None or found[1].events <= newest:
        return False
    with backup.looking(found[0].path) as connection:
        return not newest or backup.find_event(connection, newest) == here


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "."
