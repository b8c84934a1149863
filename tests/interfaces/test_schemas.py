"""A tool's signature and docstring become a schema without a word too many."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from mnemo.interfaces.schemas import noun, noun_of_items, read_shape, schema


def example(
    first: str,
    number: int | None = None,
    share: float = 0.5,
    kind: Literal["a", "b"] = "a",
    sure: bool = False,
    words: list[str] | None = None,
    things: list[str | dict[str, Any]] | None = None,
    extra: dict[str, Any] | None = None,
) -> None:
    """Do something
    in two lines.

    And more, for people.

    Args:
        first: what: it is.
        number: how many,
            in two lines.
        kind: which.
    """


def test_a_schema_says_types_defaults_and_words_and_nothing_else() -> None:
    assert schema(read_shape(example)) == {
        "type": "object",
        "properties": {
            "first": {"type": "string", "description": "what: it is"},
            "number": {"type": "integer", "description": "how many, in two lines"},
            "share": {"type": "number", "default": 0.5},
            "kind": {"type": "string", "enum": ["a", "b"], "default": "a", "description": "which"},
            "sure": {"type": "boolean"},
            "words": {"type": "array", "items": {"type": "string"}},
            "things": {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "object"}]}},
            "extra": {"type": "object"},
        },
        "required": ["first"],
    }


def test_a_shape_has_the_name_and_the_first_paragraph() -> None:
    shape = read_shape(example)
    assert (shape.name, shape.text) == ("example", "Do something in two lines.")


def test_a_function_without_arguments_or_words_has_a_schema_too() -> None:
    def bare() -> None: ...

    assert schema(read_shape(bare)) == {"type": "object", "properties": {}}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("first", "text"),
        ("number", "a whole number"),
        ("share", "a number"),
        ("kind", "one of a, b"),
        ("sure", "true or false"),
        ("words", "a list of texts"),
        ("things", "a list of texts or objects"),
        ("extra", "an object"),
    ],
)
def test_a_type_has_a_name_in_plain_words(name: str, words: str) -> None:
    assert noun(read_shape(example).parameters[name].kind) == words


def test_what_a_list_holds_has_a_name_in_plain_words() -> None:
    assert noun_of_items(read_shape(example).parameters["things"].kind) == "text or an object"
