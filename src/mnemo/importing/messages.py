"""Commit messages: what kind of commit it is, what it is about, and its sentences."""

from __future__ import annotations

import re
from functools import lru_cache

from mnemo.light import expression

FEWEST_WORDS = 3  # of a subject
LONGEST_SUBJECT = 240

_BOT = expression(
    r"\[bot\]|\b(?:dependabot|renovate|greenkeeper|pre-commit-ci|github-actions?|weblate|crowdin|"
    r"transifex|pyup"
    r"|snyk-bot|mergify|bors|release-please|semantic-release|allcontributors|imgbot|codecov|deepsource)\b",
    re.IGNORECASE,
)
_CHORE = expression(
    r"(?:merge (?:branch|commit|pull request|remote|tag|v?\d)|bump\b|release\b|"
    r"prepar\w+ (?:for )?(?:the )?(?:release|v?\d)|"
    r"(?:[\w/ -]{1,40}:? )?(?:version |v)?\d+\.\d+(?:\.\d+)?[\w.-]*(?: \(#\d+\))?$|"
    r"update (?:the )?(?:version|changelog|dependenc\w+|lock ?file|contributors)|"
    r"(?:chore|build|fix|ci)\((?:deps|deps-dev|release)\)|chore: (?:release|bump|update (?:deps|lock))|"
    r"chore\(main\): release|\[pre-commit|pre-commit autoupdate|upgrade (?:dependenc\w+|deps)|"
    r"update translations?|translations?\b|(?:fix(?:es|ed)? )?(?:a )?typos?\b|\[?(?:wip\b|work in progress)|"
    r"set version|version bump|tag(?:ging)? v?\d|add .* to (?:authors|contributors)|"
    r"updated? .{0,30}version to|chore: update|update \S+-plugin\b|(?:incorporat|address|"
    r"appl)\w* (?:\w+ ){0,2}(?:code )?(?:review|feedback)|(?:perform |some |minor |code )*clean-?up|"
    r"format(?:ting)?\b|(?:fix|suppress)(?:ed|es)? (?:\w+ ){0,4}warnings?|happy new year|"
    r"copyright)",
    re.IGNORECASE,
)
_CHURN = expression(
    r"(?:^|/)(?:changelog|changes|news|history|authors|contributors|thanks)(?:[./]|$)|(?:^|"
    r"/)(?:locales?|po|i18n|l10n"
    r"|translations?|vendor|third_party|node_modules)/|\.(?:po|pot|lock|snap|svg|png)$"
    r"|(?:^|/)(?:package-lock\.json|pnpm-lock\.yaml|yarn\.lock|poetry\.lock|cargo\.lock|go\.sum|uv\.lock)$",
    re.IGNORECASE,
)
_REVERT = expression(
    r'(?:re-?)?revert(?:s|ed)?\b[\s:]*(?:"(?P<what>.+?)"?$)?|(?:\w+\([^)]*\)!?|\w+!?): revert', re.IGNORECASE
)
_REVERTED = expression(
    r"this reverts? (?:commits? )?(?P<hash>[0-9a-f]{7,40})|reverts? (?:commit )?(?P<other>[0-9a-f]{7,40})",
    re.IGNORECASE,
)
_FIXES = expression(r"^fixes:\s*(?:commit\s+)?([0-9a-f]{7,40})\b", re.IGNORECASE | re.MULTILINE)
_FIX = expression(
    r"(?:(?:fix|hotfix|bug|bugfix)(?:\([^)]*\))?!?: |(?!\w+(?:\([^)]*\))?!?: )(?:[\w/.-]{2,30}: *|"
    r"\[[^\]]{1,40}\] *)?"
    r"(?:bug ?fix|fix(?:es|ed|ing|up)?|hot ?fix|correct(?:s|ed)?|repair(?:s|ed)?|restore[sd]?|regression)\b)"
    r"|(?!(?:feat|perf|refactor|docs|test|chore|style|ci|build)\b)[\w/.-]{2,30}: *(?:fix|correct|"
    r"repair|restore)",
    re.IGNORECASE,
)
_TRAILER = expression(
    r"^(?:[A-Z][\w-]*-by|change-id|reviewed-on|cc|bug|issue|closes?|refs?|see|link|"
    r"pr-url|git-svn-id"
    r"|cherry[ -]picked from|\(cherry picked|backport|differential revision|summary|test plan|"
    r"reviewers?|subscribers"
    r"|fixes|resolves|signed-off-by|x-[\w-]+|claude-session|tested|generated (?:by|with))\s*[:#(].*$|"
    r"^🤖.*$|^---+$",
    re.IGNORECASE,
)
_HTML = expression(
    r"<!--.*?-->|</?(?:details|summary|p|br|div|img|a|sub|sup|ul|ol|li|b|i|hr|h\d|table|t[rdh]|"
    r"span)\b[^<>]{0,300}>",
    re.DOTALL | re.IGNORECASE,
)
_QUOTED = expression(r"^\s*(?:>|\||\$ |>>>|#\s|\+{2}|-{3}|@@|File \"|Traceback|at \w|\d+\s*[|:]|\[[ xX]\])")
_BULLET = expression(r"^\s*(?:[-*+•]|\d{1,2}[.)])\s+(?:\[[ xX]\]\s+)?")
_HEADING = expression(r"^#{1,6}\s")
_END = expression(r"[.!?][\"')`]*\s+(?=[\"'(`]?[A-Z`])")
_SHORTENED = ("e.g.", "i.e.", "vs.", "etc.", "cf.", "approx.", "incl.")
_WORD = expression(r"[^\W_]+(?:['’-][^\W_]+)*")
_SVN = expression(r"^\[svn r\d+\]\s*|^(?:[-*]|--)\s+")
_SCOPE = expression(r"\w{2,15}\(([\w ./,-]{2,30})\)!?:")


