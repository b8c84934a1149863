"""A git process while it runs and when it has ended: its output in pieces, its failure as an error."""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from mnemo.errors import MnemoError, Refused
from mnemo.repo import changes

if TYPE_CHECKING:
    from subprocess import CompletedProcess

PIECE = 1 << 18  # bytes read at once


def iter_pieces(process: Any, given: bytes) -> Generator[bytes, None, tuple[int, bytes]]:
    """Yield what a process prints, and return its exit code and its complaints; ended when nobody listens.

    Args:
        process: as GitPython started it, with pipes for all three streams; it ends a process that is let go.
        given: its standard input.
    """
    import threading

    child = process.proc
    complaints: list[bytes] = []
    # Whoever fills one pipe while the other side waits at another waits for ever.
    feeding = threading.Thread(target=_feed, args=(child.stdin, given), daemon=True)
    hearing = threading.Thread(target=lambda: complaints.append(child.stderr.read()), daemon=True)
    feeding.start()
    hearing.start()
    try:
        while piece := os.read(child.stdout.fileno(), PIECE):
            yield piece
        code: int = child.wait()
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
        feeding.join()
        hearing.join()
        child.stdout.close()
        child.stderr.close()
    return code, b"".join(complaints)


def checked(command: str, answer: CompletedProcess[bytes]) -> bytes:
    """Return what a git command printed.

    Raises:
        Refused: git does not trust the repository.
        MnemoError: it failed in another way.
    """
    if answer.returncode == 0:
        return answer.stdout
    said = changes.complaint(answer.stderr)
    if "dubious ownership" in said:
        fix = "If you trust it: git config --global --add safe.directory FOLDER"
        raise Refused(f"git does not trust this repository: {said}", fix)
    raise MnemoError(f"git {command} failed: {said}", f"Run git {command} there to see more.")


def _feed(pipe: Any, given: bytes) -> None:
    try:
        pipe.write(given)
        pipe.close()
    except OSError:  # the process has ended; its exit code says why
        pass
