"""A service that answers as Voyage and OpenAI do, in a process of its own: like words share a place.

Its first line of output is its port, each later one a request as JSON. What goes wrong depends on the
model that is asked for.
"""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MEANINGS = (
    ("automobile", "car", "vehicle"),
    ("login", "password", "authentication", "signing"),
    ("slow", "latency", "performance"),
    ("cheap", "cost", "price"),
)
SIZE = len(MEANINGS) + 3


def vector(text: str) -> list[float]:
    """Return where a text points."""
    words = text.lower().replace("?", " ").split()
    found = [float(sum(word in group for word in words)) for group in MEANINGS]
    return [*found, 0.1, 0.1 * (len(words) % 3), 0.001 * len(text)]


class Answering(BaseHTTPRequestHandler):
    """Answers one request."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        print(json.dumps({"path": self.path, "key": self.headers["Authorization"], **body}), flush=True)
        model, texts = body["model"], body["input"]
        if model in ("500", "401", "429"):
            return self._send(int(model), {"error": "no"})
        if model == "302":
            return self._send(302, {}, {"Location": "/elsewhere"})
        found: list[dict[str, Any]] = [
            {"index": place, "embedding": vector(text)} for place, text in enumerate(texts)
        ]
        answers: dict[str, Any] = {
            "few": {"data": found[:-1] if len(found) > 1 else []},
            "words": {"data": [{"index": 0, "embedding": ["a"]}]},
            "bare": [],
        }
        return self._send(200, answers.get(model, {"data": found[::-1]}))

    def _send(self, code: int, answer: Any, headers: dict[str, str] | None = None) -> None:
        data = json.dumps(answer).encode()
        self.send_response(code)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    print(server.server_address[1], flush=True)
    sys.stdin.close()
    server.serve_forever()
