"""One call of a tool through each of its three faces: Python, the command line, and MCP."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
from collections.abc import Callable, Iterable
from typing import Any

from mnemo import project
from mnemo.errors import MnemoError
from mnemo.interfaces import cli, server
from mnemo.tools.toolsets import TOOLSETS

Record = dict[str, Any]
Face = Callable[..., Record]

POSITIONAL = {
    "recall": "query",
    "claim": "content",
    "verify": "target",
    "log": "message",
    "help": "topic",
    "dispatch": "action",
    "memory_update": "old_address",
    "memory_reinforce": "address",
    "memory_link": "source",
    "memory_search": "query",
    "memory_query": "address",
}


def python(tool: str, **arguments: Any) -> Record:
    """Call the function; an error becomes its record."""
    function = next(one for tools in TOOLSETS.values() for one in tools if one.__name__ == tool)
    try:
        with project.acting("tester", "python"):
            return function(**arguments)
    except MnemoError as error:
        return error.record()


def command(tool: str, **arguments: Any) -> Record:
    """Call the command with --json and read what it printed."""
    words = [tool, "--json"]
    for name, value in arguments.items():
        words += _words(tool, name, value)
    out, problems = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(problems):
        cli.main(words)
    return json.loads(out.getvalue())


def mcp(tool: str, **arguments: Any) -> Record:
    """Call the tool through an in-memory MCP client and return the record that travels beside the text."""
    ((_, record),) = asyncio.run(_mcp(tool, [arguments]))
    return record


def mcp_text(tool: str, **arguments: Any) -> str:
    """Call the tool through an in-memory MCP client and return what the model reads."""
    return mcp_texts(tool, [arguments])[0]


def mcp_texts(tool: str, calls: Iterable[Record]) -> list[str]:
    """Call the tool several times in one session and return what the model reads each time."""
    return [text for text, _ in asyncio.run(_mcp(tool, calls))]


FACES: list[Face] = [python, command, mcp]


async def _mcp(tool: str, calls: Iterable[Record]) -> list[tuple[str, Record]]:
    from fastmcp import Client

    owners = {one.__name__: name for name, tools in TOOLSETS.items() for one in tools}
    async with Client(server.build([owners.get(tool, "core")])) as client:
        results = [await client.call_tool(tool, one, raise_on_error=False) for one in calls]
    return [(each.content[0].text, (each.meta or {})["mnemo/record"]) for each in results]  # type: ignore[union-attr]


def _words(tool: str, name: str, value: Any) -> list[str]:
    if value is None:
        return []
    if POSITIONAL.get(tool) == name and isinstance(value, str) and value and not value.startswith("-"):
        return [value]
    flag = "--" + name.replace("_", "-")
    if isinstance(value, bool):
        return [flag] if value else []
    if isinstance(value, list):
        return [
            word for item in value for word in (flag, item if isinstance(item, str) else json.dumps(item))
        ]
    return [flag, json.dumps(value) if isinstance(value, dict) else str(value)]
