"""Recalling, claiming and verifying across the project's store and the user's global one."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from itertools import chain
from typing import Any, NamedTuple

from mnemo import projects
from mnemo.anchors.pin import pin
from mnemo.errors import Invalid, MnemoError, NotFound
from mnemo.light import once
from mnemo.memory import claiming, drafts, moving, recalling, scopes, suggesting, verifying, withdrawing
from mnemo.memory.drafts import Draft
from mnemo.model.anchor import Finding
from mnemo.model.claim import View
from mnemo.project import Project, actor
from mnemo.repo.files import CommitTree
from mnemo.retrieval import backends
from mnemo.retrieval.packing import Known
from mnemo.retrieval.ranking import Candidate, Question
from mnemo.retrieval.standpoint import Standpoint
from mnemo.settings import Settings
from mnemo.store import assertions
from mnemo.watching import generation

Record = dict[str, Any]
SCHEMA = {"schema": "mnemo.v1"}
USUAL_BUDGET = 1500  # tokens


class Asking(NamedTuple):
    """A question as a caller puts it.

    Args:
        query: words or a question.
        path: a file or folder, relative to the top; empty for none.
        limit: most claims; None lets the question decide.
        budget: most tokens.
        domain: only this domain.
        everywhere: whether unmerged branches are looked at too.
        full: whole texts instead of cards.
        explain: show how each score came about.
    """

    query: str
    path: str = ""
    limit: int | None = None
    budget: int = USUAL_BUDGET
    domain: str | None = None
    everywhere: bool = False
    full: bool = False
    explain: bool = False


def recalled(asking: Asking) -> Record:
    """Answer a question from the project's memory and the user's global one, and count what was told."""
    project = projects.current()
    path = project.tree.relative(asking.path) if asking.path else ""
    record = answered(project, asking._replace(path=path))
    told = [one["address"] for place in ("claims", "elsewhere") for one in record[place]]
    memory = global_of(project) if any("repository" in one for one in record["claims"]) else None
    for owner in (project, memory) if told else ():
        if owner:
            owner.recalls.told(actor().session, told, owner.now())
    return record


def answered(project: Project, asking: Asking) -> Record:
    """Answer a question without leaving a trace of it.

    Raises:
        QueryTimeout: it took longer than the settings allow.
    """
    question = recalling.checked_question(
        asking.query, "" if asking.path == "." else asking.path, asking.domain
    )
    wish = recalling.checked_wish(
        question,
        asking.limit,
        asking.budget,
        full=asking.full,
        explain=asking.explain,
        everywhere=asking.everywhere,
        now=project.now(),
    )
    view = project.view()
    settings = project.settings
    stand, told = stand_of(project, settings), project.told()
    with (
        project.db.reading(settings.whole("recall.timeout_ms")) as connection,
        _global_candidates(project, question, view) as further,
    ):
        record = recalling.recall(
            connection,
            further,
            question,
            view,
            project.judge(),
            wish,
            chain(told, stand.notes),
            project.lives,
            _watched(project),
            stand.point,
        )
    return {**SCHEMA, **record}


class Stand(NamedTuple):
    """From where a store is ranked now.

    Args:
        point: what ranking may look at beside the store.
        notes: what its backend has to say; more may come while it works.
    """

    point: Standpoint
    notes: list[str]


def stand_of(owner: Project, settings: Settings) -> Stand:
    """Return from where a store is ranked now, by its settings and what this session was told."""
    chosen = backends.choose(settings, owner.db, owner.environ)
    recent = owner.recalls.recent(actor().session)
    point = Standpoint(chosen.backend, recent=recent, pages=backends.Unless(owner.pages, chosen))
    return Stand(point, chosen.notes)


def claimed(fields: dict[str, Any], batch: Any, retracts: Any) -> Record:
    """Store statements and withdraw others as one deed per store."""
    project = projects.current(writing=True)
    withdrawn = drafts.texts("retracts", retracts)
    reason = drafts.reason_text(fields.get("why")) if withdrawn else ""
    wanted = drafts.checked_batch(batch, project.tree)
    if fields.get("content") or not (wanted or withdrawn):
        wanted.insert(0, drafts.checked(fields, project.tree))
    owners = [owner_of(project, prefix) for prefix in withdrawn]
    record = stored(project, wanted)
    record["retracted"] = _retract(project, owners, reason, fields.get("scope", "auto"))
    return record


def stored(project: Project, wanted: Sequence[Draft]) -> Record:
    """Store checked drafts and return the record of it."""
    wanted = [one._replace(supersedes=tuple(_known(project, one.supersedes))) for one in wanted]
    records = _store(project, wanted)
    _suggest_anchors(project, wanted, records)
    superseded = [address for one in records for address in one["superseded"]]
    return {**SCHEMA, "claims": records, "retracted": [], "superseded": superseded, "notes": project.told()}


def verified(target: str | None, repair: bool, progress: Callable[[int, int], None] | None = None) -> Record:
    """Judge claims against the code."""
    project = projects.current(writing=repair)
    with project.db.reading() as connection:
        chosen = verifying.live_claims(connection, project.view(), _rows_of(project, connection, target))
        judge = project.patient_judge()
        checked = verifying.check(connection, chosen, judge, progress)
    if repair:
        checked = moving.located(checked, ground_of(project), judge)
    repaired: list[str] = []
    if repair or (project.db.exists() and os.access(project.db.path, os.W_OK)):
        with project.db.transaction() as connection:
            if repair:
                repaired = verifying.follow(
                    connection,
                    checked,
                    lambda anchor: pin(anchor, project.tree),
                    at=project.at(),
                    now=project.now(),
                    space=project.space,
                )
            verifying.keep_states(connection, checked, project.at()["worktree"], project.now())
    return {**SCHEMA, **verifying.record(checked, repaired), "notes": project.told()}


def owner_of(project: Project, prefix: str) -> tuple[Project, str]:
    """Return the store that knows an address, the project's before the global one, and the whole address.

    Raises:
        NotFound, Ambiguous, Invalid: as for resolving in the project's store.
    """
    with project.db.reading() as connection:
        try:
            return project, assertions.resolve(connection, prefix)
        except NotFound as error:
            missing = error
    memory = global_of(project)
    if memory is None:
        raise missing
    with memory.db.reading() as connection:
        try:
            return memory, assertions.resolve(connection, prefix)
        except NotFound:
            raise missing from None


def stores_of(project: Project) -> list[Project]:
    """Return the stores that corrections reach from a project: its own and the user's global one."""
    memory = global_of(project)
    return [project, memory] if memory and memory.db.exists() else [project]


