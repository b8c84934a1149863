"""Words stored for search keep their surface: both readings of a line are what the analysis says."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mnemo import surface, text
from tests.ground.test_text import PAPER, indexed_words

# Words whose stem is no beginning of them, identifiers whose parts are stop words, and what has no words.
ODD = "happy hoping is_on __init__ HTTPServers parseConfig_2 用户 naïve visibility the of x.y.z"


@pytest.mark.parametrize("word", PAPER)
def test_a_word_comes_back_from_its_stem(word: str) -> None:
    assert surface.spelt(surface.written(word)) == " ".join(text.surface(word))


@given(st.lists(st.sampled_from(ODD.split() + PAPER)).map(" ".join) | st.text(max_size=60))
@example(ODD)
@example("is_on is_on pool is_on")
@example("")
def test_a_line_gives_both_its_stems_and_what_was_said(anything: str) -> None:
    line = surface.written(anything)
    assert surface.stems(line) == text.analysed(anything)
    assert surface.spelt(line) == " ".join(text.surface(anything))


@given(st.text(alphabet="aBcdinges_1é用 .", max_size=60))
@example(ODD)
def test_the_index_sees_the_stems_alone(anything: str) -> None:
    assert indexed_words([surface.written(anything)]) == [text.words(anything)]


def test_a_line_is_hardly_longer_than_its_stems() -> None:
    said = "Hoping that parsed configurations were happily reloaded by the parseConfig handlers"
    assert len(surface.written(said)) < 1.6 * len(text.analysed(said))
