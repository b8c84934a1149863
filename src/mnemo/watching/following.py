"""Following what another process's watcher finds, without watching twice."""

from __future__ import annotations

import os
import time
from threading import Event
from typing import Any

from mnemo.model.anchor import Finding, anchor_from_record
from mnemo.model.claim import Assertion
from mnemo.repo.head import Head
from mnemo.store import assertions, states
from mnemo.store.connections import Connection
from mnemo.store.database import Database
from mnemo.store.states import Key
from mnemo.watching import generation, telling
from mnemo.watching.book import Book
from mnemo.watching.telling import Change, Tell

LOOK_S = 0.1

Record = dict[str, Any]


class Follower:
    """Tells what changes in the states that another process keeps.

    Args:
        db: the store.
        tell: hears what changed.
        stop: set when it shall end.
    """

    def __init__(self, db: Database, tell: Tell, stop: Event) -> None:
        self._db, self._tell, self._stop = db, tell, stop
        self._book = Book()
        self._stamp: tuple[int, int] = (0, 0)
        self._newest = -1
        self._states: dict[str, dict[Key, Finding]] = {}
        self._heads: dict[str, Head] = {}
        self._operations: dict[str, str] = {}
        self._state = ""

    def follow(self, seconds: float) -> None:
        """Look for changes again and again, for so long."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self._stop.wait(LOOK_S):
            self.look()

    def look(self) -> None:
        """Tell what changed since the last look; the first one tells nothing of anchors."""
        stamp = _stamp(os.path.join(self._db.folder, generation.FILE))
        if stamp == self._stamp:
            return
        self._stamp = stamp
        told = generation.find_published(self._db.folder) or {}
        if told.get("state", "") != self._state and told.get("state"):
            self._state = told["state"]
            reason = f"by process {told.get('pid', 0)}"
            self._tell(telling.of_watcher("following", reason, told.get("folders", 0)))
        worktrees: dict[str, Record] = told.get("worktrees", {})
        for name, found in worktrees.items():
            self._tell_git(name, found)
        with self._db.reading() as connection:
            newest = self._db.newest(connection)
            if newest != self._newest:
                self._book.refresh(connection)
                self._newest = newest
            for name in worktrees:
                self._tell_states(connection, name)

    def _tell_git(self, name: str, found: Record) -> None:
        head = Head(str(found.get("branch", "")), str(found.get("commit", "")))
        before = self._heads.get(name, head)
        if before.branch != head.branch:
            self._tell(telling.of_branch(name, before, head))
        self._heads[name] = head
        doing = str(found.get("operation", ""))
        earlier = self._operations.get(name, doing)
        if earlier != doing:
            self._tell(telling.of_operation(name, earlier, doing))
        self._operations[name] = doing

    def _tell_states(self, connection: Connection, name: str) -> None:
        found = states.list_states(connection, name)
        before = self._states.get(name)
        self._states[name] = found
        if before is None:
            return
        differing = {key for key, _ in found.items() ^ before.items()} & found.keys()
        news = [key for key in sorted(differing) if telling.is_news(before.get(key), found[key])]
        if not news:
            return
        chosen = self._book.find({key[0] for key in news})
        payloads = assertions.payloads(connection, [chosen[key[0]] for key in news if key[0] in chosen])
        for key in news:
            one = chosen.get(key[0])
            anchors: list[Record] = payloads.get(one.object, {}).get("anchors", []) if one else []
            if one and key[1] < len(anchors) and (key in before or found[key].state != "ok"):
                change = Change(key, anchor_from_record(anchors[key[1]]), before.get(key), found[key])
                verdicts = self._verdict(before, one), self._verdict(found, one)
                content = payloads[one.object]["content"]
                self._tell(telling.of_anchor(change, one, content, verdicts, name))

    def _verdict(self, known: dict[Key, Finding], one: Assertion) -> str:
        return telling.verdict_of(known.get((one.id, spot.position)) for spot in self._book.spots(one.id))


def _stamp(path: str) -> tuple[int, int]:
    try:
        found = os.stat(path)
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_ino
