"""Reading what a client says, within a time that nothing can exceed."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from threading import Event, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnemo.interfaces.hooks import entry
from mnemo.interfaces.hooks.timing import within

VALUES = st.recursive(
    st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """The two ends of a pipe."""
    ends = os.pipe()
    yield ends
    for end in ends:
        try:
            os.close(end)
        except OSError:
            continue


@given(found=st.dictionaries(st.text(), VALUES, max_size=4))
def test_an_object_is_read_from_a_pipe_that_stays_open(found: dict[str, object]) -> None:
    reading, writing = os.pipe()
    try:
        os.write(writing, json.dumps(found).encode() + b"\n")
        assert entry.read_object(reading) == found
    finally:
        os.close(reading)
        os.close(writing)


def test_an_object_that_comes_in_pieces_is_read_whole(pipe: tuple[int, int]) -> None:
    raw = json.dumps({"a": {"b": "}"}, "c": "x" * 300_000}).encode()
    pieces = [raw[:14], raw[14:200_000], raw[200_000:]]
    Thread(target=lambda: [os.write(pipe[1], piece) for piece in pieces]).start()
    assert entry.read_object(pipe[0])["c"] == "x" * 300_000


@pytest.mark.parametrize("raw", [b"", b"x", b"[]", b'"a"', b"{", b"\xff\xfe{}", b"[" * 100_000, b"{}{}"])
def test_what_is_no_object_is_refused(pipe: tuple[int, int], raw: bytes) -> None:
    Thread(target=lambda: (os.write(pipe[1], raw), os.close(pipe[1]))).start()
    with pytest.raises(entry.Unreadable):
        entry.read_object(pipe[0])


def test_too_much_is_refused_before_it_is_read(
    pipe: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entry, "LARGEST_INPUT", 1_000)
    Thread(target=lambda: (os.write(pipe[1], b"x" * 2_000), os.close(pipe[1]))).start()
    with pytest.raises(entry.Unreadable, match="too large"):
        entry.read_object(pipe[0])


def test_work_that_waits_is_left_behind() -> None:
    never, started = Event(), time.monotonic()
    assert not within(0.05, lambda: void(never.wait))
    assert time.monotonic() - started < 1
    never.set()


def test_work_that_ends_is_waited_for() -> None:
    done: list[int] = []
    assert within(5, lambda: done.append(1))
    assert done == [1]


def void(call: Callable[[], object]) -> None:
    call()
