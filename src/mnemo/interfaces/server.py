"""Tools as MCP tools: the only door to fastmcp.

FastMCP speaks the protocol in both its eras. What a tool takes and answers is settled before it: the
list is fixed at start, and a call goes to `calls.call` as it came.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from importlib.metadata import version
from typing import Any, TypeAlias, cast

from fastmcp import FastMCP
from fastmcp.server.context import set_transport
from fastmcp.server.middleware import CallNext, Middleware, MiddlewareContext
from fastmcp.tools import Tool, ToolResult
from mcp.server.stdio import stdio_server

from mnemo import fence, ids
from mnemo.interfaces import calls, schemas, stdio
from mnemo.interfaces.instructions import INSTRUCTIONS
from mnemo.tools.marks import Mark, mark_of
from mnemo.tools.toolsets import HIDDEN

Context: TypeAlias = MiddlewareContext[Any]
Next: TypeAlias = CallNext[Any, Any]
# Told of each call: its name, how many milliseconds it took, whether it failed.
Teller = Callable[[str, float, bool], object]


class Server(FastMCP):
    """The server over the client's two pipes instead of the library's own reading and writing threads."""

    def answer(self, wire: stdio.Wire) -> None:
        """Answer a client until it is gone."""
        asyncio.run(self._answer(wire))

    async def _answer(self, wire: stdio.Wire) -> None:
        set_transport("stdio")
        files = cast("tuple[Any, Any]", (stdio.Incoming(wire), stdio.Outgoing(wire)))
        async with self._lifespan_manager(), stdio_server(*files) as (incoming, outgoing):
            await self._mcp_server.run(incoming, outgoing, self._mcp_server.create_initialization_options())


def build(names: Iterable[str], tell: Teller | None = None) -> Server:
    """Return a server that offers some toolsets.

    Args:
        names: toolsets, from `toolsets.TOOLSETS`.
        tell: told of each call.
    """
    return Server(
        "mnemo",
        INSTRUCTIONS,
        version=version("mnemo-repo"),
        middleware=[_Tools(calls.list_offers(names), tell)],
        dereference_schemas=False,
    )


class _Tools(Middleware):
    """Answers for every tool.

    Listing and finding tools FastMCP's own way asks its store of visibility rules first, which loads 436
    modules (240 ms) at the first list or call; a list that never changes needs none.
    """

    def __init__(self, offers: dict[str, calls.Offer], tell: Teller | None) -> None:
        self._offers = offers
        self._listed = [_listed(offer) for name, offer in offers.items() if name not in HIDDEN]
        self._tell = tell
        self._session = ids.new_id("session")

    async def on_list_tools(self, context: Context, call_next: Next) -> list[Tool]:
        return self._listed

    async def on_list_prompts(self, context: Context, call_next: Next) -> list[Any]:
        return []

    async def on_list_resources(self, context: Context, call_next: Next) -> list[Any]:
        return []

    async def on_list_resource_templates(self, context: Context, call_next: Next) -> list[Any]:
        return []

    async def on_call_tool(self, context: Context, call_next: Next) -> ToolResult:
        asked, caller = context.message, calls.Caller(_client(context), self._session)
        started = time.perf_counter()
        answer = await asyncio.to_thread(calls.call, self._offers, asked.name, asked.arguments or {}, caller)
        if self._tell:
            self._tell(asked.name, (time.perf_counter() - started) * 1000, answer.failed)
        return ToolResult(content=answer.text, meta={"mnemo/record": answer.record}, is_error=answer.failed)


class _Listed(Tool):
    """A tool as clients see it, without the library's own marks."""

    def get_meta(self) -> Any:
        return self.meta


def _listed(offer: calls.Offer) -> Tool:
    mark = mark_of(offer.function)
    return _Listed.model_validate(
        {
            "name": offer.shape.name,
            "description": offer.shape.text,
            "parameters": schemas.schema(offer.shape),
            "annotations": _annotations(mark),
            "meta": {"anthropic/alwaysLoad": True} if mark.loaded else None,
        }
    )


def _annotations(mark: Mark) -> dict[str, Any]:
    # Nothing that a tool writes is lost by it: what it replaces or withdraws stays in history.
    writing = {"destructiveHint": False, "idempotentHint": False} if mark.writes else {}
    return {"title": mark.title, "readOnlyHint": not mark.writes, **writing, "openWorldHint": mark.sends}


def _client(context: Context) -> str:
    session = context.fastmcp_context.session if context.fastmcp_context else None
    params = session.client_params if session else None
    return fence.line(params.client_info.name, 64) if params else "mcp"
