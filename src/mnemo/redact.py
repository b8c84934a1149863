"""Secrets taken out of text before anything keeps it or tells it.

A secret becomes `[redacted:kind]`, a passage between private tags becomes `[private]`. `secret_shapes` knows
what has a shape of its own, `secret_names` what is assigned to a name. Redacting again changes nothing, and
the time taken grows with the length of the text alone, whatever the text is.
"""

from __future__ import annotations

from collections.abc import Callable

from mnemo.errors import Invalid
from mnemo.light import Any, cast, expression
from mnemo.secret_names import find_kind, without_assigned
from mnemo.secret_shapes import SHORTEST, lowered, mark, without_shapes


def redact(text: str) -> str:
    """Return text without the secrets and private passages in it.

    Args:
        text: anything, of any length.
    """
    if len(text) < SHORTEST and text.isidentifier():
        return text  # as most keys and states of a record
    while True:
        cleaned = _redacted_once(text)
        if cleaned == text:
            return text
        # What stood beside a secret can look like one now: some are known by where they start.
        text = cleaned


def clean(value: Any) -> Any:
    """Return a JSON-like value with every text in it redacted, keys too; a key can name its value a secret.

    Args:
        value: dict, list, tuple or text; anything else comes back as it is.

    Raises:
        Invalid: it is nested too deep.
    """
    try:
        return _cleaned(value)
    except RecursionError:
        raise Invalid("the value is nested too deep to be searched for secrets", "flatten it") from None


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        entries = cast("dict[Any, Any]", value).items()
        return {_cleaned(key): _cleaned_entry(key, item) for key, item in entries}
    if isinstance(value, list):
        return [_cleaned(item) for item in cast("list[Any]", value)]
    if isinstance(value, tuple):
        return tuple([_cleaned(item) for item in cast("tuple[Any, ...]", value)])
    return value


def _cleaned_entry(key: Any, value: Any) -> Any:
    kind = find_kind(key, value) if isinstance(key, str) and isinstance(value, str) else None
    return mark(kind) if kind else _cleaned(value)


def _redacted_once(text: str) -> str:
    if "private" in lowered(text):
        text = _without_key_blocks(_without_private(text))
    return without_assigned(without_shapes(text))


PRIVATE = "[private]"
_PRIVATE_TAG = expression(r"(?ai)<\s*(?:(?P<ends>/)\s*)?private(?=[\s/>])[^<>]*>")


def hide_private(text: str) -> str:
    """Return a text without its private passages, what is left still on its lines.

    For what is taken apart before it is stored: a part does not show that it stood between tags.

    Args:
        text: anything, of any length.
    """
    hidden = _without_private(text, lambda dropped: "\n" * dropped.count("\n"))
    if hidden == text:
        return text
    return "\n".join("" if line.strip() == PRIVATE else line for line in hidden.split("\n"))


def _without_private(text: str, left: Callable[[str], str] = lambda dropped: "") -> str:
    """Drop what stands between private tags; one that is never closed reaches to the end.

    Args:
        text: anything.
        left: gives what stays behind the mark of what is dropped.
    """
    kept: list[str] = []
    depth = start = position = 0
    for tag in _PRIVATE_TAG.finditer(text):
        if not tag["ends"]:
            if not depth:
                start = tag.start()
                kept.append(text[position:start])
            depth += 1
        elif depth:
            depth -= 1
            position = tag.end()
            if not depth:
                kept += (PRIVATE, left(text[start:position]))
    return "".join(kept) + (PRIVATE + left(text[start:]) if depth else text[position:])


_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\\"
_KEY_FENCE = expression(r"(?a)-----(?P<side>BEGIN|END) [A-Z\d ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
# After a fence: headers, long runs of base64, and short ones that end their line.
_KEY_START = expression(r"""(?ax)
    (?: (?: \s | \\[nrt] | [>|#*"'] )*+
        (?: (?:Proc-Type|DEK-Info|Version|Comment):\ [^\n\\]* | [A-Za-z\d+/=]{16,}+
          | [A-Za-z\d+/=]++ (?= [^\S\n]*+ (?: \n | ["'\\] | \Z )) )
    )*+
""")
_KEY_LINE = expression(r"(?a)[\s>|#*\"']*+[A-Za-z\d+/=\\]*+[\s\"',]*+\Z")


def _without_key_blocks(text: str) -> str:
    """Drop private keys, also such that lost their first or their last line."""
    kept: list[str] = []
    position = 0
    fences = list(_KEY_FENCE.finditer(text))
    for fence, following in zip(fences, [*fences[1:], None], strict=False):
        if fence.start() < position:
            continue
        before = text[position : fence.start()]
        position = fence.end()
        if fence["side"] == "END":
            before = _without_key_lines(before)
        elif following and following["side"] == "END":
            position = following.end()
        else:
            rest = _KEY_START.match(text, position)
            position = rest.end() if rest else position
        kept += (before, mark("private-key"))
    return "".join(kept) + text[position:]


def _without_key_lines(before: str) -> str:
    """Drop the lines of a key from the end of the text before its last line."""
    lines = before.split("\n")
    end = len(lines)
    while end and _KEY_LINE.match(lines[end - 1]):
        end -= 1
    if end < len(lines):
        return "".join(f"{line}\n" for line in lines[:end])
    # A key written as one line, its line breaks as escapes.
    shorter = before.rstrip(_BASE64)
    return shorter if len(before) - len(shorter) > 15 else before
