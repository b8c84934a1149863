"""Saying what was found: judged first, under the cap, each claim once in a context, and noted."""

from __future__ import annotations

from mnemo.light import Any, NamedTuple
from mnemo.model.moment import Moment
from mnemo.redact import clean
from mnemo.retrieval.judging import Judge, Judged, judged
from mnemo.speaking import contexts, sight
from mnemo.speaking.contexts import Context
from mnemo.speaking.found import Found
from mnemo.speaking.said import Said, Told, Where
from mnemo.speaking.speech import CARD, DATA, Speech
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


def utter(moment: Moment, where: Where, budget: int, searched: Search, context: Context) -> Said:
    """Return what is said of what was found, and note it in the context.

    Args:
        moment: when.
        where: what may be looked at.
        budget: most tokens.
        searched: what was found.
        context: what was told so far.
    """
    judge = sight.judge_of(where, where.deadline)
    verdicts: dict[str, Judged] = {}
    said = _compose(searched, context, budget, where, judge, verdicts)
    if not said.told and not said.left_out and not searched.words and not said.text:
        return said
    earlier = _note(moment, where, searched, said)
    if earlier and not earlier.told.isdisjoint(one.address for one in said.told):
        heard = context._replace(told=context.told | earlier.told, against=context.against | earlier.against)
        said = _compose(searched, heard, budget, where, judge, verdicts)
    return said


def _compose(
    searched: Search,
    context: Context,
    budget: int,
    where: Where,
    judge: Judge,
    verdicts: dict[str, Judged],
) -> Said:
    speech = Speech(budget, where.now)
    told: list[Told] = []
    spoken = {one.found.assertion.address for one in searched.against}
    left_out = [one for one in searched.left_out if one.address not in spoken]
    for part, named in searched.opening:
        if speech.add(part):
            told += named
    standing = _object(searched, context, speech, judge, verdicts, told, left_out) if searched.against else []
    others = [one for one in searched.found if one.assertion.address not in spoken]
    fresh = [one for one in others if one.assertion.address not in context.told]
    for one in others:
        if one.assertion.address in context.told:
            _leave(left_out, one, "told already")
    largest = CARD if len(fresh) < CROWD else CROWDED_CARD
    head = searched.head
    for one in fresh:
        address = one.assertion.address
        if speech.full or (len(verdicts) >= MOST_JUDGED and address not in verdicts):
            _leave(left_out, one, "budget")
            continue
        if address not in verdicts:
            verdicts[address] = judged(one.payload, judge, one.assertion.commit)
        found = verdicts[address]
        if found.verdict == "refuted":
            _leave(left_out, one, f"withheld: {found.reason}")
        elif speech.add_claim(one, found, head=head, largest=largest):
            told.append(one.told(one.why))
            head = ""
        else:
            _leave(left_out, one, "budget")
    return Said(speech.text, searched.person, tuple(told), tuple(left_out), _question(where, standing))


def _leave(left_out: list[Told], one: Found, why: str) -> None:
    """Note what is kept back; more than can be noted is not even worded, which costs a large store most."""
    if len(left_out) < MOST_LEFT_OUT:
        left_out.append(one.told(why))


def _object(
    searched: Search,
    context: Context,
    speech: Speech,
    judge: Judge,
    verdicts: dict[str, Judged],
    told: list[Told],
    left_out: list[Told],
) -> list[Objection]:
    """Tell what an edit goes against, once for that reason; return all of it that the code still supports."""
    standing: list[Objection] = []
    for one in searched.against:
        claim, address = one.found, one.found.assertion.address
        if address not in verdicts:
            verdicts[address] = judged(one.payload, judge, claim.assertion.commit)
        found = verdicts[address]
        if found.verdict == "refuted":
            left_out.append(claim.told(f"withheld: {found.reason}"))
            continue
        standing.append(one)
        head = f"mnemo: this edit {claim.why}" + ("" if speech.cards else f"; {DATA}")
        if address in context.against:
            left_out.append(claim.told("told already"))
        elif speech.add_claim(claim, found, head=head, largest=CROWDED_CARD, reasoned=True):
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
    against = {one.found.assertion.address for one in searched.against}
    record: dict[str, Any] = {
        "at": where.now,
        "kind": moment.kind,
        "client": moment.client,
        "agent": moment.agent,
        "source": moment.source,
        "tool": moment.tool,
        "path": moment.path[:LONGEST_NOTED],
        "tokens": estimate(said.text) if said.text else 0,
        "told": [list(one) for one in said.told],
        "left_out": [list(one) for one in said.left_out[:MOST_LEFT_OUT]],
        "against": [one.address for one in said.told if one.address in against],
        "asked": bool(said.ask),
        "words": list(searched.words),
        "nameless": not moment.session,
    }
    kept = {name: value for name, value in record.items() if value not in ("", [], False, 0)}
    path = contexts.path_of(where.db.folder, moment.session)
    earlier = contexts.note(path, clean(kept))
    forgotten = moment.kind == "start" and moment.source in contexts.FORGETFUL
    return None if forgotten else earlier
