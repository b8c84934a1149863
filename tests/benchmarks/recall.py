"""Measure recall, and write what was measured into guide/performance.md with commit and date.

    python -m tests.benchmarks.recall [--only NAME,…] [--most N] [--write]

NAME is quality, latency, storing, exact, budgets or fuzz. Times are ratios to a control in the same run.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import string
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from fastmcp import Client

from tests.benchmarks import judged, page
from tests.benchmarks.figures import (
    CONTROL,
    OURS,
    Row,
    bulk,
    control_server,
    our_server,
    repository,
)
from tests.benchmarks.texts import Fact, facts

SECTION = "Recall"
LIMITS = {1_000: 4.0, 10_000: 2.0, 100_000: 0.5}  # times the control's, questions
ASKED = 100
CASES = 1_000


def main() -> None:
    """Measure what is asked for and print it; with --write, also into the guide."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--only", default="quality,latency,storing,exact,budgets,fuzz")
    parser.add_argument("--most", type=int, default=100_000)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    sizes = [size for size in LIMITS if size <= asked.most]
    measures: dict[str, Callable[[], Iterator[Row]]] = {
        "quality": quality,
        "latency": lambda: latency(sizes),
        "storing": lambda: bulk(sizes[-1]),
        "exact": lambda: exact((sizes[0], sizes[-1])),
        "budgets": budgets,
        "fuzz": fuzz,
    }
    rows: list[Row] = []
    for name in asked.only.split(","):
        for row in measures[name]():
            print(" | ".join(row), flush=True)
            rows.append(row)
    if asked.write:
        page.keep(SECTION, rows)


def quality() -> Iterator[Row]:
    """What a real server finds of six judged sets, beside SQLite's full text with its stemmer."""
    if not judged.are_here():
        yield "judged sets", "not here", ""
        return
    floor = {name: (five, ten) for name, five, ten in judged.full_text()}
    found = list(judged.measured())
    for name, five, ten in found:
        least = "{:.1f} / {:.1f}, SQLite's porter".format(*floor[name])
        yield f"{name}: recall@5 / MRR@10, %", f"{five:.1f} / {ten:.1f}", least
    means = [statistics.mean(column) for column in list(zip(*found, strict=True))[1:]]
    yield "mean of the six: recall@5 / MRR@10, %", "{:.1f} / {:.1f}".format(*means), "59.5 / 61"


def latency(sizes: list[int]) -> Iterator[Row]:
    """What a recall through MCP takes, beside the control's search in as large a store."""
    smallest = 0.0
    for size in sizes:
        with repository() as folder:
            known = facts(size)
            times = asyncio.run(_turns(folder, known))
        ours, theirs = times["ours"], times["control"]
        for name in ("keywords", "question"):
            most = "2.0" if name == "keywords" else f"{LIMITS[size]}"
            ratio = statistics.median(ours[name]) / statistics.median(theirs[name])
            yield f"recall by {name} at {size:,}, p50", f"{ratio:.2f} times the control", f"at most {most}"
        middle = statistics.median(ours["question"])
        late = statistics.quantiles(ours["question"], n=20)[-1]
        yield f"recall by question at {size:,}, p95 over p50", f"{late / middle:.1f}", "under 3"
        alone = statistics.median(times["alone"]["question"])
        if smallest:
            yield f"recall by question at {size:,}, over 1,000", f"{alone / smallest:.1f}", "at most 3"
        smallest = smallest or alone


async def _turns(folder: Path, known: list[Fact]) -> dict[str, dict[str, list[float]]]:
    """Fill both servers and ask them in turn, each question once; then ours alone, by other questions.

    The control's answers take the longer, and the more of the processor's memory, the larger the store is.
    """
    times: dict[str, dict[str, list[float]]] = {
        who: {"keywords": [], "question": []} for who in ("ours", "control", "alone")
    }
    async with Client(our_server(folder)) as ours, Client(control_server(folder)) as control:
        for start in range(0, len(known), 500):
            batch = [{"content": fact.text} for fact in known[start : start + 500]]
            await ours.call_tool("claim", {"batch": batch})
        for fact in known:
            await control.call_tool(*CONTROL["store"](fact))
        chosen = random.Random(3).sample(known, min(ASKED, len(known)))
        for name in ("keywords", "question"):
            for fact in chosen:
                for who, client, calls in (("ours", ours, OURS), ("control", control, CONTROL)):
                    begun = time.perf_counter()
                    await client.call_tool(*calls[name](fact))
                    times[who][name].append(time.perf_counter() - begun)
        for fact in random.Random(4).sample(known, min(ASKED, len(known))):
            begun = time.perf_counter()
            await ours.call_tool(*OURS["question"](fact))
            times["alone"]["question"].append(time.perf_counter() - begun)
    return times


