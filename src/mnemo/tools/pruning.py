"""Deleting from the work log: what is old, what is too much, what belongs to branches that are gone."""

from __future__ import annotations

from typing import Any

from mnemo import projects
from mnemo.tools.remembering import SCHEMA
from mnemo.worklog import departed, pruning

Record = dict[str, Any]


def cleaned_up(local_only: bool = False) -> Record:
    """Delete the log entries of branches that are gone; those of merged ones go to the default branch.

    Args:
        local_only: also of branches that only a remote still has.
    """
    project = projects.current(writing=True)
    git = project.git()
    with project.db.reading() as connection:
        fates = departed.list_fates(connection, git, local_only=local_only)
    record = pruning.prune_branches(project.db, fates, at=project.at(), now=project.now())
    return {**SCHEMA, **record, "notes": project.told()}


def pruned_old(days: float) -> Record:
    """Delete the log entries that are older than some days.

    Args:
        days: how old an entry may be.
    """
    project = projects.current(writing=True)
    record = pruning.prune_old(project.db, days, at=project.at(), now=project.now())
    return {**SCHEMA, **record, "notes": project.told()}


def pruned_by_size(mb: float) -> Record:
    """Delete the oldest log entries until the log is small enough, and make the store's file smaller.

    Args:
        mb: how much the work log may weigh, in millions of bytes; its newest entry stays.
    """
    project = projects.current(writing=True)
    record = pruning.prune_to_size(project.db, mb, at=project.at(), now=project.now())
    return {**SCHEMA, **record, "notes": [*record["notes"], *project.told()]}


def cleanup_deleted_branches(local_only: bool = False) -> int:
    """Delete the log entries of branches that are gone and return how many there were."""
    return cleaned_up(local_only)["deleted"]


def prune_old_logs(days: float) -> int:
    """Delete the log entries that are older than some days and return how many there were."""
    return pruned_old(days)["deleted"]


def prune_by_size(mb: float) -> int:
    """Delete the oldest log entries until the log weighs at most mb megabytes; return how many there were."""
    return pruned_by_size(mb)["deleted"]