def subject_of(message: str) -> str:
    """Return what a message's first paragraph says, in one line: the first line, or all where it goes on."""
    return _opening(message)[0]


@lru_cache(maxsize=64)
def _opening(message: str) -> tuple[str, str]:
    """Return the subject of a message and everything behind it."""
    paragraph, _, body = message.strip().partition("\n\n")
    first, _, rest = paragraph.partition("\n")
    whole = " ".join(paragraph.split())
    goes_on = (
        rest and not _BULLET.match(rest) and not _TRAILER.match(rest.strip()) and first[-1:] not in ".:!?"
    )
    if goes_on and len(whole) <= LONGEST_SUBJECT:
        first, rest = whole, ""
    subject = _SVN.sub("", " ".join(first.split()))
    return subject[:LONGEST_SUBJECT], f"{rest}\n\n{body}"


def is_by_machine(author: str) -> bool:
    """Tell whether a commit was written by a bot."""
    return bool(_BOT.search(author))


def is_chore(message: str, paths: tuple[str, ...]) -> bool:
    """Tell whether a commit teaches nothing by its nature: version bumps, releases, translations, locks."""
    return bool(_CHORE.match(subject_of(message))) or not paths or all(map(is_churn, paths))


def is_churn(path: str) -> bool:
    """Tell whether a file only keeps count: changelogs, translations, lock files, what others wrote."""
    return bool(_CHURN.search(path))


def is_revert(message: str) -> bool:
    """Tell whether a commit takes another back."""
    return bool(_REVERT.match(subject_of(message)))


def reverted(message: str) -> str:
    """Return the hash that a revert names, empty when it names none."""
    found = _REVERTED.search(message)
    return (found["hash"] or found["other"]) if found else ""


def is_fix(message: str) -> bool:
    """Tell whether a commit mends something."""
    return starts_as_fix(subject_of(message)) or bool(_FIXES.search(message))


def starts_as_fix(subject: str) -> bool:
    """Tell whether a subject says that something is mended."""
    return bool(_FIX.match(subject))


def list_fixed(message: str) -> list[str]:
    """Return the hashes of commits that a message says it mends, in trailers such as `Fixes: 1a2b3c4`."""
    return _FIXES.findall(message)


def scope_of(message: str) -> str:
    """Return the scope of a conventional commit, such as parser in fix(parser): …; empty without one."""
    found = _SCOPE.match(subject_of(message))
    return found[1].strip().lower() if found else ""


def tells_enough(subject: str) -> bool:
    """Tell whether a subject says what the commit is about."""
    return len(words(subject)) >= FEWEST_WORDS


def words(text: str) -> list[str]:
    """Return the words of a text as they stand there."""
    return _WORD.findall(text)


def list_sentences(message: str) -> list[str]:
    """Return the sentences of a message's body, without trailers, quotations, code and headings."""
    body = _HTML.sub(" ", _opening(message)[1])
    found: list[str] = []
    for paragraph in _paragraphs(body):
        found += _split(paragraph)
    return found


def _split(paragraph: str) -> list[str]:
    """Return the sentences of a paragraph; shortened words and initials end none."""
    found: list[str] = []
    start = 0
    for end in _END.finditer(paragraph):
        before = paragraph[max(start, end.start() - 8) : end.start() + 1]
        initial = len(before) > 1 and before[-2].isupper() and before[-1] == "."
        if not initial and not before.lower().endswith(_SHORTENED):
            found.append(paragraph[start : end.end()].strip())
            start = end.end()
    return [one for one in (*found, paragraph[start:].strip()) if one]


def _paragraphs(body: str) -> list[str]:
    found: list[list[str]] = [[]]
    fenced = False
    for line in body.split("\n"):
        plain = line.strip()
        if plain.startswith(("```", "~~~")):
            fenced = not fenced
        passed = fenced or _TRAILER.match(plain) or _HEADING.match(plain) or _QUOTED.match(line)
        code = line.startswith(("    ", "\t")) and not found[-1]
        if not plain or passed or code:
            found.append([])
        elif _BULLET.match(line):
            found.append([_BULLET.sub("", line).strip()])
        else:
            found[-1].append(plain)
    return [" ".join(lines).strip("` ") if "```" in lines[0] else " ".join(lines) for lines in found if lines]
