"""Pinning remembers what is there by hashes, and keeps what is not there as it was asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mnemo.anchors.judge import judge
from mnemo.anchors.parse import parse_anchor
from mnemo.anchors.pin import pin
from mnemo.model.anchor import Anchor, anchor_from_record, anchor_record
from mnemo.repo.files import WorkingTree
from tests.repo.trees import folder_tree
from tests.repos import write

SOURCE = """import os

LIMIT = 10

class A:
    def f(self):
        start()
        return run(1)

class B:
    def f(self):
        start()
        return run(1)
"""


@pytest.fixture
def tree(tmp_path: Path) -> WorkingTree:
    """A folder with a source file, a text and a broken source file."""
    files = {"src/a.py": SOURCE, "notes.md": "one\ntwo\n\nthree\n", "broken.py": "def f(:\n    start()\n" * 2}
    return folder_tree(tmp_path / "repo", files)


def pinned(value: Any, tree: WorkingTree) -> Anchor:
    """Read and pin an anchor."""
    return pin(parse_anchor(value, tree), tree)


def fields(anchor: Anchor) -> dict[str, Any]:
    """Return what an anchor remembers, which must be something."""
    assert anchor.pin is not None
    return anchor.pin


def test_a_file_test_or_dependency_needs_no_pin(tree: WorkingTree) -> None:
    for value in ("src/a.py", {"type": "test", "id": "x"}, {"type": "dependency", "name": "x"}):
        assert pinned(value, tree).pin is None


def test_lines_are_pinned_by_their_hashes_alone(tree: WorkingTree) -> None:
    anchor = pinned("notes.md:1-2", tree)
    assert fields(anchor)["line"] == 1
    assert fields(anchor)["copies"] == 1
    assert "one" not in json.dumps(anchor_record(anchor))
    assert anchor_from_record(json.loads(json.dumps(anchor_record(anchor)))) == anchor


def test_a_passage_that_is_not_unique_is_pinned_with_its_symbol(tree: WorkingTree) -> None:
    anchor = pinned("src/a.py:12-13", tree)
    assert (fields(anchor)["symbol"], fields(anchor)["copies"]) == ("B.f", 2)
    unique = pinned("src/a.py:10-13", tree)
    assert "symbol" not in fields(unique)


def test_a_passage_that_is_not_unique_in_a_broken_file_has_no_symbol(tree: WorkingTree) -> None:
    anchor = pinned("broken.py:1-2", tree)
    assert fields(anchor)["copies"] == 2
    assert "symbol" not in fields(anchor)
    assert judge(anchor, tree).state == "ok"


def test_text_is_pinned_like_the_lines_that_hold_it(tree: WorkingTree) -> None:
    lines = pinned("notes.md:1-4", tree)
    for text in ("one\ntwo\nthree", "  one\r\n\ttwo\r\n\r\nthree\r\n", "ne\ntwo\nthr"):
        assert pinned({"type": "content", "path": "notes.md", "text": text}, tree) == lines


def test_text_that_is_not_there_is_kept_as_hashes_too(tree: WorkingTree) -> None:
    anchor = pinned({"type": "content", "path": "notes.md", "text": "four\nfive"}, tree)
    assert "four" not in json.dumps(anchor_record(anchor))
    assert "copies" not in fields(anchor)
    assert judge(anchor, tree).state == "missing"
    write(tree.root, {"notes.md": "one\nfour\nfive\n"})
    assert judge(anchor, tree).state == "ok"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("notes.md:4-9", "notes.md had no text on lines 4-9 to pin"),
        ("notes.md:3", "notes.md had no text on lines 3-3 to pin"),
        ("no.md:1-2", "no.md does not exist"),
    ],
)
def test_lines_that_are_not_there_are_missing_at_once(tree: WorkingTree, value: str, reason: str) -> None:
    anchor = pinned(value, tree)
    assert "hash" not in fields(anchor)
    assert judge(anchor, tree)[:2] == ("missing", reason)


def test_the_empty_line_after_the_last_line_end_counts(tree: WorkingTree) -> None:
    assert judge(pinned("notes.md:1-5", tree), tree).state == "ok"


def test_a_symbol_is_pinned_by_its_body(tree: WorkingTree) -> None:
    anchor = pinned("src/a.py::B.f", tree)
    assert fields(anchor)["line"] == 11
    assert len(fields(anchor)["body"]) == 16
    assert fields(anchor)["body"] == fields(pinned("src/a.py::A.f", tree))["body"]


@pytest.mark.parametrize("value", ["src/a.py::C", "no.py::f", "broken.py::f"])
def test_a_symbol_that_cannot_be_found_stays_unpinned(tree: WorkingTree, value: str) -> None:
    assert pinned(value, tree).pin is None


def test_pinning_again_takes_what_is_there_now(tree: WorkingTree) -> None:
    content, symbol = pinned("src/a.py:5-8", tree), pinned("src/a.py::A.f", tree)
    write(tree.root, {"src/a.py": "# new\n" + SOURCE.replace("run(1)", "run(2)", 1)})
    assert [judge(anchor, tree).state for anchor in (content, symbol)] == ["drifted", "drifted"]
    again = [pin(anchor, tree) for anchor in (content, symbol)]
    assert [judge(anchor, tree).state for anchor in again] == ["ok", "ok"]
    assert fields(again[0])["line"] == 6


def test_pinning_again_what_is_gone_changes_nothing(tree: WorkingTree) -> None:
    anchors = [pinned("src/a.py:5-8", tree), pinned("src/a.py::A.f", tree)]
    write(tree.root, {"src/a.py": "x = 1\n"})
    assert [pin(anchor, tree) for anchor in anchors] == anchors


def test_a_pattern_remembers_the_file_that_holds_it(tree: WorkingTree) -> None:
    anchor = pinned({"type": "grep", "pattern": "LIMIT = 10"}, tree)
    assert fields(anchor) == {"seen": "src/a.py"}
    assert judge(anchor, tree, deadline=0).state == "ok"
    assert pinned({"type": "grep", "pattern": "LIMIT = 11"}, tree).pin is None
    assert pinned({"type": "grep", "pattern": "LIMIT", "absent": True}, tree).pin is None
    assert pinned({"type": "grep", "pattern": "LIMIT", "path": "src/a.py"}, tree).pin is None
