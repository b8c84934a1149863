"""What was said in a session, from the JSON Lines in which Claude Code writes it down."""

from __future__ import annotations

import os
from collections.abc import Iterator

from mnemo import json_light as json
from mnemo.capture.files import find_own
from mnemo.light import Any, NamedTuple, cast

LARGEST = 2 << 20
LONGEST_LINE = 1 << 18
# What tools answered is most of a transcript and nothing of it is said; quoted in a text it is escaped.
_TOOL_RESULT = b'"tool_use_id":'


class Turn(NamedTuple):
    """A prompt and what came of it.

    Args:
        prompt: what a person typed.
        answer: what the agent said last.
        claimed: what the agent claimed itself meanwhile.
    """

    prompt: str
    answer: str
    claimed: tuple[str, ...] = ()


def read_turns(path: str, start: int) -> tuple[list[Turn], int]:
    """Return the turns that a transcript holds from a place on, and where its last whole line ends.

    A symbolic link, another user's file, and what is no file are not read; what is no record is passed over.

    Args:
        path: the transcript.
        start: bytes that were looked at before; of more than 2 MB left, the last 2 MB are read.
    """
    raw, end = _read(path, start)
    return list(_iter_turns(raw)), end


def _read(path: str, start: int) -> tuple[bytes, int]:
    descriptor = find_own(path)
    if descriptor is None:
        return b"", start
    with open(descriptor, "rb") as file:
        size = os.fstat(descriptor).st_size
        begin = start if 0 <= start <= size else 0  # it was written anew
        cut = max(begin, size - LARGEST)
        file.seek(cut)
        try:
            raw = file.read(LARGEST)
        except OSError:
            return b"", start
    whole = raw[: raw.rfind(b"\n") + 1]
    if cut > begin:
        whole = whole[whole.find(b"\n") + 1 :]
    return whole, cut + raw.rfind(b"\n") + 1


def _iter_turns(raw: bytes) -> Iterator[Turn]:
    prompt, said, claimed = "", list[str](), list[str]()
    in_answer = False
    for record in _iter_records(raw):
        is_prompt = record["type"] == "user"
        texts, claims, has_tools = _content(record)
        if is_prompt and texts:
            if prompt or said:
                yield Turn(prompt, "\n\n".join(said), tuple(claimed))
            prompt, said, claimed, in_answer = "\n\n".join(texts), [], [], False
        elif not is_prompt:
            said = [*said, *texts] if in_answer or not texts else texts
            claimed += claims
            # What is said between two uses of tools is on the way; what is said last is the answer.
            in_answer = bool(texts) and not has_tools
    if prompt or said:
        yield Turn(prompt, "\n\n".join(said), tuple(claimed))


def _iter_records(raw: bytes) -> Iterator[dict[str, Any]]:
    for line in raw.splitlines():
        if len(line) > LONGEST_LINE or _TOOL_RESULT in line or not line.startswith(b"{"):
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            continue
        aside = any(record.get(mark) for mark in ("isSidechain", "isMeta", "isCompactSummary"))
        if record.get("type") in ("user", "assistant") and not aside:
            yield record


def _content(record: dict[str, Any]) -> tuple[list[str], list[str], bool]:
    """Return the texts of a message, what it claims, and whether it uses a tool."""
    message = record.get("message")
    content: Any = cast("dict[str, Any]", message).get("content") if isinstance(message, dict) else None
    if isinstance(content, str):
        return [content], [], False
    texts: list[str] = []
    claims: list[str] = []
    has_tools = False
    for block in cast("list[Any]", content) if isinstance(content, list) else []:
        if not isinstance(block, dict):
            continue
        part = cast("dict[str, Any]", block)
        if part.get("type") == "text" and isinstance(part.get("text"), str):
            texts.append(part["text"])
        elif part.get("type") == "tool_use":
            has_tools = True
            if str(part.get("name", "")).endswith("claim"):
                claims += _strings(part.get("input"))
    return [text for text in texts if text.strip()], claims, has_tools


def _strings(value: Any, depth: int = 0) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner: list[Any] = []
    if depth < 4 and isinstance(value, dict):
        inner = list(cast("dict[str, Any]", value).values())
    elif depth < 4 and isinstance(value, list):
        inner = cast("list[Any]", value)
    return [text for one in inner for text in _strings(one, depth + 1)]
