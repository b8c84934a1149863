"""What a message is about."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnemo.model.claim import DOMAINS
from mnemo.retrieval.intent import FLAGS, keywords, read_intent
from mnemo.retrieval.orienting import asked_domain


@pytest.mark.parametrize(
    ("message", "density", "question", "flags"),
    [
        (
            "why does the auth module use JWT?", "high", "why_decision",
            ["is_question", "architecture_discussion"],
        ),
        ("ok", "low", "", []),
        ("the pool hangs", "medium", "", ["debugging"]),
        ("fix broken upgrade of package", "high", "", ["debugging", "dependency_talk"]),
        ("thanks a lot friend", "medium", "", []),
        ("where is the parser?", "high", "find_location", ["is_question"]),
        ("we decided to use tabs instead of spaces", "medium", "", ["decision_making"]),
        ("how does caching work?", "high", "how_works", ["is_question"]),
        ("what convention holds for names?", "high", "convention", ["is_question", "convention_setting"]),
        ("is it fast?", "high", "general", ["is_question"]),
        ("we tried redis and reverted it", "medium", "", ["history_signal"]),
        ("actually, that was renamed", "medium", "", ["is_correction"]),
        ("todo: ship it", "medium", "", ["task_signal"]),
    ],
)  # fmt: skip
def test_a_message_is_read(message: str, density: str, question: str, flags: list[str]) -> None:
    found = read_intent(message)
    assert (found.density, found.question_type, list(found.flags)) == (density, question, flags)


def test_names_with_digits_stay_whole() -> None:
    assert keywords("what does sha256 do in py311 for RFC_001?") == ["sha256", "py311", "rfc_001"]


@given(st.text(max_size=300))
def test_any_text_has_an_intent(message: str) -> None:
    found = read_intent(message)
    assert found.density in ("low", "medium", "high")
    assert set(found.flags) <= {"is_question", *FLAGS}
    assert asked_domain(message) in ("", *DOMAINS)


@pytest.mark.parametrize(
    ("question", "domain"),
    [
        ("why is it built so?", "decisions"),
        ("Why did we choose this design?", "decisions"),
        ("which patterns should I follow?", "patterns"),
        ("what is in progress?", "tasks"),
        ("what breaks?", "issues"),
        ("Known problems", "issues"),
        ("what was already tried, and did not work?", "history"),
        ("how is the code organised?", "architecture"),
        ("why sqlite?", ""),
        ("what breaks the parser?", ""),
        ("what is it?", ""),
        ("", ""),
        ("why " * 100, ""),
    ],
)
def test_a_question_that_names_nothing_asks_for_a_kind(question: str, domain: str) -> None:
    assert asked_domain(question) == domain
