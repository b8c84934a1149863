"""The derived log beside the store: JSON Lines for people and live views, redacted, rotated, never needed."""

from __future__ import annotations

import os
from collections.abc import Iterable

from mnemo import json_light as json
from mnemo.errors import Invalid
from mnemo.ids import short
from mnemo.light import Any
from mnemo.redact import clean, redact
from mnemo.store.filesystem import make_folder, private_opener

LARGEST_BYTES = 1_000_000
KEPT = 3
EVENTS = "events.jsonl"
LOGS = {"events": EVENTS, "health": "health.log", "failures": "failures.log"}


def write(
    folder: str,
    event: str,
    *,
    layer: str = "conscious",
    summary: str = "",
    addresses: Iterable[str] = (),
    domain: str = "",
    detail: dict[str, Any] | None = None,
    name: str = EVENTS,
) -> None:
    """Append one line; a log that cannot be written stops nobody.

    Args:
        folder: the folder of logs; made when missing, if the store's folder is there.
        event: the deed.
        layer: conscious, subconscious or system.
        summary, addresses, domain, detail: what it was about.
        name: the file in the folder.
    """
    from datetime import UTC, datetime

    line = {
        "ts": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "layer": layer,
        "event": event,
        "summary": redact(summary),
        "addresses": [short(one) for one in addresses],
        "domain": domain,
        "detail": clean(detail or {}),
    }
    try:
        append(os.path.join(folder, name), json.dumps(line, ensure_ascii=False))
    except (OSError, ValueError):
        return


def append(path: str, line: str) -> None:
    """Append a line to a log file, which is rotated when it has grown.

    Raises:
        OSError: it cannot be written.
    """
    try:
        descriptor = private_opener(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    except FileNotFoundError:
        folder = os.path.dirname(path)
        make_folder(os.path.dirname(folder))  # the store's own folder comes with what makes git ignore it
        make_folder(folder)
        append(path, line)
        return
    try:
        os.write(descriptor, f"{line}\n".encode(errors="backslashreplace"))
        grown = os.fstat(descriptor).st_size > LARGEST_BYTES
    finally:
        os.close(descriptor)
    if grown:
        rotate(path)


def last_lines(folder: str, which: str, count: int) -> list[str]:
    """Return the last lines of a log; none when it was never written.

    Args:
        folder: the folder of logs.
        which: events, health or failures.

    Raises:
        Invalid: there is no such log.
    """
    if which not in LOGS:
        raise Invalid(f"There is no log {which[:40]!r}.", f"There are {', '.join(LOGS)}.")
    try:
        with open(os.path.join(folder, LOGS[which]), encoding="utf-8") as file:
            return file.read().splitlines()[-max(count, 0) :]
    except FileNotFoundError:
        return []


def rotate(path: str) -> None:
    """Set a log aside under a number and drop the oldest."""
    for number in range(KEPT - 1, 0, -1):
        if os.path.exists(f"{path}.{number}"):
            os.replace(f"{path}.{number}", f"{path}.{number + 1}")
    os.replace(path, f"{path}.1")
