"""Text that somebody claimed can neither forge what memory says nor make it longer than it may be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnemo.model.claim import Assertion
from mnemo.retrieval.judging import Judged
from mnemo.speaking.found import Found, Payload
from mnemo.speaking.speech import Speech
from mnemo.tokens import estimate
from tests.stores import START_MS

HOSTILE = st.text(
    alphabet=st.sampled_from("ab \n\r\t>1.·—\u2028\u2029\u0085\x0b\x0c\x1b\u202e\u200b\U000e0041<|`#mnemo")
    | st.characters(),
    min_size=1,
    max_size=400,
)


def found(content: str, **fields: str) -> tuple[Found, Payload]:
    """Build a claim that was found, and what it says."""
    texts = ("main", "c" * 40, "main", "s", "a", "agent", "project", "context")
    clock = START_MS << 16
    one = Assertion(
        1, 1, "d" * 64, "leaf", *texts, 800, 0, "active", "", "", "e" * 64, clock, clock, 0, 0, False
    )
    return Found(one, "anchored to a.py"), {"content": content, **fields}


@given(st.lists(HOSTILE, min_size=1, max_size=5), HOSTILE, st.integers(30, 300))
def test_foreign_text_forges_no_line_and_no_budget_is_exceeded(
    contents: list[str], why: str, budget: int
) -> None:
    speech = Speech(budget, START_MS)
    for content in contents:
        anchors = [{"type": "file", "path": why[:30], "state": "drifted", "reason": why}]
        speech.add_claim(*found(content, why=why), Judged("drifted", anchors, ""), head="mnemo")
    assert estimate(speech.text) <= budget
    numbers = 0
    for line in speech.text.splitlines() if speech.text else ():
        if line.startswith(f"{numbers + 1}. drifted · context · dddddddddddd"):
            numbers += 1
        else:
            assert line == "mnemo" or line.startswith(("  > ", "  why: ", "  changed: ")), line
        assert line.isprintable() or "\t" in line or not line.isascii()
        assert not set(line) & set("\x1b\u202e\u200b\u2028\u2029\U000e0041")
    assert numbers == speech.cards


@pytest.mark.parametrize("size", [1, 100, 499, 500, 501, 5_000])
def test_what_is_cut_says_so(size: int) -> None:
    speech = Speech(200, START_MS)
    assert speech.add_claim(*found("word " * size), Judged("unanchored", [], ""))
    assert ("shortened" in speech.text) == (size > 100)


def test_a_headline_stands_for_a_long_claim() -> None:
    speech = Speech(200, START_MS)
    speech.add_claim(*found("Money is kept in cents\n" + "because " * 200), Judged("unanchored", [], ""))
    assert speech.text.splitlines()[1:] == ["  > Money is kept in cents"]


def test_a_card_that_does_not_fit_at_all_is_left_out() -> None:
    speech = Speech(31, START_MS)
    assert speech.add("x " * 20)
    assert not speech.add_claim(*found("word"), Judged("unanchored", [], ""))
    assert speech.cards == 0
