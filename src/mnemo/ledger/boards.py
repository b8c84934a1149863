"""A board beside the ledger, such as a kanban board: it is told of every task, and the store decides.

What a board says is never read back into the store. A board that fails is told again after the next deed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from typing import Any, Protocol, cast

from mnemo.errors import Conflict, Damaged, MnemoError
from mnemo.ledger.names import shown
from mnemo.ledger.records import task_record
from mnemo.store import meta, queue, sidefiles
from mnemo.store.connections import Connection
from mnemo.store.database import Database
from mnemo.store.rows import Row

MIRRORED = "board_clock"

Record = dict[str, Any]


class Board(Protocol):
    """Where tasks are shown to people, whatever shows them."""

    def is_available(self) -> bool:
        """Tell whether there is anything to tell it."""
        ...

    def create_or_update(self, tasks: Iterable[Record]) -> None:
        """Show these tasks as they are now; MnemoError where it cannot."""
        ...

    def list(self) -> list[Record]:
        """Return the tasks that it shows."""
        ...


class NoBoard:
    """The board where none is kept."""

    def is_available(self) -> bool:
        """Tell that there is none."""
        return False

    def create_or_update(self, tasks: Iterable[Record]) -> None:
        """Refuse: nobody would see them."""
        raise Conflict("There is no board.", "Name its file: mnemo config set board.file PATH", "no_board")

    def list(self) -> list[Record]:
        """Return nothing."""
        return []


class JsonBoard:
    """A board kept as one JSON file: an object of tasks by their ids.

    Args:
        path: absolute; made with the first task.
    """

    def __init__(self, path: str) -> None:
        self.folder, self.name = os.path.split(path)

    def is_available(self) -> bool:
        """Tell that there is one."""
        return True

    def create_or_update(self, tasks: Iterable[Record]) -> None:
        """Write these tasks into the file, the others as they were.

        Raises:
            Damaged: the file is no board.
            StorageError: it cannot be written.
        """
        known = self._read()
        known.update({task["id"]: task for task in tasks})
        raw = json.dumps(known, ensure_ascii=True, indent=1).encode() + b"\n"
        sidefiles.put(self.folder, self.name, raw)

    def list(self) -> list[Record]:
        """Return the tasks of the file."""
        return list(self._read().values())

    def _read(self) -> dict[str, Record]:
        raw = sidefiles.find(self.folder, self.name)
        if not raw:
            return {}
        try:
            found: Any = json.loads(raw)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            path = os.path.join(self.folder, self.name)
            raise Damaged(f"{path} is no board of mnemo.", "Move it away, or name another with board.file.")
        return cast("dict[str, Record]", found)


def get_board(path: str) -> Board:
    """Return the board that a setting names, one that is not available where it names none.

    Args:
        path: of its file, absolute or from home; empty for none.
    """
    whole = os.path.expanduser(path)
    return JsonBoard(os.path.realpath(whole)) if os.path.isabs(whole) else NoBoard()


def mirror(db: Database, board: Board) -> list[str]:
    """Tell a board of every task that changed since it was told last; return a note where that failed.

    Args:
        db: the store.
        board: where tasks are shown.
    """
    if not board.is_available():
        return []
    with db.reading() as connection:
        if not _list_changed(connection):
            return []
    try:
        # Under the writer's lock, so that no other process tells an older state afterwards.
        with db.transaction() as connection:
            changed = _list_changed(connection)
            told = [{**task_record(connection, row, whole=True), "run": shown(row["run"])} for row in changed]
            board.create_or_update(told)
            meta.put(connection, MIRRORED, str(max((row["changed"] for row in changed), default=0)))
    except MnemoError as error:
        return [f"The board is behind: {error.message}"]
    return []


def _list_changed(connection: Connection) -> list[Row]:
    since = int(meta.find(connection, MIRRORED) or 0)
    return [row for row in queue.list_tasks(connection) if row["changed"] > since]
