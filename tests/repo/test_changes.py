"""What git's listings say, and how alike files are."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnemo.errors import Invalid
from mnemo.repo import changes
from mnemo.repo.changes import Change, Entry, Worktree

A, B, NONE = "a" * 40, "b" * 40, "0" * 40
NAMES = st.binary(min_size=1, max_size=12).filter(lambda name: b"\0" not in name and not name.endswith(b"/"))


def raw(old: str, new: str, letter: str, *paths: bytes) -> bytes:
    return f":100644 100644 {old} {new} {letter}".encode() + b"\0" + b"\0".join(paths) + b"\0"


def test_a_diff_is_parsed() -> None:
    listing = raw(A, B, "M", b"a b\n") + raw(NONE, A, "A", b"\xff") + raw(A, NONE, "D", b"c")
    assert changes.parse_changes(listing + raw(A, B, "R086", b"old", b"new")) == [
        Change("M", A, B, "a b\n", "a b\n"),
        Change("A", "", A, "\udcff", "\udcff"),
        Change("D", A, "", "c", "c"),
        Change("R", A, B, "old", "new"),
    ]
    assert changes.parse_changes(b"") == []


@given(st.lists(st.tuples(NAMES, NAMES), max_size=5))
def test_any_names_come_through_a_diff(names: list[tuple[bytes, bytes]]) -> None:
    listing = b"".join(raw(A, B, "R100", old, new) + raw(A, B, "M", old) for old, new in names)
    found = changes.parse_changes(listing)
    expected = [pair for old, new in names for pair in ((old, new), (old, old))]
    assert [(changes.as_bytes(c.path), changes.as_bytes(c.renamed)) for c in found] == expected


@given(st.lists(NAMES, max_size=6))
def test_any_names_come_through_a_listing(names: list[bytes]) -> None:
    staged = b"".join(b"H 100644 %s 0\t%s\0? %s\0" % (A.encode(), name, name) for name in names)
    found = changes.parse_files(staged, staged=True)
    assert [(e.tag, e.oid, changes.as_bytes(e.path)) for e in found] == [
        each for name in names for each in (("H", A, name), ("?", "", name))
    ]
    plain = b"".join(b"C %s\0" % name for name in names)
    assert [changes.as_bytes(e.path) for e in changes.parse_files(plain, staged=False)] == names


def test_nested_repositories_and_submodules_are_left_out() -> None:
    assert changes.parse_files(b"? nested/\0? a\0", staged=False) == [Entry("?", "", "a")]
    tree = f"100644 blob {A}\ta\0".encode() + f"160000 commit {B}\tlib\0".encode()
    assert changes.parse_tree(tree) == [Entry("H", A, "a")]
    index = f"100644 {A} 0\ta\0".encode() + f"160000 {B} 0\tlib\0".encode()
    assert changes.parse_tree(index) == [Entry("H", A, "a")]


def test_objects_are_found_or_missing() -> None:
    listing = f"{A} commit 12\nrefs/heads/x missing\n{A[:4]} ambiguous\n{B} tree 3\n".encode()
    assert changes.parse_objects(listing) == [A, None, None, B]


@given(st.dictionaries(st.text(max_size=4), st.one_of(st.none(), st.binary(max_size=40)), max_size=6))
def test_contents_of_any_kind_are_parsed(contents: dict[str, bytes | None]) -> None:
    listing = b"".join(
        b"x missing\n" if content is None else b"%s blob %d\n%s\n" % (A.encode(), len(content), content)
        for content in contents.values()
    )
    expected = {name: content for name, content in contents.items() if content is not None}
    assert changes.parse_contents(listing, list(contents)) == expected


def test_what_is_no_file_has_no_content() -> None:
    listing = f"{A} tree 3\nxyz\n{B} blob 1\n!\n".encode()
    assert changes.parse_contents(listing, ["tree", "file"]) == {"file": b"!"}


def test_working_trees_are_parsed() -> None:
    listing = f"""worktree /a b
HEAD {A}
branch refs/heads/x/y

worktree /c
HEAD {B}
detached
locked

worktree /d
HEAD {B}
branch refs/heads/z
prunable gitdir file points to non-existent location

worktree /e.git
bare

