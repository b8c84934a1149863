"""What a command takes, read from its function's signature, and how a typed word becomes a value."""

from __future__ import annotations

import inspect
import json
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, cast

from mnemo import fence
from mnemo.errors import Invalid

Json = dict[str, Any]

LISTS, OBJECTS = ('["', "[{", "[]"), ('{"', "{}")
REST = inspect.Parameter.VAR_POSITIONAL


class Option(NamedTuple):
    """One parameter of a command.

    Args:
        name: as the function calls it.
        flags: as people may type it, the usual spelling first.
        kind: text, flag, whole, number, object, any or choice: what one word of it is.
        many: whether it may be given several times.
        choices: the words allowed (choice).
        default: what the function takes when it is left out.
        required: whether it must be given.
        positional: whether it may be given without its flag.
        rest: whether the function takes it as *arguments.
        about: one line from the docstring.
    """

    name: str
    flags: tuple[str, ...]
    kind: str
    many: bool
    choices: tuple[str, ...]
    default: Any
    required: bool
    positional: bool
    rest: bool = False
    about: str = ""

    @property
    def metavar(self) -> str:
        """What stands for the value in a usage line."""
        name = _singular(self.name) if self.many else self.name
        return {"whole": "N", "number": "X", "object": "JSON"}.get(self.kind, name.upper())

    @property
    def flag(self) -> str:
        """The flag as help shows it: in the singular where it may be given several times."""
        return f"--{_singular(self.name).replace('_', '-')}" if self.many else self.flags[0]


def list_options(function: Callable[..., Any], renamed: Mapping[str, str]) -> list[Option]:
    """Return the options of a function in the order of its parameters.

    Args:
        function: a plain typed function.
        renamed: other names of its parameters, other name to ours.
    """
    hints = typing.get_type_hints(function)
    abouts = about_parameters(function.__doc__ or "")
    found: list[Option] = []
    for name, parameter in inspect.signature(function).parameters.items():
        if _is_callable(hints.get(name)):
            continue
        old = [other for other, ours in renamed.items() if ours == name]
        option = _option(parameter, hints.get(name, str), old, first=not found)
        found.append(option._replace(about=abouts.get(name, "")))
    return found


def name_of(option: Option) -> str:
    """Return what to call an option in an error: its flag, or its place in the usage line."""
    return option.metavar if option.positional else option.flags[0]


def about_parameters(docstring: str) -> dict[str, str]:
    """Return what a docstring's Args section says of each parameter, by name."""
    abouts: dict[str, str] = {}
    lines = inspect.cleandoc(docstring).splitlines()
    name = ""
    for line in lines[lines.index("Args:") + 1 :] if "Args:" in lines else ():
        if not line.startswith("    "):
            if line.strip():
                break
        elif not line.startswith("     "):
            name, _, about = line.strip().partition(":")
            abouts[name] = about.strip()
        elif name:
            abouts[name] += " " + line.strip()
    return abouts


def read_value(option: Option, typed: Any) -> Any:
    """Return what was typed for an option as the value its function takes.

    Args:
        option: the parameter.
        typed: a word, a list of words, or true for a flag.

    Raises:
        Invalid: the word is no such value.
    """
    if option.kind == "flag":
        return typed
    if not option.many:
        return _read(option, typed)
    values: list[Any] = []
    for word in typed:
        # Positional words are told verbatim: they may be the command line of another program.
        if not option.positional and _opens_list(option, word):
            values += _from_json(option, word)
        else:
            values.append(_read(option, word))
    return values


def _option(parameter: inspect.Parameter, hint: Any, old: list[str], *, first: bool) -> Option:
    rest = parameter.kind is REST
    kind, many, choices = _kind(list[hint] if rest else hint)
    required = parameter.default is inspect.Parameter.empty and not rest
    may_stand_alone = parameter.kind is not inspect.Parameter.KEYWORD_ONLY and kind not in ("flag", "object")
    names = [parameter.name, *old]
    if many:
        names += [_singular(name) for name in names]
    flags = [f"--{name.replace('_', '-')}" for name in names] + [f"--{name}" for name in names]
    return Option(
        name=parameter.name,
        flags=tuple(dict.fromkeys(flags)),
        kind=kind,
        many=many,
        choices=choices,
        default=None if required or rest else parameter.default,
        required=required,
        positional=may_stand_alone and (first or required),
        rest=rest,
    )


def _singular(name: str) -> str:
    for plural, singular in (("criteria", "criterion"), ("addresses", "address"), ("ies", "y"), ("s", "")):
        if name.endswith(plural) and not name.endswith("ss"):
            return name.removesuffix(plural) + singular
    return name


def _kind(hint: Any) -> tuple[str, bool, tuple[str, ...]]:
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        several = [each for each in inner if each is not type(None)]
        if len(several) == 1:
            return _kind(several[0])
        lists = [each for each in several if typing.get_origin(each) is list]
        return _kind(lists[0]) if lists else ("any", False, ())
    if origin is typing.Literal:
        return "choice", False, tuple(str(each) for each in inner)
    if hint is list:
        return "any", True, ()
    if origin in (list, tuple, Sequence):
        kind, _, choices = _kind(inner[0])
        return ("any" if kind == "object" else kind), True, choices
    if origin is dict or hint is dict:
        return "object", False, ()
    return {bool: "flag", int: "whole", float: "number", Any: "any"}.get(hint, "text"), False, ()


def _read(option: Option, word: str) -> Any:
    if option.kind == "any" and _looks_like(word, OBJECTS):
        return _from_json(option, word)
    if option.kind == "object":
        return _object(option, word)
    if option.kind == "choice" and word not in option.choices:
        raise Invalid(
            f"{name_of(option)}: there is no {_shown(word)}", f"It is one of {', '.join(option.choices)}."
        )
    return _number(option, word) if option.kind in ("whole", "number") else word


def _is_callable(hint: Any) -> bool:
    # Somebody to tell of progress: given by the caller, never typed.
    return any(typing.get_origin(each) is Callable for each in (hint, *typing.get_args(hint)))


def _opens_list(option: Option, word: str) -> bool:
    return word.lstrip().startswith("[") if option.kind in ("whole", "number") else _looks_like(word, LISTS)


def _object(option: Option, word: str) -> Any:
    value = _from_json(option, word)
    if isinstance(value, dict):
        return cast("Json", value)
    raise _unreadable(option, word, "a JSON object")


def _looks_like(word: str, openings: tuple[str, ...]) -> bool:
    # "[1] a note" and "{x} is free" are text; a bracket before a quote or a brace is meant as JSON.
    start = word.lstrip()[:40].replace(" ", "").replace("\n", "")
    return start.startswith(openings)


def _from_json(option: Option, word: str) -> Any:
    try:
        return json.loads(word)
    except (ValueError, RecursionError) as error:
        raise Invalid(
            f"{option.flags[0]} is not JSON: {fence.line(word, 60)} ({error})",
            """Quote it for the shell as a whole: '{"key": "value"}'""",
        ) from None


def _number(option: Option, word: str) -> float:
    try:
        value = int(word) if option.kind == "whole" else float(word)
    except ValueError:
        raise _unreadable(option, word, "a whole number" if option.kind == "whole" else "a number") from None
    if value != value or value in (float("inf"), float("-inf")):
        raise _unreadable(option, word, "a number")
    return value


def _unreadable(option: Option, word: str, wanted: str) -> Invalid:
    return Invalid(f"{name_of(option)}: {_shown(word)} is not {wanted}", f"Give {wanted}.")


def _shown(word: str) -> str:
    return f'"{fence.line(word, 60)}"'
