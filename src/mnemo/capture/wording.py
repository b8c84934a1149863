"""What a sentence holds: a decision, a cause, a dead end, or nothing to keep.

A cue counts only where nothing before it in its sentence makes it a question, a condition, a guess or a plan.
"""

from __future__ import annotations

from mnemo.capture import asks, cues, hedges, turns
from mnemo.capture.grammar import LONGEST, Reading, find, holds, read
from mnemo.capture.lemmas import CODE, NUMBER
from mnemo.light import NamedTuple

SHORTEST = 8  # characters of a sentence that can say anything
LEAST_TOLD = 3  # words of a complaint
LEAST_ASKED = 2  # words of a prompt about what is broken
AFTER = 10  # words behind a cue that can leave it open
MOST_IN_A_REVERSAL = 12
_WRONG = frozenset({"FAIL", "STATUS", "NOT", "TROUBLE", "NUMBER"})
CLAUSES = frozenset({":", "but"})


class Cue(NamedTuple):
    """What a sentence was found to hold.

    Args:
        domain: decisions, issues or history.
        weight: how plainly it says so, from 1.
    """

    domain: str
    weight: int


def find_cue(sentence: str, *, said: bool, project: bool, troubled: bool = False) -> Cue | None:
    """Return what a sentence holds, or None.

    Args:
        sentence: one, without code around it.
        said: whether a person said it, not an agent.
        project: whether the exchange is about a project rather than about the world.
        troubled: whether it answers what is broken.
    """
    if len(sentence) < SHORTEST:
        return None
    reading = read(sentence)
    found = _find_said(reading) if said else _find_told(reading, project)
    if not found and troubled and project and not said and _explains(reading):
        found = Cue(cues.CAUSE, cues.WEAK)
    return None if found and holds(hedges.FORBIDDEN, reading) else found


def domain_of(label: str) -> str:
    """Return the domain that a heading or the words before a colon announce, empty when none."""
    bare = label.strip("*_: ")
    if not bare or len(bare) > 90:
        return ""
    return next((domain for domain, pattern in cues.LABELS if holds(pattern, read(bare))), "")


def is_bare_label(label: str) -> bool:
    """Tell whether a heading says only that a reason follows, not of what."""
    return bool(label) and _holds("^ why|warum|reason|rationale|grund ..3 $", label)


def is_question(sentence: str, *, said: bool) -> bool:
    """Tell whether a sentence asks something, also a person's without its mark."""
    return sentence.rstrip("\"'*_)` ").endswith("?") or (said and _holds(_ASKED, sentence))


_ASKED = "^ QUESTION|AUX|why|warum|wieso !not"


def is_plan(sentence: str) -> bool:
    """Tell whether a sentence says what comes next."""
    return _holds(hedges.PLANNED, sentence)


def asks_about_the_world(prompt: str) -> bool:
    """Tell whether a prompt wants knowledge or a plan rather than work on the project."""
    ours = any(_holds(pattern, prompt) for pattern in (asks.OWN, asks.PAST, asks.FINDINGS))
    is_plan = _holds(asks.PLANNING, prompt) and not puts_a_choice(prompt)
    is_well = read(prompt).every.isdisjoint(_WRONG)
    is_world = _holds(asks.WORLD, prompt) or (is_well and _holds(asks.OF_A_NAME, prompt))
    return (is_world and not ours) or is_plan


def asks_for_a_report(prompt: str) -> bool:
    """Tell whether a prompt asks how far the work is."""
    return _holds(asks.REPORTING, prompt)


def is_troubled(prompt: str) -> bool:
    """Tell whether a prompt is about what does not work, or about the reasons of something."""
    reading = read(prompt)
    if len(reading.words) < LEAST_ASKED:
        return False
    findings = holds(asks.FINDINGS, reading)
    other = holds(asks.BEHAVIOUR, reading) or holds(asks.REPORTING, reading) or holds(asks.MADE, reading)
    return findings or ((holds(asks.TROUBLED, reading) or _complains(reading)) and not other)


def _complains(reading: Reading) -> bool:
    """Tell whether a few words state what is, instead of wishing, asking or ordering something."""
    words = reading.words
    start = max(reading.starts)
    long_enough = len(words) - start >= LEAST_TOLD
    wishes = not reading.every.isdisjoint({"WISH", "?"}) or holds(asks.ORDERED, reading)
    return long_enough and not wishes and holds(asks.STATED, reading)


def is_refusal(sentence: str) -> bool:
    """Tell whether a sentence says no, and why."""
    return _holds(turns.REFUSAL, sentence) and not _holds(hedges.PLANNED, sentence)


