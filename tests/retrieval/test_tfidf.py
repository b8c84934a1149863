"""TF-IDF as the earlier program computed it."""

from __future__ import annotations

from pathlib import Path

import pytest

import mnemo
from mnemo import projects, settings
from mnemo.retrieval import tfidf

TEXTS = [
    "The auth module uses JWT tokens with 15 minute expiry",
    "We chose SQLite over Postgres because it needs no server",
    "Connection pool hangs under load when pool size is 5",
]
EXPECTED = {"jwt auth": [0.5345, 0, 0], "sqlite": [0, 0.4472, 0], "pool": [0, 0, 0.7071]}


@pytest.mark.parametrize("query", EXPECTED)
def test_likeness_is_that_of_the_earlier_program(query: str) -> None:
    assert [round(one, 4) for one in tfidf.cosines(query, TEXTS)] == EXPECTED[query]


def test_unknown_words_of_a_question_change_nothing() -> None:
    assert tfidf.cosines("sqlite zebra", TEXTS) == tfidf.cosines("sqlite", TEXTS)
    assert tfidf.cosines("zebra", TEXTS) == [0, 0, 0]
    assert tfidf.cosines("sqlite", []) == []


@pytest.mark.parametrize("query", EXPECTED)
def test_the_backend_of_that_name_scores_so(
    repository: Path, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    monkeypatch.setenv("MNEMO_RETRIEVAL", "tfidf")
    mnemo.claim(batch=list(TEXTS))
    found = mnemo.recall(query, limit=3, explain=True)["claims"]
    shares = {one["content"]: one["explain"].get("tfidf", 0.0) for one in found}
    assert shares == {text: value for text, value in zip(TEXTS, EXPECTED[query], strict=True) if value}
    projects.closing()


def test_counts_are_made_anew_after_a_claim(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MNEMO_RETRIEVAL", "tfidf")
    mnemo.claim("the sqlite file lies beside git")
    alone = mnemo.recall("sqlite git", explain=True)["claims"][0]["explain"]["tfidf"]
    mnemo.claim("git knows renames")
    beside = mnemo.recall("sqlite git", explain=True)["claims"][0]["explain"]["tfidf"]
    assert alone != beside


def test_the_setting_takes_the_backends_that_there_are() -> None:
    assert settings.KEYS["retrieval"].choices == ("bm25", "fts5", "tfidf", "embedding")
