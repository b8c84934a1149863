"""What memory does in a moment: it speaks, it listens, or it keeps quiet and says why."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping

from mnemo import homes, settings
from mnemo.clock import now_ms
from mnemo.errors import Busy, MnemoError, QueryTimeout, Refused
from mnemo.interfaces.hooks import standing
from mnemo.light import NamedTuple
from mnemo.model.moment import Moment, is_wanted
from mnemo.repo.files import MAX_BYTES, WorkingTree
from mnemo.repo.location import Place, find_place, store_path
from mnemo.settings import Settings
from mnemo.store.database import HOOK_WAIT_S, Database

JUDGING_S = 0.14
LARGEST_FILE = 400_000  # bytes; a larger one takes longer to parse than a hook may take


class Reply(NamedTuple):
    """What came of a moment.

    Args:
        text: for the model, empty when there is nothing to say.
        person: one line for the person, empty likewise.
        said: how many claims the text tells.
        failed: why it failed, in one word; empty when it did not.
        folder: of the store whose logs may be written; empty where there is none that is ours.
        ask: what the person decides about before the tool is used; empty when nobody need be asked.
    """

    text: str = ""
    person: str = ""
    said: int = 0
    failed: str = ""
    folder: str = ""
    ask: str = ""


SILENCE = Reply()
SPOKEN = ("start", "prompt", "tool")


class SmallFiles(WorkingTree):
    """A working tree whose large files are not read: what depends on them is not judged in a hook."""

    def read(self, path: str, limit: int = MAX_BYTES) -> str | None:
        """Return a file's text as a working tree does; Unreadable when it is too large for a hook."""
        return super().read(path, min(limit, LARGEST_FILE))


def reply(moment: Moment, event: str, environ: Mapping[str, str]) -> Reply:
    """Return what memory says in a moment, or hear what was said in it.

    Args:
        moment: what the client reports.
        event: the client's name of it.
        environ: the environment.
    """
    deadline = time.monotonic() + JUDGING_S
    place = _find_repository(moment, environ)
    if place is None or place.top is None:
        return SILENCE
    db = Database(store_path(place, environ, homes.home(environ)), wait_s=HOOK_WAIT_S)
    folder = ""
    try:
        if db.exists():
            folder = _checked(moment, db, place, environ)
        elif moment.kind == "start":
            standing.check_gone(db, place, environ)
        found = settings.load(folder, environ)
        if not is_wanted(event, moment.kind, str(found.get("hook.events").value)):
            return SILENCE
        return _done(moment, db, place, found, deadline, environ)._replace(folder=folder)
    except MnemoError as error:
        return _failed(moment, error)._replace(folder=folder)


def _checked(moment: Moment, db: Database, place: Place, environ: Mapping[str, str]) -> str:
    """Return the store's folder when it is believed; what was said in a session is heard all the same.

    Raises:
        MnemoError: it is not believed, or cannot be read and something was to be told from it.
    """
    try:
        standing.check(db, place, environ)
        return db.folder
    except Refused:
        raise
    except MnemoError:
        if moment.kind in SPOKEN:
            raise
        return ""  # what cannot be written down there waits elsewhere


def _find_repository(moment: Moment, environ: Mapping[str, str]) -> Place | None:
    """Return the repository of the file in the call, else the one that the client works in."""
    chosen = (homes.variable(environ, name) for name in ("CLAUDE_PROJECT_DIR", "CURSOR_PROJECT_DIR"))
    for start in (moment.path, moment.folder, *chosen, "" if moment.folder else os.curdir):
        place = find_place(start) if start else None
        if place is not None:
            return place
    return None


def _done(
    moment: Moment,
    db: Database,
    place: Place,
    found: Settings,
    deadline: float,
    environ: Mapping[str, str],
) -> Reply:
    now = now_ms()
    if moment.kind in SPOKEN:
        from mnemo.speaking.telling import Where, speak
        from mnemo.speaking.tracked import Index

        tree = SmallFiles(place.top or "", lambda: Index(place).list_paths())
        said = speak(moment, Where(db, place, tree, found, now, deadline))
        return Reply(said.text, said.person, len(said.told), ask=said.ask)
    from mnemo.capture.keeping import capture
    from mnemo.repo.head import read_head

    try:
        capture(moment, db, place, read_head(place), found, now, environ)
    finally:
        db.close()
    return SILENCE


def _failed(moment: Moment, error: MnemoError) -> Reply:
    """Return a failure, told to the person at a session's start unless it passes by itself."""
    passing = isinstance(error, (Busy, QueryTimeout))
    person = "" if passing or moment.kind != "start" else f"mnemo: {error.message} {error.fix}"
    return Reply(person=" ".join(person.split()), failed=error.word)