def exact(sizes: tuple[int, ...]) -> Iterator[Row]:
    """How often the claim that holds an identifier or a path is among the first three for it."""
    dice = random.Random(5)
    for size in dict.fromkeys(sizes):
        known = facts(size)
        wanted: list[str] = []
        claims: list[dict[str, Any]] = [{"content": fact.text} for fact in known]
        for number in range(CASES):
            name = _identifier(dice, number)
            wanted.append(name)
            claims[dice.randrange(len(claims))]["content"] += f" See {name}."
        with repository() as folder:
            told = asyncio.run(_asked(folder, claims, [{"query": name, "limit": 3} for name in wanted]))
        hits = sum(
            any(name in claim["content"] for claim in record["claims"])
            for name, record in zip(wanted, told, strict=True)
        )
        yield (
            f"exact identifier or path among the first 3 at {size:,}",
            f"{100 * hits / CASES:.1f} %",
            "at least 99 %",
        )


def _identifier(dice: random.Random, number: int) -> str:
    """Return a name as code has them: half of its parts are words that many claims hold."""
    parts = [dice.choice(("retry", "cache", "session", "token", "parse")), f"x{number:x}"]
    parts.append("".join(dice.choices(string.ascii_lowercase, k=4)))
    forms = (
        "_".join(parts),
        parts[0] + "".join(part.capitalize() for part in parts[1:]),
        f"src/{'/'.join(parts)}.py",
        f"{parts[0]}.{parts[1]}.{parts[2]}",
    )
    return dice.choice(forms)


async def _asked(
    folder: Path, claims: list[dict[str, Any]], wishes: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    async with Client(our_server(folder)) as client:
        for start in range(0, len(claims), 500):
            await client.call_tool("claim", {"batch": claims[start : start + 500]})
        return [judged.record_of(await client.call_tool("recall", wish)) for wish in wishes]


def budgets(count: int = 1_000) -> Iterator[Row]:
    """Whether answers keep to their budgets, and use them where there is more to say."""
    dice = random.Random(11)
    claims = [{"content": fact.text * dice.randrange(1, 8)} for fact in facts(400)]
    wishes = [
        {
            "query": f"what about {dice.choice(('retry', 'cursor', 'token', 'lock'))} with redis",
            "budget": int(10 ** dice.uniform(1.7, 3.8)),
            "limit": 200,
            "detail": dice.choice(("card", "full")),
        }
        for _ in range(count)
    ]
    with repository() as folder:
        texts = asyncio.run(_texts(folder, claims, wishes))
    tokens = _counter()
    shares = [tokens(text) / wish["budget"] for text, wish in zip(texts, wishes, strict=True)]
    yield f"{count:,} random budgets: over", f"{sum(share > 1 for share in shares)}", "0"
    least = sum(share < 0.8 for share in shares)
    yield f"{count:,} random budgets: less than 80 % used", f"{least}", "0"
    yield f"{count:,} random budgets: share used, median", f"{statistics.median(shares):.2f}", ""


async def _texts(folder: Path, claims: list[dict[str, Any]], wishes: list[dict[str, Any]]) -> list[str]:
    async with Client(our_server(folder)) as client:
        await client.call_tool("claim", {"batch": claims})
        told = [await client.call_tool("recall", wish) for wish in wishes]
    return [one.content[0].text for one in told]  # type: ignore[union-attr]


def _counter() -> Callable[[str], int]:
    """Return what counts tokens: cl100k where it is installed, else our own estimate."""
    try:
        encoding = import_module("tiktoken").get_encoding("cl100k_base")
        return lambda text: len(encoding.encode(text, disallowed_special=()))
    except Exception:  # noqa: BLE001  without the vocabulary at hand it asks the network
        from mnemo.tokens import estimate

        return estimate


def fuzz(count: int = 10_000) -> Iterator[Row]:
    """Whether any question is answered."""
    dice = random.Random(17)
    claims = [{"content": fact.text} for fact in facts(300)]
    letters = string.printable + "\0\u202eäß日本語한국\U0001f680\u0301\"'*^:()-"
    pieces = ["AND", "OR", "NOT", "NEAR(", '"', "a*", "col:x", "src/a.py", "retry", "redis", "{}", "--"]
    wishes = []
    for _ in range(count):
        typed = "".join(dice.choices(letters, k=dice.randrange(40)))
        wishes.append({"query": f"{typed} {' '.join(dice.choices(pieces, k=dice.randrange(6)))}"})
    with repository() as folder:
        told = asyncio.run(_asked(folder, claims, wishes))
    yield f"{count:,} fuzzed questions: not answered", f"{sum('claims' not in one for one in told)}", "0"


if __name__ == "__main__":
    main()