def ground_of(project: Project) -> moving.Ground:
    """Return the files in which something may be found again: now, and at the commit of a claim."""
    older: dict[str, CommitTree] = {}

    def before(commit: str) -> CommitTree | None:
        if project.place is None:
            return None
        if commit not in older:
            older[commit] = CommitTree(project.git(), commit)
        return older[commit]

    return moving.Ground(project.tree, before)


def _store(project: Project, wanted: Sequence[Draft]) -> list[Record]:
    """Write drafts in the store that their scope names; the records keep the order given."""
    records: dict[int, Record] = {}
    for of_user in (False, True):
        mine = [(place, one) for place, one in enumerate(wanted) if (one.scope == "global") is of_user]
        if not mine:
            continue
        owner = project
        if of_user:
            owner = projects.open_global(project.environ)
            owner.check(writing=True)
        where, first = owner.surroundings(), not owner.db.exists()
        scopes.look_ahead((one for _, one in mine), where.base)
        ready = [claiming.prepare(one, where) for _, one in mine]
        with owner.db.transaction() as connection:
            stored = claiming.store(connection, ready, where)
        if first:
            owner.view()  # where the branch stood is noted beside claims, and until now there was no store
        records.update({place: record for (place, _), record in zip(mine, stored, strict=True)})
        owner.note_deed("claim", f"claimed {len(mine)}", [one.address for one in ready], mine[0][1].domain)
    return [records[place] for place in sorted(records)]


def _suggest_anchors(project: Project, wanted: Sequence[Draft], records: Sequence[Record]) -> None:
    """Note beside claims without anchors what their words name in the code; a batch shares the time."""
    deadline = time.monotonic() + suggesting.SEARCH_S
    for one, record in zip(wanted, records, strict=True):
        bare = not one.anchors and "global" not in (one.scope, project.space)
        found = suggesting.suggest(one.code, project.tree, deadline) if bare else []
        if found:
            record["suggested"] = found


def _known(project: Project, prefixes: Sequence[str]) -> list[str]:
    """Return whole addresses before anything is written, so that a wrong one makes no store."""
    return [owner_of(project, prefix)[1] for prefix in prefixes]


def _retract(project: Project, owned: Sequence[tuple[Project, str]], reason: str, scope: str) -> list[str]:
    grouped: dict[str, tuple[Project, list[str]]] = {}
    for owner, address in owned:
        grouped.setdefault(owner.db.path, (owner, []))[1].append(address)
    retracted: list[str] = []
    for owner, addresses in grouped.values():
        at = owner.at()
        wide = (
            scope == "project" or owner.space == "global" or (scope == "auto" and project.on_default_branch())
        )
        with owner.db.transaction() as connection:
            retracted += withdrawing.retract(
                connection, addresses, reason, at=at, now=owner.now(), wide=wide, space=owner.space
            )
        owner.note_deed("retract", f"withdrew {len(addresses)}", addresses)
    return retracted


def _rows_of(project: Project, connection: Any, target: str | None) -> list[int] | None:
    """Return rows of the claims that an address or a path names; None for all."""
    if not target:
        return None
    problem: MnemoError | None = None
    try:
        address = assertions.resolve(connection, target)
        return [one.claim for one in assertions.by_address(connection, address)]
    except (NotFound, Invalid) as error:
        problem = error
    with contextlib.suppress(Invalid):
        path = project.tree.relative(target)
        found = assertions.claims_at(connection, path) + assertions.claims_for_folders(connection, [path])
        if found or project.tree.exists(path):
            return found
    raise problem


def _watched(project: Project) -> Known:
    """Return what tells what the watcher knows, as long as it has seen all that happened to the files."""
    current = once(lambda: generation.find_generation(project.db.folder, project.worktree))

    def known(assertion: int, position: int) -> Finding | None:
        if current() is None:
            return None
        # Read anew: what the recall reads by may be older than the watcher's answer.
        with project.db.reading() as connection:
            return generation.known_state(connection, assertion, position, project.worktree)

    return known


@contextlib.contextmanager
def _global_candidates(
    project: Project, question: Question, view: View
) -> Generator[Iterator[Candidate] | None]:
    memory = global_of(project)
    if memory is None or not memory.db.exists():
        yield None
        return
    with memory.db.reading() as connection:
        yield recalling.global_candidates(connection, question, view, stand_of(memory, memory.settings).point)


def global_of(project: Project) -> Project | None:
    """Return the user's global memory, None for itself and where there is no home to keep it."""
    if project.space == "global":
        return None
    try:
        memory = projects.open_global(project.environ)
    except Invalid:  # without a home there is no memory of the user
        return None
    # Where there never was one, nobody has to be asked again whether it was lost.
    if memory.db.exists() or not memory.never_was:
        memory.check()
        memory.never_was = not memory.db.exists()
    return memory
