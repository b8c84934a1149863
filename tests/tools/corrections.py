"""What tests of corrections share: captures, claims, an editor, and a person who answers."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

from mnemo import project, projects
from mnemo.memory import claiming, drafts
from tests.tools.faces import python

Record = dict[str, Any]
CODE = (
    'LIMIT = 5\n\n\ndef lock(account):\n    """Lock it."""\n    account.locked = True\n    return account\n'
)


def captured(content: str, origin: str = "capture", **fields: Any) -> str:
    """Store a claim as a machine does that nobody confirmed, and return its address."""
    here = projects.current(writing=True)
    with project.acting("claude", "session-1", origin):
        where = here.surroundings()
        draft = drafts.checked({"content": content, **fields}, here.tree)
        ready = claiming.prepare(draft, where, "unconfirmed")
        with here.db.transaction() as connection:
            return claiming.store(connection, [ready], where)[0]["address"]


def claimed(content: str, **fields: Any) -> str:
    """Claim something as an agent and return its address."""
    return python("claim", content=content, **fields)["claims"][0]["address"]


def standing(run: Any, address: str) -> str:
    """Return a claim's standing."""
    return run("show", address)["claim"]["standing"]


def editor(folder: Path, script: str) -> None:
    """Make a shell script the editor; $1 is the file."""
    program = folder / "editor"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    os.environ["EDITOR"] = str(program)
    os.environ.pop("VISUAL", None)


class Person:
    """Somebody who answers what is asked with these keys, and remembers what was shown."""

    def __init__(self, *keys: str) -> None:
        self.keys = list(keys)
        self.seen: list[tuple[str, Record]] = []

    def __call__(self, kind: str, record: Record, choices: dict[str, str]) -> str:
        self.seen.append((kind, record))
        key = self.keys.pop(0) if self.keys else ""
        if key == "^C":
            raise KeyboardInterrupt
        return key
