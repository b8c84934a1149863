"""Questions that only git can answer, asked through GitPython.

Only plumbing is asked, and nothing that a repository names is run: hardening.py says how.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from mnemo.errors import MnemoError, NotFound, Refused
from mnemo.repo import changes, hardening, renaming
from mnemo.repo.changes import Change, Entry, Worktree, as_argument, as_bytes, as_text
from mnemo.repo.location import Place, find_place, parse_settings, read_bytes
from mnemo.repo.running import checked as _checked
from mnemo.repo.running import iter_pieces

if TYPE_CHECKING:
    from subprocess import CompletedProcess

LONGEST = 120.0  # seconds one command may take
MOST_PATHSPECS = 500  # of more paths, everything is listed and chosen from here

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


class Git:
    """One working tree, asked through git.

    Args:
        place: where it is.
    """

    def __init__(self, place: Place) -> None:
        self.place = place

    def head(self) -> tuple[str, str]:
        """Return the full ref HEAD points to (empty when detached) and its commit (empty when unborn)."""
        ref = as_text(self._ask("symbolic-ref", "--quiet", "HEAD").stdout).strip()
        return ref, self.find_commit("HEAD") or ""

    def find_commit(self, ref: str) -> str | None:
        """Return the commit of a branch, tag, hash or other revision, None when nothing is called so.

        Args:
            ref: a local branch of that name comes first, one known only from origin last.
        """
        return self._commits([ref])[0]

    def root_commit(self) -> str | None:
        """Return the oldest commit without parents, None when that cannot be known (unborn, shallow)."""
        if self.is_shallow():
            return None
        answer = self._ask("rev-list", "--max-parents=0", "--timestamp", "HEAD")
        if answer.returncode and not self.find_commit("HEAD"):
            return None
        lines = _checked("rev-list", answer).splitlines()
        return min((int(time), as_text(commit)) for time, commit in (line.split() for line in lines))[1]

    def is_shallow(self) -> bool:
        """Tell whether history is cut off here (a clone with --depth)."""
        return bool(read_bytes(os.path.join(self.place.common_dir, "shallow")))

    def default_branch(self) -> str:
        """Return the branch that work is merged into; empty when nothing tells.

        What origin calls its HEAD, else main, master or trunk, else init.defaultBranch where it exists, else
        the current branch.
        """
        names = [f"refs/heads/{name}" for name in ("main", "master", "trunk")]
        origin = "refs/remotes/origin/"
        lines = as_text(self.run("for-each-ref", "--format=%(refname) %(symref)", *names, f"{origin}HEAD"))
        known = dict(line.split(" ", 1) for line in lines.splitlines())
        if known.get(f"{origin}HEAD", "").startswith(origin):
            return known[f"{origin}HEAD"].removeprefix(origin)
        present = [name for name in names if name in known]
        if not present:
            name = as_text(self._ask("config", "--get", "init.defaultBranch").stdout).strip()
            present = [name] if name in self.branches() else [self.head()[0]]
        return present[0].removeprefix("refs/heads/")

    def merge_base(self, a: str, b: str) -> str | None:
        """Return the best common ancestor of two revisions, None when there is none or one is unknown."""
        first, second = self._commits([a, b])
        if first is None or second is None or first == second:
            return first and second
        return as_text(self._ask("merge-base", first, second).stdout).strip() or None

    def contained(self, commits: Iterable[str], head: str) -> set[str]:
        """Return those commits that are head or its ancestors; unknown ones are not.

        Args:
            commits: full hashes.
            head: full hash; empty when the branch is unborn.
        """
        asked = {commit for commit in commits if _COMMIT.fullmatch(commit)}
        if not asked or not _COMMIT.fullmatch(head):
            return set()
        answer = self._beyond(asked, head)
        if answer.returncode:
            known = self._commits([head, *asked])
            asked &= {commit for commit in known if commit}
            if not known[0] or not asked:
                return set()
            answer = self._beyond(asked, head)
        return asked - set(as_text(_checked("rev-list", answer)).split())

    def tracked_files(self) -> list[str]:
        """Return the paths of all tracked files, submodules left out; of HEAD where there is no index."""
        if self.place.top is None:
            return self.list_tree("HEAD") if self.find_commit("HEAD") else []
        listing = self.run("ls-files", "-z", "--stage")
        return list(dict.fromkeys(entry.path for entry in changes.parse_tree(listing)))

    def list_tree(self, commit: str) -> list[str]:
        """Return the paths of all files of a commit, submodules left out.

        Args:
            commit: any revision.

        Raises:
            NotFound: nothing is called so.
        """
        name = commit if _COMMIT.fullmatch(commit) else self._get_commit(commit)
        answer = self._ask("ls-tree", "-r", "-z", "--full-tree", name)
        if answer.returncode:
            self._get_commit(commit)
        return [entry.path for entry in changes.parse_tree(_checked("ls-tree", answer))]

    def blob(self, commit: str, path: str) -> bytes | None:
        """Return a file as it is in a commit, None when it is not there.

        Args:
            commit: any revision.
            path: relative to the top.
        """
        return self.blobs(commit, [path]).get(path)

    def blobs(self, commit: str, paths: Iterable[str]) -> dict[str, bytes]:
        """Return several files of a commit in one process; those that are not there are left out."""
        # git would take these as seen from the current folder.
        plain = [path for path in paths if not path.startswith(("./", "../"))]
        return self._contents({path: f"{commit}:{path}" for path in plain})

    def tree_hash(self, paths: Iterable[str] | None = None) -> str:
        """Return a hash of the files as they lie there, tracked and untracked, without the ignored ones.

        Commit, index and file modes are not in it: committing the same files does not change it.

        Args:
            paths: only these files and folders.
        """
        return changes.state_hash(self._state(None if paths is None else set(paths)))

    def changed(self, base: str = "HEAD") -> dict[str, str]:
        """Return the paths that differ from a commit: added, modified, deleted or untracked.

        Args:
            base: any revision.

        Raises:
            NotFound: nothing is called so.
        """
        differences = self._compare(self._base(base), "--no-renames")
        work = self._work("--modified", "--others")
        return changes.kinds(differences, [entry._replace(oid=self._blob_id(entry.path)) for entry in work])

    def is_dirty(self) -> bool:
        """Tell whether tracked files differ from HEAD, staged or not; untracked files do not count."""
        return any(kind != "untracked" for kind in self.changed().values())

    def renames(self, since: str) -> dict[str, str]:
        """Return where files of a commit are now, by their old path: renamed in commits, staged, or moved.

        Args:
            since: any revision; when it is unknown here, only uncommitted renames are told.
        """
        base = self.find_commit(since) or self._base("HEAD")
        differences = self._compare(base, "-M", "-l1000")
        moved = {change.path: change.renamed for change in differences if change.letter == "R"}
        lost = {change.path: f"{base}:{change.path}" for change in differences if change.letter == "D"}
        # Changed step by step, a file may be unlike what it was and yet be the same file to git.
        moved |= self._follow_steps(base, set(lost)) if lost else {}
        lost = {path: spec for path, spec in lost.items() if path not in moved}
        work = self._work("--modified", "--others")
        origin = {new: old for old, new in moved.items()}
        for path in (entry.path for entry in work if entry.tag != "?" and not self._blob_id(entry.path)):
            lost[origin.get(path, path)] = f":{path}"
            moved.pop(origin.get(path, path), None)
        untracked = [entry.path for entry in work if entry.tag == "?"]
        present = {path: changes.read_small(self._file(path)) for path in untracked} if lost else {}
        return moved | (changes.pair_files(self._contents(lost), present) if present else {})

    def ignored(self, paths: Iterable[str]) -> set[str]:
        """Return those paths that git ignores; tracked files are not, nor is what lies in a submodule.

        Args:
            paths: relative to the top.
        """
        asked = [path for path in dict.fromkeys(paths) if path and path[0] != "/" and "\0" not in path]
        if not asked or self.place.top is None:
            return set()
        answer = self._ask(
            "check-ignore", "-z", "--stdin", given=b"".join(as_bytes(p) + b"\0" for p in asked)
        )
        if answer.returncode in (0, 1):
            return {as_text(path) for path in answer.stdout.split(b"\0") if path}
        if len(asked) == 1:
            return set()
        # One path that git refuses (in a submodule, beyond a link) would hide the answer about all others.
        half = len(asked) // 2
        return self.ignored(asked[:half]) | self.ignored(asked[half:])

    def is_tracked(self, prefix: str) -> bool:
        """Tell whether a file, or anything in a folder, is tracked, in any case of its letters.

        Args:
            prefix: relative to the top.
        """
        if self.place.top is None:
            return any(changes.is_within(path, {prefix.rstrip("/")}) for path in self.tracked_files())
        # On macOS a tracked .Mnemo is the folder .mnemo.
        options = ("--icase-pathspecs", "--noglob-pathspecs")
        answer = self._ask("ls-files", "-z", "--", as_argument(prefix), options=options)
        return bool(_checked("ls-files", answer))

    def branches(self) -> set[str]:
        """Return the names of all local branches."""
        return self._list_refs("refs/heads/")

    def remote_branches(self) -> set[str]:
        """Return the names of all remote branches known here, such as origin/main."""
        return {name for name in self._list_refs("refs/remotes/") if not name.endswith("/HEAD")}

    def worktrees(self) -> list[Worktree]:
        """Return all working trees that still exist, the main one first."""
        return changes.parse_worktrees(self.run("worktree", "list", "--porcelain"))

    def untracked_files(self) -> list[str]:
        """Return the paths of files that git neither tracks nor ignores."""
        return [entry.path for entry in self._work("--others")]

    def iter_output(self, command: str, *arguments: str, given: bytes = b"") -> Iterator[bytes]:
        """Yield what a plumbing command prints, in pieces while it runs.

        Raises:
            MnemoError: it failed, told behind the last piece.
        """
        from subprocess import CompletedProcess

        code, complaint = yield from iter_pieces(self._start(command, *arguments), given)
        _checked(command, CompletedProcess([command], code, b"", complaint))

    def _list_refs(self, root: str) -> set[str]:
        lines = as_text(self.run("for-each-ref", "--format=%(refname)", root)).splitlines()
        return {line.removeprefix(root) for line in lines}

    def _commits(self, refs: list[str]) -> list[str | None]:
        """Resolve revisions in one process."""
        asked = "".join(f"{name}^{{commit}}\n" for ref in refs for name in changes.meanings(ref))
        found = changes.parse_objects(self.run("cat-file", "--batch-check", given=as_bytes(asked)))
        return [next(filter(None, found[at : at + 3]), None) for at in range(0, 3 * len(refs), 3)]

    def _get_commit(self, ref: str) -> str:
        if commit := self.find_commit(ref):
            return commit
        raise NotFound(f"Git knows no commit called {ref[:80]!r} here.", "Fetch it, or name another.")

    def _base(self, ref: str) -> str:
        """Return a commit, or the empty tree for the HEAD of a branch that has none yet."""
        if ref == "HEAD":
            return self.find_commit(ref) or changes.object_id("tree", b"", self._algorithm())
        return self._get_commit(ref)

    def _beyond(self, commits: set[str], head: str) -> CompletedProcess[bytes]:
        """List what can be reached from commits and not from head; fails when one of them is unknown."""
        return self._ask("rev-list", "--stdin", given="\n".join([*commits, f"^{head}", ""]).encode())

    def _compare(self, base: str, *options: str) -> list[Change]:
        if self.place.top is not None:
            return changes.parse_changes(
                self.run("diff-index", "--cached", *hardening.PLAIN_DIFF, *options, base)
            )
        head = self._base("HEAD")
        return changes.parse_changes(self.run("diff-tree", "-r", *hardening.PLAIN_DIFF, *options, base, head))

    def _follow_steps(self, base: str, lost: set[str]) -> dict[str, str]:
        """Follow files from commit to commit, along first parents."""
        now = changes.compose(renaming.list_steps(self, base))
        tracked = set(self.tracked_files()) if now else set[str]()
        return {old: new for old, new in now.items() if old in lost and new in tracked}

    def _contents(self, specs: dict[str, str]) -> dict[str, bytes]:
        """Read blobs by name in one process."""
        asked = {key: spec for key, spec in specs.items() if not set(spec) & {"\n", "\0"}}
        given = as_bytes("".join(f"{spec}\n" for spec in asked.values()))
        return changes.parse_contents(self.run("cat-file", "--batch", given=given), list(asked))

    def _work(self, *options: str, paths: set[str] | None = None) -> list[Entry]:
        """List working files: the only look that git itself takes at them."""
        if self.place.top is None:
            return []
        listing = ("ls-files", "-z", "-t", "--exclude-standard", *options, "--")
        pathspecs = [as_argument(path) for path in paths or ()]
        before = ["--literal-pathspecs", *self._no_filters()]
        answer = self._ask(*listing, *pathspecs, options=before)
        if answer.returncode and paths:  # git refuses paths in a submodule or beyond a link
            return self._work(*options)
        return changes.parse_files(_checked("ls-files", answer), staged="--stage" in options)

    def _no_filters(self) -> list[str]:
        answer = self._ask("config", "-z", "--name-only", "--get-regexp", hardening.FILTER_KEYS)
        # 1 says that there are none; any other failure must not pass for it.
        return hardening.filters_off(b"" if answer.returncode == 1 else _checked("config", answer))

    def _state(self, paths: set[str] | None) -> dict[str, str]:
        """Map every working file to the blob it would be."""
        if self.place.top is None:
            entries = changes.parse_tree(self.run("ls-tree", "-r", "-z", self._base("HEAD")))
        else:
            few = paths if paths and len(paths) <= MOST_PATHSPECS else None
            entries = self._work("--stage", "--modified", "--others", paths=few)
        state: dict[str, str] = {}
        for entry in entries:
            if paths is None or changes.is_within(entry.path, paths):
                state[entry.path] = entry.oid if entry.tag in "HS" else self._blob_id(entry.path)
        return {path: oid for path, oid in state.items() if oid}

    def _blob_id(self, path: str) -> str:
        """Return the blob of a working file, or the commit of a submodule; empty when it is gone."""
        file = self._file(path)
        oid = changes.blob_id(file, self._algorithm())
        if oid or os.path.islink(file) or not os.path.isdir(file):
            return oid
        inner = find_place(os.fsdecode(file))
        return (inner and inner.git_dir != self.place.git_dir and Git(inner).find_commit("HEAD")) or ""

    def _file(self, path: str) -> bytes:
        return os.path.join(os.fsencode(self.place.top or ""), as_bytes(path))

    def _algorithm(self) -> str:
        config = os.fsdecode(read_bytes(os.path.join(self.place.common_dir, "config")))
        return parse_settings(config).get("extensions.objectformat", "sha1").lower()

    def run(self, command: str, *arguments: str, given: bytes = b"", options: Iterable[str] = ()) -> bytes:
        """Return what a plumbing command says, given its standard input; what fails is raised in words."""
        return _checked(command, self._ask(command, *arguments, given=given, options=options))

    def _ask(
        self, command: str, *arguments: str, given: bytes = b"", options: Iterable[str] = ()
    ) -> CompletedProcess[bytes]:
        """Run one git command to its end; given is its standard input, options stand before the command."""
        import subprocess

        process = self._start(command, *arguments, options=options)
        try:
            out, complaint = process.communicate(given, timeout=LONGEST)
        except subprocess.TimeoutExpired as error:
            process.kill()
            process.communicate()
            fix = f"Try it in {self.place.top or self.place.git_dir}."
            raise MnemoError(f"git {command} took over {LONGEST:.0f} s.", fix) from error
        return subprocess.CompletedProcess([command], process.returncode, out, complaint)

    def _start(self, command: str, *arguments: str, options: Iterable[str] = ()) -> Any:
        import subprocess

        git = _load()
        folder, where = self._where()
        program = (git.Git.GIT_PYTHON_GIT_EXECUTABLE or "git", "-C", folder, *where, *hardening.SETTINGS)
        line = [*hardening.forget_pointers(os.environ), *program, *options, command, *arguments]
        try:
            how = {"istream": subprocess.PIPE, "as_process": True, "env": hardening.ENVIRONMENT}
            return git.Git(folder).execute(line, **how)
        except (git.GitCommandNotFound, OSError) as error:
            raise MnemoError("git could not be started.", "Install git and put it on the PATH.") from error

    def _where(self) -> tuple[str, list[str]]:
        """Return the folder from which git finds this working tree, and what to add where it would not."""
        top, git_dir = self.place.top, self.place.git_dir
        found = find_place(top or git_dir)
        if top is None or (found and found.git_dir == git_dir):
            return top or git_dir, []
        # git asks who owns a repository only where it finds it by itself.
        if os.path.isdir(git_dir) and os.stat(git_dir).st_uid != os.geteuid():
            raise Refused(f"{git_dir} belongs to someone else.", "Work in a repository of your own.")
        return top, [f"--git-dir={git_dir}", f"--work-tree={top}"]


def _load() -> Any:
    try:
        import git
    except ImportError as error:
        raise MnemoError("GitPython finds no git to run.", "Install git and put it on the PATH.") from error
    return git
