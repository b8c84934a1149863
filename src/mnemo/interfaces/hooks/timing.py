"""Work that may take so long and no longer, whatever it waits for."""

from __future__ import annotations

import os
import time
from _thread import allocate_lock, start_new_thread  # threading costs a millisecond and adds nothing here
from collections.abc import Callable

STARTED = "/proc/self/stat"
USUAL_S = 0.04


def since_start() -> float:
    """Return for how long this process has run, seconds: on a busy machine Python starts slowly.

    From proc_pid_stat(5), the time of the start in ticks since boot; where there is no such file what it
    usually takes.
    """
    try:
        with open(STARTED, "rb") as file:
            ticks = int(file.read().rpartition(b")")[2].split()[19])
        return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, AttributeError):
        return USUAL_S


def within(seconds: float, work: Callable[[], None]) -> bool:
    """Do some work in a thread of its own; return whether it ended in time.

    What did not goes on until the process ends: nobody can stop what waits for a hung disk. SQLite and the
    calls of the system let other threads run meanwhile.

    Args:
        seconds: longest wait.
        work: what is done; it must not raise.
    """
    ended = allocate_lock()
    ended.acquire()

    def run() -> None:
        try:
            work()
        finally:
            ended.release()

    start_new_thread(run, ())
    return ended.acquire(timeout=seconds)
