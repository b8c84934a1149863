"""Plausible claims of 30 to 50 words, the same for the same seed, each with a word of its own."""

from __future__ import annotations

import random
from typing import NamedTuple

PLACES = "billing search gateway ledger upload notify session catalog parser export".split()
THINGS = "retry cursor token lock clock schema rate cache".split()
TOOLS = "redis kafka httpx pydantic sqlalchemy tokio express celery".split()
REASONS = [
    "because the replica lagged behind and two workers raced on the same row last spring",
    "since the vendor answers with stale pages for half a minute after every deployment",
    "after profiling showed that most of the time went into serialising the same envelope twice",
    "because the build machines have two cores and the suite ran out of its time",
]
RULES = [
    "pass a deadline to every call that leaves the process and log what was left of it",
    "write the new column first and fill the old rows in small batches during the night",
    "keep the raw query out of the views and go through the repository layer instead",
    "never hold the lock while waiting for the network, whatever the comment above it says",
]


class Fact(NamedTuple):
    """One generated claim: its text, its own word, and the keywords and the question that mean it."""

    text: str
    word: str
    keywords: str
    question: str


def facts(count: int, seed: int = 1) -> list[Fact]:
    """Return count claims."""
    dice = random.Random(seed)
    modules = ["".join(dice.choices("bcdfglmnprstv", k=3)) + str(number) for number in range(400)]
    found: list[Fact] = []
    for number in range(count):
        module, thing, tool = dice.choice(modules), dice.choice(THINGS), dice.choice(TOOLS)
        word = f"fact{seed}x{number:06d}"
        text = (
            f"{word}: in {dice.choice(PLACES)} the module {module} handles {thing} with {tool} "
            f"{dice.choice(REASONS)}; {dice.choice(RULES)}, and see ticket {dice.randrange(10_000)}."
        )
        question = f"What do we know about {thing} in {module} with {tool}?"
        found.append(Fact(text, word, f"{module} {thing} {tool}", question))
    return found
