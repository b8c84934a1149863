"""A call ends in an answer, whatever the tool does."""

from __future__ import annotations

import inspect
import json
import logging
from collections.abc import Callable
from typing import Any

import pytest

from mnemo.errors import Conflict
from mnemo.interfaces.calls import Answer, Caller, Offer, call, list_offers
from mnemo.interfaces.schemas import read_shape
from mnemo.tools.toolsets import HIDDEN, TOOLSETS

CALLER = Caller("a-client", "session_1")


def answer_of(function: Callable[..., Any], renamed: dict[str, str] | None = None, **given: Any) -> Answer:
    """Call a tool made of a function."""
    offer = Offer(function, read_shape(function), renamed or {})
    return call({function.__name__: offer}, function.__name__, given, CALLER)


def test_an_answer_is_the_record_and_its_text() -> None:
    def tool(word: str) -> dict[str, Any]:
        """Answer."""
        return {"word": word}

    answer = answer_of(tool, word="hello")
    assert answer.record == {"word": "hello"}
    assert "hello" in answer.text
    assert not answer.failed


def test_an_error_of_ours_is_two_lines_and_its_record() -> None:
    def tool() -> dict[str, Any]:
        """Refuse."""
        raise Conflict("The task is taken.", "Take another.", "stale_lease")

    answer = answer_of(tool)
    assert answer.text == "The task is taken.\nTake another."
    assert answer.failed
    assert answer.record == {
        "schema": "mnemo.v1",
        "ok": False,
        "error": "stale_lease",
        "message": "The task is taken.",
        "fix": "Take another.",
    }


def test_an_unexpected_error_names_its_type_to_the_client_and_its_place_to_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def tool() -> dict[str, Any]:
        """Break."""
        raise KeyError("a secret detail")

    answer = answer_of(tool)
    assert answer.failed
    assert answer.text.splitlines() == ["tool failed unexpectedly: KeyError.", "Run `mnemo doctor`."]
    assert answer.record["error"] == "unexpected"
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert "test_calls.py" in record.getMessage()


def test_wrong_arguments_never_reach_the_tool() -> None:
    def tool(number: int) -> dict[str, Any]:
        """Count."""
        raise AssertionError

    answer = answer_of(tool, number="x")
    assert answer.text.splitlines()[0] == "tool: number is 'x', not a whole number."
    assert answer.record["error"] == "invalid"


def test_another_name_may_have_other_parameters() -> None:
    def tool(query: str) -> dict[str, Any]:
        """Answer."""
        return {"query": query}

    assert answer_of(tool, {"message": "query"}, message="why").record == {"query": "why"}


@pytest.mark.parametrize("value", ["\udc80", {1, 2}, b"x", float("inf")])
def test_a_record_that_json_has_no_form_for_is_answered_all_the_same(value: Any) -> None:
    def tool() -> dict[str, Any]:
        """Answer."""
        return {"path": value}

    answer = answer_of(tool)
    assert "path" in answer.record
    json.dumps(answer, ensure_ascii=False).encode()


def test_an_unknown_tool_is_answered_with_those_there_are() -> None:
    answer = call(list_offers(["core"]), "remember", {}, CALLER)
    assert answer.failed
    assert answer.text == (
        "There is no tool 'remember'.\nThere is: recall, claim, verify, log, dispatch, help."
    )


def test_a_tool_of_a_toolset_left_out_is_answered_with_how_to_have_it() -> None:
    toolset, functions = next(iter(TOOLSETS.items()))
    answer = call(list_offers([]), functions[0].__name__, {}, CALLER)
    assert answer.failed
    assert f"mnemo serve --tools {toolset}" in answer.text


def test_hidden_names_are_offered_with_their_parameters() -> None:
    offers = list_offers(["core"])
    assert set(HIDDEN) <= set(offers)
    assert inspect.unwrap(offers["memory_recall"].function) is offers["recall"].function
    assert offers["memory_recall"].renamed["message"] == "query"
