"""What memory says when a session starts: where it is, what is open, what is loud, what is no longer true."""

from __future__ import annotations

import time

from mnemo import ids
from mnemo.model import work
from mnemo.model.moment import Moment
from mnemo.repo import head as heads
from mnemo.repo.head import Head
from mnemo.retrieval import cards
from mnemo.speaking import contexts, notes, refuting, sight
from mnemo.speaking.found import choose
from mnemo.speaking.refuting import Refuted
from mnemo.speaking.said import Said, Told, Where
from mnemo.speaking.speech import DATA
from mnemo.speaking.uttering import Search, utter
from mnemo.store import glance, objects, queue
from mnemo.store.connections import Connection

MOST_TASKS = 5
MOST_LOUD = 24
MOST_REFUTED = 4
TITLE = 90
REASON = 120
TASK_ID = 13  # task_ and eight digits
COUNTS = "counts.json"
JUDGING_SHARE = 0.6  # of the time that is left, for what was refuted; the rest is for the claims told

Parts = list[tuple[str, tuple[Told, ...]]]


def open_session(moment: Moment, where: Where, budget: int) -> Said:
    """Return what a session is told at its start.

    Args:
        moment: of kind start; its source compact or clear lets everything be told again.
        where: what may be looked at.
        budget: most tokens.

    Raises:
        MnemoError: the store cannot be read.
    """
    head = heads.read_head(where.place)
    if not where.db.exists():
        return _empty(head)
    contexts.sweep(where.db.folder, where.now)
    with where.db.reading() as connection:
        newest = where.db.newest(connection)
        if not glance.has_claims(connection):
            said = _empty(head)
            tasks = _tasks(connection, head.branch)
            return said._replace(text="\n".join([said.text, *tasks])) if tasks else said
        until = time.monotonic() + JUDGING_SHARE * (where.deadline - time.monotonic())
        view = sight.view_of(connection, head, moment.session, where)
        judge = sight.judge_of(where, until)
        refuted = refuting.look(connection, where, view, judge, until)
        count, loud = _counted(connection, where, view.branch, view.contained, newest)
        found, left_out = choose(connection, ((row, "loud") for row in loud), view)
        found = [
            one._replace(why=f"priority {one.assertion.priority / 1000:g}")
            for one in found
            if one.assertion.priority >= glance.LOUD
        ]
        tasks = _tasks(connection, head.branch)
        opening: Parts = [(_first_line(head, count, refuted.known), ())]
        opening += [("\n".join(tasks), ())] if tasks else []
        opening += _refuted(refuted)
        person = _person(count, refuted)
        searched = Search(f"loud claims; {DATA}", found, left_out, tuple(opening), person=person)
        return utter(connection, moment, where, budget, searched, _context(moment, where))


def _context(moment: Moment, where: Where) -> contexts.Context:
    if moment.source in contexts.FORGETFUL:
        return contexts.NOTHING
    file = contexts.path_of(where.db.folder, moment.session)
    return contexts.read(file, moment.agent, where.now, nameless=not moment.session)


def _empty(head: Head) -> Said:
    branch = cards.phrase(head.branch)
    text = (
        f"mnemo on {branch}: the memory of this repository is empty; `mnemo import auto` fills it from its "
        "documents and rules, the claim tool keeps what is learned."
    )
    return Said(text, "mnemo: no claims yet; `mnemo import auto` brings in what the project already knows")


def _first_line(head: Head, count: int, refuted: int) -> str:
    wrong = f", {refuted} no longer supported by the code" if refuted else ""
    return f"mnemo on {cards.phrase(head.branch)}: {_claims(count)}{wrong}; recall finds them"


def _person(count: int, refuted: Refuted) -> str:
    wrong = f", {refuted.known} no longer true" if refuted.known else ""
    return f"mnemo: {_claims(count)}{wrong}"


def _claims(count: int) -> str:
    return f"{count:,} claim{'' if count == 1 else 's'}"


def _tasks(connection: Connection, branch: str) -> list[str]:
    """Return lines on the branch's open tasks: how many, and the newest few by title."""
    rows = queue.list_tasks(connection, branch, work.OPEN, MOST_TASKS + 1)
    if not rows:
        return []
    more = f"{MOST_TASKS} and more" if len(rows) > MOST_TASKS else str(len(rows))
    lines = [f"open tasks: {more}"]
    for row in rows[:MOST_TASKS]:
        title = (objects.find(connection, row["object"]) or {}).get("title", "")
        lines.append(f"{row['task'][:TASK_ID]} {row['status']}: {cards.phrase(title, TITLE)}")
    return lines


def _refuted(refuted: Refuted) -> Parts:
    """Return the claims that the code refuted since the last start, with the reason and what tells more."""
    if not refuted.new:
        return []
    lines = ["no longer supported by the code since the last session (verify tells more):"]
    for one in refuted.new[:MOST_REFUTED]:
        lines.append(f"{ids.short(one.found.address)}: {cards.phrase(one.reason, REASON)}")
        lines.append(cards.quoted(cards.phrase(one.content.strip().split("\n", 1)[0])))
    rest = len(refuted.new) - MOST_REFUTED
    return [("\n".join([*lines, *([f"and {rest} more"] if rest > 0 else [])]), ())]


def _counted(
    connection: Connection, where: Where, branch: str, contained: frozenset[tuple[str, str]], newest: int
) -> tuple[int, list[int]]:
    """Return how many claims hold here and which are loud, counted anew only after a deed.

    In a store of 100,000 claims both look at every row, for which no session's start should wait each time.
    """
    key = [newest, branch, len(contained)]
    kept = notes.read(where.db.folder, COUNTS)
    count, loud = kept.get("count"), kept.get("loud")
    if kept.get("key") == key and isinstance(count, int) and isinstance(loud, list):
        return count, [row for row in loud if isinstance(row, int)]  # pyright: ignore[reportUnknownVariableType]
    count = glance.count_active(connection, branch, contained)
    rows = glance.list_loud(connection, MOST_LOUD)
    notes.write(where.db.folder, COUNTS, {"key": key, "count": count, "loud": rows})
    return count, rows
