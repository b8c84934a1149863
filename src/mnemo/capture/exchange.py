"""What of an exchange is worth keeping: the few sentences that hold a decision, a cause or a dead end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from mnemo.capture import cues, prose, turns, wording
from mnemo.light import NamedTuple

MOST_LOOKED_AT = 16_000  # characters that are looked at closely; of a longer message the last ones
LONGEST = 480  # characters of what is kept
LONGEST_CONTEXT = 220
LEAST_WORDS = 3
MOST_PLAIN = 20
LEAST_PLAIN = 6
LONGEST_NO = 5
LEAST_GRAVITY = 2


class Note(NamedTuple):
    """A statement that can be kept.

    Args:
        content: stands alone.
        domain: decisions, issues or history.
        weight: how plainly it says so.
        when: the question it answers, where its own words leave that open; else empty.
        paths: what looks like files in it.
    """

    content: str
    domain: str
    weight: int
    when: str
    paths: tuple[str, ...]


class _Ear(NamedTuple):
    """How a text is listened to: who speaks, whether of a project, and what the prompt was after.

    Args:
        troubled: it was about what is broken.
        asked: it asked whether something may be done.
        choosing: it put a choice.
        trying: it wanted something tried, or asked how that went.
    """

    said: bool
    project: bool
    troubled: bool = False
    asked: bool = False
    choosing: bool = False
    trying: bool = False


class _Spot(NamedTuple):
    block: int
    at: int
    domain: str
    weight: int


def notes_of(prompt: str, answer: str) -> list[Note]:
    """Return what an exchange says that should outlast it, the plainest first.

    Args:
        prompt: what a person typed; code, quotes and the output of tools in it count for nothing.
        answer: what the agent said.
    """
    found = _notes(prompt, _Ear(True, True), "") + _notes(answer, _ear(prompt[:400]), _question(prompt))
    return sorted(found, key=lambda note: -note.weight)


def _ear(asked: str) -> _Ear:
    return _Ear(
        said=False,
        project=not wording.asks_about_the_world(asked),
        troubled=wording.is_troubled(asked),
        asked=wording.asks_leave(asked),
        choosing=wording.puts_a_choice(asked),
        trying=wording.wants_a_try(asked),
    )


def _notes(text: str, ear: _Ear, question: str) -> list[Note]:
    blocks = prose.blocks(text)
    spots = _spots(blocks, ear)
    if blocks and not ear.said:
        every = _opening(blocks)
        if any(map(_asks_back, every)) or any(map(wording.weighs, every)):
            spots = [spot for spot in spots if spot.weight > cues.WEAK]
        elif ear.project and not any(map(wording.has_not_found, every)):
            spots += _unmarked(blocks, ear, spots)
    elif ear.said and not spots:
        spots = _orders(blocks)
    found = [_note(blocks, group, question) for group in _grouped(spots, blocks)]
    return [note for note in found if note is not None]


def _opening(blocks: list[prose.Block]) -> list[str]:
    """Return the sentences that tell how far an answer came: the first ones, and the last."""
    looked = [*blocks[:MOST_PLAIN], *blocks[MOST_PLAIN:][-1:]]
    return [sentence for block in looked for sentence in block.sentences[:MOST_PLAIN]]


def _asks_back(sentence: str) -> bool:
    return wording.is_question(sentence, said=False) and not wording.is_offer(sentence)


def _spots(blocks: list[prose.Block], ear: _Ear) -> list[_Spot]:
    """Return where something is said that should be kept, looking from the end for as long as may be."""
    found: list[_Spot] = []
    looked = 0
    for number in range(len(blocks) - 1, -1, -1):
        block = blocks[number]
        for at in range(len(block.sentences) - 1, -1, -1):
            sentence = block.sentences[at][: prose.LONGEST_SENTENCE]
            label = block.label if at == 0 and not ear.said else ""
            likely = wording.is_likely(sentence) or (ear.asked and at == 0)
            if not likely and not wording.domain_of(label):
                continue
            looked += len(sentence)
            if looked > MOST_LOOKED_AT:
                return found
            cue = _cue(sentence, label, ear)
            if cue and not (cue.weight == cues.WEAK and _describes_an_edit(block, at)):
                found.append(_Spot(number, at, *cue))
    return found


def _describes_an_edit(block: prose.Block, at: int) -> bool:
    """Tell whether a sentence says how what was just made works, not why it was made."""
    return at > 0 and _has(turns.OF_EDIT, block.sentences[at]) and wording.is_edit(block.sentences[at - 1])


def _unmarked(blocks: list[prose.Block], ear: _Ear, spots: list[_Spot]) -> list[_Spot]:
    """Return what answers the prompt without any cue: a verdict, an outcome, or a cause."""
    known = {spot.domain for spot in spots}
    found: list[_Spot] = []
    if cues.DEAD_END not in known:
        found = _attempt(blocks) or (_outcome(blocks) if ear.trying or _is_curt(blocks) else [])
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


def _attempt(blocks: list[prose.Block]) -> list[_Spot]:
    """Return what tells of an attempt, from its start to where it was given up."""
    for number, block in enumerate(blocks[:MOST_PLAIN]):
        told = block.sentences[:MOST_PLAIN]
        for start in [at for at, sentence in enumerate(told) if wording.begins_an_attempt(sentence)]:
            for end in range(min(start + 3, len(told) - 1), start, -1):
                if wording.ends_an_attempt(told[end]):
                    return [_Spot(number, at, cues.DEAD_END, cues.WEAK) for at in range(start, end + 1)]
        for at in range(1, len(told)):
            if wording.takes_back(told[at]) and not wording.is_question(told[at - 1], said=False):
                return [_Spot(number, one, cues.DEAD_END, cues.WEAK) for one in (at - 1, at)]
    return []


def _outcome(blocks: list[prose.Block]) -> list[_Spot]:
    """Return what says that a try led nowhere: the first words of an answer, or a plain setback."""
    first = blocks[0].sentences if blocks else ()
    if first and wording.is_outcome(first[0]) and len(first) > 1 and wording.is_statement(first[1]):
        return [_Spot(0, at, cues.DEAD_END, cues.WEAK) for at in (0, 1)]
    return [
        _Spot(number, at, cues.DEAD_END, cues.WEAK)
        for number, block in enumerate(blocks[:MOST_PLAIN])
        for at, sentence in enumerate(block.sentences[:MOST_PLAIN])
        if wording.is_setback(sentence)
    ][:2]


def _orders(blocks: list[prose.Block]) -> list[_Spot]:
    for number, block in enumerate(blocks[:MOST_PLAIN]):
        for at, pair in enumerate(zip(block.sentences[:MOST_PLAIN], block.sentences[1:], strict=False)):
            if wording.orders(*pair) and not any(wording.is_question(one, said=True) for one in pair):
                return [_Spot(number, place, cues.DECISION, cues.WEAK) for place in (at, at + 1)]
    return []


def _verdict(block: prose.Block) -> list[_Spot]:
    """Return the two sentences of an answer to a choice that choose and say why; an edit may precede."""
    start = 1 if wording.is_edit(block.sentences[0] + " ") else 0
    told = block.sentences[start : start + 2]
    if len(told) < 2 or len(told[0].split()) > MOST_PLAIN or sum(map(len, told)) > LONGEST:
        return []
    if wording.leaves_open(told[0]) or not wording.is_statement(told[0].rstrip("!")):
        return []
    rejected = wording.rejects(told[1])
    if not rejected and (wording.leaves_open(told[1]) or not wording.is_statement(told[1])):
        return []
    return [_Spot(0, at, cues.DECISION, cues.WEAK) for at in (start, start + 1)]


def _contrast(blocks: list[prose.Block]) -> list[_Spot]:
    """Return what names the thing that was not taken, when the next sentence says what is wrong with it."""
    for number, block in enumerate(blocks[:MOST_PLAIN]):
        for at, one in enumerate(block.sentences[: min(MOST_PLAIN, len(block.sentences) - 1)]):
            following = block.sentences[at + 1]
            chosen = wording.contrasts(one) and not wording.leaves_open(one)
            if chosen and wording.is_statement(following) and wording.gravity(following) >= LEAST_GRAVITY:
                return [_Spot(number, place, cues.DECISION, cues.WEAK) for place in (at, at + 1)]
    return []


def _plain_cause(blocks: list[prose.Block]) -> list[_Spot]:
    """Return the run of statements that tells most of how something goes wrong, for a complaint."""
    best: list[_Spot] = []
    most = LEAST_GRAVITY - 1
    for number, block in enumerate(blocks[:MOST_PLAIN]):
        for run in _runs(block.sentences[:MOST_PLAIN]):
            told = " ".join(block.sentences[at] for at in run)
            opens = number == 0 and run[0] == 0
            opens -= run[0] > 0 and wording.is_edit(block.sentences[run[0] - 1])  # it describes the edit
            gravity = (
                opens + _is_mended(blocks, number, run[-1]) + wording.gravity(told)
                if len(told.split()) >= LEAST_PLAIN
                else 0
            )
            if gravity > most:
                most, best = gravity, [_Spot(number, at, cues.CAUSE, cues.WEAK) for at in run]
    return best


def _is_mended(blocks: list[prose.Block], number: int, at: int) -> bool:
    """Tell whether an edit is reported right after a sentence, as what was found is then mended."""
    following = blocks[number].sentences[at + 1 : at + 2] or (
        blocks[number + 1].sentences[:1] if number + 1 < len(blocks) else ()
    )
    return any(map(wording.is_edit, following))


def _around(blocks: list[prose.Block], causes: list[_Spot]) -> list[_Spot]:
    """Return the statements that stand right before a cause and belong to it."""
    found: list[_Spot] = []
    for spot in causes:
        for run in _runs(blocks[spot.block].sentences[:MOST_PLAIN]):
            if spot.at in run:
                found += [_Spot(spot.block, at, spot.domain, cues.WEAK) for at in run if at < spot.at]
    return found


def _runs(sentences: Sequence[str]) -> list[list[int]]:
    """Return the places of neighbouring statements that are short enough to be one."""
    runs: list[list[int]] = [[]]
    size = 0
    for at, sentence in enumerate(sentences):
        size += len(sentence)
        if size > LONGEST or not wording.is_statement(sentence) or wording.is_question(sentence, said=False):
            runs.append([])
            size = 0
        if len(sentence) <= LONGEST and wording.is_statement(sentence):
            runs[-1].append(at)
    return [run for run in runs if run]


def _cue(sentence: str, label: str, ear: _Ear) -> wording.Cue | None:
    if wording.is_question(sentence, said=ear.said):
        return None
    announced = "" if ear.said else _announced(label, sentence)
    if announced and ear.project and not wording.is_plan(sentence):
        return wording.Cue(announced, cues.ANNOUNCED)
    if len(sentence.split()) < LEAST_WORDS:
        return None
    if ear.asked and wording.is_refusal(sentence):
        return wording.Cue(cues.DECISION, cues.WEAK)
    return wording.find_cue(sentence, said=ear.said, project=ear.project, troubled=ear.troubled)


def _announced(label: str, sentence: str) -> str:
    """Return the domain that the heading above, or what stands before the first colon, announces."""
    before, colon, after = sentence[:90].partition(":")
    if colon and len(before) < 70 and (after.strip() or sentence.endswith(":")):
        domain = wording.domain_of(before)
        if domain:
            return domain
    return wording.domain_of(label) if label and len(sentence.split()) >= LEAST_WORDS else ""


def _grouped(spots: list[_Spot], blocks: list[prose.Block]) -> list[list[_Spot]]:
    """Put neighbours together that stay short enough to be one statement."""
    groups: list[list[_Spot]] = []
    for spot in sorted(spots):
        last = groups[-1][-1] if groups else None
        if last and last.block == spot.block and spot.at - last.at == 1:
            size = sum(len(blocks[one.block].sentences[one.at]) for one in [*groups[-1], spot])
            if size <= LONGEST:
                groups[-1].append(spot)
                continue
        groups.append([spot])
    return groups


def _note(blocks: list[prose.Block], group: list[_Spot], question: str) -> Note | None:
    first, last = group[0], group[-1]
    told = [blocks[one.block].sentences[one.at] for one in group]
    is_open = _has(turns.OPEN, told[0]) and not _has(turns.CLOSED, told[0])
    before = _before(blocks, first) if is_open or len(" ".join(told).split()) < 9 else ""
    if told[-1].endswith(":"):
        after = _after(blocks, last)
        told += [after] if after else []
    content = _shortened(" ".join(one for one in [before, *told] if one))
    if len(content.split()) < LEAST_WORDS:
        return None
    best = max(group, key=lambda one: one.weight)
    when = question if (is_open and not before) or len(content.split()) < 14 else ""
    return Note(content, best.domain, best.weight, when, tuple(_paths(content)))


def _before(blocks: list[prose.Block], spot: _Spot) -> str:
    """Return the sentence before, when it can say what a pronoun stands for."""
    block = blocks[spot.block]
    if spot.at:
        found = block.sentences[spot.at - 1]
    elif spot.block and not block.item and not block.label:
        found = blocks[spot.block - 1].sentences[-1] if blocks[spot.block - 1].sentences else ""
    else:
        return ""
    poor = len(found.split()) < LEAST_WORDS or len(found) > LONGEST_CONTEXT
    return "" if poor or wording.is_question(found, said=False) or wording.is_plan(found) else found


def _after(blocks: list[prose.Block], spot: _Spot) -> str:
    rest = blocks[spot.block].sentences[spot.at + 1 : spot.at + 2]
    if rest:
        return rest[0]
    following = blocks[spot.block + 1 : spot.block + 4]
    if following and following[0].item:
        return "; ".join(" ".join(one.sentences).rstrip(".") for one in following if one.item) + "."
    return " ".join(following[0].sentences[:1]) if following else ""


def _question(prompt: str) -> str:
    """Return the first thing that a prompt says, short, as the situation that an answer belongs to."""
    for block in prose.blocks(prompt[:4000])[:3]:
        for sentence in block.sentences[:2]:
            if len(sentence.split()) >= LEAST_WORDS and len(sentence) <= LONGEST_CONTEXT:
                return sentence
    return ""


def _shortened(content: str) -> str:
    content = " ".join(content.split())
    if len(content) <= LONGEST:
        return content
    cut = content[:LONGEST]
    return cut[: max(cut.rfind(" "), LONGEST - 60)].rstrip(" ,;:") + " …"


def _paths(content: str) -> list[str]:
    return list(dict.fromkeys(found.group().rstrip(".") for found in _compiled(_PATH).finditer(content)))[:8]


_SUFFIXES = """py pyi js jsx ts tsx go rs java kt rb c h cpp cs php ex exs md toml yml yaml json sql sh css
    html tf ini cfg conf proto"""
_PATH = rf"""(?<![\w/.:@-]) (?: (?:[\w.@-]{{1,80}}/){{1,12}} [\w.-]{{0,80}} \w
    | [\w-]{{1,80}} \. (?:{"|".join(_SUFFIXES.split())}) \b )"""


def _has(pattern: str, text: str) -> bool:
    return _compiled(pattern).search(text) is not None


@lru_cache(maxsize=8)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.VERBOSE | re.IGNORECASE)
