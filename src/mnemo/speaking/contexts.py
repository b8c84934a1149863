"""What was told in a conversation: one line of JSON a moment, appended, never changed.

A session has one file below `hooks/` beside the store, its agents share it. No database is written where a
person waits, and two hooks of one conversation may run at once: each appends what it is about to tell, then
reads again, and what an earlier line had told stays unsaid.
"""

from __future__ import annotations

import os
import stat

from mnemo import json_light as json
from mnemo.ids import digest
from mnemo.light import Any, NamedTuple, cast

FOLDER = "hooks"
ENDING = ".jsonl"
KEPT_MS = 14 * 86_400_000
FORGETFUL = ("compact", "clear")
# Without a session nobody knows where a conversation ends; an hour is a guess.
NAMELESS_MS = 3_600_000
LARGEST = 4_000_000
FULL = 1_000_000  # bytes of a file from which moments that told nothing are no longer noted
LONGEST_LINE = 64_000

Record = dict[str, Any]


class Context(NamedTuple):
    """What a conversation has heard so far.

    Args:
        told: addresses told in this context, not forgotten by a compaction since.
        session: addresses told to any agent of the session, oldest first.
        words: what the last prompt of this context asked about, as it is indexed.
        against: addresses told in this context because an edit went against them.
    """

    told: frozenset[str]
    session: tuple[str, ...]
    words: tuple[str, ...]
    against: frozenset[str] = frozenset()


NOTHING = Context(frozenset(), (), ())


def path_of(folder: str, session: str) -> str:
    """Return the file of a session.

    Args:
        folder: the store's.
        session: as the client names it; anything.
    """
    return os.path.join(folder, FOLDER, digest(session.encode("utf-8", "surrogatepass"))[:32] + ENDING)


def read(path: str, agent: str, now: int, *, nameless: bool = False) -> Context:
    """Return what one context has heard; a missing or unreadable file has told nothing.

    Args:
        path: the session's file.
        agent: whose context; empty for the main one.
        now: wall clock, milliseconds.
        nameless: the client names no session, so only the last hour counts.
    """
    return _context(_lines(path), agent, now - NAMELESS_MS if nameless else 0)


def note(path: str, record: Record) -> Context | None:
    """Append what is about to be told, and return what earlier lines had told by then; None without a file.

    Args:
        path: the session's file; its folder is made where the store's exists.
        record: at, kind, agent, source, told ([address, why] each), against (addresses among
            them) and what else is of interest.
    """
    mark = os.urandom(6).hex()
    if not _append(path, {**record, "id": mark}):
        return None
    earlier: list[bytes] = []
    for line in _lines(path):
        if mark.encode() in line:
            break
        earlier.append(line)
    since = record["at"] - NAMELESS_MS if record.get("nameless") else 0
    return _context(earlier, str(record.get("agent", "")), since)


def sweep(folder: str, now: int) -> None:
    """Delete the files of sessions that nobody heard of for 14 days.

    Args:
        folder: the store's.
        now: wall clock, milliseconds.
    """
    try:
        with os.scandir(os.path.join(folder, FOLDER)) as entries:
            for entry in entries:
                if entry.name.endswith(ENDING) and entry.is_file(follow_symlinks=False):
                    last = entry.stat(follow_symlinks=False).st_mtime * 1000
                    if last < now - KEPT_MS:
                        os.unlink(entry.path)
    except OSError:
        return  # the next session tries again


def list_last(folder: str, count: int, session: str = "") -> list[Record]:
    """Return the newest moments of all sessions or of one, the newest first.

    Args:
        folder: the store's.
        count: how many at most.
        session: as the client names it; empty for all.
    """
    home = os.path.join(folder, FOLDER)
    try:
        names = [name for name in os.listdir(home) if name.endswith(ENDING)]
    except OSError:
        return []
    if session:
        names = [name for name in names if name == os.path.basename(path_of(folder, session))]
    found = [record for name in names for record in map(_parse, _lines(os.path.join(home, name))) if record]
    return sorted(found, key=lambda record: -_number(record.get("at")))[:count]


def _context(lines: list[bytes], agent: str, since: int) -> Context:
    told: dict[str, None] = {}
    session: dict[str, None] = {}
    words: tuple[str, ...] = ()
    against: set[str] = set()
    for line in lines:
        # Most lines told nothing: not even parsed, since a long session has thousands.
        if b'"told":[[' not in line and b'"words":["' not in line and b'"kind":"start"' not in line:
            continue
        record = _parse(line)
        if record is None or _number(record.get("at")) < since:
            continue
        own = record.get("agent", "") == agent
        if own and record.get("kind") == "start" and record.get("source") in FORGETFUL:
            told, words, against = {}, (), set()
        for address in _addresses(record):
            session[address] = None
            if own:
                told[address] = None
        if own:
            against.update(_texts(record.get("against")))
        if own and record.get("kind") == "prompt":
            words = _texts(record.get("words"))
    return Context(frozenset(told), tuple(session), words, frozenset(against))


def _addresses(record: Record) -> list[str]:
    listed = record.get("told")
    if not isinstance(listed, list):
        return []
    pairs = [cast("list[Any]", one) for one in cast("list[Any]", listed) if isinstance(one, list) and one]
    return [one[0] for one in pairs if isinstance(one[0], str)]


def _texts(value: object) -> tuple[str, ...]:
    return (
        tuple(one for one in cast("list[Any]", value) if isinstance(one, str))
        if isinstance(value, list)
        else ()
    )


def _number(value: object) -> float:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else 0


def _parse(line: bytes) -> Record | None:
    """Return one line's record; None for a torn line, or one of somebody else."""
    if not line.startswith(b"{") or len(line) > LONGEST_LINE:
        return None
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return cast(Record, found) if isinstance(found, dict) else None


def _lines(path: str) -> list[bytes]:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return []
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return []
        pieces: list[bytes] = []
        left = LARGEST
        while left > 0 and (piece := os.read(descriptor, min(left, 1 << 20))):
            pieces.append(piece)
            left -= len(piece)
    except OSError:
        return []
    finally:
        os.close(descriptor)
    return b"".join(pieces).split(b"\n")


def _append(path: str, record: Record) -> bool:
    """Write one line in one call, behind a line end of its own: a torn line before it spoils nothing."""
    line = json.dumps(record, separators=(",", ":")).encode()
    folder = os.path.dirname(path)
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        if not os.path.isdir(folder):
            os.mkdir(folder, 0o700)
        elif os.path.islink(folder):
            return False  # it leads to where others may read
        descriptor = os.open(path, flags, 0o600)
    except OSError:
        return False
    try:
        size = os.fstat(descriptor).st_size
        if size > LARGEST or (size > FULL and not record.get("told")):
            return False
        return os.write(descriptor, b"\n" + line + b"\n") == len(line) + 2
    except OSError:
        return False
    finally:
        os.close(descriptor)
