"""Files are read as they are now, and nothing outside the repository ever is."""

from __future__ import annotations

import os
import shutil
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnemo.errors import Invalid
from mnemo.repo import files
from mnemo.repo.files import NotText, Unreadable, WorkingTree, conflicted, secret
from mnemo.repo.recent import Recent
from tests.repo.trees import commit_tree, folder_tree, working_tree
from tests.repos import commit, link, make_repository, write

TREASURE = "the treasure lies outside"


@pytest.fixture
def tree(tmp_path: Path) -> WorkingTree:
    """A repository beside folders that must never be read: ../repo-evil, ../outside."""
    for name in ("repo-evil", "outside", "repo/.git", "repo/.mnemo", "repo/src/.git"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "a.py").write_text(TREASURE)
    (tmp_path / "secret.py").write_text(TREASURE)
    return folder_tree(tmp_path / "repo", {"src/a.py": "x = 1\n", "b.md": "hello\n"})


# {top} is the repository; each way leaves it and each target lies outside.
WAYS = (
    "../ ./../ src/../../ src/./../../ src//..//../ missing/../../ b.md/../../ ../repo/../ {top}/../"
    " {top}-evil/../ {parent}/ link-out/../ link-up/ src/link-up/ link-up/repo/../ chain/"
    " link-up/outside/../"
).split()
TARGETS = ["repo-evil/a.py", "outside/a.py", "secret.py", "repo-evil", "outside", ""]
PRIVATE = (
    ".git .mnemo .GIT .Mnemo .git/a.py .mnemo/a.py src/.git/a.py src/../.git/a.py .GiT/a.py git~1/a.py"
    " .git./a.py {top}/.git/a.py link-git/a.py link-git link-config src/link-mnemo/a.py"
    " ./.mnemo/../.git/a.py src/.GIT/a.py .mnemo/../.mnemo/a.py link-loop-git/a.py src/.mnemo"
).split()
ELSEWHERE = (
    "/ /etc/passwd /etc/../etc/passwd {top}-evil/a.py {top}.evil {top}evil/a.py"
    " /proc/self/root{parent}/secret.py /proc/self/cwd/a.py /dev/null //etc/passwd {upper}/src/a.py"
    " {top}/../repo-evil/a.py {top}/link-out {top}/link-file link-out link-out/a.py link-file"
    " link-evil/a.py link-dangling src/link-out/a.py .. ../ ../.. ../../.. src/../.. ./.."
    " src/../../repo-evil/./a.py ../REPO-EVIL"
).split()
SPELLINGS = [
    "", " ", "\t", "..\\secret.py", "src\\..\\..\\secret.py", "C:\\secret.py", "\\\\host\\share", "\\etc",
    "\0", "src/a.py\0", "src/\n/a.py", "src/a\x1b.py", "src/\x7f.py", "\ud800", "src/\udcff", "a" * 5000,
    ".git /a.py", ".g\u200cit/a.py", ".\ufeffmnemo/a.py",
]  # fmt: skip


def escapes(top: Path) -> list[str]:
    """List paths that leave the repository at top, or enter what is not its content."""
    outside = [way + target for way in WAYS for target in TARGETS]
    deep = ["../" * depth + "etc/passwd" for depth in range(1, 40)]
    forms = {"top": top, "parent": top.parent, "upper": str(top).upper()}
    named = [path.format(**forms) for path in [*outside, *PRIVATE, *ELSEWHERE]]
    return sorted({*named, *deep, *SPELLINGS})


@pytest.fixture
def linked(tree: WorkingTree) -> WorkingTree:
    """The repository with links that lead astray."""
    top = Path(tree.root)
    for where, target in {
        "link-out": "../outside", "link-evil": "../repo-evil", "link-file": "../secret.py", "link-up": "..",
        "link-dangling": "../nowhere/x", "chain": "link-up", "link-git": ".git", "link-config": ".git/a.py",
        "link-loop-git": "src/.git", "src/link-out": "../../outside", "src/link-up": "../..",
        "src/link-mnemo": "../.mnemo",
    }.items():  # fmt: skip
        link(top / where, target)
    return tree


