"""The toolset for working on what is known: changing, strengthening, linking, searching, inspecting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from mnemo import projects
from mnemo.memory import inspecting, linking, searching
from mnemo.model.claim import View
from mnemo.project import Project, actor
from mnemo.store.connections import Connection
from mnemo.tools import fanning, remembering, revising
from mnemo.tools.core import Domain
from mnemo.tools.marks import reads, writes
from mnemo.tools.remembering import SCHEMA

Record = dict[str, Any]
Relation = Literal["relates_to", "caused_by", "depends_on", "blocks", "enables", "contradicts"]


@writes("Update a claim")
def memory_update(
    old_address: str, new_content: str, reason: str | None = None, domain: Domain | None = None
) -> Record:
    """Replace a claim by what holds now; anchors, tags, links, confidence and counts pass to the new one.

    Args:
        old_address: the claim that no longer says it right.
        new_content: what holds now.
        reason: why it changed; left out, the old claim's reason stays.
        domain: what kind of knowledge it is; left out, the old claim's.
    """
    project = projects.current(writing=True)
    owner, address = remembering.owner_of(project, old_address)
    with owner.db.reading() as connection:
        linking.get_live(connection, address, owner.view())
    record = revising.updated(project, owner, address, new_content, reason, domain)
    _acted_on(owner, address)
    return record


@writes("Reinforce a claim")
def memory_reinforce(address: str) -> Record:
    """Say of a claim that it held again, so that it ranks higher and ages more slowly.

    Args:
        address: the claim.
    """
    project = projects.current(writing=True)
    owner, full = remembering.owner_of(project, address)

    def write(connection: Connection, view: View) -> Record:
        one = linking.reinforce(connection, full, view, at=owner.at(), now=owner.now(), space=owner.space)
        return {"address": full, "reinforced": one.reinforced, "standing": one.standing}

    record = _written(owner, write)
    owner.note_deed("reinforce", "reinforced 1", [full])
    _acted_on(owner, full)
    return {**SCHEMA, **record, "notes": project.told()}


@writes("Link two claims")
def memory_link(source: str, target: str, rel: Relation) -> Record:
    """Link two claims, so that who is told one finds the other.

    Args:
        source: the claim that the relation is read from.
        target: the claim that it leads to.
        rel: how source stands to target: source depends_on target, source caused_by target.
    """
    project = projects.current(writing=True)
    relation = linking.checked_relation(rel)
    owner, one = remembering.owner_of(project, source)
    other = fanning.resolved_in(owner, target)

    def write(connection: Connection, view: View) -> Record:
        new = linking.link(
            connection, one, other, relation, view, at=owner.at(), now=owner.now(), space=owner.space
        )
        return {"source": one, "target": other, "rel": relation, "new": new}

    record = _written(owner, write)
    if record["new"]:
        owner.note_deed("link", f"linked 2 by {relation}", [one, other])
    for address in (one, other):
        _acted_on(owner, address)
    return {**SCHEMA, **record, "notes": project.told()}


@reads("Search claims")
def memory_search(
    query: str,
    max_results: int = 10,
    scope: Literal["all", "project", "global"] = "all",
    project: str = "",
) -> Record:
    """List what matches, a line each; recall tells the few that matter in full.

    Args:
        query: words or a question.
        max_results: most matches listed.
        scope: this project's memory, your global one, or all.
        project: a folder, name or id of another project, or all to search every one.
    """
    here = projects.current()
    most = searching.checked_most(max_results)
    notes: list[str] = []
    found = fanning.search(here, query, most, scope, project, notes)
    results, withheld = searching.united(found, most)
    return {
        **SCHEMA,
        "query": query,
        "results": results,
        "withheld": withheld,
        "notes": [*notes, *here.told()],
    }


@reads("Inspect a claim")
def memory_query(address: str) -> Record:
    """Show one claim with all that is known of it, whatever became of it: anchors, links, origin, counts.

    Args:
        address: the claim.
    """
    project = projects.current()
    owner, full = remembering.owner_of(project, address)
    with owner.db.reading() as connection:
        counts = owner.recalls.counts_of(connection, full)
        record = inspecting.inspect(connection, full, owner.view(), project.patient_judge(), counts)
    return {**SCHEMA, **record, "notes": project.told()}


def _written(owner: Project, write: Callable[[Connection, View], Record]) -> Record:
    """Do a deed in the store that holds the claim, which may be the user's global one."""
    owner.check(writing=True)
    view = owner.view()
    with owner.db.transaction() as connection:
        return write(connection, view)


def _acted_on(owner: Project, address: str) -> None:
    owner.recalls.acted_on(actor().session, address)
