"""What people look at: claims, one claim in full, what verifying says, and an export."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from typing import Any

from mnemo import projects
from mnemo.errors import Invalid
from mnemo.memory import listing
from mnemo.memory.drafts import DAY_MS
from mnemo.memory.listing import Filter
from mnemo.store.filesystem import private_opener
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
    standing: str = "",
    limit: int = 50,
    progress: Callable[[int, int], None] | None = None,
) -> Record:
    """List what is known, newest first, each claim judged now.

    Args:
        domain: only this domain.
        path: only what is anchored there or speaks for it.
        branch: only what was claimed on this branch.
        since: only the last 30m, 12h, 7d or 2w.
        source: only this origin: agent, person, capture, import …
        verdict: only proven, unanchored, unproven, drifted or refuted.
        standing: only unconfirmed, superseded, retracted, expired …; left out, whatever is live.
        limit: most claims listed.
        progress: called with how many claims were judged and how many there are.
    """
    project = projects.current()
    where = project.tree.relative(path) if path else ""
    wanted = listing.checked_filter(
        Filter(domain, branch, source, verdict, where, _since(since, project.now()), standing)
    )
    with project.db.reading() as connection:
        record = listing.list_claims(
            connection, wanted, project.view(), project.patient_judge(), limit, progress
        )
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


def _since(text: str, now: int) -> int:
    if not text:
        return 0
    found = re.fullmatch(r"(\d{1,6})([mhdw])", text.strip())
    if not found:
        raise Invalid(f"{text[:40]!r} is no time span.", "Say 30m, 12h, 7d or 2w.")
    return now - int(found[1]) * UNITS_MS[found[2]]
