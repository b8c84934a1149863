"""What could not be written into the store, kept beside it until it can be, and then written exactly once.

A file of JSON Lines in the user's folder, named for the repository. Who replays it holds the store's writer
lock, moves the file aside, and deletes it after the commit; the id of each line is written in the same
transaction as its statement, so that a line met again after a crash is known.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping

from mnemo import homes, ids
from mnemo import json_light as json
from mnemo.capture import storing
from mnemo.capture.files import find_own
from mnemo.capture.storing import Draft
from mnemo.errors import Invalid, MnemoError
from mnemo.light import Any, NamedTuple, cast, suppress
from mnemo.model.claim import DOMAINS, PERMILLE
from mnemo.redact import clean
from mnemo.store import lock, meta
from mnemo.store.database import Database

FOLDER = "spool"
LARGEST = 1 << 20
LONGEST_LINE = 8_000
WAIT_S = 0.05
LARGEST_REGISTRY = 4 << 20
_ID_LENGTH = 32
_PLACE = ("branch", "commit", "worktree", "agent", "session")


class Owner(NamedTuple):
    """Whose spool is meant.

    Args:
        db: the store.
        common_dir: git directory that the repository's working trees share; empty where there is none.
        environ: the environment, for the home folder.
    """

    db: Database
    common_dir: str
    environ: Mapping[str, str]


def spool(path: str, record: dict[str, Any]) -> bool:
    """Append one line, redacted; return whether it was written.

    Args:
        path: the spool; made when missing, with its folder.
        record: what is to be kept; it gets a random id.
    """
    line = json.dumps({**clean(record), "id": os.urandom(_ID_LENGTH // 2).hex()}, ensure_ascii=True)
    if len(line) > LONGEST_LINE or os.path.islink(path) or os.path.islink(os.path.dirname(path)):
        return False
    try:
        os.makedirs(os.path.dirname(os.path.dirname(path)), mode=0o700, exist_ok=True)
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        with lock.held(path, WAIT_S, path) as descriptor:
            return _append(descriptor, line.encode("ascii") + b"\n")
    except (OSError, MnemoError):
        return False


def path_for(owner: Owner) -> str:
    """Return the file in which a repository's lines wait; empty where there is no home."""
    folder = _folder(owner.environ)
    return os.path.join(folder, f"{_name(owner)}.jsonl") if folder else ""


def read_records(path: str) -> list[dict[str, Any]]:
    """Return the lines that wait in a spool and can be read."""
    return [record for _, record in _iter_lines(_read(path)) if record is not None]


def is_lost(owner: Owner) -> bool:
    """Tell whether the registry knows a store here that is gone: nothing may make a new one in its place."""
    return not owner.db.exists() and bool(_registered(owner))


def replay_all(owner: Owner, now: int) -> int:
    """Write what waits for a repository under either of its names into its store; return how many claims.

    Args:
        owner: whose.
        now: wall clock, milliseconds.

    Raises:
        MnemoError, OSError: the store cannot be written; what waits stays.
    """
    folder = _folder(owner.environ)
    try:
        waiting = {name.split(".")[0] for name in os.listdir(folder) if name.endswith((".jsonl", ".taken"))}
    except OSError:
        return 0
    names = waiting & {_digest(owner), _name(owner)} if waiting else set[str]()
    kept = sum(replay(owner.db, os.path.join(folder, f"{name}.jsonl"), now) for name in sorted(names))
    with suppress(OSError):
        os.rmdir(folder)  # an empty folder would be listed at every call
    return kept


def replay(db: Database, path: str, now: int) -> int:
    """Write the lines of one spool into a store, each exactly once, and delete it; return how many claims.

    Args:
        db: the store.
        path: the spool, as spool() was given it.
        now: wall clock, milliseconds.

    Raises:
        MnemoError, OSError: the store cannot be written; the lines stay.
    """
    taken = f"{path.removesuffix('.jsonl')}.taken"
    with db.locked():
        kept = _replay_taken(db, taken, now)  # what a killed process left
        if os.path.isfile(path) and not os.path.islink(path):
            with lock.held(path, WAIT_S, path):
                os.rename(path, taken)
            kept += _replay_taken(db, taken, now)
    return kept


def _replay_taken(db: Database, taken: str, now: int) -> int:
    raw = _read(taken)
    lines = list(_iter_lines(raw))
    foreign = [line for line, record in lines if record is None]
    kept = 0
    if any(record for _, record in lines):
        with db.transaction() as connection:
            for line, record in lines:
                try:
                    kept += bool(record) and _write(connection, record or {}, now)
                except Invalid:
                    foreign.append(line)
    if foreign:
        _set_aside(f"{taken.removesuffix('.taken')}.foreign", foreign)
    with suppress(FileNotFoundError):
        os.unlink(taken)
    return kept


