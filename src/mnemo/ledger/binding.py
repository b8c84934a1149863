"""What evidence is bound to: the files that its task names, as they were when it was recorded."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from mnemo.errors import MnemoError
from mnemo.ledger import workspace as workspaces
from mnemo.ledger.workspace import Present, Workspace
from mnemo.model import work
from mnemo.repo.paths import from_system
from mnemo.store import objects, queue, rows
from mnemo.store.connections import Connection

# A folder that a task names stands for the files below it, as long as they are not more than this.
MOST_BOUND = 2_000
_CLOSED = (".git", ".mnemo")

Record = dict[str, Any]
NOTHING: Mapping[str, Any] = MappingProxyType({})


def named_by(task: Record, workspace: Workspace | None) -> list[str]:
    """Return the files and folders that a task names, relative to the workspace, sorted.

    Args:
        task: what it says of itself: the files of its policy, its files, and those of its context
            references that are paths of the workspace.
        workspace: the working tree; None when there is none.
    """
    if workspace is None or not workspace.root:
        return []
    policy: Record = task.get("policy") or {}
    stated: list[Any] = [*policy.get("files", ()), *task.get("files", ())]
    found = {path for each in stated if (path := _path(workspace, each))}
    for each in task.get("context_refs", ()):
        path = _path(workspace, each)
        if path and os.path.exists(os.path.join(workspace.root, path)):
            found.add(path)
    return sorted(found)


def named_in_run(connection: Connection, run: str, workspace: Workspace | None) -> list[str]:
    """Return the files and folders that the tasks of a run name, cancelled ones aside."""
    found: set[str] = set()
    for row in rows.iter_rows(connection, queue.TABLES[work.TASK], run=run):
        if row["status"] != "cancelled":
            found.update(named_by(objects.find(connection, row["object"]) or {}, workspace))
    return sorted(found)


def bind(workspace: Workspace | None, names: Iterable[str]) -> Record:
    """Return what evidence keeps of the files it is bound to: {"names", "bound"}; empty without names.

    Args:
        workspace: the working tree; None when there is none.
        names: files and folders, as named_by gave them.
    """
    known = list(names)
    if workspace is None or not known:
        return {}
    return {"names": known, "bound": workspaces.marks(workspace, set(_expanded(workspace, known)))}


def drifted(present: Present, names: Iterable[str], bound: Mapping[str, str]) -> list[str]:
    """Return which files are not what they were when evidence was bound to them, sorted.

    Where there is no workspace to look at, none of them can be said to be as it was.

    Args:
        present: the workspace now.
        names, bound: as bind gave them.
    """
    if present.workspace is None:
        return sorted(bound)
    fresh = set(_expanded(present.workspace, names)) - bound.keys()
    changed = {path for path, mark in bound.items() if not present.as_marked(path, mark)}
    return sorted(fresh | changed)


def _path(workspace: Workspace, named: Any) -> str:
    """Return a name as a path of the workspace; empty when it is none, or the whole of it."""
    if not isinstance(named, str) or not named.strip() or "://" in named:
        return ""
    try:
        path = workspace.relative(named.strip())
    except MnemoError:
        return ""
    return "" if path in (".", "") else path


def _expanded(workspace: Workspace, names: Iterable[str]) -> Iterator[str]:
    """Yield each named file, and in place of each folder the files below it that git does not ignore."""
    for name in names:
        top = os.path.join(workspace.root, name)
        if not os.path.isdir(top):
            yield name
            continue
        below = list(_below(workspace.root, top))
        yield from set(below) - workspace.ignored(below)


def _below(root: str, top: str) -> Iterator[str]:
    count = 0
    for folder, inner, files in os.walk(top):
        inner[:] = sorted(each for each in inner if each not in _CLOSED)
        for name in sorted(files):
            count += 1
            if count > MOST_BOUND:
                return
            yield from_system(os.path.relpath(os.path.join(folder, name), root))
