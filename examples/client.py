"""Talk to the server the way an agent's client does: start it, list its tools, call two of them.

Run it anywhere: it works in a repository of its own and leaves nothing behind.

    python examples/client.py
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile

from fastmcp import Client
from fastmcp.client.transports import StdioTransport


async def talk(folder: str, home: str) -> None:
    """Start a server for a repository and hold a short conversation with it.

    Args:
        folder: the repository.
        home: where the server keeps backups and its list of projects.
    """
    environment = {**os.environ, "HOME": home}
    server = StdioTransport(sys.executable, ["-m", "mnemo", "serve"], env=environment, cwd=folder)
    async with Client(server) as client:
        print("tools:", ", ".join(tool.name for tool in await client.list_tools()))
        await client.call_tool(
            "claim", {"content": "The README is the only document", "anchors": ["README.md"]}
        )
        answer = await client.call_tool("recall", {"query": "which documents are there"})
        print(*(part.text for part in answer.content if part.type == "text"))  # what the model reads
        record = (answer.meta or {})["mnemo/record"]  # what programs read
        print("first verdict:", record["claims"][0]["verdict"])


def main() -> None:
    """Make a repository and talk to a server in it."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = os.path.join(scratch, "shop")
        subprocess.run(["git", "init", "--quiet", folder], check=True)
        with open(os.path.join(folder, "README.md"), "w", encoding="utf-8") as readme:
            readme.write("# Shop\n")
        asyncio.run(talk(folder, scratch))


if __name__ == "__main__":
    main()
