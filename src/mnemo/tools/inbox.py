"""The inbox: what machines wrote down and nobody confirmed yet, kept, edited or dropped by a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from mnemo import clock, ids, projects
from mnemo.errors import Invalid, MnemoError
from mnemo.memory import confirming, listing, verifying
from mnemo.memory.reasons import Settled
from mnemo.memory.verifying import Checked
from mnemo.model.claim import is_live
from mnemo.project import Project
from mnemo.store import assertions
from mnemo.tools import remembering, revising
from mnemo.tools.asking import YES_OR_NO, Ask, Say, add, as_person, forgotten, grouped
from mnemo.tools.remembering import SCHEMA

Record = dict[str, Any]

KEYS = {"k": "keep", "e": "edit", "d": "drop", "s": "skip", "q": "quit"}
DROPPED = "dropped from the inbox"


class Waiting(NamedTuple):
    """A claim that waits for somebody's word.

    Args:
        owner: the store that holds it.
        address: the whole address.
    """

    owner: Project
    address: str


def inbox(
    *,
    keep: list[str] | None = None,
    drop: list[str] | None = None,
    all: Literal["keep", "drop"] | None = None,
    yes: bool = False,
    limit: int = 50,
    ask: Ask | None = None,
    say: Say | None = None,
) -> Record:
    """Walk through what machines wrote down and nobody confirmed; without a terminal, list it.

    Args:
        keep: addresses to confirm.
        drop: addresses to withdraw.
        all: keep or drop everything else that waits.
        yes: do not ask.
        limit: most claims listed.
        ask: shows a claim to a person and returns the key pressed.
        say: tells a person what was done.
    """
    deciding = bool(keep or drop or all)
    with as_person():
        project = projects.current(writing=deciding or ask is not None)
        if deciding:
            return _decided(project, keep or [], drop or [], all or "", yes, ask)
        waiting = _waiting(project)
        if ask and waiting:
            return {**SCHEMA, **_Walk(project, ask, say).through(waiting), "notes": project.told()}
        if limit < 1:
            raise Invalid(f"limit is {limit}, not 1 or more.", "Leave it out for the newest 50.")
        claims = [card for one in waiting[:limit] if (card := _card(one, full=False))]
        more = len(waiting) - limit
        notes = [f"{more} more; --limit shows them"] if more > 0 else []
        notes += _elsewhere(project)
        return {**SCHEMA, "claims": claims, "waiting": len(waiting), "notes": [*notes, *project.told()]}


class _Walk:
    """One walk through the inbox: each answer is a deed of its own, so nothing is lost however it ends."""

    def __init__(self, project: Project, ask: Ask, say: Say | None) -> None:
        self._project = project
        self._ask = ask
        self._say: Say = say or (lambda _text: None)
        self._kept: list[str] = []
        self._edited: list[str] = []
        self._dropped: list[str] = []

    def through(self, waiting: Sequence[Waiting]) -> Record:
        interrupted = False
        seen = 0
        try:
            for number, one in enumerate(waiting, 1):
                if not self._settle(one, number, len(waiting)):
                    break
                seen = number
        except KeyboardInterrupt:
            interrupted = True
        deeds = len(self._kept) + len(self._edited) + len(self._dropped)
        return {
            "kept": self._kept,
            "edited": self._edited,
            "dropped": self._dropped,
            "left": len(_waiting(self._project)),
            "seen": seen,
            "deeds": deeds,
            "interrupted": interrupted,
        }

    def _settle(self, one: Waiting, number: int, of: int) -> bool:
        """Ask until a claim is settled or skipped; return whether to go on."""
        while True:
            card = _card(one)
            if card is None:
                self._say(f"{ids.short(one.address)} was settled meanwhile")
                return True
            key = self._ask("inbox", {**card, "number": number, "of": of}, KEYS)
            if key in ("", "q"):
                return False
            if key == "s":
                return True
            if self._answered(key, one):
                return True

    def _answered(self, key: str, one: Waiting) -> bool:
        short = ids.short(one.address)
        if key == "e":
            return self._revised(one)
        try:
            settled = _confirm(one.owner, [one.address]) if key == "k" else _drop(one.owner, [one.address])
        except MnemoError as error:
            # Such as another process that holds the store: the person may try again, or go.
            self._say(f"{error.message} {error.fix}")
            return False
        done, word = (self._kept, "kept") if key == "k" else (self._dropped, "dropped")
        done += settled.done
        self._say(f"{word} {short}" if settled.done else _already(settled.already[0]))
        return True

    def _revised(self, one: Waiting) -> bool:
        try:
            record = revising.edited(self._project, one.owner, one.address, "")
        except MnemoError as error:
            self._say(f"{error.message} {error.fix}")
            return False
        if record["claims"]:
            self._edited.append(record["claims"][0]["address"])
            self._say(f"saved {ids.short(record['claims'][0]['address'])}")
            return True
        self._say("nothing was changed")
        return False


def _decided(
    project: Project, keep: list[str], drop: list[str], all_: str, yes: bool, ask: Ask | None
) -> Record:
    """Settle what was named, all of it known before the first deed."""
    kept = grouped(remembering.owner_of(project, prefix) for prefix in keep)
    dropped = grouped(remembering.owner_of(project, prefix) for prefix in drop)
    named = {address for some in (kept, dropped) for _, each in some.values() for address in each}
    both = {a for _, each in kept.values() for a in each} & {a for _, each in dropped.values() for a in each}
    if both:
        raise Invalid(f"{ids.short(min(both))} cannot be kept and dropped.", "Name it once.")
    if all_:
        rest = [one for one in _waiting(project) if one.address not in named]
        if rest and not yes:
            shown = {"claims": [card for one in rest if (card := _card(one))], "deed": all_}
            if ask is None or ask("inbox_all", shown, YES_OR_NO) != "y":
                fix = f"Add --yes to {all_} them." if ask is None else "Nothing was changed."
                raise Invalid(f"{len(rest)} claims would be {_past(all_)}.", fix)
        for owner, address in rest:
            add(kept if all_ == "keep" else dropped, owner, address)
    record: Record = {**SCHEMA, "kept": [], "dropped": [], "already": []}
    for word, some, deed in (("kept", kept, _confirm), ("dropped", dropped, _drop)):
        for owner, each in some.values():
            settled = deed(owner, each)
            record[word] += settled.done
            record["already"] += settled.already
    deeds = sum(bool(record[word]) for word in ("kept", "dropped"))
    return {**record, "left": len(_waiting(project)), "deeds": deeds, "notes": project.told()}


def _past(deed: str) -> str:
    return "kept" if deed == "keep" else "dropped"


def _waiting(project: Project) -> list[Waiting]:
    found: list[Waiting] = []
    for owner in remembering.stores_of(project):
        with owner.db.reading() as connection:
            found += [
                Waiting(owner, one.address) for one in confirming.list_unconfirmed(connection, owner.view())
            ]
    return found


def _elsewhere(project: Project) -> list[str]:
    with project.db.reading() as connection:
        count = confirming.count_elsewhere(connection, project.view())
    return [f"{count} more on branches that are not merged into this one"] if count else []


def _card(one: Waiting, *, full: bool = True) -> Record | None:
    """Return a waiting claim with its source and its anchors' state now, None when it waits no more."""
    view = one.owner.view()
    with one.owner.db.reading() as connection:
        held = assertions.by_address(connection, one.address)
        standing = [each for each in held if each.standing == confirming.UNCONFIRMED and is_live(each, view)]
        checked = verifying.check(connection, standing[-1:], one.owner.patient_judge())
    return {**listing.claim_record(checked[0], view, full=full), **_source(checked[0])} if checked else None


def _source(checked: Checked) -> Record:
    return {"date": clock.iso(checked.assertion.first)[:10], "commit": checked.assertion.commit}


def _confirm(owner: Project, addresses: list[str]) -> Settled:
    with owner.db.transaction() as connection:
        settled = confirming.confirm(
            connection, addresses, owner.view(), at=owner.at(), now=owner.now(), space=owner.space
        )
    owner.note_deed("confirm", f"confirmed {len(settled.done)}", settled.done)
    return settled


def _drop(owner: Project, addresses: list[str]) -> Settled:
    return forgotten(owner, addresses, DROPPED, waiting=True)


def _already(found: Record) -> str:
    reason = f": {found['reason']}" if found["reason"] else ""
    return f"{ids.short(found['address'])} was {found['standing']} meanwhile{reason}"
