"""Filling an empty memory: what the files of a repository say, and what its history teaches."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeVar

from mnemo import ids, projects
from mnemo import project as opened
from mnemo.errors import Invalid, MnemoError
from mnemo.importing import gathering, history, planning, spans
from mnemo.importing.gathering import Statement
from mnemo.importing.history import Lesson
from mnemo.importing.planning import Plan, Planned
from mnemo.importing.sources import KINDS, Source, list_sources
from mnemo.memory import claiming, drafts, scopes, withdrawing
from mnemo.memory.claiming import Ready
from mnemo.model.anchor import anchor_record
from mnemo.model.claim import Assertion
from mnemo.project import Project
from mnemo.repo import commits
from mnemo.store import assertions, events, objects
from mnemo.tools.remembering import SCHEMA

Record = dict[str, Any]
Progress = Callable[[int, int], None] | None
Given = TypeVar("Given")
Made = TypeVar("Made")

BATCH = 500  # claims stored as one deed
SHOWN = 160  # characters of a claim's first line in the list
SURE, LIKELY = 0.9, 0.6  # confidence of what the user's own files say, and of everything else
LOCAL = ("CLAUDE.local.md", ".claude/CLAUDE.local.md")  # made to be ignored, and the user's all the same


class Interrupted(MnemoError):
    """Someone stopped the import; whole batches stay."""

    exit_code = 130


class _Item(NamedTuple):
    """One claim to be stored: its fields, and its line of the list."""

    fields: Record
    standing: str
    line: Record


def import_auto(only: list[str] | None = None, dry_run: bool = False, progress: Progress = None) -> Record:
    """Claim what instructions in the repository say: CLAUDE.md, AGENTS.md, editor rules, ADRs, CONTRIBUTING.

    Args:
        only: only files of this kind: agents, claude, gemini, cursor, copilot, windsurf, adr or contributing.
        dry_run: list what would be claimed; nothing is written.
    """
    _check_kinds(only or [])
    project = projects.current(writing=not dry_run)
    with _importing():
        sources = _sources(project, only or [])
        git = project.git()
        tracked = set(git.tracked_files())
        root = (project.place and project.place.top) or ""
        gathered = gathering.gather(sources, project.tree, root, tracked, git.ignored, progress)
        with project.db.reading() as connection:
            plan = planning.plan(connection, gathered, project.view(), project.patient_judge())
        items = [_item(one) for one in plan.planned if one.state in ("new", "changed")]
        trouble = [{"path": one.source.path, "reason": one.trouble} for one in gathered if one.trouble]
        record = _record(
            "auto", dry_run, items, known=sum(one.state in ("known", "moved") for one in plan.planned)
        )
        record |= {
            "files": _files(gathered, plan),
            "gone": [ids.short(address) for address in plan.gone],
            "ended": [{"address": one.address, "reason": one.reason} for one in plan.ended],
            "left_out": trouble,
            "withdrawn": sum(one.state == "withdrawn" for one in plan.planned),
        }
        if not dry_run:
            _store(project, items, record, progress)
            _settle(project, plan)
    return {**record, "notes": project.told()}


def import_git(since: str = "", limit: int = 0, dry_run: bool = False, progress: Progress = None) -> Record:
    """Claim what the history teaches: reverts, reasons in messages, fixes of fixes; all of it unconfirmed.

    Args:
        since: only commits of the last 2years, 18months, 6w or 90d, or from a day on: 2024-01-31.
        limit: most commits looked at, the newest first; 0 for all.
        dry_run: list what would be claimed; nothing is written.
    """
    if limit < 0:
        raise Invalid(
            f"--limit {limit} is less than nothing.", "Give how many commits to look at, 0 for all."
        )
    project = projects.current(writing=not dry_run)
    start = spans.since(since, project.now())
    with _importing():
        repository = project.git()
        hashes = commits.list_hashes(repository, since=start, limit=limit)
        walked: list[commits.Commit] = []
        for one in commits.iter_commits(repository, hashes):
            walked.append(one)
            if progress:
                progress(len(walked), len(hashes))
        present = set(repository.tracked_files()).__contains__
        found = history.list_lessons(walked, present, lambda wanted: commits.iter_patches(repository, wanted))
        lessons = history.strongest(found)
        fresh = _unknown(project, lessons)
        on_branch = _scope(project, fresh)
        items = [_of_lesson(one, on_branch) for one in fresh]
        record = _record("git", dry_run, items, known=len(lessons) - len(fresh))
        record |= {"commits": len(hashes), "weaker": len(found) - len(lessons)}
        if not dry_run:
            _store(project, items, record, progress)
    return {**record, "notes": project.told()}


@contextmanager
def _importing() -> Generator[None]:
    """Act as an import, and say what stays when someone stops it."""
    who = opened.actor()
    with opened.acting(who.agent, who.session, "import"):
        try:
            yield
        except KeyboardInterrupt:
            raise Interrupted(
                "Stopped before anything was stored.", "Type the same again; nothing was lost."
            ) from None


def _check_kinds(only: Sequence[str]) -> None:
    for kind in only:
        if kind not in KINDS:
            raise Invalid(f"--only {kind[:40]!r} is no kind of file.", f"Kinds are {', '.join(KINDS)}.")


def _sources(project: Project, only: Sequence[str]) -> list[Source]:
    git = project.git()
    untracked = git.untracked_files()
    if project.place and project.place.top:
        untracked += [path for path in LOCAL if _lies_there(project, path)]
    return list_sources(git.tracked_files(), untracked, only)


def _lies_there(project: Project, path: str) -> bool:
    try:
        return project.tree.exists(path)
    except Invalid:
        return False


def _item(planned: Planned) -> _Item:
    said = planned.statement
    fields: Record = {
        "content": said.content,
        "why": said.why,
        "when": said.when,
        "domain": said.domain,
        "tags": list(said.tags),
        "path": said.folder,
        "anchors": [
            {"type": "content", "path": said.source.path, "lines": list(lines)} for lines in said.lines
        ],
        "confidence": SURE if said.standing == "active" else LIKELY,
        # A file that git does not know is the same on every branch.
        "scope": "auto" if said.source.tracked else "project",
        "supersedes": list(planned.supersedes),
    }
    line = {**_line(planned.address, said), "state": planned.state, "supersedes": list(planned.supersedes)}
    return _Item(fields, said.standing, line)


def _line(address: str, said: Statement) -> Record:
    return {
        "address": address,
        "content": said.content.split("\n", 1)[0][:SHOWN],
        "source": said.place,
        "domain": said.domain,
        "path": said.folder,
        "standing": said.standing,
    }


def _of_lesson(lesson: Lesson, on_branch: Callable[[Lesson], bool]) -> _Item:
    address = planning.address_of(lesson.content)
    fields: Record = {
        "content": lesson.content,
        "why": lesson.why,
        "domain": lesson.domain,
        "tags": list(lesson.tags),
        "anchors": [{"type": "file", "path": lesson.path}] if lesson.path else [],
        "confidence": LIKELY,
        "scope": "branch" if on_branch(lesson) else "project",
    }
    line: Record = {
        "address": address,
        "content": lesson.content.split("\n", 1)[0][:SHOWN],
        "source": f"commit {lesson.commit.hash[: history.SHOWN_HASH]} {history.date_of(lesson.commit)}",
        "domain": lesson.domain,
        "path": "",
        "standing": "unconfirmed",
        "state": "new",
        "supersedes": [],
    }
    return _Item(fields, "unconfirmed", line)


def _scope(project: Project, lessons: Sequence[Lesson]) -> Callable[[Lesson], bool]:
    """Return what tells whether a lesson's commit is on this branch alone."""
    git = project.git()
    default = git.default_branch()
    base = git.merge_base("HEAD", default) if default else None
    shared = git.contained([one.commit.hash for one in lessons], base) if base else None
    return lambda lesson: shared is not None and lesson.commit.hash not in shared


