"""Judging says what the code says of an anchor in this moment, in one true sentence."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mnemo.anchors.judge import judge
from mnemo.anchors.parse import parse_anchor
from mnemo.anchors.pin import pin
from mnemo.model.anchor import Anchor, Finding
from mnemo.repo import files
from mnemo.repo.files import WorkingTree
from tests.repo.trees import commit_tree, folder_tree, working_tree
from tests.repos import commit, git, make_repository, write

SOURCE = """import os

LIMIT = 10


class Store:
    def open(self, path):
        db = connect(path)
        db.execute("PRAGMA journal_mode=WAL")
        return db

    def close(self, db):
        db.close()
"""
NOTES = "# Notes\n\nFirst.\nSecond.\nThird.\n\nThe end.\n"
CONFLICT = "<<<<<<< HEAD\nFirst.\n=======\nFirst!\n>>>>>>> main\n"


@pytest.fixture
def tree(tmp_path: Path) -> WorkingTree:
    """A folder with source, notes and a picture."""
    return folder_tree(tmp_path / "repo", {"src/db.py": SOURCE, "notes.md": NOTES, "logo.bin": b"\0\1"})


def pinned(value: Any, tree: WorkingTree) -> Anchor:
    """Read and pin an anchor that holds."""
    anchor = pin(parse_anchor(value, tree), tree)
    assert judge(anchor, tree) == Finding("ok", lines=judge(anchor, tree).lines)
    return anchor


def absent(anchor: Anchor) -> Anchor:
    """Return the anchor that holds when this one does not."""
    return anchor._replace(absent=True)


def change(tree: WorkingTree, path: str, old: str, new: str, text: str = SOURCE) -> None:
    """Write a file with a replacement made in its text."""
    assert old in text
    write(tree.root, {path: text.replace(old, new)})


def test_a_file_is_there_or_missing(tree: WorkingTree) -> None:
    anchor = pinned("src/db.py", tree)
    write(tree.root, {"src/db.py": None})
    assert judge(anchor, tree) == Finding("missing", "src/db.py does not exist")
    write(tree.root, {"src/db.py": ""})
    assert judge(anchor, tree).state == "ok"


def test_a_folder_and_a_picture_are_files_too(tree: WorkingTree) -> None:
    assert judge(Anchor("file", "src"), tree) == Finding("ok")
    assert judge(Anchor("file", "logo.bin"), tree) == Finding("ok")


def test_a_file_that_must_not_exist(tree: WorkingTree) -> None:
    assert judge(Anchor("file", "old.py", absent=True), tree) == Finding("ok")
    assert judge(Anchor("file", "notes.md", absent=True), tree) == Finding("missing", "notes.md exists")


def test_a_pattern_is_found_in_its_file(tree: WorkingTree) -> None:
    anchor = pinned({"type": "grep", "path": "src/db.py", "pattern": "journal_mode=WAL"}, tree)
    assert judge(anchor, tree).lines == (9, 9)
    change(tree, "src/db.py", "WAL", "DELETE")
    assert judge(anchor, tree) == Finding("missing", "src/db.py does not hold 'journal_mode=WAL'")
    write(tree.root, {"src/db.py": None})
    assert judge(anchor, tree) == Finding("missing", "src/db.py does not exist")


def test_a_pattern_over_several_lines_ignores_line_ends(tree: WorkingTree) -> None:
    anchor = pinned({"type": "grep", "path": "notes.md", "pattern": "First.\r\nSecond."}, tree)
    write(tree.root, {"notes.md": NOTES.replace("\n", "\r\n")})
    assert judge(anchor, tree).state == "ok"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("# Notes", "# Notes\n\nmore\n\nlines", Finding("ok", lines=(7, 9))),
        ("\n", "\r\n", Finding("ok", lines=(3, 5))),
        ("First.\nSecond.\nThird.", "  First.\n\n  Second.\n  Third.", Finding("ok", lines=(3, 6))),
        ("Second.", "Other.", Finding("drifted", "1 of 3 lines changed at notes.md:3-5", lines=(3, 5))),
        ("Second.\n", "", Finding("drifted", "1 of 3 lines changed at notes.md:3-4", lines=(3, 4))),
        (
            "Second.\n",
            "Second.\nNew.\n",
            Finding("drifted", "lines were added inside notes.md:3-6", lines=(3, 6)),
        ),
        ("Second.\nThird.", "Other.", Finding("missing", "its 3 lines are no longer in notes.md")),
        ("First.\nSecond.\nThird.\n", "", Finding("missing", "its 3 lines are no longer in notes.md")),
    ],
)
def test_a_passage_is_found_changed_or_gone(tree: WorkingTree, old: str, new: str, expected: Finding) -> None:
    anchor = pinned("notes.md:3-5", tree)
    change(tree, "notes.md", old, new, NOTES)
    assert judge(anchor, tree) == expected
    mirrored = judge(absent(anchor), tree)
    assert mirrored.state == ("ok" if expected.state == "missing" else "missing")


def test_one_line_reworded_is_changed_and_one_replaced_is_gone(tree: WorkingTree) -> None:
    anchor = pinned("src/db.py:3", tree)
    change(tree, "src/db.py", "10", "20")
    assert judge(anchor, tree) == Finding("drifted", "1 of 1 lines changed at src/db.py:3-3", lines=(3, 3))
    write(tree.root, {"src/db.py": SOURCE.replace(SOURCE.split("\n")[2], "    # nothing of the kind")})
    assert judge(anchor, tree) == Finding("missing", "its line is no longer in src/db.py")
    write(tree.root, {"src/db.py": SOURCE.replace(SOURCE.split("\n")[2] + "\n", "")})
    assert judge(anchor, tree) == Finding("missing", "its line is no longer in src/db.py")


def test_a_rule_against_a_passage_names_where_it_stands(tree: WorkingTree) -> None:
    anchor = absent(pinned("notes.md:3-5", tree))
    assert judge(anchor, tree)[:2] == ("missing", "notes.md:3-5 holds it")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("path", "path ", ("ok", "")),
        ("        db = ", '        """Doc."""\n        # why\n        db  =  ', ("ok", "")),
        ("LIMIT", "# moved\nLIMIT", ("ok", "")),
        ("WAL", "DELETE", ("drifted", "Store.open in src/db.py changed")),
        ("def open", "async def open", ("drifted", "Store.open in src/db.py changed")),
        ("open", "opened", ("missing", "Store.open is no longer defined in src/db.py")),
        ("Store", "Shop", ("missing", "Store.open is no longer defined in src/db.py")),
        ("LIMIT = 10", "LIMIT = (", ("error", "src/db.py: syntax error on line 3")),
    ],
)
def test_a_definition_is_as_it_was_changed_or_gone(
    tree: WorkingTree, old: str, new: str, expected: tuple[str, str]
) -> None:
    anchor = pinned("src/db.py::Store.open", tree)
    change(tree, "src/db.py", old, new)
    assert judge(anchor, tree)[:2] == expected
    opposite = {"ok": "missing", "drifted": "missing", "missing": "ok"}.get(expected[0], expected[0])
    assert judge(absent(anchor), tree).state == opposite


def test_a_rule_against_a_definition_names_where_it_is(tree: WorkingTree) -> None:
    rule = Anchor("symbol", "src/db.py", name="Store", absent=True)
    assert judge(rule, tree)[:2] == ("missing", "src/db.py:6 defines Store")
    assert judge(rule._replace(name="Shop"), tree) == Finding("ok")


def test_a_definition_that_came_later_was_never_proven(tree: WorkingTree) -> None:
    anchor = pin(parse_anchor("src/db.py::later", tree), tree)
    assert judge(anchor, tree) == Finding("missing", "later is not defined in src/db.py")
    write(tree.root, {"src/db.py": SOURCE + "\n\ndef later():\n    pass\n"})
    assert judge(anchor, tree)[:2] == ("drifted", "later in src/db.py was not there to be pinned")
    assert judge(pin(anchor, tree), tree).state == "ok"


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ("passed", ("ok", "")),
        ("failed", ("missing", "tests/a.py::t failed")),
        (None, ("unknown", "there is no result of tests/a.py::t on this code yet")),
    ],
)
def test_a_test_is_what_its_newest_evidence_says(
    tree: WorkingTree, outcome: str | None, expected: tuple[str, str]
) -> None:
    asked: list[tuple[str, tuple[str, ...]]] = []

    def newest(test: str, beside: tuple[str, ...]) -> str | None:
        asked.append((test, beside))
        return outcome

    anchor = Anchor("test", name="tests/a.py::t", beside=("a.py",))
    assert judge(anchor, tree, outcome=newest)[:2] == expected
    assert asked == [("tests/a.py::t", ("a.py",))]
    assert judge(anchor, tree).state == "unknown"
    opposite = {"passed": "missing", "failed": "ok", None: "unknown"}[outcome]
    assert judge(absent(anchor), tree, outcome=newest).state == opposite


@pytest.mark.parametrize(
    "value", ["notes.md", "notes.md:3-5", {"type": "grep", "path": "notes.md", "pattern": "Fir"}]
)
def test_in_a_file_with_conflict_markers_nothing_is_known(tree: WorkingTree, value: Any) -> None:
    anchor = pinned(value, tree)
    change(tree, "notes.md", "First.\n", CONFLICT, NOTES)
    for each in (anchor, absent(anchor)):
        assert judge(each, tree) == Finding("unknown", "notes.md holds conflict markers")


def renames(**new: str) -> Callable[[str], str | None]:
    """Say what git would say of renames."""
    return {name.replace("_", "."): path for name, path in new.items()}.get


@pytest.mark.parametrize(
    ("value", "lines"),
    [
        ("notes.md", None),
        ("notes.md:3-5", (3, 5)),
        ({"type": "grep", "path": "notes.md", "pattern": "Second"}, (4, 4)),
    ],
)
def test_a_renamed_file_is_followed(tree: WorkingTree, value: Any, lines: tuple[int, int] | None) -> None:
    anchor = pinned(value, tree)
    write(tree.root, {"notes.md": None, "doc/n.md": NOTES})
    renamed = renames(notes_md="doc/n.md")
    assert judge(anchor, tree).state == "missing"
    assert judge(anchor, tree, renamed=renamed) == Finding(
        "ok", "notes.md is now doc/n.md", "doc/n.md", lines
    )


def test_a_renamed_file_that_changed_says_both(tree: WorkingTree) -> None:
    anchor, renamed = pinned("notes.md:3-5", tree), renames(notes_md="n.md")
    write(tree.root, {"notes.md": None, "n.md": NOTES.replace("Second", "Zweitens")})
    finding = judge(anchor, tree, renamed=renamed)
    assert finding[:3] == ("drifted", "notes.md is now n.md; 1 of 3 lines changed at n.md:3-5", "n.md")
    write(tree.root, {"n.md": "other\n"})
    finding = judge(anchor, tree, renamed=renamed)
    assert finding[:2] == ("missing", "notes.md is now n.md; its 3 lines are no longer in n.md")
    write(tree.root, {"n.md": None})
    assert judge(anchor, tree, renamed=renamed).state == "missing"


def test_a_file_that_is_back_is_not_followed(tree: WorkingTree) -> None:
    anchor = pinned("notes.md:3-5", tree)
    write(tree.root, {"notes.md": "new\n", "n.md": NOTES})
    assert judge(anchor, tree, renamed=renames(notes_md="n.md")).state == "missing"


def test_a_rule_against_a_file_does_not_follow_it_but_one_against_text_does(tree: WorkingTree) -> None:
    rules = [
        Anchor("file", "notes.md", absent=True),
        Anchor("grep", "notes.md", "Second", absent=True),
        absent(pinned("notes.md:3-5", tree)),
    ]
    assert [judge(rule, tree).state for rule in rules] == ["missing", "missing", "missing"]
    write(tree.root, {"notes.md": None, "n.md": NOTES})
    renamed = renames(notes_md="n.md")
    assert [judge(rule, tree, renamed=renamed).state for rule in rules] == ["ok", "missing", "missing"]


@pytest.mark.parametrize(
    "anchor",
    [
        Anchor("content", "logo.bin", pin={"hash": "x", "lines": "00000000"}),
        Anchor("content", "src", pin={"hash": "x", "lines": "00000000"}),
        Anchor("content", "notes.md", pin={"hash": "x", "lines": "odd"}),
        Anchor("symbol", "logo.bin", name="f"),
        Anchor("grep", "logo.bin", "x"),
        Anchor("grep", "notes.md", "(", regex=True),
        Anchor("file", "../secret.py"),
        Anchor("file", "/etc/passwd"),
        Anchor("grep", ".git/config", "core"),
        Anchor("content", "src/../../x", pin={"hash": "x", "lines": "00000000"}),
    ],
)
def test_what_cannot_be_judged_is_an_error_also_when_negated(tree: WorkingTree, anchor: Anchor) -> None:
    for each in (anchor, absent(anchor)):
        finding = judge(each, tree)
        assert finding.state == "error"
        assert finding.reason
        assert "\n" not in finding.reason


def test_an_anchor_of_a_later_version_is_unknown(tree: WorkingTree) -> None:
    finding = judge(Anchor("weather", "notes.md"), tree)
    assert finding == Finding("unknown", "this version cannot judge anchors of type 'weather'")


def test_anchors_are_judged_in_a_commit_without_a_checkout(tmp_path: Path) -> None:
    top = make_repository(tmp_path / "repo", {"src/db.py": SOURCE, "notes.md": NOTES})
    here = working_tree(top)
    anchors = [pinned(value, here) for value in ("src/db.py", "notes.md:3-5", "src/db.py::Store.open")]
    commit(top, "Second", {"src/db.py": SOURCE.replace("WAL", "DELETE"), "notes.md": None})
    for tree in (here, commit_tree(top)):
        assert [judge(anchor, tree).state for anchor in anchors] == ["ok", "missing", "drifted"]
    first = commit_tree(top, "HEAD~1")
    assert [judge(anchor, first).state for anchor in anchors] == ["ok", "ok", "ok"]


def test_restoring_the_code_restores_the_anchor(tmp_path: Path) -> None:
    top = make_repository(tmp_path / "repo", {"src/db.py": SOURCE})
    tree = working_tree(top)
    anchor = pinned("src/db.py::Store.open", tree)
    write(top, {"src/db.py": SOURCE.replace("WAL", "DELETE")})
    assert judge(anchor, tree).state == "drifted"
    git(top, "checkout", "--", "src/db.py")
    assert judge(anchor, tree).state == "ok"


def test_twenty_anchors_are_judged_within_two_milliseconds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    body = "".join(f"\n\ndef f{number}(x):\n    y = x + {number}\n    return y\n" for number in range(60))
    tree = folder_tree(tmp_path / "repo", {f"src/pkg/m{number}.py": body for number in range(10)})
    values = [form.format(f"src/pkg/m{number}.py") for number in range(10) for form in ("{}:4-10", "{}::f30")]
    values[::5] = [value.partition(":")[0] for value in values[::5]]
    anchors = [pinned(value, tree) for value in values]

    def milliseconds() -> float:
        start = time.perf_counter()
        states = {judge(anchor, tree).state for anchor in anchors}
        assert states == {"ok"}
        return (time.perf_counter() - start) * 1e3

    fresh = min(milliseconds() for _ in range(30))
    monkeypatch.setattr(files, "SETTLED_NS", -(10**12))
    warm = min(milliseconds() for _ in range(30))
    record_property(
        "20 anchors judged", f"{warm:.2f} ms warm, {fresh:.2f} ms in files just written (bound 2)"
    )
    assert warm < 2
