"""What anchors said when they were last judged, per worktree: local, rebuilt at any time."""

from __future__ import annotations

import sqlite3

from mnemo.model.anchor import Finding


def put(
    connection: sqlite3.Connection, assertion: int, position: int, worktree: str, finding: Finding, now: int
) -> None:
    """Keep what one anchor said; now is the wall clock in milliseconds."""
    connection.execute(
        "INSERT INTO anchor_states (assertion, position, worktree, state, reason, path, clock) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (assertion, position, worktree) DO UPDATE SET "
        "state = excluded.state, reason = excluded.reason, path = excluded.path, clock = excluded.clock",
        (assertion, position, worktree, finding.state, finding.reason, finding.path, now),
    )
