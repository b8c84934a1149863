"""What typing and contextlib offer, for modules that a client's hook loads on every prompt and edit.

To a type checker these are their own names. A running program gets the same named tuples without loading
typing (4 ms of CPU here), makes a class of them in 10 µs instead of 150, since nothing is compiled, and has
the two tools of contextlib that are used without the rest of it (0.5 ms).
"""

from __future__ import annotations

import re

__all__ = [
    "TYPE_CHECKING",
    "Any",
    "Generic",
    "NamedTuple",
    "TypeAlias",
    "TypeVar",
    "cast",
    "contextmanager",
    "expression",
    "once",
    "suppress",
]

TYPE_CHECKING = False  # as type checkers see it
if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import contextmanager, suppress
    from typing import Any, AnyStr, Generic, NamedTuple, TypeAlias, TypeVar, cast
else:
    from collections import _tuplegetter  # reads a field as fast as typing's own do
    from functools import wraps

    # Only annotations say these, and nobody evaluates them.
    Any = TypeAlias = object
    TypeVar = str

    class Generic:
        """A class that a type checker knows with parameters."""

        def __class_getitem__(cls, _parameters):
            return cls

    def cast(_kind, value):
        """Return a value as it is; the kind is for type checkers."""
        return value

    _OPEN = object()  # stands for the value of a field that has none by default

    class _Fields(type):
        """Makes the fields of a named tuple from what its class annotates."""

        def __new__(kind, name, bases, body):
            fields = tuple(body.get("__annotations__", ()))
            defaults = {field: body[field] for field in fields if field in body}
            getters = {field: _tuplegetter(place, "") for place, field in enumerate(fields)}
            told = {"__slots__": (), "_fields": fields, "_field_defaults": defaults, "__match_args__": fields}
            told["_ends"] = tuple(defaults.get(field, _OPEN) for field in fields)
            return super().__new__(kind, name, bases, body | getters | told)

    class NamedTuple(tuple, metaclass=_Fields):
        """A tuple whose values have names; later ones may have defaults."""

        def __new__(cls, *values, **named):
            if named or len(values) != len(cls._fields):
                values = _completed(cls, values, named)
            return tuple.__new__(cls, values)

        @classmethod
        def _make(cls, values):
            return cls(*values)

        def _replace(self, **changed):
            values = [changed.pop(field, value) for field, value in zip(self._fields, self, strict=True)]
            return type(self)(*values, **changed)

        def _asdict(self):
            return dict(zip(self._fields, self, strict=True))

        def __repr__(self):
            fields = ", ".join(f"{field}={value!r}" for field, value in self._asdict().items())
            return f"{type(self).__name__}({fields})"

        def __getnewargs__(self):
            return tuple(self)

    def _completed(cls, values, named):
        """Return all values of a named tuple, those by name and by default in their places."""
        if not named and _OPEN not in (ends := cls._ends[len(values) :]) and ends:
            return values + ends
        rest = cls._fields[len(values) :]
        given = cls._field_defaults | named
        if len(values) > len(cls._fields) or not named.keys() <= set(rest) or not given.keys() >= set(rest):
            raise TypeError(f"{cls.__name__} takes {', '.join(cls._fields)}; it got {values} and {named}")
        return (*values, *[given[field] for field in rest])

    def contextmanager(steps):
        """Make a function of a generator that yields once: what it does before and after a block."""

        @wraps(steps)
        def begin(*values, **named):
            return _Around(steps(*values, **named))

        return begin

    class _Around:
        """Runs a generator up to its yield before a block, and on after it."""

        __slots__ = ("_steps",)

        def __init__(self, steps):
            self._steps = steps

        def __enter__(self):
            return next(self._steps)

        def __exit__(self, kind, error, trace):
            try:
                if error is None:
                    next(self._steps)
                else:
                    self._steps.throw(error)
            except StopIteration:
                return error is not None  # it took the error, if there was one, for its own
            except BaseException as raised:
                if raised is not error:
                    raise
                error.__traceback__ = trace  # without the way through the generator
                return False
            self._steps.close()
            raise RuntimeError("a context manager goes on after its block")

    class suppress:  # noqa: N801 - as contextlib calls it
        """Ends a block quietly where it raises one of these errors."""

        __slots__ = ("_errors",)

        def __init__(self, *errors):
            self._errors = errors

        def __enter__(self):
            return None

        def __exit__(self, kind, error, trace):
            return kind is not None and issubclass(kind, self._errors)


Value = TypeVar("Value")


def expression(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return a regular expression that is compiled when it is first used, which takes up to a millisecond.

    Args:
        pattern: as `re` takes it.
        flags: of `re`.
    """
    return cast("re.Pattern[AnyStr]", _Expression(pattern, flags))


def once(find: Callable[[], Value]) -> Callable[[], Value]:
    """Return what finds a value when it is first asked for and keeps it; made in a tenth of functools.cache.

    Args:
        find: called until it returns; what it raises is not kept.
    """
    found: list[Value] = []

    def get() -> Value:
        if not found:
            found.append(find())
        return found[0]

    return get


class _Expression:
    """Stands for an expression; what was once asked of it is at hand from then on."""

    def __init__(self, pattern: Any, flags: int) -> None:
        self._given = (pattern, flags)

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(*self._given), name)
        setattr(self, name, found)
        return found
