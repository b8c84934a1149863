"""Where a repository is, for every layout that git knows."""

from __future__ import annotations

import os
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnemo.errors import NotARepository
from mnemo.repo.head import Head, read_head
from mnemo.repo.location import Place, find_place, get_place, is_true, parse_settings, real, store_path
from tests import repos
from tests.repo.layouts import LAYOUTS, Expected


def git_says(start: Path, question: str) -> str | None:
    """Ask git itself, None where it refuses."""
    answer = repos.git(start, "rev-parse", question, check=False)
    return os.path.realpath(start / repos.native(answer)) if answer and not answer.startswith("--") else None


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
def test_a_layout_is_found_as_git_finds_it(
    tmp_path: Path, layout: Callable[[Path], Expected], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = Path(os.path.realpath(tmp_path))
    expected = layout(root)
    start = root / expected.start
    place = get_place(start)
    assert place.top == (None if expected.top is None else str(root / expected.top))
    assert place.worktree == expected.worktree
    assert store_path(place, {}, str(root / expected.home)) == str(root / expected.store)
    if start.is_dir():
        assert git_says(start, "--git-common-dir") == place.common_dir
        assert git_says(start, "--git-dir") == place.git_dir
        assert git_says(start, "--show-toplevel") in (place.top, None)
        head = read_head(place)
        commit = repos.git(start, "rev-parse", "--verify", "--quiet", "HEAD", check=False)
        branch = repos.git(start, "symbolic-ref", "--quiet", "--short", "HEAD", check=False)
        assert head == Head(branch or f"HEAD@{commit[:7]}", commit)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    assert find_place(start) == place


def test_all_working_trees_of_a_repository_share_one_store(tmp_path: Path) -> None:
    top = repos.make_repository(tmp_path / "a")
    places = [top, top / "src", top / ".git"]
    places += [repos.add_worktree(top, tmp_path / f"w{number}", f"b{number}") for number in range(3)]
    stores = {store_path(get_place(start), {}, "") for start in places}
    assert stores == {real(str(tmp_path)) + "/a/.mnemo/mnemo.db"}
    assert len({get_place(start).worktree for start in places}) == 4


def test_a_relative_start_is_seen_from_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repos.make_repository(tmp_path / "a") / "src")
    assert find_place(".") == find_place("..") == find_place(tmp_path / "a")


def garbage(root: Path) -> Path:
    repos.write(root, {".git": b"\xff\x00 nothing that git wrote"})
    return root


def empty_file(root: Path) -> Path:
    repos.write(root, {".git": ""})
    return root


def link_to_nowhere(root: Path) -> Path:
    repos.write(root, {".git": "gitdir: /nowhere/at/all\n"})
    return root


def link_to_itself(root: Path) -> Path:
    return repos.link(root / ".git", ".git").parent


def link_to_what_is_no_repository(root: Path) -> Path:
    repos.write(root, {".git": "gitdir: other\n", "other/HEAD": "ref: refs/heads/main\n"})
    return root


def gone_main_tree(root: Path) -> Path:
    top = repos.make_repository(root / "a")
    tree = repos.add_worktree(top, root / "w", "feature")
    top.rename(root / "moved")
    return tree


def pipe(root: Path) -> Path:
    os.mkfifo(root / ".git")
    return root


def head_is_a_pipe(root: Path) -> Path:
    repos.make_repository(root)
    (root / ".git" / "HEAD").unlink()
    os.mkfifo(root / ".git" / "HEAD")
    return root


def head_is_garbage(root: Path) -> Path:
    repos.make_repository(root)
    repos.write(root, {".git/HEAD": "ref: ../../secrets\n"})
    return root


def without_objects(root: Path) -> Path:
    repos.write(root, {".git/HEAD": "ref: refs/heads/main\n", ".git/refs/heads/x": ""})
    return root


def names_that_no_file_can_have(root: Path) -> str:
    return f"{root}/a\0b"


def half_a_character(root: Path) -> str:
    return f"{root}/\ud800"


def much_too_long(root: Path) -> Path:
    return root / ("x" * 300) / ("y" * 5000)


NOWHERE = [
    lambda root: root, garbage, empty_file, link_to_nowhere, link_to_itself, link_to_what_is_no_repository,
    gone_main_tree, pipe, head_is_a_pipe, head_is_garbage, without_objects, names_that_no_file_can_have,
    half_a_character, much_too_long,
]  # fmt: skip


