"""Evidence: what is cited when work is finished, checked and written down."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, cast
from urllib.parse import unquote

from mnemo import clock
from mnemo.errors import Invalid, MnemoError, NotFound
from mnemo.ids import canonical, digest, new_id
from mnemo.ledger import binding, policies
from mnemo.ledger import workspace as workspaces
from mnemo.ledger.names import brief, get_row, shown
from mnemo.ledger.workspace import Present, Workspace
from mnemo.model import work
from mnemo.store import events, objects, queue
from mnemo.store.connections import Connection
from mnemo.store.rows import Row

FILE = "file"
COMMAND = "command_output"
RESULT = policies.RESULT
WHOLE = 0  # the number that stands for a task without criteria

Record = dict[str, Any]

_ID = re.compile(r"evidence_[0-9a-f]{1,32}", re.IGNORECASE)


class Item(NamedTuple):
    """One thing cited: an evidence id, a path or a URI, and the criteria it serves.

    Args:
        uri: as it was given.
        criteria: their numbers from 1; empty for all.
    """

    uri: str
    criteria: tuple[int, ...]


class Cited(NamedTuple):
    """One thing cited, after a look at it.

    Args:
        evidence: its id.
        numbers: the criteria it serves, WHOLE for a task that has none.
        path: the file, relative to the workspace; empty for evidence that was there before.
        content: sha-256 of the file.
        bound: the files that its task names, as binding.bind gave them.
    """

    evidence: str
    numbers: tuple[int, ...]
    path: str = ""
    content: str = ""
    bound: Mapping[str, Any] = binding.NOTHING


def read_items(given: str | Iterable[Any]) -> list[Item]:
    """Return what is cited: strings, objects {"uri", "criteria"}, or JSON text of either.

    Raises:
        Invalid: something that is neither.
    """
    values = _from_json(given) if isinstance(given, str) else given
    if isinstance(values, str | dict):
        values = [cast(Any, values)] if values else []
    if not isinstance(values, Iterable):
        raise _unreadable(values)
    return [_item(value) for value in cast("Iterable[Any]", values)]


def look_up(connection: Connection, items: Sequence[Item], dispatch: Row, present: Present) -> list[Cited]:
    """Check what is cited for a dispatch's task.

    Args:
        items: what was cited.
        dispatch: the dispatch that is to be completed.
        present: the workspace now.

    Raises:
        NotFound: evidence_not_found, with the path or id.
        Invalid: evidence_unchanged, evidence_of_another_task, or a criterion that the task does not have.
    """
    task = get_row(connection, work.TASK, dispatch["task"])
    payload = objects.find(connection, task["object"]) or {}
    bound = binding.bind(present.workspace, binding.named_by(payload, present.workspace)) if items else {}
    found: list[Cited] = []
    for item in items:
        numbers = choose_numbers(connection, task, item.criteria)
        if _ID.fullmatch(item.uri):
            found.append(Cited(_known(connection, item.uri, dispatch, payload, present), numbers))
            continue
        space = _require_workspace(present, item.uri)
        path = get_path(space, item.uri)
        require_changed(connection, dispatch, payload, space, path)
        content = present.content(path)
        if not content:
            raise no_file(item.uri)
        name = _file_id(connection, dispatch, path, content, bound)
        found.append(Cited(name, numbers, path, content, bound))
    return found


def require_changed(
    connection: Connection, dispatch: Row, task: Record, workspace: Workspace, path: str
) -> None:
    """Check that a file appeared or changed since a dispatch was taken, or that the task's policy names it.

    Args:
        dispatch: its row.
        task: what its task says of itself.
        workspace: the working tree.
        path: relative to the workspace.

    Raises:
        Invalid: evidence_unchanged.
    """
    if path in policies.read(task.get("policy")).files:
        return
    base = queue.find_base(connection, dispatch["dispatch"])
    if not workspaces.has_changed(workspace, base, clock.milliseconds(dispatch["taken"]), path):
        raise Invalid(
            f"{path} has not changed since {shown(dispatch['dispatch'])} was taken.",
            "Cite a file that this work made or changed, or run a check: `mnemo evidence run -- CMD`.",
            "evidence_unchanged",
        )


def choose_numbers(connection: Connection, task: Row, wanted: Iterable[int]) -> tuple[int, ...]:
    """Return the criteria that evidence serves: those wanted, else all; WHOLE for a task without any.

    Raises:
        Invalid: the task has no criterion of such a number.
    """
    count = len((objects.find(connection, task["object"]) or {}).get("criteria", []))
    chosen = tuple(sorted(set(wanted)))
    wrong = [number for number in chosen if not 1 <= number <= count]
    if wrong:
        raise Invalid(
            f"{shown(task['task'])} has {count} criteria, none of number {wrong[0]}.",
            "Count its criteria from 1.",
        )
    return chosen or tuple(range(1, count + 1)) or (WHOLE,)


def get_path(workspace: Workspace, uri: str) -> str:
    """Return the path of a file that a path or file URI names, relative to the workspace.

    Raises:
        NotFound: evidence_not_found: no such file in the workspace, or it lies outside.
    """
    for candidate in _spellings(uri, workspace.root):
        try:
            path = workspace.relative(candidate)
        except MnemoError:
            continue
        if workspaces.is_file(workspace, path):
            return path
    raise no_file(uri)


def parts_for(
    connection: Connection, cited: Iterable[Cited], dispatch: Row, run: str
) -> dict[str, events.Part]:
    """Return what citing means for each piece of evidence, files recorded as evidence of their own.

    An earlier version of the same file is superseded by the new one.
    """
    parts: dict[str, events.Part] = {}
    for each in cited:
        name = f"evidence/{each.evidence}"
        numbers = sorted({*each.numbers, *parts.get(name, {}).get("criteria", [])})
        if not each.path or queue.find_row(connection, work.EVIDENCE, each.evidence):
            parts[name] = {"do": "serve", "task": dispatch["task"], "criteria": numbers}
            continue
        sealed = objects.seal({"summary": each.path, "path": each.path, **each.bound})
        objects.put(connection, sealed)
        parts[name] = {
            "do": "record",
            "kind": FILE,
            "status": "passed",
            "trust": work.TRUSTED,
            "run": run,
            "task": dispatch["task"],
            "dispatch": dispatch["dispatch"],
            "content": each.content,
            "object": sealed.hash,
            "criteria": numbers,
        }
        for former in _former(connection, dispatch["task"], each):
            parts.setdefault(f"evidence/{former}", superseded_by(each.evidence))
    return parts


def superseded_by(successor: str) -> events.Part:
    """Return what another piece of evidence means for the one that it replaces."""
    return {"do": "status", "status": "superseded", "successor": successor}


def result_part(
    connection: Connection, dispatch: Row, run: str, summary: str, cited: Iterable[str], *, done: bool
) -> tuple[str, events.Part]:
    """Return the evidence that a dispatch's own word is: advisory, unless evidence stands behind it."""
    sealed = objects.seal({"summary": summary, "supports": sorted(cited)})
    objects.put(connection, sealed)
    name = _id_of(dispatch["dispatch"], RESULT, str(done), sealed.hash)
    return f"evidence/{name}", {
        "do": "record",
        "kind": RESULT,
        "status": "passed" if done else "observed",
        "trust": work.TRUSTED if done else work.ADVISORY,
        "run": run,
        "task": dispatch["task"],
        "dispatch": dispatch["dispatch"],
        "object": sealed.hash,
    }


