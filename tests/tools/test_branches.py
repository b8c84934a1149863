"""Memory follows git: what a branch says stays there until its work lands, however that happens."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mnemo.store import assertions
from mnemo.store.database import Database
from tests.repos import checkout, clone, commit, git, make_shallow, merge
from tests.stores import assert_whole
from tests.tools.faces import mcp_text, python

BETA = "the beta module is experimental"
MADE: list[str] = []  # addresses of what a story claimed, one for each assertion


@pytest.fixture(autouse=True)
def whole(repository: Path) -> Any:
    """The store is whole after each story, and whatever git did, nothing that was claimed is missing."""
    commit(repository, "base", {"a.py": "a = 1\n"})
    MADE.clear()
    yield
    path = repository / ".mnemo" / "mnemo.db"
    if path.exists():
        db = Database(str(path))
        assert_whole(db)
        with db.reading() as connection:
            held = [one.address for one in assertions.iter_all(connection)]
        assert [address for address in MADE if held.count(address) < MADE.count(address)] == []


def told(query: str = "beta module") -> list[str]:
    return [one["content"] for one in python("recall", query=query)["claims"]]


def elsewhere(query: str = "beta module", **asked: Any) -> list[tuple[str, bool]]:
    found = python("recall", query=query, **asked)
    return [(one["branch"], one.get("gone", False)) for one in found["elsewhere"]]


def claim(content: str = BETA, **fields: Any) -> str:
    address = python("claim", content=content, scope="branch", **fields)["claims"][0]["address"]
    MADE.append(address)
    return address


def look() -> None:
    """Look once, as any call does, so that branches are seen where they are."""
    python("recall", query="something")


def nothing() -> None:
    """Do not look."""


def start(repository: Path, name: str = "feature") -> None:
    checkout(repository, name, new=True)


def work(repository: Path) -> None:
    commit(repository, "work", {"b.py": "b = 1\n", "a.py": "a = 1\nb = 2\n"})


@pytest.mark.parametrize("between", [look, nothing])
def test_a_claim_on_a_branch_without_commits_waits_for_its_work(
    repository: Path, between: Callable[[], None]
) -> None:
    start(repository)
    claim()
    checkout(repository, "main")
    assert told() == []
    assert elsewhere() == [("feature", False)]
    checkout(repository, "feature")
    work(repository)
    between()
    checkout(repository, "main")
    between()
    merge(repository, "feature", "--ff-only")
    git(repository, "branch", "-d", "feature")
    assert told() == [BETA]


@pytest.mark.parametrize("between", [look, nothing])
@pytest.mark.parametrize("when", ["before the work", "after the work"])
def test_a_squash_brings_the_claims_and_nothing_less_does(
    repository: Path, between: Callable[[], None], when: str
) -> None:
    start(repository)
    if when == "before the work":
        claim()
    work(repository)
    if when == "after the work":
        claim()
    commit(repository, "more", {"c.py": "c = 1\n"})
    between()
    checkout(repository, "main")
    assert told() == []
    commit(repository, "meanwhile", {"d.py": "d = 1\n"})
    assert told() == []
    git(repository, "merge", "--squash", "feature")
    git(repository, "commit", "-qm", "feature, in one")
    git(repository, "branch", "-D", "feature")
    assert told() == [BETA]
    commit(repository, "later", {"a.py": "a = 3\n"})
    assert told() == [BETA]


@pytest.mark.parametrize("between", [look, nothing])
def test_a_rebase_brings_the_claims(repository: Path, between: Callable[[], None]) -> None:
    start(repository)
    work(repository)
    claim()
    between()
    checkout(repository, "main")
    commit(repository, "meanwhile", {"d.py": "d = 1\n"})
    git(repository, "rebase", "-q", "main", "feature")
    assert told() == [BETA]
    checkout(repository, "main")
    assert told() == []
    merge(repository, "feature", "--ff-only")
    git(repository, "branch", "-d", "feature")
    assert told() == [BETA]


def test_an_abandoned_branch_is_history(repository: Path) -> None:
    start(repository)
    work(repository)
    claim()
    checkout(repository, "main")
    git(repository, "branch", "-D", "feature")
    assert told() == []
    assert elsewhere() == []
    text = mcp_text("recall", query="beta module", branches="all")
    assert "tried on feature, not merged" in text
    assert "branches=all" in mcp_text("recall", query="beta module")


def test_a_living_branch_is_named_as_not_merged_and_two_claims_are_the_most(repository: Path) -> None:
    start(repository)
    work(repository)
    for number in range(4):
        claim(f"beta module rule number {number} of its own kind {'x' * number}")
    checkout(repository, "main")
    text = mcp_text("recall", query="beta module rule", limit=10)
    assert text.count("on feature, not merged") == 2
    assert "2 more on unmerged branches" in text


def test_a_renamed_branch_keeps_its_claims(repository: Path) -> None:
    start(repository)
    claim()
    git(repository, "branch", "-m", "feature", "better")
    assert told() == [BETA]


def test_the_same_text_on_two_branches_is_superseded_on_one(repository: Path) -> None:
    start(repository, "one")
    commit(repository, "one", {"one.py": "1\n"})
    address = claim()
    checkout(repository, "main")
    start(repository, "two")
    commit(repository, "two", {"two.py": "2\n"})
    assert claim() == address
    claim("the beta module is finished", supersedes=[address])
    assert told() == ["the beta module is finished"]
    checkout(repository, "one")
    assert told() == [BETA]
    checkout(repository, "main")
    merge(repository, "two", "--no-ff")
    assert told() == ["the beta module is finished"]


def test_stacked_branches_see_those_below_them(repository: Path) -> None:
    start(repository, "lower")
    commit(repository, "lower", {"lower.py": "1\n"})
    claim()
    start(repository, "upper")
    commit(repository, "upper", {"upper.py": "1\n"})
    assert told() == [BETA]
    checkout(repository, "main")
    assert told() == []


def test_a_detached_head_sees_what_its_history_holds(repository: Path) -> None:
    start(repository)
    work(repository)
    claim()
    git(repository, "checkout", "-q", "--detach", "feature")
    assert told() == [BETA]
    git(repository, "checkout", "-q", "--detach", "main")
    assert told() == []


def test_a_removed_worktree_and_branch_lose_no_row(repository: Path, tmp_path: Path) -> None:
    linked = tmp_path / "linked"
    git(repository, "worktree", "add", "-q", str(linked), "-b", "side")
    os.chdir(linked)
    commit(linked, "side", {"side.py": "1\n"})
    claim()
    os.chdir(repository)
    git(repository, "worktree", "remove", "--force", str(linked))
    git(repository, "branch", "-D", "side")
    assert told() == []
    assert len(python("recall", query="beta module", branches="all")["claims"]) == 1


def test_a_shallow_clone_keeps_branches_apart(repository: Path, tmp_path: Path) -> None:
    commit(repository, "second", {"a.py": "a = 2\n"})
    shallow = make_shallow(tmp_path / "shallow", repository)
    os.chdir(shallow)
    start(shallow)
    work(shallow)
    claim()
    checkout(shallow, "main")
    assert told() == []
    git(shallow, "merge", "--squash", "feature")
    git(shallow, "commit", "-qm", "in one")
    assert told() == [BETA]


def test_another_clone_of_the_same_repository_has_a_memory_of_its_own(
    repository: Path, tmp_path: Path
) -> None:
    claim()
    other = clone(tmp_path / "other", repository)
    os.chdir(other)
    assert told() == []


def test_anchors_are_judged_where_the_work_landed(repository: Path) -> None:
    start(repository)
    work(repository)
    claim(anchors=["b.py"])
    checkout(repository, "main")
    git(repository, "merge", "--squash", "feature")
    git(repository, "rm", "-q", "--cached", "b.py")
    (repository / "b.py").unlink()
    git(repository, "commit", "-qm", "half of it")
    assert told() == []
