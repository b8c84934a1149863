"""The sentence of a commit message that says why, and how sure that is."""

from __future__ import annotations

import re
from typing import NamedTuple

from mnemo.importing import messages
from mnemo.light import expression

LONGEST_REASON = 480  # characters
SHORTEST_REASON = 7  # words of the sentence
ENOUGH_ALONE = 9  # words of a subject that only says what was preferred, or what for
MOST_BEFORE = 2  # sentences taken along when a reason leans on them

# What gives a reason, the surest first; each with the kind of knowledge that it is.
_REASONS = (
    (
        "issues",
        "root-cause",
        ("cause", "culprit", "reason"),
        (
            r"\broot[- ]cause\b|\bthe (?:real |actual |underlying )?(?:cause|culprit|reason) (?:is|"
            r"was|of|for)\b|"
            r"\b(?:is|was|were|are) caused by\b|\bcaused (?:by|when|a|an|the)\b"
        ),
    ),
    (
        "issues",
        "surprise",
        ("turn", "surpris", "contrary", "gotcha", "not obvious", "subtle bug"),
        (
            r"\b(?:it )?turn(?:s|ed) out\b|\bsurprising(?:ly)?\b|\bcontrary to\b|\bgotcha\b|"
            r"\bnot obvious\b|\bsubtle bug\b"
        ),
    ),
    (
        "issues",
        "workaround",
        ("around", "upstream", "until"),
        (
            r"\bwork(?:s|ed|ing)?[- ]?arounds?\b|\bupstream (?:bug|issue|fix)\b|"
            r"\buntil .{3,60} (?:is|gets) fixed\b"
        ),
    ),
    (
        "issues",
        "regression",
        ("regress", "introduced", "used to", "broke"),
        (
            r"(?<!no )(?<!no performance )\bregress(?:ion|ed|es)\b(?! tests?| suite| coverage)|"
            r"\bintroduced (?:in|by|with) .{0,40}(?:#\d+|[0-9a-f]{7}|\d+\.\d+)|"
            r"\bused to (?:work|be)\b|\b(?:broke|broken) (?:by|since|in|when|because)\b"
        ),
    ),
    (
        "decisions",
        "dead-end",
        ("not", "n't", "never", "tried", "no longer"),
        (
            r"\b(?:do not|don't|never|must not|can't|cannot|should not|shouldn't)\b.{3,160}"
            r"\b(?:since|because|as (?:it|the|this|that|they|we|these|those)|otherwise|or else)\b|"
            r"\btried\b.{3,120}\b(?:but|however)\b|"
            r"\bno longer\b.{3,160}\b(?:since|because)\b"
        ),
    ),
    (
        "history",
        "reason",
        ("because", "due to", "the reason", "since"),
        (
            r"\bbecause(?: of)?\b|\bdue to\b|\bthe reason\b|"
            r"\b(?<!ever )since (?:the|it|we|this|that|they|there|[a-z`]\w* (?:is|are|was|has|can))\b"
        ),
    ),
    (
        "decisions",
        "alternative",
        ("instead of", "rather than", "in favo", "opposed to"),
        r"\b(?:instead of|rather than|in favou?r of|as opposed to)\b",
    ),
    (
        "history",
        "purpose",
        (
            "so that",
            "in order to",
            "to avoid",
            "to prevent",
            "to ensure",
            "to make sure",
            "to guarantee",
            "otherwise",
        ),
        (
            r"\bso that\b|\bin order to\b|\bto (?:avoid|prevent|ensure|make sure|guarantee)\b|"
            r"\botherwise\b"
        ),
    ),
)
_COMPILED = [
    (domain, tag, hints, expression(words, re.IGNORECASE | re.DOTALL))
    for domain, tag, hints, words in _REASONS
]
# Looked for first: a plain search costs a tenth of an expression.
_HINT = expression("|".join(re.escape(hint) for _, _, hints, _ in _COMPILED for hint in hints))
RANK = {tag: rank for rank, (_, tag, _, _) in enumerate(_COMPILED)}
# Weak words need a statement about code beside them.
_WEAK = frozenset(("purpose", "alternative"))
_CODE = expression(r"`[^`]+`|\b\w+\(\)|\b\w+_\w+\b|\b[a-z]+[A-Z]\w+|\b\w+\.\w{2,}\b|--\w+|\b[A-Z]\w+[A-Z]\w*")
_CLAUSE = expression(
    r"\b(?:because(?: of)?|due to|since|so that|in order to|root cause (?:is|was|of)|"
    r"it turns out(?: that)?|turns out"
    r"(?: that)?|caused by|the reason (?:is|was|for)|otherwise)\b(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_LEANING = expression(
    r"(?:this|that|these|those|it|they|which|because|since|so|otherwise|however|instead|but|and|also|hence|"
    r"therefore|thus|as a result|moreover|in particular|to do this|for example|the (?:problem|issue|"
    r"reason|root cause|fix|solution|change|workaround)|doing so|"
    r"in (?:this|that|those|these) case|especially|not only|additionally|as well|actually|"
    r"unfortunately|turns out|here|there|then|now|"
    r"to (?:fix|avoid|"
    r"solve))\b",
    re.IGNORECASE,
)
_BECAUSE = expression(r"\b(?:because|since|as (?:it|the|this|they|we))\b", re.IGNORECASE)
_OF_TESTS = expression(
    r"(?:\w+\([^)]*\): )?(?:(?:also|this (?:change|commit|pr|patch)) )?"
    r"(?:add|remove|update|revise|improve|fix|adjust|convert|migrate|keep|change|skip|drop|weaken|relax)\w*"
    r" (?:\S+ ){0,7}(?:tests?|asserts?)\b"
    r"|(?:the )?(?:\w+ ){0,2}tests? (?:were|was|would|are|is|now|will)\b",
    re.IGNORECASE,
)
_PREFERS = expression(
    r"\b(?:instead of|rather than|in favou?r of|so that|in order to|to (?:avoid|prevent|"
    r"ensure))\b",
    re.IGNORECASE,
)
_PREFERRED = expression(r"\b(?:instead of|rather than|in favou?r of|as opposed to)\b", re.IGNORECASE)
_WHEREFORE = expression(
    r"\b(?:when|if|for|to (?:allow|avoid|be|better|enable|ensure|fix|get|give|handle|have|keep|"
    r"make|match|prevent|"
    r"reduce|support|work)|by default|deprecat\w*|since|unless|because|always|never|consistent\w*|"
    r"so)\b",
    re.IGNORECASE,
)
_NEW = expression(
    r"(?:(?:feat\w*|\w+)(?:\([^)]*\))?!?: )?(?:add(?:s|ed|ing)?|implement\w*|introduce\w*|support|feat)\b",
    re.IGNORECASE,
)
_ASIDE = expression(r"\bthanks?\b|\bincidentally\b|\bsorry\b|\bplease\b|\bTODO\b", re.IGNORECASE)
_SMALL = expression(
    r"(?:(?:style|refactor|test|tests|docs?|chore|ci|build|lint|format|cleanup)\b(?:\([^)]*\))?!?:|"
    r"(?:rename|reformat|format|lint|clean ?up|tidy|reword|rephrase|document|add (?:a )?(?:tests?|"
    r"comments?))\b)",
    re.IGNORECASE,
)


