"""Runs of four letters, counted by Python and by numpy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mnemo.retrieval import runs

ODD = ["_abababab_", "_naïve_", "_日本語日本語_", "_𐐷𐐷𐐷𐐷_", "__", "_aaaaaaaa_", "_retry__retried_"]


@pytest.fixture(scope="module", autouse=True)
def loaded() -> Iterator[None]:
    runs.load()
    yield
    runs._engine.clear()


# As words give them: no run has two underscores beside each other, which is where texts meet.
RUNS = st.text(alphabet="ab_日", min_size=4, max_size=4).filter(lambda run: "__" not in run)


@given(
    st.lists(RUNS, min_size=20, max_size=60, unique=True),
    st.lists(st.text(alphabet="abc日", max_size=30) | st.sampled_from(ODD), min_size=50, max_size=60),
)
@example(["abab", "aaaa", "_abc", "日本語日"], ODD * 50)
@example(["abab", "aaaa", "_abc", "日本語日"], ODD[:3] * 100)
def test_numpy_counts_what_python_counts(wanted: list[str], given_texts: list[str]) -> None:
    texts = [f"_{one}_" for one in given_texts]
    assert runs.counts(wanted, texts) == [[text.count(run) for text in texts] for run in wanted]


def test_a_word_has_a_run_at_each_of_its_letters_but_the_last_three() -> None:
    assert runs.runs_of({"_pools_": 2, "_on_": 1, "_a_": 1}) == {
        "_poo": 2, "pool": 2, "ools": 2, "ols_": 2, "_on_": 1,
    }  # fmt: skip
