"""What people correct: they edit a claim, forget some, and undo what was done last."""

from __future__ import annotations

from typing import Any

from mnemo import projects
from mnemo.errors import Invalid, NotFound
from mnemo.memory import listing, reasons, undoing, withdrawing
from mnemo.model.event import Event
from mnemo.project import Project
from mnemo.tools import erasing, remembering, revising
from mnemo.tools.asking import YES_OR_NO, Ask, Grouped, add, as_person, forgotten, grouped
from mnemo.tools.remembering import SCHEMA

Record = dict[str, Any]


def edit(address: str, content: str = "") -> Record:
    """Change what a claim says: the new text supersedes the old, which stays as history.

    Args:
        address: its address or a unique beginning of it.
        content: the new text, or - to read it; left out, $VISUAL or $EDITOR opens the claim with its fields.
    """
    with as_person():
        project = projects.current(writing=True)
        return revising.edited(project, *remembering.owner_of(project, address), content)


def forget(
    addresses: list[str] | None = None,
    session: str = "",
    why: str = "forgotten",
    purge: bool = False,
    yes: bool = False,
    ask: Ask | None = None,
) -> Record:
    """Withdraw claims everywhere, or erase their text for ever.

    Args:
        addresses: addresses or unique beginnings.
        session: everything that this session claimed.
        why: the reason that history keeps.
        purge: erase the text from the store; backups that still hold it are named.
        yes: do not ask.
        ask: shows what would be forgotten and returns the key pressed.
    """
    with as_person():
        project = projects.current(writing=True)
        if not (addresses or session):
            raise Invalid("Nothing was named.", "Give addresses, or --session with a session's id.")
        chosen = grouped(remembering.owner_of(project, prefix) for prefix in addresses or [])
        if session:
            _add_session(project, session, chosen)
        record: Record = {**SCHEMA, "forgotten": [], "already": [], "erased": purge}
        if ask and not yes:
            shown = {"claims": _shown(chosen), "why": why, "purge": purge, "session": session}
            if ask("forget", shown, YES_OR_NO) != "y":
                return {**record, "erased": False, "notes": ["nothing was forgotten", *project.told()]}
        for owner, some in chosen.values():
            settled = erasing.erase(owner, some) if purge else forgotten(owner, some, why)
            record["forgotten"] += settled.done
            record["already"] += settled.already
        if purge:
            kept = [path for owner, _ in chosen.values() for path in erasing.out_of_reach(owner)]
            record["not_reached"] = [*kept, erasing.ELSEWHERE]
        return {**record, "notes": project.told()}


def undo(count: int = 1, yes: bool = False, ask: Ask | None = None) -> Record:
    """Take back the newest deeds: claims, corrections and log entries.

    Args:
        count: how many.
        yes: do not ask.
        ask: shows what would be undone and returns the key pressed.
    """
    if count < 1:
        raise Invalid(f"{count} deeds cannot be undone.", "Give 1 or more.")
    with as_person():
        project = projects.current(writing=True)
        chosen, lasting = _newest(project, count)
        if not chosen:
            raise NotFound("There is nothing left to undo.", "`mnemo claims` shows what is known.")
        shown = [_told(owner, event) for owner, event in chosen]
        if ask and not yes and ask("undo", {"deeds": shown, "lasting": lasting}, YES_OR_NO) != "y":
            return {**SCHEMA, "undone": [], "lasting": [], "notes": ["nothing was undone", *project.told()]}
        gone: set[str] = set()
        for owner in remembering.stores_of(project):
            mine = [event.hash for each, event in chosen if each is owner]
            if mine:
                with owner.db.transaction() as connection:
                    done = undoing.undo(connection, mine, at=owner.at(), now=owner.now())
                owner.note_deed("undo", f"undid {len(done)}", [])
                gone.update(event.hash for event in done)
        undone = [deed for deed in shown if deed["event"] in gone]
        missed = len(shown) - len(undone)
        notes = [f"{missed} of them somebody else had undone meanwhile"] if missed else []
        return {**SCHEMA, "undone": undone, "lasting": lasting, "notes": [*notes, *project.told()]}


def _add_session(project: Project, session: str, found: Grouped) -> None:
    missing: NotFound | None = None
    known = False
    for owner in remembering.stores_of(project):
        with owner.db.reading() as connection:
            try:
                for address in withdrawing.of_session(connection, session):
                    add(found, owner, address)
                known = True
            except NotFound as error:
                missing = missing or error
    if missing and not known:
        raise missing


def _shown(chosen: Grouped) -> list[Record]:
    shown: list[Record] = []
    for owner, some in chosen.values():
        with owner.db.reading() as connection:
            for address in some:
                content = reasons.headline_of(connection, address) or listing.ERASED
                shown.append({"address": address, "content": content, "everywhere": owner.space == "global"})
    return shown


def _newest(project: Project, count: int) -> tuple[list[tuple[Project, Event]], list[Record]]:
    """Return the newest deeds of every store that can be undone, and those among them that cannot."""
    undoable: list[tuple[Project, Event]] = []
    lasting: list[tuple[Project, Event]] = []
    for owner in remembering.stores_of(project):
        with owner.db.reading() as connection:
            deeds = undoing.newest(connection, count)
        undoable += [(owner, event) for event in deeds.undoable]
        lasting += [(owner, event) for event in deeds.lasting]
    undoable = sorted(undoable, key=lambda one: -one[1].clock)[:count]
    oldest = undoable[-1][1].clock if undoable else 0
    told = [
        {**_told(owner, event), "reason": undoing.why_it_lasts(event)}
        for owner, event in lasting
        if event.clock > oldest
    ]
    return undoable, told


def _told(owner: Project, event: Event) -> Record:
    with owner.db.reading() as connection:
        deed = undoing.told(connection, event, owner.now())
    return {**deed, "everywhere": owner.space == "global"}
