"""What the doctor looks at around a store: hooks and their spool, images that would copy it, old servers."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple, cast

from mnemo import clock, fence, homes
from mnemo.health import registry
from mnemo.health.guarding import Guard
from mnemo.health.looking import Check
from mnemo.health.servers import Server, find_servers, installed_at

DAY_MS = 86_400_000
WATCHED_MS = 7 * DAY_MS
# Of a log, what is read at its end; of a spool, what is counted.
LOOKED_AT = 1_000_000
LARGEST_IGNORE = 200_000
LONGEST_REASON = 160
HOOK_LOG = "hooks.jsonl"
_BUILD_FILE = re.compile(
    r"(?i)(?:Dockerfile|Containerfile)(?:\.(?!.*ignore$).+)?|.+\.(?:dockerfile|containerfile)"
)


class Failure(NamedTuple):
    """A hook that failed.

    Args:
        when: milliseconds since 1970; 0 where the log does not say.
        reason: why.
    """

    when: int
    reason: str


def iter_checks(guard: Guard, repository: str, environ: Mapping[str, str]) -> Iterator[Check]:
    """Yield what is seen around a repository's store.

    Args:
        guard: of the store.
        repository: its id; empty where it has none yet.
        environ: the environment, for the home folder.
    """
    home = homes.home_folder(environ)
    folders = [guard.db.folder, *([home] if home else [])]
    yield of_hooks([os.path.join(folder, "logs", HOOK_LOG) for folder in folders], clock.now_ms())
    if home and registry.ID.fullmatch(repository):
        yield of_spool(os.path.join(home, "spool", repository))
    if guard.place and guard.place.top:
        yield of_images(guard.place.top, guard.db.folder)
    yield of_servers(find_servers(guard.db.path), installed_at())


def of_hooks(paths: Iterable[str], now: int) -> Check:
    """Return how many hooks failed lately, with the newest reason.

    Args:
        paths: logs of hooks, JSON Lines with a field `failed`; they may be missing.
        now: the wall clock in milliseconds.
    """
    ran = 0
    failures: list[Failure] = []
    for path in paths:
        records = [*_iter_records(path)]
        ran += len(records)
        failures += (_failure(record) for record in records if record.get("failed"))
    recent = [one for one in failures if one.when == 0 or now - one.when < WATCHED_MS]
    if not recent:
        return Check("hooks", True, f"none failed of {ran} noted" if ran else "none noted yet")
    newest = max(recent, key=lambda one: one.when)
    age = f" {clock.age(clock.from_ms(newest.when), now)}" if newest.when else ""
    told = f"{len(recent)} failed in 7 days, the last{age}: {newest.reason}"
    # An old failure is worth a word; a new one is worth a look.
    lately = newest.when == 0 or now - newest.when < DAY_MS
    fix = "`mnemo health` checks the store; `mnemo hook last` shows what hooks said."
    return Check("hooks", not lately, told, fix)


def of_spool(path: str) -> Check:
    """Return how much waits to be written because the store could not be when it was said.

    Args:
        path: the spool without its ending; what a killed process had begun to take in counts too.
    """
    waiting = sum(1 for ending in (".jsonl", ".taken") for _ in _iter_records(path + ending))
    told = f"{waiting} wait in {path}.jsonl" if waiting else "empty"
    fix = "Mend what fails above, then type `mnemo status`: it takes them in."
    return Check("spool", not waiting, told, fix)


def of_images(top: str, store: str) -> Check:
    """Return whether an image built from the working tree would be given the store.

    Args:
        top: of the working tree, where images are usually built.
        store: the store's folder.
    """
    inside = os.path.relpath(store, top)
    built = [] if inside.startswith("..") or not os.path.isdir(store) else _build_files(top)
    open_to = [path for path in built if not _is_kept_out(top, path, inside)]
    if open_to:
        told = f"{open_to[0]} is built without an ignore file that names {inside}"
        return Check("images", False, told, f"Type: echo {inside} >> .dockerignore")
    told = f"{inside} is kept out of {', '.join(built)}" if built else "none built here"
    return Check("images", True, told)


def of_servers(servers: Iterable[Server] | None, installed: float) -> Check:
    """Return which servers have the store open, and whether one is older than this mnemo.

    Args:
        servers: None where the system does not tell.
        installed: when this mnemo was installed, seconds since 1970; 0 unknown.
    """
    if servers is None:
        return Check("servers", True, "this system does not tell who has the store open")
    found = list(servers)
    old = [one for one in found if one.started < installed]
    if old:
        told = f"{_named(old)} started before this mnemo was installed"
        return Check("servers", False, told, "Restart the client that started it.")
    return Check("servers", True, f"{_named(found)} serve this store" if found else "none has the store open")


def is_ignored(path: str, patterns: str) -> bool:
    """Tell whether a .dockerignore leaves a folder out: the last line that fits it decides.

    Args:
        path: relative to the build's context.
        patterns: the file's text; docs.docker.com calls the form that of Go's filepath.Match with `**`.
    """
    ignored = False
    for line in patterns.splitlines():
        pattern = line.strip()
        if not pattern or pattern.startswith("#"):
            continue
        keeps = pattern.startswith("!")
        pattern = pattern.removeprefix("!").strip().strip("/").removeprefix("./")
        if pattern and _fits(pattern, path):
            ignored = not keeps
    return ignored


def _named(servers: list[Server]) -> str:
    return ", ".join(f"process {one.process} ({one.program})" for one in servers)


def _build_files(top: str) -> list[str]:
    found: list[str] = []
    for folder in ("", "docker"):
        try:
            names = sorted(os.listdir(os.path.join(top, folder)))
        except OSError:
            continue
        found += (os.path.join(folder, name) for name in names if _BUILD_FILE.fullmatch(name))
    return [fence.line(path, 80) for path in found if os.path.isfile(os.path.join(top, path))]


def _is_kept_out(top: str, build_file: str, inside: str) -> bool:
    for name in (f"{build_file}.dockerignore", ".containerignore", ".dockerignore"):
        text = _text_of(os.path.join(top, name))
        if text is not None:
            return is_ignored(inside, text)
    return False


def _fits(pattern: str, path: str) -> bool:
    """Tell whether a pattern names a path or a folder above it."""
    parts = re.split(r"(\*\*/?|\*|\?|\[[^\]/]*\])", pattern)
    words = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    try:
        found = "".join(
            words.get(part) or (part.replace("[!", "[^") if place % 2 else re.escape(part))
            for place, part in enumerate(parts)
        )
        return bool(re.fullmatch(f"(?:{found})(?:/.*)?", path))
    except re.error:
        return False


def _failure(record: dict[str, Any]) -> Failure:
    return Failure(_moment(record), fence.line(str(record["failed"]), LONGEST_REASON))


def _moment(record: dict[str, Any]) -> int:
    try:
        return int(datetime.fromisoformat(str(record.get("time"))).timestamp() * 1000)
    except (ValueError, OverflowError):
        return 0


def _iter_records(path: str) -> Iterator[dict[str, Any]]:
    """Yield the objects at the end of a JSON Lines file; torn lines are left out."""
    for line in (_end_of(path) or "").splitlines():
        try:
            found: object = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict):
            yield cast("dict[str, Any]", found)


def _end_of(path: str) -> str | None:
    return _read(path, LOOKED_AT, from_end=True)


def _text_of(path: str) -> str | None:
    return _read(path, LARGEST_IGNORE, from_end=False)


def _read(path: str, limit: int, *, from_end: bool) -> str | None:
    if not os.path.isfile(path):
        return None  # a pipe would keep us waiting for ever
    try:
        with open(path, "rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - limit) if from_end else 0)
            return file.read(limit).decode("utf-8", "replace")
    except OSError:
        return None
