"""A person at a terminal, for tests: a real process on a pseudo-terminal, keys pressed when asked for."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.house.sources import SOURCE
from tests.warm import Process

PATIENCE_S = 20.0
MNEMO = (sys.executable, "-m", "mnemo")
# The terminal has to be the process's own, or Ctrl-C would reach nobody.
START = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    "os.execv(sys.argv[1], sys.argv[1:])"
)
STYLE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Screen:
    """What a process shows on its terminal, and its keyboard."""

    def __init__(self, process: subprocess.Popen[bytes] | Process, line: int) -> None:
        self.process = process
        self._line = line
        self._seen = b""

    @property
    def raw(self) -> str:
        """Everything shown, as it was written."""
        return self._seen.decode("utf-8", "replace").replace("\r\n", "\n")

    @property
    def text(self) -> str:
        """Everything shown, without colour."""
        return STYLE.sub("", self.raw)

    def press(self, keys: str) -> None:
        """Press keys."""
        os.write(self._line, keys.encode())

    def await_text(self, wanted: str, times: int = 1) -> None:
        """Wait until a text was shown so many times."""
        until = time.monotonic() + PATIENCE_S
        while self.text.count(wanted) < times:
            assert time.monotonic() < until, f"{wanted!r} was not shown:\n{self.text}"
            if not self._read(0.2) and self.process.poll() is not None:
                self._read(0)
                break
        assert self.text.count(wanted) >= times, f"{wanted!r} was not shown:\n{self.text}"

    def await_end(self, patience_s: float = PATIENCE_S) -> int:
        """Wait for the end of the process and return its exit code."""
        until = time.monotonic() + patience_s
        while (code := self.process.poll()) is None:
            assert time.monotonic() < until, f"it goes on:\n{self.text}"
            self._read(0.1)
        while self._read(0):
            pass
        return code

    def hang_up(self) -> None:
        """Let the terminal be gone, as when its window is closed."""
        os.close(self._line)
        self._line = -1

    def is_echoing(self) -> bool:
        """Tell whether the terminal is as terminals are: it echoes and waits for lines."""
        local = termios.tcgetattr(self._line)[3]
        return bool(local & termios.ECHO) and bool(local & termios.ICANON)

    def close(self) -> None:
        """End the process if it still runs, and the terminal."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE_S)
        if self._line >= 0:
            os.close(self._line)

    def _read(self, wait_s: float) -> bool:
        if self._line < 0 or not select.select([self._line], [], [], wait_s)[0]:
            return False
        try:
            piece = os.read(self._line, 65_536)
        except OSError:  # how Linux says that the other side is closed
            return False
        self._seen += piece
        return bool(piece)


@contextmanager
def terminal(
    folder: Path,
    *words: str,
    columns: int = 90,
    rows: int = 40,
    environ: Mapping[str, str] | None = None,
    program: tuple[str, ...] = MNEMO,
) -> Iterator[Screen]:
    """Run a command in a folder on a terminal of its own.

    Args:
        folder: where.
        words: the command's, behind the program's.
        columns, rows: the terminal's size.
        environ: further variables.
        program: what is started, by its absolute path; this checkout's mnemo is forked.
    """
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    variables = {**os.environ, "PYTHONPATH": str(SOURCE), "TERM": "xterm-256color", **(environ or {})}
    process = _start([*program, *words], folder, variables, theirs)
    os.close(theirs)
    screen = Screen(process, ours)
    try:
        yield screen
    finally:
        screen.close()


def _start(
    command: list[str], folder: Path, environ: Mapping[str, str], line: int
) -> subprocess.Popen[bytes] | Process:
    if tuple(command[:3]) == MNEMO:
        return Process(command[1:], folder, environ, (line, line, line), controlled=True)
    return subprocess.Popen(
        [sys.executable, "-c", START, *command],
        cwd=folder,
        env=environ,
        stdin=line,
        stdout=line,
        stderr=line,
        start_new_session=True,
    )
