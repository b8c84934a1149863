"""Ids as people give and read them, and the checks of what they type beside them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from mnemo.errors import Ambiguous, Invalid, NotFound
from mnemo.ids import SHORTEST_PREFIX, SHOWN_LENGTH
from mnemo.store import objects, queue
from mnemo.store.connections import Connection
from mnemo.store.rows import Row

LONGEST_NAME = 200
LONGEST_TITLE = 500
LONGEST_CRITERION = 2_000
LONGEST_TEXT = 100_000
MOST_CRITERIA = 100
LONGEST_LEASE_MINUTES = 7 * 24 * 60
_DIGITS = re.compile(r"[0-9a-f]{1,32}")
_SEEN = 60


def shown(full: str) -> str:
    """Return the part of an id that people see: its kind and 12 digits."""
    kind, _, digits = full.partition("_")
    return f"{kind}_{digits[:SHOWN_LENGTH]}" if digits else full


def get_row(connection: Connection, kind: str, given: str) -> Row:
    """Return the run, plan, task, dispatch, gate or evidence that an id or a unique beginning of it names.

    Args:
        kind: run, plan, task, dispatch, gate or evidence.
        given: kind, underscore and at least 4 hexadecimal digits; the kind may be left out.

    Raises:
        NotFound: nothing has that id; its word is the kind and `_not_found`.
        Ambiguous: several have it.
        Invalid: fewer than 4 digits.
    """
    digits = given.strip().lower().removeprefix(f"{kind}_")
    found: list[str] = []
    if _DIGITS.fullmatch(digits):
        if len(digits) < SHORTEST_PREFIX:
            raise Invalid(
                f"{brief(given)} is too short for a {kind}'s id.",
                f"Give at least {SHORTEST_PREFIX} of its digits.",
            )
        found = queue.list_ids(connection, kind, f"{kind}_{digits}")
    if len(found) > 1:
        raise Ambiguous(f"{brief(given)} fits {', '.join(found)}.", "Give more digits.")
    row = queue.find_row(connection, kind, found[0]) if found else None
    if row is None:
        raise NotFound(f"There is no {kind} {brief(given)}.", _where_to_look(kind), f"{kind}_not_found")
    return row


def brief(value: object) -> str:
    """Return a value as it may stand in a message: quoted, on one line, shortened."""
    text = repr(value)
    return text if len(text) <= _SEEN else f"{text[:_SEEN]}…"


def text(name: str, value: str | None, limit: int = LONGEST_TEXT, *, needed: bool = False) -> str:
    """Return a text as it will be stored: trimmed, without secrets.

    Args:
        name: what to call it in a message.
        value: None counts as empty.
        limit: most characters.
        needed: whether it must say something.

    Raises:
        Invalid: empty though needed, too long, or with characters that no store can keep.
    """
    given = (value or "").strip()
    if needed and not given:
        raise Invalid(f"The {name} is empty.", f"Give a {name}.")
    if len(given) > limit:
        raise Invalid(f"The {name} has {len(given):,} characters.", f"Give at most {limit:,}.")
    if "\0" in given:
        raise Invalid(f"The {name} holds a NUL character.", "Send it again without.")
    return objects.seal({"text": given}).payload["text"]


def executor_name(value: str) -> str:
    """Return an executor's name: one line, without secrets, at most 200 characters."""
    return " ".join(text("executor", value, LONGEST_NAME, needed=True).split())


def texts(name: str, values: Iterable[str]) -> list[str]:
    """Return several texts as they will be stored.

    Raises:
        Invalid: one of them is empty or too long, or there are too many.
    """
    found = [
        text(f"{name} {number}", value, LONGEST_CRITERION, needed=True)
        for number, value in enumerate(values, 1)
    ]
    if len(found) > MOST_CRITERIA:
        raise Invalid(f"{len(found)} of {name} are too many.", f"Give at most {MOST_CRITERIA}.")
    return found


def lease_ms(minutes: float) -> int:
    """Return a lease's length in milliseconds.

    Raises:
        Invalid: not more than 0 minutes, or more than a week.
    """
    if not (math.isfinite(minutes) and 0 < minutes <= LONGEST_LEASE_MINUTES):
        raise Invalid(
            f"A lease of {minutes} minutes cannot be given.",
            f"Give more than 0 and at most {LONGEST_LEASE_MINUTES:,}.",
        )
    return max(1, round(minutes * 60_000))


def _where_to_look(kind: str) -> str:
    return {
        "task": "`dispatch` with action list shows what there is; with action add it makes one.",
        "dispatch": "`dispatch` with action list shows what there is; with action take it makes one.",
        "evidence": "`mnemo evidence run -- CMD` makes some; a path names a file.",
    }.get(kind, "`mnemo status` shows what there is.")
