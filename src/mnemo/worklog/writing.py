"""Adding to the work log and reading it."""

from __future__ import annotations

import json
from typing import Any, cast

from mnemo import clock
from mnemo.errors import Invalid
from mnemo.ids import new_id
from mnemo.store import events, objects, worklog
from mnemo.store.connections import Connection
from mnemo.store.database import Database
from mnemo.store.worklog import Entry

LONGEST_MESSAGE = 20_000
LONGEST_EXTRA = 100_000
EXAMPLE = 'Give an object such as {"file": "src/a.py"}.'


def add_entry(connection: Connection, message: str, extra: Any, at: dict[str, str], now: int) -> Entry:
    """Write one entry on the branch that at names, in the caller's transaction.

    Args:
        message: what was done.
        extra: further facts, an object, or None.
        at: branch, commit, worktree, agent, session, origin.
        now: wall clock, milliseconds.

    Raises:
        Invalid: an empty or overlong message, or an extra that is no JSON object.
    """
    checked = _checked_extra(extra)
    payload: dict[str, Any] = {"message": _checked_message(message)}
    if checked is not None:
        payload["extra"] = _without_floats(checked)
    sealed = objects.seal(payload)
    objects.put(connection, sealed)
    entry = new_id("log")
    part = {"do": "write", "object": sealed.hash}
    event = events.record(connection, "log", {f"log/{entry}": part}, at=at, now=now, space="private")
    return Entry(
        entry,
        at["branch"],
        at.get("commit", ""),
        at.get("agent", ""),
        at.get("session", ""),
        event.clock,
        sealed.payload["message"],
        sealed.payload.get("extra"),
    )


def read(db: Database, branch: str, limit: int) -> dict[str, Any]:
    """Return the record of a branch's newest entries, newest first.

    Args:
        branch: its name.
        limit: most entries; none for 0 or less.
    """
    with db.reading() as connection:
        found = worklog.list_entries(connection, branch, limit)
        others = 0 if found else worklog.count_elsewhere(connection, branch)
    return {"branch": branch, "entries": [entry_record(one) for one in found], "elsewhere": others}


def entry_record(entry: Entry) -> dict[str, Any]:
    """Return an entry as programs read it: timestamp (UTC, seconds), branch, message, extra."""
    extra = entry.extra
    return {
        "timestamp": clock.iso(entry.clock),
        "branch": entry.branch,
        "message": entry.message,
        "extra": None if extra is None else _with_floats(extra),
    }


def parse_extra(text: str) -> dict[str, Any]:
    """Return the object behind JSON text.

    Raises:
        Invalid: it is not JSON, or not an object.
    """
    try:
        return _object(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise Invalid(f"extra is not JSON: {error}.", EXAMPLE) from None


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Invalid(f"extra is {str(value)[:40]!r}, not an object.", EXAMPLE)
    return cast(dict[str, Any], value)


def _checked_message(message: str) -> str:
    if not message.strip():
        raise Invalid("The message is empty.", "Say in a line what was done.")
    if len(message) > LONGEST_MESSAGE:
        raise Invalid(
            f"The message has {len(message):,} characters; {LONGEST_MESSAGE:,} are the most.",
            "Say it shorter, or put the rest in a file and name it in extra.",
        )
    if "\0" in message:
        raise Invalid("The message holds a NUL character.", "Remove it and send it again.")
    return message


def _checked_extra(extra: Any) -> dict[str, Any] | None:
    if extra is None:
        return None
    found = parse_extra(extra) if isinstance(extra, str) else _object(extra)
    try:
        size = len(json.dumps(found, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise Invalid(
            f"extra cannot be written as JSON: {error}.", "Use texts, numbers, lists and objects."
        ) from None
    if size > LONGEST_EXTRA:
        raise Invalid(
            f"extra has {size:,} characters; {LONGEST_EXTRA:,} are the most.", "Name a file instead."
        )
    return found


# What is hashed holds no floats, whose text differs between languages; they travel as {"float": text}.
def _without_floats(value: Any) -> Any:
    if isinstance(value, float):
        return {"float": repr(value)}
    if isinstance(value, dict):
        return {str(name): _without_floats(item) for name, item in cast(dict[Any, Any], value).items()}
    if isinstance(value, (list, tuple)):
        return [_without_floats(item) for item in cast(list[Any], value)]
    return value


def _with_floats(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_floats(item) for item in cast(list[Any], value)]
    if not isinstance(value, dict):
        return value
    fields = cast(dict[str, Any], value)
    if set(fields) == {"float"} and isinstance(fields["float"], str):
        try:
            return float(fields["float"])
        except ValueError:
            return fields
    return {name: _with_floats(item) for name, item in fields.items()}
