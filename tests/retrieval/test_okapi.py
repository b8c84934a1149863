"""Okapi BM25, computed here and by the library."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator

import pytest

from mnemo.retrieval import okapi


@pytest.fixture
def loaded() -> Iterator[None]:
    okapi.load()
    yield
    okapi._engine.clear()


def test_the_library_and_the_formula_agree_to_the_last_digit(loaded: None) -> None:
    dice = random.Random(1)
    words = "lock cache retry token parse".split()
    texts = [{word: dice.randrange(4) + 0.5 for word in dice.sample(words, 3)} for _ in range(60)]
    lengths = [dice.uniform(3, 90) for _ in texts]
    telling = {word: dice.uniform(0.1, 6) for word in words[:4]}
    query = ["lock", "cache", "lock", "parse", "token"]
    by_library = okapi.scores(query, texts, lengths, 31.5, telling)
    okapi._engine.clear()
    assert okapi.scores(query, texts, lengths, 31.5, telling) == by_library


def test_a_known_text_has_the_score_of_the_formula() -> None:
    (score,) = okapi.scores(["a"], [{"a": 2.0}], [10], 10, {"a": math.log(3)})
    assert score == pytest.approx(math.log(3) * 2 * 2.4 / (2 + 1.4))


def test_longer_texts_and_unknown_words_count_less() -> None:
    short, long, none = okapi.scores(["a", "z"], [{"a": 1.0}, {"a": 1.0}, {}], [5, 50, 5], 20, {"a": 1.0})
    assert short > long > none == 0