def puts_a_choice(prompt: str) -> bool:
    """Tell whether a prompt asks which of several things is to be taken, or whether one is."""
    return _holds(asks.CHOICE, prompt)


def wants_a_try(prompt: str) -> bool:
    """Tell whether a prompt wants something tried, or asks how it went."""
    return _holds(asks.TRYING, prompt)


def is_outcome(sentence: str) -> bool:
    """Tell whether a sentence opens with the word that something led nowhere."""
    return _holds(turns.OUTCOME, sentence)


def begins_an_attempt(sentence: str) -> bool:
    """Tell whether a sentence begins to tell what was tried."""
    return _holds(turns.ATTEMPT, sentence)


def ends_an_attempt(sentence: str) -> bool:
    """Tell whether a sentence says that what was tried was given up."""
    return _holds(turns.ENDING, sentence) or is_setback(sentence)


def takes_back(sentence: str) -> bool:
    """Tell whether a few words say that what stands before them was undone."""
    return len(sentence.partition(",")[0].split()) <= MOST_IN_A_REVERSAL and _holds(turns.REVERSAL, sentence)


def is_given_up(sentence: str) -> bool:
    """Tell whether a sentence plainly says that something was given up."""
    return _holds(turns.GIVEN_UP, sentence) and not _is_vague(read(sentence))


def goes_on(sentence: str) -> bool:
    """Tell whether a sentence goes on about what stands before it."""
    return _holds(turns.GOES_ON, sentence)


def orders(sentence: str, reason: str) -> bool:
    """Tell whether a person settles something in one sentence, and says in the next what speaks for it."""
    fits = _holds(turns.ORDERS, sentence) and _holds(turns.COSTS, reason)
    return fits and not _holds(turns.ORDERS, reason) and not _is_vague(read(reason))


def rejects(sentence: str) -> bool:
    """Tell whether a sentence says what would speak for another way, and what speaks against it."""
    return _holds(turns.REJECTS, sentence)


def concludes(sentence: str) -> bool:
    """Tell whether a few words at the end of an answer say what is taken."""
    return len(sentence.split()) <= MOST_IN_A_REVERSAL and _holds(turns.CONCLUDES, sentence)


def contrasts(sentence: str) -> bool:
    """Tell whether a sentence names what was not taken."""
    return _holds(turns.CONTRAST, sentence)


def tempts(sentence: str) -> bool:
    """Tell whether a sentence says what would speak for another way."""
    return _holds(turns.MIGHT_HAVE, sentence)


def turns_against(sentence: str) -> bool:
    """Tell whether a sentence speaks against what stands before it."""
    return _holds(turns.ADVERSATIVE, sentence)


def is_edit(sentence: str) -> bool:
    """Tell whether a sentence reports an edit."""
    return _holds(hedges.EDIT, sentence)


def reports(sentence: str) -> bool:
    """Tell whether a sentence reports an edit or that all went well."""
    return is_edit(sentence) or _holds(hedges.FARES_WELL, sentence)


def lists_edits(sentence: str) -> bool:
    """Tell whether a sentence names, behind a colon, what was done."""
    return ":" in sentence[:-1] and is_edit(sentence)


def describes_what_was_made(sentence: str) -> bool:
    """Tell whether a sentence says, right after the report of an edit, how what was made works."""
    return _holds(hedges.OF_EDIT, sentence)


def leans_back(sentence: str) -> bool:
    """Tell whether the subject of a sentence stands in the one before."""
    return _holds(turns.LEANS_BACK, sentence) and not _holds(turns.STANDS_ALONE, sentence)


def is_setback(sentence: str) -> bool:
    """Tell whether a sentence says that what was tried was not kept."""
    return _holds(turns.SETBACK, sentence) and not _is_vague(read(sentence))


def leaves_open(sentence: str) -> bool:
    """Tell whether a sentence weighs rather than chooses."""
    return _holds(hedges.LEAVES_OPEN, sentence) or _is_vague(read(sentence))


def has_not_found(answer: str) -> bool:
    """Tell whether an answer says that it does not know yet."""
    return _holds(hedges.NOT_FOUND, answer)


def weighs(answer: str) -> bool:
    """Tell whether an answer sets one thing against another and leaves it there."""
    return _holds(hedges.WEIGHS, answer)


def is_offer(sentence: str) -> bool:
    """Tell whether a question offers to do what was found, instead of asking for more."""
    return _holds(hedges.OFFER, sentence)


