"""Python as a process of its own, forked from one that has loaded mnemo already.

A command costs a quarter of a second, a server a whole one, nearly all of it for imports. What is forked has
its own folder, environment, streams, number and exit code, as a started one has; only what happens before the
first line of the program (locale, `-X` options, import order) is not that of a real start, and is tested
elsewhere.
"""

from __future__ import annotations

import array
import atexit
import contextlib
import fcntl
import functools
import gc
import os
import pkgutil
import runpy
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import termios
import traceback
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import IO, NoReturn

from tests.house.sources import CHECKOUT, SOURCE

# Small enough to start in a few milliseconds: it hands its streams over and ends with the code it gets back.
# What is said: the folder, whether the terminal is its own, how many words, the words, the variables.
CLIENT = """import _socket, array, os, sys
s = _socket.socket(_socket.AF_UNIX)
s.connect({place!r})
words = [os.fsencode(word) for word in sys.argv[1:]]
named = [name + b'=' + value for name, value in os.environb.items()]
said = b'\\0'.join([os.getcwdb(), b'', b'%d' % len(words), *words, *named])
streams = array.array('i', [0, 1, 2])
s.sendmsg([len(said).to_bytes(8, 'big')], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, streams)])
s.sendall(said)
s.recv(4)
code = s.recv(1) or b'\\xff'
s.recv(1)
os._exit(code[0])
"""


