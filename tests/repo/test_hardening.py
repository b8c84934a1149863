"""A repository that names commands in every way git knows, and none of them runs."""

from __future__ import annotations

import contextlib
import inspect
import os
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mnemo.errors import MnemoError, Refused
from mnemo.repo import blame, commits, hardening, landing
from mnemo.repo.git import Git
from mnemo.repo.head import operation, read_head, resolve
from mnemo.repo.location import get_place
from tests import repos

Trap = Callable[[Path, str], None]


def configure(top: Path, **settings: str) -> None:
    """Set keys, two underscores for a dot and one for a dash."""
    for name, value in settings.items():
        repos.git(top, "config", name.replace("__", ".").replace("_", "-"), value)


def attributes(top: Path, line: str) -> None:
    repos.commit(top, "Attributes", {".gitattributes": line + "\n"})


def loosen(top: Path) -> None:
    """Make git doubt what its index says, so that it looks into the files."""
    for path in (top / "README.md", top / "src" / "app.py"):
        os.utime(path, (1, 1))


def monitor(top: Path, script: str) -> None:
    configure(top, core__fsmonitor=script)


def clean_filter(top: Path, script: str) -> None:
    attributes(top, "* filter=evil")
    configure(top, filter__evil__clean=script, filter__evil__required="true")
    loosen(top)


def clean_filter_of_an_odd_name(top: Path, script: str) -> None:
    attributes(top, "* filter=e.v-Il")
    repos.git(top, "config", "filter.e.v-Il.clean", script)
    loosen(top)


def filter_process(top: Path, script: str) -> None:
    attributes(top, "* filter=evil")
    configure(top, filter__evil__process=script)
    loosen(top)


def filter_of_local_attributes(top: Path, script: str) -> None:
    repos.write(top, {".git/info/attributes": "* filter=evil\n"})
    configure(top, filter__evil__clean=script)
    loosen(top)


def filter_of_an_included_file(top: Path, script: str) -> None:
    attributes(top, "* filter=evil")
    repos.write(top, {".git/more": f'[filter "evil"]\n\tclean = {script}\n'})
    configure(top, include__path="more")
    loosen(top)


def text_conversion(top: Path, script: str) -> None:
    attributes(top, "* diff=evil")
    configure(top, diff__evil__textconv=script)
    repos.write(top, {"README.md": "changed\n"})


def diff_command(top: Path, script: str) -> None:
    attributes(top, "* diff=evil")
    configure(top, diff__evil__command=script)
    repos.write(top, {"README.md": "changed\n"})


def external_diff(top: Path, script: str) -> None:
    configure(top, diff__external=script)
    repos.write(top, {"README.md": "changed\n"})


def hooks(top: Path, script: str) -> None:
    names = "post-index-change reference-transaction fsmonitor-watchman pre-auto-gc post-checkout post-commit"
    for name in names.split():
        repos.write(top, {f"../hooks/{name}": Path(script).read_text()})
        (top / ".." / "hooks" / name).chmod(0o755)
    configure(top, core__hooksPath=str(top.parent / "hooks"))
    loosen(top)


def pager(top: Path, script: str) -> None:
    configure(top, core__pager=script, pager__ls_files=script, pager__log=script)


def signature_program(top: Path, script: str) -> None:
    body = repos.git(top, "cat-file", "commit", "HEAD")
    head, _, message = body.partition("\n\n")
    mark = "\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----"
    repos.write(top.parent, {"signed": f"{head}{mark}\n\n{message}\n"})
    commit = repos.git(top, "hash-object", "-t", "commit", "-w", str(top.parent / "signed"))
    repos.git(top, "update-ref", "HEAD", commit)
    configure(top, log__showSignature="true", gpg__program=script)


def alias(top: Path, script: str) -> None:
    configure(top, alias__x=f"!{script}", alias__ls_files=f"!{script}", alias__config=f"!{script}")


