"""Reading what a client says, within a time that nothing can exceed."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from threading import Event, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnemo.interfaces.hooks import entry
from mnemo.interfaces.hooks.timing import within

VALUES = st.recursive(
    st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)


Say = Callable[..., int]


@pytest.fixture
def say() -> Iterator[Say]:
    """Says pieces into a pipe, which ends behind them or stays open, and gives the end that is read."""
    reading, writing = os.pipe()
    sink = os.fdopen(writing, "wb", 0)
    speakers: list[Thread] = []

    def start(*pieces: bytes, ends: bool = True) -> int:
        def speak() -> None:
            with suppress(BrokenPipeError):
                for piece in pieces:
                    sink.write(piece)
            if ends:
                sink.close()

        speakers.append(Thread(target=speak))
        speakers[-1].start()
        return reading

    yield start
    os.close(reading)
    for speaker in speakers:
        speaker.join()
    sink.close()


@given(found=st.dictionaries(st.text(), VALUES, max_size=4))
def test_an_object_is_read_from_a_pipe_that_stays_open(found: dict[str, object]) -> None:
    reading, writing = os.pipe()
    try:
        os.write(writing, json.dumps(found).encode() + b"\n")
        assert entry.read_object(reading) == found
    finally:
        os.close(reading)
        os.close(writing)


def test_an_object_that_comes_in_pieces_is_read_whole(say: Say) -> None:
    raw = json.dumps({"a": {"b": "}"}, "c": "x" * 300_000}).encode()
    reading = say(raw[:14], raw[14:200_000], raw[200_000:], ends=False)
    assert entry.read_object(reading)["c"] == "x" * 300_000


@pytest.mark.parametrize("raw", [b"", b"x", b"[]", b'"a"', b"{", b"\xff\xfe{}", b"[" * 100_000, b"{}{}"])
def test_what_is_no_object_is_refused(say: Say, raw: bytes) -> None:
    with pytest.raises(entry.Unreadable):
        entry.read_object(say(raw))


def test_too_much_is_refused_before_it_is_read(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entry, "LARGEST_INPUT", 1_000)
    with pytest.raises(entry.Unreadable, match="too large"):
        entry.read_object(say(b"x" * 2_000))


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
