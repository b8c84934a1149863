"""A store of a few claims, as in the first days: heard where it fits, and no noisier for it."""

from __future__ import annotations

import pytest

from tests.benchmarks.errands import ERRANDS
from tests.speaking.places import Corner, told

# What people tell a memory first, and what they ask later; mostly everyday talk.
SPOKEN_OF = (
    (
        "Always run the tests before you commit, because CI is slow.",
        "how should I commit this, do we run the tests before commit?",
    ),
    ("We use pnpm, never npm, because the lockfile is shared", "which package manager is it, npm or pnpm?"),
    ("Deploys happen on Tuesdays only, the client wants it so", "when can we deploy, is Tuesday fine?"),
    (
        "API keys live in Vault, never in a .env file",
        "where do the api keys for the tests come from, a .env file?",
    ),
    ("The staging database is reset every night", "why is the staging database empty every morning?"),
    ("Feature branches are squashed on merge, so main stays linear", "merge the feature branch into main"),
    ("CI builds the Docker images", "build the docker image locally and push it"),
    ("The login page must work without JavaScript", "rework the login page with a JavaScript widget"),
    ("Migrations are written by hand, autogenerate drops indexes", "autogenerate a migration for the column"),
    ("Logging goes through structlog", "add logging with structlog to the worker"),
    ("Timeouts of the gateway are in milliseconds", "raise the timeouts of the gateway"),
    ("Use httpx instead of requests, we need HTTP/2", "should I take requests or httpx here?"),
)
OF_SOMETHING_ELSE = (
    ("The version is bumped by the release workflow", "please bump the version"),
    ("A config file is read once, when the process starts", "why is the config file so long?"),
    ("Test files lie beside the code that they test", "add a test for this file"),
    ("Names of columns are written in snake case", "give the file another name"),
)


@pytest.mark.parametrize(("claim", "prompt"), SPOKEN_OF)
def test_a_lonely_claim_is_heard_when_a_prompt_speaks_of_it(corner: Corner, claim: str, prompt: str) -> None:
    address = corner.claim(claim)
    assert told(corner.prompt(prompt)) == [address]
    corner.claim("Reviewers are few, so changes are kept small")
    assert told(corner.prompt(prompt, session="another")) == [address]


@pytest.mark.parametrize(("claim", "prompt"), OF_SOMETHING_ELSE)
def test_a_lonely_claim_is_silent_when_a_prompt_shares_everyday_words(
    corner: Corner, claim: str, prompt: str
) -> None:
    corner.claim(claim)
    assert corner.prompt(prompt).text == ""


def test_a_dozen_claims_tell_each_its_own_and_stay_silent_on_other_work(corner: Corner) -> None:
    addresses = [corner.claim(claim) for claim, _ in SPOKEN_OF]
    for claim, _ in OF_SOMETHING_ELSE:
        corner.claim(claim)
    heard = [told(corner.prompt(prompt, session=prompt)) for _, prompt in SPOKEN_OF]
    assert sum(told == [address] for told, address in zip(heard, addresses, strict=True)) >= 10
    silent = [not corner.prompt(prompt, session=prompt).text for prompt, _ in ERRANDS]
    assert sum(silent) >= 0.97 * len(ERRANDS)


def test_a_word_that_every_claim_of_a_small_store_holds_tells_nothing(corner: Corner) -> None:
    for what in ("invoices", "reminders", "refunds", "receipts"):
        corner.claim(f"The Paperplane exporter writes {what}")
    assert corner.prompt("start Paperplane, then show the exporter's help").text == ""


def test_lines_that_an_edit_leaves_as_they_are_bring_nothing(corner: Corner) -> None:
    corner.fill()
    address = corner.claim("RefundPolicy asks TwoPersonRule for a signature")
    kept = "policy = RefundPolicy(rule=TwoPersonRule(), signature=None)"
    assert told(corner.edit("src/app.py", f"{kept}\n", session="new")) == [address]
    (corner.top / "src/app.py").write_text(f"{kept}\n")
    assert corner.edit("src/app.py", f"{kept}\ncount = 1\n", session="old").text == ""
