"""Decision records (ADRs): one decision a file, with its status and why it was made."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from mnemo.importing import frontmatter, wording
from mnemo.importing.markdown import CODE, HEADING, ITEM, Block, read_blocks
from mnemo.light import expression

LONGEST_DECISION = 900
LONGEST_REASON = 500
FEWEST_WORDS = 6  # of a paragraph that can be a decision where no heading says so
PROPOSED = ("proposed", "draft", "pending", "in progress", "wip", "rfc", "open")
DEAD = ("superseded", "superceded", "rejected", "deprecated", "withdrawn", "obsolete", "replaced by")
_TITLE_NUMBER = expression(
    r"^(?:(?:adr|rfc)[\s#:-]*)?\d{1,5}\s*[.:)–—-]*\s+|^(?:adr|rfc)[\s#:-]+", re.IGNORECASE
)
_INLINE_STATUS = expression(r"(?:\W*)status\W*:\W*(?P<status>\w.*)$", re.IGNORECASE)
_STATUS = expression(r"status$", re.IGNORECASE)
_DECISION = expression(
    r"(?:the )?(?:decision|decision outcome|outcome|decided|resolution|what we decided|proposal|solution)\b"
    r"(?! driver)",
    re.IGNORECASE,
)
_CONTEXT = expression(
    r"(?:context|context and problem statement|problem|motivation|background|why|issue|rationale)\b",
    re.IGNORECASE,
)
_FILE_NUMBER = expression(r"(?:adr[-_]?)?\d{1,8}[-_.]", re.IGNORECASE)


class Decision(NamedTuple):
    """What a decision record says.

    Args:
        title: without its number.
        text: the decision itself.
        why: the situation that asked for it.
        status: as written, lower-cased; empty where none is given.
        lines: first and last line of the decision.
        status_lines: first and last line of the status, None where none is given.
    """

    title: str
    text: str
    why: str
    status: str
    lines: tuple[int, int]
    status_lines: tuple[int, int] | None

    @property
    def is_dead(self) -> bool:
        """Whether it no longer holds, or never did."""
        partly = "partially" in self.status or "partly" in self.status
        return any(word in self.status for word in DEAD) and not partly

    @property
    def is_open(self) -> bool:
        """Whether nobody has agreed to it yet."""
        return any(self.status.startswith(word) for word in PROPOSED)

    @property
    def content(self) -> str:
        """The statement as it can be read alone."""
        status = f"Status: {self.status}" if self.status else ""
        return "\n".join(part for part in (self.title, self.text, status) if part)


def find_decision(text: str, name: str) -> Decision | None:
    """Return the decision of a record, None when the file is none.

    Args:
        text: the file, as Markdown.
        name: its file name: records are numbered.
    """
    blocks = read_blocks(text)
    top = next((block for block in blocks if block.kind == HEADING), None)
    if top is None:
        return None
    fields = frontmatter.read_fields(text)
    title = _TITLE_NUMBER.sub("", wording.plain(top.text)).strip() or wording.plain(top.text)
    status, status_lines = _status(text, blocks, fields)
    chosen = _below(blocks, _DECISION)
    if not chosen and not (_FILE_NUMBER.match(name) and status):
        return None
    if not chosen:
        told = [one for one in blocks if one.kind not in (HEADING, CODE) and one.last > top.last]
        chosen = [one for one in told if wording.count_words(one.text) > FEWEST_WORDS][:1]
    said, last = _said(chosen, LONGEST_DECISION)
    if not said or not title or len(title) > 300:
        return None
    why, _ = _said([one for one in _below(blocks, _CONTEXT) if one.kind != CODE], LONGEST_REASON)
    return Decision(title, said, why, status, (chosen[0].first, last), status_lines)


def _status(
    text: str, blocks: Sequence[Block], fields: dict[str, list[str]]
) -> tuple[str, tuple[int, int] | None]:
    if fields.get("status"):
        line = frontmatter.line_of(text, "status")
        return _named(", ".join(fields["status"])), (line, line)
    below = _below(blocks, _STATUS)
    if below:
        words = "; ".join(wording.plain(one.text) for one in below[:4])
        return _named(words), (below[0].first, below[min(3, len(below) - 1)].last)
    for block in blocks[:12]:
        match = _INLINE_STATUS.match(wording.plain(block.text))
        if match and block.kind != HEADING:
            return _named(match["status"]), (block.first, block.last)
    return "", None


def _named(status: str) -> str:
    return status.lower().strip().rstrip(".")[:120]


def _below(blocks: Sequence[Block], wanted: re.Pattern[str]) -> list[Block]:
    """Return what stands below the first heading of that name, up to the next of its level."""
    for at, block in enumerate(blocks):
        if block.kind == HEADING and wanted.match(wording.heading(block.text)):
            end = next(
                (
                    i
                    for i, one in enumerate(blocks[at + 1 :], at + 1)
                    if one.kind == HEADING and one.level <= block.level
                ),
                len(blocks),
            )
            inner = [one for one in blocks[at + 1 : end] if one.kind != HEADING]
            if inner:
                return inner
    return []


def _said(blocks: Sequence[Block], longest: int) -> tuple[str, int]:
    """Return what some blocks say in at most that many characters, and the last line that was taken."""
    parts: list[str] = []
    last = 0
    for block in blocks:
        words = wording.plain(block.text)
        part = f"- {words}" if block.kind == ITEM else words
        if block.kind == CODE or not words:
            continue
        room = longest - sum(map(len, parts))
        if len(part) > room:
            if not parts:
                parts.append(part[:longest].rsplit(" ", 1)[0])
                last = block.last
            break
        parts.append(part)
        last = block.last
    return "\n".join(parts), last