class Process:
    """A fork that is held as `subprocess.Popen` holds what it started.

    Args:
        words: what stands behind `python`: `-m MODULE`, `-c TEXT` or a file, and what follows.
        folder: where it starts.
        environ: all of its variables.
        streams: its standard streams; three pipes when left out.
        controlled: whether its standard input is a terminal that its keys come from.
    """

    stdin: IO[bytes] | None = None
    stdout: IO[bytes] | None = None
    stderr: IO[bytes] | None = None

    def __init__(
        self,
        words: Sequence[str],
        folder: str | Path | None = None,
        environ: Mapping[str, str] = os.environ,
        streams: tuple[int, int, int] | None = None,
        controlled: bool = False,
    ) -> None:
        self.returncode: int | None = None
        self._said = b""
        self._line = socket.socket(socket.AF_UNIX)
        self._line.connect(str(_place() / "s"))
        given = streams or self._pipes()
        named = [f"{name}={value}" for name, value in environ.items()]
        parts = [str(folder or os.getcwd()), "1" if controlled else "", str(len(words)), *words, *named]
        said = os.fsencode("\0".join(parts))
        rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", given))
        self._line.sendmsg([len(said).to_bytes(8, "big")], [rights])
        self._line.sendall(said)
        self.pid = int.from_bytes(self._line.recv(4), "big")
        for number in () if streams else given:
            os.close(number)

    def _pipes(self) -> tuple[int, int, int]:
        (reading, typed), (shown, writing), (complained, complaining) = os.pipe(), os.pipe(), os.pipe()
        self.stdin = os.fdopen(typed, "wb")
        self.stdout, self.stderr = os.fdopen(shown, "rb"), os.fdopen(complained, "rb")
        return reading, writing, complaining

    def poll(self) -> int | None:
        """Return its exit code, None while it runs."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end and return its exit code; one that was killed says none itself.

        Args:
            timeout: seconds.
        """
        if self.returncode is None:
            self._line.settimeout(timeout)
            try:
                while said := self._line.recv(1):  # the end of the line is that of the process
                    self._said = said
            except (TimeoutError, BlockingIOError):
                raise subprocess.TimeoutExpired("a fork", timeout or 0) from None
            self.returncode = self._said[0] if self._said else -signal.SIGKILL
            self._line.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once, if it still runs."""
        self.send_signal(signal.SIGKILL)


def program() -> str:
    """Return a program that is `mnemo`, run in a fork."""
    return str(_place() / "mnemo")


def python() -> str:
    """Return a program that is `python`, run in a fork."""
    return str(_place() / "python")


@functools.cache
def _place() -> Path:
    """Start the process that is forked, and return the folder of its socket and programs."""
    folder = Path(tempfile.mkdtemp())  # short: the name of a socket is at most a hundred characters
    (folder / "client.py").write_text(CLIENT.format(place=str(folder / "s")), encoding="utf-8")
    for name, words in (("python", ""), ("mnemo", " -m mnemo")):
        command = folder / name
        command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I -S "{folder}/client.py"{words} "$@"\n')
        command.chmod(0o755)
    server = subprocess.Popen(
        [sys.executable, "-c", f"from tests.warm import serve; serve({str(folder)!r})"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(SOURCE), str(CHECKOUT)))},
        stdout=subprocess.PIPE,
        cwd=CHECKOUT,
    )
    atexit.register(_end, server, folder)
    assert server.stdout is not None
    assert server.stdout.readline() == b"ready\n"
    return folder


def _end(server: subprocess.Popen[bytes], folder: Path) -> None:
    server.kill()
    server.communicate()
    shutil.rmtree(folder, ignore_errors=True)


def serve(folder: str) -> None:
    """Load all of mnemo, then run each program that is asked for in a fork."""
    import anyio
    import cyclopts.core  # noqa: F401 - it loads its parts when they are first used, and so does anyio
    import git  # noqa: F401

    import mnemo

    for module in pkgutil.walk_packages(mnemo.__path__, "mnemo."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    anyio.run(anyio.sleep, 0)

    listening = socket.socket(socket.AF_UNIX)
    listening.bind(f"{folder}/s")
    listening.listen(64)
    gc.freeze()
    print("ready", flush=True)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # each fork tells its exit code itself
    while True:
        asking, _ = listening.accept()
        if os.fork() == 0:
            listening.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _answer(asking, folder)
        asking.close()


def _answer(asking: socket.socket, folder: str) -> None:
    """Be one program: in its folder, with its environment and its streams, to its exit code."""
    head, passed, _, _ = asking.recvmsg(8, socket.CMSG_SPACE(12))
    size, said = int.from_bytes(head, "big"), b""
    while len(said) < size:
        said += asking.recv(1 << 16)
    place, controlled, count, *rest = os.fsdecode(said).split("\0")
    words, named = rest[: int(count)], rest[int(count) :]
    for number, stream in enumerate(array.array("i", passed[0][2])):
        os.dup2(stream, number)
        os.close(stream)
    asking.sendall(os.getpid().to_bytes(4, "big"))
    if controlled:
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    end = os._exit

    def leave(code: int) -> NoReturn:
        with contextlib.suppress(OSError):
            asking.sendall(bytes([code]))
        end(code)

    os._exit = leave  # a hook and a server end by it
    code = 1
    try:
        os.chdir(place)
        os.environ.clear()
        for each in named:
            name, _, value = each.partition("=")
            os.environ[name] = value
        sys.stdin = sys.__stdin__ = os.fdopen(0, encoding="utf-8", closefd=False)
        sys.stdout = sys.__stdout__ = os.fdopen(1, "w", encoding="utf-8", closefd=False)
        sys.stderr = sys.__stderr__ = os.fdopen(2, "w", encoding="utf-8", closefd=False)
        _run(words, folder)
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        if isinstance(ended.code, str):
            print(ended.code, file=sys.stderr)
    except BaseException:  # noqa: BLE001 - as Python itself ends a program
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        leave(code)


def _run(words: list[str], folder: str) -> None:
    """Run what stands behind `python`; a script's own children are forked too."""
    how, *rest = words
    if how == "-m":
        sys.argv = rest
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
    elif how == "-c":
        sys.argv = ["-c", *rest[1:]]
        exec(rest[0], {"__name__": "__main__"})
    else:
        sys.argv, sys.executable = words, f"{folder}/python"
        sys.path[0] = os.path.dirname(how)
        runpy.run_path(how, run_name="__main__")
