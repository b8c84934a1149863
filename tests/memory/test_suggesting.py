"""A claim's own words suggest what it can be pinned to, and nothing that is not there."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from mnemo.memory.suggesting import suggest
from mnemo.repo.files import WorkingTree
from tests.repo.trees import folder_tree

FILES: dict[str, str | bytes] = {
    "src/store.py": "LIMIT = 1\n\nclass Store:\n    def open_file(self): ...\n    def close(self): ...\n",
    "src/twice.py": "def same_name(): ...\n",
    "src/again.py": "def same_name(): ...\nstore = open_file = 1\n",
    "web/session.ts": "export class Session { renew() {} }\nexport const makeSession = () => 1;\n",
    "cmd/main.go": "package main\n\nfunc (s *Server) ListenAll() {}\n",
    "src/lib.rs": "impl Shelf { pub fn put_down(&self) {} }\n",
    "README.md": "words\n",
    ".env": "TOKEN_KEY=1\n",
    "broken.py": "def broken_one(:\n",
}


@pytest.fixture
def tree(tmp_path: Path) -> WorkingTree:
    """A few files in each language."""
    return folder_tree(tmp_path / "repo", FILES)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("src/store.py opens files", ["src/store.py"]),
        ("open_file in src/store.py never locks", ["src/store.py::Store.open_file"]),
        ("`LIMIT` (src/store.py) is per process", ["src/store.py::LIMIT"]),
        ("Store.close() flushes", ["src/store.py::Store.close"]),
        ("Session.renew must come first", ["web/session.ts::Session.renew"]),
        ("makeSession is cached", ["web/session.ts::makeSession"]),
        ("`ListenAll` binds to localhost", ["cmd/main.go::Server.ListenAll"]),
        ("Shelf::put_down is not atomic", ["src/lib.rs::Shelf.put_down"]),
        ("README.md and src/twice.py disagree", ["README.md", "src/twice.py"]),
        ("same_name is defined twice, so nobody knows which is meant", []),
        ("TOKEN_KEY stands in .env", []),
        ("../outside.py and /etc/passwd and src and gone.py", []),
        ("broken_one cannot be parsed", []),
        ("we close the store on fridays", []),
        ("", []),
    ],
)
def test_what_is_named_and_there_is_suggested(tree: WorkingTree, content: str, expected: list[str]) -> None:
    assert suggest(content, tree) == expected


def test_at_most_five_are_suggested(tmp_path: Path) -> None:
    many = {f"src/m{number}.py": "x = 1\n" for number in range(9)}
    tree = folder_tree(tmp_path / "repo", dict(many))
    assert len(suggest(" ".join(many), tree)) == 5


def test_without_time_only_paths_are_suggested(tree: WorkingTree) -> None:
    content = "makeSession reads README.md"
    assert suggest(content, tree, deadline=time.monotonic()) == ["README.md"]


def test_a_long_text_costs_little(tree: WorkingTree) -> None:
    start = time.process_time()
    suggest("a_b.c_d/e_f." * 100_000 + "`" * 100_000 + "A" * 100_000, tree)
    assert time.process_time() - start < 0.5
