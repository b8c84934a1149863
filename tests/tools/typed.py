"""Commands as they are typed, in this process, with --json: the exit code and the record printed."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from collections.abc import Generator
from typing import Any, NamedTuple

from mnemo.interfaces import cli

STARTING = ("subprocess.Popen", "os.exec", "os.posix_spawn", "os.spawn", "os.system", "os.fork", "os.forkpty")


class Typed(NamedTuple):
    """How a command ended.

    Args:
        code: its exit code.
        record: what it printed.
    """

    code: int
    record: dict[str, Any]


def typed(*words: str) -> Typed:
    """Run one command with --json in this process."""
    out, problems = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(problems):
        code = cli.main([*words, "--json"])
    return Typed(code, json.loads(out.getvalue()))


def told(*words: str) -> str:
    """Run one command in this process and return the text that a person reads."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        cli.main(list(words))
    return out.getvalue()


@contextlib.contextmanager
def watching_processes() -> Generator[list[str], None, None]:
    """Collect the program of every process that is started in the block."""
    started: list[str] = []
    _watchers.append(started)
    try:
        yield started
    finally:
        _watchers.remove(started)


_watchers: list[list[str]] = []


def _notice(event: str, arguments: tuple[Any, ...]) -> None:
    if _watchers and event in STARTING:
        program = arguments[0] if arguments else event
        for started in _watchers:
            started.append(str(program))


sys.addaudithook(_notice)
