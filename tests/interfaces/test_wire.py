"""The two pipes to a client: what waits for a pause in what is said on them."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator

import pytest

from mnemo.interfaces.stdio import Wire

ASKED = b'{"jsonrpc": "2.0", "id": 7, "method": "ping"}\n'
NOTICE = b'{"jsonrpc": "2.0", "method": "notifications/message"}\n'
ANSWER = b'{"jsonrpc":"2.0","id":7,"result":{}}\n'


@pytest.fixture
def wire() -> Iterator[Wire]:
    ends = (*os.pipe(), *os.pipe())
    yield Wire(ends[0], ends[3], lambda _ago: None)
    for end in ends:
        os.close(end)


def waiting(wire: Wire, quiet_s: float, most_s: float) -> threading.Thread:
    waiter = threading.Thread(target=wire.wait_for_pause, args=(quiet_s, most_s), daemon=True)
    waiter.start()
    return waiter


def test_a_pause_comes_after_the_first_answer(wire: Wire) -> None:
    waiter = waiting(wire, 0.01, 60)
    waiter.join(0.2)
    assert waiter.is_alive()
    wire.send(NOTICE)
    waiter.join(10)
    assert not waiter.is_alive()


def test_a_request_under_way_is_no_pause(wire: Wire) -> None:
    wire.feed(ASKED)
    wire.send(NOTICE)
    waiter = waiting(wire, 0.01, 60)
    waiter.join(0.2)
    assert waiter.is_alive()
    wire.send(ANSWER)
    waiter.join(10)
    assert not waiter.is_alive()


def test_a_client_that_never_pauses_is_not_waited_for_for_ever(wire: Wire) -> None:
    wire.feed(ASKED)
    wire.send(NOTICE)
    waiter = waiting(wire, 0.01, 0.1)
    waiter.join(10)
    assert not waiter.is_alive()
