"""Checking answers against what was expected of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from mnemo.evaluating.cases import Case
from mnemo.ids import SHORTEST_PREFIX, short

SHOWN = 80
SHORTEST_ADDRESS = 8  # hexadecimal digits from which an expectation may mean an address
DIGITS = frozenset("0123456789abcdef")

Record = dict[str, Any]
Ask = Callable[[Case], Record]


class Outcome(NamedTuple):
    """How one set of cases fared.

    Args:
        passed: how many were answered as expected.
        misses: what was not, each {"query", "problem", "told"}.
        tokens: of all answers.
        ms: how long an answer took on average, milliseconds.
    """

    passed: int
    misses: list[Record]
    tokens: int
    ms: float


def check(cases: Sequence[Case], ask: Ask, progress: Callable[[int, int], None] | None = None) -> Outcome:
    """Ask every case and compare.

    Args:
        cases: what is expected.
        ask: returns recall's record for a case.
        progress: called with how many were asked and how many there are.
    """
    misses: list[Record] = []
    passed = tokens = 0
    spent = 0.0
    for done, case in enumerate(cases, 1):
        started = time.perf_counter()
        record = ask(case)
        spent += time.perf_counter() - started
        tokens += record["tokens"]
        problems = problems_of(case, record)
        passed += not problems
        told = [f"{short(one['address'])} {_line(one['content'])}" for one in _told(record)]
        misses += [{"query": case.query or case.path, "problem": one, "told": told} for one in problems]
        if progress:
            progress(done, len(cases))
    return Outcome(passed, misses, tokens, round(1000 * spent / len(cases), 2))


def problems_of(case: Case, record: Record) -> list[str]:
    """Return what is wrong with an answer, a sentence each.

    Args:
        case: what is expected.
        record: what recall answered.
    """
    told = _told(record)
    found = [
        f"must contain {wanted!r}{_withheld(record)}" for wanted in case.contains if not _among(wanted, told)
    ]
    found += [f"must not contain {unwanted!r}" for unwanted in case.not_contains if _among(unwanted, told)]
    if case.first and not _among(case.first, told[:1]):
        place = next((number for number, one in enumerate(told, 1) if _among(case.first, [one])), 0)
        found.append(f"{case.first!r} must come first; it {f'comes as {place}.' if place else 'is not told'}")
    if case.max_tokens and record["tokens"] > case.max_tokens:
        found.append(f"takes {record['tokens']} tokens; {case.max_tokens} are allowed")
    return found


def _told(record: Record) -> list[Record]:
    return [*record["claims"], *record["elsewhere"]]


def _among(wanted: str, told: Sequence[Record]) -> bool:
    lower = " ".join(wanted.casefold().split())
    is_address = len(lower) >= max(SHORTEST_ADDRESS, SHORTEST_PREFIX) and set(lower) <= DIGITS
    return any(lower in _said(one) or (is_address and one["address"].startswith(lower)) for one in told)


def _said(one: Record) -> str:
    texts = (one.get(name) or "" for name in ("content", "why", "when"))
    return " ".join(" ".join(texts).casefold().split())


def _withheld(record: Record) -> str:
    count = len(record.get("withheld", []))
    return f" ({count} withheld: the code no longer supports them)" if count else ""


def _line(content: str) -> str:
    first = content.strip().split("\n", 1)[0]
    return first if len(first) <= SHOWN else first[: SHOWN - 1] + "…"
