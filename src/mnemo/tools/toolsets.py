"""Which tools exist: the one table that server, CLI, guide and tests loop over, and help about it."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import Any

from mnemo.tools import core, guide, hooking, knowledge, worktools
from mnemo.tools.marks import reads
from mnemo.tools.remembering import SCHEMA

Tool = Callable[..., dict[str, Any]]


@reads("Help")
def help(topic: str = "quick") -> dict[str, Any]:
    """Explain how and when to use which tool.

    Args:
        topic: quick, anchors, claude-code, desktop, all, or a tool's name.
    """
    tools = {tool.__name__: tool for some in TOOLSETS.values() for tool in some}
    further = [f"{name}: {_called(some)}" for name, some in TOOLSETS.items() if name != "core"]
    toolsets = f"Toolsets: {', '.join(TOOLSETS)}. Start with more by `mnemo serve --tools core,NAME`."
    toolsets = "\n".join([toolsets, *further])
    return {**SCHEMA, "topic": topic, "text": guide.text_of(topic, tools, toolsets)}


TOOLSETS: dict[str, tuple[Tool, ...]] = {
    "core": (core.recall, core.claim, core.verify, core.log, core.dispatch, help),
    "knowledge": (
        knowledge.memory_update,
        knowledge.memory_reinforce,
        knowledge.memory_link,
        knowledge.memory_search,
        knowledge.memory_query,
    ),
    "work": (
        worktools.work_run,
        worktools.work_plan,
        worktools.work_evidence,
        worktools.work_gate,
        worktools.work_context,
        worktools.work_recover,
    ),
}


def _called(tools: tuple[Tool, ...]) -> str:
    return ", ".join(f"{tool.__name__}({', '.join(signature(tool).parameters)})" for tool in tools)


# Answered when called, never listed: the originals' names and what they called our parameters.
HIDDEN: dict[str, tuple[Tool, dict[str, str]]] = {
    "memory_recall": (core.recall, {"message": "query"}),
    "memory_claim": (core.claim, {}),
    "memory_verify": (core.verify, {"address": "target"}),
    "memory_help": (help, {"context": "topic"}),
    "memory_hook": (hooking.memory_hook, {}),
}
