"""What a rule is about: its domain and tags, by the words of its headings and its own."""

from __future__ import annotations

import re

from mnemo.light import expression

# The first that fits counts; headings are asked before the text.
_DOMAINS = (
    (
        "issues",
        (
            r"known (?:issues?|problems?|bugs?)|gotchas?|pitfalls?|traps?|troubleshoot\w*|caveats?|"
            r"workarounds?"
            r"|flak(?:y|iness)|footguns?|limitations?"
        ),
    ),
    (
        "dependencies",
        (
            r"dependenc(?:y|ies)|package manage(?:r|ment)|lock ?files?|requirements\.txt|third[- ]party|"
            r"version pin\w*|upgrading packages"
        ),
    ),
    (
        "architecture",
        (
            r"architecture|(?:project|repo(?:sitory)?|code(?:base)?|directory|folder|package) "
            r"(?:structure|layout|overview|map|organi[sz]ation)|data ?flow|"
            r"key (?:files|components|concepts|modules)|monorepo|where things live|design overview|layout"
        ),
    ),
    ("history", r"history|changelog|migration notes"),
)
_IN_TEXT = (
    ("issues", r"\b(?:known issue|workaround|gotcha|caveat|bug in|is broken|flaky|race condition)\b"),
    (
        "dependencies",
        (
            r"\b(?:uv add|uv lock|npm install|pnpm (?:add|install)|yarn add|pip install|poetry add|"
            r"cargo add|"
            r"go get"
            r"|new dependenc(?:y|ies)|dependency floor|runtime dependenc\w+|lock ?file)\b"
        ),
    ),
    (
        "architecture",
        r"\b(?:lives? (?:in|under)|is (?:located|defined|implemented) (?:in|under)|entry point)\b",
    ),
)
_TAGS = (
    ("testing", r"tests?|testing|pytest|vitest|jest|coverage|fixtures?|mocks?|snapshots?|e2e"),
    (
        "style",
        r"style|format(?:ting|ter)?|lint(?:ing|er)?|naming|indentation|ruff|prettier|eslint|biome|rustfmt",
    ),
    ("git", r"commits?|branch(?:es)?|rebase|squash|force-push|git|merge[ds]?"),
    ("review", r"pull requests?|prs?|reviews?|reviewers?"),
    ("docs", r"docs?|documentation|docstrings?|readme|changelog|comments?|jsdoc"),
    ("build", r"builds?|compile[ds]?|bundle[rs]?|makefile|dockerfile|docker"),
    ("ci", r"ci|github actions|workflows?|pipelines?"),
    ("release", r"releas(?:e[sd]?|ing)|publish(?:ing|ed)?|semver|version bumps?"),
    ("types", r"typ(?:es|ing|ed)|type hints?|annotations?|pyright|mypy|typescript"),
    ("errors", r"errors?|exceptions?|raise[sd]?|panics?"),
    ("security", r"security|secrets?|credentials?|auth(?:entication|orization)?|tokens?|vulnerabilit\w+"),
    ("performance", r"performance|fast(?:er)?|slow(?:er)?|memory|latency|benchmarks?"),
    ("database", r"database|sql|migrations?|schemas?|queries|orm|postgres\w*|clickhouse"),
    ("api", r"apis?|endpoints?|backwards?[- ]compatib\w+|breaking changes?|deprecat\w+"),
    ("logging", r"log(?:s|ging|ger)?|telemetry|metrics|tracing"),
    ("ui", r"css|tailwind|components?|react|frontend|ui"),
    ("async", r"async(?:io)?|await|anyio|threads?|concurren\w+"),
    ("imports", r"imports?|exports?|re-exports?"),
)
MOST_TAGS = 4

_HEADS = [(domain, expression(rf"(?:^|\b)(?:{words})\b", re.IGNORECASE)) for domain, words in _DOMAINS]
_TEXTS = [(domain, expression(words, re.IGNORECASE)) for domain, words in _IN_TEXT]
_TOPICS = [(tag, expression(rf"\b(?:{words})\b", re.IGNORECASE)) for tag, words in _TAGS]


def domain_of(headings: tuple[str, ...], text: str, *, demands: bool) -> str:
    """Return the domain of a rule.

    Args:
        headings: what stands above it, the widest first.
        text: what it says.
        demands: whether it demands or forbids something.
    """
    for heading in reversed(headings):
        for domain, words in _HEADS:
            if words.search(heading) and not (domain == "architecture" and demands):
                return domain
    first = text[:600]
    for domain, words in _TEXTS:
        if words.search(first) and not (domain == "architecture" and demands):
            return domain
    return "patterns"


def tags_of(headings: tuple[str, ...], text: str) -> tuple[str, ...]:
    """Return what a rule is about in at most MOST_TAGS words, those of its headings first."""
    above, first = " ".join(headings), text[:600]
    named = [tag for tag, words in _TOPICS if words.search(above)]
    named += [tag for tag, words in _TOPICS if tag not in named and words.search(first)]
    return tuple(named[:MOST_TAGS])
