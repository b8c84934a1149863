"""Measure, and write what was measured into guide/performance.md with commit and date.

    python -m tests.benchmarks.figures [--claims N] [--write]

Every time is a ratio to a control in the same run, the two measured in turn.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from fastmcp import Client
from fastmcp.client.transports import StdioTransport

from tests.benchmarks.page import others
from tests.benchmarks.texts import Fact, facts

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "guide" / "performance.md"
Row = tuple[str, str, str]


def main() -> None:
    """Measure everything and print it; with --write, also into the guide."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claims", type=int, default=10_000)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    rows: list[Row] = []
    for measure in (
        imports,
        shell,
        startup,
        lambda: serving(1_000),
        lambda: serving(asked.claims),
        lambda: bulk(asked.claims),
        crowd,
        kills,
    ):
        for row in measure():
            print(" | ".join(row), flush=True)
            rows.append(row)
    if asked.write:
        PAGE.write_text(page(rows) + others(), encoding="utf-8")


def imports() -> Iterator[Row]:
    """What `import mnemo` costs over a bare interpreter."""
    bare, ours = paired([sys.executable, "-c", "pass"], [sys.executable, "-c", "import mnemo"], 15)
    yield "`import mnemo`, CPU over bare Python", f"{(ours - bare) * 1000:.1f} ms", "under 15 ms"


def shell() -> Iterator[Row]:
    """What a recall costs from the shell."""
    with repository() as folder:
        fill(folder, facts(1_000))
        command = [sys.executable, "-m", "mnemo", "recall", "retry budget with redis"]
        walls = [timed(command, folder) for _ in range(9)]
        yield (
            "`mnemo recall` from the shell, 1,000 claims, median wall",
            f"{statistics.median(walls) * 1000:.0f} ms",
            "under 250 ms",
        )


def startup() -> Iterator[Row]:
    """From spawn to the list of tools, beside the control."""
    with repository() as folder:
        ours: list[float] = []
        control: list[float] = []
        tools: Any = None
        for _ in range(9):
            for server, times in ((our_server(folder), ours), (control_server(folder), control)):
                begun = time.perf_counter()
                tools = asyncio.run(listed(server))
                times.append(time.perf_counter() - begun)
                if server is not None and times is ours:
                    size = len(json.dumps(tools))
        ratio = statistics.median(ours) / statistics.median(control)
        yield "spawn to tools/list, median of 9", f"{ratio:.2f} times the control", "at most 1.15"
        yield "tools/list, characters of JSON", f"{size:,}", ""


def serving(count: int) -> Iterator[Row]:
    """Storing and searching through MCP, beside the control with as many facts."""
    known = facts(count)
    with repository() as folder:
        ours = asyncio.run(served(our_server(folder), known, OURS))
        control = asyncio.run(served(control_server(folder), known, CONTROL))
    for name in ("store", "keywords", "question"):
        ratio = statistics.median(ours[name]) / statistics.median(control[name])
        what = "store" if name == "store" else f"search by {name}"
        yield f"{what} through MCP at {count:,}, p50", f"{ratio:.2f} times the control", "at most 2"
    yield (
        f"found among the first 5 at {count:,}",
        f"{ours['hits'] / len(ours['question'] + ours['keywords']):.2f}",
        "1.0",
    )


def bulk(count: int) -> Iterator[Row]:
    """Storing in batches of 500 in one process, and how large the file becomes."""
    code = (
        "import sys, time, os\nfrom mnemo.tools import core\nfrom mnemo import projects\n"
        "from tests.benchmarks.texts import facts\n"
        "known = facts(int(sys.argv[1]))\nbegun = time.perf_counter()\n"
        "for start in range(0, len(known), 500):\n"
        "    core.claim(batch=[{'content': one.text} for one in known[start:start + 500]])\n"
        "took = time.perf_counter() - begun\nhere = projects.current()\nhere.db.leave_no_trace()\n"
        "print(len(known) / took, os.path.getsize(here.db.path) / sum(len(one.text) for one in known))\n"
    )
    with repository() as folder:
        told = subprocess.run(
            [sys.executable, "-c", code, str(count)],
            cwd=folder,
            env=environment(folder),
            capture_output=True,
            text=True,
            check=True,
        )
    rate, size = map(float, told.stdout.split())
    yield f"claims stored a second in batches of 500, {count:,}", f"{rate:,.0f}", "4,000"
    yield f"database over text, {count:,} claims", f"{size:.1f} times", "at most 6"


