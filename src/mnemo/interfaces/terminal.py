"""What only a terminal gets: colour and progress bars. Pipes, files and CI get plain text."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TextIO

Advance = Callable[[int, int], None]

RED, GREEN, YELLOW, CYAN, DIM = "31", "32", "33", "36", "2"
SHADES = {
    "proven": GREEN, "ok": GREEN, "all": GREEN, "accepted": GREEN,
    "drifted": YELLOW, "unproven": YELLOW, "note": YELLOW, "missing": YELLOW,
    "refuted": RED, "withheld": RED, "FAILED": RED, "Error": RED,
    "Next": CYAN, "unanchored": CYAN,
}  # fmt: skip
# Quoted text stands behind " > " and is never looked into: a claim cannot paint itself proven.
OPENING = re.compile(r"^(\s*(?:\d+\. )?)(\w+)(?=\W|$)")
QUOTED = re.compile(r"^(\s*(?:\w+ )?\s*> )")


def has_colour(stream: TextIO) -> bool:
    """Tell whether a stream is a terminal whose owner wants colour (no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def paint(text: str) -> str:
    """Return rendered text in colour, by the word that opens a line of structure or the sign of a change."""
    paint_line = _paint_change if text.startswith("--- ") else _paint_line
    return "\n".join(paint_line(line) for line in text.split("\n"))


@contextmanager
def progress(title: str, stream: TextIO) -> Generator[Advance, None, None]:
    """Give a function (done, total) that draws a bar on a terminal and does nothing elsewhere.

    The bar appears with the first step and goes with the last, so that questions may follow it.

    Args:
        title: what is going on.
        stream: where to draw, normally standard error.
    """
    if not stream.isatty():
        yield _quiet
        return
    from rich.console import Console
    from rich.progress import Progress

    bar = Progress(console=Console(file=stream, no_color=not has_colour(stream)), transient=True)
    task = bar.add_task(title, total=None)

    def advance(done: int, total: int) -> None:
        if done < total:
            bar.start()
        bar.update(task, completed=done, total=total)
        if done >= total:
            bar.stop()

    try:
        yield advance
    finally:
        bar.stop()


def _quiet(done: int, total: int) -> None:
    """Draw nothing."""


def _paint_line(line: str) -> str:
    if quoted := QUOTED.match(line):
        return _shade(quoted[1], DIM) + line[quoted.end() :]
    opening = OPENING.match(line)
    if opening is None or opening[2] not in SHADES:
        return line
    return opening[1] + _shade(opening[2], SHADES[opening[2]]) + line[opening.end() :]


def _paint_change(line: str) -> str:
    shade = {"+": GREEN, "-": RED, "@": CYAN}.get(line[:1], "")
    return _shade(line, shade) if shade else line


def _shade(text: str, shade: str) -> str:
    return f"\x1b[{shade}m{text}\x1b[0m"
