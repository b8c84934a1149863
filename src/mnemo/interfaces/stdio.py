"""The client's two pipes, taken from the rest of the process.

Standard output belongs to the protocol alone: whatever else in the process prints, prints to standard
error. Standard input is read here, a line at a time, so that every request gets an answer, also one that
the library could not parse and would leave the client waiting for.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import re
import select
import sys
import threading
import time
from collections import deque
from collections.abc import Callable

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

    `source` is the first of them, `answered` is set once something was sent.
    """

    def __init__(self, source: int, sink: int, ended: Callable[[float], object]) -> None:
        self.answered = threading.Event()
        self.source, self._sink, self._ended = source, sink, ended
        self._buffer = bytearray()
        self._writing = threading.Lock()
        self._change = threading.Condition()
        self._waiting: set[int | str] = set()

    def wait_for_pause(self, quiet_s: float, most_s: float) -> None:
        """Wait until something was sent, then nothing for a while with no request under way.

        Args:
            quiet_s: how long nothing is sent, in seconds.
            most_s: seconds after the first answer at which a client that never pauses is waited for no more.
        """
        self.answered.wait()
        until = time.monotonic() + most_s
        with self._change:
            while time.monotonic() < until and (self._change.wait(quiet_s) or self._waiting):
                pass

    def read(self) -> bytes:
        """Wait for the next bytes from the client; b"" after the end of input."""
        try:
            return os.read(self.source, 1 << 16)
        except OSError:
            return b""

    def feed(self, chunk: bytes) -> list[str]:
        """Return the messages that these bytes complete and that may be passed on, each with its line end."""
        found: list[str] = []
        scanned = len(self._buffer)
        self._buffer += chunk
        while (end := self._buffer.find(b"\n", scanned)) >= 0:
            line = bytes(self._buffer[: end + 1])
            del self._buffer[: end + 1]
            scanned = 0
            if line.strip() and (passed := self._pass_on(line)):
                found.append(passed)
        if len(self._buffer) > 2 * messages.LONGEST_LINE:
            # It will be refused: start and end are enough to tell whose request it was.
            del self._buffer[messages.LONGEST_LINE : -KEPT_END]
        return found

    def end(self) -> None:
        """End the process, once the calls under way had their moment to answer."""
        self._ended(self._let_calls_answer())

    def sent_at_once(self, lines: bytes) -> bool:
        """Write lines where the client surely has room for them, and tell whether it had."""
        if len(lines) > select.PIPE_BUF or not self._writing.acquire(blocking=False):
            return False
        try:
            if not select.select((), (self._sink,), (), 0)[1]:
                return False
            self._write(lines)
        finally:
            self._writing.release()
        self._note_answers(lines)
        return True

    def send(self, lines: bytes) -> None:
        """Write whole lines to the client."""
        with self._writing:
            self._write(lines)
        self._note_answers(lines)

    def _write(self, lines: bytes) -> None:
        try:
            rest = memoryview(lines)
            while rest:
                rest = rest[os.write(self._sink, rest) :]
        except OSError:
            self._ended(0.0)

    def _note_answers(self, lines: bytes) -> None:
        self.answered.set()
        with self._change:
            for line in lines.splitlines():
                found = _ANSWERED.match(line)
                if found:
                    self._waiting.discard(json.loads(found[1]))
            self._change.notify_all()

    def _pass_on(self, line: bytes) -> str:
        message = messages.parse(line)
        if isinstance(message, messages.Refused):
            answer = messages.answer(message)
            if not self.sent_at_once(answer):
                threading.Thread(target=self.send, args=(answer,), daemon=True).start()
            return ""
        if message.get("method") == "notifications/cancelled":
            # A cancelled request is never answered.
            request = message.get("params", {}).get("requestId")
            with self._change:
                self._waiting = {waiting for waiting in self._waiting if waiting != request}
        elif "method" in message and "id" in message:
            with self._change:
                self._waiting.add(message["id"])
        # A carriage return is white space to JSON, and the end of a line to who reads next.
        return line.replace(b"\r", b" ").rstrip(b"\n").decode() + "\n"

    def _let_calls_answer(self) -> float:
        started = time.monotonic()
        with self._change:
            self._change.wait_for(lambda: not self._waiting, GRACE)
        return time.monotonic() - started


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


class Incoming:
    """The messages from the client, as the library iterates over them; it never sees their end.

    The event loop reads by itself what is there: a thread for each line would take a tenth of a call.
    """

    def __init__(self, wire: Wire) -> None:
        self._wire, self._lines = wire, deque[str]()

    def __aiter__(self) -> Incoming:
        return self

    async def __anext__(self) -> str:
        while not self._lines:
            chunk = await self._next_chunk()
            self._lines.extend(self._wire.feed(chunk or b"\n"))
            if not chunk:
                threading.Thread(target=self._wire.end, daemon=True).start()
                break
        return self._lines.popleft() if self._lines else await asyncio.Future()

    async def _next_chunk(self) -> bytes:
        loop = asyncio.get_running_loop()
        ready = loop.create_future()
        try:
            loop.add_reader(self._wire.source, lambda: ready.done() or ready.set_result(None))
        except PermissionError:  # a file on the disk is always ready, so nothing tells of it
            return await asyncio.to_thread(self._wire.read)
        try:
            await ready
        finally:
            loop.remove_reader(self._wire.source)
        return self._wire.read()


class Outgoing:
    """The way to the client, as the library writes to it."""

    def __init__(self, wire: Wire) -> None:
        self._wire, self._held = wire, b""

    async def write(self, text: str) -> None:
        """Take text that is to be sent."""
        self._held += text.encode()

    async def flush(self) -> None:
        """Send what was taken; only where the client may be slow to take it, a thread waits for that."""
        lines, self._held = self._held, b""
        if not self._wire.sent_at_once(lines):
            await asyncio.to_thread(self._wire.send, lines)


def _moved(standard: int) -> int:
    return fcntl.fcntl(standard, fcntl.F_DUPFD_CLOEXEC, 3)
