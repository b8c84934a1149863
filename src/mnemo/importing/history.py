"""What a repository's history teaches: reverts, reasons, and fixes that had to be fixed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from mnemo import fence
from mnemo.importing import messages, reasons, refixes
from mnemo.importing.refixes import Refix
from mnemo.light import expression
from mnemo.redact import hide_private
from mnemo.repo.commits import Commit, Touched

SHOWN_HASH = 10
SUREST = ("root-cause", "surprise", "workaround")  # worth telling of tests and settings too
MOST_LESSONS = 1_000  # claimed of one history: more than that nobody ever confirms
MOST_FILES = 20  # a commit that touches more is about no single file
_CITED = expression(r"\(commit ([0-9a-f]{7,40}), \d{4}-\d\d-\d\d\)\s*\Z")
_CODE_FILE = expression(
    r"\.(?:py|pyi|js|mjs|cjs|ts|tsx|jsx|vue|svelte|go|rs|java|kt|scala|c|h|cc|cpp|hpp|cs|rb|php|swift|"
    r"sh|sql|"
    r"gradle|cmake|proto|graphql|css|scss|html|el|ex|exs|erl|hs|ml|lua|pl|pm|r|jl|m4|ac|am)$"
    r"|(?:^|/)(?:Makefile|Dockerfile)$",
    re.IGNORECASE,
)
_SETTINGS = expression(r"\.(?:toml|ya?ml|json|cfg|ini|conf)$|(?:^|/)Dockerfile", re.IGNORECASE)
_TEST = expression(
    r"(?:^|/)(?:tests?|testing|spec|__tests__|e2e)/|(?:^|/)test_|[._-](?:test|spec)\.", re.IGNORECASE
)
_DOC = expression(r"\.(?:md|rst|txt|adoc)$|(?:^|/)docs?/", re.IGNORECASE)
_ONLY_REVERTS = expression(
    r"(?:(?:this )?reverts? (?:commits? )?(?:[0-9a-f]{7,40}|\S+#\d+|#\d+|"
    r"pull request)\S*(?!.*\b(?:because|since|due)\b)"
    r"|(?:\w+: )?re-?verts?:? [\"“'])",
    re.IGNORECASE,
)
_PULL = expression(r"\s*\(#\d+\)$")


class Lesson(NamedTuple):
    """One thing that history teaches.

    Args:
        commit: where it was learnt.
        content, why: as a claim has them; the content cites the commit.
        domain, tags: what it is about.
        path: the main file that it touched and that still exists; empty without one.
    """

    commit: Commit
    content: str
    why: str
    domain: str
    tags: tuple[str, ...]
    path: str


def list_lessons(
    commits: Sequence[Commit],
    present: Callable[[str], bool],
    patches: Callable[[Sequence[str]], Iterable[tuple[str, list[Touched]]]],
) -> list[Lesson]:
    """Return what commits teach, newest first; of the same words in several commits only the oldest counts.

    Args:
        commits: newest first, without merges.
        present: whether a path still exists.
        patches: gives what some commits changed line by line.
    """
    open_ones = (one._replace(message=hide_private(one.message)) for one in commits)
    worth = [one for one in open_ones if _is_worth(one)]
    heat = Counter(path for one in worth for path in one.paths)
    fixed = refixes.pair_refixes(worth, heat, patches)
    lessons: dict[str, Lesson] = {}
    for commit in worth:
        lesson = _lesson(commit, fixed.get(commit.hash), present, heat)
        if lesson:
            # Backports and cherry-picks say the same again: what is older was there first.
            lessons.pop(key := without_citation(lesson.content), None)
            lessons[key] = lesson
    return sorted(lessons.values(), key=lambda one: -one.commit.time)


def strongest(lessons: Sequence[Lesson], most: int = MOST_LESSONS) -> list[Lesson]:
    """Return the lessons that say why most surely, newest first; of equally sure ones the newest count.

    Args:
        lessons: as list_lessons() gave them.
        most: how many at most.
    """
    surest = sorted(lessons, key=lambda one: (_rank(one), -one.commit.time))[:most]
    return sorted(surest, key=lambda one: -one.commit.time)


def iter_cited(contents: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the short hash that each statement cites, and the statement without it.

    Args:
        contents: of claims; those that cite no commit are left out.
    """
    for content in contents:
        found = _CITED.search(content)
        if found:
            yield found[1][:SHOWN_HASH], without_citation(content)


