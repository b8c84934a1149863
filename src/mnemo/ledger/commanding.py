"""A command run without a shell: its output passes through, is hashed, and its end is kept."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Sequence
from typing import IO, TYPE_CHECKING, Any, Protocol

from mnemo.errors import Invalid, MnemoError, NotFound
from mnemo.ledger.names import brief
from mnemo.redact import redact

if TYPE_CHECKING:
    from subprocess import Popen

TAIL_BYTES = 8 * 1024
# Redaction needs to see a secret from its beginning, so more is held than is kept.
HELD_BYTES = 64 * 1024
GRACE_S = 5.0
_PIECE = 64 * 1024

Record = dict[str, Any]


class Sink(Protocol):
    """Where output goes besides: a binary file, such as sys.stdout.buffer."""

    def write(self, piece: bytes, /) -> object:
        """Take a piece of the output."""
        ...

    def flush(self) -> None:
        """Show it."""
        ...


class Stream:
    """One output of a command: hashed as it passes, its end kept.

    Args:
        sink: where it goes besides; None for nowhere.
        reader: is fed every piece; None for none.
    """

    def __init__(self, sink: Sink | None, reader: Callable[[bytes], None] | None = None) -> None:
        self.size = 0
        self._sink = sink
        self._reader = reader
        self._hash = hashlib.sha256()
        self._held = bytearray()

    def take(self, pipe: IO[bytes]) -> None:
        """Read a pipe to its end."""
        with pipe:
            while piece := os.read(pipe.fileno(), _PIECE):
                self.size += len(piece)
                self._hash.update(piece)
                self._held += piece
                del self._held[:-HELD_BYTES]
                if self._reader:
                    self._reader(piece)
                self._show(piece)

    def record(self) -> Record:
        """Return sha-256, size in bytes, and the last 8 KiB as text without secrets."""
        text = redact(self._held.decode("utf-8", "replace")).encode("utf-8", "replace")
        tail = text[-TAIL_BYTES:].decode("utf-8", "ignore")
        return {"sha256": self._hash.hexdigest(), "bytes": self.size, "tail": tail.replace("\0", "\ufffd")}

    def _show(self, piece: bytes) -> None:
        if self._sink is None:
            return
        try:
            self._sink.write(piece)
            self._sink.flush()
        except (OSError, ValueError):  # whoever watched has left; the record is made all the same
            self._sink = None


def execute(argv: Sequence[str], folder: str, streams: tuple[Stream, Stream]) -> int:
    """Run a command to its end and return its exit code, negative for a signal.

    Args:
        argv: the command and its arguments.
        folder: where to run it.
        streams: what takes its output and its errors.

    Raises:
        NotFound, Invalid: it cannot be started; their exit codes are those of a shell, 127 and 126.
    """
    import subprocess

    try:
        process = subprocess.Popen(
            list(argv),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
    except OSError as error:
        raise _not_started(argv[0], error) from None
    except ValueError as error:
        raise Invalid(
            f"The command {brief(argv[0])} cannot be run: {error}.", "Give it without NUL bytes."
        ) from None
    threads = [
        threading.Thread(target=stream.take, args=(pipe,), daemon=True)
        for stream, pipe in zip(streams, (process.stdout, process.stderr), strict=True)
    ]
    for thread in threads:
        thread.start()
    try:
        exit_code = process.wait()
        for thread in threads:
            # Something it left running may hold the pipe open for ever.
            thread.join(GRACE_S)
    except BaseException:
        _end(process)
        raise
    return exit_code


def _end(process: Popen[bytes]) -> None:
    """End a command whose caller was interrupted; an interrupted run is no evidence."""
    import subprocess

    process.terminate()
    try:
        process.wait(GRACE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _not_started(command: str, error: OSError) -> MnemoError:
    if isinstance(error, FileNotFoundError):
        problem = NotFound(
            f"The command {brief(command)} was not found; nothing was recorded.",
            "Check its name and the PATH; shell words such as && need `sh -c`.",
            "command_not_found",
        )
        problem.exit_code = 127
        return problem
    problem = Invalid(
        f"The command {brief(command)} cannot be run: {error.strerror}; nothing was recorded.",
        "Check that it is executable.",
        "command_not_executable",
    )
    problem.exit_code = 126
    return problem
