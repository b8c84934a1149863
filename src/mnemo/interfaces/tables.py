"""Lists as tables, for people at a terminal that is wide enough; everywhere else they are text."""

from __future__ import annotations

import io
import os
import sys
from typing import Any

from mnemo import ids
from mnemo.interfaces import terminal
from mnemo.retrieval import cards

Record = dict[str, Any]

NARROWEST = 72
SHADES = {
    "proven": "green",
    "drifted": "yellow",
    "unproven": "yellow",
    "refuted": "red",
    "unanchored": "cyan",
}


def find_table(name: str, record: Record) -> str | None:
    """Return a record as a table, None where it is no list or nobody sits before a wide terminal."""
    if name not in ("claims", "inbox") or not record.get("claims") or "seen" in record:
        return None
    out = sys.stdout
    if out is None or not out.isatty():
        return None
    width = os.get_terminal_size(out.fileno()).columns
    return claims_table(record, width, colour=terminal.has_colour(out)) if width >= NARROWEST else None


def claims_table(record: Record, width: int, *, colour: bool) -> str:
    """Return a list of claims as a table, one line each.

    Args:
        record: claims and notes.
        width: columns of the terminal.
        colour: whether verdicts are coloured.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, expand=True, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for title in ("address", "verdict", "age", "domain"):
        table.add_column(title, no_wrap=True)
    table.add_column("claim", no_wrap=True, overflow="ellipsis", ratio=1)
    for claim in record["claims"]:
        standing = claim.get("standing", "active")
        verdict = claim["verdict"] if standing == "active" else standing
        table.add_row(
            ids.short(claim["address"]),
            Text(cards.phrase(verdict), style=SHADES.get(verdict, "")),
            claim.get("age", "").removesuffix(" ago"),
            cards.phrase(claim["domain"]),
            Text(cards.phrase(claim["content"].split("\n", 1)[0], cards.LINE)),
        )
    drawn = io.StringIO()
    system = "standard" if colour else None
    Console(file=drawn, width=width, force_terminal=colour, color_system=system, highlight=False).print(table)
    lines = [line.rstrip() for line in drawn.getvalue().splitlines()]
    return "\n".join(lines + [cards.recall_note(note) for note in record.get("notes", [])])
