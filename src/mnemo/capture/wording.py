"""What a sentence holds: a decision, a cause, a dead end, or nothing to keep.

A cue counts only where nothing before it in its sentence makes it a question, a condition, a guess or a plan.
"""

from __future__ import annotations

import re
from functools import lru_cache

from mnemo.capture import cues, turns
from mnemo.light import NamedTuple

SHORTEST = 8  # characters of a sentence that can say anything
_WEIGHTY = (cues.OURS, cues.ADVERSE, cues.OBLIGED)
_CODE = re.compile(r"`[^`]*`")
_LEAD_IN = re.compile(
    r"^(?:i |we |i've |i have )?(?:looked into (?:it|this|that)|found (?:it|the \w+)|"
    r"(?:could |was able to )?(?:pin|track|trace|narrow|nail)\w* (?:it|this|that) down|"
    r"had a look|checked|investigated|dug in)"
    r"[:.,;!–—-]+ "
)


class Cue(NamedTuple):
    """What a sentence was found to hold.

    Args:
        domain: decisions, issues or history.
        weight: how plainly it says so, from 1.
    """

    domain: str
    weight: int


def is_likely(sentence: str) -> bool:
    """Tell whether a sentence is worth a closer look."""
    lower = sentence.lower()
    return len(lower) >= SHORTEST and any(map(lower.__contains__, cues.HINTS))


def find_cue(sentence: str, *, said: bool, project: bool, troubled: bool = False) -> Cue | None:
    """Return what a sentence holds, or None.

    Args:
        sentence: one, without code around it.
        said: whether a person said it, not an agent.
        project: whether the exchange is about a project rather than about the world.
        troubled: whether it answers what is broken.
    """
    lower = sentence.lower()
    found = _find_said(lower) if said else _find_told(lower, project)
    if not found and troubled and not said and _explains(lower):
        found = Cue(cues.CAUSE, cues.WEAK)
    return None if found and _has(cues.FORBIDDEN, lower) else found


def domain_of(label: str) -> str:
    """Return the domain that a heading or the words before a colon announce, empty when none."""
    bare = label.strip("*_: ").lower()
    if not bare:
        return ""
    return next((domain for domain, pattern in cues.LABELS if _compiled(pattern).fullmatch(bare)), "")


def is_question(sentence: str, *, said: bool) -> bool:
    """Tell whether a sentence asks something, also a person's without its mark."""
    return sentence.rstrip("\"'*_)` ").endswith("?") or (said and _has(cues.ASKED, sentence.lower()))


def is_plan(sentence: str) -> bool:
    """Tell whether a sentence says what comes next."""
    return _has(cues.PLANNED, sentence.lower())


def asks_about_the_world(prompt: str) -> bool:
    """Tell whether a prompt wants knowledge or a plan rather than work on the project."""
    lower = prompt.lower()
    is_world = _has(cues.WORLD, lower) and not _has(cues.OWN, lower) and not _has(turns.PAST, lower)
    return is_world or _has(turns.PLANNING, lower)


def is_troubled(prompt: str) -> bool:
    """Tell whether a prompt is about what does not work."""
    lower = prompt.lower()
    return (_has(cues.TROUBLED, lower) or _has(turns.COMPLAINT, lower)) and not _has(turns.BEHAVIOUR, lower)


def is_refusal(sentence: str) -> bool:
    """Tell whether a sentence says no, and why."""
    return _has(cues.DENIES, sentence.lower()) and not _has(cues.PLANNED, sentence.lower())


def puts_a_choice(prompt: str) -> bool:
    """Tell whether a prompt asks which of several things is to be taken, or whether one is."""
    return _has(turns.CHOICE, prompt.lower())


def wants_a_try(prompt: str) -> bool:
    """Tell whether a prompt wants something tried, or asks how it went."""
    return _has(turns.TRYING, prompt.lower())


def is_outcome(sentence: str) -> bool:
    """Tell whether a sentence opens with the word that something led nowhere."""
    return _has(turns.OUTCOME, sentence.lower())


def begins_an_attempt(sentence: str) -> bool:
    """Tell whether a sentence begins to tell what was tried."""
    return _has(turns.ATTEMPT, sentence.lower())


def ends_an_attempt(sentence: str) -> bool:
    """Tell whether a sentence says that what was tried was given up."""
    return _has(turns.ENDING, sentence.lower()) or is_setback(sentence)


def takes_back(sentence: str) -> bool:
    """Tell whether a few words say that what stands before them was undone."""
    return len(sentence.split()) <= 6 and _has(turns.REVERSAL, sentence.lower())


def orders(sentence: str, reason: str) -> bool:
    """Tell whether a person settles something in one sentence, and says in the next what speaks for it."""
    lower = reason.lower()
    fits = _has(turns.ORDERS, sentence.lower()) and _has(turns.COSTS, lower)
    return fits and not _has(turns.ORDERS, lower) and not _is_vague(lower)


