"""What a sentence holds: a decision, a cause, a dead end, or nothing to keep.

A cue counts only where nothing before it in its sentence makes it a question, a condition, a guess or a plan.
"""

from __future__ import annotations

import re
from functools import lru_cache

from mnemo.capture import cues
from mnemo.light import NamedTuple


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
    return any(map(lower.__contains__, cues.HINTS))


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
    """Tell whether a prompt wants knowledge rather than work on the project."""
    lower = prompt.lower()
    return _has(cues.WORLD, lower) and not _has(cues.OWN, lower)


def is_troubled(prompt: str) -> bool:
    """Tell whether a prompt is about what does not work."""
    return _has(cues.TROUBLED, prompt.lower())


def is_adverse(sentence: str) -> bool:
    """Tell whether a sentence states, as a fact, something that goes wrong."""
    lower = sentence.lower()
    against = (cues.GUESSED, cues.PLANNED, cues.PASSING, cues.EDIT, cues.FORBIDDEN)
    return _has(cues.ADVERSE, lower) and not any(_has(pattern, lower) for pattern in against)


def is_refusal(sentence: str) -> bool:
    """Tell whether a sentence says no, and why."""
    return _has(cues.DENIES, sentence.lower()) and not _has(cues.PLANNED, sentence.lower())


def asks_leave(prompt: str) -> bool:
    """Tell whether a prompt asks whether something may be done."""
    return _has(cues.MAY_WE, prompt.lower())


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
        if weight == cues.STRONG or _is_ours(sentence, project):
            return Cue(domain, weight)
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
    before, after = sentence[:end], sentence[end : end + 60]
    return _has(cues.GUESSED, before) or _has(cues.PLANNED, before) or _has(cues.LEFT_OPEN, after)


def _is_ours(sentence: str, project: bool) -> bool:
    if _has(cues.GUESSED, sentence) or _has(cues.PLANNED, sentence) or _has(cues.PASSING, sentence):
        return False
    return (project and not _has(cues.EDIT, sentence)) or _has(cues.OURS, sentence)


def _has(pattern: str, text: str) -> bool:
    return _compiled(pattern).search(text) is not None


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.VERBOSE)
