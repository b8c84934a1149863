"""The client's two pipes, taken from the rest of the process.

Standard output belongs to the protocol alone: whatever else in the process prints, prints to standard
error. Standard input is read here, a line at a time, so that every request gets an answer, also one that
the library could not parse and would leave the client waiting for.
"""

from __future__ import annotations

import fcntl
import io
import json
import os
import re
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from mnemo.interfaces import messages

# How long calls under way may still answer after the end of input, in seconds.
GRACE = 0.5
KEPT_END = 4096
_ANSWERED = re.compile(rb'\{"jsonrpc":"2\.0","id":(-?\d+|"(?:[^"\\]|\\.)*")')


class Wire:
    """Lines from and to the client, and the requests under way.

    Args:
        source: file descriptor the client writes to.
        sink: file descriptor the client reads from.
        ended: called when no more can come in, or no more can go out, with how many seconds ago.

    `answered` is set once something was sent.
    """

    def __init__(self, source: int, sink: int, ended: Callable[[float], object]) -> None:
        self.answered = threading.Event()
        self._source, self._sink, self._ended = source, sink, ended
        self._buffer = bytearray()
        self._writing = threading.Lock()
        self._change = threading.Condition()
        self._waiting: set[int | str] = set()

    def next_line(self) -> bytes:
        """Return the next message to pass on, with its line end; b"" after the end of input."""
        while True:
            line = self._read_line()
            if not line:
                self._ended(self._let_calls_answer())
                return b""
            passed = self._pass_on(line) if line.strip() else b""
            if passed:
                return passed

    def send(self, lines: bytes) -> None:
        """Write whole lines to the client."""
        try:
            with self._writing:
                rest = memoryview(lines)
                while rest:
                    rest = rest[os.write(self._sink, rest) :]
        except OSError:
            self._ended(0.0)
        self.answered.set()
        with self._change:
            for line in lines.splitlines():
                found = _ANSWERED.match(line)
                if found:
                    self._waiting.discard(json.loads(found[1]))
            self._change.notify_all()

    def _pass_on(self, line: bytes) -> bytes:
        message = messages.parse(line)
        if isinstance(message, messages.Refused):
            self.send(messages.answer(message))
            return b""
        if message.get("method") == "notifications/cancelled":
            # A cancelled request is never answered.
            request = message.get("params", {}).get("requestId")
            with self._change:
                self._waiting = {waiting for waiting in self._waiting if waiting != request}
        elif "method" in message and "id" in message:
            with self._change:
                self._waiting.add(message["id"])
        # A carriage return is white space to JSON, and the end of a line to who reads next.
        return line.replace(b"\r", b" ").rstrip(b"\n") + b"\n"

    def _let_calls_answer(self) -> float:
        started = time.monotonic()
        with self._change:
            self._change.wait_for(lambda: not self._waiting, GRACE)
        return time.monotonic() - started

    def _read_line(self) -> bytes:
        scanned = 0
        while (end := self._buffer.find(b"\n", scanned)) < 0:
            if len(self._buffer) > 2 * messages.LONGEST_LINE:
                # It will be refused: start and end are enough to tell whose request it was.
                del self._buffer[messages.LONGEST_LINE : -KEPT_END]
            scanned = len(self._buffer)
            chunk = self._read_chunk()
            if not chunk:
                end = scanned - 1
                break
            self._buffer += chunk
        line = bytes(self._buffer[: end + 1])
        del self._buffer[: end + 1]
        return line

    def _read_chunk(self) -> bytes:
        try:
            return os.read(self._source, 1 << 16)
        except OSError:
            return b""


def take(ended: Callable[[float], object]) -> Wire:
    """Take standard input and output for the protocol; everyone else gets nothing and standard error.

    Args:
        ended: called when the client is gone, with how many seconds ago.

    Raises:
        OSError: standard input or output is closed.
    """
    wire = Wire(_moved(0), _moved(1), ended)
    sys.stdout.flush()
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    try:
        os.dup2(2, 1)
    except OSError:
        os.dup2(nothing, 1)
    os.close(nothing)
    sys.stdout = sys.stderr
    return wire


def hand_over(wire: Wire) -> None:
    """Let the library that reads `sys.stdin.buffer` and writes `sys.stdout.buffer` meet the wire there.

    By its first read it holds both, and `sys.stdout` is again where anyone may print.
    """
    given = sys.stdin, sys.stdout
    sys.stdin = _Stream(io.BufferedReader(_Incoming(wire, given)))
    sys.stdout = _Stream(_Outgoing(wire))


class _Stream(io.TextIOBase):
    """A standard stream that has nothing but its buffer; what is printed to it goes to standard error."""

    def __init__(self, buffer: io.BufferedReader | io.RawIOBase) -> None:
        self.buffer = buffer

    def write(self, text: str, /) -> int:
        return sys.stderr.write(text)


class _Incoming(io.RawIOBase):
    def __init__(self, wire: Wire, before: tuple[Any, Any]) -> None:
        self._wire, self._before, self._rest = wire, before, b""

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any, /) -> int:
        if self._before:
            (sys.stdin, sys.stdout), self._before = self._before, ()
        line = self._rest or self._wire.next_line()
        size = min(len(line), len(target))
        target[:size], self._rest = line[:size], line[size:]
        return size


class _Outgoing(io.RawIOBase):
    def __init__(self, wire: Wire) -> None:
        self._wire, self._rest = wire, b""

    def writable(self) -> bool:
        return True

    def write(self, piece: Any, /) -> int:
        lines, end, self._rest = (self._rest + bytes(piece)).rpartition(b"\n")
        if end:
            self._wire.send(lines + end)
        return len(piece)


def _moved(standard: int) -> int:
    return fcntl.fcntl(standard, fcntl.F_DUPFD_CLOEXEC, 3)
