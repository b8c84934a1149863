"""What answers a prompt without any cue: an attempt and its end, a verdict and its reason, a plain cause."""

from __future__ import annotations

from collections.abc import Iterator

from mnemo.capture import cues, prose, wording
from mnemo.light import NamedTuple

MOST_PLAIN = 20  # blocks and sentences of an answer that are looked at
LEAST_PLAIN = 6  # words of a cause told plainly
LEAST_GRAVITY = 2
LONGEST = 480  # characters of what is kept
LONGEST_NO = 5
LEAST_TOLD = 9  # words of a statement that needs no other beside it
FARTHEST = 3  # sentences from where an attempt begins to where it is given up


class Ear(NamedTuple):
    """How a text is listened to: who speaks, whether of a project, and what the prompt was after.

    Args:
        troubled: it was about what is broken.
        asked: it asked whether something may be done.
        choosing: it put a choice.
        trying: it wanted something tried, or asked how that went.
        reporting: it asked how far the work is.
    """

    said: bool
    project: bool
    troubled: bool = False
    asked: bool = False
    choosing: bool = False
    trying: bool = False
    reporting: bool = False


class Spot(NamedTuple):
    """Where something is said that should be kept.

    Args:
        block: which paragraph or item.
        at: which of its sentences.
        domain: decisions, issues or history.
        weight: how plainly it says so.
    """

    block: int
    at: int
    domain: str
    weight: int


def unmarked(blocks: list[prose.Block], ear: Ear, spots: list[Spot]) -> list[Spot]:
    """Return what answers the prompt without any cue: a verdict, an outcome, or a cause.

    Args:
        blocks: of the answer.
        ear: what the prompt was after.
        spots: what cues have shown.
    """
    known = {spot.domain for spot in spots}
    found: list[Spot] = []
    if cues.DEAD_END not in known:
        found = _attempt(blocks, ear) or (_outcome(blocks) if ear.trying or _is_curt(blocks) else [])
    if ear.choosing and not found and not known & {cues.DECISION, cues.DEAD_END}:
        found = _verdict(blocks[0]) if blocks else []
    if not found and not known:
        found = _contrast(blocks)
    if ear.troubled and not found and not known & {cues.CAUSE, cues.DEAD_END}:
        found = _plain_cause(blocks)
    if ear.troubled and not found:
        found = _around(blocks, [spot for spot in spots if spot.domain == cues.CAUSE])
    taken = {(spot.block, spot.at) for spot in spots}
    return [spot for spot in found if (spot.block, spot.at) not in taken]


def _is_curt(blocks: list[prose.Block]) -> bool:
    """Tell whether an answer opens with a word like "Declined."."""
    opening = blocks[0].sentences[0].split() if blocks else []
    return len(opening) == 1 and len(opening[0]) > LONGEST_NO


def _attempt(blocks: list[prose.Block], ear: Ear) -> list[Spot]:
    """Return what tells of an attempt, from its start to where it was given up."""
    for number, block in enumerate(blocks[:MOST_PLAIN]):
        told = block.sentences[:MOST_PLAIN]
        for start in [at for at, sentence in enumerate(told) if wording.begins_an_attempt(sentence)]:
            for end in range(min(start + 3, len(told) - 1), start, -1):
                if wording.ends_an_attempt(told[end]):
                    return [Spot(number, at, cues.DEAD_END, cues.WEAK) for at in range(start, end + 1)]
        if ear.trying and number == 0 and any(map(wording.is_given_up, told[1:4])):
            end = max(at for at in range(1, len(told[:4])) if wording.is_given_up(told[at]))
            return [Spot(number, at, cues.DEAD_END, cues.WEAK) for at in range(end + 1)]
        for at in range(1, len(told)):
            if wording.takes_back(told[at]) and not wording.is_question(told[at - 1], said=False):
                return [Spot(number, one, cues.DEAD_END, cues.WEAK) for one in (at - 1, at)]
    return []


def _outcome(blocks: list[prose.Block]) -> list[Spot]:
    """Return what says that a try led nowhere: the first words of an answer, or a plain setback."""
    first = blocks[0].sentences if blocks else ()
    if first and wording.is_outcome(first[0]) and len(first) > 1 and wording.is_statement(first[1]):
        return [Spot(0, at, cues.DEAD_END, cues.WEAK) for at in (0, 1)]
    return [
        Spot(number, at, cues.DEAD_END, cues.WEAK)
        for number, block in enumerate(blocks[:MOST_PLAIN])
        for at, sentence in enumerate(block.sentences[:MOST_PLAIN])
        if wording.is_setback(sentence)
    ][:2]


