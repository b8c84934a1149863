"""The command `mnemo` as a process of its own, forked from one that has loaded its modules already.

A command costs a quarter of a second, nearly all of it for imports. What is forked has its own folder,
environment, streams and exit code, as a started one has; only what happens before the first line of `main`
(locale, `-X` options, import order) is not that of a real start, and is tested elsewhere.
"""

from __future__ import annotations

import array
import atexit
import contextlib
import functools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path
from typing import NoReturn

from tests.house.sources import CHECKOUT, SOURCE

# Small enough to start in a few milliseconds: it hands its streams over and ends with the code it gets back.
CLIENT = """import array, json, os, socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect({place!r})
said = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()
streams = array.array('i', [0, 1, 2])
s.sendmsg([len(said).to_bytes(8, 'big')], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, streams)])
s.sendall(said)
os._exit((s.recv(1) or b'\\xff')[0])
"""


@functools.cache
def program() -> str:
    """Return a program that runs `mnemo` in a fork of a process that the first call starts."""
    folder = Path(tempfile.mkdtemp())  # short: the name of a socket is at most a hundred characters
    place, command = folder / "s", folder / "mnemo"
    (folder / "client.py").write_text(CLIENT.format(place=str(place)), encoding="utf-8")
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I -S "{folder / "client.py"}" "$@"\n')
    command.chmod(0o755)
    server = subprocess.Popen(
        [sys.executable, "-c", f"from tests.warm import serve; serve({str(place)!r})"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(SOURCE), str(CHECKOUT)))},
        stdout=subprocess.PIPE,
        cwd=CHECKOUT,
    )
    atexit.register(_end, server, folder)
    assert server.stdout is not None
    assert server.stdout.readline() == b"ready\n"
    return str(command)


def _end(server: subprocess.Popen[bytes], folder: Path) -> None:
    server.kill()
    server.communicate()
    shutil.rmtree(folder, ignore_errors=True)


def serve(place: str) -> None:
    """Load what commands need, then run each one that is asked for in a fork."""
    import cyclopts  # noqa: F401
    import git  # noqa: F401

    import mnemo.interfaces.cli
    import mnemo.tools.commands  # noqa: F401

    listening = socket.socket(socket.AF_UNIX)
    listening.bind(place)
    listening.listen(64)
    print("ready", flush=True)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # each command tells its exit code itself
    while True:
        asking, _ = listening.accept()
        if os.fork() == 0:
            listening.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _answer(asking)
        asking.close()


def _answer(asking: socket.socket) -> None:
    """Be one command: in its folder, with its environment and its streams, to its exit code."""
    import mnemo.__main__

    head, passed, _, _ = asking.recvmsg(8, socket.CMSG_SPACE(12))
    size, said = int.from_bytes(head, "big"), b""
    while len(said) < size:
        said += asking.recv(1 << 16)
    words, folder, environ = json.loads(said)
    for number, stream in enumerate(array.array("i", passed[0][2])):
        os.dup2(stream, number)
        os.close(stream)
    end = os._exit

    def leave(code: int) -> NoReturn:
        asking.sendall(bytes([code]))
        end(code)

    os._exit = leave  # a hook ends by it
    code = 1
    try:
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(environ)
        sys.argv = ["mnemo", *words]
        sys.stdin, sys.stdout, sys.stderr = (
            open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115
            for number, mode in ((0, "r"), (1, "w"), (2, "w"))
        )
        code = mnemo.__main__.main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:  # noqa: BLE001 - as Python itself ends a program
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        leave(code)
