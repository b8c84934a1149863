"""A repository with claims, and memory speaking in it, for the tests of this room."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mnemo import settings
from mnemo.anchors.pin import pin
from mnemo.model.anchor import anchor_from_record, anchor_record
from mnemo.model.moment import Moment
from mnemo.repo.files import WorkingTree
from mnemo.repo.location import get_place
from mnemo.speaking.telling import Said, Where, speak
from mnemo.store.database import Database
from tests.repos import git, head, make_repository
from tests.stores import START_MS, on, say

FILES: Mapping[str, str] = {
    "README.md": "# A project\n",
    "src/app.py": "def main():\n    return 1\n",
    "src/billing/invoice.py": "def total(rows):\n    return sum(rows)\n",
    "src/billing/vat.py": "RATE = 0.2\n",
    "lib/invoice.ts": "export const a = 1\n",
}
NOISE = (
    "The replica lags behind by half a minute after a deployment",
    "Uploads go through the gateway because signed links expire",
    "Celery workers share one prefork pool on the small machines",
    "Snapshots are taken with the filesystem frozen",
    "The catalogue is exported each night for the partner's crawler",
    "Sessions live in redis so that two regions agree",
    "The scheduler wakes every worker with a single broadcast",
    "Thumbnails are rendered lazily by the edge nodes",
)  # fmt: skip


class Corner:
    """A repository, its store, and one conversation in it."""

    def __init__(self, top: Path, files: Mapping[str, str] = FILES) -> None:
        self.top = make_repository(top, files)
        self.environ: dict[str, str] = {}
        self.db = Database(str(self.top / ".mnemo" / "mnemo.db"))
        self.now = START_MS + 60_000
        self.left_s = 5.0

    def where(self) -> Where:
        """Return what a hook is given."""
        tree = WorkingTree(str(self.top), lambda: git(self.top, "ls-files").splitlines())
        found = settings.load(self.db.folder, {**os.environ, **self.environ})
        return Where(self.db, get_place(str(self.top)), tree, found, self.now, time.monotonic() + self.left_s)

    def claim(self, content: str, *anchors: dict[str, Any] | str, branch: str = "main", **fields: Any) -> str:
        """Claim something with anchors pinned now; further fields go to the assertion or its payload."""
        payload = {name: fields.pop(name) for name in ("why", "when", "tags", "path") if name in fields}
        at = fields.pop("at", on(branch, session="elsewhere", commit=head(self.top)))
        tree = self.where().tree
        given = [{"type": "file", "path": one} if isinstance(one, str) else one for one in anchors]
        pinned = [anchor_record(pin(anchor_from_record(one), tree)) for one in given]
        payload["anchors"] = pinned
        with self.db.transaction() as connection:
            return say(connection, content, payload=payload, at=at, **fields)

    def fill(self) -> None:
        """Claim a few things that nothing asks about, so that words can be rare."""
        for content in NOISE:
            self.claim(content)

    def say(self, kind: str, session: str = "s", **fields: str) -> Said:
        """Let memory speak."""
        return speak(Moment(kind, session=session, **fields), self.where())

    def prompt(self, prompt: str, **fields: str) -> Said:
        """Let memory speak on a prompt."""
        return self.say("prompt", prompt=prompt, **fields)

    def read(self, path: str, **fields: str) -> Said:
        """Let memory speak when a file is read; path is relative to the top."""
        return self.say("tool", tool="Read", path=str(self.top / path), **fields)

    def edit(self, path: str, text: str, **fields: str) -> Said:
        """Let memory speak when a file is changed."""
        return self.say("tool", tool="Edit", path=str(self.top / path), text=text, **fields)

    def start(self, source: str = "startup", **fields: str) -> Said:
        """Let memory speak when a session starts."""
        return self.say("start", source=source, **fields)


def told(said: Said) -> list[str]:
    """Return the addresses of what was told."""
    return [one.address for one in said.told]


def reasons(said: Said) -> dict[str, str]:
    """Return why each claim that was found stayed unsaid, by address."""
    return {one.address: one.why for one in said.left_out}
