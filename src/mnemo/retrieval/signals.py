"""What speaks for a claim beside its text: its kind, how loud, fresh, useful and near it is.

Each signal gives points, as many as the table says; a point is a small share of the best text's score, and
all together are bounded, so that they decide between texts that answer about as well and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping

from mnemo.clock import milliseconds
from mnemo.light import NamedTuple
from mnemo.model.claim import PERMILLE, Assertion, View
from mnemo.retrieval.intent import Intent
from mnemo.store.counters import Counts

POINT = 0.04  # of the best text's score
MOST_POINTS = 2.5
DAY_MS = 86_400_000
DECAY_A_DAY, LEAST_SURE = 0.02, 0.3
UNSURE_SHARE = 0.15  # what a claim loses of its score when nobody is sure of it any more
FRESH, RECENT = (1, 0.3), (7, 0.1)  # days, points
REINFORCED, MOST_REINFORCED = 0.2, 1.0
OF_SESSION = 1.0
OF_BRANCH = 0.2
TOLD_LATELY, FADING, TURNS = 0.5, 0.7, 5
LEAST_RECALLS, USUAL_USE, USE_RATE = 3, 0.4, 0.5

# What a question is about: the domains that it speaks for, and with how many points.
_FLAGS: dict[str, dict[str, float]] = {
    "architecture_discussion": {"architecture": 0.8, "decisions": 0.8},
    "debugging": {"issues": 1.0, "architecture": 0.3},
    "decision_making": {"decisions": 0.8, "history": 0.8},
    "convention_setting": {"patterns": 0.8},
    "dependency_talk": {"dependencies": 0.8},
    "task_signal": {"tasks": 0.7},
    "history_signal": {"history": 0.8},
}
_QUESTIONS: dict[str, dict[str, float]] = {
    "how_works": {"architecture": 0.8},
    "why_decision": {"decisions": 1.0},
    "find_location": {"architecture": 0.5},
    "convention": {"patterns": 1.0},
}
CORRECTION = 0.3  # for a claim of any domain


class Light(NamedTuple):
    """In what light claims are seen for one question.

    Args:
        domains: points of each domain.
        any_domain: points of all.
        view: from where.
        recent: how many recalls ago this session was told a claim, by its address.
    """

    domains: Mapping[str, float]
    any_domain: float
    view: View
    recent: Mapping[str, int]


def light_of(intent: Intent, view: View, recent: Mapping[str, int]) -> Light:
    """Return the light that a question throws.

    Args:
        intent: what the question is about.
        view: from where it is asked.
        recent: how many recalls ago this session was told a claim, by its address.
    """
    points: dict[str, float] = {}
    for table in (*(_FLAGS.get(flag, {}) for flag in intent.flags), _QUESTIONS.get(intent.question_type, {})):
        for domain, value in table.items():
            points[domain] = points.get(domain, 0.0) + value
    return Light(points, CORRECTION if "is_correction" in intent.flags else 0.0, view, recent)


def points(one: Assertion, counts: Counts, light: Light) -> dict[str, float]:
    """Return the points of each signal that a claim gives; those of none are left out.

    Args:
        one: the assertion that counts.
        counts: what became of its recalls.
        light: what the question is about.
    """
    found: dict[str, float] = {}  # filled one by one: most claims give hardly any, and many are looked at
    if (value := light.domains.get(one.domain, 0.0) + light.any_domain) > 0:
        found["domain"] = value
    if one.priority:
        found["priority"] = one.priority / PERMILLE
    if (value := _recency(_days(one.first, light.view.now))) > 0:
        found["recency"] = value
    if one.reinforced:
        found["reinforced"] = min(REINFORCED * one.reinforced, MOST_REINFORCED)
    if one.session and one.session == light.view.session:
        found["session"] = OF_SESSION
    if one.scope == "branch" and one.branch == light.view.branch:
        found["branch"] = OF_BRANCH
    # What was merely told would be dragged into the answers to unrelated questions.
    if counts.used and (turns := light.recent.get(one.address, TURNS)) < TURNS:
        found["told"] = TOLD_LATELY * FADING**turns
    if counts.recalled >= LEAST_RECALLS:
        found["use"] = (counts.used / counts.recalled - USUAL_USE) * USE_RATE
    return found


def contributions(one: Assertion, text: float, counts: Counts, light: Light) -> dict[str, float]:
    """Return what the signals add to a score, by name; `confidence` takes away.

    Args:
        one: the assertion that counts.
        text: its score so far.
        counts: what became of its recalls.
        light: what the question is about.
    """
    found = points(one, counts, light)
    total = sum(found.values())
    rate = POINT * min(1.0, MOST_POINTS / total) if total > 0 else POINT
    sure = one.confidence / PERMILLE * decay(_days(one.clock, light.view.now))
    given = {name: rate * value for name, value in found.items()}
    if sure < 1:
        given["confidence"] = -UNSURE_SHARE * (1 - sure) * text
    return given


def decay(days: float) -> float:
    """Return how much of a confidence is left so many days after it was last claimed or reinforced."""
    return max(LEAST_SURE, 1 - DECAY_A_DAY * max(days, 0.0))


def _days(clock: int, now: int) -> float:
    return max(now - milliseconds(clock), 0) / DAY_MS


def _recency(days: float) -> float:
    for limit, value in (FRESH, RECENT):
        if days < limit:
            return value
    return 0.0
