"""Precision and recall of what is captured from the recorded exchanges, and the time of a long one.

python -m tests.benchmarks.capture [dev|held|shapes|voices1 ... voices14] [--show]
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import NamedTuple

from mnemo.capture.exchange import notes_of
from mnemo.capture.keeping import MOST_PER_TURN

EXCHANGES = Path(__file__).parents[1] / "capture" / "exchanges"
SETS = ("dev", "held", "shapes", *(f"voices{number}" for number in range(1, 15)))


class Score(NamedTuple):
    """How well it was told what to keep.

    Args:
        kept: statements kept.
        right: of those, the ones that hold an expected phrase.
        wanted: expected phrases.
        found: of those, the ones that a kept statement holds.
        noisy: exchanges with nothing to keep of which something was kept.
        missed: the phrases that were not found.
        wrong: the statements that hold none.
    """

    kept: int
    right: int
    wanted: int
    found: int
    noisy: int
    missed: list[str]
    wrong: list[str]

    @property
    def precision(self) -> float:
        """The share of what was kept that should be."""
        return self.right / self.kept if self.kept else 1.0

    @property
    def recall(self) -> float:
        """The share of what should be kept that was."""
        return self.found / self.wanted if self.wanted else 1.0


def read(name: str) -> list[dict[str, object]]:
    """Read a file of recorded exchanges: prompt, answer, expected phrases."""
    with open(EXCHANGES / f"{name}.jsonl", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def score(name: str) -> Score:
    """Capture from every exchange of a file and compare with what is expected."""
    kept = right = wanted = found = noisy = 0
    missed: list[str] = []
    wrong: list[str] = []
    for one in read(name):
        expected = [str(phrase).lower() for phrase in one["expected"]]  # type: ignore[attr-defined]
        notes = [note.content for note in notes_of(str(one["prompt"]), str(one["answer"]))][:MOST_PER_TURN]
        bad = [note for note in notes if not any(phrase in note.lower() for phrase in expected)]
        gone = [phrase for phrase in expected if not any(phrase in note.lower() for note in notes)]
        kept, right = kept + len(notes), right + len(notes) - len(bad)
        wanted, found = wanted + len(expected), found + len(expected) - len(gone)
        noisy += bool(notes and not expected)
        missed += gone
        wrong += bad
    return Score(kept, right, wanted, found, noisy, missed, wrong)


def main(arguments: list[str]) -> None:
    """Print the figures."""
    names = [name for name in arguments if not name.startswith("-")] or list(SETS)
    for name in names:
        result = score(name)
        print(
            f"{name}: precision {result.precision:.2f} ({result.right}/{result.kept}), "
            f"recall {result.recall:.2f} ({result.found}/{result.wanted}), "
            f"{result.noisy} exchanges with nothing to keep left something"
        )
        if "--show" in arguments:
            print(*(f"  missed  {one}" for one in result.missed), sep="\n")
            print(*(f"  wrong   {one}" for one in result.wrong), sep="\n")
    every = [f"{one['prompt']}\n\n{one['answer']}" for name in names for one in read(name)]
    long = "\n\n".join(every * 9)[:100_000]
    notes_of("", long)
    start = time.process_time()
    notes_of("", long)
    print(f"an answer of {len(long):,} characters: {(time.process_time() - start) * 1000:.0f} ms")


if __name__ == "__main__":
    main(sys.argv[1:])
