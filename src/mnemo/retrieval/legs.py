"""The second stage: how well each candidate's text answers, seen in eight ways.

Each way gives every candidate a number; over the largest among the candidates, times the way's weight, it is
a share of the score, and a way that nobody answers is left out. The weights were not fitted to anything:
equal ones do nearly as well. What each way adds was measured by leaving it out; guide/performance.md has the
table of the whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat

from mnemo import surface
from mnemo.light import NamedTuple
from mnemo.retrieval import okapi, runs
from mnemo.retrieval.asking import Asked
from mnemo.retrieval.rarity import idf

WEIGHTS = {
    "words": 0.06,  # Okapi BM25 over all fields
    "headline": 0.10,
    "paths": 0.20,
    "coverage": 0.19,  # how much of the question is held at all
    "opening": 0.09,  # the first words
    "pairs": 0.06,  # words that stand side by side in both
    "forms": 0.08,  # words as they were written, unstemmed
    "spelling": 0.22,  # runs of four letters, which see through endings, compounds and slips
}
HEADLINE, PATHS = 2.5, 0.5  # what a word there counts beside one in the body
OPENING = 15  # words
USUAL, OF_PATHS, OF_OPENING = (1.4, 0.5), (3.0, 0.4), (1.4, 0.3)  # k and b of each saturation


def load() -> None:
    """Load the libraries by which a server scores; what is not loaded is computed to the same numbers."""
    okapi.load()
    runs.load()


class Text(NamedTuple):
    """A claim's text as the second stage reads it.

    Args:
        headline, body, tags, paths: analysed words, a blank before and behind each field.
        whole: these in one.
        opening: the first words, between blanks.
        sizes: words of the headline, the body, the tags and the paths.
        surface: unstemmed words, each between two underscores of its own.
        spoken: how many these are.
    """

    headline: str
    body: str
    tags: str
    paths: str
    whole: str
    opening: str
    sizes: tuple[int, int, int, int]
    surface: str
    spoken: int


class Document(NamedTuple):
    """A candidate.

    Args:
        claim: its row.
        first: its score in the first stage.
        text: what it says.
    """

    claim: int
    first: float
    text: Text


def laid_out(headline: str, body: str, tags: str, paths: str) -> Text:
    """Return a text that was stored for search as the second stage reads it.

    Args:
        headline, body: words that keep their surface.
        tags, paths: analysed words.
    """
    spoken = " ".join(filter(None, (surface.spelt(headline), surface.spelt(body))))
    analysed = (surface.stems(headline), surface.stems(body), tags, paths)
    headline, body, tags, paths = [f" {field} " if field else " " for field in analysed]
    opening = " ".join((headline + body).split(None, OPENING)[:OPENING])
    return Text(
        headline,
        body,
        tags,
        paths,
        headline + body + tags + paths,
        f" {opening} ",
        (headline.count(" ") - 1, body.count(" ") - 1, tags.count(" ") - 1, paths.count(" ") - 1),
        f"_{spoken.replace(' ', '__')}_",
        spoken.count(" ") + 1 if spoken else 1,
    )


NO_TEXT = laid_out("", "", "", "")


def shares(asked: Asked, documents: Sequence[Document]) -> list[dict[str, float]]:
    """Return for each document the shares of its score by the names in WEIGHTS; those of 0 are left out."""
    found: list[dict[str, float]] = [{} for _ in documents]
    for name, values in _legs(asked, documents).items():
        most = max(values, default=0.0)
        if most > 0:
            rate = WEIGHTS[name] / most
            for mine, value in zip(found, values, strict=True):
                if value:
                    mine[name] = rate * value
    return found


def _legs(asked: Asked, documents: Sequence[Document]) -> dict[str, list[float]]:
    legs = _by_field(asked, documents)
    words = zip(asked.words, asked.words[1:], strict=False)
    pairs = Counter(f" {one} {other} " for one, other in words if one != other)
    texts = [one.text for one in documents]
    sizes = [one.sizes[0] + one.sizes[1] for one in texts]
    legs["pairs"] = _counted(pairs, [one.headline + one.body for one in texts], sizes)
    surfaces, counts = [one.surface for one in texts], [one.spoken for one in texts]
    spoken = Counter(f"_{word}_" for word in asked.surface)
    legs["forms"] = _counted(spoken, surfaces, counts)
    sought = runs.runs_of(spoken)
    lengths = [max(len(line) - 3 * count, 1) for line, count in zip(surfaces, counts, strict=True)]
    legs["spelling"] = _weighed(sought.values(), runs.counts(list(sought), surfaces), lengths)
    return legs


def _by_field(asked: Asked, documents: Sequence[Document]) -> dict[str, list[float]]:
    """Return the ways that look for the analysed words, field by field."""
    names = ("headline", "paths", "coverage", "opening")
    legs: dict[str, list[float]] = {name: [] for name in names}
    often = Counter(asked.words)
    sought = [(word, f" {word} ", asked.telling[word], often[word]) for word in asked.known]
    headline, body, tags, paths = asked.lengths
    average = HEADLINE * headline + body + tags + PATHS * paths
    frequencies: list[dict[str, float]] = []
    lengths: list[float] = []
    for one in documents:
        held, length, values = _field_by_field(sought, one.text, (headline, paths))
        frequencies.append(held)
        lengths.append(length)
        for name, value in zip(names, values, strict=True):
            legs[name].append(value)
    query = [word for word in asked.words if word in asked.telling]
    words = okapi.scores(query, frequencies, lengths, average or 1.0, asked.telling)
    return {"words": words, **legs}


def _field_by_field(
    sought: Sequence[tuple[str, str, float, int]], one: Text, averages: tuple[float, float]
) -> tuple[dict[str, float], float, tuple[float, float, float, float]]:
    """Return how often a text holds each word, its length, and its four ways."""
    whole, opening, (in_headline, in_body, in_tags, in_paths) = one.whole, one.opening, one.sizes
    beginning = min(OPENING, in_headline + in_body)
    held: dict[str, float] = {}
    by_headline = by_paths = by_opening = coverage = 0.0
    for word, key, value, times in sought:  # plain code: this runs for every word of every candidate
        if key not in whole:
            continue
        coverage += value
        value *= times
        often = one.body.count(key)
        if in_tags:
            often += one.tags.count(key)
        if in_headline and key in one.headline:
            count = one.headline.count(key)
            often += HEADLINE * count
            by_headline += value * _saturated(count, in_headline, averages[0], *USUAL)
        if in_paths and key in one.paths:
            count = one.paths.count(key)
            often += PATHS * count
            by_paths += value * _saturated(count, in_paths, averages[1], *OF_PATHS)
        if key in opening:
            by_opening += value * _saturated(opening.count(key), beginning, OPENING, *OF_OPENING)
        held[word] = often
    length = HEADLINE * in_headline + in_body + in_tags + PATHS * in_paths
    return held, length, (by_headline, by_paths, coverage, by_opening)


def _counted(terms: Mapping[str, int], texts: Sequence[str], lengths: Sequence[int]) -> list[float]:
    """Return how well each text holds the terms, weighed by how few of these texts do."""
    counts = (list(map(str.count, texts, repeat(term))) for term in terms)
    return _weighed(terms.values(), counts, lengths)


def _weighed(times: Iterable[int], counts: Iterable[list[int]], lengths: Sequence[int]) -> list[float]:
    """Return how well each text holds some terms.

    Args:
        times: how often each term is asked for.
        counts: how often it stands in each text.
        lengths: how long each text is.
    """
    found = [0.0] * len(lengths)
    average = sum(lengths) / max(len(lengths), 1) or 1.0
    k, b = USUAL
    norms = [k * (1 - b + b * length / average) for length in lengths]
    for often, row in zip(times, counts, strict=True):  # the innermost loop of a recall
        held = len(row) - row.count(0)
        if held:
            value = often * idf(len(row), held) * (k + 1)
            for place, count in enumerate(row):
                if count:
                    found[place] += value * count / (count + norms[place])
    return found


def _saturated(count: float, length: float, average: float, k: float, b: float) -> float:
    return count * (k + 1) / (count + k * (1 - b + b * length / (average or 1.0)))
