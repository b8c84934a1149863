"""What memory answers to a prompt, or to a file that is read or changed."""

from __future__ import annotations

from mnemo.errors import MnemoError
from mnemo.model.claim import View
from mnemo.model.moment import Moment
from mnemo.repo import head as heads
from mnemo.repo.paths import iter_folders, may_hold_text, secret
from mnemo.retrieval import cards
from mnemo.speaking import contexts, matching, sight
from mnemo.speaking.contexts import Context
from mnemo.speaking.found import Found, choose
from mnemo.speaking.said import SILENCE, Said, Told, Where
from mnemo.speaking.speech import DATA
from mnemo.speaking.tracked import Index
from mnemo.speaking.uttering import Search, utter
from mnemo.store import glance, search
from mnemo.store.connections import Connection

MOST_ANCHORED = 64
MOST_CHOSEN = 24  # of them, after they were put in order
MOST_MATCHING = 12
MOST_FOLDER = 16
MOST_NAMING = 4  # claims that hold the name of a file that a prompt names
MOST_NEARLY = 3  # claims below the floor that are noted as left out
MOST_WORDS_KEPT = 60

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mnemo.speaking.objecting import Objection

Rows = list[tuple[int, str]]


def answer(moment: Moment, where: Where, budget: int) -> Said:
    """Return what memory says to a prompt, or about a file in use; silence where it has nothing to say.

    Args:
        moment: of kind prompt or tool.
        where: what may be looked at.
        budget: most tokens.

    Raises:
        MnemoError: the store cannot be read, or a setting has no usable value.
    """
    file = contexts.path_of(where.db.folder, moment.session)
    context = contexts.read(file, moment.agent, where.now, nameless=not moment.session)
    head = heads.read_head(where.place)
    with where.db.reading() as connection:
        view = sight.view_of(connection, head, moment.session, where)
        look = _prompted if moment.kind == "prompt" else _used
        searched = look(connection, moment, where, view, context)
        return utter(connection, moment, where, budget, searched, context) if searched else SILENCE


def _prompted(
    connection: Connection, moment: Moment, where: Where, view: View, context: Context
) -> Search | None:
    """Look for claims about the files that a prompt names, then for those that it clearly speaks of."""
    from mnemo.speaking import correcting
    from mnemo.speaking.naming import list_files, list_naming

    if not moment.prompt.strip():
        return None
    rows: Rows = []
    wanted = matching.sought(connection, moment.prompt)
    for path in list_files(moment.prompt, where.tree, Index(where.place)):
        if not secret(path):
            why = f"names {cards.phrase(path.rpartition('/')[2])}"
            naming = [(row, why) for row in list_naming(connection, path)]
            naming = _by_words(connection, naming, [wanted])[:MOST_NAMING]
            rows += _by_words(connection, _anchored(connection, path, where) + naming, [wanted])
    opening: tuple[tuple[str, tuple[Told, ...]], ...] = ()
    if context.session and correcting.corrects(moment.prompt):
        opening = correcting.reply(connection, context.session, wanted, view, where.now)
    found, left_out = _with_matches(connection, rows, matching.matches(connection, wanted), where, view)
    answered = {one.address for _, named in opening for one in named}
    found = [one for one in found if one.address not in answered]
    words = matching.known_words(wanted)[:MOST_WORDS_KEPT]
    return Search(f"mnemo; {DATA}", found, left_out, opening, words)


def _used(
    connection: Connection, moment: Moment, where: Where, view: View, context: Context
) -> Search | None:
    """Look for claims about a file that is read or changed, then for those the new text clearly speaks of."""
    path = _path_of(moment.path, where)
    if not path or secret(path) or not may_hold_text(path):
        return None
    against: list[Objection] = []
    new = ""
    if moment.text.strip():
        from mnemo.speaking.objecting import before_of, brought, object_to

        against = object_to(connection, moment, path, where, view)
        new = brought(moment, before_of(moment, path, where))
    fresh, heard = _parted(connection, _anchored(connection, path, where), context)
    written = [matching.sought(connection, new)] if new.strip() else []
    asked = [matching.sought(connection, path=path, words=context.words)] if len(fresh) > 1 else []
    rows = _by_words(connection, fresh, asked + written)[:MOST_CHOSEN] + heard[:MOST_CHOSEN]
    matched: list[matching.Match] = []
    # Of a file that git does not track only what someone anchored to it is told.
    if not where.tree.exists(path) or Index(where.place).holds(path) is not False:
        folders = [path, *iter_folders(path)]
        rows += [(row, "speaks for it") for row in glance.list_for_folders(connection, folders, MOST_FOLDER)]
        matched = matching.named_by(connection, path, context.words)
        for one in written:
            matched += matching.matches(connection, one, edit=True)
    found, left_out = _with_matches(connection, rows, matched, where, view)
    return Search(f"mnemo on {cards.phrase(path)}; {DATA}", found, left_out, against=tuple(against))


def _anchored(connection: Connection, path: str, where: Where) -> Rows:
    """Return claims that have an anchor in a file, and those that are known to have been followed to it."""
    why = f"anchored to {cards.phrase(path)}"
    rows = glance.list_at_file(connection, path, MOST_ANCHORED)
    rows += glance.list_followed_to(connection, path, where.place.worktree, MOST_ANCHORED)
    return [(row, why) for row in rows]


def _parted(connection: Connection, rows: Rows, context: Context) -> tuple[Rows, Rows]:
    """Part claims that this context has not heard yet from those that it has."""
    addresses = glance.addresses_of(connection, [row for row, _ in rows]) if context.told else {}
    heard = {row for row, address in addresses.items() if address in context.told}
    return [one for one in rows if one[0] not in heard], [one for one in rows if one[0] in heard]


def _by_words(connection: Connection, rows: Rows, asked: list[matching.Sought]) -> Rows:
    """Order claims by what the prompt asked about and the new text holds, then the newest first."""
    if len(rows) < 2:
        return rows
    texts = search.texts_of(connection, [row for row, _ in rows])
    held = {row: sum(matching.weighed(one, texts.get(row, "")).got for one in asked) for row, _ in rows}
    return sorted(rows, key=lambda row: -held[row[0]])


def _with_matches(
    connection: Connection, rows: Rows, matched: list[matching.Match], where: Where, view: View
) -> tuple[list[Found], list[Told]]:
    """Return what may be told of claims found by path and by text, and what is left out of it."""
    floor = where.settings.number("hook.floor")
    clear = [one for one in matched if matching.is_clear(one, floor)][:MOST_MATCHING]
    told = [*rows, *((one.claim, f"matches {one.weight.share:.2f}") for one in clear)]
    found, left_out = choose(connection, told, view)
    known = {row for row, _ in told}
    nearly = [one for one in matched if one.claim not in known and one.weight.words][:MOST_NEARLY]
    below, _ = choose(connection, [(one.claim, f"floor: {one.weight.share:.2f}") for one in nearly], view)
    return found, left_out + [one.told(one.why) for one in below]


def _path_of(given: str, where: Where) -> str:
    """Return a file as the repository names it; empty for what lies outside or is none of its files."""
    try:
        path = where.tree.relative(given) if given else ""
        return "" if path in ("", ".") else path
    except MnemoError:
        return ""
