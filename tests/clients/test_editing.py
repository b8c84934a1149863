"""What is put in and taken out again leaves the text as it was, and never touches what stands around it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnemo.clients import editing
from mnemo.clients.jsonc import find_root, plain
from mnemo.errors import Invalid
from tests.clients.states import SETTINGS
from tests.clients.test_jsonc import VALUES, root_of

TEXTS = {name: data.decode() for name, data in SETTINGS.items() if data}
OBJECTS = st.dictionaries(st.text(max_size=6).filter(lambda key: key != "new"), VALUES, max_size=4)
# Comments, blanks and trailing commas in every gap that JSON has.
GAPS = st.sampled_from(["", " ", "\n", "\r\n", "\n\t", "  ", "/* c */", " // d\n", "\n  // e\n  "])


@st.composite
def commented(draw: Any, value: Any = None) -> str:
    """Draw an object as text with gaps of every kind."""

    def written(one: Any) -> str:
        if isinstance(one, dict):
            inner = [f"{gap()}{json.dumps(k)}{gap()}:{gap()}{written(v)}{gap()}" for k, v in one.items()]
            return "{" + ",".join(inner) + tail(inner) + gap() + "}"
        if isinstance(one, list):
            inner = [f"{gap()}{written(v)}{gap()}" for v in one]
            return "[" + ",".join(inner) + tail(inner) + gap() + "]"
        return json.dumps(one)

    def gap() -> str:
        return draw(GAPS)

    def tail(inner: list[str]) -> str:
        return "," if inner and draw(st.booleans()) else ""

    return gap() + written(draw(OBJECTS) if value is None else value) + gap()


@given(commented(), VALUES)
def test_a_member_put_in_is_there_and_nothing_else_changed(text: str, value: Any) -> None:
    before = plain(root_of(text))
    changed = editing.put(text, ("new",), value)
    assert plain(root_of(changed)) == {**before, "new": value}


@given(commented(), VALUES)
def test_a_member_taken_out_again_leaves_the_same_values_and_comments(text: str, value: Any) -> None:
    back = editing.drop(editing.put(text, ("new", "below"), value), ("new",))
    assert plain(root_of(back)) == plain(root_of(text))
    assert [back.count(mark) for mark in ("/* c */", "// d", "// e")] == [
        text.count(mark) for mark in ("/* c */", "// d", "// e")
    ]
    if plain(root_of(text)):
        assert back == text


@given(commented(), st.data())
def test_any_member_can_be_taken_out(text: str, data: Any) -> None:
    value = plain(root_of(text))
    if not value:
        return
    key = data.draw(st.sampled_from(sorted(value)))
    back = plain(root_of(editing.drop(text, (key,))))
    assert back == {name: one for name, one in value.items() if name != key}


@given(commented(), VALUES, st.data())
def test_any_member_can_be_changed(text: str, new: Any, data: Any) -> None:
    value = plain(root_of(text))
    if not value:
        return
    key = data.draw(st.sampled_from(sorted(value)))
    assert plain(root_of(editing.put(text, (key,), new))) == {**value, key: new}


@given(st.lists(VALUES, max_size=4), VALUES, st.data())
def test_an_element_appended_and_taken_out_leaves_the_same(items: list[Any], new: Any, data: Any) -> None:
    text = data.draw(commented({"a": items}))
    changed = editing.append(text, ("a",), new)
    assert plain(root_of(changed))["a"] == [*items, new]
    back = editing.drop(changed, ("a", len(items)))
    assert back == text or (not items and plain(root_of(back)) == {"a": []})


@given(st.lists(VALUES, min_size=1, max_size=4), st.data())
def test_any_element_can_be_taken_out(items: list[Any], data: Any) -> None:
    text = data.draw(commented({"a": items}))
    at = data.draw(st.integers(0, len(items) - 1))
    assert plain(root_of(editing.drop(text, ("a", at))))["a"] == items[:at] + items[at + 1 :]


@pytest.mark.parametrize("name", [name for name, text in TEXTS.items() if find_root(text)])
def test_a_member_follows_the_layout_of_its_file(name: str) -> None:
    text = TEXTS[name]
    changed = editing.put(text, ("added", "to"), [1])
    assert changed.startswith(text[: text.index("{")])
    assert ("\r\n" in changed) == ("\r\n" in text)
    if "\r\n" in text:
        assert changed.count("\n") == changed.count("\r\n")
    if "\t" in text:
        assert '\n\t"added": {\n\t\t"to"' in changed


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", '{\n  "a": {\n    "b": 1\n  }\n}\n'),
        ("{}", '{\n  "a": {\n    "b": 1\n  }\n}'),
        ('{"x": 1}', '{"x": 1, "a": {"b": 1}}'),
        ('{"x": {}, "a": {}}', '{"x": {}, "a": {"b": 1}}'),
        ('{\n    "x": 1\n}', '{\n    "x": 1,\n    "a": {\n        "b": 1\n    }\n}'),
        ('{\n  "x": 1, // one\n}', '{\n  "x": 1, // one\n  "a": {\n    "b": 1\n  },\n}'),
        ('{\n  "x": 1 // one\n}', '{\n  "x": 1, // one\n  "a": {\n    "b": 1\n  }\n}'),
    ],
)
def test_a_member_is_laid_out_as_its_neighbours(text: str, wanted: str) -> None:
    assert editing.put(text, ("a", "b"), 1) == wanted


def test_a_value_is_replaced_where_it_stands() -> None:
    text = '{\n  "a": /* was */ [1], // tail\n  "b": 2\n}'
    assert editing.put(text, ("a",), {"c": 1}) == (
        '{\n  "a": /* was */ {\n    "c": 1\n  }, // tail\n  "b": 2\n}'
    )


def test_what_is_not_there_cannot_be_taken_out() -> None:
    assert editing.drop('{"a": [1]}', ("a", 3)) == '{"a": [1]}'
    assert editing.drop('{"a": [1]}', ("b", "c")) == '{"a": [1]}'
    assert editing.drop("", ("b",)) == ""


def test_nothing_is_put_into_what_is_no_object() -> None:
    for text in ("[]", '{"a": 1}', '{"a": []}'):
        with pytest.raises(Invalid, match="no object"):
            editing.put(text, ("a", "b"), 1)
    with pytest.raises(Invalid, match="no array"):
        editing.append('{"a": {}}', ("a",), 1)


def test_a_line_comment_never_swallows_what_follows() -> None:
    text = '{ // first\n  "m": 1, "n": 2 }'
    assert plain(root_of(editing.drop(text, ("m",)))) == {"n": 2}
