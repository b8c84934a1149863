"""Searching several stores: this project's, the user's global one, and those of other projects."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice

from mnemo import ids, projects
from mnemo.errors import Invalid, MnemoError, NotFound
from mnemo.health import registry
from mnemo.memory import recalling, searching
from mnemo.memory.searching import Found
from mnemo.project import Project
from mnemo.retrieval.ranking import Question, iter_candidates
from mnemo.store import assertions
from mnemo.tools import remembering

EVERY = "all"
MOST_PROJECTS = 30


def search(here: Project, query: str, most: int, scope: str, named: str, notes: list[str]) -> list[Found]:
    """Return what each store holds that is searched.

    Args:
        here: the project of the call.
        query: what is asked.
        most: most results of each store.
        scope: all, project or global.
        named: another project; empty for this one, all for every one.
        notes: what cannot be searched is told here.

    Raises:
        Invalid, NotFound, Ambiguous: an empty or overlong query, or no such project.
    """
    if not query.strip():
        raise Invalid("The query is empty.", "Give a question or keywords.")
    question = recalling.checked_question(query, "", None)
    owners = [] if scope == "global" else list(_projects(here, named, notes))
    memory = remembering.global_of(here) if scope != "project" else None
    if memory and memory.db.exists():
        owners.append(memory)
    return [_searched(owner, question, most, notes) for owner in owners]


def resolved_in(owner: Project, prefix: str) -> str:
    """Return the whole address of a claim that is in the same store as another.

    Raises:
        NotFound, Ambiguous: it is not; links do not cross stores.
    """
    with owner.db.reading() as connection:
        try:
            return assertions.resolve(connection, prefix)
        except NotFound:
            store = "global memory" if owner.space == "global" else "project"
            raise NotFound(
                f"{prefix[:20]} is in another store than the first claim.",
                f"A link stays inside one: give a claim of the {store}.",
            ) from None


def name_of(project: Project) -> str:
    """Return what people call a project."""
    return "global" if project.space == "global" else os.path.basename(project.folder)


def _projects(here: Project, named: str, notes: list[str]) -> Iterator[Project]:
    if named != EVERY:
        chosen = projects.open_known(named) if named else here
        if named:
            chosen.check()
        yield chosen
        return
    yield here
    known = [entry for entry in registry.list_entries(registry.shelf(here.environ)) if entry.store]
    others = [entry for entry in known if entry.store != here.db.path]
    for entry in islice(sorted(others, key=lambda each: each.seen, reverse=True), MOST_PROJECTS):
        try:
            other = projects.open_known(entry.id)
            other.check()
        except (MnemoError, OSError) as error:
            notes.append(f"{entry.name or ids.short(entry.id)} was not searched: {error}")
            continue
        if other.space == "project" and other.db.path != here.db.path:
            yield other


def _searched(owner: Project, question: Question, most: int, notes: list[str]) -> Found:
    view = owner.view()
    settings = owner.settings
    stand = remembering.stand_of(owner, settings)
    with owner.db.reading(settings.whole("recall.timeout_ms")) as connection:
        candidates = iter_candidates(connection, question, view, stand.point)
        found = searching.matches(candidates, owner.judge(), view, most, name_of(owner))
    notes += stand.notes
    return found
