"""Which sentences are worth keeping: a lesson holds next month too, a report of today does not."""

from __future__ import annotations

import re
from typing import NamedTuple

from mnemo.errors import Invalid
from mnemo.light import expression

SHORTEST = 20
LONGEST = 2_000
MOST_LINES = 12

_COMMIT = expression(r"\b(?:commit(?:ted)?|sha|rev(?:ision)?)\b[ :#(]*[0-9a-f]{7,40}\b", re.IGNORECASE)
# A word of hexadecimal digits that holds both kinds is a hash, not a number or a word such as "facade".
_HASH = expression(r"\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,40}\b")
_REQUEST = expression(
    r"(?:\bPR|\bMR|\bpull request|\bmerge request|\bissue|\bticket)\s*[#!]?\s*\d+|(?<!\w)#\d+\b",
    re.IGNORECASE,
)
_DEED = r"(?:done|finished|completed|fixed|implemented|merged|pushed|deployed|released|committed|resolved)\b"
_DONE = expression(
    rf"^\W*(?:i|we)(?:'ve)?\s+(?:(?:have|now|just|successfully)\s+)*{_DEED}"
    # "Fixed the test" reports; "Completed orders are immutable" is a rule.
    rf"|^\W*(?:(?:now|just|successfully)\s+)*{_DEED}(?:\s*[.:,!-]|\s*$"
    r"|\s+(?:the|a|an|this|that|these|it|all|both|with|by|in|on|and|my|our|some|everything|\w+ing)\b"
    r"|(?!.*\b(?:is|are|must|should|never|always|cannot|can|may|needs?|wins?|means?|has|have|stays?)\b))"
    r"|\b(?:task|ticket|work|job|feature|fix|bug|everything|all tests?)\b[^.\n]{0,40}?"
    r"\b(?:is|are|was|were|has been|have been|now)?\s*(?:all\s+)?"
    r"(?:done|finished|complete|completed|fixed|closed|pass|passed|passing|resolved|green)\b[\s.!]*$",
    re.IGNORECASE,
)
_LOG_LINE = expression(
    r"^\s*(?:\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d|\[?\d\d:\d\d:\d\d|(?:DEBUG|INFO|WARN|WARNING|ERROR|FATAL)\b"
    r"|Traceback \(most recent|File \"[^\"]+\", line \d+|\s+at \S+\(|={3,}|-{5,}|\$ |>>> |npm (?:ERR|WARN)!"
    r"|(?:PASSED|FAILED) |\d+ (?:passed|failed)\b)"
)


class Judged(NamedTuple):
    """What was decided about a lesson.

    Args:
        accepted: whether it is worth keeping.
        reason: why, in one line.
    """

    accepted: bool
    reason: str


def judge(lesson: str) -> Judged:
    """Decide whether a sentence is a lasting lesson: a convention, a decision, a cause, a trap.

    Refused: what is shorter than 20 characters, reports that a task is done, commit hashes, numbers of
    pull requests and tickets, and pieces of logs. They are true once and mislead ever after.

    Args:
        lesson: the sentence.

    Raises:
        Invalid: there is none.
    """
    text = lesson.strip()
    if not text:
        raise Invalid("The lesson is empty.", "Say what holds, such as: Project uses pytest for tests.")
    for refuses, reason in _REFUSALS:
        if refuses(text):
            return Judged(False, reason)
    return Judged(True, "a lasting lesson")


def _is_short(text: str) -> bool:
    return len(text) < SHORTEST


def _is_long(text: str) -> bool:
    return len(text) > LONGEST


def _is_log(text: str) -> bool:
    lines = [line for line in text.splitlines() if line.strip()]
    like = sum(bool(_LOG_LINE.match(line)) for line in lines)
    return len(lines) > MOST_LINES or like * 2 >= len(lines) or (len(lines) > 3 and like >= 2)


def _names_commit(text: str) -> bool:
    return bool(_COMMIT.search(text) or _HASH.search(text))


def _names_request(text: str) -> bool:
    return bool(_REQUEST.search(text))


def _says_done(text: str) -> bool:
    return bool(_DONE.search(text))


_REFUSALS = (
    (_is_short, f"shorter than {SHORTEST} characters: say the whole rule, with why"),
    (_is_long, f"longer than {LONGEST:,} characters: say the rule, not its story"),
    (_is_log, "raw log: say in a sentence what it taught"),
    (_names_commit, "names a commit, which says what happened, not what holds"),
    (_names_request, "names a pull request or ticket: say what holds without it"),
    (_says_done, "says that something is done: the work log is for that"),
)
