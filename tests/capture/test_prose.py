"""What someone says in a message, and what is only shown in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnemo.capture import prose


def said(text: str) -> list[str]:
    """Return every sentence of a message."""
    return [sentence for block in prose.blocks(text) for sentence in block.sentences]


@pytest.mark.parametrize(
    "shown",
    [
        "```python\nwe decided = True\n```",
        "~~~\nwe decided\n~~~",
        "```\nnever closed\nwe decided",
        "> We chose JSON because of them.",
        "| we | decided |\n|---|---|",
        "$ git log we decided",
        "    we_decided = because(x)",
        "FAILED tests/test_a.py::test_b - because",
        "2026-11-20 10:00:00 we decided",
        "src/a.py:10: // we decided because",
        "- src/a.py:10: we decided because",
        "9f1c2aa Revert because it broke",
        "Traceback (most recent call last)",
        "ValueError: because",
        "<system-reminder>\nwe decided because\n</system-reminder>",
    ],
)
def test_what_is_shown_is_not_said(shown: str) -> None:
    assert said(f"Before it.\n\n{shown}\n")[:1] == ["Before it."]
    assert not any("decided" in one or "because" in one for one in said(f"Before it.\n\n{shown}\n"))


def test_sentences_end_where_people_end_them() -> None:
    text = "It uses v3.8.1, e.g. in `a. b`. See src/a.py. And dr. who? Yes! it does. the end"
    assert said(text) == [
        "It uses v3.8.1, e.g. in `a. b`.",
        "See src/a.py.",
        "And dr. who?",
        "Yes!",
        "it does.",
        "the end",
    ]


def test_lines_of_a_paragraph_are_one_and_items_are_apart() -> None:
    found = prose.blocks("One\nline.\n\n- first\n  goes on\n- [x] second\n3. third")
    assert [(block.item, block.sentences) for block in found] == [
        (False, ("One line.",)),
        (True, ("first goes on",)),
        (True, ("second",)),
        (True, ("third",)),
    ]


@pytest.mark.parametrize("heading", ["## Root cause", "**Root cause**", "**Root cause:**"])
def test_a_heading_labels_what_follows_it(heading: str) -> None:
    found = prose.blocks(f"{heading}\n\nThe scheduler sleeps.\n\nMore.")
    assert [(block.label, block.sentences) for block in found] == [
        ("Root cause", ("The scheduler sleeps.",)),
        ("", ("More.",)),
    ]


def test_an_element_that_is_never_closed_hides_nothing() -> None:
    assert said("the <my-part> is broken. we decided") == ["the <my-part> is broken.", "we decided"]


def test_of_a_long_message_start_and_end_are_looked_at() -> None:
    found = said("First.\n\n" + "word " * 40_000 + "\n\nLast.")
    assert (found[0], found[-1]) == ("First.", "Last.")


@given(st.text(alphabet="a.B`*_#>-|<>/ \n1)!~\t", max_size=300))
def test_any_text_falls_into_sentences(text: str) -> None:
    assert all(one.strip() for one in said(text))
