"""What every test of this room stands in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.speaking.places import Corner


@pytest.fixture
def corner(tmp_path: Path) -> Corner:
    """A small repository with a store that can be filled."""
    return Corner(tmp_path / "repository")