def test_two_hundred_escapes_are_refused_and_named(linked: WorkingTree) -> None:
    paths = escapes(Path(linked.root))
    assert len(paths) >= 200
    for path in paths:
        with pytest.raises(Invalid) as problem:
            linked.relative(path)
        assert problem.value.fix
        assert "\n" not in problem.value.message


def test_no_escape_reads_a_byte(linked: WorkingTree) -> None:
    for path in escapes(Path(linked.root)):
        try:
            found = linked.read(path) is not None or linked.exists(path)
        except Invalid:
            found = False
        assert not found, path


@given(
    st.lists(st.sampled_from(["..", ".", "src", "a.py", ".git", "link-up", "x", "repo-evil", ""]), max_size=6)
)
def test_whatever_is_accepted_lies_inside(tmp_path_factory: pytest.TempPathFactory, parts: list[str]) -> None:
    top = tmp_path_factory.getbasetemp() / "walled" / "repo"
    if not top.exists():
        folder_tree_with_link(top)
    tree = WorkingTree(str(top), list)
    try:
        path = tree.relative("/".join(parts))
    except Invalid:
        return
    real = os.path.realpath(top / path)
    assert os.path.commonpath([real, os.path.realpath(top)]) == os.path.realpath(top)
    assert ".git" not in Path(path).parts
    assert tree.relative(path) == path


def folder_tree_with_link(top: Path) -> None:
    """Make a small folder with a link that leads up."""
    (top / "src").mkdir(parents=True)
    (top / "src" / "a.py").write_text("x = 1\n")
    (top.parent / "repo-evil").mkdir()
    link(top / "link-up", "..")


def test_a_path_is_accepted_however_it_is_spelled(tree: WorkingTree) -> None:
    spellings = [
        "src/a.py",
        "./src/a.py",
        "src//a.py",
        "src/../src/a.py",
        f"{tree.root}/src/a.py",
        "src/./a.py",
    ]
    assert {tree.relative(path) for path in spellings} == {"src/a.py"}
    assert tree.relative("missing/../src/new.py") == "src/new.py"
    assert tree.relative(tree.root) == tree.relative(".") == "."
    assert tree.relative("..name/x") == "..name/x"


def test_names_that_only_look_private_are_accepted(tree: WorkingTree) -> None:
    for path in (".gitignore", ".github/x.yml", "git", "mnemo/a.py", ".mnemonic", "src/.gitkeep"):
        assert tree.relative(path) == path


def test_a_root_given_through_a_link_is_the_same_root(tree: WorkingTree, tmp_path: Path) -> None:
    alias = WorkingTree(str(link(tmp_path / "alias", tree.root)), list)
    assert alias.relative(f"{tmp_path}/alias/src/a.py") == "src/a.py"
    assert alias.relative(f"{tree.root}/src/a.py") == "src/a.py"


def test_a_link_inside_keeps_its_name_and_is_read(tree: WorkingTree) -> None:
    link(Path(tree.root, "here.md"), "b.md")
    link(Path(tree.root, "code"), "src")
    assert tree.relative("here.md") == "here.md"
    assert tree.relative("code/a.py") == "code/a.py"
    assert tree.relative("code/../b.md") == "b.md"
    assert (tree.read("here.md"), tree.read("code/a.py")) == ("hello\n", "x = 1\n")


def test_a_link_put_in_later_is_not_followed_out(tree: WorkingTree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "SETTLED_NS", -(10**12))
    assert tree.read("src/a.py") == "x = 1\n"
    os.rename(Path(tree.root, "src"), Path(tree.root, "old"))
    link(Path(tree.root, "src"), "../outside")
    with pytest.raises(Invalid):
        tree.read("src/a.py")


def test_a_link_slipped_in_between_check_and_reading_is_refused(tree: WorkingTree) -> None:
    real = f"{tree.root}/src/a.py"
    os.unlink(real)
    link(real, "../../outside/a.py")
    with pytest.raises(OSError):
        tree._open(real)
    os.rename(Path(tree.root, "src"), Path(tree.root, "old"))
    link(Path(tree.root, "src"), "../outside")
    with pytest.raises(OSError):
        tree._open(real)


def test_a_loop_of_links_does_not_exist(tree: WorkingTree) -> None:
    link(Path(tree.root, "round"), "round")
    assert not tree.exists("round")
    assert tree.read("round") is None


