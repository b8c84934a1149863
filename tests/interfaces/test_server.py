"""The server in memory, through the library's own client, in both eras of the protocol."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

import pytest
import regex
from fastmcp import Client

from mnemo import tokens
from mnemo.interfaces.instructions import INSTRUCTIONS
from mnemo.interfaces.render import as_json
from mnemo.interfaces.server import build
from mnemo.tools.marks import mark_of
from mnemo.tools.toolsets import HIDDEN, TOOLSETS
from tests.house.sources import CHECKOUT

Era = Literal["auto", "legacy"]
Found = TypeVar("Found")
CORE = ["recall", "claim", "verify", "log", "dispatch", "help"]
MOST_TOKENS = 1400
# The estimate errs high: on these schemas by over a fifth.
ESTIMATED_ABOVE = 1.27
MOST_CHARACTERS = 2048


@pytest.fixture(params=get_args(Era))
def era(request: pytest.FixtureRequest) -> Era:
    return request.param


def talk(
    era: Era, say: Callable[[Client[Any]], Awaitable[Found]], names: tuple[str, ...] = ("core",)
) -> Found:
    """Connect to a server in memory and say something."""

    async def run() -> Found:
        async with Client(build(names), mode=era) as client:
            return await say(client)

    return asyncio.run(run())


def call(era: Era, name: str, **arguments: Any) -> Any:
    """Call a tool and return its result, errors too."""
    return talk(era, lambda client: client.call_tool(name, arguments, raise_on_error=False))


def iter_schemas(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Go through a schema and those inside it."""
    yield schema
    inner = [*schema.get("properties", {}).values(), *schema.get("anyOf", ())]
    for each in [*inner, *([schema["items"]] if "items" in schema else [])]:
        yield from iter_schemas(each)


def test_both_eras_list_exactly_the_six_default_tools(era: Era) -> None:
    assert [tool.name for tool in talk(era, lambda client: client.list_tools())] == CORE


def test_the_tool_list_costs_few_tokens(era: Era, record_property: Callable[[str, object], None]) -> None:
    listed = talk(era, lambda client: client.list_tools_mcp())
    cost = tokens.estimate(listed.model_dump_json(by_alias=True, exclude_none=True))
    record_property("tools/list", f"{cost} tokens estimated (bound {MOST_TOKENS})")
    assert cost <= MOST_TOKENS * ESTIMATED_ABOVE


def test_the_tool_list_keeps_its_bound_by_the_vocabulary_itself(
    era: Era, record_property: Callable[[str, object], None]
) -> None:
    folder = CHECKOUT.parent / "shared" / "bench" / "peers"
    if not (folder / "cl100k_base.tiktoken").exists():
        pytest.skip("the vocabulary is not beside the checkout")
    listed = talk(era, lambda client: client.list_tools_mcp())
    cost = count_tokens(listed.model_dump_json(by_alias=True, exclude_none=True), folder)
    record_property("tools/list", f"{cost} tokens of cl100k, {era} (bound {MOST_TOKENS})")
    assert cost <= MOST_TOKENS


def count_tokens(text: str, folder: Path) -> int:
    """Count tokens as cl100k does: within each piece, the pair with the lowest rank is joined first."""
    lines = (folder / "cl100k_base.tiktoken").read_bytes().splitlines()
    ranks = {base64.b64decode(token): int(rank) for token, rank in (line.split() for line in lines)}
    pattern = json.loads((folder / "cl100k_meta.json").read_text())["pat_str"]
    count = 0
    for piece in regex.finditer(pattern, text):
        parts = [bytes([byte]) for byte in piece[0].encode()]
        while pairs := [(ranks[a + b], at) for at, (a, b) in enumerate(pairwise(parts)) if a + b in ranks]:
            at = min(pairs)[1]
            parts[at : at + 2] = [parts[at] + parts[at + 1]]
        count += len(parts)
    return count


@pytest.mark.parametrize("toolset", TOOLSETS)
def test_schemas_hold_no_titles_no_nulls_and_no_marks_of_the_library(era: Era, toolset: str) -> None:
    for tool in talk(era, lambda client: client.list_tools(), (toolset,)):
        for schema in iter_schemas(tool.input_schema):
            assert set(schema) <= {
                "type",
                "properties",
                "required",
                "items",
                "anyOf",
                "enum",
                "default",
                "description",
            }
            assert schema.get("type") != "null"
        assert tool.output_schema is None
        assert set(tool.meta or {}) <= {"anthropic/alwaysLoad"}


