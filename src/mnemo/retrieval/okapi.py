"""The only door to rank-bm25: how well texts match a question's words, Okapi BM25.

Loading it takes a tenth of a second, with numpy. So a server loads it when its client pauses; until then, and
in a process that answers once, the same formula is computed here. Both give the same numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mnemo.light import Any

K1, B = 1.4, 0.5

_engine: list[Any] = []


def load() -> None:
    """Load rank-bm25, so that later scores are computed by it."""
    if not _engine:
        import rank_bm25  # pyright: ignore[reportMissingTypeStubs]

        _engine.append(rank_bm25.BM25Okapi)


def scores(
    query: Sequence[str],
    frequencies: Sequence[Mapping[str, float]],
    lengths: Sequence[float],
    average: float,
    telling: Mapping[str, float],
) -> list[float]:
    """Return each text's score: over the query, the sum of telling f (k + 1) / (f + k (1 - b + b l / a)).

    Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009, formula 3.15.

    Args:
        query: its words; a repeated one counts again.
        frequencies: how often each text holds each word, which weights of fields may make a fraction.
        lengths: how long each text is.
        average: how long the texts of the whole store are on average, more than 0.
        telling: how much each word tells in the whole store.
    """
    if _engine:
        return _by_engine(query, frequencies, lengths, average, telling)
    found = [0.0] * len(lengths)
    norms = [K1 * (1 - B + B * length / average) for length in lengths]
    for word in query:
        value = telling.get(word, 0.0)
        for place, held in enumerate(frequencies):
            often = held.get(word, 0.0)
            if often:
                found[place] += value * (often * (K1 + 1) / (often + norms[place]))
    return found


def _by_engine(
    query: Sequence[str],
    frequencies: Sequence[Mapping[str, float]],
    lengths: Sequence[float],
    average: float,
    telling: Mapping[str, float],
) -> list[float]:
    """Let rank-bm25 score with the counts of the whole store instead of those of a few candidates."""
    engine = _engine[0]
    model = engine.__new__(engine)  # its constructor counts all words of all texts, which is known already
    model.k1, model.b = K1, B
    model.corpus_size, model.avgdl = len(lengths), average
    model.doc_freqs, model.doc_len, model.idf = frequencies, list(lengths), telling
    return model.get_scores(query).tolist()
