"""Lines that people left in git's own memory: in the messages of tags, and in notes."""

from __future__ import annotations

from contextlib import suppress

from mnemo.errors import MnemoError
from mnemo.repo.git import Git


def list_trailers(git: Git, key: str) -> list[str]:
    """Return the values of lines `key: value` in tags and notes, each once.

    Args:
        git: the repository.
        key: letters and dashes.
    """
    said = git.run("for-each-ref", "--format=%(contents)", "refs/tags").decode(errors="replace")
    for ref in git.run("for-each-ref", "--format=%(refname)", "refs/notes").decode().split():
        with suppress(MnemoError):  # that is how grep says that it found nothing
            said += "\n" + git.run("grep", "-h", "-I", "-e", f"^{key}: ", ref).decode(errors="replace")
    opening = f"{key}: "
    found = (line.removeprefix(opening).strip() for line in said.splitlines() if line.startswith(opening))
    return list(dict.fromkeys(found))
