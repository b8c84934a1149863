"""What holds for the tests of this room."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.closing import every_store_closed


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """Close the stores that a test opened."""
    with every_store_closed():
        yield
