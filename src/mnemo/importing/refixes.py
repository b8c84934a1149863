"""Fixes of fixes: a fix that takes back or changes lines which an earlier fix had written."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from mnemo import text
from mnemo.importing import messages
from mnemo.light import expression
from mnemo.repo.commits import Commit, Touched

WITHIN_S = 21 * 86_400  # seconds between the two fixes
MOST_FILES = 12  # a fix that touches more is a sweep
MOST_CANDIDATES = 3  # earlier fixes looked at for one fix
MOST_PATCHES = 3_000  # commits read line by line in one run
SHORTEST_LINE = 12  # characters that a shared line must have to mean something
SOME_SHARE = 0.2  # of what the earlier fix wrote, taken back by a later one of like words
ENOUGH_LINES, ENOUGH_SHARE = 3, 0.4  # shared by two fixes whose subjects have no word in common
FEWEST_WORDS = 4  # of a subject that tells what was mended
COMMON = frozenset(
    text.words(
        "fix fixed fixes bug issue error errors test tests handle handling when correct avoid prevent support"
    )
)
SHARE_OF_HOT = 0.05  # a file that more of the fixes touch says nothing


_PULL = expression(r"\s*\(#\d+\)|^\w+(?:\([^)]*\))?!?:\s*")
_MINOR = expression(
    r"\b(?:typos?|docs?|documentation|docstrings?|lint\w*|format(?:ting)?|whitespace|comments?|"
    r"mypy|pyright|flake8|"
    r"ruff|clippy|spelling|tests?|merge conflicts?|ci|workflows?|build|nits?|review comments?|changelog)\b",
    re.IGNORECASE,
)
_TEST = expression(r"(?:^|/)(?:tests?|spec|__tests__|e2e)/|(?:^|/)test_|[._-](?:test|spec)\.", re.IGNORECASE)


class Refix(NamedTuple):
    """A fix and the earlier fix that it mends.

    Args:
        later, earlier: the two commits.
    """

    later: Commit
    earlier: Commit


def pair_refixes(
    commits: Sequence[Commit],
    heat: Counter[str],
    patches: Callable[[Sequence[str]], Iterable[tuple[str, list[Touched]]]],
) -> dict[str, Refix]:
    """Return fixes that mend an earlier one, by the hash of the later.

    What a `Fixes:` trailer names counts at once; otherwise both must be fixes, at most WITHIN_S apart, and
    the later must remove lines that the earlier added.

    Args:
        commits: newest first.
        heat: how many commits touched each path.
        patches: gives what some commits changed line by line.
    """
    found: dict[str, Refix] = {}
    fixes = [one for one in commits if messages.is_fix(one.message) and len(one.paths) <= MOST_FILES]
    fixes = [one for one in fixes if not messages.is_revert(one.message) and _tells(one)]
    by_short = {one.hash[:7]: one for one in fixes}
    for one in fixes:
        for short in messages.list_fixed(one.message):
            earlier = by_short.get(short[:7])
            if earlier and earlier.hash.startswith(short) and earlier is not one:
                found[one.hash] = Refix(one, earlier)
    pairs = [pair for pair in _candidates(fixes, heat) if pair.later.hash not in found]
    found.update(_proven(pairs, patches))
    return found


def _candidates(fixes: Sequence[Commit], heat: Counter[str]) -> list[Refix]:
    """Return pairs of fixes that touch the same file within the time, the nearest earlier ones first."""
    hot = max(8, int(len(fixes) * SHARE_OF_HOT))
    later_of: dict[str, list[Commit]] = defaultdict(list)
    count: Counter[str] = Counter()
    pairs: dict[tuple[str, str], Refix] = {}
    for earlier in fixes:
        for path in earlier.paths:
            if heat[path] > hot * 4 or _is_noise(path):
                continue
            near = [one for one in later_of[path] if 0 <= one.time - earlier.time <= WITHIN_S]
            for later in near:
                if count[later.hash] < MOST_CANDIDATES and (later.hash, earlier.hash) not in pairs:
                    count[later.hash] += 1
                    pairs[later.hash, earlier.hash] = Refix(later, earlier)
            later_of[path] = [*near, earlier]
    return list(pairs.values())


def _tells(commit: Commit) -> bool:
    subject = _PULL.sub("", messages.subject_of(commit.message))
    return len(subject.split()) >= FEWEST_WORDS and not _MINOR.search(subject)


def _is_noise(path: str) -> bool:
    if _TEST.search(path):
        return True
    return not path.rpartition(".")[2].isalnum() or path.endswith(
        (".md", ".rst", ".txt", ".lock", ".snap", ".json")
    )


def _proven(
    pairs: Sequence[Refix], patches: Callable[[Sequence[str]], Iterable[tuple[str, list[Touched]]]]
) -> dict[str, Refix]:
    wanted = list(dict.fromkeys(one.hash for pair in pairs for one in pair))[:MOST_PATCHES]
    touched = {name: {each.path: each for each in files} for name, files in patches(wanted)} if wanted else {}
    found: dict[str, Refix] = {}
    for pair in pairs:
        later, earlier = touched.get(pair.later.hash, {}), touched.get(pair.earlier.hash, {})
        shared = [_shared(later[path], earlier[path]) for path in later.keys() & earlier.keys()]
        count, share = max(shared, default=(0, 0.0))
        akin = bool(_subject_words(pair.later) & _subject_words(pair.earlier))
        if (akin and count and share >= SOME_SHARE) or (count >= ENOUGH_LINES and share >= ENOUGH_SHARE):
            found.setdefault(pair.later.hash, pair)
    return found


def _shared(later: Touched, earlier: Touched) -> tuple[int, float]:
    """Return how many lines of the earlier fix the later one removes, and their share of all it wrote."""
    written = {line for line in earlier.added if _says_something(line)}
    gone = (later.removed & written) - later.added
    return len(gone), len(gone) / len(written) if written else 0.0


def _says_something(line: str) -> bool:
    return len(line) >= SHORTEST_LINE and not line.startswith(("import ", "from ", "//", "#", "use "))


def _subject_words(commit: Commit) -> set[str]:
    subject = _PULL.sub("", messages.subject_of(commit.message))
    return {word for word in text.words(subject) if len(word) > 3} - COMMON
