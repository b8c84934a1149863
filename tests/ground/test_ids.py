"""Addresses and ids: what is the same has one address, in every release."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnemo import ids

# Computed by the program whose addresses stay valid.
LEAVES = {
    "The auth module uses JWT tokens with 15 minute expiry": "370795435d55",
    "We chose SQLite over Postgres because it needs no server": "59d5d218b43a",
    "Connection pool hangs under load when pool size is 5": "b4f867d3ae1a",
}
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=4)
    ),
    max_leaves=12,
)


@pytest.mark.parametrize("content", LEAVES)
def test_a_statement_has_the_address_it_always_had(content: str) -> None:
    assert ids.short(ids.address("leaf", content)) == LEAVES[content]


def test_the_order_of_inputs_is_not_in_the_address() -> None:
    assert ids.short(ids.address("supersede", "x", ["a", "b"])) == "8dd4bf7b2bcc"
    assert ids.address("supersede", "x", ["b", "a"]) == ids.address("supersede", "x", iter(["a", "b"]))


@pytest.mark.parametrize(
    "other", [("root", "x", ["a"]), ("leaf", "y", ["a"]), ("leaf", "x", ["b"]), ("leaf", "x", [])]
)
def test_kind_content_and_inputs_are_in_the_address(other: tuple[str, str, list[str]]) -> None:
    assert ids.address(*other) != ids.address("leaf", "x", ["a"])


def test_an_address_is_64_hexadecimal_digits_and_shown_as_12() -> None:
    full = ids.address("leaf", "")
    assert len(full) == ids.ADDRESS_LENGTH == 64
    assert int(full, 16)
    assert ids.short(full) == full[:12]


@given(values)
def test_canonical_json_says_the_same_and_canonises_once(value: Any) -> None:
    written = ids.canonical(value)
    assert json.loads(written) == value
    assert ids.canonical(json.loads(written)) == written


def test_canonical_json_is_sorted_without_white_space_in_utf_8() -> None:
    assert (
        ids.canonical({"b": [1, None, True], "a": {"é": "ü"}}) == '{"a":{"é":"ü"},"b":[1,null,true]}'.encode()
    )


@pytest.mark.parametrize("value", [0.5, {"a": [1, {"b": 1.0}]}, [float("nan")], ({"a": 2.5},)])
def test_a_float_has_no_canonical_form(value: Any) -> None:
    with pytest.raises(TypeError, match="float"):
        ids.canonical(value)


def test_a_lone_surrogate_has_no_canonical_form() -> None:
    with pytest.raises(UnicodeEncodeError):
        ids.canonical({"a": "\ud800"})


def test_new_ids_are_128_random_bits_behind_their_prefix() -> None:
    made = {ids.new_id("task") for _ in range(1_000)}
    assert len(made) == 1_000
    assert all(each.startswith("task_") and len(each) == 5 + 32 and int(each[5:], 16) for each in made)


def test_the_sum_of_a_row_changes_with_every_value() -> None:
    row = ("370795435d55", 7, None, b"x", "\ud800")
    assert ids.check(*row) == ids.check(*row)
    assert -(2**63) <= ids.check(*row) < 2**63
    for at in range(len(row)):
        assert ids.check(*row[:at], "other", *row[at + 1 :]) != ids.check(*row)
    assert ids.check("ab", "c") != ids.check("a", "bc")
    assert ids.check("1") != ids.check(1)
