"""The two pipes to a client: what waits for a pause in what is said on them."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator

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


def waiting(wire: Wire, most_s: float = 60) -> Callable[[float], bool]:
    """Wait for a pause beside the test; return what tells whether it came within some seconds."""
    waiter = threading.Thread(target=wire.wait_for_pause, args=(0.01, most_s), daemon=True)
    waiter.start()

    def came(within_s: float) -> bool:
        waiter.join(within_s)
        return not waiter.is_alive()

    return came


def test_a_pause_comes_after_the_first_answer(wire: Wire) -> None:
    came = waiting(wire)
    assert not came(0.2)
    wire.send(NOTICE)
    assert came(10)


def test_a_request_under_way_is_no_pause(wire: Wire) -> None:
    wire.feed(ASKED)
    wire.send(NOTICE)
    came = waiting(wire)
    assert not came(0.2)
    wire.send(ANSWER)
    assert came(10)


def test_a_client_that_never_pauses_is_not_waited_for_for_ever(wire: Wire) -> None:
    wire.feed(ASKED)
    wire.send(NOTICE)
    assert waiting(wire, most_s=0.1)(10)
