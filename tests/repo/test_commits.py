"""History walked in one stream: messages, paths and lines as git has them."""

from __future__ import annotations

from pathlib import Path

import pytest

from mnemo.errors import MnemoError
from mnemo.repo import commits
from mnemo.repo.git import Git
from mnemo.repo.location import get_place
from tests import repos


def walk(top: Path, **options: int) -> list[commits.Commit]:
    """Walk a repository's history."""
    git = Git(get_place(str(top)))
    return list(commits.iter_commits(git, commits.list_hashes(git, **options)))


def test_commits_come_newest_first_with_message_author_and_paths(tmp_path: Path) -> None:
    top = repos.make_repository(tmp_path / "a", {"a.py": "1\n", "b/ü.py": "2\n"})
    second = repos.commit(top, "Second\n\nbecause\nof it\n", {"a.py": "3\n"}, when=60)
    newest, first = walk(top)
    assert (newest.hash, newest.message, newest.paths) == (second, "Second\n\nbecause\nof it", ("a.py",))
    assert newest.time == repos.EPOCH + 60
    assert newest.author == "Ada <ada@example.com>"
    assert sorted(first.paths) == ["a.py", "b/ü.py"]


def test_merges_and_empty_commits_are_left_out(tmp_path: Path) -> None:
    top = repos.make_repository(tmp_path / "a")
    repos.checkout(top, "side", new=True)
    repos.commit(top, "Side", {"s.py": "1\n"}, when=1)
    repos.checkout(top, "main")
    repos.commit(top, "Main", {"m.py": "1\n"}, when=2)
    repos.merge(top, "side", when=3)
    repos.commit(top, "Nothing", when=4)
    assert sorted(one.message for one in walk(top)) == ["First", "Main", "Side"]


def test_since_and_limit_bound_the_walk(tmp_path: Path) -> None:
    top = repos.make_repository(tmp_path / "a")
    for number in range(1, 4):
        repos.commit(top, f"c{number}", {"a.py": f"{number}\n"}, when=number * 100)
    assert [one.message for one in walk(top, limit=2)] == ["c3", "c2"]
    assert [one.message for one in walk(top, since=repos.EPOCH + 200)] == ["c3", "c2"]


def test_an_unborn_branch_has_no_history(tmp_path: Path) -> None:
    assert walk(repos.make_unborn(tmp_path / "a")) == []


def test_hostile_names_and_messages_forge_no_commit(tmp_path: Path) -> None:
    top = repos.make_repository(tmp_path / "a")
    name = "\nx\t'\"\\ \udcff.py"
    repos.commit(
        top, "Odd \x1b[31m\n\ncommit 1234\n\n:100644 M\ta.py\n", {name: "1\n", "b.py": "2\n"}, when=1
    )
    newest = walk(top)[0]
    assert sorted(newest.paths) == sorted([name, "b.py"])
    assert newest.message.startswith("Odd \x1b[31m\n\ncommit 1234")


def test_a_patch_tells_lines_file_by_file(tmp_path: Path) -> None:
    top = repos.make_repository(tmp_path / "a", {"a.py": "one\n  two\n", "ü.py": "x\n"})
    last = repos.commit(top, "Second", {"a.py": "one\n--- three\n", "ü.py": "y\n"}, when=1)
    git = Git(get_place(str(top)))
    ((name, files),) = commits.iter_patches(git, [last])
    assert name == last
    assert sorted(files) == [
        commits.Touched("a.py", frozenset(["two"]), frozenset(["--- three"])),
        commits.Touched("ü.py", frozenset(["x"]), frozenset(["y"])),
    ]


def test_leaving_early_ends_the_process(tmp_path: Path) -> None:
    top = repos.make_repository(tmp_path / "a")
    for number in range(3):
        repos.commit(top, f"c{number}", {"a.py": f"{number}\n"}, when=number + 1)
    git = Git(get_place(str(top)))
    stream = commits.iter_commits(git, commits.list_hashes(git) * 200)
    assert next(stream).message == "c2"
    stream.close()  # type: ignore[attr-defined]


def test_a_failure_of_git_is_told(tmp_path: Path) -> None:
    top = repos.make_repository(tmp_path / "a")
    git = Git(get_place(str(top)))
    with pytest.raises(MnemoError, match="git rev-list failed"):
        list(git.iter_output("rev-list", "nothing-of-that-name", "--"))