def _unknown(project: Project, lessons: Sequence[Lesson]) -> list[Lesson]:
    """Return the lessons whose commit no earlier import cites, whatever became of what it claimed."""
    with project.db.reading() as connection:
        imported = [one for one in assertions.iter_all(connection) if one.origin == "import"]
        contents = [payload["content"] for payload in assertions.payloads(connection, imported).values()]
    cited = dict(history.iter_cited(contents))
    told = set(cited.values())
    return [
        one
        for one in lessons
        if one.commit.hash[: history.SHOWN_HASH] not in cited
        and history.without_citation(one.content) not in told
    ]


def _record(source: str, dry_run: bool, items: Sequence[_Item], known: int) -> Record:
    return {
        **SCHEMA,
        "source": source,
        "dry_run": dry_run,
        "stored": 0,
        "known": known,
        "claims": [item.line for item in items],
    }


def _files(gathered: Sequence[gathering.Gathered], plan: Plan) -> list[Record]:
    """Return what was taken from each file that says something."""
    found: dict[str, Record] = {}
    for one in plan.planned:
        source = one.statement.source
        file = found.setdefault(source.path, {"path": source.path, "kind": source.kind, "rules": 0, "new": 0})
        file["rules"] += 1
        file["new"] += one.state in ("new", "changed")
    for file in gathered:
        if file.dead:
            kind = file.source.kind
            found[file.source.path] = {"path": file.source.path, "kind": kind, "rules": 0, "new": 0}
            found[file.source.path]["status"] = file.dead
    return list(found.values())


