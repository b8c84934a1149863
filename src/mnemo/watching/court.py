"""Judging what waits, and keeping and telling what is new."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from threading import Event
from typing import Any

from mnemo import clock
from mnemo.errors import Busy
from mnemo.model.anchor import Finding, anchors_of
from mnemo.store import assertions, states
from mnemo.store.database import Database
from mnemo.store.states import Key
from mnemo.watching import telling
from mnemo.watching.book import Book
from mnemo.watching.side import Side
from mnemo.watching.telling import Change, Tell

BREATH_S = 0.02  # at start, judging stops for so long after as long a time

Record = dict[str, Any]


class Court:
    """Judges anchors of a store's working trees.

    Args:
        db: the store.
        book: which anchors there are.
        tell: hears what is news.
        stop: set when it shall end.
        hurried: says whether something else waits.
    """

    def __init__(
        self, db: Database, book: Book, tell: Tell, stop: Event, hurried: Callable[[], bool]
    ) -> None:
        self._db, self._book, self._tell, self._stop, self._hurried = db, book, tell, stop, hurried

    def judge(self, side: Side, breathing: bool = False) -> None:
        """Judge what waits in one working tree, keep what is new in it and tell it.

        Args:
            side: the working tree.
            breathing: pause now and then, for the sake of those who recall.

        Raises:
            Busy: the store is held by another process; everything waits on.
        """
        keys = side.take()
        lens = side.lens()
        judge = side.worktree.judge(lens)
        part = side.narrowed(lens)
        narrow = side.worktree.judge(part) if part else None
        changes: list[Change] = []
        started = time.monotonic()
        done = 0
        try:
            payloads = self._payloads(side, keys)
            for key in keys:
                if side.is_wide(key) and (self._stop.is_set() or (done and self._hurried())):
                    break  # searches give way to what is quicker
                anchors = anchors_of(payloads.get(side.chosen[key[0]].object, {}))
                if key[1] < len(anchors):
                    anchor = anchors[key[1]]
                    finding = side.judge(key, anchor, lens, judge, narrow)
                    before = side.kept.get(key)
                    if telling.is_news(before, finding):
                        changes.append(Change(key, anchor, before, finding))
                done += 1
                if breathing and time.monotonic() - started > BREATH_S:
                    if self._stop.wait(BREATH_S):
                        break
                    started = time.monotonic()
            self._keep(side, changes, payloads)
        except Busy:
            done = 0
            raise
        finally:
            side.pending.update(keys[done:])
        if not side.pending:
            side.settle()

    def _payloads(self, side: Side, keys: Sequence[Key]) -> dict[str, Record]:
        """Return what the claims of some anchors say, by their object's hash."""
        with self._db.reading() as connection:
            return assertions.payloads(connection, [side.chosen[row] for row in {key[0] for key in keys}])

    def _keep(self, side: Side, changes: Sequence[Change], payloads: dict[str, Record]) -> None:
        """Keep what anchors say now, all in one transaction, and tell what is news in it."""
        if not changes:
            return
        now = clock.now_ms()
        with self._db.transaction() as connection:
            kept = [
                change
                for change in changes
                if states.is_about(connection, change.key[0], side.chosen[change.key[0]].object)
            ]
            for change in kept:
                states.put(connection, *change.key, side.name, change.after, now)
                if side.is_wide(change.key):
                    states.put(connection, *change.key, states.ANSWERED + side.name, change.after, now)
        before = {row: self._verdict(side, row) for row in {change.key[0] for change in kept}}
        for change in kept:
            side.keep(change.key, change.after)
        self._tell_news(side, kept, before, payloads)

    def _tell_news(
        self, side: Side, kept: Sequence[Change], before: dict[int, str], payloads: dict[str, Record]
    ) -> None:
        for change in kept:
            one = side.chosen[change.key[0]]
            if change.before or change.after.state != "ok":
                verdicts = before[one.id], self._verdict(side, one.id)
                content = payloads[one.object]["content"]
                self._tell(telling.of_anchor(change, one, content, verdicts, side.name))

    def _verdict(self, side: Side, assertion: int) -> str:
        found: list[Finding | None] = [
            side.kept.get((assertion, spot.position)) for spot in self._book.spots(assertion)
        ]
        return telling.verdict_of(found)
