"""Anchors are read in every written form; what is wrong is refused by name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnemo.anchors.parse import parse_anchor, parse_anchors
from mnemo.errors import Invalid
from mnemo.model.anchor import Anchor, anchor_record
from mnemo.repo.files import WorkingTree
from tests.repo.trees import folder_tree


@pytest.fixture
def tree(tmp_path: Path) -> WorkingTree:
    """A folder with one source file."""
    return folder_tree(tmp_path / "repo", {"src/a.py": "x = 1\n"})


FORMS: list[tuple[Any, Anchor]] = [
    ("src/a.py", Anchor("file", "src/a.py")),
    ("./src//a.py", Anchor("file", "src/a.py")),
    ("src/a.py:10-20", Anchor("content", "src/a.py", pin={"lines": [10, 20]})),
    ("src/a.py:10", Anchor("content", "src/a.py", pin={"lines": [10, 10]})),
    ("src/a.py::Class.f", Anchor("symbol", "src/a.py", name="Class.f")),
    ("src/a.py::Class::f", Anchor("symbol", "src/a.py", name="Class.f")),
    ("src/a.py::f.<locals>.g", Anchor("symbol", "src/a.py", name="f.g")),
    ({"type": "file", "path": "new.md"}, Anchor("file", "new.md")),
    ({"type": "file", "path": "odd:10"}, Anchor("file", "odd:10")),
    ({"type": "file", "path": "x.md", "absent": True}, Anchor("file", "x.md", absent=True)),
    ({"type": "grep", "pattern": "a b"}, Anchor("grep", pattern="a b")),
    ({"type": "grep", "pattern": "a", "path": None}, Anchor("grep", pattern="a")),
    (
        {"type": "grep", "pattern": "^a$", "path": "src/a.py", "regex": True},
        Anchor("grep", "src/a.py", "^a$", regex=True),
    ),
    ({"type": "dependency", "name": "fastmcp"}, Anchor("dependency", name="fastmcp")),
    ({"type": "dependency", "name": "a", "spec": ">=2, <3"}, Anchor("dependency", name="a", spec=">=2, <3")),
    ({"type": "dependency", "name": "fastmcp>=2"}, Anchor("dependency", name="fastmcp", spec=">=2")),
    ({"type": "dependency", "name": "@scope/kit"}, Anchor("dependency", name="@scope/kit")),
    (
        {"type": "content", "path": "src/a.py", "lines": [1, 2]},
        Anchor("content", "src/a.py", pin={"lines": [1, 2]}),
    ),
    (
        {"type": "content", "path": "src/a.py", "lines": 3},
        Anchor("content", "src/a.py", pin={"lines": [3, 3]}),
    ),
    (
        {"type": "content", "path": "src/a.py", "text": "x = 1"},
        Anchor("content", "src/a.py", pin={"text": "x = 1"}),
    ),
    ({"type": "symbol", "path": "src/a.py", "name": "f"}, Anchor("symbol", "src/a.py", name="f")),
    ("src/a.go::(*T[K]).M", Anchor("symbol", "src/a.go", name="T.M")),
    ("src/a.rs::T<K>::m", Anchor("symbol", "src/a.rs", name="T.m")),
    ("src/a.ts::$a.#b", Anchor("symbol", "src/a.ts", name="$a.#b")),
    ({"type": "test", "id": "tests/a.py::test_x[1]"}, Anchor("test", name="tests/a.py::test_x[1]")),
]


@pytest.mark.parametrize(("value", "expected"), FORMS)
def test_each_form_is_understood(tree: WorkingTree, value: Any, expected: Anchor) -> None:
    assert parse_anchor(value, tree) == expected
    if isinstance(value, dict):
        assert parse_anchor(json.dumps(value), tree) == expected


def test_a_path_may_be_absolute(tree: WorkingTree) -> None:
    assert parse_anchor(f"{tree.root}/src/a.py", tree) == Anchor("file", "src/a.py")


def test_several_are_read_from_a_list_or_from_json_text(tree: WorkingTree) -> None:
    values = [value for value, _ in FORMS]
    expected = [anchor for _, anchor in FORMS]
    assert parse_anchors(values, tree) == expected
    assert parse_anchors(json.dumps(values), tree) == expected
    assert parse_anchors("src/a.py", tree) == expected[:1]
    assert parse_anchors([], tree) == []


@pytest.mark.parametrize(
    ("value", "named", "told"),
    [
        ({"type": "glob", "path": "x"}, "'glob'", "grep"),
        ({"path": "x"}, "None", "symbol"),
        ({"type": "file"}, "path", "path and absent"),
        ({"type": "file", "path": "x", "line": 3}, "'line'", "path and absent"),
        ({"type": "file", "path": 3}, "3", "text"),
        ({"type": "file", "path": "."}, "'.'", "in it"),
        ({"type": "file", "path": "x", "absent": "yes"}, "'yes'", "true or false"),
        ({"type": "grep"}, "pattern", "pattern"),
        ({"type": "grep", "pattern": "  "}, "'  '", "pattern"),
        ({"type": "grep", "pattern": "(", "regex": True}, "'('", "leave out"),
        ({"type": "grep", "pattern": "(", "regex": 1}, "regex", "true or false"),
        ({"type": "grep", "pattern": "x" * 5000}, "xxx", "pattern"),
        ({"type": "dependency"}, "name", "spec"),
        ({"type": "dependency", "name": "a b"}, "'a b'", "spec"),
        ({"type": "dependency", "name": "a", "spec": "newest"}, "'newest'", ">="),
        ({"type": "content", "path": "src/a.py"}, "lines or text", "one of the two"),
        ({"type": "content", "path": "src/a.py", "lines": [1, 2], "text": "x"}, "lines or text", "one of"),
        ({"type": "content", "path": "src/a.py", "lines": [2, 1]}, "[2, 1]", "[10, 20]"),
        ({"type": "content", "path": "src/a.py", "lines": [0, 1]}, "[0, 1]", "from 1"),
        ({"type": "content", "path": "src/a.py", "lines": [True, 2]}, "True", "from 1"),
        ({"type": "content", "path": "src/a.py", "lines": "10-20"}, "'10-20'", "[10, 20]"),
        ({"type": "content", "path": "src/a.py", "text": "\n \n"}, "text", "lines"),
        ({"type": "content", "path": ".env", "lines": [1, 2]}, ".env", "its path alone"),
        ({"type": "symbol", "path": "src/a.py"}, "name", "path, name"),
        ({"type": "symbol", "path": "src/a.py", "name": "a b"}, "'a b'", "Class.method"),
        ({"type": "symbol", "path": "src/a.rb", "name": "f"}, "src/a.rb", "src/a.rb:10-20"),
        ("src/a.ts::A..b", "A..b", "Class.method"),
        ({"type": "test", "id": ""}, "id", "id"),
        ("src/a.py::", "name", "name"),
        ("src/a.py::test_x[1]", "test_x[1]", "Class.method"),
        ("src/a.py:20-10", "[20, 10]", "[10, 20]"),
        ("", "empty", "path and absent"),
        ("../x", "'../x'", "inside"),
        ("/etc/passwd", "'/etc/passwd'", "inside"),
        (".git/config:1-2", "'.git/config'", ".git"),
        ("src\\a.py", "backslash", "forward"),
        ("{not json", "{not json", "object"),
        ("[1]", "[1]", "object"),
        (7, "7", "object"),
        (None, "None", "object"),
    ],
)
def test_what_is_wrong_is_refused_by_name(tree: WorkingTree, value: Any, named: str, told: str) -> None:
    with pytest.raises(Invalid) as problem:
        parse_anchor(value, tree)
    assert named in problem.value.message
    assert told in problem.value.fix
    assert "\n" not in problem.value.message
    assert len(problem.value.message) < 250


def test_a_bad_anchor_among_others_is_named_by_its_place(tree: WorkingTree) -> None:
    with pytest.raises(Invalid) as problem:
        parse_anchors(["src/a.py", "../x"], tree)
    assert problem.value.message.startswith("anchor 1: '../x'")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
fields = st.sampled_from("type path pattern regex name spec absent lines text id".split())
likely = st.sampled_from(
    ["file", "grep", "dependency", "content", "symbol", "test", "src/a.py", True, [1, 2], "("]
)


@given(json_values | st.dictionaries(fields, likely | json_values, max_size=5))
def test_anything_is_either_an_anchor_or_refused(value: Any) -> None:
    tree = WorkingTree("/nowhere/at/all", list)
    try:
        anchor = parse_anchor(value, tree)
    except Invalid as refused:
        problem = refused
    else:
        json.dumps(anchor_record(anchor))
        return
    assert problem.fix
    assert "\n" not in problem.message