def _store(project: Project, items: Sequence[_Item], record: Record, progress: Progress) -> None:
    """Store claims in batches, each one deed; what was stored before someone stops it stays."""
    refused: list[Record] = []
    try:
        for start in range(0, len(items), BATCH):
            some = items[start : start + BATCH]
            record["stored"] += _store_batch(project, some, refused)
            if progress:
                progress(min(start + BATCH, len(items)), len(items))
    except KeyboardInterrupt:
        raise Interrupted(
            f"Stopped: {record['stored']:,} of {len(items):,} claims are stored, in whole batches.",
            "Type the same again: what is stored is passed over.",
        ) from None
    gone = {one["address"] for one in refused}
    record["claims"] = [line for line in record["claims"] if line["address"] not in gone]
    record.setdefault("left_out", []).extend(
        {"path": one["source"], "reason": one["reason"]} for one in refused
    )


def _store_batch(project: Project, items: Sequence[_Item], refused: list[Record]) -> int:
    where = project.surroundings()
    wanted = [(item, item.fields) for item in items]
    drafted = list(_attempted(wanted, lambda _, fields: drafts.checked(fields, project.tree), refused))
    scopes.look_ahead((draft for _, draft in drafted), where.base)
    prepared = _attempted(drafted, lambda item, draft: claiming.prepare(draft, where, item.standing), refused)
    ready: dict[str, Ready] = {}
    for _, one in prepared:
        ready.setdefault(one.address, one)
    if not ready:
        return 0
    with project.db.transaction() as connection:
        # Another import may have come first since the files were compared with what is known.
        held = assertions.by_addresses(connection, list(ready))
        branch = where.at["branch"]
        fresh = [one for one in ready.values() if not _is_there(held.get(one.address, ()), one, branch)]
        claiming.store(connection, fresh, where)
    project.note_deed("import", f"imported {len(fresh)}", [one.address for one in fresh])
    return len(fresh)


def _attempted(
    given: Iterable[tuple[_Item, Given]], step: Callable[[_Item, Given], Made], refused: list[Record]
) -> Iterator[tuple[_Item, Made]]:
    """Yield each item with what a step made for it; one that the step refuses is noted and left out."""
    for item, one in given:
        try:
            made = step(item, one)
        except Invalid as problem:
            refused.append({**item.line, "reason": problem.message})
        else:
            yield item, made


def _is_there(held: Iterable[Assertion], one: Ready, branch: str) -> bool:
    return any(
        each.branch == branch and each.object == one.sealed.hash and each.standing == one.standing
        for each in held
    )


def _settle(project: Project, plan: Plan) -> None:
    """Pin anew what moved in its file, and withdraw decisions that no longer hold."""
    moved = [one for one in plan.planned if one.state == "moved"]
    if not moved and not plan.ended:
        return
    with project.db.transaction() as connection:
        for one in moved:
            _repin(project, connection, one)
        for ended in plan.ended:
            withdrawing.retract(
                connection,
                [ended.address],
                ended.reason,
                at=project.at(),
                now=project.now(),
                wide=ended.wide,
                space=project.space,
            )


def _repin(project: Project, connection: Any, planned: Planned) -> None:
    held = assertions.by_address(connection, planned.address)
    mine = [one for one in held if one.origin == "import"]
    anchors = [anchor_record(one) for one in drafts.checked(_item(planned).fields, project.tree).anchors]
    for one in mine:
        payload = objects.find(connection, one.object)
        if payload is None or payload.get("anchors") == anchors:
            continue
        sealed = objects.seal({**payload, "anchors": anchors})
        objects.put(connection, sealed)
        at = {**project.at(), "branch": one.branch}
        space = "private" if one.standing != "active" and project.space == "project" else project.space
        part = {"do": "repin", "object": sealed.hash}
        events.record(
            connection, "repair", {f"claim/{one.address}": part}, at=at, now=project.now(), space=space
        )
