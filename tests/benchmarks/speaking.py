"""Measure when memory speaks: on tasks made from a repository's commits, and on tasks about something else.

    python -m tests.benchmarks.speaking REPOSITORY … [--claims 300] [--half tune|report|both] [--show]

From each repository claims are made as an agent would write them: sentences of a commit's message or of
comments that it added, never the subject, behind up to three telling words of it so that the claim can be
understood alone; half are anchored to the commit's files. A task restates a commit's subject as a person
would ask for it, reads the file that the commit changed most, and edits it with the lines that the commit
added. Its claim has to be heard in one of the three. Other tasks ask for ordinary work in files that no
claim is anchored to, and have to hear nothing.

The halves only part the tasks in two: the thresholds were chosen with both in view, and words of the other
tasks went into what counts as everyday talk. What holds is seen on repositories and requests not used yet.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from mnemo import settings
from mnemo.memory import reasons
from mnemo.model.moment import Moment
from mnemo.repo.files import WorkingTree
from mnemo.repo.head import read_head
from mnemo.repo.location import get_place
from mnemo.speaking.matching import EVERYDAY
from mnemo.speaking.telling import Said, Where, speak
from mnemo.store.database import Database
from mnemo.text import words
from tests.benchmarks.errands import ERRANDS
from tests.stores import say

NOW = 1_790_000_000_000
TASKS = 50
LOOKED_AT = 6_000  # commits
LONGEST_CLAIM, SHORTEST_CLAIM = 320, 60
TRAILER = re.compile(
    r"^(?:[A-Z][\w-]+(?: [a-z]+)?: .*@.*|\(cherry picked.*|Ref[s]?[: ].*|Clos[a-z]+ #?\d.*|Fix[a-z]+ #\d+.*)$"
)
COMMENT = re.compile(r"^\s*(?://+!?|#+|\*|--|/\*+|\"\"\")\s*(\S.{30,})$")
# Files that a change brings along, and nobody sits down to edit.
NO_WORK = re.compile(
    r"(?i)\.lock$|lock\.(json|yaml)$|changelog|release.?notes|(^|/)history\.|\.(svg|csv|snap)$"
)
# Two people do not use the same verbs: the claim gets the first of each pair, the prompt the second.
SAID_OTHERWISE = [
    pair.split("/")
    for pair in (
        "add/introduce|adds/introduces|added/introduced|remove/drop|removes/drops|removed/dropped|"
        "fix/repair|fixes/repairs|fixed/repaired|use/rely on|uses/relies on|make/let|allow/permit|"
        "allows/permits|improve/better|change/alter|changes/alters|update/refresh|avoid/prevent|"
        "handle/deal with|handles/deals with|support/cope with|show/display|create/build|"
        "ensure/make sure of|rename/give another name to|move/put elsewhere|check/verify"
    ).split("|")
]
TOPICS = ("For {}: {}", "{}: {}", "About {}. {}", "Concerning {}: {}")
ASKED = (
    "{}", "Please {}.", "I'd like to {}", "can you {}?", "We need to {}. Change what it takes.",
    "Someone reported this: {}. Can you sort it out?", "next task: {}", "{} - what would that take? go ahead",
)  # fmt: skip


class Task(NamedTuple):
    """What a person asks, the file that is read, the text that is written, and the claim to be heard."""

    prompt: str
    path: str
    text: str
    address: str = ""
    anchored: bool = False
    claim: str = ""


class Commit(NamedTuple):
    """One commit: its subject, its message below, and what it added by file."""

    subject: str
    body: str
    added: dict[str, list[str]]


def main() -> None:
    """Measure every repository and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repositories", nargs="+")
    parser.add_argument("--claims", type=int, default=300)
    parser.add_argument("--half", choices=("tune", "report", "both"), default="both")
    parser.add_argument("--show", action="store_true")
    asked = parser.parse_args()
    for repository in asked.repositories:
        with tempfile.TemporaryDirectory() as folder:
            measure(Path(repository), Path(folder), asked.claims, asked.half, show=asked.show)


