"""Executors are names with what their user said of them."""

from __future__ import annotations

from typing import Any

import pytest

from mnemo.errors import Invalid
from mnemo.ledger import executors
from mnemo.ledger.executors import Executor


def test_what_the_user_wrote_is_read_and_the_rest_has_defaults() -> None:
    found = executors.read(
        {
            "codex": {
                "kinds": ["bugfix"],
                "max_risk": "high",
                "health": "codex --version",
                "available": False,
            },
            "ben": {},
        }
    )
    assert found == [
        Executor("ben"),
        Executor("codex", ("bugfix",), "high", False, "codex --version"),
    ]


@pytest.mark.parametrize(
    ("table", "part"),
    [
        ("x", "takes a table"),
        ({"kind": []}, "unknown field 'kind'"),
        ({"kinds": "bugfix"}, "a list of texts"),
        ({"kinds": [1]}, "a list of texts"),
        ({"max_risk": "extreme"}, "'extreme'"),
        ({"available": "yes"}, "true or false"),
        ({"health": ["x"]}, "a text as health"),
    ],
)
def test_a_field_that_cannot_be_used_is_named(table: Any, part: str) -> None:
    with pytest.raises(Invalid, match="codex") as caught:
        executors.read({"codex": table})
    assert part in caught.value.message
    assert caught.value.fix


@pytest.mark.parametrize(
    ("reported", "outcome"),
    [
        ({"timed_out": True, "exit_code": 1}, "timeout"),
        ({"exit_code": 1, "verified": True}, "process_failed"),
        ({"changed": False}, "no_changes"),
        ({}, "verification_failed"),
        ({"verified": True}, "verified"),
    ],
)
def test_a_reported_try_comes_to_one_outcome(reported: dict[str, Any], outcome: str) -> None:
    assert executors.outcome(**reported) == outcome
    assert outcome in executors.OUTCOMES