def rejects(sentence: str) -> bool:
    """Tell whether a sentence says what would speak for another way, and what speaks against it."""
    return _has(turns.REJECTS, sentence.lower())


def contrasts(sentence: str) -> bool:
    """Tell whether a sentence names what was not taken."""
    return _has(turns.CONTRAST, sentence.lower())


def is_edit(sentence: str) -> bool:
    """Tell whether a sentence reports an edit."""
    return _has(cues.EDIT, sentence.lower())


def is_setback(sentence: str) -> bool:
    """Tell whether a sentence says that what was tried was not kept."""
    lower = sentence.lower()
    return _has(turns.SETBACK, lower) and not _is_vague(lower)


def leaves_open(sentence: str) -> bool:
    """Tell whether a sentence weighs rather than chooses."""
    lower = sentence.lower()
    return _has(turns.LEAVES_OPEN, lower) or _is_vague(lower)


def has_not_found(answer: str) -> bool:
    """Tell whether an answer says that it does not know yet."""
    return _has(turns.NOT_FOUND, answer.lower())


def weighs(answer: str) -> bool:
    """Tell whether an answer sets one thing against another and leaves it there."""
    return _has(turns.WEIGHS, answer.lower())


def is_offer(sentence: str) -> bool:
    """Tell whether a question offers to do what was found, instead of asking for more."""
    return _has(turns.OFFER, sentence.lower())


def is_statement(sentence: str) -> bool:
    """Tell whether a sentence states something of the project that is neither an edit nor a success."""
    lower = _LEAD_IN.sub("", sentence.lower())
    against = (cues.EDIT, cues.FORBIDDEN, turns.FARES_WELL)
    return not _is_vague(lower) and not any(_has(pattern, lower) for pattern in against)


def gravity(statement: str) -> int:
    """Return from 0 to 4 how much a statement tells how something goes wrong: named, adverse, in steps."""
    lower = statement.lower()
    return ("`" in lower) + sum(_has(one, lower) for one in (cues.SPECIFIC, cues.ADVERSE, turns.CHAIN))


def asks_leave(prompt: str) -> bool:
    """Tell whether a prompt asks whether something may be done."""
    return _has(cues.MAY_WE, prompt.lower())


def _said(sentence: str) -> str:
    return _CODE.sub("``", sentence)  # an `if` in code is no condition


def _is_vague(sentence: str) -> bool:
    sentence = _said(sentence)
    return any(_has(pattern, sentence) for pattern in (cues.GUESSED, cues.PLANNED, cues.PASSING))


def _explains(sentence: str) -> bool:
    return (
        _has(cues.EXPLAINS, sentence)
        and _has(cues.SPECIFIC, sentence)
        and _is_ours(sentence, project=True)
        and not _has(cues.EDIT, sentence)
    )


def _find_told(sentence: str, project: bool) -> Cue | None:
    for domain, weight, pattern in cues.CUES:
        match = _compiled(pattern).search(sentence)
        if not match or _is_open(sentence, match.end()):
            continue
        if weight == cues.BARE and not any(_has(one, sentence) for one in _WEIGHTY):
            continue
        if (weight == cues.STRONG and project) or _is_ours(sentence, project):
            return Cue(domain, max(weight, cues.WEAK))
    return None


def _find_said(sentence: str) -> Cue | None:
    """Return what a person decided; of causes and dead ends they complain, so a reason must be given."""
    if _has(cues.GUESSED, sentence.split(" because ")[0]):
        return None
    reasoned = _has(cues.GIVES_REASON, sentence)
    for domain, weight, pattern in cues.CUES:
        if weight == cues.STRONG and (reasoned or domain == cues.DECISION) and _has(pattern, sentence):
            return Cue(domain, weight)
    return Cue(cues.DECISION, cues.STRONG) if _has(cues.SAID, sentence) else None


def _is_open(sentence: str, end: int) -> bool:
    """Tell whether what stands before a cue, or right after it, leaves it open."""
    before, after = _said(sentence[:end]), sentence[end : end + 60]
    return _has(cues.GUESSED, before) or _has(cues.PLANNED, before) or _has(cues.LEFT_OPEN, after)


def _is_ours(sentence: str, project: bool) -> bool:
    # Its reason may say what would be otherwise.
    claim = _compiled(cues.GIVES_REASON).split(_said(sentence), maxsplit=1)[0]
    if _has(cues.GUESSED, claim) or _has(cues.PLANNED, sentence) or _has(cues.PASSING, sentence):
        return False
    return (project and not _has(cues.EDIT, sentence)) or _has(cues.OURS, sentence)


def _has(pattern: str, text: str) -> bool:
    return _compiled(pattern).search(text) is not None


@lru_cache(maxsize=128)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.VERBOSE)
