"""Which files a prompt names, and which of them git tracks."""

from __future__ import annotations

from pathlib import Path

import pytest

from mnemo.repo.files import Unreadable
from mnemo.repo.location import get_place
from mnemo.speaking.naming import list_files
from mnemo.speaking.tracked import Index
from tests.repos import git, write
from tests.speaking.places import Corner


def named(corner: Corner, prompt: str) -> list[str]:
    """List the files that a prompt names."""
    where = corner.where()
    return list_files(prompt, where.tree, Index(where.place))


@pytest.mark.parametrize(
    ("prompt", "files"),
    [
        ("fix src/app.py", ["src/app.py"]),
        ("fix @src/app.py, then (lib/invoice.ts).", ["src/app.py", "lib/invoice.ts"]),
        ("see ./src/app.py:3-9 and src/app.py::main and src/app.py#L3", ["src/app.py"]),
        ("what does vat.py's RATE mean?", ["src/billing/vat.py"]),
        ("look at billing/vat.py", ["src/billing/vat.py"]),
        ("README.md!", ["README.md"]),
        ("src/billing", []),
        ("e.g. this, i.e. that... etc. 3.14 v1.2 foo.bar() https://example.com/src/app.py", []),
        ("at.py", []),
        ("../repository/src/app.py", ["src/app.py"]),
        ("../outside.py /etc/passwd ~/x.py .git/config \0.py \ud800.py", []),
        ("x" * 500 + ".py " + "a/b " * 1000, []),
    ],
)
def test_a_prompt_names_files(corner: Corner, prompt: str, files: list[str]) -> None:
    assert named(corner, prompt) == files


def test_every_tracked_file_is_listed_as_git_lists_them(corner: Corner) -> None:
    names = [f"{'d' * length}/{'é' * length}.py" for length in range(1, 12)]
    write(corner.top, dict.fromkeys(names, "x = 1\n"))
    git(corner.top, "add", "-A")
    git(corner.top, "add", "--intent-to-add", ".")
    listed = git(corner.top, "-c", "core.quotePath=false", "ls-files").splitlines()
    assert Index(get_place(str(corner.top))).list_paths() == listed


def test_an_index_in_another_form_lists_nothing(corner: Corner) -> None:
    git(corner.top, "update-index", "--index-version", "4")
    with pytest.raises(Unreadable):
        Index(get_place(str(corner.top))).list_paths()


def test_an_absolute_path_inside_names_its_file(corner: Corner) -> None:
    assert named(corner, f"open {corner.top}/src/app.py") == ["src/app.py"]


def test_an_index_says_what_is_tracked(corner: Corner) -> None:
    long = "deep/" * 60 + "a.py"
    write(corner.top, {"src/untracked.py": "", long: "", "straße/ä.py": "", "app.py": ""})
    git(corner.top, "add", long, "straße", "app.py")
    index = Index(get_place(str(corner.top)))
    assert [index.holds(path) for path in ("src/app.py", long, "straße/ä.py", "app.py")] == [True] * 4
    assert [index.holds(path) for path in ("src/untracked.py", "pp.py", "rc/app.py", "src", "")] == [
        False
    ] * 5
    assert index.named("app.py") == ["app.py", "src/app.py"] or index.named("app.py") == [
        "src/app.py",
        "app.py",
    ]
    assert index.named("a.py") == [long]
    assert index.named("billing/vat.py") == ["src/billing/vat.py"]


@pytest.mark.parametrize("form", ["intent", "skipped", "sha256"])
def test_other_entries_of_an_index_are_found_too(tmp_path: Path, form: str) -> None:
    top = tmp_path / "r"
    top.mkdir()
    git(top, "init", "--quiet", *(["--object-format=sha256"] if form == "sha256" else []))
    write(top, {"src/a.py": "x\n", "b.py": ""})
    git(top, "add", *(["--intent-to-add"] if form == "intent" else []), "--all")
    if form == "skipped":
        git(top, "update-index", "--skip-worktree", "src/a.py")
    index = Index(get_place(str(top)))
    assert index.holds("src/a.py") is not False
    assert index.holds("src/b.py") is not True


def test_of_an_index_in_another_form_nothing_is_said(corner: Corner) -> None:
    git(corner.top, "update-index", "--index-version", "4")
    index = Index(get_place(str(corner.top)))
    assert (index.readable, index.holds("src/app.py"), index.named("app.py")) == (False, None, [])
    (corner.top / ".git" / "index").unlink()
    assert Index(get_place(str(corner.top))).holds("src/app.py") is None
