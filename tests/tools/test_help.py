"""`help` through Python, the command line and MCP."""

from __future__ import annotations

from pathlib import Path

import pytest

from mnemo.tools.guide import TOPICS
from mnemo.tools.toolsets import TOOLSETS
from tests.tools.faces import Face

TOOLS = [tool.__name__ for tools in TOOLSETS.values() for tool in tools]


@pytest.mark.parametrize("topic", [*TOPICS, "all", *TOOLS])
def test_every_topic_has_a_text(repository: Path, face: Face, topic: str) -> None:
    assert len(face("help", topic=topic)["text"]) > 80


def test_quick_names_every_tool_and_the_toolsets(face: Face) -> None:
    text = face("help")["text"]
    assert all(f"{tool}(" in text for tool in TOOLS if tool != "help")
    assert "Toolsets: core" in text


def test_an_unknown_topic_lists_those_that_exist(face: Face) -> None:
    record = face("help", topic="cooking")
    assert record["ok"] is False
    assert "quick" in record["fix"]
