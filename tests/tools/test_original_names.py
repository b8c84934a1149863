"""The originals' names are answered when called, with all the words that their callers know."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mnemo import projects
from mnemo.interfaces.calls import Answer, Caller, call, list_offers
from mnemo.store import assertions, meta
from tests.repos import make_repository

CALLER = Caller("a-client", "connection-1")
OFFERS = list_offers(["core"])


def ask(name: str, **given: Any) -> Answer:
    return call(OFFERS, name, given, CALLER)


def use(top: Path, content: str) -> None:
    """Claim in a repository and ask for it: from then on it is known."""
    assert not ask("memory_claim", content=content, project=str(top)).failed
    assert told(ask("memory_recall", message=content, project=str(top))) == [content]


@pytest.fixture
def tearoom(repository: Path, tmp_path: Path) -> Path:
    """Another repository, used before, beside the one in which the test stands."""
    top = Path(make_repository(tmp_path / "tearoom"))
    use(top, "Tea is served at four.")
    return top


def told(answer: Answer) -> list[str]:
    assert not answer.failed, answer.text
    return [claim["content"] for claim in answer.record["claims"]]


def test_a_project_is_chosen_by_its_folder_its_name_or_its_id(tearoom: Path) -> None:
    with projects.open_known(str(tearoom)).db.reading() as connection:
        identity = meta.find(connection, "repository_id")
    for named in (str(tearoom), "tearoom", identity):
        found = ask("memory_recall", message="when is tea served", project=named)
        assert told(found) == ["Tea is served at four."]
    assert told(ask("memory_recall", message="when is tea served")) == []


def test_a_project_that_nobody_used_is_refused_with_those_that_are_known(tearoom: Path) -> None:
    answer = ask("memory_recall", message="tea", project="coffeehouse")
    assert answer.failed
    assert "'coffeehouse'" in answer.text
    assert "tearoom" in answer.text


def test_two_projects_of_one_name_are_told_apart_by_their_folders(tearoom: Path, tmp_path: Path) -> None:
    twin = Path(make_repository(tmp_path / "elsewhere" / "tearoom"))
    use(twin, "Coffee is served at nine.")
    answer = ask("memory_recall", message="tea", project="tearoom")
    assert answer.record["error"] == "ambiguous"
    assert str(twin) in answer.text


def test_the_agent_and_the_chain_of_a_claim_are_kept(repository: Path) -> None:
    answer = ask("memory_claim", content="Tea is served at four.", agent_id="ada", chain_id="chain-7")
    with projects.current().db.reading() as connection:
        (one,) = assertions.by_address(connection, answer.record["claims"][0]["address"])
    assert (one.agent, one.session) == ("ada", "chain-7")


@pytest.mark.parametrize("word", ["chain_id", "chain_name"])
def test_a_chain_is_a_conversation_with_a_workspace_of_its_own(repository: Path, word: str) -> None:
    ask("memory_claim", content="Tea may move to five.", preliminary=True, **{word: "moving tea"})
    asked = {"message": "when is tea served five"}
    assert told(ask("memory_recall", **asked, **{word: "moving tea"})) == ["Tea may move to five."]
    assert told(ask("memory_recall", **asked)) == []


def test_words_of_the_wrong_kind_are_refused(repository: Path) -> None:
    answer = ask("memory_claim", content="Tea.", agent_id=["ada"])
    assert answer.failed
    assert "agent_id" in answer.text


def test_a_short_name_takes_no_words_of_the_originals(repository: Path) -> None:
    assert ask("claim", content="Tea.", agent_id="ada").failed


def test_help_takes_what_the_originals_called_its_topic(repository: Path) -> None:
    assert "anchor" in ask("memory_help", context="anchors").text


def test_verify_takes_what_the_originals_called_its_target(repository: Path) -> None:
    claimed = ask("memory_claim", content="There is a README.", anchors=["README.md"])
    address = claimed.record["claims"][0]["address"]
    assert ask("memory_verify", address=address[:12]).record["checked"] == 1
