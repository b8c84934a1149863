"""How a sentence is read, and what patterns find in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as run
from hypothesis import strategies as st

from mnemo.capture import asks, cues, hedges, lexicon, turns
from mnemo.capture.grammar import LONGEST, find, holds, patterns, read


@pytest.mark.parametrize(
    ("pattern", "sentence", "end"),
    [
        ("we decide", "In May we decided on Postgres.", 4),
        ("WE ..3 CHOOSE", "They have never chosen it", 4),
        ("WE ..1 CHOOSE", "They have never really chosen it", None),
        ("we ..4 use", "we waited, then use it", None),
        ("we ~4 use", "we waited, then use it", 5),
        ("^ no luck", "So no luck with that", 3),
        ("^ no luck", "There was no luck", None),
        ("it works $", "it works", 2),
        ("it works $", "it works well", None),
        ("not ?really help", "it does not help", 4),
        ("not ?really help", "it does not really help", 5),
        ("because !of", "because of it", None),
        ("/by now", "done by now", None),
        ("/by now", "fixed now", 2),
        ("=use", "he uses it", None),
        ("use", "he uses it", 2),
        ("UNDO-ed", "we revert it", None),
        ("UNDO-ed", "we reverted it", 2),
        ("the * race", "the nasty race", 3),
        ("the|a race", "a race", 2),
    ],
)
def test_a_pattern_ends_where_its_last_word_stands(pattern: str, sentence: str, end: int | None) -> None:
    assert find(pattern, read(sentence)) == end


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("don't", [{"do"}, {"not"}]),
        ("we've kept", [{"we"}, {"have"}, {"keep", "TAKE", "TAKE-ed"}]),
        ("`if x:` fails", [{"CODE"}, {"fail", "FAIL"}]),
        ("src/a.py", [{"CODE"}]),
        ("answers 502", [set(), {"NUMBER", "STATUS"}]),
        ("80% of 3", [{"NUMBER"}, {"%"}, set(), {"NUMBER"}]),
        ("root-cause: found", [{"root"}, {"cause", "TROUBLE"}, {":"}, {"find"}]),
        ("since May", [{"since"}, {"month"}]),
        ("dropping", [{"drop", "TAKE-ing"}]),
    ],
)
def test_a_word_is_known_by_its_surface_its_base_form_and_its_concepts(
    sentence: str, words: list[set[str]]
) -> None:
    found = read(sentence).words
    assert len(found) == len(words)
    assert all(wanted <= word for wanted, word in zip(words, found, strict=True))


def test_a_line_that_is_indented_goes_on_with_the_one_above() -> None:
    assert patterns("a|\n    b c\n    d") == patterns("a|b c d")


def test_a_month_is_no_guess() -> None:
    assert not holds(hedges.GUESSED, read("It broke in May"))
    assert holds(hedges.GUESSED, read("It may break"))


def test_every_concept_that_a_pattern_names_is_in_the_lexicon() -> None:
    known = {word[:-1] for word in lexicon.CONCEPTS.split() if word.endswith(":")}
    texts = [
        value
        for module in (asks, cues, hedges, turns)
        for name, value in vars(module).items()
        if name.strip("_").isupper() and isinstance(value, str) and "\n" in value
    ]
    named = {
        one.removesuffix("-ed").removesuffix("-ing")
        for text in texts
        for pattern in patterns(text)
        for part in pattern.parts
        for one in part.any_of
    }
    assert {one for one in named if one.isupper()} - known == {"CODE", "NUMBER", "STATUS"}


WORDS = st.lists(
    st.sampled_from("we don't `x` because 5 % , : not-so (it) decided v1.2 \u2014 may't ' - ...".split())
)


@run(max_examples=60)
@given(st.one_of(st.text(max_size=200), WORDS.map(" ".join)))
def test_any_sentence_is_read(sentence: str) -> None:
    reading = read(sentence)
    assert len(reading.words) <= LONGEST
    for _, _, pattern in cues.CUES:
        end = find(pattern, reading)
        assert end is None or 0 <= end <= len(reading.words)
