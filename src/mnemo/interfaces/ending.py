"""How the server ends: in time, whatever its threads are doing."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import NoReturn

# Promised is 2 seconds after the end of input, from which a busy machine needs some.
LAST_MOMENT_S = 1.7

_once = threading.Lock()


def end(spent: float = 0.0) -> NoReturn:
    """Close the store and end the process, at the last moment without having closed it.

    What a tool has not committed by then is rolled back by the next who opens the store.

    Args:
        spent: seconds since the client left.
    """
    if not _once.acquire(blocking=False):
        time.sleep(2 * LAST_MOMENT_S)
    last = threading.Timer(LAST_MOMENT_S - spent, os._exit, (0,))
    last.daemon = True
    last.start()
    try:
        from mnemo import projects

        projects.closing()
    finally:
        os._exit(0)


def end_on_signals() -> None:
    """End the process when it is told to, or interrupted, or its terminal is gone."""
    # The interpreter writes to the pipe at once, also while the main thread waits or works in C.
    waiting, waking = os.pipe()
    os.set_blocking(waking, False)
    signal.set_wakeup_fd(waking, warn_on_full_buffer=False)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _awake)
    threading.Thread(target=_wait_and_end, args=(waiting,), daemon=True).start()


def _awake(number: int, frame: object) -> None:
    """Do nothing: the thread at the other end of the pipe does it."""


def _wait_and_end(waiting: int) -> NoReturn:
    os.read(waiting, 1)
    end()
