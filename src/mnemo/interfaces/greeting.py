"""What a person sees who starts the server on a terminal: what it serves, then each call."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from importlib.metadata import version

from mnemo import project, projects
from mnemo.errors import MnemoError
from mnemo.interfaces import render
from mnemo.tools import core

Say = Callable[[str], object]


def greet(say: Say, tools: Sequence[str]) -> None:
    """Tell what is served where, and how many claims hold; judging them goes on beside the server.

    Args:
        say: takes one line.
        tools: names of the toolsets offered.
    """
    say(f"mnemo {version('mnemo-repo')} answers MCP here (tools: {', '.join(tools)}); Ctrl-C ends it.")
    say("A client normally starts it; this makes it do so: mnemo install")
    try:
        opened = projects.current()
        say(f"Repository {opened.folder}, branch {opened.head().branch}.")
    except MnemoError as error:
        say(render.error(error))
        return
    threading.Thread(target=_judge, args=(say,), daemon=True).start()


def call_line(name: str, milliseconds: float, failed: bool) -> str:
    """Return the line that tells of one call."""
    return f"{name} {milliseconds:.0f} ms {'error' if failed else 'ok'}"


def _judge(say: Say) -> None:
    try:
        with project.acting("serve", "terminal", "person"):
            say(render.text("verify", core.verify()).splitlines()[0])
    except MnemoError as error:
        say(render.error(error))
