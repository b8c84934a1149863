"""What holds for every test: an own home, no network, no store outside the temporary root."""

from __future__ import annotations

import gc
import ipaddress
import itertools
import os
import signal
import sys
import tempfile
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# A deadline measures the machine, and a database of examples would be written into the checkout.
settings.register_profile("mnemo", deadline=None, database=None, max_examples=60)
settings.load_profile("mnemo")

# Whoever runs the suite may sit inside an agent, a git hook or a styled terminal.
LEAKING = ("MNEMO_", "CLAUDE", "CURSOR_", "GIT_", "XDG_", "FASTMCP_", "PYTEST_DEBUG_TEMPROOT")
SLOWING = ("PYTHONDONTWRITEBYTECODE",)  # see tests/__init__.py
STYLING = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR", "COLUMNS", "LINES", "CI", "GITHUB_ACTIONS", "PYTHONUTF8")

MEMORY, ROOM = "/dev/shm", 1 << 30
FEWEST_NEW = 10_000  # objects made since the garbage collector looked last

_allowed_roots: list[str] = []
_homes = itertools.count()


class OutsideTheTest(Exception):
    """A test reached for something that is not its own."""


def guard(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse stores outside the temporary root and addresses outside this machine.

    An audit hook sees every way to open a database or a socket, also those inside libraries.
    """
    if event == "sqlite3.connect" and not is_allowed_database(arguments[0]):
        raise OutsideTheTest(f"a test opened the database {arguments[0]!r}")
    if event == "socket.connect" and not is_this_machine(arguments[1]):
        raise OutsideTheTest(f"a test connected to {arguments[1]!r}")


def is_allowed_database(name: object) -> bool:
    """Tell whether a database lives in memory or under the temporary root of this run."""
    path = os.fsdecode(name) if isinstance(name, str | bytes | os.PathLike) else ""
    if path.startswith("file:"):
        path = urllib.parse.unquote(urllib.parse.urlsplit(path).path)
    if path in ("", ":memory:"):
        return True
    real = os.path.realpath(path)
    return any(os.path.commonpath([real, root]) == root for root in _allowed_roots)


def is_this_machine(address: object) -> bool:
    """Tell whether a socket address is a local path or the loopback interface."""
    if not isinstance(address, tuple):
        return True
    try:
        return ipaddress.ip_address(address[0]).is_loopback
    except ValueError:
        return address[0] == "localhost"


def is_roomy(folder: str) -> bool:
    """Tell whether a folder takes what a run of the suite writes, programs among it."""
    if not os.access(folder, os.W_OK):
        return False
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize >= ROOM and not found.f_flag & getattr(os, "ST_NOEXEC", 0)


sys.addaudithook(guard)

# All that is loaded until the first test begins lives until the end.
gc.disable()

# Each commit waits for the disk, thousands of times. Nothing that a test writes has to outlive a power cut.
if is_roomy(MEMORY):
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", MEMORY)

# A script that starts the suite in its background makes it ignore Ctrl-C, and so would all that tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """Start a worker more than there are processors: a fifth of the time one waits for what it started."""
    return None if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ else (os.cpu_count() or 1) + 1


def pytest_collection_finish() -> None:
    """Spare the garbage collector what lives until the end: modules, and thousands of tests.

    Tests leave little behind that only it would find; looked for a tenth as often, they take a tenth less.
    """
    gc.freeze()
    gc.set_threshold(FEWEST_NEW)
    gc.enable()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures that tests recorded with `record_property`."""
    reports = [report for each in terminalreporter.stats.values() for report in each]
    figures = {pair for report in reports for pair in getattr(report, "user_properties", ())}
    for name, figure in sorted(figures):
        terminalreporter.write_line(f"{name}: {figure}")


@pytest.fixture(scope="session", autouse=True)
def temporary_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The one folder under which tests may open stores."""
    root = tmp_path_factory.getbasetemp()
    _allowed_roots.append(os.path.realpath(root))
    return root


@pytest.fixture(autouse=True)
def home(temporary_root: Path) -> Iterator[Path]:
    """Give the test an own home and nothing of the environment it was started from."""
    place = temporary_root / "homes" / str(next(_homes))
    for folder in ("home", "tmp", "nowhere"):
        (place / folder).mkdir(parents=True)
    before, folder, temporary = dict(os.environ), os.getcwd(), tempfile.tempdir
    for name in before:
        if name.startswith(LEAKING) or name in STYLING + SLOWING:
            del os.environ[name]
    os.environ.update(environment(place))
    tempfile.tempdir = str(place / "tmp")
    os.chdir(place / "nowhere")
    yield place / "home"
    os.chdir(folder)
    tempfile.tempdir = temporary
    os.environ.clear()
    os.environ.update(before)


def environment(place: Path) -> dict[str, str]:
    """List the variables that point a process into the test's own folders."""
    home = place / "home"
    return {
        "HOME": str(home),
        "TMPDIR": str(place / "tmp"),
        "MNEMO_GLOBAL": str(home / ".mnemo" / "global"),
        "MNEMO_BACKUPS": str(home / ".mnemo" / "backups"),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "XDG_DATA_HOME": str(home / ".local" / "share"),
        "XDG_STATE_HOME": str(home / ".local" / "state"),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "init.defaultBranch",
        "GIT_CONFIG_VALUE_0": "main",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_AUTHOR_NAME": "Ada",
        "GIT_AUTHOR_EMAIL": "ada@example.com",
        "GIT_COMMITTER_NAME": "Ada",
        "GIT_COMMITTER_EMAIL": "ada@example.com",
    }


@pytest.fixture(autouse=True)
def closed_stores() -> Iterator[None]:
    """Close every store that a test opened."""
    from tests.closing import every_store_closed

    with every_store_closed():
        yield


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A small real git repository with one commit, and the test standing in it."""
    from tests.repos import make_repository

    top = Path(make_repository(tmp_path / "repository"))
    os.chdir(top)
    return top