def _verdict(block: prose.Block) -> list[Spot]:
    """Return the sentences of an answer to a choice that choose and say why; an edit may precede."""
    start = 1 if wording.is_edit(block.sentences[0]) else 0
    told = block.sentences[start : start + 2]
    if len(told) < 2 or len(told[0].split()) > MOST_PLAIN or sum(map(len, told)) > LONGEST:
        return []
    if wording.leaves_open(told[0]) or not wording.is_statement(told[0].rstrip("!")):
        return []
    if not wording.rejects(told[1]) and not _argues(told[1]):
        return []
    last = block.sentences[start + 2 : start + 3]
    end = start + 2 + bool(last and wording.concludes(last[0]))
    return [Spot(0, at, cues.DECISION, cues.WEAK) for at in range(start, end)]


def _argues(sentence: str) -> bool:
    """Tell whether a sentence says enough to speak for a choice."""
    return wording.is_statement(sentence, argues=True) and (
        wording.gravity(sentence) > 0 or len(sentence.split()) >= LEAST_TOLD
    )


def _contrast(blocks: list[prose.Block]) -> list[Spot]:
    """Return what names the thing that was not taken, when the next sentence says what is wrong with it."""
    for number, block in enumerate(blocks[:MOST_PLAIN]):
        for at, one in enumerate(block.sentences[: min(MOST_PLAIN, len(block.sentences) - 1)]):
            following = block.sentences[at + 1]
            if wording.rejects(following) or (wording.tempts(one) and wording.turns_against(following)):
                return [Spot(number, place, cues.DECISION, cues.WEAK) for place in (at, at + 1)]
            chosen = wording.contrasts(one) and not wording.leaves_open(one)
            if chosen and wording.is_statement(following) and wording.gravity(following) >= LEAST_GRAVITY:
                return [Spot(number, place, cues.DECISION, cues.WEAK) for place in (at, at + 1)]
    return []


def _plain_cause(blocks: list[prose.Block]) -> list[Spot]:
    """Return the run of statements that tells most of how something goes wrong, for a complaint."""
    best: list[Spot] = []
    most = LEAST_GRAVITY - 1
    for run in _runs(blocks):
        told = " ".join(_sentence(blocks, at) for at in run)
        if len(told.split()) < LEAST_PLAIN:
            continue
        first = run[0] == (0, 0)
        gravity = (
            first - _follows_an_edit(blocks, run[0]) + _is_mended(blocks, run[-1]) + wording.gravity(told)
        )
        if gravity > most:
            most, best = gravity, [Spot(*at, cues.CAUSE, cues.WEAK) for at in run]
    return best


def _sentence(blocks: list[prose.Block], at: tuple[int, int]) -> str:
    return blocks[at[0]].sentences[at[1]]


def _follows_an_edit(blocks: list[prose.Block], at: tuple[int, int]) -> bool:
    """Tell whether an edit is reported right before a sentence, which then describes it."""
    block, place = at
    return place > 0 and wording.is_edit(blocks[block].sentences[place - 1])


def _is_mended(blocks: list[prose.Block], at: tuple[int, int]) -> bool:
    """Tell whether an edit is reported right after a sentence, as what was found is then mended."""
    block, place = at
    following = blocks[block].sentences[place + 1 : place + 2] or (
        blocks[block + 1].sentences[:1] if block + 1 < len(blocks) else ()
    )
    return any(map(wording.is_edit, following))


def _around(blocks: list[prose.Block], causes: list[Spot]) -> list[Spot]:
    """Return the statements that stand right beside a cause and belong to it."""
    found: list[Spot] = []
    for spot in causes:
        here = (spot.block, spot.at)
        for run in _runs(blocks):
            if here in run:
                place = run.index(here)
                after = [at for at in run[place + 1 : place + 2] if wording.goes_on(_sentence(blocks, at))]
                near = [at for at in [*run[:place], *after] if at[0] == spot.block]
                found += [Spot(*at, spot.domain, cues.WEAK) for at in near]
    return found


def _runs(blocks: list[prose.Block]) -> list[list[tuple[int, int]]]:
    """Return the places of neighbouring statements that are short enough to be one."""
    runs: list[list[tuple[int, int]]] = []
    for places in _stretches(blocks[:MOST_PLAIN]):
        size = LONGEST
        for at in places:
            sentence = _sentence(blocks, at)
            if not wording.is_statement(sentence) or wording.is_question(sentence, said=False):
                size = LONGEST
            elif size + len(sentence) > LONGEST:
                size = len(sentence)
                runs.append([at])
            else:
                size += len(sentence)
                runs[-1].append(at)
    return runs


def _stretches(blocks: list[prose.Block]) -> Iterator[list[tuple[int, int]]]:
    """Yield the places of the sentences that one reads in one go: a paragraph, or the items of a list.

    The items below the report of an edit list what was done.
    """
    held: list[tuple[int, int]] = []
    done = False
    for number, block in enumerate(blocks):
        places = [(number, at) for at in range(min(len(block.sentences), MOST_PLAIN))]
        if not block.item:
            if held:
                yield held
            held = []
            done = wording.reports(block.sentences[-1])
            yield places
        elif not done:
            held += places
    if held:
        yield held
