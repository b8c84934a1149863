"""Recording evidence: files, diffs, artifacts and screenshots of the workspace, and what somebody says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from mnemo.errors import Invalid
from mnemo.ids import canonical, digest, new_id
from mnemo.ledger import binding, evidence, names, runs, states
from mnemo.ledger import workspace as workspaces
from mnemo.ledger.names import brief, get_row, shown
from mnemo.ledger.workspace import Present, Workspace
from mnemo.model import work
from mnemo.store import events, objects, queue
from mnemo.store.connections import Connection
from mnemo.store.database import Database
from mnemo.store.rows import Row

KINDS = (*work.FILE_KINDS, *work.SAID_KINDS)
MOST_FILES = 100
_IMAGES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"<svg", b"<?xml")

Record = dict[str, Any]


class About(NamedTuple):
    """Whom evidence speaks for; all empty when it speaks for nobody yet.

    Args:
        run, task, dispatch: ids.
        numbers: the task's criteria that it serves.
        bound: the files that the task or the run names, as binding.bind gave them.
    """

    run: str = ""
    task: str = ""
    dispatch: str = ""
    numbers: tuple[int, ...] = ()
    bound: Mapping[str, Any] = binding.NOTHING


class Piece(NamedTuple):
    """One piece of evidence before it is written down.

    Args:
        kind, status, trust: see model.work.
        payload: what it says; summary, uri or path, source …
        content: sha-256 of what it is, empty when it is nothing but words.
        supersedes: ids of what it replaces.
    """

    kind: str
    status: str
    trust: str
    payload: Record
    content: str = ""
    supersedes: tuple[str, ...] = ()


def run_of(connection: Connection, run: str | None, at: dict[str, str]) -> Row:
    """Return the run that is named, or else this branch's newest.

    Raises:
        NotFound: run_not_found.
        Invalid: run_id_required: none is named and there is none.
    """
    found = None if run else states.find_run(connection, at.get("branch", ""))
    return found or runs.get_run(connection, run or "")


def about(
    connection: Connection,
    present: Present,
    *,
    task: str | None = None,
    run: str | None = None,
    criteria: Iterable[int] = (),
) -> About:
    """Return whom evidence speaks for, and the files that it is bound to.

    Args:
        present: the workspace now.
        task, run: ids, or unique beginnings of them; None for none.
        criteria: numbers of the task's criteria from 1; empty for all.

    Raises:
        NotFound: task_not_found, run_not_found.
        Invalid: criteria without a task, one that is not there, or a task of another run.
    """
    numbers = tuple(criteria)
    owner = get_row(connection, work.RUN, run)["run"] if run else ""
    if not task:
        if numbers:
            raise Invalid("Criteria were given without their task.", "Give the task too.")
        named = binding.named_in_run(connection, owner, present.workspace) if owner else []
        return About(owner, bound=binding.bind(present.workspace, named))
    row = get_row(connection, work.TASK, task)
    if owner and owner != row["run"]:
        raise Invalid(
            f"{shown(row['task'])} belongs to {shown(row['run'])}, not to {shown(owner)}.",
            "Give the task alone.",
        )
    payload = objects.find(connection, row["object"]) or {}
    held = [each for each in queue.list_live(connection, task=row["task"]) if each["status"] == "claimed"]
    return About(
        row["run"],
        row["task"],
        held[0]["dispatch"] if held else "",
        evidence.choose_numbers(connection, row, numbers),
        binding.bind(present.workspace, binding.named_by(payload, present.workspace)),
    )


def put(
    connection: Connection,
    pieces: Sequence[Piece],
    whom: About,
    *,
    deed: str,
    at: dict[str, str],
    now: int,
    more: dict[str, events.Part] | None = None,
) -> list[Row]:
    """Write evidence down as one deed; what a piece supersedes is replaced by it.

    Args:
        pieces: what to write.
        whom: whom it speaks for.
        deed: what the event is called.
        at: where and by whom.
        now: wall clock, milliseconds.
        more: what the deed means for other things.
    """
    parts: dict[str, events.Part] = {}
    written: list[str] = []
    for piece in pieces:
        name = new_id(work.EVIDENCE)
        payload: dict[str, object] = {"source": at.get("agent", ""), **piece.payload, **whom.bound}
        parts[f"evidence/{name}"] = {
            "do": "record",
            "kind": piece.kind,
            "status": piece.status,
            "trust": piece.trust,
            "run": whom.run,
            "task": whom.task,
            "dispatch": whom.dispatch,
            "content": piece.content,
            "object": states.seal(connection, payload),
            "criteria": list(whom.numbers),
        }
        for former in piece.supersedes:
            parts[f"evidence/{former}"] = evidence.superseded_by(name)
        written.append(name)
    events.record(connection, deed, {**parts, **(more or {})}, at=at, now=now)
    return [get_row(connection, work.EVIDENCE, each) for each in written]


def attach(
    db: Database,
    kind: str,
    uris: Sequence[str] = (),
    *,
    at: dict[str, str],
    now: int,
    present: Present,
    task: str | None = None,
    run: str | None = None,
    criteria: Iterable[int] = (),
    summary: str = "",
    supports: Iterable[str] = (),
    supersedes: Iterable[str] = (),
) -> list[Row]:
    """Attach evidence to a task or a run: files of the workspace, the diff of the work, or words.

    A file of a task counts when it changed since the task was taken; before anyone took it, it is only
    observed. Words and addresses elsewhere are kept, and prove nothing.

    Args:
        kind: one of KINDS.
        uris: paths, file URIs or addresses; for a diff the paths it is limited to.
        at: where and by whom.
        now: wall clock, milliseconds.
        present: the workspace now.
        task, run: ids, or unique beginnings of them; None for none.
        criteria: numbers of the task's criteria that it serves; empty for all.
        summary: what it shows, in words.
        supports: claims, tasks or whatever it speaks for.
        supersedes: ids of evidence that it replaces.

    Raises:
        NotFound: task_not_found, run_not_found, evidence_not_found.
        Invalid: no such kind, evidence_unchanged, or nothing to attach.
        Conflict: invalid_transition: what it replaces was replaced before.
    """
    if kind not in KINDS:
        raise Invalid(
            f"There is no kind {brief(kind)} to attach.",
            f"Give {', '.join(KINDS)}; `mnemo evidence run` records commands.",
            "unknown_kind",
        )
    told: Record = {"summary": names.text("summary", summary)}
    if list(supports):
        told["supports"] = names.texts("supported", supports)
    with db.reading() as connection:
        whom = about(connection, present, task=task, run=run, criteria=criteria)
        pieces = _pieces(connection, kind, uris, whom, present, at)
    pieces = [
        each._replace(payload={**each.payload, **{name: told[name] for name in told if told[name]}})
        for each in pieces
    ]
    with db.transaction() as connection:
        former = _former(connection, supersedes, whom)
        pieces[0] = pieces[0]._replace(supersedes=former)
        if kind in work.SAID_KINDS and not told["summary"]:
            raise Invalid(f"A {kind} without words says nothing.", "Give --summary.")
        return put(connection, pieces, whom, deed="evidence.attached", at=at, now=now)


def _pieces(
    connection: Connection,
    kind: str,
    uris: Sequence[str],
    whom: About,
    present: Present,
    at: dict[str, str],
) -> list[Piece]:
    if kind in work.SAID_KINDS:
        return [Piece(kind, "observed", work.ADVISORY, {"uri": " ".join(uris)} if uris else {})]
    space = present.workspace
    if space is None or not space.root:
        raise Invalid("There is no working tree to take evidence from.", "Run this in a working tree.")
    if kind == "diff":
        return [_diff(connection, uris, whom, space, at)]
    if not uris:
        raise Invalid(f"No file is named for the {kind}.", "Give its path.")
    if len(uris) > MOST_FILES:
        raise Invalid(f"{len(uris)} files are too many.", f"Give at most {MOST_FILES} at once.")
    return [_file(connection, kind, uri, whom, present, space) for uri in dict.fromkeys(uris)]


def _file(
    connection: Connection, kind: str, uri: str, whom: About, present: Present, space: Workspace
) -> Piece:
    if "://" in uri and not uri.lower().startswith("file:"):
        # Nothing is fetched, so nobody has seen what lies there.
        return Piece(kind, "observed", work.ADVISORY, {"summary": uri, "uri": uri})
    path = evidence.get_path(space, uri)
    if kind == "screenshot" and not workspaces.begins_with(space, path, _IMAGES):
        raise Invalid(f"{path} is no picture.", "Give a PNG, JPEG, GIF, WebP or SVG file.")
    if whom.dispatch:
        task = get_row(connection, work.TASK, whom.task)
        held = get_row(connection, work.DISPATCH, whom.dispatch)
        evidence.require_changed(
            connection, held, objects.find(connection, task["object"]) or {}, space, path
        )
    content = present.content(path)
    if not content:
        raise evidence.no_file(uri)
    return Piece(kind, _status(whom), work.TRUSTED, {"summary": path, "path": path}, content)


def _status(whom: About) -> str:
    """Return whether a file can be told to be of the work: only once its task was taken."""
    return "passed" if whom.dispatch or not whom.task else "observed"


def _diff(
    connection: Connection, uris: Sequence[str], whom: About, space: Workspace, at: dict[str, str]
) -> Piece:
    """Return what the work changed: each file that differs from the commit at which it was taken."""
    base = queue.find_base(connection, whom.dispatch) if whom.dispatch else None
    commit = (base.commit if base else "") or at.get("commit", "")
    if not commit:
        raise Invalid("There is no commit to compare with.", "Commit first, or attach the files themselves.")
    before: Mapping[str, str] = (
        base.files if base else {}
    )  # what was changed already when the work was taken is not of it
    limits = [space.relative(each) for each in uris]
    paths = [
        path
        for path in space.changed(commit)
        if (not limits or any(path == each or path.startswith(f"{each}/") or each == "." for each in limits))
        and not (before.get(path) and workspaces.is_as_marked(space, path, before[path]))
    ]
    if not paths:
        raise Invalid(
            f"Nothing differs from {commit[:12]}.",
            "Change something first, or attach what shows the work.",
            "evidence_unchanged",
        )
    if len(paths) > binding.MOST_BOUND:
        raise Invalid(f"{len(paths)} files differ from {commit[:12]}.", "Limit the diff to some paths.")
    marks = workspaces.marks(space, paths)
    told = f"{len(paths)} file{'s' if len(paths) > 1 else ''} changed since {commit[:12]}"
    payload = {"summary": told, "base": commit, "changed_to": marks}
    return Piece("diff", _status(whom), work.TRUSTED, payload, digest(canonical(marks)))


def _former(connection: Connection, given: Iterable[str], whom: About) -> tuple[str, ...]:
    """Return the ids of what new evidence replaces, having seen that it may."""
    found: list[str] = []
    for each in given:
        row = get_row(connection, work.EVIDENCE, each)
        if row["task"] not in ("", whom.task) or row["run"] not in ("", whom.run):
            raise Invalid(
                f"{shown(row['evidence'])} belongs to {shown(row['task'] or row['run'])}.",
                "Replace evidence of the same task or run.",
                "evidence_of_another_task",
            )
        states.require(work.EVIDENCE, row, "superseded")
        found.append(row["evidence"])
    return tuple(found)
