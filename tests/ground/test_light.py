"""What stands in for typing and contextlib behaves as they do, and what is compiled late is compiled once."""

from __future__ import annotations

import contextlib
import pickle
import re
import subprocess
import sys
import typing
from collections.abc import Callable, Generator

import pytest

from mnemo import light
from tests.house.sources import SOURCE


class Late(light.NamedTuple):
    """A named tuple of ours."""

    name: str
    size: int = 3
    tags: tuple[str, ...] = ()

    def doubled(self) -> int:
        """Twice the size."""
        return 2 * self.size


class Usual(typing.NamedTuple):
    """The same by typing."""

    name: str
    size: int = 3
    tags: tuple[str, ...] = ()


CALLS: list[tuple[tuple[typing.Any, ...], dict[str, typing.Any]]] = [
    (("a",), {}),
    (("a", 4), {}),
    (("a", 4, ("x",)), {}),
    ((), {"name": "a"}),
    (("a",), {"tags": ("x",)}),
    ((), {"size": 9, "name": "b", "tags": ()}),
]
WRONG: list[tuple[tuple[typing.Any, ...], dict[str, typing.Any]]] = [
    ((), {}),
    ((), {"size": 1}),
    (("a", 1, (), 2), {}),
    (("a",), {"name": "b"}),
    (("a",), {"other": 1}),
]


@pytest.mark.parametrize(("values", "named"), CALLS)
def test_a_named_tuple_is_made_as_typing_makes_it(values: typing.Any, named: typing.Any) -> None:
    ours, theirs = Late(*values, **named), Usual(*values, **named)
    assert ours == theirs == tuple(ours)
    assert (ours.name, ours.size, ours.tags) == (theirs.name, theirs.size, theirs.tags)
    assert ours._asdict() == theirs._asdict()
    assert repr(ours) == repr(theirs).replace("Usual", "Late")
    assert ours._replace(size=7) == theirs._replace(size=7)
    assert isinstance(ours, tuple)
    assert hash(ours) == hash(theirs)


@pytest.mark.parametrize(("values", "named"), WRONG)
def test_wrong_values_are_refused_as_typing_refuses_them(values: typing.Any, named: typing.Any) -> None:
    for kind in (Late, Usual):
        with pytest.raises(TypeError):
            kind(*values, **named)


def test_a_named_tuple_knows_its_fields_and_cannot_be_changed() -> None:
    one = Late("a")
    assert Late._fields == Usual._fields
    assert Late._field_defaults == Usual._field_defaults
    assert Late._make(("b", 1, ())) == ("b", 1, ())
    assert one.doubled() == 6
    assert pickle.loads(pickle.dumps(one)) == one
    for name in ("name", "other"):
        with pytest.raises(AttributeError):
            setattr(one, name, "x")
    with pytest.raises((TypeError, ValueError)):
        one._replace(other=1)  # type: ignore[call-arg]


def test_an_expression_is_compiled_when_it_is_first_asked() -> None:
    late = light.expression(r"(\d+)-x", re.IGNORECASE)
    assert vars(late).keys() == {"_given"}
    assert late.findall("12-X 3-x") == ["12", "3"]
    assert late.fullmatch("4-x")
    assert late.pattern == r"(\d+)-x"
    assert light.expression(rb"a+").sub(b"b", b"caat") == b"cbt"


Steps = Generator[str]


def careful(seen: list[str]) -> Steps:
    """Yield once; note the end and what went wrong."""
    try:
        yield "held"
    except KeyError:
        seen.append("mended")
    except ValueError as error:
        raise OSError("another") from error
    finally:
        seen.append("end")


def endless(seen: list[str]) -> Steps:
    """Yield twice, which is once too often."""
    yield "held"
    with contextlib.suppress(KeyError):
        yield "again"
    seen.append("never")


@pytest.mark.parametrize("steps", [careful, endless])
@pytest.mark.parametrize("raised", [None, KeyError("a"), ValueError("b"), TypeError("c"), GeneratorExit()])
def test_a_block_is_held_as_contextlib_holds_it(
    steps: Callable[[list[str]], Steps], raised: BaseException | None
) -> None:
    outcomes = []
    for around in (light.contextmanager, contextlib.contextmanager):
        seen: list[str] = []
        ended = ""
        try:
            with around(steps)(seen) as held:
                seen.append(held)
                if raised:
                    raise raised
        except BaseException as error:  # noqa: BLE001 - it is compared
            ended = type(error).__name__
        outcomes.append((seen, ended, around(steps).__name__, around(steps).__doc__))
    assert outcomes[0] == outcomes[1]


def test_an_error_is_told_by_the_lines_that_raised_it() -> None:
    with pytest.raises(TypeError) as told, light.contextmanager(careful)([]):
        raise TypeError
    assert [entry.name for entry in told.traceback] == [
        "test_an_error_is_told_by_the_lines_that_raised_it",
    ]


def test_only_the_errors_that_are_named_are_suppressed() -> None:
    done = []
    with light.suppress(KeyError, OSError):
        done.append(1)
    with light.suppress(KeyError, OSError):
        raise FileNotFoundError
    with pytest.raises(ValueError), light.suppress(KeyError, OSError):
        raise ValueError
    assert done == [1]


def test_neither_typing_nor_contextlib_is_loaded() -> None:
    program = (
        f"import sys; sys.path.append({str(SOURCE)!r})\n"
        "import mnemo.interfaces.hooks.replying, mnemo.speaking.telling, mnemo.speaking.answering\n"
        "heavy = {'typing', 'contextlib', 'hashlib', 'threading', 'dataclasses', 'ast'}\n"
        "print(*sorted(heavy & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True)
    assert (ran.stdout.strip(), ran.stderr) == ("", "")


def test_what_is_found_once_is_kept_and_a_failure_is_not() -> None:
    answers = iter([ValueError("not yet"), None, 7])
    asked: list[object] = []

    def find() -> object:
        asked.append(answer := next(answers))
        if isinstance(answer, ValueError):
            raise answer
        return answer

    get = light.once(find)
    with pytest.raises(ValueError, match="not yet"):
        get()
    assert (get(), get(), len(asked)) == (None, None, 2)
