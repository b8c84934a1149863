"""What people look at and correct: claims, show, edit, forget, undo, export."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from typing import Any

from mnemo import projects
from mnemo.anchors.pin import pin
from mnemo.errors import Invalid, MnemoError
from mnemo.memory import drafts, listing, withdrawing
from mnemo.memory.drafts import DAY_MS
from mnemo.memory.listing import Filter
from mnemo.model.anchor import anchor_from_record
from mnemo.model.claim import PERMILLE
from mnemo.store import assertions, objects, search
from mnemo.store.database import private_opener
from mnemo.tools import remembering, working
from mnemo.tools.remembering import SCHEMA

Record = dict[str, Any]
UNITS_MS = {"m": 60_000, "h": 3_600_000, "d": DAY_MS, "w": 7 * DAY_MS}


def claims(
    domain: str = "",
    path: str = "",
    branch: str = "",
    since: str = "",
    source: str = "",
    verdict: str = "",
    limit: int = 50,
) -> Record:
    """List what is known, newest first, each claim judged now.

    Args:
        domain: only this domain.
        path: only what is anchored there or speaks for it.
        branch: only what was claimed on this branch.
        since: only the last 30m, 12h, 7d or 2w.
        source: only this origin: agent, person, capture, import …
        verdict: only proven, unanchored, unproven, drifted or refuted.
        limit: most claims listed.
    """
    project = projects.current()
    where = project.tree.relative(path) if path else ""
    wanted = listing.checked_filter(
        Filter(domain, branch, source, verdict, where, _since(since, project.now()))
    )
    with project.db.reading() as connection:
        record = listing.list_claims(connection, wanted, project.view(), project.patient_judge(), limit)
    return {**SCHEMA, **record, "notes": record["notes"] + project.told()}


def verify(
    target: str | None = None, repair: bool = False, progress: Callable[[int, int], None] | None = None
) -> Record:
    """Judge claims against the code, or a task against its evidence.

    Args:
        target: address, path, task or run id; left out, every claim.
        repair: follow certain moves and renames, list the rest.
        progress: called with how many claims were judged and how many there are.
    """
    return working.judged(target, repair, progress)


def show(address: str) -> Record:
    """Show one claim in full: its anchors, who asserts it, and its history.

    Args:
        address: its address or a unique beginning of it.
    """
    project = projects.current()
    owner, full = remembering.owner_of(project, address)
    with owner.db.reading() as connection:
        return {**SCHEMA, **listing.show(connection, full, owner.view(), project.patient_judge())}


def edit(address: str, content: str = "") -> Record:
    """Change what a claim says: the new text supersedes the old, which stays as history.

    Args:
        address: its address or a unique beginning of it.
        content: the new text; left out, $EDITOR opens with the present one.
    """
    project = projects.current(writing=True)
    owner, full = remembering.owner_of(project, address)
    with owner.db.reading() as connection:
        one = assertions.by_address(connection, full)[-1]
        payload = objects.find(connection, one.object)
    if payload is None:
        raise Invalid(f"The text of {full[:12]} was erased.", "Claim it anew.")
    text = content or edited(payload["content"])
    if text.strip() == payload["content"].strip():
        return {**SCHEMA, "claims": [], "retracted": [], "superseded": [], "notes": ["nothing was changed"]}
    fields = {
        **{name: payload.get(name) for name in ("why", "when", "tags", "path")},
        "content": text,
        "domain": one.domain,
        "confidence": one.confidence / PERMILLE,
        "priority": one.priority / PERMILLE,
        "scope": one.scope,
        "supersedes": [full],
    }
    anchors = tuple(pin(anchor_from_record(record), project.tree) for record in payload.get("anchors", []))
    draft = drafts.checked(fields, project.tree)._replace(anchors=anchors)
    return remembering.stored(project, [draft])


def forget(
    addresses: list[str] | None = None, session: str = "", why: str = "forgotten", purge: bool = False
) -> Record:
    """Withdraw claims everywhere, or erase their text for ever.

    Args:
        addresses: addresses or unique beginnings.
        session: everything that this session claimed.
        why: the reason that history keeps.
        purge: erase the text from the store; backups that still hold it are named.
    """
    project = projects.current(writing=True)
    if session:
        with project.db.reading() as connection:
            addresses = [*(addresses or []), *withdrawing.of_session(connection, session)]
    if not addresses:
        raise Invalid("Nothing was named.", "Give addresses, or --session with a session's id.")
    forgotten: list[str] = []
    for prefix in addresses:
        owner, full = remembering.owner_of(project, prefix)
        with owner.db.transaction() as connection:
            if purge:
                withdrawing.purge(connection, [full], at=owner.at(), now=owner.now(), space=owner.space)
                search.optimize(connection)
            else:
                withdrawing.retract(
                    connection,
                    [full],
                    why,
                    at=owner.at(),
                    now=owner.now(),
                    wide=True,
                    kind="forget",
                    space=owner.space,
                )
        if purge:
            owner.db.leave_no_trace()
        owner.note_deed("purge" if purge else "forget", "forgotten", [full])
        forgotten.append(full)
    record: Record = {**SCHEMA, "forgotten": forgotten, "erased": purge, "notes": project.told()}
    if purge:
        record["not_reached"] = [*project.guard.list_backups(), "exports and copies made elsewhere"]
    return record


def undo(count: int = 1) -> Record:
    """Take back the newest deeds: claims, withdrawals and log entries.

    Args:
        count: how many.
    """
    project = projects.current(writing=True)
    with project.db.transaction() as connection:
        undone = withdrawing.undo(connection, count, at=project.at(), now=project.now())
    project.note_deed("undo", f"undid {len(undone)}", [])
    return {**SCHEMA, "undone": undone, "notes": project.told()}


def export(to: str = "") -> Record:
    """Write every live claim as JSON.

    Args:
        to: a file; left out, standard output.
    """
    project = projects.current()
    with project.db.reading() as connection:
        memories = listing.export(connection, project.view())
    if not to:
        return {"memories": memories}
    with open(to, "w", encoding="utf-8", opener=private_opener) as file:
        json.dump(memories, file, ensure_ascii=False, indent=1)
        file.write("\n")
    return {**SCHEMA, "path": os.path.abspath(to), "claims": len(memories)}


def edited(text: str) -> str:
    """Return a text as the person left it in $EDITOR.

    Raises:
        MnemoError: there is no editor, or it failed.
    """
    import shlex
    import subprocess
    import tempfile

    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not editor:
        raise MnemoError("There is no $EDITOR to open.", "Set EDITOR, or give the new text with --content.")
    with tempfile.NamedTemporaryFile("w+", suffix=".md", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        try:
            code = subprocess.call([*shlex.split(editor), file.name])
        except OSError as error:
            raise MnemoError(f"{editor} could not be started: {error.strerror}.", "Set EDITOR.") from None
        if code:
            raise MnemoError(f"{editor} ended with {code}; nothing was changed.", "Try again.")
        with open(file.name, encoding="utf-8") as changed:
            return changed.read().rstrip("\n")


def _since(text: str, now: int) -> int:
    if not text:
        return 0
    found = re.fullmatch(r"(\d{1,6})([mhdw])", text.strip())
    if not found:
        raise Invalid(f"{text[:40]!r} is no time span.", "Say 30m, 12h, 7d or 2w.")
    return now - int(found[1]) * UNITS_MS[found[2]]
