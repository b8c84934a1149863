"""The code graph: what it holds, and when it is no longer what the code is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mnemo.code import graph, walking
from mnemo.code.graph import Moment
from mnemo.errors import Damaged
from mnemo.repo.files import WorkingTree
from tests.repos import write

FILES = {
    "src/a.py": "from src import b\n\n\ndef f():\n    return b.g()\n",
    "src/b.py": "import json\n\n\ndef g():\n    return 1\n",
    "web/x.js": "import './y'\n",
    "web/y.js": "export const y = 1\n",
    "README.md": "# no code\n",
    "broken.py": "def (:\n",
}
NOW = Moment("c" * 40, "t1", 1)


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """A folder with a few source files."""
    write(tmp_path, FILES)
    return tmp_path


def build(top: Path, *, former: graph.Record | None = None, names_only: bool = False) -> graph.Record:
    tree = WorkingTree(str(top), list)
    return graph.build(tree, walking.list_sources(str(top)), NOW, former, names_only=names_only)


def test_a_graph_holds_files_definitions_and_imports(top: Path) -> None:
    made = build(top)
    nodes = {node["id"]: node for node in made["nodes"]}
    assert set(nodes) == set(FILES) - {"README.md"}
    assert nodes["src/a.py"]["symbols"] == [{"name": "f", "lines": [4, 5]}]
    assert nodes["src/b.py"]["packages"] == ["json"]
    assert nodes["src/a.py"]["community"] == "src"
    assert made["edges"] == [
        ("src/a.py", "src/b.py"),
        ("web/x.js", "web/y.js"),
    ]
    assert graph.counts(made)["imports"] == 2


def test_a_file_that_cannot_be_parsed_is_a_node_with_its_problem(top: Path) -> None:
    node = next(node for node in build(top)["nodes"] if node["id"] == "broken.py")
    assert "syntax error" in node["problem"]
    assert "symbols" not in node


def test_what_is_as_it_was_is_kept_and_what_changed_is_read(top: Path) -> None:
    former = build(top)
    former["nodes"][1]["symbols"] = [{"name": "kept", "lines": [1, 1]}]
    assert former["nodes"][1]["id"] == "src/a.py"
    assert build(top, former=former)["nodes"][1]["symbols"][0]["name"] == "kept"
    write(top, {"src/a.py": "def changed(): ...\n"})
    again = build(top, former=former)
    assert again["nodes"][1]["symbols"][0]["name"] == "changed"
    assert ("src/a.py", "src/b.py") not in again["edges"]


def test_names_alone_are_listed_without_reading(top: Path) -> None:
    made = build(top, names_only=True)
    assert made["mode"] == "names"
    assert all(set(node) == {"id", "language", "community"} for node in made["nodes"])
    assert made["edges"] == []


def test_the_state_follows_the_files_and_the_commit(top: Path, tmp_path: Path) -> None:
    store = str(tmp_path / "store")

    def state(commit: str = NOW.commit, tree: Callable[[], str] = lambda: "t1") -> str:
        return graph.judge(store, "main", commit, tree).state

    assert state() == "missing"
    graph.write(store, "main", build(top))
    assert state() == "current"
    assert state(tree=lambda: "t2") == "stale"
    assert state(commit="d" * 40) == "stale"
    Path(store, "graph", "main.json").write_text('{"version": 1}')
    assert graph.judge(store, "main", NOW.commit, str).state == "update_failed"
    with pytest.raises(Damaged):
        graph.read(store, "main")


def test_what_is_around_a_file_is_told(top: Path) -> None:
    told = graph.near(build(top), ["src/b.py", "nowhere.py"])
    assert told == [
        {"path": "src/b.py", "imports": [], "imported_by": ["src/a.py"], "defines": ["g"]},
    ]


def test_each_working_tree_has_a_file_of_its_own() -> None:
    assert graph.file_name("main") == "main.json"
    odd = graph.file_name("../up")
    assert "/" not in odd
    assert odd != graph.file_name("../Up")


def test_a_folder_without_git_is_walked_without_links_and_hidden_folders(top: Path) -> None:
    write(top, {".hidden/a.py": "", "node_modules/b.js": "", "deep/c.py": ""})
    (top / "link.py").symlink_to("src/a.py")
    found = walking.list_sources(str(top))
    assert found == ["broken.py", "deep/c.py", "src/a.py", "src/b.py", "web/x.js", "web/y.js"]
    before = walking.mark(str(top))
    assert walking.mark(str(top)) == before
    write(top, {"deep/c.py": "c = 1\n"})
    assert walking.mark(str(top)) != before
