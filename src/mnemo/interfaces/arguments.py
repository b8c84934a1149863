"""Arguments as a client sends them, made into what a tool takes, or refused in two plain lines."""

from __future__ import annotations

import functools
import json
import typing
from collections.abc import Mapping
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError

from mnemo import fence
from mnemo.errors import Invalid
from mnemo.interfaces.schemas import Parameter, Shape, noun, noun_of_items

SHOWN = 60
# An address of digits only arrives as a number from a model that writes it without quotes.
LENIENT = ConfigDict(coerce_numbers_to_str=True, allow_inf_nan=False)


def read_arguments(shape: Shape, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments for a tool's function; null counts as left out.

    Args:
        shape: the tool.
        given: what the client sent; a list or an object may be JSON text.

    Raises:
        Invalid: an argument is unknown, missing, or not of its type.
    """
    wrong: list[Invalid] = []
    taken: dict[str, Any] = {}
    for name in dict.fromkeys([*given, *shape.parameters]):
        try:
            if given.get(name) is not None:
                taken[name] = _value(shape, name, given[name])
            elif name in shape.parameters and shape.parameters[name].required:
                raise Invalid(f"{name} is missing", f"Give {noun(shape.parameters[name].kind)} for {name}.")
        except Invalid as problem:
            wrong.append(problem)
    if wrong:
        message = "; ".join(problem.message for problem in wrong)
        raise Invalid(f"{shape.name}: {message}.", " ".join(problem.fix for problem in wrong))
    return taken


def _value(shape: Shape, name: str, given: Any) -> Any:
    if name not in shape.parameters:
        known = ", ".join(shape.parameters)
        raise Invalid(f"there is no argument {_shown(name)}", f"{shape.name} takes: {known}.")
    parameter = shape.parameters[name]
    value = _from_json(parameter, given)
    try:
        return _adapter(parameter.kind).validate_python(value)
    except ValidationError as problem:
        raise _refusal(name, parameter, problem, value) from None


def _refusal(name: str, parameter: Parameter, problem: ValidationError, given: Any) -> Invalid:
    where = problem.errors(include_url=False)[0]["loc"]
    wanted, leave = noun(parameter.kind), "" if parameter.required else ", or leave it out"
    fix = f"Give {wanted} for {name}{leave}."
    if isinstance(given, list) and where and isinstance(where[0], int):
        item = f"{name}[{where[0]}] is {_shown(given[where[0]])}"
        return Invalid(f"{item}, not {noun_of_items(parameter.kind)}", fix)
    return Invalid(f"{name} is {_shown(given)}, not {wanted}", fix)


def _from_json(parameter: Parameter, given: Any) -> Any:
    """Read JSON text where a list or an object is wanted: some clients send nothing else."""
    base = typing.get_origin(parameter.kind) or parameter.kind
    if base not in (list, dict) or not isinstance(given, str):
        return given
    try:
        return json.loads(given)
    except (ValueError, RecursionError):
        return given


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return repr(fence.line(text, SHOWN)) if isinstance(value, str) else fence.line(text, SHOWN)


@functools.cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind, config=LENIENT)
