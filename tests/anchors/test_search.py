"""Anchors without a path look through every tracked file, and say so when they could not."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from mnemo.anchors.judge import judge
from mnemo.anchors.parse import parse_anchor
from mnemo.model.anchor import Finding
from mnemo.repo.files import WorkingTree
from tests.repo.trees import folder_tree, working_tree
from tests.repos import link, make_repository, write

CONFLICT = "<<<<<<< HEAD\nneedle = 1\n=======\nneedle = 2\n>>>>>>> main\n"


def judged(value: Any, tree: WorkingTree, **sight: Any) -> Finding:
    """Read and judge an anchor."""
    return judge(parse_anchor(value, tree), tree, **sight)


def grep(pattern: str, **more: Any) -> dict[str, Any]:
    """Return an anchor that looks for a pattern."""
    return {"type": "grep", "pattern": pattern, **more}


@pytest.fixture
def tree(tmp_path: Path) -> WorkingTree:
    """A repository with a text in a deep folder, and an untracked file."""
    files = {"a/b/c.txt": "hay\nneedle = 1\n", "d.py": "hay\n", "e.bin": b"\0needle"}
    top = make_repository(tmp_path / "repo", files)
    write(top, {"untracked.txt": "untracked needle"})
    return working_tree(top)


def test_a_pattern_is_found_in_any_tracked_file(tree: WorkingTree) -> None:
    assert judged(grep("needle"), tree) == Finding("ok", lines=(2, 2))
    assert judged(grep("^needle = \\d$", regex=True), tree).state == "ok"
    missing = judged(grep("untracked"), tree)
    assert missing[:2] == ("missing", "no tracked file holds 'untracked'")
    assert judged(grep("needle = \\d"), tree).state == "missing"


def test_a_rule_names_where_it_is_broken(tree: WorkingTree) -> None:
    assert judged(grep("needle", absent=True), tree)[:2] == ("missing", "a/b/c.txt:2 holds 'needle'")
    assert judged(grep("poison", absent=True), tree)[:2] == ("ok", "")


def test_every_file_is_searched_however_many(tmp_path: Path) -> None:
    hay = {f"f{number}.txt": "hay\n" for number in range(120)}
    tree = folder_tree(tmp_path / "repo", {**hay, "z.txt": "needle"})
    assert judged(grep("needle"), tree).state == "ok"


def test_a_search_without_time_is_unknown(tree: WorkingTree) -> None:
    finding = judged(grep("nothing"), tree, deadline=time.monotonic())
    assert finding.state == "unknown"
    assert "'nothing'" in finding.reason
    assert judged(grep("nothing"), tree, deadline=time.monotonic() + 60).state == "missing"


def test_a_file_with_conflicts_alone_proves_nothing(tree: WorkingTree) -> None:
    write(tree.root, {"a/b/c.txt": CONFLICT})
    assert judged(grep("needle"), tree)[:2] == ("unknown", "a/b/c.txt holds conflict markers")
    assert judged(grep("needle", absent=True), tree).state == "unknown"
    write(tree.root, {"d.py": "needle\n"})
    assert judged(grep("needle"), tree).state == "ok"


def test_a_large_file_is_searched_too(tree: WorkingTree) -> None:
    write(tree.root, {"d.py": "x" * 5_000_000 + "\nburied\n"})
    assert judged(grep("buried"), tree).state == "ok"


def test_a_link_that_leads_out_is_not_searched(tree: WorkingTree, tmp_path: Path) -> None:
    (tmp_path / "outside.txt").write_text("treasure")
    (Path(tree.root) / "d.py").unlink()
    link(Path(tree.root, "d.py"), "../outside.txt")
    assert judged(grep("treasure"), tree).state == "missing"


def test_an_expression_that_explodes_is_an_error(tree: WorkingTree) -> None:
    write(tree.root, {"d.py": "a" * 100 + "!\n"})
    finding = judged(grep("(a|aa)+$", regex=True), tree)
    assert finding.state == "error"
    assert "took too long" in finding.reason
    late = judged(grep("(a|aa)+$", regex=True, path="d.py"), tree, deadline=time.monotonic() + 0.02)
    assert late.state == "unknown"


def test_an_expression_has_one_budget_for_all_files(tmp_path: Path) -> None:
    slow = {f"f{number}.txt": "a" * 25 + "!\n" for number in range(40)}
    start = time.process_time()
    finding = judged(grep("(a|aa)+$", regex=True), folder_tree(tmp_path / "repo", slow))
    assert finding.state == "error"
    assert time.process_time() - start < 1.5


MANIFEST = '[project]\ndependencies = ["fastmcp>=4.1,<5", "requests", "rank-bm25==0.2"]\n'
LOCK = '[[package]]\nname = "requests"\nversion = "2.31.0"\n'


@pytest.fixture
def project(tmp_path: Path) -> WorkingTree:
    """A Python project with a manifest, a lock and imports."""
    code = "import yaml\nfrom rank_bm25 import BM25Okapi\n\n\ndef f():\n    import fast_lib.sub\n"
    files = {"pyproject.toml": MANIFEST, "uv.lock": LOCK, "src/a.py": code}
    return working_tree(make_repository(tmp_path / "repo", files))


def dependency(name: str, **more: Any) -> dict[str, Any]:
    """Return an anchor on a dependency."""
    return {"type": "dependency", "name": name, **more}


@pytest.mark.parametrize(
    ("name", "spec", "state", "reason"),
    [
        ("fastmcp", None, "ok", ""),
        ("FastMCP", ">=4", "ok", ""),
        ("fastmcp", ">=5", "missing", "fastmcp >=4.1,<5 in pyproject.toml is outside >=5"),
        ("fastmcp", ">=4.5", "unknown", "pyproject.toml allows fastmcp >=4.1,<5, which leaves >=4.5 open"),
        ("fast", None, "missing", "fast is neither declared nor imported"),
        ("fast-lib", None, "ok", ""),
        ("fast_lib.sub", None, "ok", ""),
        ("yaml", None, "ok", ""),
        ("yaml", ">=6", "unknown", "yaml is imported in src/a.py, but no manifest tells its version"),
        ("requests", ">=2.30", "ok", ""),
        ("requests", "<2", "missing", "requests 2.31.0 in uv.lock is outside <2"),
        ("rank_bm25", "0.2", "ok", ""),
        ("rank-bm25", "^1", "missing", "rank-bm25 ==0.2 in pyproject.toml is outside ^1"),
    ],
)
def test_a_dependency_is_declared_or_imported_by_its_exact_name(
    project: WorkingTree, name: str, spec: str | None, state: str, reason: str
) -> None:
    finding = judged(dependency(name, spec=spec), project)
    assert finding[:2] == (state, reason)
    opposite = {"ok": "missing", "missing": "ok"}.get(state, state)
    assert judged(dependency(name, spec=spec, absent=True), project).state == opposite


def test_a_rule_against_a_dependency_names_what_breaks_it(project: WorkingTree) -> None:
    assert judged(dependency("yaml", absent=True), project).reason == "yaml is imported in src/a.py"
    assert (
        judged(dependency("requests", absent=True), project).reason
        == "requests is declared in pyproject.toml"
    )
    assert judged(dependency("pandas", absent=True), project)[:2] == ("ok", "")
    write(project.root, {"src/a.py": "import pandas\n"})
    assert judged(dependency("pandas", absent=True), project).state == "missing"


def test_a_broken_manifest_leaves_a_dependency_open(project: WorkingTree) -> None:
    write(project.root, {"pyproject.toml": "[project"})
    finding = judged(dependency("fastmcp"), project)
    assert finding.state == "error"
    assert finding.reason.startswith("pyproject.toml: ")
    assert judged(dependency("yaml"), project).state == "ok"


def test_a_look_through_the_imports_without_time_is_unknown(project: WorkingTree) -> None:
    assert judged(dependency("pandas"), project, deadline=time.monotonic()).state == "unknown"
    assert judged(dependency("fastmcp"), project, deadline=time.monotonic()).state == "ok"
