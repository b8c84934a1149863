"""Standard input, output and error, whatever the locale and whoever reads them."""

from __future__ import annotations

import io
import os
import sys

from mnemo import fence
from mnemo.errors import Invalid

ASCII = ("ascii", "us-ascii", "ansi_x3.4-1968", "646")
IN_UTF8 = "Give the text in UTF-8."


def speak_utf8() -> None:
    """Let output pass where the locale knows only ASCII, and never fail on a letter."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            encoding = "utf-8" if stream.encoding.lower() in ASCII else None
            stream.reconfigure(encoding=encoding, errors="backslashreplace")


def tell(text: str) -> int:
    """Print text, in colour on a terminal that wants it, and return 0.

    Raises:
        BrokenPipeError: nobody reads any more.
    """
    out = sys.stdout
    if out is None:  # closed by the caller: mnemo log-work "…" >&-
        return 0
    if out.isatty():
        from mnemo.interfaces import terminal

        text = terminal.paint(text) if terminal.has_colour(out) else text
    out.write(text + "\n")
    # Now, not at the end of the process: a reader that left is noticed while it can be kept quiet.
    out.flush()
    return 0


def reader_left() -> int:
    """Let what is still in the buffer go nowhere, so that the end of the process is quiet; return 0."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def decoded(word: str) -> str:
    """Return an argument as UTF-8: under LC_ALL=C its bytes beyond ASCII arrive as lone surrogates.

    Raises:
        Invalid: it is not UTF-8.
    """
    try:
        return os.fsencode(word).decode("utf-8")
    except UnicodeError:
        shown = word.encode("utf-8", "backslashreplace").decode()
        raise Invalid(f"not UTF-8: {fence.line(shown, 60)}", IN_UTF8) from None


def standard_input() -> str:
    """Return all of standard input without its last line break.

    Raises:
        Invalid: it is closed, or not UTF-8.
    """
    if sys.stdin is None:
        raise Invalid("standard input is closed", "Give the text as an argument.")
    try:
        return sys.stdin.buffer.read().decode("utf-8").removesuffix("\n")
    except UnicodeDecodeError:
        raise Invalid("standard input is not UTF-8", IN_UTF8) from None
