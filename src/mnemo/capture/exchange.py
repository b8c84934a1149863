"""What of an exchange is worth keeping: the few sentences that hold a decision, a cause or a dead end."""

from __future__ import annotations

import re
from functools import lru_cache

from mnemo.capture import cues, prose, wording
from mnemo.capture.unmarked import LEAST_TOLD, LONGEST, MOST_PLAIN, Ear, Spot, unmarked
from mnemo.light import NamedTuple

MOST_LOOKED_AT = 16_000  # characters that are looked at closely; of a longer message the last ones
LONGEST_CONTEXT = 220
LEAST_WORDS = 3


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


def notes_of(prompt: str, answer: str) -> list[Note]:
    """Return what an exchange says that should outlast it, the plainest first.

    Args:
        prompt: what a person typed; code, quotes and the output of tools in it count for nothing.
        answer: what the agent said.
    """
    said = _notes(prompt, Ear(True, True), "")
    told = _notes(answer, _ear(prompt[:400], settled=bool(said)), _question(prompt))
    if said:  # an agent that says yes in a few words adds nothing
        told = [note for note in told if len(note.content.split()) >= LEAST_TOLD]
    return sorted(said + told, key=lambda note: -note.weight)


def _ear(asked: str, *, settled: bool) -> Ear:
    return Ear(
        said=False,
        project=not wording.asks_about_the_world(asked),
        troubled=wording.is_troubled(asked) and not settled,
        asked=wording.asks_leave(asked),
        choosing=wording.puts_a_choice(asked),
        trying=wording.wants_a_try(asked),
        reporting=wording.asks_for_a_report(asked),
    )


def _notes(text: str, ear: Ear, question: str) -> list[Note]:
    blocks = prose.blocks(text)
    spots = _spots(blocks, ear)
    if blocks and not ear.said:
        every = _opening(blocks)
        if ear.reporting or any(map(_asks_back, every)) or any(map(wording.weighs, every)):
            spots = [spot for spot in spots if spot.weight > cues.WEAK]
        elif ear.project and not any(map(wording.has_not_found, every)):
            spots += unmarked(blocks, ear, spots)
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


def _spots(blocks: list[prose.Block], ear: Ear) -> list[Spot]:
    """Return where something is said that should be kept, looking from the end for as long as may be."""
    found: list[Spot] = []
    looked = 0
    for number in range(len(blocks) - 1, -1, -1):
        block = blocks[number]
        for at in range(len(block.sentences) - 1, -1, -1):
            sentence = block.sentences[at][: prose.LONGEST_SENTENCE]
            label = block.label if at == 0 and not ear.said else ""
            looked += len(sentence)
            if looked > MOST_LOOKED_AT:
                return found
            cue = _cue(sentence, label, ear)
            if cue and not (cue.weight == cues.WEAK and _describes_an_edit(block, at)):
                found.append(Spot(number, at, *cue))
    return found


def _describes_an_edit(block: prose.Block, at: int) -> bool:
    """Tell whether a sentence says how what was just made works, not why it was made."""
    told = block.sentences
    return at > 0 and wording.describes_what_was_made(told[at]) and wording.is_edit(told[at - 1])


def _orders(blocks: list[prose.Block]) -> list[Spot]:
    for number, block in enumerate(blocks[:MOST_PLAIN]):
        for at, pair in enumerate(zip(block.sentences[:MOST_PLAIN], block.sentences[1:], strict=False)):
            if wording.orders(*pair) and not any(wording.is_question(one, said=True) for one in pair):
                return [Spot(number, place, cues.DECISION, cues.WEAK) for place in (at, at + 1)]
    return []


def _cue(sentence: str, label: str, ear: Ear) -> wording.Cue | None:
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


def _grouped(spots: list[Spot], blocks: list[prose.Block]) -> list[list[Spot]]:
    """Put neighbours together that stay short enough to be one statement."""
    groups: list[list[Spot]] = []
    for spot in sorted(spots):
        last = groups[-1][-1] if groups else None
        if last and _are_neighbours(last, spot, blocks):
            size = sum(len(blocks[one.block].sentences[one.at]) for one in [*groups[-1], spot])
            if size <= LONGEST:
                groups[-1].append(spot)
                continue
        groups.append([spot])
    return groups


def _are_neighbours(one: Spot, other: Spot, blocks: list[prose.Block]) -> bool:
    """Tell whether two sentences follow one another; of items that counts for what leads to a cause."""
    if one.block == other.block:
        return other.at - one.at == 1
    both = blocks[one.block].item and blocks[other.block].item and other.block - one.block == 1
    is_next = both and other.at == 0 and one.at == len(blocks[one.block].sentences) - 1
    return is_next and other.domain == one.domain == cues.CAUSE and other.weight == one.weight == cues.WEAK


def _note(blocks: list[prose.Block], group: list[Spot], question: str) -> Note | None:
    first, last = group[0], group[-1]
    told = [blocks[one.block].sentences[one.at] for one in group]
    is_open = wording.leans_back(told[0])
    is_poor = is_open or len(" ".join(told).split()) < LEAST_TOLD or wording.rejects(told[0])
    label, colon, _ = told[0].partition(":")
    is_reason = wording.is_bare_label(blocks[first.block].label) or bool(
        colon and wording.is_bare_label(label)
    )
    before = _before(blocks, first, of_reason=is_reason) if is_poor or is_reason else ""
    is_curt = not before and len(" ".join(told).split()) < LEAST_TOLD
    if told[-1].endswith(":") or (is_curt and wording.takes_back(told[-1])):
        after = _after(blocks, last)
        told += [after] if after else []
    content = _shortened(" ".join(one for one in [before, *told] if one))
    if len(content.split()) < LEAST_WORDS:
        return None
    best = max(group, key=lambda one: one.weight)
    when = question if (is_open and not before) or len(content.split()) < 14 else ""
    return Note(content, best.domain, best.weight, when, tuple(_paths(content)))


def _before(blocks: list[prose.Block], spot: Spot, *, of_reason: bool) -> str:
    """Return the sentence before, when it can say what a pronoun or a reason stands for."""
    block = blocks[spot.block]
    if spot.at:
        found = block.sentences[spot.at - 1]
    elif spot.block and not block.item and (not block.label or of_reason):
        found = blocks[spot.block - 1].sentences[-1] if blocks[spot.block - 1].sentences else ""
    else:
        return ""
    poor = len(found.split()) < LEAST_WORDS or len(found) > LONGEST_CONTEXT
    beside = wording.is_question(found, said=False) or wording.is_plan(found)
    beside = beside or (wording.lists_edits(found) and not of_reason)
    return "" if poor or beside else found


def _after(blocks: list[prose.Block], spot: Spot) -> str:
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


@lru_cache(maxsize=8)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.VERBOSE | re.IGNORECASE)