def test_what_is_missing_is_none(tree: WorkingTree) -> None:
    for path in ("src/b.py", "no/such/folder.py", "b.md/deeper", "x" * 300, "src/" + "y" * 255):
        assert tree.read(path) is None
        assert not tree.exists(path)


def test_folders_exist_but_have_no_text(tree: WorkingTree) -> None:
    assert tree.exists("src")
    with pytest.raises(NotText):
        tree.read("src")


def test_a_pipe_does_not_hold_the_reader(tree: WorkingTree) -> None:
    os.mkfifo(Path(tree.root, "pipe"))
    with pytest.raises(NotText):
        tree.read("pipe")


def test_binary_and_too_large_files_are_told_apart(tree: WorkingTree) -> None:
    write(tree.root, {"b.dat": b"a\0b", "big.txt": b"x" * 2_000_001, "big.dat": b"\0" * 3_000_000})
    for path in ("b.dat", "big.dat"):
        with pytest.raises(NotText):
            tree.read(path)
    with pytest.raises(Unreadable) as problem:
        tree.read("big.txt")
    assert not isinstance(problem.value, NotText)
    assert len(tree.read("big.txt", 3_000_000) or "") == 2_000_001


def test_what_may_not_be_read_is_unreadable(tree: WorkingTree) -> None:
    path = Path(tree.root, "src/a.py")
    path.chmod(0)
    try:
        path.read_bytes()
    except PermissionError:
        with pytest.raises(Unreadable):
            tree.read("src/a.py")
    finally:
        path.chmod(0o600)


def test_line_ends_marks_and_odd_bytes_do_not_matter(tree: WorkingTree) -> None:
    write(tree.root, {"w.txt": b"\xef\xbb\xbfa\r\nb\rc\n", "odd.txt": b"caf\xe9\n"})
    assert tree.read("w.txt") == "a\nb\nc\n"
    assert tree.read("odd.txt") == "caf\N{REPLACEMENT CHARACTER}\n"


def test_a_decomposed_name_is_found_by_its_composed_form(tree: WorkingTree) -> None:
    decomposed = unicodedata.normalize("NFD", "ordnér/café.py")
    write(tree.root, {decomposed: "x\n"})
    composed = unicodedata.normalize("NFC", decomposed)
    assert tree.relative(decomposed) == tree.relative(composed) == composed
    assert tree.read(composed) == "x\n"
    assert composed in tree.list_files()
    assert tree.read("ordnér/cafe.py") is None


def test_a_name_that_is_no_utf_8_is_read_but_cannot_be_anchored(tree: WorkingTree) -> None:
    with open(os.fsencode(tree.root) + b"/caf\xe9.py", "wb") as file:
        file.write(b"x = 2\n")
    name = b"caf\xe9.py".decode("utf-8", "surrogateescape")
    assert tree.read(name) == "x = 2\n"
    assert tree.exists(name)
    with pytest.raises(Invalid):
        tree.relative(name)


def test_a_fresh_file_is_read_again_and_a_settled_one_is_not(
    tree: WorkingTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tree.root, {"c.txt": "long enough"})
    assert tree.read("c.txt") is not tree.read("c.txt")
    monkeypatch.setattr(files, "SETTLED_NS", -(10**12))
    assert tree.read("c.txt") is tree.read("c.txt")


def test_a_settled_file_that_changes_is_read_again(
    tree: WorkingTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "SETTLED_NS", -(10**12))
    path = Path(tree.root, "b.md")
    os.utime(path, ns=(10**18, 10**18))
    assert tree.read("b.md") == "hello\n"
    path.write_text("jello\n")
    os.utime(path, ns=(10**18, 10**18))
    assert tree.read("b.md") == "jello\n"
    write(tree.root, {"new": "cello\n"})
    os.replace(Path(tree.root, "new"), path)
    os.utime(path, ns=(10**18, 10**18))
    assert tree.read("b.md") == "cello\n"
    path.unlink()
    assert tree.read("b.md") is None


