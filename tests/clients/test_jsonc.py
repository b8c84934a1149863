"""Every value of a text is found where it stands, and what is no JSON is named by line and column."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnemo.clients.jsonc import DEEPEST, Node, find_node, find_root, plain
from mnemo.errors import Invalid

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)


def root_of(text: str) -> Node:
    """Return the root of a text that holds one."""
    root = find_root(text)
    assert root is not None
    return root


@given(VALUES, st.sampled_from([None, 0, 1, 4, "\t"]), st.booleans())
def test_a_text_says_what_json_says(value: Any, indent: Any, is_ascii: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=is_ascii)
    root = root_of(text)
    assert plain(root) == value
    assert (root.start, root.end) == (0, len(text))


@given(VALUES)
def test_each_value_stands_between_its_start_and_its_end(value: Any) -> None:
    text = json.dumps({"a": [value, value]}, indent=2)
    for path in (("a", 0), ("a", 1)):
        node = find_node(root_of(text), path)
        assert node is not None
        assert json.loads(text[node.start : node.end]) == value


@given(st.text(alphabet='{}[]",:/*\n\\ a1-.eu\ufeff', max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    problem = ""
    try:
        find_root(text)
    except Invalid as error:
        problem = error.message
    assert not problem or problem.startswith("line ")


@given(st.text(alphabet='{}[]",: a1\n', max_size=30))
def test_what_json_reads_is_read_alike(text: str) -> None:
    try:
        value = json.loads(text)
    except ValueError:
        return
    problem = ""
    try:
        assert plain(root_of(text)) == value
    except Invalid as error:
        problem = error.message
    assert not problem or "twice" in problem


def test_comments_trailing_commas_and_a_byte_order_mark_are_skipped() -> None:
    text = '\ufeff// a\n{ /* b */ "x": [1, /* 2, */ 3,], // "y": 4\n}\n'
    assert plain(root_of(text)) == {"x": [1, 3]}


@pytest.mark.parametrize("text", ["", " \n", "\ufeff", "// only this", "/* and */ "])
def test_blanks_and_comments_hold_no_value(text: str) -> None:
    assert find_root(text) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "line 1, column 2: a name"),
        ('{\n  "a": 1\n  "b": 2\n}', "line 3, column 3: a comma"),
        ('{"a" 1}', "line 1, column 6: a colon"),
        ('{"a": 1, "a": 2}', "'a' stands there twice"),
        ('["a\nb"]', "a text does not end"),
        ("{} x", "line 1, column 4: something stands behind"),
        ("[,]", "a value is missing"),
        ("[1,,2]", "a value is missing"),
        ("[01]", "a comma or ]"),
        ("nulls", "a value is missing"),
        ("{} /* open", "something stands behind"),
    ],
)
def test_what_is_no_json_is_named_with_its_place(text: str, said: str) -> None:
    with pytest.raises(Invalid, match="line") as caught:
        find_root(text)
    assert said in caught.value.message


def test_depth_has_a_limit() -> None:
    assert plain(root_of("[" * DEEPEST + "]" * DEEPEST))
    with pytest.raises(Invalid, match="nested deeper"):
        find_root("[" * 50_000)


def test_a_long_file_is_read_whole() -> None:
    text = json.dumps({"projects": [{"n": at, "t": "x" * 60} for at in range(5_000)]}, indent=1)
    assert len(plain(root_of(text))["projects"]) == 5_000


def test_what_is_not_there_is_not_found() -> None:
    root = root_of('{"a": [1], "b": {"c": null}}')
    assert find_node(root, ("a", 1)) is None
    assert find_node(root, ("a", "x")) is None
    assert find_node(root, ("b", 0)) is None
    assert find_node(None, ("b",)) is None
    assert find_node(root, ()) == root
