"""Asking a person: how a command shows something and hears the answer, and who the person is."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager, suppress
from typing import Any

from mnemo.memory import confirming, withdrawing
from mnemo.memory.reasons import Settled
from mnemo.model.claim import LIVE
from mnemo.project import Project, acting, actor

Record = dict[str, Any]
Grouped = dict[str, tuple[Project, list[str]]]
# Shows a record of some kind to a person, offers answers by their key, and returns the key; "" when nobody
# is there any more.
Ask = Callable[[str, Record, dict[str, str]], str]
Say = Callable[[str], object]

YES_OR_NO = {"y": "yes", "n": "no"}


@contextmanager
def as_person() -> Generator[None]:
    """Let history name whoever sits at the terminal; a program stays what it is."""
    who = actor()
    if who.origin != "person":
        yield
        return
    import getpass

    name = who.agent
    with suppress(OSError, KeyError):
        name = getpass.getuser()
    with acting(name, who.session, who.origin):
        yield


def grouped(owned: Iterable[tuple[Project, str]]) -> Grouped:
    """Return addresses by the store that holds them, each once, so that a store needs one deed."""
    found: Grouped = {}
    for owner, address in owned:
        add(found, owner, address)
    return found


def add(found: Grouped, owner: Project, address: str) -> None:
    """Put an address with the others of its store."""
    mine = found.setdefault(owner.db.path, (owner, []))[1]
    if address not in mine:
        mine.append(address)


def forgotten(owner: Project, addresses: list[str], why: str, *, waiting: bool = False) -> Settled:
    """Withdraw claims of one store as one deed; those that somebody withdrew before are left alone.

    Args:
        owner: the store.
        addresses: whole addresses.
        why: the reason that history keeps.
        waiting: only what nobody confirmed meanwhile.
    """
    standings = (confirming.UNCONFIRMED,) if waiting else LIVE
    # What nobody confirmed never left the private chain, and neither does its end.
    space = "private" if waiting and owner.space == "project" else owner.space
    with owner.db.transaction() as connection:
        settled = withdrawing.forget(
            connection,
            addresses,
            why,
            owner.view(),
            at=owner.at(),
            now=owner.now(),
            space=space,
            standings=standings,
        )
    owner.note_deed("forget", f"forgot {len(settled.done)}", settled.done)
    return settled