@pytest.mark.parametrize("make", NOWHERE, ids=lambda make: make.__name__)
def test_what_is_no_repository_is_not_taken_for_one(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    start = make(tmp_path)
    assert find_place(start) is None
    with pytest.raises(NotARepository) as caught:
        get_place(start)
    assert caught.value.message == "Not in a Git repository."
    assert "\n" not in caught.value.fix
    assert str(tmp_path) in caught.value.fix


def test_a_git_file_that_leads_nowhere_does_not_let_an_outer_repository_answer(tmp_path: Path) -> None:
    top = repos.make_repository(tmp_path / "a")
    link_to_nowhere(top / "src")
    assert find_place(top / "src") is None
    assert find_place(top) is not None


def test_a_folder_in_a_clone_cannot_pass_for_another_repositorys_working_tree(tmp_path: Path) -> None:
    private = repos.make_repository(tmp_path / "private")
    hostile = repos.make_repository(tmp_path / "hostile")
    brought = {
        "HEAD": "ref: refs/heads/main\n",
        "commondir": f"{private}/.git\n",
        "objects/x": "",
        "refs/x": "",
    }
    repos.write(hostile / "docs", brought)
    assert get_place(hostile / "docs").common_dir == os.path.realpath(hostile / ".git")


def test_settings_of_a_bare_repository_in_a_clone_do_not_move_the_working_tree(tmp_path: Path) -> None:
    hostile = repos.make_repository(tmp_path / "hostile")
    inner = repos.make_bare(hostile / "docs", hostile)
    repos.write(inner, {"config": f"[core]\n\tbare = false\n\tworktree = {tmp_path}\n"})
    assert get_place(inner).top is None


def test_a_setting_for_the_store_names_a_folder_or_a_file(tmp_path: Path) -> None:
    place = get_place(repos.make_unborn(tmp_path / "a"))
    root = os.path.realpath(tmp_path)
    (tmp_path / "folder.db").mkdir()
    for value, path in {
        f"{root}/kept": "kept/mnemo.db",
        f"{root}/kept/": "kept/mnemo.db",
        f"{root}/team.db": "team.db",
        f"{root}/folder.db": "folder.db/mnemo.db",
        "kept": "a/kept/mnemo.db",
        "../one.db": "one.db",
        "~/kept": "home/kept/mnemo.db",
        "~": "home/mnemo.db",
        "": "a/.mnemo/mnemo.db",
        "${MNEMO_STORE}": "a/.mnemo/mnemo.db",
    }.items():
        assert store_path(place, {"MNEMO_STORE": value}, f"{root}/home") == f"{root}/{path}"


def test_a_relative_setting_means_the_same_store_in_every_working_tree(tmp_path: Path) -> None:
    top = repos.make_repository(tmp_path / "a")
    places = [get_place(top), get_place(repos.add_worktree(top, tmp_path / "b" / "w", "feature"))]
    assert len({store_path(place, {"MNEMO_STORE": "kept"}, "") for place in places}) == 1


def test_a_name_is_composed_only_where_that_is_the_same_file(tmp_path: Path) -> None:
    decomposed = unicodedata.normalize("NFD", "café")
    top = repos.make_unborn(tmp_path / decomposed)
    place = get_place(top)
    assert place.top is not None
    assert os.path.samefile(place.top, top)
    (tmp_path / repos.native("café")).mkdir(exist_ok=True)
    assert get_place(top).git_dir == place.git_dir


def test_a_place_is_the_same_under_an_ascii_locale(tmp_path: Path) -> None:
    top = repos.make_unborn(tmp_path / "ü")
    program = (
        "import os, sys; from mnemo.repo.location import get_place;"
        "print(os.fsencode(get_place(chr(252)).top).decode('utf-8').encode('unicode_escape').decode())"
    )
    environ = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONPATH": os.pathsep.join(sys.path)}
    answer = subprocess.check_output([sys.executable, "-c", program], cwd=tmp_path, env=environ, text=True)
    told = os.fsencode(os.path.realpath(top)).decode("utf-8")
    assert answer.strip() == told.encode("unicode_escape").decode()


SPACE = st.sampled_from(["", " ", "\t", "  "])
PART = st.sampled_from(
    ["a", "B1", " ", "\\n", "\\t", "\\\\", '\\"', '"', "#", ";", "=", "[x]", "\\\n", "ü", "/", ".", "true"]
)
VALUE = st.lists(PART, max_size=6).map("".join)
NAME = st.sampled_from(["bare", "worktree", "x-1", "Bare"])
HEADER = st.sampled_from(["[core]", "[Core]", '[filter "a b"]', '[a "x\\"y.z"]', "[a.b]", "# note", ""])


@settings(max_examples=120)
@given(
    st.lists(st.tuples(HEADER, SPACE, NAME, SPACE, st.one_of(st.none(), VALUE)), max_size=4), st.booleans()
)
def test_settings_read_as_git_reads_them(
    rows: list[tuple[str, str, str, str, str | None]], crlf: bool
) -> None:
    lines = [
        f"{header}\n{indent}{name}" + ("" if value is None else f"{space}={space}{value}")
        for header, indent, name, space, value in rows
    ]
    text = "\n".join(lines) + "\n"
    text = text.replace("\n", "\r\n") if crlf else text
    said = ask_git(text)
    if said is not None:
        assert parse_settings(text) == said
    else:
        parse_settings(text)


def ask_git(text: str) -> dict[str, str] | None:
    """Let git read settings; None where it refuses them."""
    command = ["git", "config", "--file", "-", "--null", "--list"]
    run = subprocess.run(command, input=text.encode(), capture_output=True)
    if run.returncode:
        return None
    pairs = [item.partition("\n") for item in run.stdout.decode().split("\0")[:-1]]
    return {name: value if newline else "true" for name, newline, value in pairs}


@given(st.text())
def test_any_text_can_be_read_as_settings(text: str) -> None:
    assert isinstance(parse_settings(text), dict)


@pytest.mark.parametrize("value", ["true", "Yes", "on", "1", "10k", "-1", "010"])
def test_a_value_that_git_takes_as_true_is_true(value: str) -> None:
    assert is_true(value)


@pytest.mark.parametrize("value", ["false", "No", "off", "0", "", "00", "maybe", "1.5"])
def test_a_value_that_git_does_not_take_as_true_is_not(value: str) -> None:
    assert not is_true(value)


def test_a_place_is_plain_text() -> None:
    assert Place(None, "/a", "/a", "main") == (None, "/a", "/a", "main")
