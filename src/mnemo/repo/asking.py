"""One question to git in the time that a hook has; where that is not enough, there is no answer.

It is for what the files alone do not tell: what was renamed, and which commits a history holds. GitPython
takes longer to load than such an answer takes, so git is started without it, as tame as everywhere else.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable

from mnemo.repo import hardening
from mnemo.repo.location import Place
from mnemo.repo.paths import from_system, nfc

LEAST_S = 0.03  # with less left, git is not started
_HEX = frozenset("0123456789abcdef")


def find_renames(place: Place, commit: str, until: float) -> dict[str, str] | None:
    """Return where tracked files of a commit are now, by their old path; None when git did not say in time.

    Args:
        place: the working tree.
        commit: its full hash.
        until: time.monotonic() at which to give up.
    """
    if not _is_commit(commit):
        return None
    options = ("-M", "-l1000", "--diff-filter=R", "--name-status", "-z", "--no-ext-diff", "--no-textconv")
    said = _ask(place, until, "diff-index", "--cached", *options, commit)
    if said is None:
        return None
    names = [nfc(from_system(os.fsdecode(name))) for name in said.split(b"\0")]
    return dict(zip(names[1::3], names[2::3], strict=False))


def find_held(place: Place, commits: Iterable[str], head: str, until: float) -> set[str] | None:
    """Return those commits that a history holds; None when git knows one of them not, or had no time.

    Args:
        place: the working tree.
        commits: full hashes.
        head: the history's last commit.
        until: time.monotonic() at which to give up.
    """
    asked = set(commits)
    if not asked or not all(map(_is_commit, (head, *asked))):
        return set()
    given = "\n".join([*asked, f"^{head}", ""]).encode("ascii")
    said = _ask(place, until, "rev-list", "--stdin", given=given)
    return None if said is None else asked.difference(said.decode("ascii").split())


def _ask(place: Place, until: float, command: str, *arguments: str, given: bytes = b"") -> bytes | None:
    left = until - time.monotonic()
    if place.top is None or left < LEAST_S:
        return None
    import subprocess

    environ = {name: value for name, value in os.environ.items() if name not in hardening.POINTERS}
    line = ["git", "-C", place.top, *hardening.SETTINGS, command, *arguments]
    try:
        answer = subprocess.run(
            line, input=given, capture_output=True, env={**environ, **hardening.ENVIRONMENT}, timeout=left
        )
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    return answer.stdout if answer.returncode == 0 else None


def _is_commit(text: str) -> bool:
    return len(text) in (40, 64) and _HEX.issuperset(text)
