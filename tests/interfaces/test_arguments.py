"""Arguments reach a tool as it wants them, or are refused in words that help."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnemo.errors import Invalid
from mnemo.interfaces.arguments import read_arguments
from mnemo.interfaces.schemas import read_shape


def example(
    first: str,
    number: int | None = None,
    share: float = 0.5,
    kind: Literal["here", "all"] = "here",
    sure: bool = False,
    words: list[str] | None = None,
    things: list[str | dict[str, Any]] | None = None,
    extra: dict[str, Any] | None = None,
) -> None:
    """Do something."""


SHAPE = read_shape(example)


def refusal(**given: Any) -> Invalid:
    """Return the error that wrong arguments end in."""
    with pytest.raises(Invalid) as caught:
        read_arguments(SHAPE, {"first": "x"} | given)
    return caught.value


def test_right_arguments_arrive_as_they_are() -> None:
    given = {"first": "x", "number": 3, "share": 0.25, "kind": "all", "sure": True, "words": ["a"]}
    assert read_arguments(SHAPE, given) == given


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ({"things": '["a.py", {"type": "file"}]'}, {"things": ["a.py", {"type": "file"}]}),
        ({"words": "[]"}, {"words": []}),
        ({"extra": '{"a": [1]}'}, {"extra": {"a": [1]}}),
        ({"number": "3", "share": "0.5", "sure": "true"}, {"number": 3, "share": 0.5, "sure": True}),
        ({"number": 3.0}, {"number": 3}),
        ({"first": 4821}, {"first": "4821"}),
        ({"words": [4821]}, {"words": ["4821"]}),
        ({"number": None, "words": None, "kind": None}, {}),
        ({"first": '["a"]'}, {"first": '["a"]'}),
    ],
)
def test_what_clients_send_instead_is_understood(given: dict[str, Any], taken: dict[str, Any]) -> None:
    assert read_arguments(SHAPE, {"first": "x"} | given) == {"first": "x"} | taken


@pytest.mark.parametrize(
    ("given", "message", "fix"),
    [
        (
            {"number": "ten"},
            "number is 'ten', not a whole number",
            "Give a whole number for number, or leave",
        ),
        ({"number": 5.5}, "number is 5.5, not a whole number", "Give a whole number"),
        ({"share": float("inf")}, "share is Infinity, not a number", "Give a number"),
        ({"kind": "there"}, "kind is 'there', not one of here, all", "Give one of here, all for kind"),
        ({"sure": "perhaps"}, "sure is 'perhaps', not true or false", "Give true or false"),
        ({"words": "a.py"}, "words is 'a.py', not a list of texts", "Give a list of texts"),
        ({"words": '{"a": 1}'}, 'words is {"a": 1}, not a list of texts', "Give a list of texts"),
        ({"words": ["a", [1]]}, "words[1] is [1], not text", "Give a list of texts"),
        (
            {"things": ["a", None]},
            "things[1] is null, not text or an object",
            "Give a list of texts or objects",
        ),
        ({"extra": "[1]"}, "extra is [1], not an object", "Give an object"),
        ({"first": {"a": 1}}, 'first is {"a": 1}, not text', "Give text for first."),
        ({"first": None}, "first is missing", "Give text for first."),
        ({"frist": "x"}, "there is no argument 'frist'", "example takes: first, number, share"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_and_what_is_right_in_another(
    given: dict[str, Any], message: str, fix: str
) -> None:
    problem = refusal(**given)
    assert problem.message == f"example: {message}."
    assert problem.fix.startswith(fix)
    assert "\n" not in problem.message + problem.fix


def test_everything_wrong_is_said_at_once() -> None:
    assert refusal(number="x", sure="maybe").message.count("; ") == 1


def test_a_long_value_is_shortened_and_cannot_forge_lines() -> None:
    message = refusal(number="forged\nsecond line " + "x" * 500).message
    assert "\n" not in message
    assert len(message) < 200


@given(
    st.dictionaries(
        st.sampled_from([*SHAPE.parameters, "other"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda inner: (
                st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
            ),
            max_leaves=5,
        ),
    )
)
def test_any_arguments_are_taken_or_refused_without_a_link(given: dict[str, Any]) -> None:
    try:
        taken, told = read_arguments(SHAPE, given), ""
    except Invalid as problem:
        taken, told = {}, problem.message + problem.fix
    assert set(taken) <= set(SHAPE.parameters)
    assert "pydantic" not in told
    assert "\n" not in told
