"""The health check: every row is judged, what can be is mended, backups are made and thinned."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
import time
from typing import Any

from mnemo import clock
from mnemo.errors import Damaged, MnemoError, NotFound, StorageError
from mnemo.health import backups, failing, presence, registry, restoring
from mnemo.health.backups import Progress
from mnemo.health.guarding import Guard
from mnemo.store import backup, integrity, journal

Record = dict[str, Any]

LOG = journal.LOGS["health"]
OUTSIDE = "a byte of the file changed though mnemo did not write; every row passes its check"
FULL_TEXT = "the full-text index did not fit the texts"


def health(guard: Guard, progress: Progress | None = None, *, thorough: bool = True) -> Record:
    """Check a store, mend it, back it up when that is due, and note the outcome in health.log.

    Args:
        guard: of the store.
        progress: called with pages done and pages in all of a backup.
        thorough: also fold every event anew and compare, about half a millisecond an event.

    Returns:
        ok, integrity ("ok" or the first problem), problems, backups, last_backup, rows, claims, bytes, notes;
        after a rollback rolled_back_from, data_loss_window_s, salvaged, set_aside and steps.

    Raises:
        Refused: the store is not believed, or is gone and cannot be brought back.
        Damaged: it cannot be read, and no backup passes.
        TooNew: a later version made it.
    """
    guard.refuse_foreign()
    record: Record = {"ok": True, "integrity": "ok", "problems": [], "notes": []}
    came_back = presence.check_present(guard.ward, clock.now_ms())
    if came_back:
        record["notes"].append(came_back["told"])
        _take_rollback(record, came_back)
    if guard.db.exists():
        outside, problem = _look(guard, thorough)
        if problem:
            _roll_back(guard, record, problem)
        if record["ok"]:
            try:
                _mend(guard, record, outside and not problem)
            except Damaged as error:  # an index beyond mending comes anew with a backup and what it lacks
                _roll_back(guard, record, error.message.rstrip("."))
            except StorageError as error:
                record["notes"].append(f"The full-text index could not be checked: {error.message}")
        if record["ok"]:
            _back_up(guard, record, progress)
        _count(guard, record)
    _note(guard, record)
    return record


def tick(guard: Guard) -> Record | None:
    """Check and back up once an interval while a server lives; return the record, None when nothing was due.

    Several servers of one store share the interval, by the time of health.log.
    """
    interval = guard.ward.rules.interval_s
    try:
        age = time.time() - os.stat(os.path.join(guard.db.folder, "logs", LOG)).st_mtime
    except OSError:
        age = interval
    if not guard.db.exists() or (0 <= age < interval and guard.copies()):
        return None
    return health(guard, thorough=False)


def cron_line(folder: str) -> str:
    """Return the line for crontab that checks a repository every hour; nothing is installed."""
    program = shutil.which("mnemo")
    command = [program] if program else [sys.executable, "-m", "mnemo"]
    told = f"cd {shlex.quote(folder)} && {shlex.join(command)} health --json >/dev/null 2>&1"
    return "7 * * * * " + told.replace("%", "\\%")  # cron takes a bare % for a line end


def _look(guard: Guard, thorough: bool) -> tuple[bool, str]:
    """Return whether bytes changed behind our back, and the first problem that a row or page shows."""
    try:
        outside = guard.db.changed_from_outside()
        with guard.db.reading() as connection:
            problem = next(backup.iter_damage_in(connection, thorough=thorough), "")
        entry = registry.find_at(guard.shelf, guard.repository)
        here = backup.read_facts(guard.db.path, counting=False).repository
        if outside and not problem and entry and entry.id != here:
            problem = "the repository's id is not what the registry knows"
        return outside, problem
    except Damaged as error:
        return False, error.message.rstrip(".")


def _roll_back(guard: Guard, record: Record, problem: str) -> None:
    ward = guard.ward
    record["problems"].append(problem)
    record["integrity"] = problem

    def rollback() -> Record:
        return restoring.restore(ward, clock.now_ms(), problem=problem)

    try:
        answer = failing.respond(guard.db.folder, problem, rollback if ward.automatic else None)
    except NotFound as error:
        record["ok"] = False
        record["notes"].append(f"{error.message} {error.fix}")
        return
    if "from" in answer:
        record["notes"].append(failing.told(answer))
        _take_rollback(record, answer)
    else:
        record["ok"] = False
        record["notes"].append(
            "Nothing was rolled back: health.auto_rollback is off. `mnemo restore` does it."
        )


def _take_rollback(record: Record, answer: Record) -> None:
    if "from" not in answer:
        record["problems"].append(answer["told"])
        return
    record["rolled_back_from"] = answer["from"]
    record["data_loss_window_s"] = answer["lost_seconds"]
    for name in ("salvaged", "set_aside", "steps"):
        record[name] = answer[name]
    record["notes"] += answer["notes"]
    if answer["problem"] not in record["problems"]:
        record["problems"].append(answer["problem"])


def _mend(guard: Guard, record: Record, outside: bool) -> None:
    """Make anew what is only derived, when it does not fit or bytes changed that no row's sum covers."""
    with guard.db.transaction() as connection:
        whole = integrity.is_searchable(connection)
        if outside or not whole:
            count = backup.renew_local(connection)
            record["notes"].append(f"The full-text index was made anew over {count} claims.")
    found = [problem for problem, there in ((OUTSIDE, outside), (FULL_TEXT, not whole)) if there]
    record["problems"] += found
    if found and record["integrity"] == "ok":
        record["integrity"] = found[0]


def _back_up(guard: Guard, record: Record, progress: Progress | None) -> None:
    rules = guard.ward.rules
    folder = guard.backups_folder()
    try:
        if rules.enabled and backups.is_due(guard.copies(), clock.now_ms(), guard.rows(), rules.interval_s):
            record["notes"] += guard.back_up(progress)["notes"]
        elif folder:
            record["notes"] += backups.prune(folder, rules)
    except MnemoError as error:
        record["notes"].append(f"No backup was made: {error.message} {error.fix}")


def _count(guard: Guard, record: Record) -> None:
    found = guard.copies()
    record["backups"] = len(found)
    record["last_backup"] = backups.told_time(found[0]) if found else ""
    facts = backup.read_facts(guard.db.path) if record["ok"] else None
    record["rows"], record["claims"] = (facts.events, facts.claims) if facts else (0, 0)
    record["bytes"] = os.stat(guard.db.path).st_size


def _note(guard: Guard, record: Record) -> None:
    if os.path.isdir(guard.db.folder):
        summary = "ok" if record["ok"] else record["integrity"]
        told = {name: value for name, value in record.items() if name != "notes"}
        failing.log(guard.db.folder, "health", summary, told, LOG)