def _item(value: Any) -> Item:
    if isinstance(value, str) and value.lstrip().startswith("{"):
        value = _from_json(value)
    if isinstance(value, str) and value.strip():
        return Item(value.strip(), ())
    record = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
    uri: Any = record.get("uri")
    criteria: Any = record.get("criteria") or []
    if not isinstance(uri, str) or not uri.strip() or not isinstance(criteria, list):
        raise _unreadable(value)
    numbers = tuple(cast("list[Any]", criteria))
    if not all(type(each) is int for each in numbers):
        raise _unreadable(value)
    return Item(uri.strip(), numbers)


def _from_json(text: str) -> Any:
    if not text.lstrip().startswith(("[", "{", '"')):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _unreadable(value: Any) -> Invalid:
    return Invalid(
        f"The evidence {brief(value)} cannot be read.",
        'Give evidence ids, paths, or objects such as {"uri": "report.txt", "criteria": [1]}.',
    )


def _spellings(uri: str, root: str) -> list[str]:
    """Return the paths that a URI may mean: as it stands, decoded, and relative to the workspace."""
    if not uri.lower().startswith("file:"):
        return [uri]
    rest = uri[len("file:") :]
    rest = rest[2:] if rest.startswith("//") else rest
    rest = rest.removeprefix("localhost/") if rest.startswith("localhost/") else rest
    found: list[str] = []
    for path in (rest, unquote(rest)):
        found += [path, os.path.join(root, path.lstrip("/"))]
    return list(dict.fromkeys(found))


def _require_workspace(present: Present, uri: str) -> Workspace:
    if present.workspace is None or not present.workspace.root:
        raise no_file(uri)
    return present.workspace


def no_file(uri: str) -> NotFound:
    """Return the error for evidence that is no file of the workspace."""
    return NotFound(
        f"The evidence {brief(uri)} is no file in the workspace.",
        "Give a path inside the workspace, or the id of evidence.",
        "evidence_not_found",
    )


def _id_of(dispatch: str, *what: str) -> str:
    """Return the id of evidence that is the same whenever the same is cited for the same dispatch."""
    return f"evidence_{digest(chr(10).join((dispatch, *what)).encode())[:32]}"


def _known(connection: Connection, given: str, dispatch: Row, task: Record, present: Present) -> str:
    """Return the id of evidence that is there already, after a look at whether this task may cite it."""
    row = get_row(connection, work.EVIDENCE, given)
    name = shown(row["evidence"])
    if row["task"] not in ("", dispatch["task"]):
        raise Invalid(
            f"{name} is evidence of {shown(row['task'])}, not of {shown(dispatch['task'])}.",
            f"Record some for this task: `mnemo evidence run --task {shown(dispatch['task'])} -- CMD`.",
            "evidence_of_another_task",
        )
    path = (objects.find(connection, row["object"]) or {}).get("path", "")
    if path and row["dispatch"] != dispatch["dispatch"]:
        require_changed(connection, dispatch, task, _require_workspace(present, given), path)
    return row["evidence"]


def _file_id(connection: Connection, dispatch: Row, path: str, content: str, bound: Mapping[str, Any]) -> str:
    marks = canonical(bound["bound"]).decode() if bound else ""
    name = _id_of(dispatch["dispatch"], path, content, *([marks] if marks else []))
    known = queue.find_row(connection, work.EVIDENCE, name)
    # A file that is again what it was before its last change is cited anew.
    return new_id(work.EVIDENCE) if known and known["status"] == "superseded" else name


def _former(connection: Connection, task: str, cited: Cited) -> list[str]:
    """Return the active evidence of a task that is the same file as it was before."""
    found: list[str] = []
    for row, _ in queue.list_evidence(connection, task):
        other = row["kind"] == FILE and row["status"] == "passed" and row["evidence"] != cited.evidence
        if other and (objects.find(connection, row["object"]) or {}).get("path") == cited.path:
            found.append(row["evidence"])
    return found
