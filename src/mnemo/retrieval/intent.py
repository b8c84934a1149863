"""What a message is about, read from its words: a question and its kind, and what is talked of."""

from __future__ import annotations

import re
from functools import lru_cache

from mnemo import text
from mnemo.light import NamedTuple, expression

SHORTEST = 3
HIGH, MEDIUM = 6, 3  # keywords from which a message asks much, or something

# Too common in talk about any program to tell one claim from another.
COMMON = text.STOP_WORDS | set(
    """like may might shall lets let get got make use used using need want look looks thing things file code
    im ive dont didnt cant wont thats whats youre""".split()
)

# The first kind that fits counts; a question that fits none is general.
QUESTIONS = {
    "how_works": r"how (?:does|do|is|are)\b",
    "find_location": r"where (?:is|are|do|does)\b|which (?:file|module)\b",
    "why_decision": r"why (?:does|do|did|is|was|are|were)\b|reason\b",
    "convention": r"(?:what|which) (?:pattern|convention|approach|standard)|how should\b|the standard\b",
}
_ANYWHERE = r"\b(?:{})\w*"  # a beginning of a word
_WHOLE = r"\b(?:{})\b"
FLAGS = {
    "architecture_discussion": _ANYWHERE.format(
        "architect|design|pattern|structur|module|component|layer|service|interface|abstract|refactor"
        "|reorgani[sz]|decoupl|separat|split|merge|monolith|microservice"
    ),
    "debugging": _ANYWHERE.format(
        "error|bug|broken|fail|exception|crash|stack ?trace|issue|problem|wrong|unexpected"
        "|does(?:n.t| not) work|not working|regression|flaky|hang|timeout|leak|corrupt|segfault"
    ),
    "decision_making": _WHOLE.format(
        "decided?|decision|choosing|cho(?:se|ose|ice)|trade.?offs?|instead of|went with"
        "|go(?:ing)? with|options?|alternatives?|approach(?:es)?|pros and cons|better to|should we|picked"
        "|selected|switch(?:ed)? to|migrated|moving to"
    ),
    "convention_setting": _WHOLE.format(
        "always|never|conventions?|rules?|standards?|patterns?|consistent|naming|style|format|prefix|suffix"
        "|the way we|our approach|best practices?"
    ),
    "dependency_talk": _ANYWHERE.format(
        "install|upgrade|downgrade|version|package|librar(?:y|ies)|dependenc|import|require|pip|npm|cargo"
        "|maven|compatib|breaking change|deprecat"
    ),
    "task_signal": _ANYWHERE.format(
        "todo|fixme|hack|working on|in progress|blocked|done|finish|complet|next|priorit|sprint|milestone"
        "|deadline|ship|deploy|releas"
    ),
    "history_signal": _WHOLE.format(
        "tried|attempt(?:ed|s)?|did(?:n.t| not) work|abandoned|reverted|rolled back|used to|previously"
        "|before we|originally|old approach|lessons? learned"
    ),
    "is_correction": _WHOLE.format(
        "actually|not anymore|changed|moved|no longer|switched|updated|replaced|deprecated|removed|renamed"
        "|restructured"
    ),
}
_FLAGS = {name: expression(pattern) for name, pattern in FLAGS.items()}
_QUESTIONS = {name: expression(rf"\b(?:{pattern})") for name, pattern in QUESTIONS.items()}
_WORD = expression(r"[a-z0-9_]+")


class Intent(NamedTuple):
    """What a message is about.

    Args:
        keywords: its words that tell something.
        question_type: how_works, find_location, why_decision, convention or general; "" for no question.
        flags: is_question, and the names in FLAGS that fit, in their order.
        density: how much it asks of memory: low, medium or high.
    """

    keywords: frozenset[str]
    question_type: str
    flags: tuple[str, ...]
    density: str


@lru_cache(maxsize=256)  # several stages of one recall ask
def read_intent(message: str) -> Intent:
    """Return what a message is about."""
    lower = message.lower()
    known = frozenset(keywords(message))
    topics = tuple(name for name, pattern in _FLAGS.items() if pattern.search(lower))
    if "?" not in message:
        return Intent(known, "", topics, _density(topics, known))
    kind = next((name for name, pattern in _QUESTIONS.items() if pattern.search(lower)), "general")
    return Intent(known, kind, ("is_question", *topics), "high")


def keywords(message: str) -> list[str]:
    """Return the words of a text that tell something, in order, repeated where they repeat."""
    return [word for word in _words(message.lower()) if len(word) >= SHORTEST and word not in COMMON]


def _density(topics: tuple[str, ...], known: frozenset[str]) -> str:
    if len(topics) >= 2 or len(known) >= HIGH:
        return "high"
    return "medium" if topics or len(known) >= MEDIUM else "low"


def _words(lower: str) -> list[str]:
    pattern: re.Pattern[str] = _WORD
    return pattern.findall(lower)
