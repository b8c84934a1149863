"""Measure whether what memory tells is true, against what the texts themselves say.

    python -m tests.benchmarks.truth REPOSITORY [--steps N] [--claims N] [--history N] [--watched]
    python -m tests.benchmarks.truth REPOSITORY… --renames
    python -m tests.benchmarks.truth REPOSITORY --pace

Edits, renames, moves, deletions, re-indentations and reverts over a repository's own history; after each
every claim is judged and some are recalled; with --watched also what a watcher found is compared. The
repositories are copied; nothing in them changes. --write keeps the figures in the guide.
"""

from __future__ import annotations

import argparse
import collections
import os
import random
import re
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from mnemo import projects
from mnemo.errors import MnemoError
from mnemo.memory import verifying
from mnemo.model.anchor import anchor_from_record
from mnemo.project import Project
from mnemo.repo.symbols import list_symbols, speaks
from mnemo.store import assertions
from mnemo.tools import core, people
from tests.benchmarks import oracle, page, watched
from tests.benchmarks.edits import Worker
from tests.benchmarks.oracle import Known
from tests.repos import git

SUFFIXES = (".py", ".js", ".ts", ".tsx", ".go", ".rs", ".md", ".toml", ".rst")
LARGEST = 200_000
MOST_RENAMED = 25


class Tally(NamedTuple):
    """What a run found.

    Args:
        judged: how many judgements were compared.
        changed: of how many the content had changed.
        open: of how many the texts say nothing.
        wrong: claims told as proven after their content changed.
        doubted: claims doubted without cause.
        restored: claims proven again after they were not.
    """

    judged: int
    changed: int
    open: int
    wrong: list[str]
    doubted: list[str]
    restored: int


def main() -> None:
    """Measure what was asked for and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("repositories", nargs="+")
    parser.add_argument("--steps", type=int, default=1_000)
    parser.add_argument("--claims", type=int, default=240)
    parser.add_argument("--history", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--watched", action="store_true")
    parser.add_argument("--renames", action="store_true")
    parser.add_argument("--pace", action="store_true")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    for source in asked.repositories:
        rows: list[page.Row] = []
        with tempfile.TemporaryDirectory() as folder:
            os.environ.update(HOME=folder, MNEMO_BACKUPS=f"{folder}/backups", MNEMO_GLOBAL=f"{folder}/global")
            top = Path(folder, "repository")
            git(folder, "clone", "-q", "--shared", source, str(top))
            os.chdir(top)
            if asked.renames:
                print(f"{source}: {renames(top)}", flush=True)
            elif asked.pace:
                said, rows = pace(top)
                print(f"{source}: {said}", flush=True)
            else:
                tally = edits(top, asked)
                print(f"{source}: {told(tally)}", flush=True)
                rows = figures(tally, asked, name_of(source))
            projects.closing()
            if asked.write:
                page.keep("Truth", rows)


def name_of(source: str) -> str:
    """Return what a repository is called: its last folder that says something."""
    names = [name for name in Path(source).resolve().parts if name not in ("repo", "repository", ".git")]
    return names[-1].rpartition("+")[2].removesuffix(".git")


def figures(tally: Tally, asked: argparse.Namespace, name: str) -> list[page.Row]:
    """Return a run's figures as rows of the guide's page."""
    run = f"{asked.steps:,} random changes of {name}, watcher {'on' if asked.watched else 'off'}"
    share = len(tally.doubted) / max(tally.judged, 1)
    return [
        (f"{run}: told as proven after a change", f"{len(tally.wrong)} of {tally.changed:,}", "0"),
        (f"{run}: doubted without cause", f"{share:.3%} of {tally.judged:,}", "at most 1 %"),
    ]


def told(tally: Tally) -> str:
    """Return a run's figures, and the first of what was wrong."""
    share = len(tally.doubted) / max(tally.judged, 1)
    figures = (
        f"{tally.judged} judgements, {tally.changed} of them after a change ({tally.open} left open by the"
        f" texts): {len(tally.wrong)} told as proven after their content changed, {len(tally.doubted)}"
        f" doubted without cause ({share:.3%}), {tally.restored} restored and proven again"
    )
    return "\n  ".join([figures, *tally.wrong[:20], *tally.doubted[:5]])


def edits(top: Path, asked: argparse.Namespace) -> Tally:
    """Make claims at an older commit, then work and go on through history, comparing after every step."""
    commits = git(top, "rev-list", "--first-parent", f"--max-count={asked.history}", "HEAD").split()[::-1]
    git(top, "checkout", "-q", "-B", "main", commits[0])
    dice = random.Random(asked.seed)
    known = make_claims(top, dice, asked.claims)
    worker = Worker(top, dice, sorted({one.path for one in known}), commits[1:])
    if not asked.watched:
        return compare(top, known, worker, asked.steps)
    everywhere = watched.claim_everywhere(top, random.Random(asked.seed), known)
    with watched.watching(top):
        return compare(top, known, worker, asked.steps, everywhere)


