"""Why a place in the code is as it is: claims, dead ends, commits and evidence behind it."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

from mnemo import clock, fence, projects
from mnemo.errors import Invalid, MnemoError, NotFound
from mnemo.ledger import citing
from mnemo.memory import explaining
from mnemo.memory.explaining import Spot
from mnemo.project import Project
from mnemo.repo import blame
from mnemo.repo.commits import Commit
from mnemo.tools.remembering import SCHEMA

Record = dict[str, Any]
COMMITS = 5  # of the file, beside those of the line
MOST_OF_LINES = 10
_PLACE = re.compile(r"(.+?):(\d{1,7})(?:-(\d{1,7}))?")


def why(place: str) -> Record:
    """Tell why a place in the code is as it is: decisions, dead ends, commits and evidence behind it.

    Args:
        place: a file or folder, or FILE:LINE, or FILE:FIRST-LAST.
    """
    project = projects.current()
    spot = _spot(project, place)
    with project.db.reading() as connection:
        known = explaining.known_of(connection, spot, project.view(), project.patient_judge())
        cited = citing.list_citing(connection, spot.path, project.now())
    commits, notes = _commits(project, spot)
    if known.other_lines:
        notes.append(f"{known.other_lines} more about other lines; mnemo why {spot.path}")
    if known.more:
        notes.append(f"{known.more} more claims; mnemo claims --path {spot.path}")
    return {
        **SCHEMA,
        "path": spot.path,
        "lines": [spot.first, spot.last] if spot.first else [],
        "claims": known.claims,
        "dead_ends": known.dead_ends,
        "commits": commits,
        "evidence": cited,
        "notes": notes + project.told(),
    }


def _spot(project: Project, place: str) -> Spot:
    found = _PLACE.fullmatch(place.strip())
    # A file may be called a:1 itself.
    if found and not _exists(project, place):
        first, last = int(found[2]), int(found[3] or found[2])
        if not 1 <= first <= last:
            raise Invalid(
                f"{place[:80]!r} names no lines.", "Count lines from 1: src/a.py:10 or src/a.py:10-20."
            )
        spot = Spot(project.tree.relative(found[1]), first, last)
    else:
        spot = Spot(project.tree.relative(place))
    if spot.path == ".":
        raise Invalid("The whole repository is no place in it.", "Name a file, or FILE:LINE.")
    _check_there(project, spot)
    return spot


def _exists(project: Project, place: str) -> bool:
    with suppress(Invalid):
        return project.tree.exists(project.tree.relative(place))
    return False


def _check_there(project: Project, spot: Spot) -> None:
    """Refuse a line that the file does not have; a file that is gone has its history all the same.

    Raises:
        NotFound: no such line.
    """
    if not spot.first:
        return
    text = project.tree.read(spot.path)
    count = 0 if text is None else text.count("\n") + (not text.endswith("\n"))
    if text is None or spot.first > count:
        has = "does not exist" if text is None else f"has {count} lines"
        raise NotFound(f"{spot.path} {has}, so there is no line {spot.first}.", f"Ask for {spot.path} alone.")


def _commits(project: Project, spot: Spot) -> tuple[list[Record], list[str]]:
    """Return the commits of the lines and then of the file, and what has to be said of them."""
    head = project.head().commit
    if project.place is None or not head:
        return [], []
    git = project.git()
    notes: list[str] = []
    of_lines: list[str] = []
    if spot.first:
        lines = _committed_lines(project, spot, head)
        if lines is None:
            notes.append("the line is not committed yet")
        else:
            with suppress(MnemoError):
                of_lines = blame.list_blamed(git, head, spot.path, *lines)[:MOST_OF_LINES]
    others = [one for one in blame.list_commits(git, head, spot.path, COMMITS) if one not in of_lines]
    found = blame.read_commits(git, [*of_lines, *others])
    return [_commit(one, one.hash in of_lines, project.now()) for one in found], notes


def _committed_lines(project: Project, spot: Spot, head: str) -> tuple[int, int] | None:
    raw = project.git().blob(head, spot.path)
    if raw is None:
        return None
    then = raw.decode("utf-8", "replace").replace("\r\n", "\n")
    return blame.find_lines(project.tree.read(spot.path) or "", then, spot.first, spot.last)


def _commit(one: Commit, of_lines: bool, now: int) -> Record:
    return {
        "commit": one.hash,
        "age": clock.age(clock.from_ms(one.time * 1000), now),
        "author": fence.escape(one.author.rsplit(" <", 1)[0]),
        "subject": fence.escape(one.message.strip().split("\n", 1)[0]),
        "of": "line" if of_lines else "file",
    }
