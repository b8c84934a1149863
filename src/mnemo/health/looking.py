"""One thing that the doctor looked at, and what to do where it is not as it should be."""

from __future__ import annotations

from typing import NamedTuple


class Check(NamedTuple):
    """One thing looked at.

    Args:
        name: what.
        ok: whether it is as it should be.
        detail: what was seen.
        fix: what to do when it is not.
    """

    name: str
    ok: bool
    detail: str
    fix: str = ""
