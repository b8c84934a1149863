"""Where files are that came, or got another name, after a commit: what a comparison with it cannot tell."""

from __future__ import annotations

from typing import Protocol

from mnemo.repo import changes, hardening

MOST_STEPS = 2_000  # commits followed one by one


class Asked(Protocol):
    """What is asked of git."""

    def run(self, command: str, *arguments: str, given: bytes = b"") -> bytes:
        """Return what a command of git prints."""
        ...

    def find_commit(self, ref: str) -> str | None:
        """Return the commit of a revision, None when nothing is called so."""
        ...

    def renames(self, since: str) -> dict[str, str]:
        """Return where files of a commit are now, by their old path."""
        ...

    def tracked_files(self) -> list[str]:
        """Return the files that git tracks."""
        ...


def list_steps(git: Asked, base: str) -> list[changes.Change]:
    """Return the renames of each commit after another one, along first parents, the oldest first.

    Args:
        git: of the repository.
        base: a commit that HEAD comes from.
    """
    listed = git.run("rev-list", "--first-parent", "--parents", f"-n{MOST_STEPS}", f"{base}..HEAD")
    pairs = [line.split()[:2] for line in reversed(listed.splitlines())]
    given = b"".join(b" ".join(pair) + b"\n" for pair in pairs if len(pair) == 2)
    options = ("-r", "-M", "-l1000", "--diff-filter=R", "--no-commit-id", *hardening.PLAIN_DIFF)
    return changes.parse_changes(git.run("diff-tree", "--stdin", *options, given=given)) if given else []


def later_names(git: Asked, since: str) -> dict[str, str]:
    """Return where files are now, by each name that they had after a commit and have no longer.

    A file may be claimed before it is committed, or under a name that it got later; it knows neither.

    Args:
        git: of the repository.
        since: the commit; when it is unknown here, only uncommitted renames are told.
    """
    base, head = git.find_commit(since), git.find_commit("HEAD")
    now = git.renames("HEAD") if head else {}
    if base is None or head is None or base == head:
        return now
    known = {*git.tracked_files(), *now.values()}
    committed = changes.compose(list_steps(git, base), between=True)
    found = {old: now.get(new, new) for old, new in committed.items() if old not in known}
    return now | {old: new for old, new in found.items() if new in known}
