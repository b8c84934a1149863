"""Which server processes have a store open, as far as the system tells (proc_pid_stat(5), proc_pid_fd(5))."""

from __future__ import annotations

import os
from typing import NamedTuple

PROCESSES = "/proc"
DISTRIBUTION = "mnemo-repo"


class Server(NamedTuple):
    """A running server.

    Args:
        process: its id.
        program: the interpreter or program that runs it.
        started: seconds since 1970.
    """

    process: int
    program: str
    started: float


def find_servers(store: str) -> list[Server] | None:
    """Return the servers of this user that have a store's file open; None where the system does not tell."""
    booted = _booted()
    if booted is None:
        return None
    found: list[Server] = []
    for name in os.listdir(PROCESSES):
        if name.isdigit() and int(name) != os.getpid():
            server = _find_server(int(name), store, booted)
            found += [server] if server else []
    return found


def is_serving(words: list[str]) -> bool:
    """Tell whether a command line is that of `mnemo serve`."""
    for place, word in enumerate(words[:-1]):
        if os.path.basename(word) == "mnemo":
            return "serve" in words[place + 1 :]
    return False


def installed_at() -> float:
    """Return when the mnemo that runs now was installed, seconds since 1970; 0 where nothing tells."""
    from importlib import metadata

    found = [file for one in metadata.distributions(name=DISTRIBUTION) for file in one.files or ()]
    try:
        return max(os.stat(str(file.locate())).st_mtime for file in found if file.name == "METADATA")
    except (OSError, ValueError):
        return 0.0


def _find_server(process: int, store: str, booted: float) -> Server | None:
    folder = f"{PROCESSES}/{process}"
    try:
        with open(f"{folder}/cmdline", "rb") as file:
            words = [os.fsdecode(word) for word in file.read().split(b"\0")]
        if not is_serving(words) or not _has_open(f"{folder}/fd", store):
            return None
        with open(f"{folder}/stat", "rb") as file:
            ticks = int(file.read().rpartition(b")")[2].split()[19])
        return Server(process, words[0], booted + ticks / os.sysconf("SC_CLK_TCK"))
    except (OSError, ValueError, IndexError):
        return None  # it ended, or is someone else's


def _has_open(folder: str, store: str) -> bool:
    for name in os.listdir(folder):
        try:
            if os.readlink(f"{folder}/{name}") == store:
                return True
        except OSError:
            continue
    return False


def _booted() -> float | None:
    try:
        with open(f"{PROCESSES}/stat", encoding="ascii") as file:
            return float(next(line.split()[1] for line in file if line.startswith("btime ")))
    except (OSError, StopIteration, ValueError):
        return None
