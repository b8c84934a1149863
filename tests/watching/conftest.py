"""A repository under watch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mnemo import projects
from mnemo.watching import duty, watcher
from tests.watching.watched import Watched


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look around more often than a server does, so that no test waits for it."""
    monkeypatch.setattr(watcher, "TICK_S", 0.05)
    monkeypatch.setattr(duty, "IDLE_S", 0.1)


@pytest.fixture
def watch(repository: Path) -> Iterator[Callable[..., Watched]]:
    """Give a function that watches the repository; it ends with the test."""
    begun: list[Watched] = []

    def begin(**options: Any) -> Watched:
        begun.append(Watched(projects.current(), **options))
        return begun[-1]

    yield begin
    for one in begun:
        one.end()
