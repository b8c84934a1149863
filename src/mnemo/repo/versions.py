"""Versions and version ranges as Python, npm, Cargo, Go and Maven write them: one honest comparison.

A range is a list of spans between cuts. A cut lies just before or just after a version, so that every
operator, caret, tilde and wildcard becomes plain spans, and one range lies in another or it does not.
"""

from __future__ import annotations

import re
from math import inf

from mnemo.light import Any

Key = tuple[Any, ...]
Cut = tuple[Key, int]
Span = tuple[Cut, Cut]

BEFORE, AFTER = 0, 1
START: Cut = ((), BEFORE)
END: Cut = (((inf,),), BEFORE)
EVERYTHING: list[Span] = [(START, END)]
LONGEST_SPEC = 500

# What follows the numbers, in order: development, pre-release, final.
DEVELOPMENT: Key = (-2,)
PRE_RELEASE = -1
FINAL: Key = (0,)
SAME_PHASE = {"alpha": "a", "beta": "b", "c": "rc", "pre": "rc", "preview": "rc"}
SERIES_OPERATORS = ("^", "~", "~=")

_VERSION = re.compile(r"[vV]?(\d+(?:\.\d+)*)(.*)")
_PHASE = re.compile(r"[-_.]?([a-z]+)[-_.]?(\d*)")
_NUMBERED_POST = re.compile(r"-(\d+)")
_WILDCARD = re.compile(r"[vV]?((?:\d+\.)*)[*xX](?:\.[*xX])*")
_COMPARATOR = re.compile(r"(===|==|!=|~=|<=|>=|<|>|=|\^|~)?\s*([^\s,<>=!~^][^\s,]*)")
_HYPHEN = re.compile(r"(\S+) - (\S+)")


def satisfies(declared: str, wanted: str) -> bool | None:
    """Tell whether a declared version or range lies within a wanted range.

    Args:
        declared: "4.1.2" or a range such as ">=4.1,<5", "^1.2", "~=2.0", "1.x || >=3"; "" allows anything.
        wanted: the same forms; a bare version of one or two parts means that series ("2" is 2.anything).

    Returns:
        True when every declared version is wanted, False when none is, None when it depends or a text is not
        understood (a URL, a tag, an epoch). Pre-releases are compared by their order (PEP 440, semver 2.0).
    """
    have, want = _range(declared, wanted=False), _range(wanted, wanted=True)
    if have is None or want is None:
        return None
    common = _intersect(have, want)
    if not common:
        return False
    return True if all(span in common for span in have) else None


def is_range(text: str) -> bool:
    """Tell whether a text is understood as a wanted range."""
    return _range(text, wanted=True) is not None


def version_key(text: str) -> Key | None:
    """Return what versions are ordered by: release, phase, post, development; None when text is no version.

    The order is that of PEP 440; the named pre-releases of semver 2.0 sort by their names.
    """
    match = _VERSION.fullmatch(text)
    if not match:
        return None
    phase = _phase(match[2].partition("+")[0].lower())
    return phase and (_release(match[1]), *phase)


