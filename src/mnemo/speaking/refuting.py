"""Which claims the code no longer supports in this worktree, kept from one session's start to the next.

A start has no time to judge a large store. It judges again some of what was refuted, then looks at the files
that claims are anchored to, in order, and judges the claims of those that are gone or were written since;
where its time ends, the next start goes on.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable

from mnemo.errors import Invalid
from mnemo.ids import digest
from mnemo.light import Any, NamedTuple, cast
from mnemo.model.claim import View
from mnemo.repo.paths import to_system
from mnemo.retrieval.judging import Judge, judged
from mnemo.speaking import notes
from mnemo.speaking.found import Found, choose, iter_said
from mnemo.speaking.said import Where
from mnemo.store import glance
from mnemo.store.connections import Connection

AT_ONCE = 200
MOST_AT_FILE = 100
MOST_KEPT = 400
MOST_JUDGED = 200  # claims in one start, about 20 ms
MOST_AGAIN = 24  # of those refuted before, judged again in turn
MOST_VISITED = 1_500  # files looked at in one start
# Some file systems tell times to two seconds.
SLACK_MS = 2_000


class Refusal(NamedTuple):
    """A claim that the code no longer supports: which, what it says, and the reason."""

    found: Found
    content: str
    reason: str


class Refuted(NamedTuple):
    """What the code no longer supports.

    Args:
        known: how many claims of this branch, as far as was looked.
        new: those that were not refuted at the last start.
    """

    known: int
    new: tuple[Refusal, ...]


def look(connection: Connection, where: Where, view: View, judge: Judge, until: float) -> Refuted:
    """Judge what there is time for, remember it, and return what is refuted now.

    Args:
        connection: a reader.
        where: the store and the files.
        view: from where memory is looked at.
        judge: judges one anchor.
        until: time.monotonic() at which to stop.
    """
    name = f"refuted-{digest(where.place.git_dir.encode('utf-8', 'surrogateescape'))[:16]}.json"
    record = notes.read(where.db.folder, name)
    before = _reasons(record.get("refuted"))
    found: dict[str, Refusal] = {}
    judged_now: set[str] = set()
    open_still: set[str] = set()

    def judge_rows(rows: Iterable[int]) -> bool:
        chosen, _ = choose(connection, ((row, "") for row in rows), view)
        for one, payload in iter_said(connection, chosen):
            if time.monotonic() >= until or len(judged_now) >= MOST_JUDGED:
                return False
            address = one.address
            if address in judged_now or not payload.get("anchors"):
                continue
            judged_now.add(address)
            said = judged(payload, judge, one.assertion.commit)
            if said.verdict == "refuted":
                found[address] = Refusal(one, payload["content"], said.reason)
            elif said.verdict == "unproven":
                open_still.add(address)
        return True

    again = list(before)[:MOST_AGAIN]
    # Of those looked for, the ones that are not there any more were withdrawn.
    settled = set(again) if judge_rows(glance.list_by_address(connection, again)) else set[str]()
    sweep = _sweep(record, view.branch, where.now)
    _visit(connection, where, sweep, judge_rows, until)
    # The rest counts as it did, unless that was on another branch: files that come back are seen by times.
    same = record.get("branch") == view.branch
    settled = (settled | judged_now) - open_still
    left = {one: reason for one, reason in before.items() if same and one not in settled}
    reasons = {**left, **{address: one.reason for address, one in found.items()}}
    kept = dict(list(reasons.items())[-MOST_KEPT:])
    notes.write(where.db.folder, name, {**sweep, "branch": view.branch, "refuted": kept})
    new = tuple(one for address, one in found.items() if address not in before)
    return Refuted(len(reasons), new)


def _sweep(record: dict[str, Any], branch: str, now: int) -> dict[str, Any]:
    """Return where the last start stopped; another branch begins anew, since its files have other times."""
    if record.get("branch") == branch and all(
        isinstance(record.get(name), int) for name in ("since", "began")
    ):
        cursor = record.get("cursor")
        began = record["began"] if cursor else now
        return {"since": record["since"], "began": began, "cursor": cursor if isinstance(cursor, str) else ""}
    return {"since": 0, "began": now, "cursor": ""}


def _visit(
    connection: Connection, where: Where, sweep: dict[str, Any], judge_rows: Any, until: float
) -> None:
    """Go on through the anchored files, and move the cursor as far as the time reached."""
    since = sweep["since"] - SLACK_MS
    for _ in range(MOST_VISITED // AT_ONCE):
        paths = glance.list_paths(connection, sweep["cursor"], AT_ONCE)
        for path in paths:
            if time.monotonic() >= until:
                return
            changed = _written(where.tree.root, path) > since
            if changed and not judge_rows(glance.list_at_file(connection, path, MOST_AT_FILE)):
                return
            sweep["cursor"] = path
        if len(paths) < AT_ONCE:
            sweep.update({"since": sweep["began"], "cursor": ""})
            return


def _written(root: str, path: str) -> float:
    """Return when a file was last written, put there or taken away, in milliseconds."""
    while True:
        try:
            status = os.lstat(os.path.join(root, to_system(path)))
            return max(status.st_mtime, status.st_ctime) * 1000
        except (OSError, ValueError, Invalid):
            if not path:
                return float("inf")
            path = path.rpartition("/")[0]  # its folder was written when the file was taken away


def _reasons(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    held = cast("dict[str, object]", value)
    return {address: reason for address, reason in held.items() if isinstance(reason, str)}
