"""Every line a client can send is passed on to a library that reads it, or answered here."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mcp_types import jsonrpc_message_adapter

from mnemo.interfaces.messages import DEEPEST, LONGEST_LINE, MODERN, Refused, answer, parse

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
MESSAGES = st.fixed_dictionaries(
    {"jsonrpc": st.just("2.0") | VALUES},
    optional={
        "id": st.integers() | st.text() | VALUES,
        "method": st.sampled_from(["tools/call", "tools/list", "x"]) | VALUES,
        "params": st.dictionaries(st.sampled_from(["name", "arguments", "_meta"]), VALUES) | VALUES,
        "result": st.just({}) | VALUES,
        "error": st.just({"code": 1, "message": "no"}) | VALUES,
    },
)


def request(**fields: Any) -> dict[str, Any]:
    """Return a request that can be passed on, with some fields changed."""
    return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "recall"}} | fields


def refused(line: bytes) -> Refused:
    """Parse a line that must be refused."""
    found = parse(line)
    assert isinstance(found, Refused)
    return found


@given(st.one_of(VALUES, MESSAGES), st.booleans())
def test_what_is_passed_on_can_be_read_by_the_library(message: Any, ascii_only: bool) -> None:
    line = json.dumps(message, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    found = parse(line)
    if not isinstance(found, Refused):
        assert found == message
        jsonrpc_message_adapter.validate_json(line, by_name=False)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_get_an_answer(line: bytes) -> None:
    found = parse(line)
    if isinstance(found, Refused):
        reply = json.loads(answer(found))
        assert reply["error"]["message"]
        assert "\n" not in reply["error"]["message"]


@pytest.mark.parametrize("half", ["\\ud800", "\\udfff", "\\ud83d x", "\\ude00\\ud83d"])
def test_half_a_character_is_named_to_the_model(half: str) -> None:
    line = (
        '{"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"name":"recall","arguments":{"q":"HALF"}}}'
    )
    reply = json.loads(answer(refused(line.replace("HALF", half).encode())))
    assert reply["id"] == "a"
    assert reply["result"]["isError"] is True
    assert half[:6] in reply["result"]["content"][0]["text"]
    assert reply["result"]["_meta"]["mnemo/record"]["error"] == "invalid"


def test_a_whole_character_written_as_a_pair_is_passed_on() -> None:
    line = rb'{"jsonrpc":"2.0","id":1,"method":"x","params":{"q":"\ud83d\ude00 \u00e4"}}'
    assert parse(line) == json.loads(line)


def test_a_refused_call_says_in_the_newer_era_that_it_is_complete() -> None:
    params = {"name": "recall", "arguments": [], "_meta": {MODERN: "2026-07-28"}}
    assert json.loads(answer(refused(json.dumps(request(params=params)).encode())))["result"]["resultType"]
    params.pop("_meta")
    assert (
        "resultType" not in json.loads(answer(refused(json.dumps(request(params=params)).encode())))["result"]
    )


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"hello", "not JSON"),
        (b'{"jsonrpc":', "not JSON"),
        (b'{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":NaN}}', "NaN"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "nested"),
        (b"[]", "one object"),
        (b'{"id":1,"method":"x"}', "jsonrpc"),
        (b'{"jsonrpc":"2.0","id":1.5,"method":"x"}', '"id"'),
        (b'{"jsonrpc":"2.0","id":null,"method":"x"}', '"id"'),
        (b'{"jsonrpc":"2.0","id":1}', '"method"'),
        (b'{"jsonrpc":"2.0","id":1,"method":5}', '"method"'),
        (b'{"jsonrpc":"2.0","id":1,"method":"x","params":[1]}', '"params"'),
    ],
)
def test_a_line_that_is_no_message_is_answered_with_what_is_wrong(line: bytes, told: str) -> None:
    reply = json.loads(answer(refused(line)))
    assert told in reply["error"]["message"]
    assert reply["error"]["data"]["fix"]


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({}, "names no tool"),
        ({"name": 5}, "names no tool"),
        ({"name": "recall", "arguments": [1]}, "recall: the arguments are not an object"),
        ({"name": "recall", "arguments": '{"query": "x"}'}, "recall: the arguments are not an object"),
    ],
)
def test_a_malformed_call_is_answered_in_words(params: dict[str, Any], told: str) -> None:
    reply = json.loads(answer(refused(json.dumps(request(params=params)).encode())))
    assert told in reply["result"]["content"][0]["text"]


def test_a_notification_that_is_refused_is_not_answered() -> None:
    assert answer(refused(rb'{"jsonrpc":"2.0","method":"x","params":{"a":"\ud800"}}')) == b""


@pytest.mark.parametrize("depth", [DEEPEST // 2, DEEPEST * 2])
def test_a_message_nested_too_deep_is_refused(depth: int) -> None:
    nested: Any = []
    for _ in range(depth):
        nested = [nested]
    found = parse(json.dumps(request(method="x", params={"a": nested})).encode())
    assert isinstance(found, Refused) == (depth > DEEPEST)


@pytest.mark.parametrize(
    ("before", "after", "number"),
    [
        ('{"jsonrpc":"2.0","id":7,"method":"x","params":{"a":"', '"}}', 7),
        ('{"id": "a7", "params":{"id":3,"a":"', '"}}', "a7"),
        ('{"method":"x","params":{"a":"', '"},"jsonrpc":"2.0","id":7}', 7),
        ('{"method":"x","params":{"id":3,"a":"', '"},"id":"a7","jsonrpc":"2.0"}', "a7"),
        ('{"method":"x","id":7,"params":{"id":3,"a":"', '"}}', None),
    ],
)
def test_a_line_too_long_is_answered_to_whom_it_came_from(before: str, after: str, number: Any) -> None:
    line = (before + "x" * LONGEST_LINE + after).encode()
    reply = json.loads(answer(refused(line)))
    assert reply["id"] == number
    assert "10 MB" in reply["error"]["message"]