def _release(text: str) -> tuple[int, ...]:
    """Return a release's numbers without the zeros at its end: 1.0 is 1."""
    numbers = [int(number) for number in text.split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def _phase(tail: str) -> Key | None:
    phase, post, development, position = FINAL, -1, inf, 0
    numbered = _NUMBERED_POST.fullmatch(tail)
    if numbered:
        return FINAL, int(numbered[1]), inf
    while position < len(tail):
        match = _PHASE.match(tail, position)
        if not match:
            return None
        word, number = match[1], int(match[2] or 0)
        if word == "dev":
            development = number
        elif word in ("post", "rev", "r"):
            post = number
        elif phase == FINAL:
            phase = (PRE_RELEASE, SAME_PHASE.get(word, word), number)
        position = match.end()
    if phase == FINAL and post < 0 and development < inf:
        phase = DEVELOPMENT
    return phase, post, development


def _range(text: str, *, wanted: bool) -> list[Span] | None:
    """Return a range as sorted spans that do not touch, None when it is not understood."""
    if len(text) > LONGEST_SPEC:
        return None
    found: list[Span] = []
    for choice in text.strip().strip("()").split("||"):
        spans, parts = EVERYTHING, _HYPHEN.sub(r">=\1 <=\2", choice)
        if _COMPARATOR.sub("", parts).strip(" ,"):
            return None
        for operator, version in _COMPARATOR.findall(parts):
            part = _comparator(operator, version, wanted=wanted)
            if part is None:
                return None
            spans = _intersect(spans, part)
        found += spans
    return _merge(found)


def _comparator(operator: str, version: str, *, wanted: bool) -> list[Span] | None:
    wild = _WILDCARD.fullmatch(version)
    if wild:
        return _wildcard(operator, wild[1].strip("."), wanted=wanted)
    key = version_key(version)
    if key is None:
        return None
    numbers = [int(number) for number in _VERSION.sub(r"\1", version).split(".")]
    if operator in SERIES_OPERATORS or (wanted and not operator and len(numbers) < 3 and key[1] == FINAL):
        return [((key, BEFORE), _series_end(operator, numbers))]
    return _compared(operator, key)


def _compared(operator: str, key: Key) -> list[Span]:
    release, phase, post, _ = key
    # PEP 440: `<2` leaves out 2's own pre-releases, `>2` its post-releases.
    plain = phase == FINAL and post < 0
    earliest: Cut = _first_of(release) if plain else (key, BEFORE)
    latest: Cut = ((release, phase, inf, inf) if plain else key, AFTER)
    return _between(operator, (earliest, (key, BEFORE)), ((key, AFTER), latest))


def _wildcard(operator: str, prefix: str, *, wanted: bool) -> list[Span]:
    """Return the spans of `1.2.*` behind an operator; wanted, it welcomes 1.2's own pre-releases too."""
    if not prefix:
        return EVERYTHING
    numbers = [int(number) for number in prefix.split(".")]
    earliest, end = _first_of(_release(prefix)), _bumped(numbers, len(numbers) - 1)
    final: Cut = ((_release(prefix), FINAL, -1, inf), BEFORE)
    return _between(operator, (earliest, earliest if wanted else final), (end, end))


def _between(operator: str, starts: tuple[Cut, Cut], ends: tuple[Cut, Cut]) -> list[Span]:
    """Return the spans an operator means.

    Args:
        operator: of PEP 440 or npm; anything else means equality.
        starts: where what lies below ends, and where the version itself begins.
        ends: where the version itself ends, and where what lies above begins.
    """
    meanings: dict[str, list[Span]] = {
        ">=": [(starts[1], END)],
        ">": [(ends[1], END)],
        "<=": [(START, ends[0])],
        "<": [(START, starts[0])],
        "!=": [(START, starts[1]), (ends[0], END)],
    }
    return meanings.get(operator, [(starts[1], ends[0])])


def _series_end(operator: str, numbers: list[int]) -> Cut:
    """Return where `^1.2.3`, `~1.2.3`, `~=1.2.3` or the bare series `1.2` ends."""
    last = len(numbers) - 1
    if operator == "^":
        return _bumped(numbers, next((place for place, number in enumerate(numbers) if number), last))
    if operator == "~=":
        return _bumped(numbers, max(last - 1, 0))
    return _bumped(numbers, min(last, 1))


def _bumped(numbers: list[int], place: int) -> Cut:
    return _first_of((*numbers[:place], numbers[place] + 1))


def _first_of(release: tuple[int, ...]) -> Cut:
    """Return the cut before the earliest development version of a release."""
    return (release, DEVELOPMENT, -1, 0), BEFORE


def _intersect(some: list[Span], others: list[Span]) -> list[Span]:
    spans = ((max(a[0], b[0]), min(a[1], b[1])) for a in some for b in others)
    return sorted(span for span in spans if span[0] < span[1])


def _merge(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span[0] <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], span[1]))
        else:
            merged.append(span)
    return merged
