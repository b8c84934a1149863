"""Erasing for ever: the text of a claim in the store and in every file that we derive from it."""

from __future__ import annotations

import os
from contextlib import suppress

from mnemo import homes
from mnemo.memory import reasons, withdrawing
from mnemo.memory.reasons import Settled
from mnemo.project import Project
from mnemo.speaking import contexts
from mnemo.store import search
from mnemo.store.filesystem import private_opener

ELSEWHERE = "exports, briefs and copies made elsewhere"


def erase(owner: Project, addresses: list[str]) -> Settled:
    """Erase the text of claims from a store, and what hooks told of them from its folder."""
    with owner.db.transaction() as connection:
        settled = reasons.sorted_out(connection, addresses, owner.view(), withdrawing.ERASABLE)
        if settled.done:
            withdrawing.purge(connection, settled.done, at=owner.at(), now=owner.now(), space=owner.space)
            search.optimize(connection)
    # Also when nothing was left to erase: whoever was killed before this line asks again.
    owner.db.leave_no_trace()
    _forget_told(owner.db.folder, addresses)
    owner.note_deed("purge", "erased", settled.done)
    return settled


def out_of_reach(owner: Project) -> list[str]:
    """Return the files of ours that may still hold an erased text: backups, and what waits to be replayed."""
    found = list(owner.guard.list_backups())
    folder = homes.home_folder(owner.environ)
    repository = os.path.basename(owner.guard.backups_folder())
    spool = os.path.join(folder, "spool", f"{repository}.jsonl") if folder and repository else ""
    return [*found, spool] if spool and os.path.exists(spool) else found


def _forget_told(folder: str, addresses: list[str]) -> None:
    """Take the lines that name these claims out of what hooks noted; a line lost is told once more."""
    home = os.path.join(folder, contexts.FOLDER)
    wanted = [address.encode() for address in addresses]
    with suppress(OSError):
        for name in os.listdir(home):
            path = os.path.join(home, name)
            with open(path, "rb") as file:
                lines = file.readlines()
            kept = [line for line in lines if not any(address in line for address in wanted)]
            if len(kept) == len(lines):
                continue
            with open(path + ".new", "wb", opener=private_opener) as file:
                file.writelines(kept)
            os.replace(path + ".new", path)
