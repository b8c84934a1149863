"""Real git repositories for tests: each function makes one and answers with its path.

git runs without the configuration of whoever runs the suite, without hooks and templates, and at a fixed
date, so that the same files give the same hashes.
"""

from __future__ import annotations

import atexit
import functools
import hashlib
import os
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

FILES: Mapping[str, str] = {"README.md": "# A project\n", "src/app.py": "def main():\n    return 1\n"}
EPOCH = 1_700_000_000
ISOLATION = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.com",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.com",
}
SETTINGS = (
    "init.defaultBranch=main",
    "core.hooksPath=/dev/null",
    "protocol.file.allow=always",
    "advice.detachedHead=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "commit.gpgSign=false",
)


def git(folder: str | Path, *arguments: str, when: int = 0, check: bool = True) -> str:
    """Run git in a folder and return what it printed, the last line end taken off.

    Args:
        folder: where.
        arguments: the command.
        when: seconds after the fixed date, for commits that must differ in time.
        check: whether a failure fails the test.
    """
    date = f"{EPOCH + when} +0000"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environ = kept | ISOLATION | {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
    options = [part for setting in SETTINGS for part in ("-c", setting)]
    command = ["git", *options, *map(native, arguments)]
    run = subprocess.run(
        command, cwd=native(folder), env=environ, capture_output=True, stdin=subprocess.DEVNULL
    )
    if check and run.returncode:
        raise AssertionError(f"git {' '.join(arguments)}: {run.stderr.decode(errors='replace')}")
    return run.stdout.decode("utf-8", "surrogateescape").removesuffix("\n")


def native(name: str | Path) -> str:
    """Return a name as the functions of os take it, also under an ASCII locale."""
    return os.fsdecode(str(name).encode("utf-8", "surrogateescape"))


def write(top: str | Path, files: Mapping[str, str | bytes | None]) -> None:
    """Write files below a folder; None deletes one."""
    for name, content in files.items():
        path = Path(native(top), native(name))
        if content is None:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def make_unborn(path: str | Path, *options: str) -> Path:
    """Make a repository whose branch main has no commit yet.

    Args:
        path: its top; parents are made.
        options: further options of git init.
    """
    top = Path(native(path))
    top.mkdir(parents=True, exist_ok=True)
    git(top, "init", "--quiet", "--template=", *options)
    return top


def make_repository(
    path: str | Path, files: Mapping[str, str | bytes] | None = None, message: str = "First"
) -> Path:
    """Make a repository on branch main with one commit.

    Args:
        path: its top; parents are made.
        files: what the commit holds; FILES when left out.
        message: of the commit.
    """
    made = _pattern(tuple((FILES if files is None else files).items()), message)
    top = Path(native(path))
    shutil.copytree(made, top, copy_function=shutil.copy, dirs_exist_ok=True)
    _settle(top)
    return top


@functools.cache
def _pattern(files: tuple[tuple[str, str | bytes], ...], message: str) -> Path:
    """Make a repository once for all that are to be like it: git costs ten times what copying does."""
    top = make_unborn(tempfile.mkdtemp(dir=_patterns()))
    commit(top, message, dict(files))
    return top


@functools.cache
def _patterns() -> str:
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _settle(top: Path) -> None:
    """Note in the index where and when its files were written, as a checkout does; else they look changed."""
    path = top / ".git" / "index"
    index = bytearray(path.read_bytes()[:-20])
    at = 12  # signature, version, and the number of entries
    for _ in range(int.from_bytes(index[8:12], "big")):
        name = bytes(index[at + 62 : index.index(0, at + 62)])
        found = os.lstat(os.path.join(os.fsencode(top), name))
        times = [part for ns in (found.st_ctime_ns, found.st_mtime_ns) for part in divmod(ns, 10**9)]
        struct.pack_into(">6L", index, at, *times, found.st_dev & 0xFFFFFFFF, found.st_ino & 0xFFFFFFFF)
        at += (62 + len(name)) // 8 * 8 + 8
    path.write_bytes(index + hashlib.sha1(index).digest())


def commit(
    path: str | Path,
    message: str = "Change",
    files: Mapping[str, str | bytes | None] | None = None,
    when: int = 0,
) -> str:
    """Write files, commit everything, and return the commit's hash.

    Args:
        path: the working tree.
        message: of the commit.
        files: what to write before; None deletes one. Left out, the commit may be empty.
        when: seconds after the fixed date.
    """
    write(path, files or {})
    git(path, "add", "--all")
    git(path, "commit", "--quiet", "--allow-empty", "--no-verify", "-m", message, when=when)
    return head(path)


def head(path: str | Path) -> str:
    """Return the hash of the commit that is checked out, without a process where a plain file holds it."""
    folder = Path(native(path), ".git")
    try:
        said = (folder / "HEAD").read_text().strip()
        return (folder / said[5:]).read_text().strip() if said.startswith("ref: ") else said
    except OSError:
        return git(path, "rev-parse", "HEAD")


def checkout(path: str | Path, branch: str, new: bool = False) -> None:
    """Check out a branch, made anew from what is checked out when new."""
    git(path, "checkout", "--quiet", *(["-b"] if new else []), branch)


def merge(path: str | Path, branch: str, *options: str, when: int = 0) -> str:
    """Merge a branch with a merge commit (or by options such as --squash) and return HEAD's hash."""
    way = options or ("--no-ff",)
    git(path, "merge", "--quiet", *way, "-m", f"Merge {branch}", branch, when=when)
    return head(path)


def add_worktree(repository: str | Path, path: str | Path, branch: str, *options: str) -> Path:
    """Make a linked working tree on a new branch (or as options say, such as --detach)."""
    way = options or ("-b", branch)
    git(repository, "worktree", "add", "--quiet", *way, str(path), *([] if "-b" in way else [branch]))
    return Path(path)


def make_bare(path: str | Path, source: str | Path) -> Path:
    """Clone a repository as a bare one."""
    git(source, "clone", "--quiet", "--bare", "--template=", str(source), str(path))
    return Path(path)


def clone(path: str | Path, source: str | Path, *options: str) -> Path:
    """Clone a repository, over the file protocol so that --depth and --filter hold."""
    git(source, "clone", "--quiet", "--template=", *options, f"file://{source}", str(path))
    return Path(path)


def make_shallow(path: str | Path, source: str | Path) -> Path:
    """Clone only the newest commit of a repository."""
    return clone(path, source, "--depth=1")


def add_submodule(repository: str | Path, source: str | Path, name: str = "lib") -> Path:
    """Add a repository as a submodule, commit that, and return the submodule's top."""
    git(repository, "submodule", "--quiet", "add", f"file://{source}", name)
    git(repository, "commit", "--quiet", "-m", f"Add {name}")
    return Path(repository, name)


def make_separate(path: str | Path, git_dir: str | Path) -> Path:
    """Make a repository whose git directory lies elsewhere, with one commit."""
    Path(git_dir).parent.mkdir(parents=True, exist_ok=True)
    make_unborn(path, f"--separate-git-dir={git_dir}")
    commit(path, "First", FILES)
    return Path(path)


def make_detached(path: str | Path) -> Path:
    """Make a repository with one commit and a detached HEAD."""
    make_repository(path)
    git(path, "checkout", "--quiet", "--detach")
    return Path(path)


def link(path: str | Path, target: str | Path) -> Path:
    """Make a symbolic link and return its path."""
    os.symlink(target, path)
    return Path(path)
