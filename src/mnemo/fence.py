"""Stored text shown as data: it cannot forge structure, steer a terminal or hide from its reader."""

from __future__ import annotations

import re

from mnemo.light import expression

# What a terminal obeys, what turns the direction of writing, what has no width, what cannot be encoded.
_DANGEROUS = expression(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# What Python calls printable of these, as ranges; text without it and all printable is harmless.
_UNSEEN = ((0x34F, 0x350), (0x115F, 0x1161), (0x17B4, 0x17B6), (0x180B, 0x1810), (0x3164, 0x3165),
           (0xFE00, 0xFE10), (0xFFA0, 0xFFA1), (0xE0100, 0xE01F0))  # fmt: skip
_UNSEEN_LETTERS = frozenset(chr(code) for first, end in _UNSEEN for code in range(first, end))
# Behind one of these the emoji selector is wanted; anywhere else, or repeated, it can carry a message.
_EMOJI_SELECTOR = "\ufe0f"
_EMOJI = expression(
    "[\xa9\xae\u203c\u2049\u2100-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]|[#*0-9](?=\ufe0f\u20e3)"
)
_HALF_ESCAPE = expression(r"\\(?:x[0-9a-f]?|u[0-9a-f]{0,3}|U[0-9a-f]{0,7})?\Z")


def escape(text: str) -> str:
    r"""Return text with each dangerous character written out, such as \x1b or \u202e.

    Line feeds and tabs stay; a carriage return before a line feed goes.

    Args:
        text: anything.
    """
    shown = text.replace("\n", " ").replace("\t", " ")
    if shown.isprintable() and (shown.isascii() or _UNSEEN_LETTERS.isdisjoint(shown)):
        return text
    return _DANGEROUS.sub(_written_out, text.replace("\r\n", "\n"))


def quote(text: str, prefix: str = "  > ") -> str:
    """Return text with every line escaped and behind a prefix, so that no line of it stands at a margin.

    Args:
        text: anything; lines end where Unicode says so, not only at line feeds.
        prefix: what each line starts with.
    """
    lines = escape("\n".join(text.splitlines()))
    return prefix + lines.replace("\n", f"\n{prefix}")


def line(text: str, limit: int) -> str:
    """Return text as one escaped line, white space made single, shortened with … where it is too long.

    Args:
        text: anything.
        limit: most characters of the answer.
    """
    # More words than the limit do not fit, so the rest of a long text need not be looked at.
    start = " ".join(text.split(None, limit + 1)[: limit + 1])[: limit + 1] if limit > 0 else ""
    shown = escape(start)
    if len(shown) <= limit:
        return shown
    return _HALF_ESCAPE.sub("", shown[: limit - 1]).rstrip() + "…"


def _written_out(match: re.Match[str]) -> str:
    letter = match[0]
    if letter == _EMOJI_SELECTOR and _EMOJI.match(match.string, match.start() - 1):
        return letter
    code = ord(letter)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
