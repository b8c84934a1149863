"""The server as a process: what it is started with, and how it starts quickly."""

from __future__ import annotations

import gc
import logging
import os
import sys
import threading
import time
import warnings
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple, NoReturn

from mnemo.errors import Invalid, MnemoError
from mnemo.interfaces import ending, render, stdio

USAGE = """\
Usage: mnemo serve [--tools core,code|all] [--project DIR]

Answer MCP on standard input and output. A client normally starts this: mnemo install

  --tools    toolsets to offer, separated by commas, or all; else MNEMO_TOOLS, else core
  --project  the repository to serve; left out, the client's or the current folder"""

DEFAULT_TOOLS = "core"

LOOK_S = 60.0  # seconds between two looks at whether a check is due
PAUSE_S, NO_PAUSE_S = 0.5, 20.0  # without an answer, and of answers without such a pause
WATCH_AFTER_S = 1.0  # from the first answer, while a client asks for the rest of what it needs to start


class Wish(NamedTuple):
    """What a server is started with.

    Args:
        tools: names of toolsets.
        project: folder, None for where the client or the shell stands.
    """

    tools: tuple[str, ...]
    project: str | None = None


def main(argv: Sequence[str]) -> int:
    """Serve until the client is gone, and end the process.

    Args:
        argv: the words after `mnemo serve`.
    """
    if {"-h", "--help"} & set(argv):
        print(USAGE)
        return 0
    try:
        wish = read_wish(argv)
    except MnemoError as error:
        _say(f"Error: {render.error(error)}")
        return 2
    terminal = os.isatty(0)
    try:
        wire = stdio.take(ending.end)
    except OSError:
        _say("Error: standard input or output is closed, and the protocol needs both.")
        return 1
    return serve(wish, wire, terminal)


def read_wish(argv: Sequence[str]) -> Wish:
    """Read the words after `mnemo serve`, and MNEMO_TOOLS.

    Raises:
        Invalid: an option, a toolset or a folder does not exist.
    """
    given: dict[str, str] = {}
    words = iter(argv)
    for word in words:
        option, equals, value = word.partition("=")
        if option not in ("--tools", "--project"):
            raise Invalid(f"mnemo serve has no option {word!r}.", "It has --tools and --project.")
        given[option] = value if equals else next(words, "")
    folder = given.get("--project")
    if folder is not None and not os.path.isdir(folder):
        raise Invalid(f"--project: there is no folder {folder!r}.", "Give an existing folder.")
    return Wish(read_tools(given.get("--tools", os.environ.get("MNEMO_TOOLS", ""))), folder)


def read_tools(text: str) -> tuple[str, ...]:
    """Return the toolsets named in a text such as "core,code" or "all"; empty means the default.

    Raises:
        Invalid: one of them does not exist.
    """
    from mnemo.tools.toolsets import TOOLSETS

    names = tuple(dict.fromkeys(name.strip() for name in (text or DEFAULT_TOOLS).split(",") if name.strip()))
    unknown = [name for name in names if name not in TOOLSETS and name != "all"]
    if unknown:
        known = ", ".join([*TOOLSETS, "all"])
        raise Invalid(f"There is no toolset {unknown[0]!r}; there is {known}.")
    return tuple(TOOLSETS) if "all" in names else names


def serve(wish: Wish, wire: stdio.Wire, terminal: bool) -> NoReturn:
    """Answer the client until it is gone; the process ends here.

    Args:
        wish: what is offered.
        wire: to and from the client.
        terminal: whether a person sits at the other end, who is told what happens.
    """
    ending.end_on_signals()
    warnings.simplefilter("ignore")
    logging.basicConfig(level=logging.ERROR, format="mnemo: %(message)s", stream=sys.stderr)
    if wish.project:
        os.environ["MNEMO_PROJECT_ROOT"] = os.path.abspath(wish.project)
    tell = _greet(wish) if terminal else None
    with _quick_imports():
        from mnemo.interfaces import server
    built = server.build(wish.tools, tell)
    threading.Thread(target=_look_after, daemon=True).start()
    threading.Thread(target=_load_ranking, args=(wire,), daemon=True).start()
    threading.Thread(target=_watch, args=(wire.answered, terminal), daemon=True).start()
    built.answer(wire)
    ending.end()


def _look_after() -> None:
    """Give open stores their hourly check and backup while the server lives."""
    from mnemo import projects

    while True:
        time.sleep(LOOK_S)
        projects.look_after()


def _load_ranking(wire: stdio.Wire) -> None:
    """Load what scores texts when the client pauses; until then they are scored without."""
    wire.wait_for_pause(PAUSE_S, NO_PAUSE_S)
    from mnemo.retrieval import legs

    legs.load()


def _watch(answered: threading.Event, terminal: bool) -> None:
    """Keep what anchors say up to date beside the server, which has its first answer before that begins."""
    answered.wait()
    time.sleep(WATCH_AFTER_S)
    from mnemo.interfaces.render import watching as words
    from mnemo.tools import watching

    def tell(event: dict[str, Any]) -> None:
        line = words.line(event) if terminal else ""
        if line:
            _say(line)

    watching.watch_here(tell, threading.Event())


def _greet(wish: Wish) -> Callable[[str, float, bool], None]:
    from mnemo.interfaces import greeting

    greeting.greet(_say, wish.tools)
    return lambda name, took, failed: _say(greeting.call_line(name, took, failed))


def _say(line: str) -> None:
    with suppress(OSError, ValueError):
        print(line, file=sys.stderr, flush=True)


@contextmanager
def _quick_imports() -> Generator[None]:
    """Spend less on imports: measured 744 ms for fastmcp without, 575 ms with.

    Several hundred pydantic models are built as they are defined, and few are ever used: built on first
    use, 110 ms less. The garbage collector finds nothing among modules, 70 ms. Pydantic looks for plugins
    in the metadata of every installed package, 25 ms.
    """
    # A .env file of the repository is not ours to believe; the library would read its settings from it.
    os.environ["FASTMCP_ENV_FILE"] = os.devnull
    os.environ.setdefault("FASTMCP_LOG_ENABLED", "false")
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")
    gc.disable()
    from pydantic import BaseModel

    BaseModel.model_config["defer_build"] = True
    try:
        yield
    finally:
        del BaseModel.model_config["defer_build"]
        gc.freeze()
        gc.enable()
