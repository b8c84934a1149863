"""One repository's memory as a Python object."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from typing import Any

from mnemo import projects
from mnemo.project import Project
from mnemo.tools.toolsets import TOOLSETS

Record = dict[str, Any]


class Memory:
    """An opened memory: every tool as a method, bound to one repository.

    Args:
        project: the repository.
    """

    def __init__(self, project: Project) -> None:
        self.project = project

    def __getattr__(self, name: str) -> Callable[..., Record]:
        """Return a tool that works on this repository, whatever the current folder."""
        for tools in TOOLSETS.values():
            for tool in tools:
                if tool.__name__ == name:
                    return self._bound(tool)
        raise AttributeError(f"a memory has no tool {name!r}")

    def __enter__(self) -> Memory:
        """Use the memory in a block and close it behind it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the memory."""
        self.close()

    def close(self) -> None:
        """Make the backup that is due and close the store."""
        self.project.close()

    def _bound(self, tool: Callable[..., Record]) -> Callable[..., Record]:
        @wraps(tool)
        def call(*given: Any, **named: Any) -> Record:
            with projects.using(self.project):
                return tool(*given, **named)

        return call


def open(folder: str | os.PathLike[str] = ".") -> Memory:
    """Open the memory of the repository that a folder lies in.

    Args:
        folder: any folder of the repository.

    Raises:
        NotARepository: it lies in none.
    """
    return Memory(projects.open_at(os.path.abspath(folder), os.environ))
