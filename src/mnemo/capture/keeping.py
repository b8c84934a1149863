"""Keeping what a turn left behind: found in the last exchange, redacted first, unconfirmed, at most a few."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from mnemo import ids
from mnemo import json_light as json
from mnemo.capture import exchange, prose, spool, storing
from mnemo.capture.files import find_own
from mnemo.capture.significance import is_significant
from mnemo.capture.storing import Draft
from mnemo.capture.tags import DEFAULT, tags_of
from mnemo.capture.transcript import Turn, read_turns
from mnemo.errors import MnemoError
from mnemo.light import Any, NamedTuple, cast, suppress
from mnemo.model.claim import PERMILLE
from mnemo.model.moment import Moment
from mnemo.redact import redact
from mnemo.repo.head import Head
from mnemo.repo.location import Place
from mnemo.settings import Settings
from mnemo.store.database import Database

KINDS = ("stop", "compact", "end")
MOST_PER_TURN = 3
LONGEST_NAME = 100
MARK_DAYS = 14
_DAY_MS = 86_400_000
_LARGEST_MARK = 1_000


class _Where(NamedTuple):
    """Where something is kept."""

    db: Database
    place: Place | None
    head: Head
    settings: Settings
    now: int
    environ: Mapping[str, str]


class _Mark(NamedTuple):
    """How far a session was looked at: bytes of its transcript, and the digest of the last answer."""

    end: int = 0
    answer: str = ""


def capture(
    moment: Moment,
    db: Database,
    place: Place | None,
    head: Head,
    settings: Settings,
    now: int,
    environ: Mapping[str, str] | None = None,
) -> int:
    """Keep the decisions, causes and dead ends of what was said since the last time; return how many.

    What cannot be written into the store waits in the spool.

    Args:
        moment: a stop, compact or end; anything else keeps nothing.
        db: the store, believed; a hook's waits 50 ms for whoever writes.
        place: the repository; None for a folder that has a store of its own.
        head: what is checked out.
        settings: what holds here.
        now: wall clock, milliseconds.
        environ: the environment, for the home folder; the process's own when left out.

    Raises:
        Invalid: a setting cannot be used.
    """
    if moment.kind not in KINDS or not settings.flag("capture"):
        return 0
    where = _Where(db, place, head, settings, now, os.environ if environ is None else environ)
    mark = _read_mark(moment, where)
    turns, end = _turns(moment, mark)
    drafts = [draft for turn in turns for draft in _drafts(turn, where)]
    kept = _keep(drafts, _at(moment, where), where) if drafts else 0
    _write_mark(moment, where, _Mark(end, _digest_of(turns[-1].answer) if turns else mark.answer))
    return kept


def _drafts(turn: Turn, where: _Where) -> list[Draft]:
    """Return what a turn says that is worth keeping, at most three statements, redacted before all else."""
    prompt, answer = _cleaned(turn.prompt), _cleaned(turn.answer)
    claimed = [_cleaned(one) for one in turn.claimed]
    extra = str(where.settings.get("tags.words").value)
    found = (
        note for note in exchange.notes_of(prompt, answer) if not storing.says_the_same(note.content, claimed)
    )
    return [_draft(note, where, extra) for note in list(found)[:MOST_PER_TURN]]


def _draft(note: exchange.Note, where: _Where, extra: str) -> Draft:
    paths = [path for path in note.paths if _is_file(path, where.place)]
    tags = [tag for tag in tags_of(f"{note.content} {note.when}", extra) if tag != DEFAULT or not paths]
    importance = is_significant(note.when, note.content)[1]
    return Draft(
        note.content,
        note.domain,
        (*tags, *paths[1:]),
        paths[0] if paths else "",
        note.when,
        max(0, round((2 * importance - 1) * PERMILLE)),
    )


def _cleaned(text: str) -> str:
    """Return what may be looked at of a text: clipped, whole characters, no secrets."""
    whole = prose.clipped(text).replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
    return redact(whole)


def _turns(moment: Moment, mark: _Mark) -> tuple[list[Turn], int]:
    turns, end = read_turns(moment.transcript, mark.end) if moment.transcript else ([], mark.end)
    if moment.answer.strip():
        last = turns[-1] if turns else Turn(moment.prompt, "")
        # A client may write its last answer down only after it has reported it.
        if not turns or (last.answer.strip() and last.answer.strip() != moment.answer.strip()):
            turns.append(Turn(moment.prompt, moment.answer))
        else:
            turns[-1] = Turn(last.prompt or moment.prompt, moment.answer, last.claimed)
    elif moment.prompt.strip() and not turns:
        turns.append(Turn(moment.prompt, ""))
    return [turn for turn in turns if not turn.answer or _digest_of(turn.answer) != mark.answer], end


def _keep(drafts: Sequence[Draft], at: dict[str, str], where: _Where) -> int:
    owner = _owner(where)
    if not spool.is_lost(owner):
        try:
            with where.db.transaction() as connection:
                return sum(storing.add(connection, draft, at=at, now=where.now) for draft in drafts)
        except (MnemoError, OSError):
            pass
    return _spool(drafts, at, owner)


def _spool(drafts: Sequence[Draft], at: dict[str, str], owner: spool.Owner) -> int:
    path = spool.path_for(owner)
    if not path:
        return 0
    waiting = spool.read_records(path)
    known = {record["content"] for record in waiting}
    mine = sum(record["at"].get("session") == at["session"] for record in waiting)
    kept = 0
    for draft in drafts:
        if draft.content not in known and mine + kept < storing.MOST_PER_SESSION:
            kept += spool.spool(path, {**draft._asdict(), "tags": list(draft.tags), "at": at})
    return kept


def _owner(where: _Where) -> spool.Owner:
    return spool.Owner(where.db, where.place.common_dir if where.place else "", where.environ)


def _at(moment: Moment, where: _Where) -> dict[str, str]:
    return {
        "branch": where.head.branch,
        "commit": where.head.commit,
        "worktree": where.place.worktree if where.place else "",
        "agent": _named(moment.client),
        "session": _named(moment.session),
        "origin": "capture",
    }


def _named(name: str) -> str:
    return _cleaned(name)[:LONGEST_NAME]


def _is_file(path: str, place: Place | None) -> bool:
    """Tell whether a path is a file of the working tree, by its own name and not through a link."""
    if not place or not place.top or path.startswith("/") or ".." in path.split("/"):
        return False
    full = os.path.join(place.top, path)
    return os.path.isfile(full) and os.path.realpath(full) == os.path.join(os.path.realpath(place.top), path)


def _digest_of(text: str) -> str:
    return ids.digest(_cleaned(text).strip().encode())[:32]


def _mark_path(moment: Moment, where: _Where) -> str:
    """Return the file that says how far a session was looked at; empty where none may lie."""
    if not moment.session or not os.path.isdir(where.db.folder):
        return ""
    name = ids.digest(_named(moment.session).encode())[:32]
    return os.path.join(where.db.folder, "hooks", f"{name}.captured")


def _read_mark(moment: Moment, where: _Where) -> _Mark:
    descriptor = find_own(_mark_path(moment, where))
    if descriptor is None:
        return _Mark()
    with open(descriptor, "rb") as file:
        raw = file.read(_LARGEST_MARK)
    try:
        found: Any = json.loads(raw)
    except (ValueError, RecursionError):
        return _Mark()
    told = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
    end, answer = told.get("end"), told.get("answer")
    return _Mark(end if isinstance(end, int) else 0, answer if isinstance(answer, str) else "")


def _write_mark(moment: Moment, where: _Where, mark: _Mark) -> None:
    """Note how far a session was looked at; where that cannot be noted it is looked at again."""
    path = _mark_path(moment, where)
    folder = os.path.dirname(path)
    if not path or os.path.islink(folder):
        return
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with suppress(OSError):
        os.makedirs(folder, mode=0o700, exist_ok=True)
        with open(os.open(path, flags, 0o600), "w", encoding="ascii") as file:
            file.write(json.dumps(mark._asdict()))
        if moment.kind == "end":
            _sweep(folder, where.now)


def _sweep(folder: str, now: int) -> None:
    with os.scandir(folder) as found:
        for entry in found:
            old = entry.stat(follow_symlinks=False).st_mtime_ns // 1_000_000 < now - MARK_DAYS * _DAY_MS
            if old and entry.name.endswith(".captured"):
                os.unlink(entry.path)