def promise(top: Path, **settings: str) -> None:
    """Lose a file's object that a remote promised to have."""
    repos.git(top, "gc", "--quiet", "--prune=now")
    blob = repos.git(top, "rev-parse", "HEAD:README.md")
    repos.git(top, "unpack-objects", "-q", "--strict", check=False)
    packs = [*(top / ".git" / "objects" / "pack").glob("*.pack")]
    moved = [pack.rename(top.parent / pack.name) for pack in packs]
    for pack in moved:
        with pack.open("rb") as content:
            subprocess.run(["git", "unpack-objects", "-q"], cwd=top, stdin=content, check=True)
    (top / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    configure(top, core__repositoryFormatVersion="1", extensions__partialClone="evil")
    configure(top, remote__evil__promisor="true", **settings)


def fetch_by_helper(top: Path, script: str) -> None:
    promise(top, remote__evil__url=f"ext::{script} %S", protocol__ext__allow="always")


def fetch_by_ssh(top: Path, script: str) -> None:
    promise(top, remote__evil__url="ssh://localhost/x", core__sshCommand=script, protocol__allow="always")


def fetch_by_upload_pack(top: Path, script: str) -> None:
    promise(top, remote__evil__url=str(top), remote__evil__uploadpack=script, protocol__file__allow="always")


def submodule_with_a_filter(top: Path, script: str) -> None:
    source = repos.make_repository(
        top.parent / "source", {**repos.FILES, ".gitattributes": "* filter=evil\n"}
    )
    inner = repos.add_submodule(top, source)
    configure(inner, filter__evil__clean=script, core__fsmonitor=script)
    loosen(inner)


STATUS, DIFF, MISSING = "git status", "git diff HEAD", "git cat-file -p HEAD:README.md"
TRAPS: list[tuple[Trap, str]] = [
    (monitor, STATUS),
    (clean_filter, STATUS),
    (clean_filter_of_an_odd_name, STATUS),
    (filter_process, STATUS),
    (filter_of_local_attributes, STATUS),
    (filter_of_an_included_file, STATUS),
    (text_conversion, DIFF),
    (diff_command, DIFF),
    (external_diff, DIFF),
    (hooks, STATUS),
    (pager, "git -p log"),
    (signature_program, "git log -1"),
    (alias, "git x"),
    (fetch_by_helper, MISSING),
    (fetch_by_ssh, MISSING),
    (fetch_by_upload_pack, MISSING),
    (submodule_with_a_filter, STATUS),
]

QUESTIONS: dict[str, Callable[[Git], object]] = {
    "head": lambda git: git.head(),
    "find_commit": lambda git: git.find_commit("main"),
    "root_commit": lambda git: git.root_commit(),
    "is_shallow": lambda git: git.is_shallow(),
    "default_branch": lambda git: git.default_branch(),
    "merge_base": lambda git: git.merge_base("main", "HEAD~1"),
    "contained": lambda git: git.contained([git.find_commit("HEAD") or "", "1" * 40], git.head()[1]),
    "tracked_files": lambda git: git.tracked_files(),
    "untracked_files": lambda git: git.untracked_files(),
    "iter_output": lambda git: [
        list(walk(git, commits.list_hashes(git))) for walk in (commits.iter_commits, commits.iter_patches)
    ],
    "list_tree": lambda git: git.list_tree("HEAD"),
    "blob": lambda git: git.blob("HEAD", "README.md"),
    "blobs": lambda git: git.blobs("HEAD~1", ["README.md", "src/app.py"]),
    "tree_hash": lambda git: (git.tree_hash(), git.tree_hash(["README.md", "src"])),
    "changed": lambda git: (git.changed(), git.changed("HEAD~1")),
    "is_dirty": lambda git: git.is_dirty(),
    "renames": lambda git: git.renames("HEAD~1"),
    "ignored": lambda git: git.ignored(["README.md", "a.log"]),
    "is_tracked": lambda git: git.is_tracked(".mnemo"),
    "branches": lambda git: git.branches(),
    "remote_branches": lambda git: git.remote_branches(),
    "worktrees": lambda git: git.worktrees(),
    "run": lambda git: (
        landing.find_work(git, git.head()[1], git.find_commit("HEAD~1") or ""),
        blame.list_blamed(git, git.head()[1], "README.md", 1, 1),
        blame.list_commits(git, git.head()[1], "README.md", 5),
        blame.compare(git, git.find_commit("HEAD~1") or "", git.head()[1]),
    ),
}


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """A repository with two commits, a deleted, a renamed and a new file."""
    top = repos.make_repository(tmp_path / "a")
    repos.commit(top, "Second", {"lost.py": "x = 1\n" * 9, "b.py": "y = 2\n" * 9})
    (top / "lost.py").rename(top / "moved.py")
    repos.git(top, "mv", "b.py", "c.py")
    return top


def arm(top: Path, trap: Trap) -> Path:
    """Set a trap, and return the file that appears when it is sprung."""
    marker, script = top.parent / "marker", top.parent / "run"
    script.write_text(f"#!/bin/sh\necho run >> {shlex.quote(str(marker))}\n")
    script.chmod(0o755)
    trap(top, str(script))
    assert not marker.exists()
    return marker


@pytest.mark.parametrize(("trap", "careless"), TRAPS, ids=[trap.__name__ for trap, _ in TRAPS])
def test_no_question_runs_what_a_repository_names(top: Path, trap: Trap, careless: str) -> None:
    marker = arm(top, trap)
    place = get_place(top)
    git = Git(place)
    for ask in QUESTIONS.values():
        with contextlib.suppress(MnemoError):
            ask(git)
    assert (read_head(place).branch, operation(place)) == ("main", None)
    assert resolve(place, "main")
    assert not marker.exists()
    run_carelessly(top, careless)
    assert marker.exists(), "the trap itself does not work"


def run_carelessly(top: Path, command: str) -> None:
    """Run a command as a person would, on a terminal where it asks for one."""
    terminal = os.openpty()
    out = terminal[1] if " -p " in command else subprocess.DEVNULL
    subprocess.run(command.split(), cwd=top, stdin=subprocess.DEVNULL, stdout=out, stderr=out, timeout=60)
    for end in terminal:
        os.close(end)


def test_every_question_is_asked_of_the_hostile_repository() -> None:
    public = {name for name, _ in inspect.getmembers(Git, inspect.isfunction) if not name.startswith("_")}
    assert public == set(QUESTIONS)


def test_an_object_that_only_a_remote_has_is_missing(top: Path) -> None:
    arm(top, fetch_by_upload_pack)
    git = Git(get_place(top))
    assert git.blob("HEAD", "README.md") is None
    assert git.blobs("HEAD", ["README.md", "src/app.py"]) == {
        "src/app.py": repos.FILES["src/app.py"].encode()
    }


def test_a_required_filter_does_not_hide_whether_files_changed(top: Path) -> None:
    repos.git(top, "reset", "--quiet", "--hard")
    repos.write(top, {"moved.py": None})
    arm(top, clean_filter)
    git = Git(get_place(top))
    assert git.changed() == {}
    repos.write(top, {"README.md": "changed\n"})
    assert git.changed() == {"README.md": "modified"}


def test_a_filter_that_cannot_be_switched_off_is_refused(top: Path) -> None:
    def trap(top: Path, script: str) -> None:
        attributes(top, "* filter=a=b")
        repos.write(top, {".git/more": f'[filter "a=b"]\n\tclean = {script}\n'})
        configure(top, include__path="more")
        loosen(top)

    marker = arm(top, trap)
    with pytest.raises(Refused, match="cannot be switched off"):
        Git(get_place(top)).changed()
    assert not marker.exists()


def test_filters_are_switched_off_by_their_whole_name() -> None:
    keys = b"filter.lfs.clean\0filter.lfs.process\0filter.a.b c.smudge\0filter.\xff.clean\0filter.clean\0"
    options = hardening.filters_off(keys)
    assert options[0::2] == ["-c"] * 9
    assert options[1:12:2] == [
        "filter.a.b c.clean=", "filter.a.b c.process=", "filter.a.b c.required=false",
        "filter.lfs.clean=", "filter.lfs.process=", "filter.lfs.required=false",
    ]  # fmt: skip
    assert os.fsencode(options[13]) == b"filter.\xff.clean="
    assert hardening.filters_off(b"") == []


def test_pointers_are_forgotten_only_where_there_are_some() -> None:
    assert hardening.forget_pointers({"HOME": "/a", "GIT_AUTHOR_NAME": "Ada", "GIT_CONFIG_COUNT": "0"}) == []
    assert hardening.forget_pointers({"GIT_DIR": "/a", "GIT_INDEX_FILE": ""}) == [
        "env", "-u", "GIT_DIR", "-u", "GIT_INDEX_FILE",
    ]  # fmt: skip
