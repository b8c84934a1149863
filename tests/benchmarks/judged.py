"""Judged sets, where ../shared/bench lies beside the repository: what others asked, and what answers it.

Each set has memories, queries, and which memories answer them. A set is stored with the `claim` of a real
server and asked with its `recall`, as an agent would.
"""

from __future__ import annotations

import asyncio
import json
import math
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from fastmcp import Client

from tests.benchmarks.figures import ROOT, our_server, repository

SETS = ROOT.parent / "shared" / "bench" / "retrieval" / "data"
NAMES = ("newsfrag_dev", "gitcite_subj", "gitcite_para", "devmembench", "cosqa", "cacm")
AT_ONCE = 250
DEPTH = 10

Item = dict[str, Any]


class Judged(NamedTuple):
    """One set of one project.

    Args:
        corpus: its memories: id, text, and sometimes title, tags, paths.
        queries: id and text.
        relevant: the ids of the memories that answer each query.
    """

    corpus: list[Item]
    queries: list[Item]
    relevant: dict[str, set[str]]


def are_here() -> bool:
    """Tell whether the sets lie beside the repository."""
    return SETS.is_dir()


def judged(name: str) -> list[Judged]:
    """Return a set, one part for each project in it."""
    corpus, queries = defaultdict(list), defaultdict(list)
    for held, file in ((corpus, "corpus.jsonl"), (queries, "queries.jsonl")):
        for line in (SETS / name / file).read_text(encoding="utf-8").splitlines():
            one = json.loads(line)
            held[one.get("group", "")].append(one)
    relevant: dict[str, set[str]] = defaultdict(set)
    for line in (SETS / name / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        query, document, _ = line.split("\t")
        relevant[query].add(document)
    return [Judged(corpus[group], asked, relevant) for group, asked in queries.items()]


def measured(names: tuple[str, ...] = NAMES) -> Iterator[tuple[str, float, float]]:
    """Yield each set's name, recall@5 and MRR@10 in percent; sets with the same memories share a server."""
    parts = {name: judged(name) for name in names}
    same: dict[str, list[str]] = defaultdict(list)
    for name, found in parts.items():
        same[json.dumps([part.corpus for part in found])].append(name)
    scores: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for together in same.values():
        for place, part in enumerate(parts[together[0]]):
            asked = [parts[name][place] for name in together]
            for name, one, told in zip(together, asked, answers(part.corpus, asked), strict=True):
                scores[name] += [
                    scored(ids, one.relevant[query["id"]])
                    for query, ids in zip(one.queries, told, strict=True)
                ]
    for name in names:
        yield name, *_means(scores[name])


def scored(told: list[str], relevant: set[str]) -> tuple[float, float]:
    """Return the share of the relevant among the first five, and one over the place of the first."""
    ranked = list(dict.fromkeys(told))[:DEPTH]
    first = next((place for place, one in enumerate(ranked, 1) if one in relevant), math.inf)
    return len(relevant & set(ranked[:5])) / len(relevant), 1 / first


def _means(scores: list[tuple[float, float]]) -> tuple[float, float]:
    """Return the means in percent."""
    five, ten = (100 * sum(column) / len(scores) for column in zip(*scores, strict=True))
    return five, ten


def answers(corpus: list[Item], asked: list[Judged]) -> list[list[list[str]]]:
    """Return for each set and query the ids of the memories that a server recalled, best first."""
    with repository() as folder:
        return asyncio.run(_answers(folder, corpus, asked))


async def _answers(folder: Path, corpus: list[Item], asked: list[Judged]) -> list[list[list[str]]]:
    ids: dict[str, list[str]] = defaultdict(list)
    async with Client(our_server(folder)) as client:
        for start in range(0, len(corpus), AT_ONCE):
            some = [one for one in corpus[start : start + AT_ONCE] if content_of(one).strip()]
            batch = [claim_of(one, folder) for one in some]
            told = await client.call_tool("claim", {"batch": batch})
            for one, claim in zip(some, record_of(told)["claims"], strict=True):
                ids[claim["address"]].append(one["id"])
        found: list[list[list[str]]] = []
        for one in asked:
            found.append([])
            for query in one.queries:
                wish = {"query": query["text"], "limit": DEPTH, "budget": 20_000, "detail": "full"}
                told = await client.call_tool("recall", wish)
                claims = record_of(told)["claims"]
                found[-1].append([each for claim in claims for each in ids[claim["address"]]])
    return found


def record_of(result: Any) -> Item:
    """Return the record of a tool's answer."""
    return result.meta["mnemo/record"]


def content_of(one: Item) -> str:
    """Return a memory as a claim says it: its title is the headline."""
    return "\n".join(part for part in (one.get("title"), one.get("text")) if part)


def claim_of(one: Item, folder: Path) -> Item:
    """Return a memory as a claim, its paths as anchors to files that are there."""
    paths = [path for path in one.get("paths") or () if _made(folder / path)]
    anchors = [{"type": "file", "path": path} for path in paths]
    return {"content": content_of(one), "tags": one.get("tags") or [], "anchors": anchors}


def _made(file: Path) -> bool:
    """Make an empty file; a path that is a folder at another time of the history cannot be had as well."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    except OSError:
        return False
    return file.is_file()


def full_text(names: tuple[str, ...] = NAMES) -> Iterator[tuple[str, float, float]]:
    """Yield what SQLite's own full text with its stemmer reaches on each set."""
    for name in names:
        scores: list[tuple[float, float]] = []
        for part in judged(name):
            scores += _full_text(part)
        yield name, *_means(scores)


def _full_text(part: Judged) -> list[tuple[float, float]]:
    import re
    import sqlite3

    table = sqlite3.connect(":memory:")
    table.execute("CREATE VIRTUAL TABLE facts USING fts5(text, tokenize = 'porter unicode61')")
    rows = [(f"{content_of(one)} {' '.join(one.get('tags') or ())}",) for one in part.corpus]
    table.executemany("INSERT INTO facts VALUES (?)", rows)
    scores: list[tuple[float, float]] = []
    for query in part.queries:
        match = " OR ".join(f'"{word}"' for word in dict.fromkeys(re.findall(r"\w+", query["text"])))
        found = table.execute(
            "SELECT rowid FROM facts WHERE facts MATCH ? ORDER BY rank LIMIT ?", (match, DEPTH)
        ).fetchall()
        told = [part.corpus[row[0] - 1]["id"] for row in found]
        scores.append(scored(told, part.relevant[query["id"]]))
    table.close()
    return scores