class Reason(NamedTuple):
    """Why a commit was made, in its own words.

    Args:
        domain: issues, decisions or history.
        tag: what kind of reason it is.
        text: the sentence, with the one before it where it leans on that.
        why: the clause that gives the reason.
    """

    domain: str
    tag: str
    text: str
    why: str


def find_reason(message: str) -> Reason | None:
    """Return the surest reason that a message gives, None when it gives none."""
    if not _HINT.search(message.lower()):
        return None
    subject, sentences = messages.subject_of(message), messages.list_sentences(message)
    best, chosen = len(_COMPILED), -1
    for place, sentence in enumerate([subject, *sentences]):
        rank = _rank(sentence, subject, best, alone=place == 0)
        if rank < best:
            best, chosen = rank, place
    if chosen < 0:
        return None
    domain, tag, _, _ = _COMPILED[best]
    if not chosen:
        return Reason(domain, tag, "", clause(subject))
    return Reason(domain, tag, _standing(sentences, chosen - 1), clause(sentences[chosen - 1]))


def _rank(sentence: str, subject: str, best: int, *, alone: bool) -> int:
    """Return the place in the table of the reason that a sentence gives, best when it gives none surer."""
    lowered = sentence.lower()
    if not _HINT.search(lowered):
        return best
    for rank, (_, tag, hints, pattern) in enumerate(_COMPILED[:best]):
        if any(hint in lowered for hint in hints) and pattern.search(sentence):
            if tag in _WEAK and _is_too_weak(subject, sentence):
                continue
            # A subject alone has to say the why in itself.
            if alone and not _can_stand_alone(sentence, tag):
                continue
            return best if _is_aside(sentence, subject, alone=alone) else rank
    return best


def _is_aside(sentence: str, subject: str, *, alone: bool) -> bool:
    if _ASIDE.search(sentence) or _OF_TESTS.match(sentence):
        return True
    return not alone and (len(messages.words(sentence)) < SHORTEST_REASON or _repeats(sentence, subject))


def clause(sentence: str) -> str:
    """Return the part of a sentence that gives the reason, the whole sentence where none is marked."""
    found = _CLAUSE.search(sentence)
    rest = found["rest"].strip(" ,:;.") if found else ""
    return rest if len(rest.split()) > 3 else sentence


def _repeats(sentence: str, subject: str) -> bool:
    mine, theirs = set(messages.words(sentence.lower())), set(messages.words(subject.lower()))
    return len(mine - theirs) <= len(mine) // 5


def _is_too_weak(subject: str, sentence: str) -> bool:
    """Tell whether a weak reason is none: about no code, in a sweep, or what a new feature is for."""
    bare = bool(_PREFERRED.search(sentence)) and not _WHEREFORE.search(sentence)
    return bare or not _CODE.search(sentence) or bool(_SMALL.match(subject) or _NEW.match(subject))


def _can_stand_alone(subject: str, tag: str) -> bool:
    """Tell whether a subject without a body says its why in itself."""
    if tag in ("root-cause", "surprise", "regression") or _SMALL.match(subject):
        return False
    # "Fix f returning x instead of y" tells the fault, not a choice.
    if tag in _WEAK and (messages.starts_as_fix(subject) or not _PREFERS.search(subject)):
        return False
    if tag == "reason" and messages.starts_as_fix(subject) and not _BECAUSE.search(subject):
        return False
    return len(messages.words(subject)) >= (SHORTEST_REASON if tag == "reason" else ENOUGH_ALONE)


def _standing(sentences: list[str], place: int) -> str:
    """Return a sentence so that it can be read alone: with the one before it where it leans on that."""
    text = sentences[place]
    first = place
    while first and place - first < MOST_BEFORE and _LEANING.match(sentences[first]):
        longer = f"{sentences[first - 1]} {text}"
        if len(longer) > LONGEST_REASON:
            break
        text, first = longer, first - 1
    return text if len(text) <= LONGEST_REASON else f"{text[:LONGEST_REASON].rsplit(' ', 1)[0]} …"
