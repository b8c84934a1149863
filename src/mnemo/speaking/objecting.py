"""What memory holds against an edit: that it was tried and failed, or that it must not be there."""

from __future__ import annotations

from mnemo import ids
from mnemo.errors import Invalid
from mnemo.light import NamedTuple
from mnemo.model.anchor import anchor_from_record
from mnemo.model.claim import View
from mnemo.model.moment import Moment
from mnemo.retrieval import cards
from mnemo.speaking import forbidding, matching, repeating
from mnemo.speaking.found import Found, Payload, choose, iter_said
from mnemo.speaking.said import Where
from mnemo.store import glance, search
from mnemo.store.connections import Connection
from mnemo.store.search import Words

MOST_RULES = 400  # assertions with an anchor in the file, or in none, among which rules are looked for
MOST_WORDS = 30
PAGE = 200
MOST_TRIED = 24
MOST_ASKED = 3
# These report a tool when it was used: the text is in the file already.
AFTERWARDS = ("cursor", "gemini")


class Objection(NamedTuple):
    """A claim that an edit goes against.

    Args:
        found: the claim; why says what the edit does.
        says: the claim's payload.
        broken: positions of its anchors that the new text breaks.
        done: whether the edit was made already, so that the code breaks them too.
    """

    found: Found
    says: Payload
    broken: tuple[int, ...]
    done: bool

    @property
    def payload(self) -> Payload:
        """What the claim says, with the anchors by which it was true until this edit."""
        if not self.done:
            return self.says
        given = enumerate(self.says.get("anchors", []))
        return {**self.says, "anchors": [one for at, one in given if at not in self.broken]}


def object_to(connection: Connection, moment: Moment, path: str, where: Where, view: View) -> list[Objection]:
    """Return the claims that an edit goes against: first what must not be there, then what failed before.

    Args:
        connection: a reader.
        moment: of kind tool, with the new text.
        path: the file, as the repository names it.
        where: what may be looked at.
        view: from where memory is looked at.
    """
    done = moment.client in AFTERWARDS
    before = before_of(moment, path, where)
    new = moment.text if before is None else _added(before, moment.text)
    if not new.strip():
        return []
    rules = _rules(connection, path, where, view, before, new)
    broken = [Objection(one, says, at, done) for one, says, at in rules]
    known = {one.found.address for one in broken}
    failed = _failures(connection, path, where, view, new)
    return broken + [Objection(one, says, (), done) for one, says in failed if one.address not in known]


def question(objections: list[Objection]) -> str:
    """Return what the person is asked: each claim an edit goes against, why, and its address."""
    lines = [f"mnemo: the edit {_described(one)}" for one in objections[:MOST_ASKED]]
    more = len(objections) - MOST_ASKED
    return "\n".join([*lines, *([f"mnemo: and {more} more"] if more > 0 else [])])


def _described(one: Objection) -> str:
    why = one.says.get("why")
    said = f'{one.found.why}: "{cards.phrase(one.says["content"].strip(), cards.LINE)}"'
    said += f', why: "{cards.phrase(why, cards.LINE)}"' if why else ""
    return f"{said} ({ids.short(one.found.address)})"


def brought(moment: Moment, before: str | None) -> str:
    """Return what an edit brings: of its text the lines that the file does not hold already.

    Args:
        moment: of kind tool, with the new text.
        before: what the file holds; None where there is none, or where it was changed already.
    """
    return moment.text if before is None else _added(before, moment.text)


def before_of(moment: Moment, path: str, where: Where) -> str | None:
    """Return what the file held before an edit, as far as that can still be seen."""
    return None if moment.client in AFTERWARDS else _before(path, where)


def _before(path: str, where: Where) -> str | None:
    """Return what a file holds now: None when there is none, nothing when it cannot be read."""
    try:
        return where.tree.read(path)
    except Invalid:
        return ""


def _added(before: str, new: str) -> str:
    """Return the lines of a text that the file does not hold already."""
    held = set(before.split("\n"))
    return "\n".join(line for line in new.replace("\r\n", "\n").split("\n") if line not in held)


def _rules(
    connection: Connection, path: str, where: Where, view: View, before: str | None, new: str
) -> list[tuple[Found, Payload, tuple[int, ...]]]:
    rows = glance.list_forbidding(connection, (path, ""), MOST_RULES)
    found, _ = choose(connection, [(row, "") for row in rows], view)
    broken: list[tuple[Found, Payload, tuple[int, ...]]] = []
    for one, says in iter_said(connection, found):
        records = says.get("anchors", [])
        at = tuple(
            position
            for position, record in enumerate(records)
            if forbidding.is_broken(anchor_from_record(record), path, before, new, where.deadline)
        )
        if at:
            names = ", ".join(cards.anchor_name({**records[each], "absent": False}) for each in at)
            broken.append((one._replace(why=f"brings what must not be there ({names})"), says, at))
    return broken


def _failures(
    connection: Connection, path: str, where: Where, view: View, new: str
) -> list[tuple[Found, Payload]]:
    wanted = matching.sought(connection, new)
    asked = matching.special_words(wanted)[:MOST_WORDS]
    if not asked:
        return []
    page = next(search.iter_pages(connection, Words(asked, ()), PAGE))
    rows = glance.list_in_domain(connection, [claim for claim, _ in page], "history")[:MOST_TRIED]
    found, _ = choose(connection, [(row, "") for row in rows], view)
    floor, written = where.settings.number("hook.floor"), repeating.passages(new, path)
    failed: list[tuple[Found, Payload]] = []
    for one, says in iter_said(connection, found):
        what = repeating.tried(says["content"], says.get("why") or "")
        share = repeating.repeated(connection, what, written, floor) if what else 0.0
        if share:
            failed.append((one._replace(why=f"repeats what was tried before ({share:.2f})"), says))
    return failed
