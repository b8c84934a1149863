"""What a command takes, and which words become which values."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnemo.errors import Invalid
from mnemo.interfaces.options import Option, about_parameters, list_options, read_value


def sample(
    content: str = "",
    kind: Literal["a", "b"] = "a",
    criteria: list[str] | None = None,
    anchors: list[str | dict[str, Any]] | None = None,
    extra: dict[str, Any] | None = None,
    limit: int | None = None,
    lease_minutes: float = 30.0,
    repair: bool = False,
) -> None:
    """Do something.

    Args:
        content: the text,
            told over two lines.
        kind: what kind.

    Raises:
        Invalid: never.
    """


def option(name: str) -> Option:
    """Find an option of the sample."""
    return {each.name: each for each in list_options(sample, {"message": "content"})}[name]


def test_the_first_parameter_may_stand_alone_and_no_other() -> None:
    assert [each.name for each in list_options(sample, {}) if each.positional] == ["content"]


def test_required_parameters_may_stand_alone() -> None:
    def set_value(key: str, value: str) -> None: ...

    assert [each.positional for each in list_options(set_value, {})] == [True, True]
    assert all(each.required for each in list_options(set_value, {}))


@pytest.mark.parametrize(
    ("name", "flags"),
    [
        ("criteria", {"--criteria", "--criterion"}),
        ("anchors", {"--anchors", "--anchor"}),
        ("lease_minutes", {"--lease-minutes", "--lease_minutes"}),
        ("content", {"--content", "--message"}),
    ],
)
def test_every_spelling_of_a_flag_is_known(name: str, flags: set[str]) -> None:
    assert set(option(name).flags) == flags


def test_what_a_function_takes_as_a_rest_is_a_list_that_may_be_empty() -> None:
    def run(*command: str, criteria: list[int] | None = None) -> None: ...

    rest, criteria = list_options(run, {})
    assert (rest.many, rest.positional, rest.required, rest.rest) == (True, True, False, True)
    assert read_value(rest, ['["verbatim"]']) == ['["verbatim"]']
    assert read_value(criteria, ["1", "[2, 3]"]) == [1, 2, 3]


def test_what_only_a_caller_can_give_is_no_option() -> None:
    def check(progress: Callable[[int, int], None] | None = None) -> None: ...

    assert list_options(check, {}) == []


def test_the_docstring_explains_the_options() -> None:
    assert about_parameters(sample.__doc__ or "") == {
        "content": "the text, told over two lines.",
        "kind": "what kind.",
    }


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("content", '["a"]', '["a"]'),
        ("kind", "b", "b"),
        ("limit", "-3", -3),
        ("lease_minutes", "0.5", 0.5),
        ("extra", '{"a": [1]}', {"a": [1]}),
        ("criteria", ["one", "[1] two"], ["one", "[1] two"]),
        ("criteria", ['["one", "two"]', "three"], ["one", "two", "three"]),
        ("anchors", ["a.py", '{"type": "file", "path": "b.py"}'], ["a.py", {"type": "file", "path": "b.py"}]),
        ("anchors", ['[{"type": "grep", "pattern": "x"}]'], [{"type": "grep", "pattern": "x"}]),
        ("anchors", ["{x} is free"], ["{x} is free"]),
        ("repair", True, True),
    ],
)
def test_a_word_becomes_a_value(name: str, typed: Any, value: Any) -> None:
    assert read_value(option(name), typed) == value


@pytest.mark.parametrize(
    ("name", "typed", "part"),
    [
        ("kind", "c", 'there is no "c"'),
        ("limit", "1.5", '"1.5" is not a whole number'),
        ("limit", "1e3", "is not a whole number"),
        ("lease_minutes", "soon", '"soon" is not a number'),
        ("lease_minutes", "nan", "is not a number"),
        ("lease_minutes", "1e999", "is not a number"),
        ("extra", "{bad", "is not JSON: {bad"),
        ("extra", "[1]", "is not a JSON object"),
        ("extra", "[" * 100_000, "is not JSON"),
        ("anchors", ['{"type": '], "is not JSON"),
    ],
)
def test_a_word_that_is_no_such_value_is_refused_by_name(name: str, typed: Any, part: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_value(option(name), typed)
    assert part in refused.value.message
    assert refused.value.message.startswith("--")
    assert "\n" not in refused.value.message
    assert refused.value.fix


@given(st.text())
def test_any_text_is_content_as_it_stands(text: str) -> None:
    assert read_value(option("content"), text) == text


@given(st.lists(st.text()))
def test_a_list_in_json_is_the_same_as_its_items_repeated(items: list[str]) -> None:
    plain = [item for item in items if not item.lstrip().startswith("[")]
    assert read_value(option("criteria"), [json.dumps(plain)]) == plain
    assert read_value(option("criteria"), plain) == plain
