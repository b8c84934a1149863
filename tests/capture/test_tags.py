"""Tags that words ask for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnemo.capture.tags import LONGEST, MOST, WORDS, tags_of


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("run cargo build", "rust"),
        ("open a Pull Request", "github"),
        ("the Dockerfile copies too much", "docker"),
        ("pytest is flaky", "python"),
        ("a race condition in the pool", "concurrency"),
    ],
)
def test_a_word_gives_its_tag(text: str, tag: str) -> None:
    assert tag in tags_of(text)


def test_a_word_inside_another_gives_none() -> None:
    assert tags_of("the cargoes of gitarists, re-staged") == ["conversation"]


def test_tags_come_in_the_order_of_their_words_and_are_few() -> None:
    assert tags_of("postgres, then cargo, then sqlite") == ["database", "rust"]
    assert len(tags_of(" ".join(words[0] for words in WORDS.values()))) == MOST


def test_a_repository_adds_words_of_its_own() -> None:
    own = "terraform=infra, Checkout  Flow=shop, cargo = freight"
    assert tags_of("terraform for the checkout flow", own) == ["infra", "shop"]
    assert tags_of("cargo", own) == ["freight"]


@pytest.mark.parametrize("own", ["=", "x=", "=y", "no sign", ",,,", f"x={'y' * (LONGEST + 1)}", "x=a\nb"])
def test_what_has_no_such_form_is_passed_over(own: str) -> None:
    assert tags_of("x and y", own) == ["conversation"]


@given(st.text(), st.text())
def test_any_text_has_a_tag(text: str, own: str) -> None:
    found = tags_of(text, own)
    assert 1 <= len(found) <= MOST
    assert all(found)
