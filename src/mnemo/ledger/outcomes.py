"""What is known of single tests, for anchors that rest on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from mnemo.ledger.workspace import Present
from mnemo.store import objects, queue
from mnemo.store.connections import Connection
from mnemo.store.rows import Row


def find_outcome(
    connection: Connection, test: str, present: Callable[[], Present], beside: Iterable[str] = ()
) -> str | None:
    """Return what is known of a test: passed (on the files as they are now), failed, or None.

    The newest evidence decides. A failure stands until the test is run again; a pass counts as long as
    the files that the claim names, and the test's own, are as they were when it ran; where the claim
    names none, as long as all files are.

    Args:
        test: its id, such as tests/test_a.py::test_b.
        present: gives the working tree now; asked only where a pass is on record.
        beside: the files and folders that the claim names.
    """
    found = queue.find_test(connection, test)
    if found is None:
        return None
    status, source = found
    if status == "failed":
        return "failed"
    names = set(beside)
    holds = _holds(connection, source, present(), {*names, test.partition("::")[0]} if names else names)
    return "passed" if holds else None


def _holds(connection: Connection, source: Row, present: Present, names: set[str]) -> bool:
    payload = objects.find(connection, source["object"]) or {}
    held = None
    if names and payload.get("files") is not None:
        held = present.held(payload.get("commit", ""), payload["files"], names)
    return bool(source["tree"]) and source["tree"] == present.tree() if held is None else held
