"""Saying what was found: judged first, under the cap, each claim once in a context, and noted."""

from __future__ import annotations

from mnemo.light import Any, NamedTuple
from mnemo.model.moment import Moment
from mnemo.redact import clean
from mnemo.retrieval.judging import Judge, Judged, judged
from mnemo.speaking import contexts, sight
from mnemo.speaking.contexts import Context
from mnemo.speaking.found import Found, Payload, iter_said
from mnemo.speaking.said import Said, Told, Where
from mnemo.speaking.speech import CARD, DATA, Speech
from mnemo.store.connections import Connection
from mnemo.tokens import estimate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mnemo.speaking.objecting import Objection

MOST_JUDGED = 40
MOST_LEFT_OUT = 12
CROWD = 4  # claims from which each is told in fewer characters, so that more are heard
CROWDED_CARD = 260
LONGEST_NOTED = 300


class Search(NamedTuple):
    """What one moment found.

    Args:
        head: the line before the first claim.
        found: claims that may be told, best first.
        left_out: claims that were found and are kept back.
        opening: parts that come first, each with the claims it names.
        words: what the prompt asked about, to order what later files bring.
        person: one line for the person.
        against: claims that an edit goes against, told before all others.
    """

    head: str
    found: list[Found]
    left_out: list[Told]
    opening: tuple[tuple[str, tuple[Told, ...]], ...] = ()
    words: tuple[str, ...] = ()
    person: str = ""
    against: tuple[Objection, ...] = ()


class Hearing:
    """What claims say and what the code says of them, each read and judged when its turn comes.

    Args:
        connection: a reader.
        judge: judges one anchor.
    """

    def __init__(self, connection: Connection, judge: Judge) -> None:
        self._connection = connection
        self._judge = judge
        self._heard: dict[str, tuple[Payload, Judged] | None] = {}

    def may_hear(self, found: Found) -> bool:
        """Whether a claim was heard already, or there is room for one more."""
        return found.address in self._heard or len(self._heard) < MOST_JUDGED

    def hear(self, found: Found, payload: Payload | None = None) -> tuple[Payload, Judged] | None:
        """Return what a claim says and how it was judged; None when it was erased.

        Args:
            found: the claim.
            payload: by which it is judged, where that was read already.
        """
        if found.address not in self._heard:
            if payload is None:
                payload = next((says for _, says in iter_said(self._connection, [found])), None)
            commit = found.assertion.commit
            self._heard[found.address] = (payload, judged(payload, self._judge, commit)) if payload else None
        return self._heard[found.address]


def utter(
    connection: Connection, moment: Moment, where: Where, budget: int, searched: Search, context: Context
) -> Said:
    """Return what is said of what was found, and note it in the context.

    Args:
        connection: a reader.
        moment: when.
        where: what may be looked at.
        budget: most tokens.
        searched: what was found.
        context: what was told so far.
    """
    hearing = Hearing(connection, sight.judge_of(where, where.deadline))
    said = _compose(searched, context, budget, where, hearing)
    if not said.told and not said.left_out and not searched.words and not said.text:
        return said
    earlier = _note(moment, where, searched, said)
    if earlier and not earlier.told.isdisjoint(one.address for one in said.told):
        heard = context._replace(told=context.told | earlier.told, against=context.against | earlier.against)
        said = _compose(searched, heard, budget, where, hearing)
    return said


def _compose(searched: Search, context: Context, budget: int, where: Where, hearing: Hearing) -> Said:
    speech = Speech(budget, where.now)
    told: list[Told] = []
    spoken = {one.found.address for one in searched.against}
    left_out = [one for one in searched.left_out if one.address not in spoken]
    for part, named in searched.opening:
        if speech.add(part):
            told += named
    standing = _object(searched, context, speech, hearing, told, left_out) if searched.against else []
    others = [one for one in searched.found if one.address not in spoken]
    fresh = [one for one in others if one.address not in context.told]
    for one in others:
        if one.address in context.told:
            _leave(left_out, one, "told already")
    largest = CARD if len(fresh) < CROWD else CROWDED_CARD
    head = searched.head
    for one in fresh:
        if speech.full or not hearing.may_hear(one):
            _leave(left_out, one, "budget")
            continue
        heard = hearing.hear(one)
        if heard is None:
            continue
        payload, found = heard
        if found.verdict == "refuted":
            _leave(left_out, one, f"withheld: {found.reason}")
        elif speech.add_claim(one, payload, found, head=head, largest=largest):
            told.append(one.told(one.why))
            head = ""
        else:
            _leave(left_out, one, "budget")
    return Said(speech.text, searched.person, tuple(told), tuple(left_out), _question(where, standing))


def _leave(left_out: list[Told], one: Found, why: str) -> None:
    """Note what is kept back, as far as that is kept."""
    if len(left_out) < MOST_LEFT_OUT:
        left_out.append(one.told(why))


def _object(
    searched: Search,
    context: Context,
    speech: Speech,
    hearing: Hearing,
    told: list[Told],
    left_out: list[Told],
) -> list[Objection]:
    """Tell what an edit goes against, once for that reason; return all of it that the code still supports."""
    standing: list[Objection] = []
    for one in searched.against:
        claim = one.found
        heard = hearing.hear(claim, one.payload)
        if heard is None:
            continue
        payload, found = heard
        if found.verdict == "refuted":
            left_out.append(claim.told(f"withheld: {found.reason}"))
            continue
        standing.append(one)
        head = f"mnemo: this edit {claim.why}" + ("" if speech.cards else f"; {DATA}")
        if claim.address in context.against:
            left_out.append(claim.told("told already"))
        elif speech.add_claim(claim, payload, found, head=head, largest=CROWDED_CARD, reasoned=True):
            told.append(claim.told(claim.why))
        else:
            left_out.append(claim.told("budget"))
    return standing


def _question(where: Where, standing: list[Objection]) -> str:
    """Return what the person is asked before the edit, where the setting says so."""
    if not standing or where.settings.get("hook.stop").value != "ask":
        return ""
    from mnemo.speaking.objecting import question

    return question(standing)


def _note(moment: Moment, where: Where, searched: Search, said: Said) -> Context | None:
    """Note a moment; return what another hook of the same context told meanwhile."""
    against = {one.found.address for one in searched.against}
    foreign: dict[str, Any] = {
        "kind": moment.kind,
        "client": moment.client,
        "agent": moment.agent,
        "source": moment.source,
        "tool": moment.tool,
        "path": moment.path[:LONGEST_NOTED],
        "told": [list(one) for one in said.told],
        "left_out": [list(one) for one in said.left_out[:MOST_LEFT_OUT]],
        "words": list(searched.words),
    }
    own: dict[str, Any] = {
        "at": where.now,
        "tokens": estimate(said.text) if said.text else 0,
        "against": [one.address for one in said.told if one.address in against],
        "asked": bool(said.ask),
        "nameless": not moment.session,
    }
    record = {name: value for name, value in (clean(foreign) | own).items() if value}
    path = contexts.path_of(where.db.folder, moment.session)
    earlier = contexts.note(path, record)
    forgotten = moment.kind == "start" and moment.source in contexts.FORGETFUL
    return None if forgotten else earlier
