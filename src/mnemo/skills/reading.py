"""The skills that are packaged with mnemo, read and checked."""

from __future__ import annotations

import os
from typing import NamedTuple

from mnemo.errors import Damaged, NotFound

NAMES = ("planner", "worker", "reviewer")
FOLDER = os.path.dirname(os.path.abspath(__file__))
_FENCE = "---"


class Skill(NamedTuple):
    """One skill.

    Args:
        name: as clients call it, mnemo- and one of NAMES.
        description: when to use it, in a line.
        text: the whole file, front matter included.
    """

    name: str
    description: str
    text: str


def list_skills() -> list[Skill]:
    """Return every skill that is packaged.

    Raises:
        Damaged: one is missing, or has no front matter.
    """
    return [get_skill(name) for name in NAMES]


def get_skill(name: str, folder: str = FOLDER) -> Skill:
    """Return one skill.

    Args:
        name: one of NAMES, with or without mnemo- before it.
        folder: where the files lie.

    Raises:
        NotFound: there is no such skill.
        Damaged: its file is missing, or has no front matter.
    """
    plain = name.strip().lower().removeprefix("mnemo-")
    if plain not in NAMES:
        raise NotFound(f"There is no skill {name[:60]!r}.", f"Skills: {', '.join(NAMES)}.")
    path = os.path.join(folder, f"{plain}.md")
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except OSError:
        raise Damaged(f"The skill {plain} is missing: {path}.", "Install mnemo again.") from None
    fields = _front_matter(text)
    if fields.get("name") != f"mnemo-{plain}" or not fields.get("description"):
        raise Damaged(
            f"The skill {plain} has no front matter with name and description.", "Install mnemo again."
        )
    return Skill(fields["name"], fields["description"], text)


def _front_matter(text: str) -> dict[str, str]:
    first, *lines = text.split("\n")
    if first != _FENCE or _FENCE not in lines:
        return {}
    pairs = (line.partition(":") for line in lines[: lines.index(_FENCE)])
    return {name.strip(): value.strip() for name, mark, value in pairs if mark}
