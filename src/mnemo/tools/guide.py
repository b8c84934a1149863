"""What help says: short texts for agents, by topic."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from mnemo.errors import NotFound

QUICK = """\
mnemo is this repository's memory. Every claim is judged against the code in the moment it is told.

Before you change a file        recall(path="src/a.py")
Before you decide               recall("why sqlite")
When you learn or decide        claim("…", why="…", anchors=["src/a.py::Class.f"])
When a claim turns out wrong    claim("what holds now", supersedes=["59d5d218"])
When nothing takes its place    claim(retracts=["59d5d218"], why="…")
After a refactor                verify(), then verify(repair=True)
After a piece of work           log("what was done")
Work for later or for others    dispatch("add", title="…", criteria=["…"]), dispatch("take"),
                                dispatch("complete", evidence=["path"])

Verdicts: proven (every anchor holds) · unanchored (nothing to check) · unproven (could not be checked)
drifted (the code changed: read what changed) · refuted (withheld, named with the reason)."""

ANCHORS = """\
An anchor is a condition that the code can break:
  "src/a.py"                the file exists
  "src/a.py:10-20"          these lines are still there, moved or re-indented too
  "src/a.py::Class.f"       this definition is as it was
  {"type": "grep", "pattern": "retry(", "path": "src/a.py"}
  {"type": "dependency", "name": "httpx", "spec": ">=0.27"}
  {"type": "test", "id": "tests/test_a.py::test_b"}
Any of them with "absent": true must not hold: {"type": "dependency", "name": "requests", "absent": true}."""

CLAUDE_CODE = """\
Register server and hooks once in a repository:  mnemo install
The tools appear as mcp__mnemo__recall, mcp__mnemo__claim and so on; recall and claim are loaded at once.
The project is found by CLAUDE_PROJECT_DIR; linked worktrees share one memory, branches keep theirs apart."""

DESKTOP = """\
Any MCP client starts the server with the command `mnemo` and the arguments
["serve", "--project", "/path/to/repository"].
The server speaks MCP on standard input and output; nothing else has to run."""

TOPICS = {"quick": QUICK, "anchors": ANCHORS, "claude-code": CLAUDE_CODE, "desktop": DESKTOP}


def text_of(topic: str, tools: Mapping[str, Callable[..., Any]], toolsets: str) -> str:
    """Return the text of a topic, or what a tool's own description says.

    Args:
        topic: one of TOPICS, all, or a tool's name.
        tools: the tools by name.
        toolsets: one line on which toolsets exist.

    Raises:
        NotFound: there is no such topic.
    """
    if topic in tools:
        return inspect.getdoc(tools[topic]) or ""
    if topic == "all":
        return "\n\n".join(
            [*TOPICS.values(), *(f"{name}: {inspect.getdoc(tool)}" for name, tool in tools.items())]
        )
    if topic not in TOPICS:
        raise NotFound(
            f"There is no help on {topic[:60]!r}.", f"Topics: {', '.join([*TOPICS, 'all', *tools])}."
        )
    return f"{TOPICS[topic]}\n\n{toolsets}" if topic == "quick" else TOPICS[topic]
