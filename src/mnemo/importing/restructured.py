"""Text in reStructuredText turned into Markdown line by line, so that every line keeps its number."""

from __future__ import annotations

from mnemo.importing.markdown import column
from mnemo.light import expression

_UNDERLINE = expression(r"([=\-~^\"'#*+.:`_])\1{2,}$")
_DIRECTIVE = expression(r"\.\. +([\w-]+)::(.*)$")
_CODE = frozenset(("code", "code-block", "sourcecode", "prompt", "console", "shell", "parsed-literal"))
_PASSED = frozenset(("image", "figure", "contents", "toctree", "include", "raw", "_", "seealso", "highlight"))
_NUMBER = expression(r"#\.(?=\s)")
_ROLE = expression(r":[\w:+.-]{1,40}:`([^`<>]*?) ?(?:<[^`<>]*>)?`")
_LINK = expression(r"`([^`<>]*?) ?<[^`<>]*>`__?")
_CODE_SPAN = expression(r"(`[^`]+`)")
_REFERENCE = expression(r"(?<=\w)_(?![\w*])")
_NAMED = expression(r"(?<![\w`])`([^`]+)`_{1,2}(?!\w)")


def as_markdown(text: str) -> str:
    """Return a text with the same number of lines in which headings, lists and code are Markdown's.

    Args:
        text: reStructuredText (docutils, "reStructuredText Markup Specification"), or anything.
    """
    lines = text.split("\n")
    levels: list[str] = []
    at = 0
    while at < len(lines):
        at = _turn(lines, at, levels)
    return "\n".join(lines)


def _turn(lines: list[str], at: int, levels: list[str]) -> int:
    """Turn the line at a place and what belongs to it; return the next place."""
    line = lines[at]
    plain = line.strip()
    below = lines[at + 1].strip() if at + 1 < len(lines) else ""
    directive = _DIRECTIVE.match(plain)
    if plain and not column(line) and _UNDERLINE.match(below) and len(below) >= len(plain) > 0:
        if _UNDERLINE.match(plain):
            lines[at] = ""
            return at + 1
        if below[0] not in levels:
            levels.append(below[0])
        lines[at] = f"{'#' * min(levels.index(below[0]) + 1, 6)} {_inline(plain)}"
        lines[at + 1] = ""
        return at + 2
    if directive:
        return _turn_directive(lines, at, directive[1], directive[2].strip())
    if plain.startswith(".. ") or plain == "..":
        return _blank(lines, at)
    literal = plain.endswith("::")
    lines[at] = _NUMBER.sub("1.", _inline(line.rstrip().removesuffix(":") if literal else line), count=1)
    return _fence(lines, at + 1, column(line)) if literal else at + 1


def _turn_directive(lines: list[str], at: int, name: str, rest: str) -> int:
    if name in _CODE:
        depth = column(lines[at])
        lines[at] = ""
        return _fence(lines, at + 1, depth, rest)
    if name in _PASSED:
        return _blank(lines, at)
    lines[at] = _inline(rest)
    return at + 1


def _fence(lines: list[str], at: int, depth: int, language: str = "") -> int:
    """Put a fence around the indented lines behind a place: it takes the blank lines around them."""
    start = at
    while start < len(lines) and (not lines[start].strip() or lines[start].strip().startswith(":")):
        if lines[start].strip():
            lines[start] = ""
        start += 1
    end = start
    while end < len(lines) and (not lines[end].strip() or column(lines[end]) > depth):
        end += 1
    if start == at or end == start or end >= len(lines) or lines[end - 1].strip():
        return max(start, end)
    last = end - 1
    while not lines[last - 1].strip():
        last -= 1
    lines[start - 1] = f"{' ' * depth}```{language if language.isalnum() else ''}"
    lines[last] = f"{' ' * depth}```"
    return end


def _blank(lines: list[str], at: int) -> int:
    """Blank out a comment or directive with everything below it."""
    depth = column(lines[at])
    lines[at] = ""
    at += 1
    while at < len(lines) and lines[at].strip() and column(lines[at]) > depth:
        lines[at] = ""
        at += 1
    return at


def _inline(line: str) -> str:
    line = _LINK.sub(r"\1", _ROLE.sub(r"`\1`", line.replace("``", "`")))
    parts = _CODE_SPAN.split(_NAMED.sub(r"\1", line))
    parts[::2] = [_REFERENCE.sub("", part) for part in parts[::2]]
    return "".join(parts)
