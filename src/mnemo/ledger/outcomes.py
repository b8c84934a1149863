"""What is known of single tests, for anchors that rest on them."""

from __future__ import annotations

from collections.abc import Callable

from mnemo.store import queue
from mnemo.store.connections import Connection


def find_outcome(connection: Connection, test: str, tree: Callable[[], str]) -> str | None:
    """Return what is known of a test: passed (on the files as they are now), failed, or None.

    The newest evidence decides. A failure stands until the test is run again; a pass counts for the
    files on which it ran alone.

    Args:
        test: its id, such as tests/test_a.py::test_b.
        tree: gives the hash of the files now; asked only where a pass is on record.
    """
    found = queue.find_test(connection, test)
    if found is None:
        return None
    status, ran_on = found
    if status == "failed":
        return "failed"
    return "passed" if ran_on and ran_on == tree() else None