def crowd() -> Iterator[Row]:
    """Eight servers writing a hundred claims each into one store."""
    with repository() as folder:
        begun = time.perf_counter()
        errors = asyncio.run(eight(folder))
        took = time.perf_counter() - begun
        held = counted(folder)
    yield "8 servers x 100 writes: errors, lost", f"{errors}, {800 - errors - held}", "0, 0"
    yield "8 servers x 100 writes: seconds with their start", f"{took:.1f}", ""


def kills(rounds: int = 5) -> Iterator[Row]:
    """SIGKILL in the middle of writing: what was acknowledged is there."""
    with repository() as folder:
        acknowledged: list[str] = []
        for round_ in range(rounds):
            acknowledged += asyncio.run(killed(folder, facts(400, seed=100 + round_), 30 + 40 * round_))
        held = texts_of(folder)
        lost = [word for word in acknowledged if word not in held]
    yield f"{rounds} kill -9 during {len(acknowledged)} acknowledged writes: lost", f"{len(lost)}", "0"


OURS: dict[str, Callable[[Fact], tuple[str, dict[str, Any]]]] = {
    "store": lambda fact: ("claim", {"content": fact.text}),
    "keywords": lambda fact: ("recall", {"query": fact.keywords, "limit": 5}),
    "question": lambda fact: ("recall", {"query": fact.question, "limit": 5}),
}
CONTROL: dict[str, Callable[[Fact], tuple[str, dict[str, Any]]]] = {
    "store": lambda fact: ("remember", {"text": fact.text}),
    "keywords": lambda fact: ("search", {"query": fact.keywords, "limit": 5}),
    "question": lambda fact: ("search", {"query": fact.question.replace("?", ""), "limit": 5}),
}


