"""What left its file is found where it went, if that is certain."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from mnemo.anchors.judge import judge
from mnemo.anchors.moves import find_move
from mnemo.anchors.parse import parse_anchor
from mnemo.anchors.pin import pin
from mnemo.model.anchor import Anchor
from mnemo.repo.files import WorkingTree
from tests.repo.trees import folder_tree
from tests.repos import write

F = "def f(x):\n    y = x * 2\n    return y\n"
G = "def g(x):\n    return x - 1\n"


@pytest.fixture
def tree(tmp_path: Path) -> WorkingTree:
    """A folder with two source files and one that is broken."""
    files = {"a.py": F + "\n\n" + G, "b.py": "x = 1\n", "broken.py": "def f(:\n"}
    return folder_tree(tmp_path / "repo", files)


@pytest.fixture(params=["a.py::f", "a.py:1-3"])
def anchor(request: pytest.FixtureRequest, tree: WorkingTree) -> Anchor:
    """A definition, and the same as a passage."""
    return pin(parse_anchor(request.param, tree), tree)


def test_what_went_to_another_file_is_found_there(tree: WorkingTree, anchor: Anchor) -> None:
    write(tree.root, {"a.py": G, "b.py": "class Box:\n    pass\n\n" + F})
    assert find_move(anchor, tree) == "b.py"
    finding = judge(anchor, tree, moved=lambda each: find_move(each, tree))
    assert (finding.state, finding.path, finding.lines) == ("ok", "b.py", (4, 6))
    assert finding.reason.endswith("moved from a.py to b.py")
    assert judge(anchor, tree).state == "missing"


def test_what_changed_on_its_way_is_not_followed(tree: WorkingTree, anchor: Anchor) -> None:
    write(tree.root, {"a.py": G, "b.py": F.replace("2", "3")})
    assert find_move(anchor, tree) is None


def test_what_went_to_two_files_is_not_followed(tree: WorkingTree, anchor: Anchor) -> None:
    write(tree.root, {"a.py": G, "b.py": F, "c.py": F})
    assert find_move(anchor, tree) is None


def test_what_is_gone_is_nowhere(tree: WorkingTree, anchor: Anchor) -> None:
    write(tree.root, {"a.py": G})
    assert find_move(anchor, tree) is None
    assert judge(anchor, tree, moved=lambda each: find_move(each, tree)).state == "missing"


def test_the_search_ends_at_its_deadline(tree: WorkingTree, anchor: Anchor) -> None:
    write(tree.root, {"a.py": G, "b.py": F})
    assert find_move(anchor, tree, time.monotonic()) is None


def test_only_what_was_pinned_can_be_followed(tree: WorkingTree) -> None:
    for anchor in (Anchor("file", "a.py"), Anchor("symbol", "a.py", name="f"), Anchor("test", name="t")):
        assert find_move(anchor, tree) is None


def test_a_rule_about_one_file_is_not_broken_by_another(tree: WorkingTree) -> None:
    rule = pin(parse_anchor({"type": "symbol", "path": "a.py", "name": "f", "absent": True}, tree), tree)
    write(tree.root, {"a.py": G, "b.py": F})
    assert judge(rule, tree, moved=lambda each: find_move(each, tree)).state == "ok"