def measure(repository: Path, folder: Path, count: int, half: str, *, show: bool) -> None:
    """Fill a store from a repository's commits and go through both kinds of task."""
    top = folder / "clone"
    run(
        folder,
        "clone",
        "--quiet",
        "--no-hardlinks",
        "--depth",
        str(LOOKED_AT),
        f"file://{repository}",
        str(top),
    )
    dice = random.Random(5)
    commits = list(usable(top))
    dice.shuffle(commits)
    db = Database(str(top / ".mnemo" / "mnemo.db"))
    tasks, used = fill(db, top, commits[:count], dice)
    place = get_place(str(top))
    files = run(top, "ls-files").splitlines()
    other = list(errands([path for path in files if path not in used], top, dice))
    halves = {"tune": slice(0, None, 2), "report": slice(1, None, 2), "both": slice(0, None)}
    tasks, other = tasks[: 2 * TASKS][halves[half]], other[halves[half]]
    where = Where(db, place, WorkingTree(str(top), list), settings.load("", os.environ), NOW, 0)
    heard = [one for one in (go_through(where, task, n) for n, task in enumerate(tasks)) if one]
    silent = [go_through(where, task, len(tasks) + n) for n, task in enumerate(other)]
    db.close()
    report(repository.parent.name or repository.name, half, tasks, heard, other, silent, show=show)


class Heard(NamedTuple):
    """What a task heard: where its own claim came, the claims of each moment, and whether any came twice."""

    first: str
    told: list[tuple[str, str, str]]
    tokens: int
    twice: int
    seconds: float


def go_through(where: Where, task: Task, number: int) -> Heard:
    """Let memory speak on the prompt, the read and the edit of one task, in a session of its own."""
    session = f"session {number}"
    moments = (
        ("prompt", Moment("prompt", session=session, prompt=task.prompt)),
        ("read", Moment("tool", session=session, tool="Read", path=task.path)),
        ("edit", Moment("tool", session=session, tool="Edit", path=task.path, text=task.text)),
    )
    first, told, size, addresses = "", [], 0, []
    began = time.process_time()
    for name, moment in moments:
        said: Said = speak(moment, where._replace(deadline=time.monotonic() + 1))
        size += len(said.text)
        addresses += [one.address for one in said.told]
        told += [(name, one.address, one.why) for one in said.told]
        if not first and task.address in (one.address for one in said.told):
            first = name
    seconds = (time.process_time() - began) / 3
    with where.db.reading() as connection:
        told = [(name, reasons.headline_of(connection, address), why) for name, address, why in told]
    return Heard(first, told, size, len(addresses) - len(set(addresses)), seconds)


def report(
    name: str,
    half: str,
    tasks: list[Task],
    heard: list[Heard],
    other: list[Task],
    silent: list[Heard],
    *,
    show: bool,
) -> None:
    """Print what was heard and what was not."""
    by = {place: sum(one.first == place for one in heard) for place in ("prompt", "read", "edit")}
    free = [one for task, one in zip(tasks, heard, strict=True) if not task.anchored]
    quiet = sum(not one.told for one in silent)
    noise = sum(len(one.told) for one in heard) / max(1, len(heard))
    print(
        f"{name} ({half}): heard {sum(bool(one.first) for one in heard)} of {len(tasks)} {by}, unanchored "
        f"{sum(bool(one.first) for one in free)} of {len(free)}; unrelated silent {quiet} of {len(other)}; "
        f"twice {sum(one.twice for one in heard + silent)}; {noise:.1f} claims a task; "
        f"{1000 * sum(one.seconds for one in heard) / max(1, len(heard)):.1f} ms a moment"
    )
    if show:
        for task, one in zip(tasks, heard, strict=True):
            if not one.first:
                print(f"  MISSED {'anchored' if task.anchored else 'free'} {task.path}")
                print(f"    prompt {task.prompt}\n    claim {task.claim}")
        for task, one in zip(other, silent, strict=True):
            for moment, headline, why in one.told:
                print(f"  NOISE {moment} {why}: {task.prompt} | {task.path}\n    {headline}")


def usable(top: Path) -> Iterator[Commit]:
    """Yield commits whose message or comments say something that their subject does not."""
    log = run(
        top, "log", "--no-merges", f"-{LOOKED_AT}", "--format=%x01%s%x02%b%x03", "--unified=0", "--patch",
        "--no-ext-diff", "--no-textconv", "--no-renames", "--diff-filter=AM",
    )  # fmt: skip
    for raw in log.split("\x01")[1:]:
        subject, _, rest = raw.partition("\x02")
        body, _, patch = rest.partition("\x03")
        added = {
            path: lines
            for path, lines in parse(patch).items()
            if (top / path).is_file() and not NO_WORK.search(path)
        }
        if 0 < len(added) <= 12 and len(subject.split()) > 3 and statement(subject, body, added):
            yield Commit(subject, body, added)


def parse(patch: str) -> dict[str, list[str]]:
    """Return the lines that a patch adds, by file."""
    found: dict[str, list[str]] = {}
    path = ""
    for line in patch.split("\n"):
        if line.startswith("+++ "):
            path = line[6:].split("\t")[0] if line.startswith("+++ b/") else ""
        elif line.startswith("+") and path and len(found.setdefault(path, [])) < 60:
            found[path].append(line[1:])
    return found


