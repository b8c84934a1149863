"""Dead ends that a text walks into again: what was tried, looked for in each passage of what is written."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mnemo import text
from mnemo.light import expression
from mnemo.speaking import matching
from mnemo.speaking.matching import Sought
from mnemo.store.connections import Connection

LONGEST = 8_000  # characters of new text that are looked at
PASSAGE, STEP = 12, 6  # lines; words far apart are about different things
LEAST_SHARE = 0.5  # of what was tried, by how much its words tell
LONGEST_TRIED = 400

_TRIED = expression(
    r"\b(?:tried|trying|attempted|attempting|experimented with|gave up on|giving up on|abandoned|reverted|"
    r"rolled back|backed out|scrapped|dropped|rejected|dismissed|undid|dead[ -]end)\b:?",
    re.IGNORECASE,
)
_FAILED = expression(
    r"\b(?:fail(?:ed|s|ure)?|(?:did|do|does|was|is|could|can|would|has|are|were)(?:n['’]t| ?not)|won['’]t|"
    r"no (?:luck|gain|effect)|without success|led nowhere|(?:go|turn|went) back|not (?:worth|merged)|broke|"
    r"breaks|crashed|worse|slower|dead[ -]end|reverted|rolled back|backed out|abandoned|scrapped|undid|"
    r"gave up|rejected|dismissed|taken out)\b",
    re.IGNORECASE,
)
_END = expression(
    r"\b(?:because|since|but|although|however|which|so|due to|and then|turned out)\b|"
    r"[.!?](?:\s|$)|[\n;()—–:,]|\s-\s",
    re.IGNORECASE,
)
_IMPORT = expression(r"""^\s*(?:import|from|use|extern|require|#include|@import)\b|\b(?:require|import)\(""")


def tried(content: str, why: str = "") -> str:
    """Return what a claim says was tried, without how it ended; empty when it tells of no failure.

    Args:
        content: what the claim says.
        why: its reason.
    """
    named, failed = _TRIED.search(content), _FAILED.search(content)
    if not named and not failed and not _FAILED.search(why):
        return ""
    parts = _END.split(content)
    if named and (not failed or named.start() <= failed.start()):  # tried X, or else X was tried
        behind, before = _END.split(content[named.end() :]), _END.split(content[: named.start()])
        first = [] if named[0].endswith(":") and _tells(before[-1]) else behind[:1]
        parts = [*first, *reversed(before), *behind]
    elif failed:  # X failed
        parts = [*reversed(_END.split(content[: failed.start()])), *_END.split(content[failed.end() :])]
    clauses = (_FAILED.split(part)[0].strip() for part in parts)
    return next((clause for clause in clauses if _tells(clause)), "")[:LONGEST_TRIED]


def _tells(clause: str) -> bool:
    """Tell whether a clause says more than everyday talk, such as that a change was undone."""
    return any(not matching.is_plain(word) for word in text.words(clause))


def passages(new: str, path: str) -> list[tuple[str, str]]:
    """Return the words of each passage of a text, and those of its lines that import something.

    Args:
        new: what is written.
        path: the file, whose name belongs to every passage.
    """
    lines = [line for line in new[:LONGEST].split("\n") if line.strip()]
    words = [text.analysed(line) for line in lines]
    brought = [found if _IMPORT.search(line) else "" for line, found in zip(lines, words, strict=True)]
    named = text.analysed(path)
    starts = range(0, max(len(lines) - STEP, 1), STEP)
    return [
        (_padded([named, *words[at : at + PASSAGE]]), _padded(brought[at : at + PASSAGE])) for at in starts
    ]


def repeated(connection: Connection, what: str, written: list[tuple[str, str]], floor: float) -> float:
    """Return how much of what was tried stands in one passage, as a share; 0 when that is not clear.

    Args:
        connection: a reader.
        what: was tried.
        written: passages.
        floor: least share.
    """
    wanted = matching.sought(connection, what)
    if not wanted.most:
        return 0.0
    return max((_share(wanted, held, brought, floor) for held, brought in written), default=0.0)


def _share(wanted: Sought, held: str, brought: str, floor: float) -> float:
    weight = matching.weighed(wanted, held)
    if weight.share < max(LEAST_SHARE, floor) or not _names(wanted, held):
        return 0.0
    clear = weight.words >= matching.LEAST_WORDS or weight.enough
    # One word is enough where it is brought in, such as a library.
    return weight.share if clear or any(form in brought for form in _special(wanted)) else 0.0


def _names(wanted: Sought, held: str) -> bool:
    """Tell whether a passage holds an identifier that was tried, where there is one."""
    return not wanted.names or any(name in held for name in wanted.names)


def _special(wanted: Sought) -> Iterator[str]:
    return (form for group in wanted.groups for form, _ in group.forms if form not in wanted.plain)


def _padded(parts: list[str]) -> str:
    return f" {' '.join(part for part in parts if part)} "
