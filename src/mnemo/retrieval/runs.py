"""How often runs of four letters stand in texts: what sees through endings, compounds and slips.

A question of a hundred letters has as many runs, and each is looked for in a hundred texts. numpy goes over
all texts once, whatever the number of runs; a server has it loaded for rank-bm25. Without it, or where a few
runs in a few texts are sooner counted one by one, Python counts, to the same numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat

from mnemo.light import Any

LETTERS = 4
WORTH = 1_000  # runs times texts from which on numpy is the quicker
LETTER_BITS, TABLE_BITS = 16, 16
BEYOND = chr((1 << LETTER_BITS) - 1)
MIXER = 0x9E3779B97F4A7C15  # odd, 2 to the 64th over the golden ratio: Knuth, volume 3, 6.4

_engine: list[Any] = []


def load() -> None:
    """Load numpy, so that later runs are counted by it."""
    if not _engine:
        import numpy

        _engine.append(numpy)


def runs_of(words: Mapping[str, int]) -> dict[str, int]:
    """Return the runs of four letters of words, and how often each stands in them.

    Args:
        words: each with how often it stands.
    """
    found: Counter[str] = Counter()
    for word, times in words.items():
        for place in range(len(word) - LETTERS + 1):
            found[word[place : place + LETTERS]] += times
    return found


def counts(runs: Sequence[str], texts: Sequence[str]) -> list[list[int]]:
    """Return for each run how often it stands in each text, as `str.count` says.

    Args:
        runs: four letters each.
        texts: such that no run goes from the end of one into the next.
    """
    if not _engine or len(runs) * len(texts) < WORTH or any(map(_is_wide, texts)):
        return [_count(run, texts) for run in runs]
    found = _count_all(_engine[0], runs, texts)
    for place, run in enumerate(runs):
        if _overlaps_itself(run):
            found[place] = _count(run, texts)
    return found


def _is_wide(text: str) -> bool:
    """Tell whether a text holds a letter that takes more bits than a number has for it."""
    return not text.isascii() and max(text) > BEYOND


def _count(run: str, texts: Iterable[str]) -> list[int]:
    return list(map(str.count, texts, repeat(run)))


def _overlaps_itself(run: str) -> bool:
    """Tell whether two of a run can share letters, as those of `abab` do in `ababab`."""
    return any(run.endswith(run[:size]) for size in range(1, LETTERS))


def _count_all(numpy: Any, runs: Sequence[str], texts: Sequence[str]) -> list[list[int]]:
    """Count all runs in all texts: each four letters of the texts are one number, and so is each run."""
    numbers = _numbers(numpy, "".join(texts))
    wanted = _numbers(numpy, "".join(runs))[::LETTERS]
    order = numpy.argsort(wanted)
    wanted = wanted[order]
    # Most places hold no run: a table of a few bits of each number says so sooner than a search.
    likely = numpy.zeros(1 << TABLE_BITS, bool)
    likely[_mixed(wanted)] = True
    places = numpy.flatnonzero(likely[_mixed(numbers)])
    found = numpy.minimum(numpy.searchsorted(wanted, numbers[places]), len(runs) - 1)
    is_run = wanted[found] == numbers[places]
    ends = numpy.cumsum([len(text) for text in texts])
    cells = order[found[is_run]] * len(texts) + numpy.searchsorted(ends, places[is_run], "right")
    return numpy.bincount(cells, minlength=len(runs) * len(texts)).reshape(len(runs), len(texts)).tolist()


def _numbers(numpy: Any, text: str) -> Any:
    """Return each four letters of a text that follow each other as one number."""
    letters = numpy.frombuffer(text.encode("utf-16-le", "surrogatepass"), "<u2").astype(numpy.uint64)
    pairs = letters[:-1] | letters[1:] << LETTER_BITS
    return pairs[:-2] | pairs[2:] << 2 * LETTER_BITS


def _mixed(numbers: Any) -> Any:
    return numbers * MIXER >> 64 - TABLE_BITS
