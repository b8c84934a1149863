"""JSON read and written without the json package is what that package reads and writes."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnemo import json_light
from tests.house.sources import SOURCE

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=9), inner, max_size=5),
    max_leaves=20,
)


@given(VALUES, st.booleans(), st.booleans(), st.sampled_from([(",", ":"), (", ", ": ")]))
def test_a_value_is_written_and_read_as_by_the_package(
    value: Any, sort_keys: bool, ensure_ascii: bool, separators: tuple[str, str]
) -> None:
    written = json_light.dumps(
        value, sort_keys=sort_keys, ensure_ascii=ensure_ascii, separators=separators
    )  # fmt: skip
    assert written == json.dumps(
        value, sort_keys=sort_keys, ensure_ascii=ensure_ascii, separators=separators
    )  # fmt: skip
    assert json_light.loads(written) == value
    assert json_light.loads(f" \n{written}\t".encode("utf-8", "surrogatepass")) == value


BROKEN = ["", " ", "{", "[1,]", "{'a': 1}", "1 2", "nul", '"\n"', '{"a": 1}x', '"\\ud800', "\ufeff1", b"\xff"]
ODD = ["NaN", "[-Infinity]", '"\\ud800"', "1e999", "-0", "1" * 5_000, b"\xef\xbb\xbf[1]", b'"\\ud800"']


@pytest.mark.parametrize("text", BROKEN + ODD, ids=repr)
def test_what_is_odd_is_read_or_refused_as_by_the_package(text: str | bytes) -> None:
    answers: list[object] = []
    for read in (json.loads, json_light.loads):
        try:
            answers.append(repr(read(text)))
        except ValueError:
            answers.append(ValueError)
    assert answers[0] == answers[1]


def test_too_deep_and_endless_values_are_refused() -> None:
    with pytest.raises(RecursionError):
        json_light.loads("[" * 200_000)
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(ValueError, match="Circular"):
        json_light.dumps(endless)
    with pytest.raises(TypeError, match="a set has no form in JSON"):
        json_light.dumps({"a": {1}})


def test_a_hook_is_loaded_without_the_package() -> None:
    rooms = "mnemo.interfaces.hooks.entry, mnemo.speaking.answering, mnemo.speaking.opening, sys"
    start = f"import sys; sys.path.append({str(SOURCE)!r}); import {rooms}; print('json' in sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c", start], capture_output=True, text=True, check=True
    )
    assert ran.stdout == "False\n"
