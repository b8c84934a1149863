"""What holds for anchors of every type, in every language: line ends, indentation, negation, secrets."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mnemo.anchors.judge import judge
from mnemo.anchors.parse import parse_anchor
from mnemo.anchors.pin import pin
from mnemo.errors import Invalid
from mnemo.model.anchor import Anchor
from mnemo.repo import grammars
from mnemo.repo.files import WorkingTree
from tests.repo.trees import folder_tree, working_tree
from tests.repos import link, make_repository, write

FILES: dict[str, str | bytes] = {
    "a.py": "import os\n\n\nclass Shelf:\n    def put(self, book):\n        book.lock()\n        book\n",
    "a.ts": "class Shelf {\n  put(book) {\n    book.lock();\n    return book;\n  }\n}\n",
    "a.tsx": "const Shelf = () => {\n  const put = () => {\n    book.lock();\n    return <b />;\n  };\n};\n",
    "a.js": "const Shelf = {\n  put(book) {\n    book.lock();\n    return book;\n  },\n};\n",
    "a.go": "package a\n\nfunc (s *Shelf) put(book Book) Book {\n\tbook.Lock()\n\treturn book\n}\n",
    "a.rs": "impl Shelf {\n    fn put(&self, book: Book) {\n        book.lock();\n        go()\n    }\n}\n",
    "requirements.txt": "requests==2.31.0\n",
    "notes.md": "First.\nSecond.\nThird.\n",
}
LANGUAGES = ("a.py", "a.ts", "a.tsx", "a.js", "a.go", "a.rs")
EACH: list[tuple[Any, str, str]] = [
    # An anchor, what to replace in its file so that it no longer holds, and by what.
    *[(f"{path}::Shelf.put", "ock()", "end()") for path in LANGUAGES],
    *[(f"{path}:3-4", "", "") for path in LANGUAGES],
    ({"type": "grep", "path": "notes.md", "pattern": "Second."}, "Second", "Other"),
    ({"type": "grep", "path": "notes.md", "pattern": "^Sec.nd", "regex": True}, "Second", "Other"),
    ({"type": "grep", "pattern": "Second.\nThird."}, "Second", "Other"),
    ({"type": "content", "path": "notes.md", "text": "First.\nSecond."}, "First.\nSecond", "Other.\nOther"),
    ({"type": "dependency", "name": "requests", "spec": ">=2"}, "requests", "httpx"),
    ("notes.md", "", ""),
]


@pytest.fixture
def tree(tmp_path: Path) -> WorkingTree:
    """The same few words in every language."""
    return folder_tree(tmp_path / "repo", FILES)


def pinned(value: Any, tree: WorkingTree) -> Anchor:
    """Read and pin an anchor that holds."""
    anchor = pin(parse_anchor(value, tree), tree)
    assert judge(anchor, tree).state == "ok"
    return anchor


def file_of(anchor: Anchor) -> str:
    """Return the file that decides about an anchor."""
    return anchor.path or ("requirements.txt" if anchor.type == "dependency" else "notes.md")


def texts(path: str) -> str:
    """Return what a file of ours says."""
    text = FILES[path]
    assert isinstance(text, str)
    return text


@pytest.mark.parametrize(("value", "old", "new"), EACH, ids=str)
def test_line_ends_do_not_matter(tree: WorkingTree, value: Any, old: str, new: str) -> None:
    anchor = pinned(value, tree)
    write(tree.root, {path: texts(path).replace("\n", "\r\n") for path in FILES})
    assert judge(anchor, tree).state == "ok"
    assert pinned(value, tree) == anchor


@pytest.mark.parametrize(
    ("value", "old", "new"), [each for each in EACH if isinstance(each[0], str)], ids=str
)
def test_indentation_does_not_matter(tree: WorkingTree, value: Any, old: str, new: str) -> None:
    anchor = pinned(value, tree)
    deeper = {path: texts(path).replace("    ", "\t").replace("  ", "      ") for path in FILES}
    write(tree.root, dict(deeper))
    assert judge(anchor, tree).state == "ok"


@pytest.mark.parametrize(("value", "old", "new"), EACH, ids=str)
def test_a_negated_anchor_says_the_opposite(tree: WorkingTree, value: Any, old: str, new: str) -> None:
    anchor = pinned(value, tree)
    assert judge(anchor._replace(absent=True), tree).state == "missing"
    path = file_of(anchor)
    changed = texts(path).replace(old, new) if old else None
    if anchor.type == "symbol":  # a definition that changed is still there
        changed = None
    write(tree.root, {path: changed})
    assert judge(anchor, tree).state == "missing"
    assert judge(anchor._replace(absent=True), tree).state == "ok"
    write(tree.root, {path: texts(path)})
    assert judge(anchor._replace(absent=True), tree).state == "missing"


@pytest.mark.parametrize(("outcome", "state"), [("passed", "missing"), ("failed", "ok"), (None, "unknown")])
def test_a_test_that_must_not_pass(tree: WorkingTree, outcome: str | None, state: str) -> None:
    anchor = parse_anchor({"type": "test", "id": "t.py::test_x", "absent": True}, tree)
    assert judge(anchor, tree, outcome=lambda *_: outcome).state == state


@pytest.mark.parametrize("path", LANGUAGES)
def test_a_definition_that_changed_has_drifted_and_one_restored_holds(tree: WorkingTree, path: str) -> None:
    anchor = pinned(f"{path}::Shelf.put", tree)
    write(tree.root, {path: texts(path).replace("ock()", "end()")})
    assert judge(anchor, tree).state == "drifted"
    write(tree.root, {path: texts(path).replace("put", "lay")})
    assert judge(anchor, tree).state == "missing"
    write(tree.root, {path: texts(path)})
    assert judge(anchor, tree).state == "ok"


TWICE = {
    "b.py": "class A:\n  def f():\n    {}\n    done()\n\nclass B:\n  def f():\n    {}\n    done()\n",
    "b.ts": "class A {{\n f() {{\n  {}\n  done();\n }}\n}}\nclass B {{\n f() {{\n  {}\n  done();\n }}\n}}\n",
    "b.go": "package b\nfunc (a A) f() {{\n\t{}\n\tdone()\n}}\nfunc (b B) f() {{\n\t{}\n\tdone()\n}}\n",
    "b.rs": "impl A {{\nfn f() {{\n  {}\n  done()\n }}\n}}\nimpl B {{\nfn f() {{\n  {}\n  done()\n }}\n}}\n",
}  # fmt: skip


@pytest.mark.parametrize("path", TWICE)
def test_a_passage_that_is_not_unique_is_judged_in_its_definition(tmp_path: Path, path: str) -> None:
    same = TWICE[path].format("lock()", "lock()")
    tree = folder_tree(tmp_path / "repo", {path: same})
    second = [number for number, line in enumerate(same.split("\n"), 1) if "lock()" in line][1]
    anchor = pinned(f"{path}:{second}-{second + 1}", tree)
    assert anchor.pin
    assert anchor.pin["symbol"] == "B.f"
    write(tree.root, {path: TWICE[path].format("changed()", "lock()")})
    assert judge(anchor, tree).state == "ok"
    write(tree.root, {path: TWICE[path].format("lock()", "changed()")})
    assert judge(anchor, tree).state == "drifted"
    write(tree.root, {path: "\n\n" + same})
    assert judge(anchor, tree).state == "ok"


def test_without_the_extra_a_definition_is_an_error_that_names_it(
    tree: WorkingTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grammars, "_loaded", {})
    monkeypatch.setitem(__import__("sys").modules, "tree_sitter_rust", None)
    write(tree.root, {"new.rs": "fn alone() {}\n"})
    anchor = pin(parse_anchor("new.rs::alone", tree), tree)
    finding = judge(anchor, tree)
    assert finding.state == "error"
    assert "mnemo-repo[code]" in finding.reason


SECRETS = (
    ".env",
    "deep/.env.local",
    "cert.pem",
    "id_rsa",
    "config/credentials.json",
    ".aws/config",
    "a.tfvars",
)


@pytest.mark.parametrize("path", SECRETS)
def test_nothing_of_a_secret_file_is_kept_or_told(tree: WorkingTree, path: str) -> None:
    write(tree.root, {path: "TOKEN=hunter2hunter2\n", "c.txt": "TOKEN=hunter2hunter2\n"})
    for value in (f"{path}:1", {"type": "content", "path": path, "text": "TOKEN"}):
        with pytest.raises(Invalid, match="secrets"):
            parse_anchor(value, tree)
    moved = pinned("c.txt:1", tree)
    for anchor in (moved._replace(path=path), parse_anchor(path, tree), Anchor("grep", path, "TOKEN")):
        assert "hunter2" not in str(judge(anchor, tree))
    # An anchor that was led there, by a rename, keeps no hash of it either.
    assert pin(Anchor("content", path, pin={"lines": [1, 1]}), tree).pin == {"lines": [1, 1]}


def test_ignored_files_are_not_searched(tmp_path: Path) -> None:
    top = make_repository(tmp_path / "repo", {".gitignore": "out/\n.env\n", "a.txt": "hay\n"})
    write(top, {"out/a.txt": "needle\n", ".env": "needle=1\n", "b.txt": "needle\n"})
    finding = judge(Anchor("grep", pattern="needle"), working_tree(top))
    assert finding.state == "missing"


def test_a_search_in_twenty_thousand_files_ends_in_time(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    folder = tmp_path / "repo"
    write(folder, {"one.py": "hay = 1\n" * 300})
    for number in range(100):
        (folder / f"d{number}").mkdir()
    names = [f"d{number % 100}/m{number}.py" for number in range(20_000)]
    for name in names:
        (folder / name).hardlink_to(folder / "one.py")
    tree = WorkingTree(str(folder), lambda: names)
    took: list[float] = []
    for value in ({"type": "grep", "pattern": "needle"}, {"type": "dependency", "name": "needle"}):
        start = time.monotonic()
        finding = judge(parse_anchor(value, tree), tree, deadline=start + 0.15)
        took.append(time.monotonic() - start)
        assert finding.state == "unknown"
        assert "no time" in finding.reason
    record_property("search given 150 ms in 20,000 files", f"{max(took) * 1e3:.0f} ms")
    assert max(took) < 0.5
    assert judge(parse_anchor({"type": "grep", "pattern": "needle"}, tree), tree).state == "missing"


def test_links_between_files_are_judged_where_they_lead(tree: WorkingTree) -> None:
    link(Path(tree.root, "alias.ts"), "a.ts")
    assert pinned("alias.ts::Shelf.put", tree).path == "alias.ts"
