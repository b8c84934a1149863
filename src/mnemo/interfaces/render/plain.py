"""Records without words of their own, and the phrases that every family uses."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from typing import Any, cast

from mnemo import fence, redact
from mnemo.retrieval import cards

Record = dict[str, Any]

# What programs need and people do not; "ok" is only worth a word when it is false.
UNSPOKEN = ("schema", "tokens")
NOTHING: tuple[Any, ...] = (None, "", [], {})
_PLURALS = {
    "entry": "entries",
    "dispatch": "dispatches",
    "match": "matches",
    "piece of evidence": "pieces of evidence",
}


def as_json(value: Any) -> str:
    """Return value as indented JSON, readable, without secrets, with every dangerous character escaped."""
    written = json.dumps(redact.clean(value), ensure_ascii=False, indent=2, default=str)
    dangerous = {letter for letter in set(written) if fence.escape(letter) != letter}
    return written.translate({ord(letter): json.dumps(letter)[1:-1] for letter in dangerous})


def everything(record: Record, told: Collection[str] = ()) -> str:
    """Return every field that holds something, a line each, lists and long texts below their name.

    Args:
        record: any JSON object.
        told: fields that were said already.
    """
    lines: list[str] = []
    for name, value in record.items():
        said = name in UNSPOKEN or name in told or (name == "ok" and value is True)
        if not said and value not in NOTHING:
            lines += _field(_name(name), value, "")
    return "\n".join(lines)


def anything(record: Record) -> str:
    """Return a record that has no words of its own."""
    return joined(everything(record, ("notes",)), notes(record)) or "Done."


def joined(*groups: str | Iterable[str]) -> str:
    """Return lines and groups of lines as one text, empty ones left out."""
    lines: list[str] = []
    for group in groups:
        lines += [group] if isinstance(group, str) else group
    return "\n".join(line for line in lines if line)


def counted(count: int, word: str) -> str:
    """Return a number with its noun, such as 1 task or 2 tasks."""
    if count == 1:
        return f"1 {word}"
    return f"{count} {_PLURALS.get(word, f'{word}s')}"


def size(count: int) -> str:
    """Return a number of bytes as people read it; 1 kB is 1,000 bytes."""
    amount = float(count)
    for unit in ("bytes", "kB", "MB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "bytes" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"


def duration(seconds: float) -> str:
    """Return a span of time as people read it."""
    for length, word in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= 2 * length:
            return counted(int(seconds // length), word)
    return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"


def notes(record: Record) -> list[str]:
    """Return a record's notes, a line each."""
    return [cards.recall_note(note) for note in record.get("notes", [])]


def _field(name: str, value: Any, margin: str) -> list[str]:
    if isinstance(value, str) and _is_long(value):
        return [f"{margin}{name}:", cards.quoted(value, margin)]
    if isinstance(value, dict) and value:
        return [f"{margin}{name}:", *_below(cast(Record, value), margin + "  ")]
    if isinstance(value, list) and value:
        items = cast("list[Any]", value)
        return [f"{margin}{name}:", *(line for item in items for line in _item(item, margin + "  "))]
    return [f"{margin}{name}: {_scalar(value)}"]


def _below(record: Record, margin: str) -> list[str]:
    fields = [(name, value) for name, value in record.items() if value not in NOTHING]
    return [line for name, value in fields for line in _field(_name(name), value, margin)]


def _item(item: Any, margin: str) -> list[str]:
    if isinstance(item, dict) and item:
        lines = _below(cast(Record, item), margin + "  ")
        return [f"{margin}- {lines[0].lstrip()}", *lines[1:]] if lines else []
    if isinstance(item, list):
        return [f"{margin}- {cards.phrase(json.dumps(item, default=str), cards.LINE)}"]
    if isinstance(item, str) and _is_long(item):
        return [f"{margin}-", cards.quoted(item, margin)]
    return [f"{margin}- {_scalar(item)}"]


def _name(name: str) -> str:
    # A name that is not one of ours, such as a branch in a tally, must not open a line as ours do.
    ours = name.replace("_", "").isascii() and name.replace("_", "").isalnum() and name.islower()
    return name.replace("_", " ") if ours else f'"{cards.phrase(name)}"'


def _is_long(value: str) -> bool:
    return len(value) > cards.LINE or len(value.splitlines()) > 1


def _scalar(value: Any) -> str:
    if value is True or value is False:
        return "yes" if value else "no"
    if value in NOTHING:
        return "none"
    return f"{value:g}" if isinstance(value, float) else cards.phrase(value, cards.LINE)
