"""Markdown read as blocks with line numbers: headings, items, paragraphs, table rows and code.

Only what tells one statement from the next is understood (CommonMark 0.31, "Blocks and inlines"); whatever
else a file holds is a paragraph, so any text can be read.
"""

from __future__ import annotations

from typing import NamedTuple

from mnemo.light import expression

HEADING, ITEM, PARAGRAPH, ROW, CODE = "heading", "item", "paragraph", "row", "code"
LONGEST_LINE = 4_000  # characters; a longer line was not written by hand
CODE_INDENT = 4

_FENCE = expression(r"(`{3,}|~{3,})[ \t]*([\w+#.-]*)")
_ITEM = expression(r"(?:[-*+]|\d{1,3}[.)])(?:[ \t]+|$)")
_HEADING = expression(r"#{1,6}(?:[ \t]|$)")
_RULE_LINE = expression(r"(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$")
_UNDERLINE = expression(r"(?:=+|-+)$")
_DELIMITER = expression(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?$")
_TAGS_ONLY = expression(r"(?:</?[A-Za-z!][^<>]*>[ \t]*)+$")
_REFERENCE = expression(r"\[[^\[\]]+\]:[ \t]*\S")


class Block(NamedTuple):
    """Some lines of a file that belong together.

    Args:
        kind: heading, item, paragraph, row or code.
        first, last: its lines, counted from 1.
        text: what it says, without its own markers; the lines of code as they are.
        level: depth of a heading, column at which an item or code starts.
        ordered: whether an item is numbered.
        label: a row's column names joined by a bar, or the language of code.
    """

    kind: str
    first: int
    last: int
    text: str
    level: int = 0
    ordered: bool = False
    label: str = ""


class _Reader:
    """Goes through lines once; what it has not closed yet is the open block."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.at = 0
        self.blocks: list[Block] = []
        self.open: Block | None = None
        self.after_blank = True
        self.columns: str | None = None

    def close(self) -> None:
        if self.open is not None:
            self.blocks.append(self.open)
        self.open = None

    def add(self, block: Block) -> None:
        self.close()
        self.blocks.append(block)

    def lead_of(self) -> Block | None:
        """Return the item that an indented line would belong to."""
        if self.open is not None:
            return self.open if self.open.kind == ITEM else None
        found = next((one for one in reversed(self.blocks) if one.kind != CODE), None)
        return found if found and found.kind == ITEM else None


def read_blocks(text: str) -> list[Block]:
    """Return the blocks of a Markdown text in order.

    Args:
        text: anything; front matter is passed over.
    """
    reader = _Reader(text.split("\n"))
    reader.at = front_matter_end(reader.lines)
    while reader.at < len(reader.lines):
        line = reader.lines[reader.at]
        plain = line.strip()
        reader.at += 1
        if not plain or len(line) > LONGEST_LINE:
            reader.close()
            reader.after_blank, reader.columns = True, None
            continue
        _take(reader, line, plain)
        reader.after_blank = False
    reader.close()
    return reader.blocks


def front_matter_end(lines: list[str]) -> int:
    """Return how many lines the front matter takes, 0 when there is none."""
    if not lines or lines[0].strip() != "---":
        return 0
    end = next((at for at, line in enumerate(lines[1:200], 1) if line.strip() in ("---", "...")), 0)
    return end + 1 if end else 0


def _take(reader: _Reader, line: str, plain: str) -> None:
    """Take one line that says something; reader.at stands behind it."""
    indent = column(line)
    fence = _FENCE.match(plain)
    if fence:
        _take_fence(reader, indent, fence[1], fence[2])
    elif plain.startswith("<!--"):
        _pass_comment(reader, plain)
    elif _HEADING.match(plain) and indent < CODE_INDENT:
        words = plain.lstrip("#")
        reader.columns = None
        text = words.strip().rstrip("#").strip()
        reader.add(Block(HEADING, reader.at, reader.at, text, len(plain) - len(words)))
    elif _is_underline(reader, plain):
        _make_heading(reader, plain)
    elif _RULE_LINE.match(plain) or _REFERENCE.match(plain) or _TAGS_ONLY.match(plain):
        reader.close()
    elif _starts_table(reader, plain):
        reader.close()
        reader.columns = "|".join(cells(plain))
        reader.at += 1
    elif reader.columns is not None and "|" in plain:
        reader.add(Block(ROW, reader.at, reader.at, plain, indent, label=reader.columns))
    elif _ITEM.match(plain) and not _is_code(reader, indent):
        marker = _ITEM.match(plain)
        assert marker is not None
        reader.close()
        reader.columns = None
        text = plain[marker.end() :].strip()
        reader.open = Block(ITEM, reader.at, reader.at, text, indent, plain[0].isdigit())
    else:
        _take_words(reader, line, plain, indent)


def _take_words(reader: _Reader, line: str, plain: str, indent: int) -> None:
    words = plain.lstrip(">").strip() if plain.startswith(">") else plain
    lead = reader.lead_of()
    if reader.open is not None:
        joined = f"{reader.open.text} {words}".strip()
        reader.open = reader.open._replace(last=reader.at, text=joined)
    elif lead and reader.after_blank and indent > lead.level:
        _extend_item(reader, lead, words)
    elif _is_code(reader, indent):
        _take_indented(reader, line, indent)
    else:
        reader.open = Block(PARAGRAPH, reader.at, reader.at, words, indent)


def _extend_item(reader: _Reader, lead: Block, words: str) -> None:
    """Add a further paragraph to an item; it stays open behind code that stands inside it."""
    if reader.blocks and reader.blocks[-1] is lead:
        reader.blocks.pop()
        reader.open = lead._replace(last=reader.at, text=f"{lead.text} {words}".strip())
    else:
        reader.open = Block(PARAGRAPH, reader.at, reader.at, words, lead.level + 1)


def _take_fence(reader: _Reader, indent: int, marks: str, language: str) -> None:
    reader.close()
    first = reader.at
    inside: list[str] = []
    while reader.at < len(reader.lines):
        line = reader.lines[reader.at]
        reader.at += 1
        end = line.strip()
        if end.startswith(marks) and not end.strip(marks[0]):
            break
        inside.append(line)
    reader.add(Block(CODE, first, reader.at, "\n".join(_dedented(inside)), indent, label=language.lower()))


def _take_indented(reader: _Reader, line: str, indent: int) -> None:
    first = reader.at
    inside = [line]
    while reader.at < len(reader.lines) and column(reader.lines[reader.at]) >= CODE_INDENT:
        inside.append(reader.lines[reader.at])
        reader.at += 1
    reader.add(Block(CODE, first, reader.at, "\n".join(_dedented(inside)), indent))


def _pass_comment(reader: _Reader, plain: str) -> None:
    reader.close()
    while "-->" not in plain and reader.at < len(reader.lines):
        plain = reader.lines[reader.at]
        reader.at += 1


def _is_code(reader: _Reader, indent: int) -> bool:
    lead = reader.lead_of()
    return indent >= CODE_INDENT and reader.open is None and (lead is None or indent > lead.level + 7)


def _is_underline(reader: _Reader, plain: str) -> bool:
    open_ = reader.open
    return bool(
        _UNDERLINE.match(plain) and open_ and open_.kind == PARAGRAPH and open_.first == open_.last
    ) and (len(plain) > 1)


def _make_heading(reader: _Reader, plain: str) -> None:
    assert reader.open is not None
    heading = reader.open._replace(kind=HEADING, last=reader.at, level=1 if plain[0] == "=" else 2)
    reader.open = None
    reader.add(heading)


def _starts_table(reader: _Reader, plain: str) -> bool:
    if "|" not in plain or reader.columns is not None or reader.at >= len(reader.lines):
        return False
    below = reader.lines[reader.at].strip()
    return len(below) <= LONGEST_LINE and "-" in below and "|" in below and bool(_DELIMITER.match(below))


def cells(row: str) -> list[str]:
    """Return the cells of a table's row."""
    inner = row.strip().removeprefix("|").removesuffix("|")
    return [cell.replace("\0", "|").strip() for cell in inner.replace("\\|", "\0").split("|")]


def column(line: str) -> int:
    """Return the column at which a line starts; a tab goes to the next multiple of four."""
    lead = line[: len(line) - len(line.lstrip(" \t"))]
    return len(lead.expandtabs(4))


def _dedented(lines: list[str]) -> list[str]:
    depth = min((column(line) for line in lines if line.strip()), default=0)
    return [line.expandtabs(4)[depth:].rstrip() if depth else line.rstrip() for line in lines]
