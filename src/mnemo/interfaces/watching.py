"""`mnemo watch`: claims as their verdicts change, live on a terminal, a line each where it is piped."""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread
from typing import Any

from mnemo import fence, redact
from mnemo.interfaces import streams
from mnemo.interfaces.render import watching as words
from mnemo.project import Project

USAGE = """\
Usage: mnemo watch [--json]

Show claims as the code proves or refutes them, and branches as they change; Ctrl-C ends it.

  --json  one JSON object a line: anchor, branch, operation and watcher events"""

ENDING_S = 2.0
WAKE_S = 0.25
SHOWN_ROWS = 20
Record = dict[str, Any]
Show = Callable[[Record], object]


def main(as_json: bool) -> int:
    """Watch until interrupted, and return 0.

    Args:
        as_json: print each event as one line of JSON.

    Raises:
        NotARepository, Refused: there is nothing here that could be watched.
    """
    from mnemo import projects
    from mnemo.errors import NotARepository
    from mnemo.tools import watching

    project = projects.current()
    if project.place is None:
        raise NotARepository("Not in a Git repository.", f"{project.folder} is kept without one.")
    events: queue.Queue[Record | None] = queue.Queue()
    stop = Event()

    def leave(number: int, frame: object) -> None:
        events.put(None)

    before = signal.signal(signal.SIGTERM, leave)

    def run() -> None:
        watching.watch(project, events.put, stop, following=True)
        events.put(None)

    thread = Thread(target=run, daemon=True)
    thread.start()
    try:
        _show_all(events, as_json, project)
    except KeyboardInterrupt:
        pass
    except BrokenPipeError:
        streams.reader_left()
    finally:
        stop.set()
        with suppress(KeyboardInterrupt):
            thread.join(ENDING_S)
        signal.signal(signal.SIGTERM, before)
    return 0


def _show_all(events: queue.Queue[Record | None], as_json: bool, project: Project) -> None:
    out = sys.stdout
    if not as_json and out is not None and out.isatty() and os.environ.get("TERM") != "dumb":
        _live(events, project)
        return
    if not as_json:
        streams.tell(words.opening(project.folder))
    while (event := _next(events)) is not None:
        line = as_line(event) if as_json else words.line(event)
        if line:
            streams.tell(line)


def as_line(event: Record) -> str:
    """Return an event as JSON on one line, without secrets, with every dangerous character escaped."""
    written = json.dumps(redact.clean({"schema": "mnemo.v1", **event}), ensure_ascii=False, default=str)
    dangerous = {letter for letter in set(written) if fence.escape(letter) != letter}
    return written.translate({ord(letter): json.dumps(letter)[1:-1] for letter in dangerous})


def _next(events: queue.Queue[Record | None]) -> Record | None:
    while True:
        try:
            # Ctrl-C may reach another thread, and then nothing wakes this one before its time.
            return events.get(timeout=WAKE_S)
        except queue.Empty:
            continue


def _live(events: queue.Queue[Record | None], project: Project) -> None:
    from rich.console import Console
    from rich.live import Live

    rows: dict[tuple[str, str], Record] = {}
    state: Record = {}
    with Live(_table(project, rows, state), console=Console(), auto_refresh=False) as live:
        while (event := _next(events)) is not None:
            if event["event"] == "anchor":
                if event["was"] == event["verdict"]:
                    continue
                key = (event["worktree"], event["address"])
                rows.pop(key, None)
                rows[key] = event
                while len(rows) > SHOWN_ROWS:
                    rows.pop(next(iter(rows)))
            elif event["event"] == "watcher":
                state = event
            else:
                rows[(event["worktree"], event["event"])] = event
            live.update(_table(project, rows, state), refresh=True)


def _table(project: Project, rows: dict[tuple[str, str], Record], state: Record) -> Any:
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(words.opening(project.folder)), title_justify="left", box=None, expand=True)
    for name in ("when", "where", "now", "claim", "why"):
        table.add_column(name, no_wrap=name != "why", overflow="ellipsis")
    for event in reversed(rows.values()):
        table.add_row(*(Text(cell, style=style) for cell, style in words.cells(event)))
    if state:
        table.caption = Text(words.line(state))
    return table
