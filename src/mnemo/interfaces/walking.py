"""Walking through questions on a terminal: something is shown, one key answers it.

The terminal is in raw mode only while a key is awaited, and is put back whatever happens. Text that
somebody claimed stands behind the bar of quotations and is escaped, so it cannot pass for a question.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TextIO

from mnemo import fence, ids, redact
from mnemo.interfaces import terminal
from mnemo.retrieval import cards

Record = dict[str, Any]
Lines = list[str]

NARROWEST, WIDEST = 20, 100
MOST_LINES = 16  # of one text; more would push the question out of sight
MOST_CLAIMS = 8
END_OF_INPUT = ("\x04", "")
# Who types y and Enter means one answer: an Enter so soon, in seconds, is no answer to the next question.
TRAILING_S = 0.7
ESCAPE = b"\x1b"
ABOUT = {
    "keep": "it is true: from now on it counts like any other claim",
    "edit": "open it in your editor; what you save takes its place",
    "drop": "it is not worth keeping: withdrawn, and kept in history",
    "follow": "pin it to the new place",
    "repin": "the claim still holds: accept the code as it is now",
    "unpin": "the claim still holds: keep it without this anchor",
    "supersede": "open each claim in your editor; what you save takes its place",
    "forget": "it holds no longer: withdrawn, with the cause as the reason",
    "skip": "leave it for another time",
    "quit": "stop here; what was answered stays done",
    "yes": "do it",
    "no": "leave everything as it is",
}
WORDS = {"repin": "re-pin", "unpin": "keep without anchor"}


def find_asker() -> Callable[[str, Record, dict[str, str]], str] | None:
    """Return what asks a person, None where nobody sits: input or output is no terminal."""
    if sys.stdin is None or sys.stdout is None or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return None
    return Asker(sys.stdin.fileno(), sys.stdout)


class Asker:
    """Asks on a terminal, one key an answer.

    Args:
        keyboard: descriptor of the terminal that keys come from.
        out: where questions are shown.
    """

    def __init__(self, keyboard: int, out: TextIO) -> None:
        self._keyboard = keyboard
        self._out = out
        self._answered = -TRAILING_S

    def __call__(self, kind: str, record: Record, choices: dict[str, str]) -> str:
        """Show a record and return the key of the answer, "" when the terminal is gone or at its end."""
        self._tell("\n".join(SHOWN[kind](record, self._width())))
        while True:
            key = ""
            try:
                # From before the question on, so that an early answer is not echoed into it.
                with one_key_at_a_time(self._keyboard):
                    self._tell(self._question(choices), end="")
                    key = self._await_key(choices)
            finally:
                self._tell(WORDS.get(choices[key], choices[key]) if key in choices else "")
            self._answered = time.monotonic()
            if key != "?":
                return key
            self._tell("\n".join(_help(choices)))

    def _await_key(self, choices: dict[str, str]) -> str:
        """Return one of the keys offered, "?" or ""; any other key is not heard."""
        while True:
            key = read_key(self._keyboard).lower()
            if key in END_OF_INPUT:
                return ""
            if key in choices or key == "?":
                return key
            # Whoever presses Enter at "yes or no" did not say yes.
            if key in "\r\n" and "n" in choices and time.monotonic() - self._answered >= TRAILING_S:
                return "n"

    def _question(self, choices: dict[str, str]) -> str:
        shown = [self._offered(key, WORDS.get(word, word)) for key, word in choices.items()]
        return "  ".join([*shown, self._strong("?")]) + " "

    def _offered(self, key: str, word: str) -> str:
        return (
            word.replace(key, self._strong(key), 1) if word.startswith(key) else f"{self._strong(key)} {word}"
        )

    def _strong(self, text: str) -> str:
        return f"\x1b[1;4m{text}\x1b[0m" if terminal.has_colour(self._out) else f"[{text}]"

    def _tell(self, text: str, end: str = "\n") -> None:
        painted = terminal.paint(text) if terminal.has_colour(self._out) and end else text
        self._out.write(painted + end)
        self._out.flush()

    def _width(self) -> int:
        with suppress(OSError, ValueError):
            columns = os.get_terminal_size(self._out.fileno()).columns
            return max(NARROWEST, min(columns or WIDEST, WIDEST))
        return WIDEST


def read_key(keyboard: int) -> str:
    """Return the next key pressed on a terminal, "" at the end of its input; arrows and the like are escape.

    Args:
        keyboard: descriptor of a terminal on which keys arrive one at a time.

    Raises:
        KeyboardInterrupt: it was Ctrl-C.
    """
    try:
        pressed = os.read(keyboard, 1)
        if pressed == ESCAPE:
            _skip_sequence(keyboard)
    except OSError:
        return ""
    # What is no key of ours, such as a letter beyond ASCII, is heard byte by byte and answers nothing.
    return pressed.decode("ascii", "replace")


def _skip_sequence(keyboard: int) -> None:
    """Read the rest of what an arrow or function key sends: up to a letter or ~, all of it at once."""
    while select.select([keyboard], [], [], 0.02)[0]:
        byte = os.read(keyboard, 1)
        if not byte or (byte.isalpha() and byte != b"O") or byte == b"~":
            return


@contextmanager
def one_key_at_a_time(keyboard: int) -> Generator[None]:
    """Let keys arrive as they are pressed, unechoed, in the block; Ctrl-C stays an interrupt.

    Args:
        keyboard: descriptor of a terminal; it is put back behind the block.
    """
    import termios
    import tty

    try:
        before = termios.tcgetattr(keyboard)
    except termios.error:
        yield  # the terminal is gone: reading from it says so
        return
    with _ended_politely():
        try:
            # Without flushing: whoever types ahead is heard.
            tty.setcbreak(keyboard, termios.TCSADRAIN)
            yield
        finally:
            with suppress(termios.error):
                termios.tcsetattr(keyboard, termios.TCSADRAIN, before)


@contextmanager
def _ended_politely() -> Generator[None]:
    """Let a request to end the process put the terminal back first."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _end(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)


