"""What stands in for typing behaves as typing does, and what is compiled late is compiled once."""

from __future__ import annotations

import pickle
import re
import subprocess
import sys
import typing

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


def test_typing_is_not_loaded() -> None:
    program = (
        f"import sys; sys.path.append({str(SOURCE)!r})\n"
        "import mnemo.interfaces.hooks.replying, mnemo.speaking.telling, mnemo.speaking.answering\n"
        "print(*sorted({'typing', 'hashlib', 'threading', 'dataclasses', 'ast'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True)
    assert (ran.stdout.strip(), ran.stderr) == ("", "")
