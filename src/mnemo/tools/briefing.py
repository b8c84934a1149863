"""The brief for colleagues without mnemo: printed, written between markers, or checked."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from mnemo import projects
from mnemo.errors import Conflict, Invalid, MnemoError, NotARepository, NotFound
from mnemo.memory import briefing, marked
from mnemo.memory.briefing import Brief, Wanted
from mnemo.model.claim import View
from mnemo.project import Project
from mnemo.repo import head as heads
from mnemo.repo import rewriting
from mnemo.repo.files import as_text, conflicted
from mnemo.repo.head import Head
from mnemo.repo.rewriting import Held
from mnemo.tools.remembering import SCHEMA

Record = dict[str, Any]


def brief(
    *, write: str = "", tokens: int = 1500, domain: list[str] | None = None, check: bool = False
) -> Record:
    """Tell what is proven or confirmed, as Markdown for colleagues without mnemo.

    Args:
        write: a file of the repository, such as AGENTS.md, that gets it between two marked lines.
        tokens: most that it may cost.
        domain: only these domains; left out, all but feedback.
        check: write nothing; exit with 3 where the file named by --write is out of date.
    """
    project = projects.current()
    if check and not write:
        raise Invalid("--check needs the file to look at.", "Name it: mnemo brief --check --write AGENTS.md")
    held = _held(project, write) if write else None
    wanted = briefing.checked_wanted(tokens, domain or [], (held.name, held.inside) if held else ())
    made = _made(project, wanted)
    record: Record = {
        **SCHEMA,
        "text": made.text,
        "tokens": made.tokens,
        "budget": tokens,
        "claims": [line._asdict() for line in made.lines],
        "more": made.more,
    }
    if held:
        record.update(_put(project, held, made.text, told=bool(made.lines), check=check))
    return {**record, "notes": record.get("notes", []) + project.told()}


def _held(project: Project, write: str) -> Held:
    if project.place is None or not project.place.top:
        raise NotARepository(
            "There is no working tree to write into.", "Leave --write out; the brief is printed then."
        )
    held = rewriting.read_whole(project.place.top, project.tree.relative(write))
    if conflicted(as_text(held.raw, held.name)):
        raise Conflict(f"{held.name} holds conflict markers; nothing was written.", "Resolve them first.")
    return held


def _made(project: Project, wanted: Wanted) -> Brief:
    if not project.db.exists():
        raise NotFound("Nothing is remembered here yet.", "Claim something first: mnemo claim TEXT.")
    under_way = heads.operation(project.place) if project.place else None
    if under_way:
        raise Conflict(f"A {under_way} is under way: no claim can be judged.", "Finish it, then try again.")
    here = project.view()
    general = _general(project, here)
    judge = briefing.apart(project.patient_judge(), project.tree, wanted)
    with project.db.reading() as connection:
        ranked = briefing.rank(connection, here, general, wanted)
        return briefing.compose(connection, ranked, judge, wanted)


def _general(project: Project, here: View) -> View:
    """Return the view from the default branch: what only an unmerged branch says is not for everyone."""
    default = project.git().default_branch() if project.place else ""
    if default in ("", here.branch):
        return here
    return project.view(Head(default, project.git().find_commit(default) or ""))


def _put(project: Project, held: Held, text: str, *, told: bool, check: bool) -> Record:
    raw = marked.spliced(held.raw, text, held.name)
    if not told and not marked.is_marked(held.raw):
        raw = held.raw  # nobody needs a brief that says nothing
    record: Record = {"path": held.path, "file": held.name, "up_to_date": raw == held.raw, "written": False}
    if check:
        return {**record, "ok": raw == held.raw}
    if raw != held.raw:
        rewriting.replace(held, raw)
        record = {**record, "up_to_date": True, "written": True}
    if not told:
        record["notes"] = ["nothing is proven or confirmed yet: a person can `mnemo claim` what holds"]
    with suppress(MnemoError):
        if told and not project.git().is_tracked(held.inside):
            record["notes"] = [f"git does not track {held.name}; colleagues see it once it is committed"]
    return record
