"""After every edit, rename, deletion and revert, what is told is what the texts say."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from mnemo import projects
from tests.benchmarks import truth
from tests.benchmarks.edits import Worker
from tests.repos import commit, git

STEPS = 60
PYTHON = """import os


class Shelf{n}:
    \"\"\"Doc.\"\"\"

    def put(self, book):
        self.lock()
        self.books[book.title] = book
        return len(self.books) + {n}

    def take(self, title):
        self.lock()
        return self.books.pop(title)


def weigh(shelf, factor={n}):
    total = sum(book.weight for book in shelf.books.values())
    if total > factor * 100:
        raise ValueError("too heavy")
    return total
"""
TYPESCRIPT = """import {{ Book }} from "./book";

export class Shelf{n} {{
  private books = new Map<string, Book>();

  put(book: Book): number {{
    this.books.set(book.title, book);
    return this.books.size + {n};
  }}
}}

export function weigh(shelf: Shelf{n}): number {{
  let total = 0;
  for (const book of shelf) total += book.weight;
  return total * {n};
}}
"""
NOTES = "# Part {n}\n\nShelves hold books.\nThey are locked while one is put.\n\n## Weights\n\nNever {n}00.\n"


@pytest.fixture
def history(repository: Path) -> list[str]:
    """A repository of three kinds of files, and the commits that change them one by one."""
    files: dict[str, str | bytes | None] = {}
    for number in range(6):
        files[f"src/shelf{number}.py"] = PYTHON.format(n=number)
        files[f"web/shelf{number}.ts"] = TYPESCRIPT.format(n=number)
        files[f"notes/part{number}.md"] = NOTES.format(n=number)
    commit(repository, "all", files)
    commits = [git(repository, "rev-parse", "HEAD")]
    for number in range(6):
        for path, template in (("src/shelf{n}.py", PYTHON), ("web/shelf{n}.ts", TYPESCRIPT)):
            text = template.format(n=number).replace("books", "volumes").replace("total", "sum")
            commit(repository, f"change {number}", {path.format(n=number): text})
            commits.append(git(repository, "rev-parse", "HEAD"))
    git(repository, "checkout", "-q", "-B", "main", commits[0])
    return commits


@pytest.mark.parametrize("seed", [1])
def test_nothing_changed_is_told_as_proven_and_nothing_unchanged_doubted(
    repository: Path, history: list[str], seed: int, record_property: Callable[[str, object], None]
) -> None:
    dice = random.Random(seed)
    known = truth.make_claims(repository, dice, 60)
    assert len(known) > 40
    worker = Worker(repository, dice, sorted({one.path for one in known}), history[1:])
    tally = truth.compare(repository, known, worker, STEPS)
    projects.closing()
    assert tally.wrong == []
    assert tally.changed > 50
    assert len(tally.doubted) <= tally.judged * 0.01, tally.doubted
    assert tally.restored > 0
    record_property(f"{STEPS} random deeds, seed {seed}", truth.told(tally._replace(doubted=[])))


def test_pure_renames_withhold_nothing(repository: Path, history: list[str]) -> None:
    for number in range(0, 6, 2):
        git(repository, "mv", f"src/shelf{number}.py", f"src/rack{number}.py")
        git(repository, "mv", f"web/shelf{number}.ts", f"web/deep{number}.ts")
        commit(repository, f"rename {number}")
    found = truth.renames(repository)
    assert found.startswith("3 commits with renames, {'proven': ")
    assert "\n" not in found
