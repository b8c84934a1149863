"""A tool is a function, a section of the guide, a mark and a test, all of one name."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mnemo.tools.marks import Mark, mark_of
from mnemo.tools.toolsets import HIDDEN, TOOLSETS
from tests.house.sources import CHECKOUT
from tests.house.test_docstrings import documented

CORE = ("recall", "claim", "verify", "log", "dispatch", "help")


def list_tools() -> list[tuple[str, str]]:
    """List every tool as (toolset, name), in the order of the table."""
    return [(toolset, tool.__name__) for toolset, tools in TOOLSETS.items() for tool in tools]


def find_tool(toolset: str, name: str) -> Any:
    """Find a tool's function by its place in the table, None when it has none."""
    return next((tool for tool in TOOLSETS[toolset] if tool.__name__ == name), None)


def sections(text: str) -> dict[str, str]:
    """Split a page of the guide at its second-level headings, backticks of a heading dropped."""
    parts = re.split(r"^## +`?([\w-]+)`?.*$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def missing_from(section: str, parameters: list[str]) -> list[str]:
    """List the parameters that a section does not name in backticks."""
    named = set(re.findall(r"`(\w+)[^`]*`", section))
    return [name for name in parameters if name not in named]


def iter_called(text: str) -> Iterator[str]:
    """Go through every name and string of a test: a tool is called as a function, a command or a message."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


@cache
def list_called() -> set[str]:
    """List every name and string of the tools' tests."""
    tests = (CHECKOUT / "tests" / "tools").glob("test_*.py")
    return {name for path in tests for name in iter_called(path.read_text(encoding="utf-8"))}


def test_the_default_tools_are_six_in_this_order() -> None:
    assert tuple(name for toolset, name in list_tools() if toolset == "core") == CORE


def test_no_two_tools_have_one_name() -> None:
    names = [name for _, name in list_tools()]
    assert sorted(names) == sorted({*names, *HIDDEN} - set(HIDDEN))


@pytest.mark.parametrize(("toolset", "name"), list_tools())
def test_every_tool_has_a_mark(toolset: str, name: str) -> None:
    mark = mark_of(find_tool(toolset, name))
    assert isinstance(mark, Mark)
    assert mark.title


@pytest.mark.parametrize(("toolset", "name"), list_tools())
def test_every_parameter_of_a_tool_is_documented_in_its_order(toolset: str, name: str) -> None:
    tool = find_tool(toolset, name)
    assert documented(inspect.getdoc(tool) or "") == list(inspect.signature(tool).parameters)


@pytest.mark.parametrize(("toolset", "name"), list_tools())
def test_every_tool_has_a_section_of_the_guide_that_names_its_parameters(toolset: str, name: str) -> None:
    page = CHECKOUT / "guide" / f"{toolset}.md"
    section = sections(page.read_text(encoding="utf-8"))[name]
    assert missing_from(section, list(inspect.signature(find_tool(toolset, name)).parameters)) == []
    assert "```" in section


@pytest.mark.parametrize(("toolset", "name"), list_tools())
def test_every_tool_has_a_test(toolset: str, name: str) -> None:
    assert name in list_called()


def test_the_guide_has_no_section_for_a_tool_that_does_not_exist() -> None:
    for toolset, tools in TOOLSETS.items():
        page = (CHECKOUT / "guide" / f"{toolset}.md").read_text(encoding="utf-8")
        assert set(sections(page)) == {tool.__name__ for tool in tools}


@pytest.mark.parametrize("name", sorted(HIDDEN))
def test_a_hidden_name_leads_to_a_tool_and_its_parameters(name: str) -> None:
    tool, words = HIDDEN[name]
    assert tool.__name__ == name or find_tool("core", tool.__name__) is tool
    assert set(words.values()) <= set(inspect.signature(tool).parameters)


def test_a_missing_section_or_parameter_is_found() -> None:
    page = "# core\n\n## recall\n\n`query` and `limit=3`.\n\n## `claim` of something\n\nNothing.\n"
    assert list(sections(page)) == ["recall", "claim"]
    assert missing_from(sections(page)["recall"], ["query", "limit", "budget"]) == ["budget"]


def test_a_tool_that_no_test_calls_is_found(tmp_path: Path) -> None:
    text = "def test_a():\n    core.recall('x')\n    run('claim')\n    # verify\n"
    assert {"recall", "claim"} <= set(iter_called(text))
    assert "verify" not in set(iter_called(text))