def without_citation(content: str) -> str:
    """Return what a lesson says, without the commit, the pull request and the case of its letters."""
    lines = [_PULL.sub("", line) for line in _CITED.sub("", content).lower().split("\n")]
    return " ".join(" ".join(lines).split())


def cited(commit: Commit) -> str:
    """Return how a lesson cites a commit."""
    return f"(commit {commit.hash[:SHOWN_HASH]}, {date_of(commit)})"


def date_of(commit: Commit) -> str:
    """Return a commit's day, such as 2024-05-01."""
    try:
        return datetime.fromtimestamp(commit.time, UTC).date().isoformat()
    except (OverflowError, ValueError, OSError):
        return "1970-01-01"


def _rank(lesson: Lesson) -> int:
    kind = lesson.tags[0]
    return reasons.RANK.get({"revert": "root-cause", "refix": "reason"}.get(kind, kind), len(reasons.RANK))


def _is_worth(commit: Commit) -> bool:
    if messages.is_by_machine(commit.author) or messages.is_chore(commit.message, commit.paths):
        return False
    if not messages.tells_enough(messages.subject_of(commit.message)):
        return False
    return any(_CODE_FILE.search(path) or _SETTINGS.search(path) for path in commit.paths)


def _is_code(path: str) -> bool:
    return bool(_CODE_FILE.search(path)) and not _TEST.search(path) and not _DOC.search(path)


def _lesson(
    commit: Commit, refix: Refix | None, present: Callable[[str], bool], heat: Counter[str]
) -> Lesson | None:
    subject = messages.subject_of(commit.message)
    reason = reasons.find_reason(commit.message)
    revert = messages.is_revert(commit.message)
    if revert:
        said = _why_reverted(commit.message)
        if not said:
            return None
        lines, why, domain, kind = [said], reasons.clause(said), "history", "revert"
    elif refix:
        lines = [_of_refix(refix), *([reason.text] if reason and reason.text else [])]
        why, domain, kind = reason.why if reason else "", "issues", "refix"
    elif reason and (reason.tag in SUREST or any(_is_code(path) for path in commit.paths)):
        lines, why, domain, kind = [reason.text], reason.why, reason.domain, reason.tag
    else:
        return None
    content = "\n".join(line for line in (subject, *lines, cited(commit)) if line)
    scope = messages.scope_of(commit.message)
    tags = tuple(dict.fromkeys(tag for tag in (kind, scope) if tag))
    return Lesson(
        commit, fence.escape(content), fence.escape(why), domain, tags, main_file(commit, present, heat)
    )


def _why_reverted(message: str) -> str:
    """Return why a revert was made, empty when it only says what it reverts."""
    told = [one for one in messages.list_sentences(message) if not _ONLY_REVERTS.match(one)]
    reason = reasons.find_reason(message)
    if reason and reason.text and not _ONLY_REVERTS.match(reason.text):
        return reason.text
    words = [one for one in told if len(one.split()) >= reasons.SHORTEST_REASON]
    return " ".join(words[:2])[: reasons.LONGEST_REASON]


def _of_refix(refix: Refix) -> str:
    earlier = refix.earlier
    subject = messages.subject_of(earlier.message)
    return f"It mends an earlier fix: {subject} ({earlier.hash[:SHOWN_HASH]}, {date_of(earlier)})"


def main_file(commit: Commit, present: Callable[[str], bool], heat: Counter[str]) -> str:
    """Return the file that a commit is mainly about and that still exists, empty when it is about none.

    Code before tests before documents; then a file that the message names; then the one touched least often.

    Args:
        commit: with its paths.
        present: whether a path still exists.
        heat: how many commits touched each path.
    """
    code = [path for path in commit.paths if not _DOC.search(path) and not messages.is_churn(path)]
    here = [path for path in code or commit.paths if present(path)]
    if not here or len(commit.paths) > MOST_FILES:
        return ""
    message = commit.message.lower()

    def order(path: str) -> tuple[bool, bool, bool, bool, int, str]:
        stem = path.rsplit("/", 1)[-1].split(".", 1)[0].lower().strip("_")
        named = len(stem) > 3 and stem in message
        test, doc = bool(_TEST.search(path)), bool(_DOC.search(path))
        return (not _CODE_FILE.search(path), doc, test, not named, heat[path], path)

    return min(here, key=order)