"""
    assert changes.parse_worktrees(listing.encode()) == [
        Worktree("/a b", "x/y"),
        Worktree("/c", "HEAD@bbbbbbb"),
    ]


def test_renames_one_upon_the_other_are_one() -> None:
    steps = [Change("R", A, B, old, new) for old, new in [("a", "b"), ("x", "y"), ("b", "c"), ("c", "d")]]
    assert changes.compose(steps) == {"a": "d", "x": "y"}


def test_two_files_that_swap_names_are_both_followed() -> None:
    steps = [Change("R", A, B, old, new) for old, new in [("a", "t"), ("b", "a"), ("t", "b")]]
    assert changes.compose(steps) == {"a": "b", "b": "a"}


def test_what_happened_to_a_path_is_told() -> None:
    staged = [Change(letter, old, new, path, path) for letter, old, new, path in [
        ("M", A, B, "back"), ("A", "", A, "gone"), ("A", "", A, "new"), ("D", A, "", "kept"),
        ("M", A, B, "m"),
    ]]  # fmt: skip
    work = [Entry(tag, oid, path) for tag, oid, path in [
        ("C", A, "back"), ("C", "", "gone"), ("?", A, "kept"), ("?", B, "free"), ("C", B, "c"),
        ("C", "", "d"),
    ]]  # fmt: skip
    assert changes.kinds(staged, work) == {
        "new": "added", "m": "modified", "free": "untracked", "c": "modified", "d": "deleted",
    }  # fmt: skip


@given(
    st.dictionaries(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), st.just(A))
)
def test_a_state_has_one_hash_in_any_order(state: dict[str, str]) -> None:
    turned = dict(reversed(state.items()))
    assert changes.state_hash(state) == changes.state_hash(turned)
    assert changes.state_hash(state) != changes.state_hash({**state, "another\n": B})


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
@pytest.mark.parametrize("content", [b"", b"x\r\n", b"\0" * (1 << 20) + b"end"])
def test_a_file_is_hashed_as_git_hashes_it(tmp_path: Path, algorithm: str, content: bytes) -> None:
    subprocess.run(["git", "init", "-q", f"--object-format={algorithm}", tmp_path], check=True)
    path = tmp_path / "file"
    path.write_bytes(content)
    command = ["git", "-C", tmp_path, "hash-object", "--no-filters", path]
    said = subprocess.check_output(command, text=True).strip()
    assert changes.blob_id(bytes(path), algorithm) == changes.object_id("blob", content, algorithm) == said


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    (tmp_path / "large").write_bytes(b"x" * (changes.LARGEST_COMPARED + 1))
    for name in ("pipe", "link", "large", "nothing", "."):
        assert changes.read_small(bytes(tmp_path / name)) is None
    for name in ("pipe", "nothing", ".", "large/inner"):
        assert changes.blob_id(bytes(tmp_path / name), "sha1") == ""
    assert changes.blob_id(bytes(tmp_path / "link"), "sha1") == changes.object_id("blob", b"pipe", "sha1")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_differs_from_every_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch(0o000)
    assert changes.blob_id(bytes(tmp_path / "file"), "sha1") == "unreadable"


@pytest.mark.parametrize(
    ("path", "places", "inside"),
    [
        ("a/b/c", {"a"}, True),
        ("a/b/c", {"a/b"}, True),
        ("a/b/c", {"a/b/c"}, True),
        ("a/b/c", {"b", "a/b/c/d", "a/bb"}, False),
        ("ab", {"a"}, False),
        ("a", {"."}, True),
        ("a", {""}, True),
        ("a", set(), False),
    ],
)
def test_a_path_is_in_a_folder_or_not(path: str, places: set[str], inside: bool) -> None:
    assert changes.is_within(path, places) is inside


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_likeness_is_a_share(a: bytes, b: bytes) -> None:
    assert 0 <= changes.likeness(a, b) == changes.likeness(b, a) <= 1
    assert changes.likeness(a, a) == (1 if a else 0)


def test_files_are_paired_with_the_likest_and_only_once() -> None:
    text = b"".join(b"line %d\n" % number for number in range(30))
    near, far = text + b"more\n", text.replace(b"line 1", b"row 1")
    assert changes.pair_files({"a": text}, {"near": near, "far": far, "none": None}) == {"a": "near"}
    assert changes.pair_files({"a": text, "b": text}, {"near": near}) == {"a": "near"}
    assert changes.pair_files({"a": text, "b": near}, {"x": near, "y": text}) == {"a": "y", "b": "x"}
    assert changes.pair_files({"a": b"", "b": b"x\n"}, {"x": b"", "y": b"y\n"}) == {}


def test_many_files_are_paired_when_they_are_equal() -> None:
    lost = {f"old{number}": b"%d\n" % number for number in range(60)}
    found: dict[str, bytes | None] = {f"new{number}": b"%d\n" % number for number in range(60)}
    assert changes.pair_files(lost, found) == {f"old{number}": f"new{number}" for number in range(60)}


@pytest.mark.parametrize("name", ["a\0b", "\ud800"])
def test_what_git_cannot_store_is_no_name(name: str) -> None:
    with pytest.raises(Invalid, match="cannot be a name in git"):
        changes.as_bytes(name)


@given(st.binary(max_size=20).filter(lambda name: b"\0" not in name))
def test_every_name_comes_back_as_it_was(name: bytes) -> None:
    assert changes.as_bytes(changes.as_text(name)) == name


@given(st.binary())
def test_a_complaint_is_one_short_line(error: bytes) -> None:
    said = changes.complaint(error)
    assert len(said) <= 200
    assert len(said.splitlines()) <= 1


def test_the_reason_is_picked_from_a_complaint() -> None:
    assert changes.complaint(b"warning: x\nfatal: bad thing\nhint: y\n") == "bad thing"
    assert changes.complaint(b"\n") == "it said nothing"
