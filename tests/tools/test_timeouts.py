"""A recall that takes too long is interrupted, and the store goes on."""

from __future__ import annotations

import itertools
import time
from pathlib import Path

import pytest

import mnemo
from mnemo import projects
from mnemo.errors import QueryTimeout
from mnemo.store import database
from tests.tools.faces import Face


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a second pass at each look at the clock, and SQLite look at it all the time."""
    seconds = itertools.count(time.monotonic())
    monkeypatch.setattr(database, "OPERATIONS_BETWEEN_LOOKS", 1)
    monkeypatch.setattr(database.time, "monotonic", lambda: next(seconds))


def test_a_recall_is_interrupted_after_the_time_that_is_set(
    repository: Path, face: Face, monkeypatch: pytest.MonkeyPatch
) -> None:
    mnemo.claim("tokens live 15 minutes")
    projects.closing()
    with monkeypatch.context() as patch:
        patch.setenv("MNEMO_RECALL_TIMEOUT_MS", "500")
        hurry(patch)
        record = face("recall", query="tokens")
    assert record["error"] == "query_timeout"
    assert "ran out of its time" in record["message"]
    assert record["fix"]
    assert [one["content"] for one in face("recall", query="tokens")["claims"]] == ["tokens live 15 minutes"]


def test_no_time_is_too_long_where_none_is_set(
    repository: Path, face: Face, monkeypatch: pytest.MonkeyPatch
) -> None:
    mnemo.claim("tokens live 15 minutes")
    with monkeypatch.context() as patch:
        patch.setenv("MNEMO_RECALL_TIMEOUT_MS", "0")
        hurry(patch)
        assert len(face("recall", query="tokens")["claims"]) == 1


def test_the_store_as_an_object_has_a_time_of_its_own(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = mnemo.get_store()
    store.remember("tokens live 15 minutes")
    with monkeypatch.context() as patch:
        hurry(patch)
        with pytest.raises(QueryTimeout):
            store.recall("tokens", timeout_ms=500)
    assert [one["text"] for one in store.recall("tokens", timeout_ms=500)] == ["tokens live 15 minutes"]
    assert store.remember("tokens are signed")


def test_a_search_of_the_whole_memory_is_interrupted_too(
    repository: Path, face: Face, monkeypatch: pytest.MonkeyPatch
) -> None:
    mnemo.claim("tokens live 15 minutes")
    with monkeypatch.context() as patch:
        patch.setenv("MNEMO_RECALL_TIMEOUT_MS", "500")
        hurry(patch)
        assert face("memory_search", query="tokens")["error"] == "query_timeout"
    assert len(face("memory_search", query="tokens")["results"]) == 1
