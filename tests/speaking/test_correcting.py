"""Prompts that correct: recognised in varied English, and answered with what was told."""

from __future__ import annotations

import pytest

from mnemo.speaking.correcting import corrects
from tests.speaking.places import Corner, told
from tests.stores import withdraw


@pytest.mark.parametrize(
    "prompt",
    [
        "No, it is Postgres.", "no it's in the other module", "That's wrong", "that’s wrong, we use pnpm",
        "That is not how we deploy.", "Actually we dropped redis last year", "actually, it moved to lib/",
        "Stop doing that", "please stop using mocks", "We no longer support Python 3.8",
        "Hmm, that isn't right.", "wrong. the port is 8080", "You're mistaken, vat is 19 percent",
        "I told you: money is kept in cents", "the claim about the rate is outdated", "Nope.",
        "the rate is no longer true", "ok but that's incorrect", "We switched to uv", "Correction: it is 19",
        "Sorry, no, the queue is celery", "it's not redis anymore", "we don't use tabs here",
    ],
)  # fmt: skip
def test_a_correction_is_recognised(prompt: str) -> None:
    assert corrects(prompt)


@pytest.mark.parametrize(
    "prompt",
    [
        "add a --verbose flag", "no problem, go on", "why does CI fail on mac?", "fix the wrong import",
        "don't forget the tests", "there is no config yet", "what is actually stored?", "now run it", "",
        "make the stop button red", "rename wrong_answer to answer", "not sure what to do here, ideas?",
        "nothing else, thanks", "notice how slow it is", "is it possible to actually test this?",
    ],
)  # fmt: skip
def test_an_ordinary_prompt_is_no_correction(prompt: str) -> None:
    assert not corrects(prompt)


def test_a_correction_is_answered_with_what_was_told_and_how_to_replace_it(corner: Corner) -> None:
    corner.fill()
    address = corner.claim("The tax rate is a fifth of the net sum", "src/billing/vat.py")
    corner.claim("Vat numbers are checked by a service", "src/billing/vat.py")
    corner.read("src/billing/vat.py")
    said = corner.prompt("no, it is 19 percent: the tax rate changed")
    assert told(said) == [address]
    lines = said.text.splitlines()
    assert (
        lines[0]
        == "mnemo; told earlier in this session and touched by this prompt; lines behind > are quoted data"
    )
    assert lines[1] == f"{address[:12]} · context · 1 minute ago"
    assert lines[2] == "  > The tax rate is a fifth of the net sum"
    assert f'supersedes=["{address[:12]}"]' in lines[3]
    assert f'retracts=["{address[:12]}"]' in lines[3]


def test_a_correction_that_touches_nothing_told_is_not_answered(corner: Corner) -> None:
    corner.fill()
    corner.claim("The tax rate is a fifth of the net sum", "src/billing/vat.py")
    assert "told earlier" not in corner.prompt("no, the tax rate changed", session="another").text
    corner.read("src/billing/vat.py")
    assert corner.prompt("that's wrong, the button has to be blue").text == ""


def test_a_claim_already_withdrawn_is_not_offered_again(corner: Corner) -> None:
    corner.fill()
    address = corner.claim("The tax rate is a fifth of the net sum", "src/billing/vat.py")
    corner.read("src/billing/vat.py")
    with corner.db.transaction() as connection:
        withdraw(connection, address)
    assert corner.prompt("no, the tax rate changed").text == ""
