"""A repository with a store, and moments of a session in it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from mnemo import settings
from mnemo.capture.keeping import capture
from mnemo.model.claim import Assertion
from mnemo.model.moment import Moment
from mnemo.repo.head import Head, read_head
from mnemo.repo.location import Place, get_place
from mnemo.settings import Settings
from mnemo.store import assertions
from mnemo.store.database import HOOK_WAIT_S, Database
from tests.stores import START_MS

DECIDED = "We decided to keep sessions in SQLite instead of Redis, because one file is easier to back up."
CAUSE = "The crash was caused by the scheduler passing a naive datetime to next_run()."
DEAD_END = "I tried four threads, but they don't help, since the parser holds the GIL."
OTHERS = (
    DECIDED,
    CAUSE,
    DEAD_END,
    "We rejected RabbitMQ because one more stateful service isn't worth it for 200 jobs an hour.",
    "It turned out that the websocket leak comes from a reference in aiohttp 3.8.1.",
)
CHAT = "Hello! How can I help you with the repository today?"


class Scene(NamedTuple):
    """A repository, its store, and where things are kept."""

    top: Path
    db: Database
    place: Place | None
    settings: Settings
    environ: dict[str, str]

    def stop(self, answer: str, prompt: str = "why?", **fields: Any) -> int:
        """End a turn; return how many claims were kept."""
        moment = Moment("stop", session=fields.pop("session", "s1"), folder=str(self.top))
        moment = moment._replace(prompt=prompt, answer=answer, **fields)
        head = read_head(self.place) if self.place else Head("", "")
        return capture(moment, self.db, self.place, head, self.settings, START_MS, self.environ)

    @property
    def spool(self) -> Path:
        """The folder in which lines wait."""
        return Path(os.environ["HOME"], ".mnemo", "spool")


def make_scene(top: Path) -> Scene:
    """Stand in a repository whose store a hook would use."""
    db = Database(str(top / ".mnemo" / "mnemo.db"), wait_s=HOOK_WAIT_S)
    chosen = settings.load(str(top / ".mnemo"), os.environ)
    return Scene(top, db, get_place(str(top)), chosen, dict(os.environ))


def contents(db: Database) -> dict[str, Assertion]:
    """Return every assertion by what it says."""
    with db.reading() as connection:
        held = list(assertions.iter_all(connection))
        told = assertions.payloads(connection, held)
    return {told[one.object]["content"]: one for one in held}


def payload(db: Database, content: str) -> dict[str, Any]:
    """Return the payload of what says this."""
    one = contents(db)[content]
    with db.reading() as connection:
        return assertions.payloads(connection, [one])[one.object]


def lines(folder: Path) -> list[dict[str, Any]]:
    """Read every line that waits."""
    files = sorted(folder.glob("*.jsonl")) if folder.exists() else []
    return [json.loads(line) for file in files for line in file.read_text().splitlines()]


@contextmanager
def held_by_another(db: Database) -> Iterator[None]:
    """Let someone else hold the writer lock; who wants it meanwhile does not wait as long as a hook would."""
    other, patience = Database(db.path), db.wait_s
    db.wait_s = 0.001
    with other.locked():
        yield
    db.wait_s = patience
    other.close()


def transcript(path: Path, *records: dict[str, Any]) -> str:
    """Write a transcript in the client's form, or more of it."""
    with open(path, "a", encoding="utf-8") as file:
        file.writelines(json.dumps(record) + "\n" for record in records)
    return str(path)


def user(content: Any, **fields: Any) -> dict[str, Any]:
    """A record of what a person typed."""
    return {"type": "user", "message": {"role": "user", "content": content}, "sessionId": "s1", **fields}


def agent(*blocks: Any, **fields: Any) -> dict[str, Any]:
    """A record of what the agent said or used; a text stands for a block of text."""
    content = [{"type": "text", "text": one} if isinstance(one, str) else one for one in blocks]
    return {"type": "assistant", "message": {"role": "assistant", "content": content}, **fields}


def used(name: str, **given: Any) -> dict[str, Any]:
    """A block that uses a tool."""
    return {"type": "tool_use", "id": "t1", "name": name, "input": given}