def compare(
    top: Path, known: list[Known], worker: Worker, steps: int, everywhere: dict[str, str] | None = None
) -> Tally:
    """Work, and after every step compare what is told with what the texts say.

    Args:
        everywhere: where a watcher runs, lines that were claimed to stand anywhere, by address.
    """
    judged = changed = still_open = restored = 0
    wrong: list[str] = []
    doubted: list[str] = []
    before: set[str] = set()
    for step in range(steps):
        deed = worker.work()
        verdicts = judge_all(len(known) + watched.EVERYWHERE)
        renamed = renamed_since(top, worker)
        for address, verdict in recalled(worker.dice.choice(known).path):
            if verdict != verdicts[address][0]:
                wrong.append(f"step {step}: recall says {verdict}, verify {verdicts[address]}")
        false = set[str]()
        truths = [oracle.holds(one, top, renamed) for one in known]
        for one, truth in zip(known, truths, strict=True):
            verdict, reason = verdicts[one.address]
            said = f"step {step} {deed}: {one.kind} {one.path} {one.said[:40]!r} is {verdict} {reason}"
            judged, still_open = judged + 1, still_open + (truth is None)
            changed += truth is False
            if truth is False:
                false.add(one.address)
            if truth is False and verdict == "proven":
                wrong.append(said)
            elif truth is True and verdict != "proven":
                doubted.append(said)
            elif truth is True and one.address in before:
                restored += 1
        before = false
        if everywhere:
            seen = watched.compare(f"step {step} {deed}", known, truths, everywhere, top)
            judged, wrong, doubted = judged + seen.judged, wrong + seen.wrong, doubted + seen.doubted
    return Tally(judged, changed, still_open, wrong, doubted, restored)


