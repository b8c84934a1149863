"""What someone says in a message: its sentences, without code, quotes, tables and the output of tools."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from mnemo.light import NamedTuple

LONGEST = 60_000
TAIL = 40_000  # of a longer message: what was found out stands rather at its end
LONGEST_SENTENCE = 700

_ABBREVIATIONS = frozenset(
    "e.g i.e eg ie etc vs cf approx resp incl no nr fig sec dr mr mrs ca bzw z.b u.a st al min max".split()
)


class Block(NamedTuple):
    """A paragraph or one item of a list.

    Args:
        label: the heading it stands under when nothing else stands between; empty otherwise.
        item: whether it is an item of a list.
        sentences: in order.
    """

    label: str
    item: bool
    sentences: tuple[str, ...]


def blocks(text: str) -> list[Block]:
    """Return what is said in a message, block by block.

    Args:
        text: Markdown or plain text of any length; of a very long one its start and its end are looked at.
    """
    found: list[Block] = []
    label = ""
    for kind, lines in _iter_parts(_without_elements(clipped(text)).splitlines()):
        said = " ".join(lines).strip()
        if kind == "heading":
            label = said.strip("*_: ")
        elif said:
            found.append(Block(label, kind == "item", tuple(sentences(said))))
            label = ""
    return found


def clipped(text: str) -> str:
    """Return a text, or the start and the end of one that is too long to be read."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - TAIL]}\n\n{text[-TAIL:]}"


def sentences(said: str) -> list[str]:
    """Return the sentences of a paragraph, emphasis taken off."""
    said = said.replace("**", "").replace("__ ", " ").replace(" __", " ")
    found: list[str] = []
    start = 0
    for end in _pattern("end").finditer(said):
        if _ends(said, start, end):
            found.append(said[start : end.end()].strip())
            start = end.end()
    found.append(said[start:].strip())
    return [one for one in found if one]


def _ends(said: str, start: int, end: re.Match[str]) -> bool:
    if said.count("`", start, end.start()) % 2 or said[end.end() : end.end() + 1] in ",;:":
        return False
    if end["sign"] != ".":
        return True
    last = said[max(start, end.start() - 20) : end.start()].rpartition(" ")[2].lower().lstrip("([\"'")
    following = said[end.end() : end.end() + 1]
    if last == "no" and not following.isdigit():
        return True
    is_letter = len(last) == 1 and last.isalpha()
    if last in _ABBREVIATIONS or (
        is_letter and not said[max(start, end.start() - 3) : end.start()][:1].isdigit()
    ):
        return False
    return not last.isdigit() or not following.islower()


def _iter_parts(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield (text, item or heading, lines) for what is said; all else is passed over."""
    kind, held, fence, after_blank = "text", list[str](), "", True
    for line in lines:
        bare = line.strip()
        if fence:
            fence = "" if bare.startswith(fence) and not bare.strip(fence[0]) else fence
            continue
        opening = bare[:3] if bare.startswith(("```", "~~~")) else ""
        start = _kind_of(line, bare, after_blank and kind != "item")
        after_blank = not bare
        if opening or start != "more":
            if held:
                yield kind, held
            kind, held = ("text" if start in ("none", "blank") and kind != "item" else kind), []
        if opening:
            fence = opening
        elif start == "item":
            kind, held = "item", [_pattern("marker").sub("", bare, count=1)]
        elif start == "heading":
            yield "heading", [bare.lstrip("# ")]
            kind = "text"
        elif start == "more":
            kind = "text" if not held and not line.startswith((" ", "\t")) else kind
            held.append(bare)
    if held:
        yield kind, held


def _kind_of(line: str, bare: str, may_be_code: bool) -> str:
    """Return what a line is: more of a paragraph, an item, a heading, blank, or none of what is said."""
    if not bare:
        return "blank"
    if bare[0] in ">|" or (may_be_code and line.startswith(("    ", "\t"))) or _pattern("output").match(bare):
        return "none"
    if bare[0] == "#" or _pattern("bold").fullmatch(bare):
        return "heading" if bare.strip("#* ") else "none"
    return "item" if _pattern("marker").match(bare) else "more"


def _without_elements(text: str) -> str:
    """Drop what a client wraps in elements such as <system-reminder>…</system-reminder>."""
    kept: list[str] = []
    position = 0
    unclosed: set[str] = set()
    for opening in _pattern("element").finditer(text):
        if opening.start() < position or opening[1] in unclosed:
            continue
        closing = f"</{opening[1]}>"
        end = text.find(closing, opening.end())
        if end < 0:
            unclosed.add(opening[1])
            continue
        kept.append(text[position : opening.start()])
        position = end + len(closing)
    return "".join(kept) + text[position:]


_PATTERNS = {
    "end": r"(?P<sign>[.!?…])[.!?…]*[\"')\]*_»”]{0,3}\s+(?=\S)",
    "marker": r"(?:[-*+•–]|\d{1,3}[.)])\s+(?:\[[ xX]\]\s+)?",
    "bold": r"\*\*[^*]{1,80}\*\*:?|__[^_]{1,80}__:?",
    "element": r"<([a-z]+[-_][a-z_-]{1,40})(?:\s[^<>]{0,200})?>",
    "output": r"""(?x)
        [$%]\ \S | >>>\ | \d{4}-\d\d-\d\d[T\ ]\d\d: | \[?\d\d:\d\d:\d\d | at\ \S+\( | Traceback\b | File\ "
      | (?:FAILED|PASSED|ERROR|WARN(?:ING)?|INFO|DEBUG|FATAL|PANIC|E)[\s:\]]\s*\S |
        [\w.]*(?:Error|Exception):\s
      | (?:[-*+]\s+)? [\w./@-]*[/.][\w./@-]*:\d+(?::\d+)?:\s |
        (?:diff\ --git|index\ [0-9a-f]{7}|@@\ |\+\+\+\ |---\ ?$)
      | (?:[-*+]\s+)? [0-9a-f]{7,40}\ \S | (?://|\#!|/\*)\S?
    """,
}


@lru_cache(maxsize=8)
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(_PATTERNS[name])
