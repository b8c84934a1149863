"""One range lies within another, or does not, or nobody can tell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnemo.repo.versions import is_range, satisfies, version_key

INSIDE = """
4.1.2 in >=4
>=4.1,<5 in >=4
^1.2.3 in 1
^1.2.3 in 1.x
~=2.0 in >=2,<3
~=2.0.1 in 2.0
==1.4.* in ~=1.4.0
1.2.3 in ^1.2
0.2.5 in ^0.2.3
v1.8.0 in >=1.7
1.0 in >=1.0.0
1.0.0 in ==1
>=1,!=1.5 in !=1.5
2.0.0 in 2
(>=1.0) in >=1
>=1.2 <1.3 in ~1.2
1.2 - 1.4 in >=1.2
1.x in >=1
1.4rc1 in 1.4.*
2.0.0-beta.2 in >=2b1
1.0.post1 in >=1.0
1.0-1 in >=1.0
1.0.dev3 in <1.0a1
^1 || ^2 in >=1,<3
^0.0.3 in ~0.0.3
~1 in 1.x
>= 1.5 in >1.4
=1.2.3 in 1.2.3
===1.0 in 1.0
1.2.3+build5 in 1.2.3
>2 in >=2
1.10 in >1.9
<2 in <=2
"""

OUTSIDE = """
>=4.1 in <4
2.0rc1 in >=2
0.3.0 in ^0.2.3
1.0.post1 in >1.0
2.0.0-beta.2 in <2
2.1.0 in 2.0
1.9 in >1.10
^1 in ^2
1.5 in !=1.5
1.5.1 in !=1.5.*
0.1.0 in ^0.0.3
1.3 in ~1.2
2.0 in ~=1.4
<1 in >=1
"""

OPEN = """
>=4.1 in >=5
* in >=1
1.x || >=3 in <3
>=1 in !=1.5
git+https://x/y in >=1
latest in >=1
workspace:* in >=1
1!2.0 in >=1
v0.0.0-20191109021931-daa7c04131f5 in >=0
1.0 in newest
>=1.2<2 in >=1
"""


def pairs(table: str) -> list[list[str]]:
    """Read lines of the form "declared in wanted"."""
    return [line.split(" in ") for line in table.split("\n") if line]


@pytest.mark.parametrize(("declared", "wanted"), pairs(INSIDE))
def test_a_narrower_range_satisfies_a_wider_one(declared: str, wanted: str) -> None:
    assert satisfies(declared, wanted) is True


@pytest.mark.parametrize(("declared", "wanted"), pairs(OUTSIDE))
def test_a_range_that_lies_outside_does_not(declared: str, wanted: str) -> None:
    assert satisfies(declared, wanted) is False


@pytest.mark.parametrize(("declared", "wanted"), pairs(OPEN))
def test_what_depends_or_is_not_understood_is_neither(declared: str, wanted: str) -> None:
    assert satisfies(declared, wanted) is None


def test_versions_are_ordered_as_pep_440_says() -> None:
    order = "1.dev0 1.0a1.dev2 1.0a1 1.0a2 1.0b1 1.0rc1 1.0 1.0.post1 1.0.1 1.1.dev1 1.1 1.10 2".split()
    keys = [version_key(text) for text in order]
    assert keys == sorted(keys, key=lambda key: key or ())
    assert len(set(keys)) == len(keys)


numbers = st.lists(st.integers(0, 3), min_size=1, max_size=3).map(lambda parts: ".".join(map(str, parts)))


def test_nothing_said_is_any_version() -> None:
    assert satisfies("", "*") is satisfies("*", "") is satisfies("1.0", "") is True
    assert satisfies("", ">=1") is None


def test_a_range_of_unlikely_length_is_not_even_read() -> None:
    assert satisfies(">=1," * 200, ">=1") is None


@given(numbers, numbers, st.sampled_from([">=", "<=", ">", "<", "==", "!=", "~=", "^", "~"]))
def test_an_exact_version_is_always_in_or_out(version: str, bound: str, operator: str) -> None:
    assert satisfies(version, operator + bound) is not None


@given(st.text(max_size=30))
def test_no_text_breaks_the_comparison(text: str) -> None:
    assert satisfies(text, ">=1") in (True, False, None)
    assert satisfies("1", text) in (True, False, None)


@given(numbers, st.sampled_from([">=", "<=", ">", "<", "==", "!=", "~=", "^", "~", ""]))
def test_every_range_lies_within_itself(bound: str, operator: str) -> None:
    assert satisfies(operator + bound, operator + bound) is True


def test_a_wanted_range_can_be_checked_beforehand() -> None:
    assert [is_range(text) for text in (">=1,<2", "^1.2", "2", "newest", ">=")] == [
        True,
        True,
        True,
        False,
        False,
    ]
