"""What may be said before or after every command: --json, --help, --project DIR, --workspace DIR."""

from __future__ import annotations

import os
from collections.abc import Collection, Generator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from mnemo import fence
from mnemo.errors import Invalid

PROJECT = "MNEMO_PROJECT_ROOT"
FOLDERS = ("--project", "--workspace")
NAMES = {
    "--json": "json",
    "--help": "help",
    "-h": "help",
    "--version": "version",
    "--project": "project",
    "--workspace": "workspace",
}


class Globals(NamedTuple):
    """What was said for every command.

    Args:
        json: print the record.
        help: explain instead of doing.
        version: tell the version.
        project: folder of the repository to use.
        workspace: folder whose store is used, its own where it is in no repository.
    """

    json: bool = False
    help: bool = False
    version: bool = False
    project: str | None = None
    workspace: str | None = None


def take_globals(
    words: Sequence[str], asked: Globals | None = None, *, keep: Collection[str] = (), leading: bool = False
) -> tuple[Globals, list[str]]:
    """Return what was said for every command, and the words without it.

    Args:
        words: as typed; nothing behind -- is looked at.
        asked: what was said before.
        keep: flags that the command has itself.
        leading: stop at the first word that is none of these.

    Raises:
        Invalid: the folder of --project does not exist.
    """
    asked, rest, at = asked or Globals(), list[str](), 0
    while at < len(words) and words[at] != "--":
        flag, equals, value = words[at].partition("=")
        at += 1
        if flag in keep or flag not in NAMES or (equals and flag not in FOLDERS):
            rest.append(words[at - 1])
            if leading:
                break
        elif flag not in FOLDERS:
            asked = asked._replace(**{NAMES[flag]: True})
        else:
            if not equals:
                value, at = (words[at] if at < len(words) else ""), at + 1
            asked = asked._replace(**{NAMES[flag]: _folder(flag, value)})
    return asked, rest + list(words[at:])


@contextmanager
def standing_in(asked: Globals, *, making: bool = False) -> Generator[None, None, None]:
    """Use the project that was asked for in the block.

    Args:
        asked: what was said for every command.
        making: whether a workspace that is not there is made.

    Raises:
        NotARepository, Invalid: there is none in that folder.
    """
    from mnemo import projects

    if asked.workspace:
        if making:
            _make(asked.workspace)
        if not os.path.isdir(asked.workspace):
            raise _no_folder("--workspace", asked.workspace)
        with projects.using(projects.open_workspace(asked.workspace, os.environ)):
            yield
    elif asked.project:
        # Through the environment: it is looked up only by what needs a repository, and children follow it.
        before = os.environ.get(PROJECT)
        os.environ[PROJECT] = os.path.abspath(asked.project)
        try:
            yield
        finally:
            os.environ.pop(PROJECT)
            os.environ.update({} if before is None else {PROJECT: before})
    else:
        yield


def _folder(flag: str, value: str) -> str:
    # Whether a workspace may be missing, the command decides.
    if os.path.isdir(value) or (flag == "--workspace" and value):
        return value
    raise _no_folder(flag, value)


def _make(folder: str) -> None:
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise Invalid(
            f"--workspace: {fence.line(folder, 120)} cannot be made: {error.strerror}",
            "Name a folder that exists, or may be made.",
        ) from None


def _no_folder(flag: str, value: str) -> Invalid:
    return Invalid(f"{flag}: there is no folder {fence.line(value, 120)}", "Name a folder that exists.")
