"""Stores opened by a test are closed when it ends; Python 3.13 warns of connections that are not."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import pytest

from mnemo.store.database import Database


@contextmanager
def every_store_closed() -> Generator[None]:
    """Close every store that the block opened, in whatever state it is."""
    opened: list[Database] = []
    made = Database.__init__

    def remember(self: Database, *given: Any, **named: Any) -> None:
        made(self, *given, **named)
        opened.append(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Database, "__init__", remember)
        yield
    for db in opened:
        db.close()
