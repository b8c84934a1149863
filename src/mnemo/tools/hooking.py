"""Hooks, for people and for the running server: what was said, what is kept quiet, and a moment answered."""

from __future__ import annotations

import time
from typing import Any, cast

from mnemo import clock, projects
from mnemo.capture.keeping import capture
from mnemo.errors import Invalid, MnemoError
from mnemo.memory import listing, reasons
from mnemo.model.moment import EVENTS, Moment, is_off, is_wanted
from mnemo.project import Project, actor
from mnemo.repo.files import WorkingTree
from mnemo.speaking import contexts, telling
from mnemo.store import events
from mnemo.store.connections import Connection
from mnemo.tools import remembering
from mnemo.tools.marks import writes
from mnemo.tools.remembering import SCHEMA

Record = dict[str, Any]

MOST_MOMENTS = 1_000
ANSWER_S = 0.2  # a client waits for this as it does for a hook


def hook_last(count: int = 5, session: str = "") -> Record:
    """Show what hooks said, why, and what they left out, newest first.

    Args:
        count: how many moments.
        session: only this conversation, as the client names it.
    """
    if not 1 <= count <= MOST_MOMENTS:
        raise Invalid(
            f"count is {count}, not between 1 and {MOST_MOMENTS}.", "`mnemo hook last 5` shows five."
        )
    project = projects.current()
    found = contexts.list_last(project.db.folder, count, session)
    with project.db.reading() as connection:
        moments = [_moment(connection, one) for one in found]
    return {**SCHEMA, "moments": moments, "notes": project.told()}


def quiet(address: str, off: bool = False) -> Record:
    """Keep one claim out of what hooks say; recall tells it as before.

    Args:
        address: its address or a unique beginning of it.
        off: let hooks tell it again.
    """
    project = projects.current(writing=True)
    owner, full = remembering.owner_of(project, address)
    part = {"do": "quiet", "on": not off}
    with owner.db.transaction() as connection:
        events.record(
            connection, "quiet", {f"claim/{full}": part}, at=owner.at(), now=owner.now(), space=owner.space
        )
    return {**SCHEMA, "address": full, "quiet": not off, "notes": project.told()}


@writes("Answer a client's hook")
def memory_hook(
    event: str,
    path: str = "",
    prompt: str = "",
    session: str = "",
    agent: str = "",
    text: str = "",
    tool: str = "",
    source: str = "",
    answer: str = "",
    transcript: str = "",
) -> Record:
    """Answer a hook of type mcp_tool as `mnemo hook` would, from the running server.

    Args:
        event: as Claude Code spells it.
        path: the file that a tool reads or changes.
        prompt: what the person typed.
        session: the client's conversation.
        agent: a sub-agent's id.
        text: new text that an edit would write.
        tool: the tool's name.
        source: how the session started, or why it ends.
        answer: the agent's last answer.
        transcript: the file that holds the conversation.
    """
    silent: Record = {**SCHEMA, "event": event, "text": "", "person": "", "ask": "", "told": []}
    kind = EVENTS.get(event)
    if kind is None:
        return silent
    moment = Moment(kind, "claude", session, agent, source, "", tool, path, text, prompt, answer, transcript)
    try:
        return {**silent, **_answered(projects.current(), moment, event)}
    except MnemoError as error:
        return {**silent, "failed": error.word}


def _answered(project: Project, moment: Moment, event: str) -> Record:
    """Speak or listen, in the place and under the settings of the server's project."""
    settings, place, tree = project.settings, project.place, project.tree
    wanted = is_wanted(event, moment.kind, str(settings.get("hook.events").value))
    switched_off = is_off(str(settings.get("MNEMO_HOOK").value))
    if switched_off or not wanted or place is None or not isinstance(tree, WorkingTree):
        return {}
    if moment.kind in ("start", "prompt", "tool"):
        deadline = time.monotonic() + ANSWER_S
        said = telling.speak(
            moment, telling.Where(project.db, place, tree, settings, project.now(), deadline)
        )
        told = [one._asdict() for one in said.told]
        return {"text": said.text, "person": said.person, "ask": said.ask, "told": told}
    with_session = moment if moment.session else moment._replace(session=actor().session)
    capture(with_session, project.db, place, project.head(), settings, project.now(), project.environ)
    return {}


def _moment(connection: Connection, record: Record) -> Record:
    """Return what one line of a conversation's file says, as people see it."""
    at = record.get("at")
    when = clock.iso(clock.from_ms(at)) if isinstance(at, int) else ""
    fields = ("kind", "client", "agent", "source", "tool", "path", "tokens")
    shown = {name: record[name] for name in fields if record.get(name)}
    claims = {
        name: [_claim(connection, one) for one in _list(record.get(name))] for name in ("told", "left_out")
    }
    return {"at": when, **shown, **claims}


def _claim(connection: Connection, told: Any) -> Record:
    address, why = [str(each) for each in [*_list(told), "", ""][:2]]
    headline = reasons.headline_of(connection, address) or listing.ERASED
    return {"address": address, "headline": headline, "why": why}


def _list(value: Any) -> list[Any]:
    return list(cast("list[Any]", value)) if isinstance(value, list) else []
