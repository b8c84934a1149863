"""The control of every comparison: a FastMCP server with one bare full-text table and nothing else.

control.py FILE     serves `remember(text)` and `search(query, limit)` over stdio
"""

from __future__ import annotations

import sqlite3
import sys
import threading

from fastmcp import FastMCP

server = FastMCP("control")
turn = threading.Lock()
table = sqlite3.connect(sys.argv[1], isolation_level=None, check_same_thread=False)
table.execute("PRAGMA journal_mode=WAL")
table.execute("PRAGMA synchronous=NORMAL")
table.execute("CREATE VIRTUAL TABLE IF NOT EXISTS facts USING fts5(text)")


@server.tool
def remember(text: str) -> str:
    """Keep a fact."""
    with turn:
        table.execute("INSERT INTO facts VALUES (?)", (text,))
    return "kept"


@server.tool
def search(query: str, limit: int = 5) -> str:
    """Find facts."""
    words = " OR ".join(f'"{word}"' for word in query.replace('"', " ").split())
    with turn:
        found = table.execute(
            "SELECT text FROM facts WHERE facts MATCH ? ORDER BY rank LIMIT ?", (words, limit)
        ).fetchall()
    return "\n".join(row[0] for row in found)


if __name__ == "__main__":
    server.run(show_banner=False, log_level="ERROR")
