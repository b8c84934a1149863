"""A client that speaks raw JSON-RPC to a server process, in either era of the protocol."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from tests.warm import Process

PATIENCE = 30.0
MODERN, LEGACY = "2026-07-28", "2025-11-25"
ERAS = (MODERN, LEGACY)
CLIENT = {"name": "raw-client", "version": "1"}
SERVE = ("-m", "mnemo", "serve")


class Server:
    """A server process and the pipes to it.

    Args:
        era: protocol version to speak.
        options: words after `mnemo serve`.
        folder: where it starts.
        environ: variables on top of this process's own.
        command: what stands behind `python`, without the options.
        cold: whether all is loaded anew, as when a client starts it; else it is forked with that done.
    """

    def __init__(
        self,
        era: str = MODERN,
        options: Sequence[str] = (),
        folder: Path | None = None,
        environ: Mapping[str, str] | None = None,
        command: Sequence[str] = SERVE,
        cold: bool = False,
    ) -> None:
        self.era = era
        self.stray: list[bytes] = []
        self.hello: dict[str, Any] = {}
        self._count = 0
        self._lines: queue.Queue[bytes] = queue.Queue()
        self._complaints: queue.Queue[bytes] = queue.Queue()
        words, variables = [*command, *options], {**os.environ, **(environ or {})}
        self.process = start(words, folder, variables) if cold else Process(words, folder, variables)
        pipes = ((self.process.stdout, self._lines), (self.process.stderr, self._complaints))
        self._readers = [threading.Thread(target=_read, args=pair) for pair in pipes]
        for reader in self._readers:
            reader.start()

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *exception: object) -> None:
        self.process.kill()
        self.process.wait()
        for reader in self._readers:
            reader.join()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe and not pipe.closed:
                try:
                    pipe.close()
                except BrokenPipeError:
                    pass

    def open(self) -> dict[str, Any]:
        """Say hello as this era does, and return what the server says of itself."""
        if self.era == MODERN:
            return self.request("server/discover")["result"]
        params = {"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": CLIENT}
        result = self.request("initialize", params)["result"]
        self.send({"jsonrpc": "2.0", "method": "notifications/initialized"})
        return result

    def ask(self, method: str, params: Mapping[str, Any] | None = None) -> int:
        """Send a request without waiting for its answer, and return its id."""
        self._count += 1
        self.send(self.message(method, params, self._count))
        return self._count

    def message(self, method: str, params: Mapping[str, Any] | None, number: int) -> dict[str, Any]:
        """Return a request as this era writes it."""
        own = {
            "io.modelcontextprotocol/protocolVersion": MODERN,
            "io.modelcontextprotocol/clientCapabilities": {},
            "io.modelcontextprotocol/clientInfo": CLIENT,
        }
        meta = {"_meta": own} if self.era == MODERN else {}
        return {"jsonrpc": "2.0", "id": number, "method": method, "params": {**(params or {}), **meta}}

    def send(self, message: Mapping[str, Any]) -> None:
        """Send one message."""
        self.send_line(json.dumps(message).encode())

    def send_line(self, line: bytes) -> None:
        """Send one line, whatever it holds."""
        assert self.process.stdin
        self.process.stdin.write(line + b"\n")
        self.process.stdin.flush()

    def answer(self) -> dict[str, Any]:
        """Wait for the next message of the server."""
        while True:
            line = self._lines.get(timeout=PATIENCE)
            if not line:
                raise EOFError("\n".join(self.list_complaints()))
            try:
                return json.loads(line)
            except ValueError:
                self.stray.append(line)

    def request(self, method: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Send a request and wait for its answer; whatever else is said meanwhile is dropped."""
        number = self.ask(method, params)
        while (answer := self.answer()).get("id") != number:
            pass
        return answer

    def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """Call a tool and return its result."""
        return self.request("tools/call", {"name": tool, "arguments": arguments})["result"]

    def list_tools(self) -> list[dict[str, Any]]:
        """Ask for the tools."""
        return self.request("tools/list")["result"]["tools"]

    def end_input(self) -> float:
        """Close standard input, wait for the end, and return how many seconds that took."""
        assert self.process.stdin
        started = time.monotonic()
        self.process.stdin.close()
        return self._wait(started)

    def end_by(self, number: signal.Signals) -> float:
        """Send a signal, wait for the end, and return how many seconds that took."""
        started = time.monotonic()
        self.process.send_signal(number)
        return self._wait(started)

    def rest(self) -> list[bytes]:
        """Return the lines that came in until the end of output."""
        return list(iter(lambda: self._lines.get(timeout=PATIENCE), b""))

    def complaint(self) -> str:
        """Wait for the next line on standard error."""
        return self._complaints.get(timeout=PATIENCE).decode().rstrip()

    def list_complaints(self) -> list[str]:
        """Return the lines on standard error until its end."""
        return list(iter(self.complaint, ""))

    def _wait(self, started: float) -> float:
        self.process.wait(PATIENCE)
        return time.monotonic() - started


def start(words: Sequence[str], folder: Path | None, environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start Python with three pipes."""
    command, pipe = [sys.executable, *words], subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, cwd=folder, env=environ)


def _read(pipe: IO[bytes], lines: queue.Queue[bytes]) -> None:
    for line in pipe:
        lines.put(line)
    lines.put(b"")


def text_of(result: Mapping[str, Any]) -> str:
    """Return the text of a tool's result."""
    return "\n".join(part["text"] for part in result["content"])


def record_of(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return the record of a tool's result."""
    return result["_meta"]["mnemo/record"]
