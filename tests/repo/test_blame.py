"""Which commits last changed a line, and where a line stood before it was committed."""

from __future__ import annotations

from pathlib import Path

import pytest

from mnemo.errors import MnemoError
from mnemo.repo import blame
from mnemo.repo.git import Git
from mnemo.repo.location import get_place
from tests import repos


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """A repository whose file was changed in its second line by the newest commit."""
    top = repos.make_repository(tmp_path / "a", {"a.py": "one\ntwo\nthree\n", "b.py": "b\n"})
    repos.commit(top, "Second", {"a.py": "one\n2\nthree\n"})
    return top


def test_a_line_names_the_commit_that_last_changed_it(top: Path) -> None:
    git = Git(get_place(top))
    head, first = git.head()[1], git.find_commit("HEAD~1")
    assert blame.list_blamed(git, head, "a.py", 2, 2) == [head]
    assert blame.list_blamed(git, head, "a.py", 1, 3) == [first, head]
    assert blame.list_commits(git, head, "a.py", 9) == [head, first]
    assert [one.message for one in blame.read_commits(git, [head])] == ["Second"]


def test_a_line_that_does_not_exist_is_an_error(top: Path) -> None:
    git = Git(get_place(top))
    with pytest.raises(MnemoError):
        blame.list_blamed(git, git.head()[1], "a.py", 9, 9)


def test_a_name_with_magic_means_that_file_alone(top: Path) -> None:
    odd = ":(glob)*.py"
    commit = repos.commit(top, "Odd", {odd: "x\n"})
    git = Git(get_place(top))
    head = git.head()[1]
    assert len(blame.list_commits(git, head, odd, 9)) == 1, commit
    assert blame.list_blamed(git, head, odd, 1, 1) == [head]


@pytest.mark.parametrize(
    ("now", "lines", "then"),
    [
        ("one\ntwo\n", (2, 2), (2, 2)),
        ("new\none\ntwo\n", (3, 3), (2, 2)),
        ("new\none\ntwo\n", (1, 1), None),
        ("new\none\ntwo\n", (1, 3), (1, 2)),
    ],
)
def test_lines_are_found_where_they_stood(
    now: str, lines: tuple[int, int], then: tuple[int, int] | None
) -> None:
    assert blame.find_lines(now, "one\ntwo\n", *lines) == then


def test_a_rename_between_commits_is_followed(top: Path) -> None:
    repos.git(top, "mv", "a.py", "c.py")
    repos.commit(top, "Move", {})
    git = Git(get_place(top))
    found = blame.compare(git, git.find_commit("HEAD~1") or "", git.head()[1])
    assert (found.renamed, found.changed) == ({"a.py": "c.py"}, {"a.py", "c.py"})
    repos.write(top, {"b.py": "changed\n", "d.py": "new\n"})
    assert blame.compare_with_work(git, git.head()[1]).changed == {"b.py", "d.py"}