async def served(server: StdioTransport, known: list[Fact], calls: dict[str, Any]) -> dict[str, Any]:
    """Fill a server, then time stores and searches."""
    result: dict[str, Any] = {"store": [], "keywords": [], "question": [], "hits": 0}
    async with Client(server) as client:
        if calls is OURS:
            for start in range(0, len(known), 500):
                batch = [{"content": fact.text} for fact in known[start : start + 500]]
                await client.call_tool("claim", {"batch": batch})
        else:
            for fact in known:
                await client.call_tool(*calls["store"](fact))
        for fact in facts(100, seed=7):
            begun = time.perf_counter()
            await client.call_tool(*calls["store"](fact))
            result["store"].append(time.perf_counter() - begun)
        for name in ("keywords", "question"):
            for fact in known[:: max(1, len(known) // 100)]:
                begun = time.perf_counter()
                told = await client.call_tool(*calls[name](fact))
                result[name].append(time.perf_counter() - begun)
                result["hits"] += fact.word in told.content[0].text  # type: ignore[union-attr]
    return result


async def listed(server: StdioTransport) -> list[Any]:
    async with Client(server) as client:
        return [
            tool.model_dump(mode="json", by_alias=True, exclude_none=True)
            for tool in await client.list_tools()
        ]


async def eight(folder: Path) -> int:
    async def one(number: int) -> int:
        errors = 0
        async with Client(our_server(folder)) as client:
            for fact in facts(100, seed=20 + number):
                told = await client.call_tool("claim", {"content": fact.text}, raise_on_error=False)
                errors += told.is_error
        return errors

    return sum(await asyncio.gather(*(one(number) for number in range(8))))


async def killed(folder: Path, known: list[Fact], after: int) -> list[str]:
    acknowledged: list[str] = []
    server = subprocess.Popen(
        [sys.executable, "-m", "mnemo", "serve", "--project", str(folder)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment(folder), cwd=folder,
    )  # fmt: skip
    assert server.stdin is not None
    assert server.stdout is not None

    def ask(number: int, method: str, params: dict[str, Any]) -> dict[str, Any]:
        message = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
        server.stdin.write((json.dumps(message) + "\n").encode())  # type: ignore[union-attr]
        server.stdin.flush()  # type: ignore[union-attr]
        return json.loads(server.stdout.readline())  # type: ignore[union-attr]

    ask(
        0,
        "initialize",
        {
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "clientInfo": {"name": "bench", "version": "1"},
        },
    )
    server.stdin.write(b'{"jsonrpc": "2.0", "method": "notifications/initialized"}\n')
    for number, fact in enumerate(known, 1):
        told = ask(number, "tools/call", {"name": "claim", "arguments": {"content": fact.text}})
        if not told["result"].get("isError"):
            acknowledged.append(fact.word)
        if number == after:
            # The next write is on its way when the process dies.
            unanswered = {"name": "claim", "arguments": {"content": "unanswered"}}
            message = {"jsonrpc": "2.0", "id": 9999, "method": "tools/call", "params": unanswered}
            server.stdin.write((json.dumps(message) + "\n").encode())
            server.stdin.flush()
            server.kill()
            break
    server.communicate()
    return acknowledged


@contextlib.contextmanager
def repository() -> Iterator[Path]:
    """Yield a fresh repository with a home of its own beside it."""
    base = Path(tempfile.mkdtemp(prefix="mnemo-figures-"))
    folder = base / "repository"
    (base / "home").mkdir()
    folder.mkdir()
    environ = environment(folder)
    who = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    subprocess.run(["git", "init", "-q", "-b", "main"], cwd=folder, env=environ, check=True)
    subprocess.run(
        ["git", *who, "commit", "-q", "--allow-empty", "-m", "start"], cwd=folder, env=environ, check=True
    )
    try:
        yield folder
    finally:
        shutil.rmtree(base, ignore_errors=True)


def environment(folder: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder.parent / "home"),
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
    }


def our_server(folder: Path) -> StdioTransport:
    return StdioTransport(
        sys.executable,
        ["-m", "mnemo", "serve", "--project", str(folder)],
        env=environment(folder),
        cwd=str(folder),
        keep_alive=False,
    )


def control_server(folder: Path) -> StdioTransport:
    script = str(Path(__file__).with_name("control.py"))
    database = str(folder.parent / "control.db")
    return StdioTransport(
        sys.executable, [script, database], env=environment(folder), cwd=str(folder), keep_alive=False
    )


def fill(folder: Path, known: list[Fact]) -> None:
    batch = json.dumps([{"content": fact.text} for fact in known])
    code = "import sys, json\nfrom mnemo.tools import core\ncore.claim(batch=json.load(sys.stdin))"
    subprocess.run(
        [sys.executable, "-c", code], input=batch, text=True, cwd=folder, env=environment(folder), check=True
    )


def counted(folder: Path) -> int:
    return len(json.loads(export(folder)))


def texts_of(folder: Path) -> str:
    return export(folder)


def export(folder: Path) -> str:
    told = subprocess.run(
        [sys.executable, "-m", "mnemo", "export"],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=True,
    )
    return told.stdout


def timed(command: list[str], folder: Path) -> float:
    begun = time.perf_counter()
    subprocess.run(command, cwd=folder, env=environment(folder), capture_output=True, check=True)
    return time.perf_counter() - begun


def paired(one: list[str], other: list[str], runs: int) -> tuple[float, float]:
    """Return the least CPU seconds of two commands run in turn."""
    best = [float("inf"), float("inf")]
    for _ in range(runs):
        for place, command in enumerate((one, other)):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run(
                command, check=True, env={"PYTHONPATH": str(ROOT / "src"), "PATH": os.environ["PATH"]}
            )
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            spent = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
            best[place] = min(best[place], spent)
    return best[0], best[1]


def commit() -> str:
    """Return the commit that is checked out, shortened."""
    return subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()


def page(rows: list[Row]) -> str:
    today = time.strftime("%Y-%m-%d", time.gmtime())
    lines = [
        "# Performance",
        "",
        f"Measured at commit {commit()} on {today}, {os.cpu_count()} cores, Python {sys.version.split()[0]},",
        "by `python -m tests.benchmarks.figures --write`.",
        "The control is a bare FastMCP server with one full-text table, measured in the same run.",
        "",
        "| what | measured | target |",
        "|---|---|---|",
        *(f"| {' | '.join(row)} |" for row in rows),
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
