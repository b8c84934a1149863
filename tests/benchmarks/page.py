"""Keeping figures in guide/performance.md: one table a section, each row with the commit and day it is of."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "guide" / "performance.md"
HEAD = "| what | measured | target | at |\n|---|---|---|---|\n"
Row = tuple[str, str, str]


def keep(section: str, rows: Iterable[Row]) -> None:
    """Write rows into a section of the page; those of the same name are replaced, everything else stays.

    Args:
        section: its heading.
        rows: what was measured, the figure, and the target.
    """
    before, sections = _read()
    table = sections.setdefault(section, {})
    at = stamp()
    table.update({what: f"| {what} | {measured} | {target} | {at} |" for what, measured, target in rows})
    PAGE.write_text(before + told(sections), encoding="utf-8")


def others() -> str:
    """Return every section behind the first table, as it stands."""
    return told(_read()[1])


def told(sections: dict[str, dict[str, str]]) -> str:
    """Return sections as the page has them."""
    parts = (
        f"\n## {name}\n\n{HEAD}" + "".join(f"{row}\n" for row in rows.values())
        for name, rows in sections.items()
    )
    return "".join(parts)


def stamp() -> str:
    """Return the commit measured, with a plus where files were changed since, and the day."""
    commit = _git("rev-parse", "--short", "HEAD")
    changed = "+" if _git("status", "--porcelain", "--", "src") else ""
    return f"{commit}{changed}, {time.strftime('%Y-%m-%d', time.gmtime())}"


def _read() -> tuple[str, dict[str, dict[str, str]]]:
    before, *parts = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    sections: dict[str, dict[str, str]] = {}
    for part in parts:
        name, _, body = part.partition("\n")
        lines = [
            line for line in body.splitlines() if line.startswith("| ") and not line.startswith("| what")
        ]
        sections[name.strip()] = {line.split(" | ")[0].removeprefix("| "): line for line in lines}
    return before.rstrip("\n") + "\n", sections


def _git(*arguments: str) -> str:
    asked = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    return asked.stdout.strip()