def _inbox(record: Record, width: int) -> Lines:
    fields = [record["source"], record["date"], record["domain"], ids.short(record["address"])]
    if record.get("session"):
        fields.insert(1, f"session {record['session']}")
    if not record.get("here", True):
        fields.append(f"on {record['branch']}")
    place = next((each for each in record["anchors"] if each.get("lines")), None)
    if record["source"] == "import" and place:
        fields.insert(1, f"from {cards.anchor_name(place)}")
    return [
        "",
        _head(f"{record['number']} of {record['of']}", width),
        *_quoted(record["content"], width),
        *_labelled(record, width),
        *_wrapped(cards.BETWEEN.join(cards.phrase(field, 60) for field in fields), width, "  "),
        *_anchors(record["anchors"], width),
        "",
    ]


def _mend(record: Record, width: int) -> Lines:
    claims: list[Record] = record["claims"]
    sure = "certain" if record["certain"] else "probable" if record["place"] else ""
    what = cards.phrase(record["what"], cards.LINE) + (f" ({sure})" if sure else "")
    shown = claims[:MOST_CLAIMS]
    lines = ["", _head(f"{record['number']} of {record['of']}", width), *_wrapped(what, width, "")]
    for claim in shown:
        lines += _quoted(claim["content"], width)
        lines += _wrapped(ids.short(claim["address"]), width, "    ")
        lines += _anchors(claim["anchors"], width, "    ")
    more = len(claims) - len(shown)
    return [*lines, *([f"    and {more} more claims"] if more > 0 else []), ""]


def _forget(record: Record, width: int) -> Lines:
    count = len(record["claims"])
    what = f"{count} claim{'s' if count != 1 else ''}"
    deed = f"Erase {what} for ever? This cannot be undone." if record["purge"] else f"Forget {what}?"
    return ["", *_list_claims(record["claims"], width), deed]


def _inbox_all(record: Record, width: int) -> Lines:
    count = len(record["claims"])
    deed = "Keep" if record["deed"] == "keep" else "Drop"
    return ["", *_list_claims(record["claims"], width), f"{deed} {count} claim{'s' if count != 1 else ''}?"]


def _undo(record: Record, width: int) -> Lines:
    lines = [""]
    for deed in record["deeds"]:
        who = f" by {cards.phrase(deed['who'], 40)}" if deed["who"] else ""
        lines += _wrapped(f"{deed['age']}{who}: {cards.phrase(deed['summary'], cards.LINE)}", width, "  ")
    for deed in record["lasting"]:
        lines += _wrapped(f"cannot be undone: {deed['age']}, {deed['kind']}: {deed['reason']}", width, "  ")
    count = len(record["deeds"])
    return [*lines, f"Undo {'this' if count == 1 else f'these {count}'}?"]


def _question_alone(record: Record, width: int) -> Lines:
    return ["", *_wrapped(cards.phrase(record["question"], cards.LINE), width, "")]


SHOWN: dict[str, Callable[[Record, int], Lines]] = {
    "inbox": _inbox,
    "inbox_all": _inbox_all,
    "mend": _mend,
    "forget": _forget,
    "undo": _undo,
    "question": _question_alone,
}


def _list_claims(claims: Sequence[Record], width: int) -> Lines:
    lines: Lines = []
    for claim in claims[:MOST_CLAIMS]:
        first = claim["content"].split("\n", 1)[0]
        lines += [f"  {ids.short(claim['address'])}", *_quoted(first, width)]
    more = len(claims) - MOST_CLAIMS
    return [*lines, *([f"  and {more} more"] if more > 0 else [])]


def _help(choices: dict[str, str]) -> Lines:
    return [f"  {key}  {ABOUT.get(word, word)}" for key, word in choices.items()]


def _head(text: str, width: int) -> str:
    return f"{text} {'─' * max(0, width - len(text) - 1)}"


def _labelled(record: Record, width: int) -> Lines:
    lines: Lines = []
    for name in ("why", "when"):
        if record.get(name):
            lines += _wrapped(f"{name}: {cards.phrase(record[name], cards.LINE)}", width, "  ")
    return lines


def _anchors(anchors: Sequence[Record], width: int, margin: str = "  ") -> Lines:
    return _wrapped(cards.anchors_line(anchors), width, margin) if anchors else []


def _quoted(text: str, width: int) -> Lines:
    """Return foreign text behind the bar of quotations, wrapped, its end left out where it is long."""
    escaped = fence.escape("\n".join(redact.redact(text).splitlines()))
    lines: Lines = []
    for line in escaped.split("\n"):
        lines += _cut(line, max(1, width - len(cards.QUOTE)))
        if len(lines) > MOST_LINES:
            break
    told = [cards.QUOTE + line for line in lines[:MOST_LINES]]
    return [*told, *_wrapped("… longer; e shows it all", width, "    ")] if len(lines) > MOST_LINES else told


def _wrapped(text: str, width: int, margin: str) -> Lines:
    return [margin + line for line in _cut(text, max(1, width - len(margin)))]


def _cut(text: str, width: int) -> Lines:
    """Return a line as lines of at most so many columns, broken between words where there are some."""
    from rich.console import Console
    from rich.text import Text

    if len(text) * 2 <= width:
        return [text]
    console = Console(width=width, file=sys.stderr, color_system=None)
    start = Text(text[: width * (MOST_LINES + 1)], tab_size=4)
    return [line.plain.rstrip() for line in start.wrap(console, width)] or [""]