def statement(subject: str, body: str, added: dict[str, list[str]]) -> str:
    """Return what an agent would have noted of a commit: from its message, else from added comments."""
    lines = [
        line
        for line in body.splitlines()
        if not TRAILER.match(line.strip()) and not line.startswith((">", "    "))
    ]
    text = re.sub(r"^[*-] +", "", " ".join(" ".join(lines).split()))
    known = set(re.findall(r"\w{4,}", subject.lower()))
    sentences = [one for one in re.split(r"(?<=[.!?]) +", text) if len(one) >= 30]
    fresh = [
        one
        for one in sentences
        if len(known & set(re.findall(r"\w{4,}", one.lower()))) < 0.7 * max(1, len(known))
    ]
    found = ""
    for one in fresh:
        if len(found) + len(one) > LONGEST_CLAIM:
            break
        found = f"{found} {one}".strip()
    if len(found) < SHORTEST_CLAIM:
        comments = [match[1] for file in added.values() for line in file if (match := COMMENT.match(line))]
        found = " ".join(one for one in comments if "://" not in one)[:LONGEST_CLAIM].rpartition(" ")[0]
    letters = sum(letter.isalpha() or letter == " " for letter in found)
    return found if len(found) >= SHORTEST_CLAIM and letters > 0.85 * len(found) else ""


def fill(db: Database, top: Path, commits: list[Commit], dice: random.Random) -> tuple[list[Task], set[str]]:
    """Claim something of each commit; return a task for each, and the files that any claim is anchored to."""
    branch = read_head(get_place(str(top))).branch
    tasks: list[Task] = []
    used: set[str] = set()
    with db.transaction() as connection:
        for number, commit in enumerate(commits):
            anchored = number % 4 < 2  # so that both halves hold as many of either kind
            paths = sorted(commit.added, key=lambda path: -len(commit.added[path]))
            used |= set(paths)
            content = noted(commit, dice)
            payload = {"anchors": [{"type": "file", "path": path} for path in paths[:3]]} if anchored else {}
            at = {
                "branch": branch,
                "commit": "",
                "worktree": "main",
                "agent": "a",
                "session": "old",
                "origin": "agent",
            }
            address = say(connection, content, payload=payload, at=at, now=NOW - dice.randrange(10**9))
            text = "\n".join(commit.added[paths[0]][:40])
            tasks.append(Task(prompt(commit.subject, dice), paths[0], text, address, anchored, content))
    return tasks, used


def noted(commit: Commit, dice: random.Random) -> str:
    """Return a claim that can be understood alone: an agent names what it speaks of, in its own order."""
    fact = reworded(statement(commit.subject, commit.body, commit.added), 0)
    bare = re.sub(r"^[\w./, *{}()!-]{1,40}: +", "", re.sub(r"\(?#\d+\)?|\[[^]]*\]", "", commit.subject))
    topic = [word for word in re.findall(r"[\w.-]*\w", bare) if set(words(word)) - EVERYDAY]
    chosen = dice.sample(topic, min(len(topic), 3))
    there = set(words(fact))
    missing = [word for word in chosen if not there.issuperset(words(word))]
    return dice.choice(TOPICS).format(" and ".join(missing), fact) if missing else fact


def prompt(subject: str, dice: random.Random) -> str:
    """Restate a commit's subject as a request: no prefix, no number, other verbs."""
    bare = re.sub(r"\s*\(?#\d+\)?|^\[[^]]*\]\s*", "", subject)
    bare = re.sub(r"^[\w./, *{}()!-]{1,40}: +", "", bare).strip(" .")
    return dice.choice(ASKED).format(reworded(bare, 1))


def reworded(text: str, side: int) -> str:
    """Say one side's word for each of SAID_OTHERWISE."""
    swap = {pair[1 - side]: pair[side] for pair in SAID_OTHERWISE}
    return re.sub(r"\b[A-Za-z]+\b", lambda match: swap.get(match[0].lower(), match[0]), text)


def errands(files: list[str], top: Path, dice: random.Random) -> Iterator[Task]:
    """Yield ordinary tasks in files that no claim is anchored to, each edited with a few of its own lines."""
    text_files = [path for path in files if (top / path).is_file() and (top / path).stat().st_size < 200_000]
    for errand in ERRANDS:
        path = dice.choice(text_files)
        yield Task(errand[0], path, errand[1])


def run(folder: Path, *arguments: str) -> str:
    """Run git and return what it printed."""
    done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=True)
    return done.stdout.decode("utf-8", "replace")


if __name__ == "__main__":
    main()