def is_statement(sentence: str, *, argues: bool = False) -> bool:
    """Tell whether a sentence states something of the project that is neither an edit nor a success.

    Args:
        sentence: of an answer.
        argues: whether it may say what would be otherwise.
    """
    reading = read(sentence)
    lead = find(turns.LEAD_IN, reading)
    if lead is not None:
        reading = Reading(reading.words[lead:], reading.every, frozenset({0}))
    against = (hedges.EDIT, hedges.FORBIDDEN, hedges.FARES_WELL)
    return (
        not sentence.endswith("!")
        and not _is_vague(reading, argues=argues)
        and not any(holds(pattern, reading) for pattern in against)
    )


def gravity(statement: str) -> int:
    """Return from 0 to 5 how much a statement tells how something goes wrong: named, adverse, in steps."""
    reading = read(statement)
    named = not reading.every.isdisjoint({CODE, NUMBER})
    adverse = sum("ADVERSE" in word for word in reading.words)
    linked = holds(turns.LINKED, reading)
    return ("`" in statement) + named + min(adverse, 2) + linked if adverse or linked else 0


def asks_leave(prompt: str) -> bool:
    """Tell whether a prompt asks whether something may be done."""
    return _holds(asks.MAY, prompt)


def _is_vague(reading: Reading, *, argues: bool = False) -> bool:
    against = (hedges.GUESSED, hedges.PLANNED, hedges.PASSING, *(() if argues else (hedges.SUPPOSED,)))
    return any(holds(pattern, reading) for pattern in against)


def _is_guessed(reading: Reading) -> bool:
    return holds(hedges.GUESSED, reading) or holds(hedges.SUPPOSED, reading)


def _explains(reading: Reading) -> bool:
    return (
        holds(turns.MAKES_CLEAR, reading)
        and not reading.every.isdisjoint({CODE, NUMBER})
        and _is_ours(reading, project=True)
        and not holds(hedges.EDIT, reading)
    )


def _find_told(reading: Reading, project: bool) -> Cue | None:
    for domain, weight, pattern in cues.CUES:
        end = find(pattern, reading)
        if end is None or _is_open(reading, end):
            continue
        if weight == cues.BARE and not _matters(reading):
            continue
        if (weight == cues.STRONG and project) or _is_ours(reading, project, end):
            return Cue(domain, max(weight, cues.WEAK))
    return None


def _matters(reading: Reading) -> bool:
    """Tell whether a reason is given for something of this project, named or bound."""
    every = reading.every
    return bool(every & {"OURS", "OBLIGE"}) or ("ADVERSE" in every and not every.isdisjoint({CODE, NUMBER}))


def _find_said(reading: Reading) -> Cue | None:
    """Return what a person decided; of causes and dead ends they complain, so a reason must be given."""
    if _is_guessed(_claimed(reading)) or holds(hedges.RECALLED, reading):
        return None
    reasoned = holds(cues.WHY, reading)
    for domain, weight, pattern in cues.CUES:
        if weight == cues.STRONG and (reasoned or domain == cues.DECISION) and holds(pattern, reading):
            return Cue(domain, weight)
    return Cue(cues.DECISION, cues.STRONG) if holds(cues.SAID, reading) else None


def _is_open(reading: Reading, end: int) -> bool:
    """Tell whether what stands before a cue, or right after it, leaves it open."""
    before, after = _part(reading, _clause(reading, end), end), _part(reading, end, end + AFTER)
    guessed = _is_guessed(before) or holds(hedges.PLANNED, before)
    return guessed or holds(hedges.LEFT_OPEN, after)


def _clause(reading: Reading, end: int) -> int:
    """Return where the clause begins that ends here; what stands before it is another thing."""
    places = [at + 1 for at, word in enumerate(reading.words[: end - 1]) if word & CLAUSES]
    return places[-1] if places else 0


def _is_ours(reading: Reading, project: bool, end: int = LONGEST) -> bool:
    # Its reason may say what would be otherwise.
    if _is_guessed(_claimed(_part(reading, 0, end))):
        return False
    if holds(hedges.PLANNED, reading) or holds(hedges.PASSING, reading):
        return False
    return (project and not holds(hedges.EDIT, reading)) or "OURS" in reading.every


def _claimed(reading: Reading) -> Reading:
    """Return a sentence up to where its reason begins."""
    end = find(cues.WHY, reading)
    return reading if end is None else _part(reading, 0, end)


def _part(reading: Reading, start: int, end: int) -> Reading:
    words = reading.words[start:end]
    return Reading(words, frozenset().union(*words), frozenset({0}) if start else reading.starts)


def _holds(pattern: str, text: str) -> bool:
    return holds(pattern, read(text))
