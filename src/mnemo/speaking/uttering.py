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
from mnemo.speaking.speech import CARD, Speech
from mnemo.tokens import estimate

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
    """

    head: str
    found: list[Found]
    left_out: list[Told]
    opening: tuple[tuple[str, tuple[Told, ...]], ...] = ()
    words: tuple[str, ...] = ()
    person: str = ""


def utter(moment: Moment, where: Where, budget: int, searched: Search, context: Context) -> Said:
    """Return what is said of what was found, and note it in the context.

    Args:
        moment: when.
        where: what may be looked at.
        budget: most tokens.
        searched: what was found.
        context: what was told so far.
    """
    judge = sight.judge_of(where.place, where.tree, where.deadline)
    verdicts: dict[str, Judged] = {}
    said = _compose(searched, context.told, budget, where.now, judge, verdicts)
    if not said.told and not said.left_out and not searched.words and not said.text:
        return said
    earlier = _note(moment, where, searched, said)
    if earlier and not earlier.isdisjoint(one.address for one in said.told):
        said = _compose(searched, context.told | earlier, budget, where.now, judge, verdicts)
    return said


def _compose(
    searched: Search,
    told_before: frozenset[str],
    budget: int,
    now: int,
    judge: Judge,
    verdicts: dict[str, Judged],
) -> Said:
    speech = Speech(budget, now)
    told: list[Told] = []
    left_out = list(searched.left_out)
    for part, named in searched.opening:
        if speech.add(part):
            told += named
    fresh = [one for one in searched.found if one.assertion.address not in told_before]
    left_out += [one.told("told already") for one in searched.found if one.assertion.address in told_before]
    largest = CARD if len(fresh) < CROWD else CROWDED_CARD
    for one in fresh:
        address = one.assertion.address
        if speech.full or (len(verdicts) >= MOST_JUDGED and address not in verdicts):
            left_out.append(one.told("budget"))
            continue
        if address not in verdicts:
            verdicts[address] = judged(one.payload, judge, one.assertion.commit)
        found = verdicts[address]
        if found.verdict == "refuted":
            left_out.append(one.told(f"withheld: {found.reason}"))
        elif speech.add_claim(one, found, head="" if speech.cards else searched.head, largest=largest):
            told.append(one.told(one.why))
        else:
            left_out.append(one.told("budget"))
    return Said(speech.text, searched.person, tuple(told), tuple(left_out))


def _note(moment: Moment, where: Where, searched: Search, said: Said) -> frozenset[str]:
    """Note a moment; return what another hook of the same context told meanwhile."""
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
        "words": list(searched.words),
        "nameless": not moment.session,
    }
    kept = {name: value for name, value in record.items() if value not in ("", [], False, 0)}
    path = contexts.path_of(where.db.folder, moment.session)
    earlier = contexts.note(path, clean(kept))
    forgotten = moment.kind == "start" and moment.source in contexts.FORGETFUL
    return earlier.told if earlier and not forgotten else frozenset()
