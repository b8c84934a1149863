"""Saving an edited claim: another text supersedes it, other fields assert it anew."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from mnemo import ids
from mnemo.anchors.pin import pin
from mnemo.errors import Conflict, Invalid, NotFound
from mnemo.memory import claiming, drafts, moving, reasons, verifying
from mnemo.memory.drafts import DAY_MS, Draft
from mnemo.memory.verifying import Checked
from mnemo.model.anchor import Anchor
from mnemo.model.claim import PERMILLE, Assertion, current, is_live
from mnemo.project import Project
from mnemo.store import assertions, objects
from mnemo.store.connections import Connection
from mnemo.tools import editing, remembering
from mnemo.tools.editing import Edited
from mnemo.tools.remembering import SCHEMA

Record = dict[str, Any]


def edited(project: Project, owner: Project, address: str, content: str) -> Record:
    """Return the record of an edit: what was claimed instead, or that nothing was changed.

    Args:
        project: whose files anchors refer to.
        owner: the store that holds the claim.
        address: its whole address.
        content: the new text; empty opens the editor.

    Raises:
        Conflict: the claim was withdrawn, before or while it was edited.
    """
    checked = _judged(project, owner, address)
    before = _fields(checked)
    if content:
        return _saved(project, owner, checked.assertion, before, before._replace(content=content))
    shown = _labels(checked)
    text = editing.as_text(address, before, shown)
    draft = editing.in_editor(text)
    with draft.kept_on_error() if draft.text != text else nullcontext():
        after = editing.read(draft.text, before, shown, project.tree)
        record = _saved(project, owner, checked.assertion, before, after)
    draft.discard()
    return record


def updated(
    project: Project,
    owner: Project,
    address: str,
    content: str,
    reason: str | None,
    domain: str | None,
) -> Record:
    """Return the record of an update: the claim that takes the place of another and what it had.

    Args:
        project: whose files anchors refer to.
        owner: the store that holds the claim.
        address: its whole address.
        content: what holds now.
        reason, domain: in place of what the claim has; None leaves that.

    Raises:
        Invalid: the content is empty, or the same.
        Conflict: the claim was withdrawn.
    """
    checked = _judged(project, owner, address)
    before = _fields(checked)
    if content.strip() == before.content.strip():
        raise Invalid(
            f"{ids.short(address)} says just that already.",
            "Reinforce it where it held again, or say what changed.",
        )
    after = before._replace(content=content, why=reason or before.why, domain=domain or before.domain)
    draft = _draft(project, checked.assertion, before, after, owner.now())
    return _claimed(project, owner, checked.assertion, draft._replace(inputs=(address,)), "update")


def _judged(project: Project, owner: Project, address: str) -> Checked:
    view = owner.view()
    with owner.db.reading() as connection:
        held = assertions.by_address(connection, address)
        one = current(held, view) or max(held, key=lambda each: each.clock)
        payload = objects.find(connection, one.object)
        if payload is None:
            raise NotFound(f"The text of {ids.short(address)} was erased.", "Claim it anew.")
        if not is_live(one, view):
            raise _withdrawn(connection, one)
        judge = project.patient_judge()
        checked = verifying.check(connection, [one], judge)
    return moving.located(checked, remembering.ground_of(project), judge)[0]


def _fields(checked: Checked) -> Edited:
    payload = checked.payload
    anchors = tuple(
        anchor._replace(path=finding.path) if finding.path and finding.state != "missing" else anchor
        for anchor, finding in checked.findings
    )
    return Edited(
        payload["content"],
        payload.get("why", ""),
        payload.get("when", ""),
        checked.assertion.domain,
        tuple(payload.get("tags", [])),
        anchors,
    )


def _labels(checked: Checked) -> list[str]:
    return [
        editing.typed(anchor, finding.path or anchor.path, finding.lines)
        for anchor, finding in checked.findings
    ]


def _saved(project: Project, owner: Project, one: Assertion, before: Edited, after: Edited) -> Record:
    nothing: Record = {**SCHEMA, "claims": [], "retracted": [], "superseded": []}
    same_text = after.content.strip() == before.content.strip()
    if not after.content.strip() or (same_text and after[1:] == before[1:]):
        return {**nothing, "notes": ["nothing was changed", *project.told()]}
    draft = _draft(project, one, before, after, owner.now())
    if same_text:
        return _claimed(project, owner, one, draft, "edit", superseding=False)
    return _claimed(project, owner, one, draft, "edit")


def _claimed(
    project: Project, owner: Project, one: Assertion, draft: Draft, deed: str, *, superseding: bool = True
) -> Record:
    owner.check(writing=True)
    where = owner.surroundings()
    ready = claiming.prepare(draft._replace(supersedes=(one.address,) if superseding else ()), where)
    with owner.db.transaction() as connection:
        _refuse_withdrawn(connection, one)
        (record,) = claiming.store(connection, [ready], where)
    owner.note_deed(deed, f"{deed.removesuffix('e')}ed 1", [ready.address], one.domain)
    return {
        **SCHEMA,
        "claims": [record],
        "retracted": [],
        "superseded": record["superseded"],
        "notes": project.told(),
    }


def _draft(project: Project, one: Assertion, before: Edited, after: Edited, now: int) -> Draft:
    content = before.content if after.content.strip() == before.content.strip() else after.content
    fields: Record = {
        "content": content,
        "why": after.why,
        "when": after.when,
        "domain": after.domain,
        "tags": list(after.tags),
        "path": one.folder,
        "confidence": one.confidence / PERMILLE,
        "priority": one.priority / PERMILLE,
        "scope": one.scope,
        "ttl_days": max(one.expires - now, 1) / DAY_MS if one.expires else 0,
        "preliminary": one.standing == "preliminary",
    }
    draft = drafts.checked(fields, project.tree)
    if len(after.anchors) > drafts.MOST_ANCHORS:
        raise Invalid(f"There are {len(after.anchors)} anchors; {drafts.MOST_ANCHORS} are the most.", "")
    if one.scope == "global" and after.anchors:
        raise Invalid("A global claim takes no anchors.", "Leave them out.")
    pinned: tuple[Anchor, ...] = tuple(pin(anchor, project.tree) for anchor in after.anchors)
    return draft._replace(anchors=pinned)


def _refuse_withdrawn(connection: Connection, one: Assertion) -> None:
    """Let only one of two people who edit the same claim supersede it."""
    held = assertions.by_address(connection, one.address)
    found = next((each for each in held if each.branch == one.branch), None)
    if found is None or found.standing != one.standing or found.object != one.object:
        raise _withdrawn(connection, found or one)


def _withdrawn(connection: Connection, one: Assertion) -> Conflict:
    short, reason = ids.short(one.address), reasons.reason_of(connection, one)
    if one.standing == "superseded":
        return Conflict(
            f"{short} was superseded {reason}.", f"Edit that one: mnemo edit {ids.short(one.cause)}"
        )
    if one.standing in ("active", "unconfirmed"):
        return Conflict(f"{short} was changed or expired meanwhile.", "Look at it: mnemo show " + short)
    why = f": {reason}" if reason else ""
    return Conflict(f"{short} was {one.standing}{why}.", "Claim anew what holds now, with `mnemo claim`.")
