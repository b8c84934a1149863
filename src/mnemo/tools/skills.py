"""What mnemo knows to tell beforehand: which commands need a person, and how its roles work."""

from __future__ import annotations

import os
import shlex
from typing import Any

from mnemo import projects
from mnemo.errors import Invalid, MnemoError
from mnemo.health.looking import Check
from mnemo.ledger import destructive
from mnemo.skills import reading
from mnemo.tools.remembering import SCHEMA

Record = dict[str, Any]


def classify(*command: str) -> Record:
    """Tell whether a command may run without a person's approval; it is not run.

    Args:
        command: the command and its arguments, behind --; one word alone is read as a shell reads it.
    """
    if not any(word.strip() for word in command):
        raise Invalid("There is no command to judge.", "Give one after --, such as -- git push --force.")
    given = command[0] if len(command) == 1 else list(command)
    found = destructive.classify(given, _branch())
    return {
        **SCHEMA,
        "ok": found.allowed,
        "command": given if isinstance(given, str) else shlex.join(given),
        "allowed": found.allowed,
        "requires_approval": not found.allowed,
        "reasons": list(found.reasons),
    }


def skills(name: str = "") -> Record:
    """List the skills that come with mnemo, or print one, for clients that read skills from files.

    Args:
        name: planner, worker or reviewer; all are listed when left out.
    """
    if name:
        one = reading.get_skill(name)
        return {**SCHEMA, **one._asdict()}
    listed = [{"name": one.name, "description": one.description} for one in reading.list_skills()]
    return {**SCHEMA, "skills": listed, "folder": os.path.normpath(reading.FOLDER)}


def check() -> Check:
    """Return whether every skill is there, with its front matter."""
    try:
        found = reading.list_skills()
    except MnemoError as error:
        return Check("skills", False, error.message, error.fix)
    return Check("skills", True, ", ".join(one.name for one in found))


def _branch() -> str:
    try:
        return projects.current_unchecked().head().branch
    except MnemoError:
        return ""
