"""How many planted contradictions are found, how many compatible pairs are taken for one, and in what time.

python -m tests.benchmarks.contradictions [known|apart|later|last|fresh|unseen] [--show] [--write]

`known` was there while the rules were made, `apart` was kept away until they were done; at first sight of it
115 of 120 contradictions were found and 40 of 600 compatible pairs taken for one. The rules changed
after `apart` and `later` had been looked at, and not after `last` was written.

`fresh` and `unseen` are halves of one set, written before its author had seen a rule. At first sight of it 83
of 100 contradictions were found and 2 of 300 compatible pairs taken for one. Then the rules were changed by
what `fresh` showed. What was missed in `unseen` was never looked at: 44 of 50 were found before, 46 after,
and none of 150 compatible pairs was taken for one either time.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import NamedTuple

from mnemo.memory import clauses
from mnemo.memory.contradicting import contradiction
from tests.benchmarks import page

PAIRS = Path(__file__).parents[1] / "memory" / "contradictions"
PARTS = ("known", "apart", "later", "last", "fresh", "unseen")
Pair = tuple[str, str]


class Score(NamedTuple):
    """How well contradictions were told from what is compatible.

    Args:
        planted, compatible: pairs of each kind.
        missed: planted pairs that were not found.
        wrong: compatible pairs that were taken for contradictions, with the reason given.
        mean_ms: of one comparison, both statements new.
    """

    planted: int
    compatible: int
    missed: list[Pair]
    wrong: list[tuple[str, str, str]]
    mean_ms: float

    @property
    def found(self) -> float:
        """The share of planted contradictions that was found."""
        return 1 - len(self.missed) / self.planted

    @property
    def false(self) -> float:
        """The share of compatible pairs that was taken for contradictions."""
        return len(self.wrong) / self.compatible


def read(name: str) -> list[Pair]:
    """Read a file of pairs."""
    with open(PAIRS / f"{name}.jsonl", encoding="utf-8") as file:
        return [(pair["one"], pair["other"]) for pair in map(json.loads, file)]


def score(part: str) -> Score:
    """Compare every pair of a part."""
    planted, compatible = read(f"contradicting_{part}"), read(f"compatible_{part}")
    clauses.clauses.cache_clear()
    began = time.perf_counter()
    answers = {pair: contradiction(*pair) for pair in (*planted, *compatible)}
    taken_ms = (time.perf_counter() - began) * 1000
    missed = [pair for pair in planted if not answers[pair]]
    wrong = [(*pair, answers[pair]) for pair in compatible if answers[pair]]
    return Score(len(planted), len(compatible), missed, wrong, taken_ms / len(answers))


def _rows(part: str, one: Score) -> list[page.Row]:
    said = f"{one.planted} contradictions of the part `{part}`"
    return [
        (f"{said}, found", f"{one.found:.1%}", "at least 90 %"),
        (f"{one.compatible} compatible pairs of `{part}`, false", f"{one.false:.1%}", "at most 2 %"),
    ]


def main(arguments: list[str]) -> None:
    """Print the scores."""
    for part in [one for one in arguments if one in PARTS] or PARTS:
        one = score(part)
        print(f"{part}: found {one.found:.1%} of {one.planted}, false {one.false:.1%} of {one.compatible}")
        print(f"  {one.mean_ms:.3f} ms a comparison")
        if "--write" in arguments:
            page.keep("Truth", _rows(part, one))
        if "--show" in arguments:
            print(*(f"  missed: {a} | {b}" for a, b in one.missed), sep="\n")
            print(*(f"  false: {a} | {b} ({why})" for a, b, why in one.wrong), sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
