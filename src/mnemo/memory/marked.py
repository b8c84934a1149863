"""A passage of a file that is ours, between two marked lines; what is around it belongs to someone else."""

from __future__ import annotations

import re

from mnemo.errors import Invalid

BEGIN = '<!-- mnemo:begin: replaced by each "mnemo brief"; change the claims instead -->'
END = "<!-- mnemo:end -->"
_MARK = re.compile(
    rb"(?:\xef\xbb\xbf)?[ \t]*(<!--[ \t]*mnemo:(begin|end)\b[^\r\n]*?-->)[ \t]*(?:\r\n|\r|\n)?"
)


def spliced(raw: bytes, text: str, name: str) -> bytes:
    """Return a file's bytes with text between the markers; without markers they are added at the end.

    Args:
        raw: the file as it is, in UTF-8; line ends of either kind.
        text: lines that each end with a line feed, none of them a marker.
        name: of the file, for errors.

    Raises:
        Invalid: markers are missing, doubled or the wrong way round, naming the lines; or it is no text.
    """
    if b"\0" in raw or raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Invalid(f"{name} is no text in UTF-8.", "Name a Markdown file, such as AGENTS.md.")
    newline = _newline(raw)
    block = f"{BEGIN}\n{text}{END}".encode().replace(b"\n", newline)
    span = _find_span(raw, name)
    if span:
        return raw[: span[0]] + block + raw[span[1] :]
    bare = raw.removeprefix(b"\xef\xbb\xbf")
    ended = not bare or bare.endswith((b"\n", b"\r"))
    apart = b"" if not bare else newline if ended else 2 * newline
    return raw + apart + block + newline


def is_marked(raw: bytes) -> bool:
    """Tell whether a file holds a marker of ours."""
    return any(_MARK.fullmatch(line) for line in raw.splitlines(keepends=True))


def _find_span(raw: bytes, name: str) -> tuple[int, int] | None:
    """Return where the first marker begins and the second ends."""
    found: list[tuple[bytes, int, int, int]] = []
    at = 0
    for number, line in enumerate(raw.splitlines(keepends=True), 1):
        mark = _MARK.fullmatch(line)
        if mark:
            found.append((mark[2], number, at + mark.start(1), at + mark.end(1)))
        at += len(line)
    kinds = [kind for kind, *_ in found]
    if not kinds:
        return None
    if kinds != [b"begin", b"end"]:
        listed = ", ".join(f"{kind.decode()} in line {number}" for kind, number, *_ in found[:6])
        raise Invalid(
            f"{name} does not hold one pair of mnemo markers: {listed}.",
            "Leave one begin and, below it, one end; or remove them all, and a brief is added at the end.",
        )
    return found[0][2], found[1][3]


def _newline(raw: bytes) -> bytes:
    """Return the line end that most lines of a file have."""
    windows = raw.count(b"\r\n")
    if windows:
        return b"\r\n" if 2 * windows >= raw.count(b"\n") else b"\n"
    return b"\n" if b"\n" in raw or b"\r" not in raw else b"\r"
