"""The words of the brief: itself where it is printed, what became of the file where it is written."""

from __future__ import annotations

from typing import Any

from mnemo import fence
from mnemo.interfaces.render.plain import counted, joined, notes
from mnemo.retrieval import cards

Record = dict[str, Any]


def brief(record: Record) -> str:
    """Return the brief as Markdown, or one line on the file that holds it."""
    if not record.get("file"):
        text = "\n".join(fence.escape(line) for line in record["text"].removesuffix("\n").split("\n"))
        return joined_whole(text, notes(record))
    name = cards.phrase(record["file"], cards.LINE)
    held = f"{counted(len(record['claims']), 'claim')}, {record['tokens']:,} of {record['budget']:,} tokens"
    more = f"{record['more']} more may hold; they did not fit." if record.get("more") else ""
    if record.get("ok") is False:
        return joined(f"{name} is out of date.", f"Next: mnemo brief --write {name}", notes(record))
    state = "Wrote the brief into" if record.get("written") else "The brief is up to date in"
    return joined(f"{state} {name} ({held}).", more, notes(record))


def joined_whole(text: str, lines: list[str]) -> str:
    """Return a text with its empty lines kept, and lines below it."""
    return "\n".join([text, *lines])