def _write(connection: Any, record: dict[str, Any], now: int) -> bool:
    draft = Draft(
        record["content"],
        record["domain"],
        tuple(record["tags"]),
        record["path"],
        record["when"],
        record["priority"],
    )
    at = {name: record["at"].get(name, "") for name in _PLACE}
    return storing.add(connection, draft, at=at, now=now, line=record["id"])


def _append(descriptor: int, line: bytes) -> bool:
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode) or found.st_size + len(line) > LARGEST:
        return False
    if found.st_size and os.pread(descriptor, 1, found.st_size - 1) != b"\n":
        line = b"\n" + line  # what was torn must not tear this
    written = False
    try:
        written = os.pwrite(descriptor, line, found.st_size) == len(line)
    finally:
        if not written:
            os.ftruncate(descriptor, found.st_size)
    return written


def _read(path: str) -> bytes:
    descriptor = find_own(path)
    if descriptor is None:
        return b""
    with open(descriptor, "rb") as file:
        return file.read(LARGEST)


def _iter_lines(raw: bytes) -> Iterator[tuple[bytes, dict[str, Any] | None]]:
    """Yield each line with what it says, None where it is not ours; an unfinished last line is dropped."""
    for line in raw[: raw.rfind(b"\n") + 1].split(b"\n"):
        if line.strip():
            yield line, _checked(line)


def _checked(line: bytes) -> dict[str, Any] | None:
    try:
        found: Any = json.loads(line) if len(line) <= LONGEST_LINE else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    record = cast("dict[str, Any]", found)
    texts = [record.get(name) for name in ("id", "content", "domain", "path", "when")]
    fits = all(isinstance(text, str) and "\0" not in text for text in texts) and (
        _is_id(record["id"])
        and bool(record["content"].strip())
        and record["domain"] in DOMAINS
        and _are_texts(record.get("tags"))
        and _are_texts(
            list(cast("dict[str, Any]", record["at"]).values()) if _is_object(record.get("at")) else None
        )
        and isinstance(record.get("priority"), int)
        and 0 <= record["priority"] <= PERMILLE
    )
    return record if fits else None


def _is_id(text: str) -> bool:
    return len(text) == _ID_LENGTH and not text.strip("0123456789abcdef")


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(one, str) and len(one) <= 200 and "\0" not in one for one in cast("list[Any]", value)
    )


def _set_aside(path: str, lines: list[bytes]) -> None:
    """Keep lines that are not ours for a person to look at, redacted; they are never replayed."""
    told = "".join(f"{clean(line.decode('utf-8', 'replace'))[:LONGEST_LINE]}\n" for line in lines)
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    with suppress(OSError):
        descriptor = os.open(path, flags, 0o600)
        with open(descriptor, "ab") as file:
            if os.fstat(descriptor).st_size + len(told) <= LARGEST:
                file.write(told.encode("utf-8", "replace"))


def _folder(environ: Mapping[str, str]) -> str:
    home = homes.home_folder(environ)
    return os.path.join(home, FOLDER) if home else ""


def _name(owner: Owner) -> str:
    """Return the repository's id, from the store or else the registry; else a digest of where it lies."""
    with suppress(MnemoError, OSError):
        if owner.db.exists():
            with owner.db.reading() as connection:
                found = meta.find(connection, "repository_id") or ""
            if _is_id(found):
                return found
    return _registered(owner) or _digest(owner)


def _digest(owner: Owner) -> str:
    where = os.path.realpath(owner.common_dir or owner.db.path)
    return ids.digest(os.fsencode(where))[:_ID_LENGTH]


def _registered(owner: Owner) -> str:
    """Return the id under which the registry knows this store or its repository, empty when it does not."""
    try:
        with open(homes.registry_path(owner.environ), "rb") as file:
            found: Any = json.loads(file.read(LARGEST_REGISTRY))
    except (OSError, ValueError, RecursionError):
        return ""
    entries = cast("dict[str, Any]", found).items() if _is_object(found) else ()
    store = os.path.realpath(owner.db.path)
    told = [
        (id_, cast("dict[str, Any]", entry)) for id_, entry in entries if _is_object(entry) and _is_id(id_)
    ]
    told = [(id_, entry) for id_, entry in told if entry.get("store")]
    told.sort(key=lambda pair: str(pair[1].get("seen", "")), reverse=True)
    for id_, entry in told:
        if os.path.realpath(str(entry["store"])) == store:
            return id_
    same = (id_ for id_, entry in told if owner.common_dir and entry.get("common_dir") == owner.common_dir)
    return next(same, "")
