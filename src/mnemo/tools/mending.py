"""Mending what the code no longer supports: failing anchors by cause, one answer a group."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from mnemo import ids, projects
from mnemo.anchors.pin import pin
from mnemo.errors import Ambiguous, Conflict, Invalid, MnemoError, NotFound
from mnemo.memory import mending, moving, verifying, withdrawing
from mnemo.memory.causes import Clues
from mnemo.memory.mending import Group, Mended
from mnemo.model.anchor import Anchor
from mnemo.project import Project
from mnemo.tools import remembering, revising
from mnemo.tools.asking import Ask, Say, as_person
from mnemo.tools.remembering import SCHEMA

Record = dict[str, Any]

KEYS = {"follow": "f", "repin": "r", "unpin": "r", "supersede": "s", "forget": "x"}
ALWAYS = {"k": "skip", "q": "quit"}


class Named(NamedTuple):
    """Groups that a command names, by what shall be done to them.

    Args:
        follow, repin, forget: ids or unique beginnings.
        why: the reason to forget; empty takes the cause.
    """

    follow: list[str]
    repin: list[str]
    forget: list[str]
    why: str


def mend(
    *,
    follow: list[str] | None = None,
    repin: list[str] | None = None,
    forget: list[str] | None = None,
    why: str = "",
    yes: bool = False,
    ask: Ask | None = None,
    say: Say | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Record:
    """Walk through what the code no longer supports, by cause; without a terminal, list it.

    Args:
        follow: groups whose anchors go to their new place.
        repin: groups whose claims still hold: the code is accepted as it is now.
        forget: groups whose claims are withdrawn.
        why: the reason that history keeps; left out, the cause.
        yes: follow what certainly moved, without asking.
        ask: shows a group to a person and returns the key pressed.
        say: tells a person what was done.
        progress: called with how many claims were judged and how many there are.
    """
    named = Named(follow or [], repin or [], forget or [], why)
    deciding = bool(follow or repin or forget or yes)
    with as_person():
        project = projects.current(writing=deciding or ask is not None)
        groups = _groups(project, progress)
        if deciding:
            record = _decided(project, groups, named, yes)
        elif ask and groups:
            record = _Walk(project, ask, say).through(groups)
        else:
            record = {"groups": [mending.record(group) for group in groups]}
        return {**SCHEMA, **record, "notes": project.told()}


class _Walk:
    """One walk through the groups: each answer is a deed of its own, so nothing is lost however it ends."""

    def __init__(self, project: Project, ask: Ask, say: Say | None) -> None:
        self._project = project
        self._ask = ask
        self._say: Say = say or (lambda _text: None)
        self._settled: set[str] = set()
        self._done: dict[str, list[str]] = {}
        self._deeds = 0

    def through(self, groups: list[Group]) -> Record:
        interrupted = False
        seen = 0
        try:
            for number, group in enumerate(groups, 1):
                left = mending.without(group, self._settled)
                if left.failing and not self._settle(left, number, len(groups)):
                    break
                seen = number
        except KeyboardInterrupt:
            interrupted = True
        return {
            "mended": self._done,
            "deeds": self._deeds,
            "seen": seen,
            "of": len(groups),
            "interrupted": interrupted,
        }

    def _settle(self, group: Group, number: int, of: int) -> bool:
        """Ask until a group is settled or skipped; return whether to go on."""
        keys = {KEYS[deed]: deed for deed in mending.deeds(group)} | ALWAYS
        while True:
            key = self._ask("mend", {**mending.record(group), "number": number, "of": of}, keys)
            if key in ("", "q"):
                return False
            if key == "k":
                return True
            if self._answered(keys[key], group):
                return True

    def _answered(self, deed: str, group: Group) -> bool:
        if deed == "supersede":
            return self._superseded(group)
        try:
            mended = _DEEDS[deed](self._project, group, "")
        except MnemoError as error:
            # Such as another process that holds the store: the person may try again, or go.
            self._say(f"{error.message} {error.fix}")
            return False
        self._note(deed, mended)
        if deed == "forget":
            self._settled.update(mended.done)
        return True

    def _superseded(self, group: Group) -> bool:
        """Edit one claim after the other; one that is left as it was leaves the group unsettled."""
        all_saved = True
        for address in group.addresses:
            try:
                record = revising.edited(self._project, self._project, address, "")
            except MnemoError as error:
                self._say(f"{error.message} {error.fix}")
                if not isinstance(error, Conflict):
                    return False
                continue
            if record["claims"]:
                self._settled.add(address)
                self._note("supersede", Mended([address], []))
            else:
                all_saved = False
                self._say(f"{ids.short(address)}: nothing was changed")
        return all_saved

    def _note(self, deed: str, mended: Mended) -> None:
        self._done.setdefault(deed, []).extend(mended.done)
        self._deeds += bool(mended.done)
        if mended.done:
            self._say(f"{PAST[deed]} {', '.join(map(ids.short, mended.done))}")
        if mended.stale:
            self._say(f"{', '.join(map(ids.short, mended.stale))}: corrected meanwhile, left alone")


def _groups(project: Project, progress: Callable[[int, int], None] | None) -> list[Group]:
    judge = project.patient_judge()
    with project.db.reading() as connection:
        chosen = verifying.live_claims(connection, project.view())
        checked = verifying.check(connection, chosen, judge, progress)
    located = moving.located(checked, remembering.ground_of(project), judge)
    return mending.list_groups(located, Clues(project.tree, judge))


def _decided(project: Project, groups: list[Group], named: Named, yes: bool) -> Record:
    """Do what was named, all of it known before the first deed."""
    wanted: list[tuple[str, Group]] = []
    for deed, prefixes in (("follow", named.follow), ("repin", named.repin), ("forget", named.forget)):
        for prefix in prefixes:
            group = _get_group(groups, prefix)
            wanted.append((_possible(deed, group), group))
    if yes:
        taken = {group.id for _, group in wanted}
        wanted += [("follow", group) for group in groups if group.cause.certain and group.id not in taken]
    done: dict[str, list[str]] = {}
    stale: list[str] = []
    deeds = 0
    for deed, group in wanted:
        mended = _DEEDS[deed](project, group, named.why)
        done.setdefault(deed, []).extend(mended.done)
        stale += mended.stale
        deeds += bool(mended.done)
    handled = {group.id for _, group in wanted}
    left = [mending.record(group) for group in groups if group.id not in handled]
    return {"mended": done, "stale": stale, "deeds": deeds, "groups": left}


def _get_group(groups: list[Group], prefix: str) -> Group:
    found = [group for group in groups if prefix and group.id.startswith(prefix.lower())]
    if not found:
        known = ", ".join(group.id for group in groups) or "nothing fails"
        raise NotFound(f"No group is called {prefix[:40]!r}.", f"There are: {known}.")
    if len(found) > 1:
        raise Ambiguous(f"{prefix} fits several groups.", f"Give more of {found[0].id} or {found[1].id}.")
    return found[0]


def _possible(deed: str, group: Group) -> str:
    """Return a deed as it is done to a group.

    Raises:
        Invalid: it cannot be done to that group.
    """
    can = mending.deeds(group)
    if deed == "repin" and "unpin" in can:
        return "unpin"
    if deed not in can:
        raise Invalid(
            f"{group.id} cannot be followed: {group.cause.what}."
            if deed == "follow"
            else f"{group.id} cannot be pinned anew: {group.cause.what}.",
            f"It can be: {', '.join(can)}.",
        )
    return deed


def _follow(project: Project, group: Group, why: str) -> Mended:
    with project.db.transaction() as connection:
        mended = mending.followed(connection, group, _pinned(project), **_where(project))
    project.note_deed("mend", f"followed {len(mended.done)}", mended.done)
    return mended


def _repin(project: Project, group: Group, why: str) -> Mended:
    with project.db.transaction() as connection:
        mended = mending.repinned(connection, group, _pinned(project), **_where(project))
    project.note_deed("mend", f"re-pinned {len(mended.done)}", mended.done)
    return mended


def _forget(project: Project, group: Group, why: str) -> Mended:
    # On a branch the code may lack what others still have: only this branch stops believing it.
    wide = project.on_default_branch()
    reason = why or group.cause.what
    with project.db.transaction() as connection:
        settled = withdrawing.forget(
            connection, group.addresses, reason, project.view(), wide=wide, **_where(project)
        )
    project.note_deed("forget", f"forgot {len(settled.done)}", settled.done)
    return Mended(settled.done, _addresses(settled.already))


def _addresses(already: Iterable[Record]) -> list[str]:
    return [one["address"] for one in already]


def _pinned(project: Project) -> Callable[[Anchor], Anchor]:
    return lambda anchor: pin(anchor, project.tree)


def _where(project: Project) -> Record:
    return {"at": project.at(), "now": project.now(), "space": project.space}


_DEEDS: dict[str, Callable[[Project, Group, str], Mended]] = {
    "follow": _follow,
    "repin": _repin,
    "unpin": _repin,
    "forget": _forget,
}
PAST = {
    "follow": "followed",
    "repin": "re-pinned",
    "unpin": "kept without this anchor",
    "supersede": "superseded",
    "forget": "forgot",
}