def make_claims(top: Path, dice: random.Random, wanted: int, among: list[str] | None = None) -> list[Known]:
    """Claim something of random places, pinned in each of four ways, and note how the text was."""
    files = among or [path for path in git(top, "ls-files").split("\n") if path.endswith(SUFFIXES)]
    files = [p for p in files if (top / p).is_file() and 200 < (top / p).stat().st_size < LARGEST]
    dice.shuffle(files)
    files = files[: max(wanted // 4, 10)]
    places: list[tuple[Known, Any]] = []
    while files and len(places) < wanted:
        place = pick(top, dice, files)
        if place:
            places.append(place)
    commit = git(top, "rev-parse", "HEAD")
    batch = [
        {"content": f"Fact number {number} says {place[0].kind} of {place[0].path}", "anchors": [place[1]]}
        for number, place in enumerate(places)
    ]
    record = core.claim(batch=batch) if batch else {"claims": []}  # type: ignore[arg-type]
    return [
        known._replace(address=stored["address"], commit=commit)
        for (known, _), stored in zip(places, record["claims"], strict=True)
        if stored["anchors"][0]["state"] == "ok"
    ]


def pick(top: Path, dice: random.Random, files: list[str]) -> tuple[Known, Any] | None:
    """Return a random place as it is noted and as it is claimed."""
    path = dice.choice(files)
    text = oracle.read(top / path) or ""
    lines = text.split("\n")
    kind = dice.choice(("content", "content", "symbol", "symbol", "grep", "file"))
    if kind == "file":
        return Known("", kind, path, "", "", text), path
    if kind == "grep":
        said = dice.choice(lines).strip()
        anchor = {"type": "grep", "path": path, "pattern": said}
        return (Known("", kind, path, "", said, text), anchor) if len(said) > 8 else None
    if kind == "content":
        first = dice.randint(1, len(lines))
        last = min(first + dice.randint(0, 9), len(lines))
        said = "\n".join(lines[first - 1 : last])
        return (Known("", kind, path, "", said, text), f"{path}:{first}-{last}") if said.strip() else None
    return pick_symbol(dice, path, text, lines)


def pick_symbol(dice: random.Random, path: str, text: str, lines: list[str]) -> tuple[Known, Any] | None:
    """Return a random function or type of a file."""
    word = r"^\s*(export\s+)?(default\s+)?(pub(\(\w+\))?\s+)?(async\s+)?(def|class|func|fn|function|struct)\b"
    try:
        symbols = list_symbols(text, path) if speaks(path) else []
    except MnemoError:
        return None
    found = [s for s in symbols if any(re.match(word, line) for line in lines[s.first - 1 : s.last][:4])]
    if not found:
        return None
    symbol = dice.choice(found)
    # Where several functions of a name make one definition, its lines are not its body alone.
    last = re.escape(symbol.name.rpartition(".")[2])
    if len(re.findall(rf"^[^\n=(]*\b{last}\b\s*[=(:<{{]", text, re.MULTILINE)) > 1:
        return None
    body = "\n".join(lines[symbol.first - 1 : symbol.last])
    return Known("", "symbol", path, "", symbol.name, text, body), f"{path}::{symbol.name}"


def judge_all(wanted: int) -> dict[str, tuple[str, str]]:
    """Return each claim's verdict now, and why."""
    record = people.claims(limit=wanted + 10)
    return {
        one["address"]: (one["verdict"], "; ".join(a.get("reason", "") for a in one["anchors"]))
        for one in record["claims"]
    }


def recalled(path: str) -> Iterator[tuple[str, str]]:
    """Give address and verdict of what recall says of a file."""
    record = core.recall(path=path, limit=30, budget=20_000)
    yield from ((one["address"], one["verdict"]) for one in record["claims"])


def renamed_since(top: Path, worker: Worker) -> dict[str, str]:
    """Return where files of the first commit are now, as git says it and as the worker knows it."""
    listed = git(top, "diff", "-M", "--name-status", "-z", "--diff-filter=R", worker.start).split("\0")
    seen = dict(zip(listed[1::3], listed[2::3], strict=False))
    return seen | {old: new for old, new in worker.moved.items() if (top / new).exists()}


def renames(top: Path) -> str:
    """Claim something of files just before history renames them, and count what is withheld after."""
    log = git(top, "log", "--first-parent", "--diff-filter=R", "-M100%", "--name-status", "--format=:%H")
    found: dict[str, list[tuple[str, str]]] = {}
    commit = ""
    for line in log.split("\n"):
        if line.startswith(":"):
            commit = line[1:]
        elif line.startswith("R100\t") and line.count("\t") == 2 and line.split("\t")[1].endswith(SUFFIXES):
            found.setdefault(commit, []).append((line.split("\t")[1], line.split("\t")[2]))
    verdicts: collections.Counter[str] = collections.Counter()
    bad: list[str] = []
    for place, (after, pairs) in enumerate(list(found.items())[:20]):
        git(top, "checkout", "-q", "-f", "-B", "main", f"{after}^")
        paths = [old for old, _ in pairs[:MOST_RENAMED]]
        known = make_claims(top, random.Random(place), 2 * len(paths), paths)
        if not known:
            continue
        git(top, "checkout", "-q", "-f", "-B", "main", after)
        now = judge_all(10_000)
        gone = {one.address for one in known if not (top / one.path).exists()}
        verdicts.update(now[address][0] for address in gone)
        bad += [f"{after[:10]}: {now[address]}" for address in gone if now[address][0] != "proven"]
        core.claim(retracts=[one.address for one in known], why="the next commit")  # type: ignore[arg-type]
    return "\n  ".join([f"{len(found)} commits with renames, {dict(verdicts)}", *bad[:10]])


def pace(top: Path, wanted: int = 2_000, rounds: int = 300) -> tuple[str, list[page.Row]]:
    """Recall from the same claims with and without anchors, in turns; then judge twenty anchors again."""
    dice = random.Random(7)
    known = make_claims(top, dice, wanted)
    anchored = projects.current()
    bare_top = top.parent / "bare"
    git(top.parent, "clone", "-q", "--shared", str(top), str(bare_top))
    os.chdir(bare_top)
    texts = [f"Fact number {n} says {one.kind} of {one.path}" for n, one in enumerate(known)]
    core.claim(batch=list(texts))
    bare = projects.current()
    times: dict[bool, list[float]] = {True: [], False: []}
    for number in range(rounds):
        query = f"which {dice.choice(known).kind} of {dice.choice(known).path.rpartition('/')[2]}"
        for project in (anchored, bare) if number % 2 else (bare, anchored):
            with projects.using(project):
                start = time.perf_counter()
                core.recall(query)
                times[project is anchored].append((time.perf_counter() - start) * 1e3)
    with_anchors, without = (statistics.median(times[kind][20:]) for kind in (True, False))
    twenty = judging(anchored, dice, rounds)
    said = (
        f"recall over {len(known)} claims: p50 {with_anchors:.2f} ms anchored, {without:.2f} ms without,"
        f" {with_anchors / without:.2f} times; 20 anchors judged in {twenty:.2f} ms"
    )
    ratio = f"{with_anchors / without:.2f} times without anchors"
    return said, [
        (f"recall over {len(known):,} anchored claims, p50", ratio, "at most 1.3"),
        ("20 claims with paths judged, warm, p50", f"{twenty:.2f} ms", "at most 2 ms"),
    ]


def judging(project: Project, dice: random.Random, rounds: int) -> float:
    """Return the median milliseconds in which twenty anchors with paths are judged again."""
    with project.db.reading() as connection:
        chosen = verifying.live_claims(connection, project.view())
        payloads = assertions.payloads(connection, chosen)
    anchors = [(anchor_from_record(a), one.commit) for one in chosen for a in payloads[one.object]["anchors"]]
    times: list[float] = []
    for _ in range(rounds):
        some = dice.sample(anchors, 20)
        for again in (False, True):
            start = time.perf_counter()
            judge = project.judge()
            for anchor, commit in some:
                judge(anchor, commit)
            times += [(time.perf_counter() - start) * 1e3] if again else []
    return statistics.median(times)


if __name__ == "__main__":
    main()
