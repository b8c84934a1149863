"""`mnemo hook EVENT`: a client's JSON comes in, its JSON goes out, and nothing that fails gets in its way."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence

from mnemo import json_light as json
from mnemo.interfaces.hooks import counting, forms
from mnemo.interfaces.hooks.replying import Reply, reply
from mnemo.interfaces.hooks.timing import since_start, within
from mnemo.light import Any, cast
from mnemo.model.moment import is_off

WHOLE_S = 0.27  # from the start of the process; what ends it and writes that down has 0.03 s more
LEAST_S = 0.02
RECORD_S = 0.02
LARGEST_INPUT = 16_000_000
PIECE = 1 << 16
USAGE = 2
ABOUT = (
    "`mnemo hook EVENT` is for clients: they start it and say on standard input what happens, as JSON.",
    "Type `mnemo install` to have it started, and `mnemo hook last` to see what it said.",
)


class Unreadable(Exception):
    """What came on standard input is no JSON object of a usable size."""


def main(words: Sequence[str]) -> int:
    """Answer one event and return the exit code, which is 0 whatever happened to the store.

    Args:
        words: EVENT, and the client behind --client.
    """
    started = time.monotonic() - since_start()
    event, client = _asked(words)
    if sys.stdin is None or sys.stdout is None:
        return 0  # what is opened next would take the place of the closed stream
    if sys.stdin.isatty() or "--help" in words:
        print(*ABOUT, sep="\n", file=sys.stdout if "--help" in words else sys.stderr)
        return 0 if "--help" in words else USAGE
    if event not in forms.CLIENTS.get(client, ()) or is_off(os.environ.get("MNEMO_HOOK", "")):
        return 0
    call = {"event": event, "client": client}
    left = WHOLE_S - (time.monotonic() - started)
    if not within(max(left, LEAST_S), lambda: _answer(call, started)):
        within(RECORD_S, lambda: _note(call, started, Reply(failed="deadline")))
    return 0


def _asked(words: Sequence[str]) -> tuple[str, str]:
    """Return the event and the client that the words name."""
    client, rest = "claude", list(words)
    for place, word in enumerate(words):
        if word == "--client":
            client = words[place + 1] if place + 1 < len(words) else ""
            rest = [*words[:place], *words[place + 2 :]]
        elif word.startswith("--client="):
            client = word.removeprefix("--client=")
            rest = [*words[:place], *words[place + 1 :]]
    return (rest[0] if rest else ""), client


def _answer(call: dict[str, str], started: float) -> None:
    """Read what the client says, answer it, and write the call down."""
    try:
        given = read_object(0)
        moment = forms.find_moment(call["client"], call["event"], given)
        if moment is None or forms.is_borrowed(call["client"], given, os.environ):
            return
        found = reply(moment, call["event"], os.environ)
        told = forms.answer(call["client"], call["event"], found.text, found.person, found.ask)
        _write(json.dumps(told).encode() + b"\n" if told else b"")
    except Unreadable as problem:
        found = Reply(failed=str(problem))
    except Exception as problem:  # noqa: BLE001 - whatever it is, the client goes on; the record says what
        found = Reply(failed=f"unexpected {type(problem).__name__}")
    _note(call, started, found)


def _note(call: dict[str, str], started: float, found: Reply) -> None:
    record: dict[str, object] = {**call, "ms": round((time.monotonic() - started) * 1000, 1)}
    record |= {"said": found.said} | ({"failed": found.failed} if found.failed else {})
    counting.note(found.folder, os.environ, record)


def read_object(descriptor: int) -> dict[str, Any]:
    """Read one JSON object from a pipe that need not be closed behind it.

    Args:
        descriptor: where it comes from.

    Raises:
        Unreadable: it is none, or larger than 16 MB.
    """
    pieces: list[bytes] = []
    size = 0
    while piece := os.read(descriptor, PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > LARGEST_INPUT:
            raise Unreadable("input too large")
        # A piece that ends an object seldom does so by chance, and then what is there is not yet JSON.
        if piece.rstrip().endswith(b"}"):
            found = _find_parsed(b"".join(pieces))
            if found is not None:
                return found
    found = _find_parsed(b"".join(pieces))
    if found is None:
        raise Unreadable("input is no JSON object")
    return found


def _find_parsed(raw: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return cast("dict[str, Any]", found) if isinstance(found, dict) else None


def _write(line: bytes) -> None:
    """Write the answer past every buffer, since the process ends without looking back."""
    try:
        while line:
            line = line[os.write(1, line) :]
    except OSError:
        return  # the client no longer listens
