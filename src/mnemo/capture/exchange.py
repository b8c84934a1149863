"""What of an exchange is worth keeping: the few sentences that hold a decision, a cause or a dead end."""

from __future__ import annotations

import re
from functools import lru_cache

from mnemo.capture import cues, prose, wording
from mnemo.light import NamedTuple

MOST_LOOKED_AT = 20_000  # characters that are looked at closely; of a longer message the last ones
LONGEST = 480  # characters of what is kept
LONGEST_CONTEXT = 220
LEAST_WORDS = 3
MOST_PLAIN = 20
LEAST_PLAIN = 8


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
    """How a text is listened to: who speaks, whether of a project, of what is broken, of what may be done."""

    said: bool
    project: bool
    troubled: bool = False
    asked: bool = False


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
    asked = prompt[:400]
    ear = _Ear(
        False, not wording.asks_about_the_world(asked), wording.is_troubled(asked), wording.asks_leave(asked)
    )
    found = _notes(prompt, _Ear(True, True), "") + _notes(answer, ear, _question(prompt))
    return sorted(found, key=lambda note: -note.weight)


def _notes(text: str, ear: _Ear, question: str) -> list[Note]:
    blocks = prose.blocks(text)
    if blocks and wording.is_question(blocks[-1].sentences[-1], said=False):
        ear = ear._replace(troubled=False)  # an answer that ends in a question has not found it yet
    spots = _spots(blocks, ear)
    if ear.troubled and ear.project and not any(spot.domain == cues.CAUSE for spot in spots):
        spots += _plain_cause(blocks, spots)
    found = [_note(blocks, group, question) for group in _grouped(spots, blocks)]
    return [note for note in found if note is not None]


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
            if cue:
                found.append(_Spot(number, at, *cue))
    return found


def _plain_cause(blocks: list[prose.Block], spots: list[_Spot]) -> list[_Spot]:
    """Return the first plain statement of what goes wrong, where a complaint got an answer without a cue."""
    taken = {(spot.block, spot.at) for spot in spots}
    for number, block in enumerate(blocks[:MOST_PLAIN]):
        for at, sentence in enumerate(block.sentences[:MOST_PLAIN]):
            fits = len(sentence.split()) >= LEAST_PLAIN and len(sentence) <= LONGEST
            if fits and not wording.is_question(sentence, said=False) and wording.is_adverse(sentence):
                return [] if (number, at) in taken else [_Spot(number, at, cues.CAUSE, cues.WEAK)]
    return []


def _cue(sentence: str, label: str, ear: _Ear) -> wording.Cue | None:
    if wording.is_question(sentence, said=ear.said):
        return None
    announced = "" if ear.said else _announced(label, sentence)
    if announced and not wording.is_plan(sentence):
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
    is_open = _has(_OPEN, told[0]) and not _has(_CLOSED, told[0])
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


# Sentences whose subject stands in the one before, but for those that name it all the same.
_OPEN = r"""^ (?: it | this | that | these | those | they | both | he | she | so | thus | hence |
        therefore | then | but | and
    | such | none | neither | there | one | which | with\ (?:it|this|that) | because | for\ (?:this|that)
        | arguments
    | the\ (?: latter | former | other | second | first | same | reason | cause | culprit | whole |
        choice | decision | block
        | problem ) | as\ (?:a\ result|such) | i\ (?:reverted|removed|left) |
        we\ (?:had\ to|rejected|accept) ) \b"""
_CLOSED = r"""^ it\ (?:turned|turns)\ out \b | ^ there\ (?:is|are|was|were) \b
    | ^ (?:so|thus|hence|therefore),?\ the \b .{0,140} \b (?:from|by|to) \b"""
_SUFFIXES = """py pyi js jsx ts tsx go rs java kt rb c h cpp cs php ex exs md toml yml yaml json sql sh css
    html tf ini cfg conf proto"""
_PATH = rf"""(?<![\w/.:@-]) (?: (?:[\w.@-]{{1,80}}/){{1,12}} [\w.-]{{0,80}} \w
    | [\w-]{{1,80}} \. (?:{"|".join(_SUFFIXES.split())}) \b )"""


def _has(pattern: str, text: str) -> bool:
    return _compiled(pattern).search(text) is not None


@lru_cache(maxsize=8)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.VERBOSE | re.IGNORECASE)