def test_tracked_files_that_cannot_hold_text_are_left_out(tmp_path: Path) -> None:
    top = make_repository(
        tmp_path / "repo", {"a.py": "", "b.PNG": b"\x89", "c/d.md": "", "e": "", "f.sqlite": ""}
    )
    write(top, {"untracked.py": ""})
    assert working_tree(top).list_files() == ["a.py", "c/d.md", "e"]
    assert commit_tree(top).list_files() == ["a.py", "c/d.md", "e"]


def test_a_commit_is_read_without_a_checkout(tmp_path: Path) -> None:
    top = make_repository(tmp_path / "repo", {"src/a.py": "x = 1\n", "café.md": "é\n", "b.bin": b"a\0b\n"})
    first = commit_tree(top)
    commit(top, "Second", {"src/a.py": "x = 2\n", "new.py": "y = 1\n"})
    assert (first.read("src/a.py"), commit_tree(top).read("src/a.py")) == ("x = 1\n", "x = 2\n")
    assert first.read("new.py") is None
    assert first.read("café.md") == "é\n"
    assert [first.exists(path) for path in ("src/a.py", "src", "new.py", "sr")] == [True, True, False, False]
    with pytest.raises(NotText):
        first.read("b.bin")
    with pytest.raises(NotText):
        first.read("src")
    with pytest.raises(Unreadable):
        commit_tree(top).read("src/a.py", 3)


def test_files_of_a_commit_are_loaded_at_once_and_then_read_without_asking(tmp_path: Path) -> None:
    top = make_repository(tmp_path / "repo", {"a.py": "x = 1\n", "b.py": "x = 2\n", "c.bin": b"a\0b\n"})
    tree = commit_tree(top)
    tree.load(["a.py", "b.py", "c.bin", "gone.py"])
    assert tree.read("gone.py") is None
    with pytest.raises(NotText):
        tree.read("c.bin")
    shutil.rmtree(top / ".git")
    assert [tree.read(path) for path in ("a.py", "b.py")] == ["x = 1\n", "x = 2\n"]


def test_a_commit_has_nothing_outside(tmp_path: Path) -> None:
    tree = commit_tree(make_repository(tmp_path / "repo", {"src/a.py": "x = 1\n"}))
    assert tree.relative("./src/../src/a.py") == "src/a.py"
    for path in ("../x", "/etc/passwd", ".git/config", "src/../../x", "", "a\\b", ".."):
        with pytest.raises(Invalid):
            tree.relative(path)


@pytest.mark.parametrize(
    "path",
    (
        ".env .env.local a/.env.production prod.env server.pem tls/site.key id_rsa .ssh/id_ed25519"
        " .ssh/config credentials credentials.json Credentials.yml .aws/credentials secrets.toml .netrc"
        " .npmrc .pypirc store.p12 main.tfvars terraform.tfstate .git-credentials .htpasswd ID_RSA"
        " service-account.json"
    ).split(),
)
def test_files_that_usually_hold_secrets_are_known(path: str) -> None:
    assert secret(path)


@pytest.mark.parametrize(
    "path",
    (
        ".env.example env.py environment.ts credentials.py src/secrets.go keys.py id_rsa.pub monkey.py"
        " .env.sample docs/secret.md key.md pem/README.md"
    ).split(),
)
def test_code_and_examples_are_no_secrets(path: str) -> None:
    assert not secret(path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> main\n", True),
        ("<<<<<<< HEAD\nb\n||||||| base\nx\n=======\nc\n>>>>>>> 1234 (x)", True),
        ("Title\n=======\n", False),
        ("    <<<<<<< HEAD\n    =======\n    >>>>>>> main\n", False),
        (">>>>>>> main\n=======\n<<<<<<< HEAD\n", False),
        ("<<<<<<< HEAD\nb\n>>>>>>> main\n", False),
        ("", False),
    ],
)
def test_conflict_markers_count_only_as_git_writes_them(text: str, expected: bool) -> None:
    assert conflicted(text) is expected


def test_of_a_file_saved_again_and_again_only_the_last_version_is_kept(tree: WorkingTree) -> None:
    made: Recent[str] = Recent(1_000, lambda text: (text,))
    for number in range(3):
        write(tree.root, {"c.txt": f"version {number}"})
        text = tree.read("c.txt") or ""
        made.put(text, "made of it", 1)
    assert [made.find(f"version {number}") for number in range(3)] == [None, None, "made of it"]
