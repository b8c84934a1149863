"""The outbox: a file with the packet of each dispatch that is queued or taken, for who polls a folder.

The store decides. Files are brought into line with it after every deed, so that a process killed between
the two leaves nothing wrong for longer than until the next deed.
"""

from __future__ import annotations

import json
import os
import re

from mnemo.errors import MnemoError
from mnemo.ledger.names import shown
from mnemo.ledger.packets import Where, packet
from mnemo.model import work
from mnemo.store import queue, sidefiles
from mnemo.store.connections import Connection
from mnemo.store.database import Database

FOLDER = "outbox"
_NAME = re.compile(rf"{work.DISPATCH}_[0-9a-f]+\.json")


def settle(db: Database, root: str, now: int, touched: str = "") -> list[str]:
    """Bring the outbox into line with the store, and return a note where a file could not be written.

    Args:
        db: the store.
        root: path of the working tree, for the packets.
        now: wall clock, milliseconds.
        touched: id, full or shown, of a dispatch whose packet may have changed.
    """
    folder, where = os.path.join(db.folder, FOLDER), Where(root, db.folder)
    present = {name for name in sidefiles.list_names(folder) if _NAME.fullmatch(name)}
    with db.reading() as connection:
        live = _list_live(connection)
        written = {
            name: _packet(connection, full, where)
            for name, full in live.items()
            if name not in present or name == file_name(touched)
        }
    try:
        for name, raw in written.items():
            sidefiles.put(folder, name, raw)
        _remove_ended(db, folder, [*(present - set(live)), *written])
        sidefiles.sweep(folder, now)
    except MnemoError as error:
        return [f"The outbox is behind: {error.message}"]
    return []


def file_name(dispatch: str) -> str:
    """Return the name of a dispatch's file in the outbox."""
    return f"{shown(dispatch)}.json"


def _list_live(connection: Connection) -> dict[str, str]:
    return {file_name(full): full for full in queue.list_live_ids(connection)}


def _packet(connection: Connection, dispatch: str, where: Where) -> bytes:
    row = queue.find_row(connection, work.DISPATCH, dispatch)
    task = queue.find_row(connection, work.TASK, row["task"]) if row else None
    told = packet(connection, task, where, row) if task else {}
    return json.dumps(told, ensure_ascii=True, indent=1).encode() + b"\n"


def _remove_ended(db: Database, folder: str, names: list[str]) -> None:
    """Remove the files of those that are live no more, also of those that ended while they were written."""
    if not names:
        return
    with db.reading() as connection:
        live = _list_live(connection)
    for name in names:
        if name not in live:
            sidefiles.remove(folder, name)
