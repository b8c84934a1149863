"""What a tool's signature and docstring say, as a lean JSON schema.

Every character of a schema is paid for in each session of each agent: no titles, no null unions, no
defaults that say nothing.
"""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable
from typing import Any, Literal, NamedTuple, Union

SIMPLE: dict[object, tuple[str, str]] = {
    str: ("string", "text"),
    int: ("integer", "a whole number"),
    float: ("number", "a number"),
    bool: ("boolean", "true or false"),
    dict: ("object", "an object"),
}
PLURALS = {"text": "texts", "an object": "objects", "a number": "numbers", "a whole number": "whole numbers"}


class Parameter(NamedTuple):
    """One parameter of a tool.

    Args:
        kind: its type, without None.
        default: `inspect.Parameter.empty` where one must be given.
        text: what the docstring says of it.
    """

    kind: Any
    default: Any
    text: str

    @property
    def required(self) -> bool:
        """Whether a call must give it."""
        return self.default is inspect.Parameter.empty


class Shape(NamedTuple):
    """What a client needs to know of a tool.

    Args:
        name: the tool's name.
        text: the first paragraph of its docstring.
        parameters: by name, in the order of the signature.
    """

    name: str
    text: str
    parameters: dict[str, Parameter]


def read_shape(function: Callable[..., Any]) -> Shape:
    """Read a tool's signature, types and docstring."""
    hints = typing.get_type_hints(function)
    text, _, section = inspect.cleandoc(function.__doc__ or "").partition("\n\nArgs:\n")
    words = _parameter_words(section)
    parameters = {
        name: Parameter(_without_none(hints[name]), parameter.default, words.get(name, ""))
        for name, parameter in inspect.signature(function).parameters.items()
    }
    return Shape(function.__name__, " ".join(text.split("\n\n")[0].split()), parameters)


def schema(shape: Shape) -> dict[str, Any]:
    """Return the JSON schema of a tool's arguments."""
    properties = {name: _property(parameter) for name, parameter in shape.parameters.items()}
    required = [name for name, parameter in shape.parameters.items() if parameter.required]
    return {"type": "object", "properties": properties} | ({"required": required} if required else {})


def noun(kind: Any) -> str:
    """Say in words which values a type takes, such as "a list of texts or objects"."""
    base, inner = typing.get_origin(kind) or kind, typing.get_args(kind)
    if base is Literal:
        return "one of " + ", ".join(map(str, inner))
    if base is list:
        return "a list of " + " or ".join(PLURALS[noun(option)] for option in _options(inner[0]))
    return SIMPLE[base][1]


def noun_of_items(kind: Any) -> str:
    """Say in words what a list may hold, such as "text or an object"."""
    return " or ".join(noun(option) for option in _options(typing.get_args(kind)[0]))


def _property(parameter: Parameter) -> dict[str, Any]:
    found = _json(parameter.kind)
    # Empty, zero and false are what anyone expects of an argument left out.
    if not parameter.required and parameter.default:
        found["default"] = parameter.default
    return found | ({"description": parameter.text} if parameter.text else {})


def _json(kind: Any) -> dict[str, Any]:
    base, inner = typing.get_origin(kind) or kind, typing.get_args(kind)
    if base is Literal:
        return {"type": "string", "enum": list(inner)}
    if base is list:
        options = [_json(option) for option in _options(inner[0])]
        return {"type": "array", "items": options[0] if len(options) == 1 else {"anyOf": options}}
    return {"type": SIMPLE[base][0]}


def _options(kind: Any) -> tuple[Any, ...]:
    return typing.get_args(kind) if typing.get_origin(kind) in (Union, types.UnionType) else (kind,)


def _without_none(kind: Any) -> Any:
    options = [option for option in _options(kind) if option is not type(None)]
    return options[0] if len(options) == 1 else kind


def _parameter_words(section: str) -> dict[str, str]:
    words: dict[str, str] = {}
    name = ""
    for line in section.split("\n\n")[0].splitlines():
        if line.startswith("     "):
            words[name] += " " + line.strip()
        else:
            name, _, text = line.strip().partition(": ")
            words[name] = text
    return {name: text.rstrip(".") for name, text in words.items()}