@pytest.mark.parametrize("toolset", TOOLSETS)
def test_every_parameter_is_described(era: Era, toolset: str) -> None:
    for tool in talk(era, lambda client: client.list_tools(), (toolset,)):
        assert tool.description
        assert all(each.get("description") for each in tool.input_schema["properties"].values())


@pytest.mark.parametrize("toolset", TOOLSETS)
def test_clients_are_told_what_a_tool_may_do(era: Era, toolset: str) -> None:
    functions = {function.__name__: function for function in TOOLSETS[toolset]}
    for tool in talk(era, lambda client: client.list_tools(), (toolset,)):
        mark, hints = mark_of(functions[tool.name]), tool.annotations
        assert hints is not None
        assert hints.title == mark.title
        assert hints.read_only_hint is not mark.writes
        assert hints.open_world_hint is mark.sends
        assert not hints.destructive_hint


def test_recall_and_claim_are_loaded_at_once(era: Era) -> None:
    tools = talk(era, lambda client: client.list_tools())
    loaded = [tool.name for tool in tools if (tool.meta or {}).get("anthropic/alwaysLoad")]
    assert loaded == ["recall", "claim"]


def test_hidden_names_are_never_listed_and_always_answered(era: Era) -> None:
    assert not set(HIDDEN) & {
        tool.name for tool in talk(era, lambda client: client.list_tools(), tuple(TOOLSETS))
    }
    assert call(era, "memory_help").content == call(era, "help").content


def test_an_answer_is_text_alone_with_its_record_aside(era: Era) -> None:
    result = call(era, "help", topic="quick")
    assert not result.is_error
    assert result.structured_content is None
    assert [part.type for part in result.content] == ["text"]
    assert result.meta["mnemo/record"]["topic"] == "quick"


@pytest.mark.parametrize(
    ("name", "arguments", "told"),
    [
        ("recall", {"limit": "ten"}, "recall: limit is 'ten', not a whole number."),
        ("claim", {"content": "x", "confidence": "high"}, "claim: confidence is 'high', not a number."),
        ("dispatch", {"action": "start"}, "dispatch: action is 'start', not one of ready, add,"),
        ("log", {"massage": "done"}, "log: there is no argument 'massage'."),
        ("memory_recall", {"limit": []}, "recall: limit is [], not a whole number."),
        ("remember", {}, "There is no tool 'remember'."),
    ],
)
def test_a_wrong_call_is_answered_in_two_lines_without_a_link(
    era: Era, name: str, arguments: dict[str, Any], told: str
) -> None:
    result = call(era, name, **arguments)
    what, fix = result.content[0].text.splitlines()
    assert result.is_error
    assert what.startswith(told)
    assert fix
    assert "http" not in as_json(result.meta)
    assert result.meta["mnemo/record"]["ok"] is False


def test_outside_a_repository_each_tool_says_so(era: Era, tmp_path: Path) -> None:
    result = call(era, "recall", query="why")
    assert result.is_error
    assert result.content[0].text.startswith("Not in a Git repository.")
    assert result.meta["mnemo/record"]["error"] == "not_a_repository"


def test_prompts_and_resources_are_none(era: Era) -> None:
    async def everything(client: Client[Any]) -> list[Any]:
        return [
            *await client.list_prompts(),
            *await client.list_resources(),
            *await client.list_resource_templates(),
        ]

    assert talk(era, everything) == []


def test_each_call_is_told_with_its_time_and_outcome(era: Era) -> None:
    told: list[tuple[str, float, bool]] = []

    async def run() -> None:
        server = build(["core"], lambda name, took, failed: told.append((name, took, failed)))
        async with Client(server, mode=era) as client:
            await client.call_tool("help", {})
            await client.call_tool("nothing", {}, raise_on_error=False)

    asyncio.run(run())
    assert [(name, failed) for name, _, failed in told] == [("help", False), ("nothing", True)]
    assert all(took > 0 for _, took, _ in told)


def test_the_instructions_fit_where_clients_cut_them() -> None:
    assert len(INSTRUCTIONS) <= MOST_CHARACTERS
    assert all(f"{name}(" in INSTRUCTIONS for name in CORE)


def test_calls_at_once_are_all_answered(era: Era) -> None:
    async def many(client: Client[Any]) -> list[Any]:
        return await asyncio.gather(*(client.call_tool("help", {}) for _ in range(40)))

    assert len(talk(era, many)) == 40
