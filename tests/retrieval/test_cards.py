"""Recalled claims as text: what an agent reads of each verdict, and what a budget pays for."""

from __future__ import annotations

from typing import Any

import pytest

from mnemo.retrieval import cards

ADDRESS = "59d5d218b43a" + "0" * 52


def claim(**changes: Any) -> dict[str, Any]:
    """Build a recalled claim as a record."""
    return {
        "address": ADDRESS,
        "content": "SQLite, because nobody runs a server",
        "shortened": False,
        "verdict": "proven",
        "domain": "decisions",
        "branch": "main",
        "here": True,
        "standing": "active",
        "score": 3.2,
        "age": "2 days ago",
        "confidence": 0.8,
        "tags": [],
        "anchors": [{"type": "file", "path": "src/db.py", "state": "ok"}],
        **changes,
    }


def answer(**changes: Any) -> dict[str, Any]:
    """Build a recall record."""
    return {
        "query": "why sqlite",
        "path": None,
        "branch": "main",
        "claims": [],
        "elsewhere": [],
        "withheld": [],
        "tokens": 0,
        "scope": {"searched": "42 claims on main", "others": 0},
        "notes": [],
        **changes,
    }


def test_a_claim_is_one_line_of_structure_its_quoted_text_and_its_anchors() -> None:
    assert cards.recall_claim(claim(), 1).splitlines() == [
        "1. proven · decisions · 59d5d218b43a · 2 days ago",
        "  > SQLite, because nobody runs a server",
        "  anchored: src/db.py",
    ]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"here": False, "branch": "feature-x"}, "on feature-x"),
        ({"standing": "unconfirmed"}, "proven, unconfirmed"),
        ({"repository": "notes"}, "from notes"),
        ({"tags": ["db", "storage"]}, "#db · #storage"),
        ({"confidence": 0.3}, "sure 0.3"),
        ({"shortened": True}, "shortened"),
    ],
)
def test_what_sets_a_claim_apart_stands_in_its_first_line(changes: dict[str, Any], told: str) -> None:
    assert told in cards.recall_claim(claim(**changes), 1).splitlines()[0]
    assert told not in cards.recall_claim(claim(), 1)


def test_why_and_when_have_lines_of_their_own() -> None:
    text = cards.recall_claim(claim(why="measured", when="more than one writer"), 1)
    assert text.splitlines()[2:4] == ["  why: measured", "  when: more than one writer"]


def test_a_drifted_claim_says_what_changed_before_what_still_holds() -> None:
    anchors = [
        {"type": "file", "path": "a.py", "state": "ok"},
        {"type": "symbol", "path": "b.py", "name": "C.f", "state": "drifted", "reason": "body changed"},
    ]
    text = cards.recall_claim(claim(verdict="drifted", anchors=anchors), 1)
    assert text.splitlines()[-1] == "  changed: b.py::C.f (body changed); anchored: a.py"


def test_a_claim_that_could_not_be_judged_says_so() -> None:
    anchors = [{"type": "file", "path": "a.py", "state": "unknown", "reason": "a merge is under way"}]
    text = cards.recall_claim(claim(verdict="unproven", anchors=anchors), 1)
    assert text.splitlines()[-1] == "  not checked: a.py (a merge is under way)"


@pytest.mark.parametrize(
    ("anchor", "name"),
    [
        ({"type": "file", "path": "a.py"}, "a.py"),
        ({"type": "file", "path": "a.py", "absent": True}, "no a.py"),
        ({"type": "grep", "pattern": "import x", "path": "a.py"}, '"import x" in a.py'),
        ({"type": "grep", "pattern": "import x"}, '"import x"'),
        ({"type": "dependency", "name": "pydantic", "spec": ">=2"}, "pydantic >=2"),
        ({"type": "content", "path": "a.py", "lines": [10, 20]}, "a.py:10-20"),
        ({"type": "content", "path": "a.py"}, "a.py"),
        ({"type": "symbol", "path": "a.py", "name": "C.f"}, "a.py::C.f"),
        ({"type": "test", "id": "tests/a.py::t"}, "test tests/a.py::t"),
    ],
)
def test_an_anchor_is_named_as_it_can_be_typed(anchor: dict[str, Any], name: str) -> None:
    assert cards.anchor_name(anchor) == name


def test_many_anchors_are_counted_rather_than_listed() -> None:
    anchors = [{"type": "file", "path": f"{name}.py", "state": "ok"} for name in "abcdef"]
    assert cards.anchors_line(anchors) == "anchored: a.py, b.py, c.py, d.py and 2 more"


def test_a_withheld_claim_is_one_line_with_the_reason() -> None:
    item = {"address": ADDRESS, "verdict": "refuted", "reason": "src/db.py no longer exists"}
    assert cards.recall_withheld(item) == "withheld 59d5d218b43a refuted: src/db.py no longer exists"


def test_an_explanation_shows_each_stage() -> None:
    text = cards.recall_claim(claim(explain={"words": 2.0, "path": 1.2}), 1)
    assert text.splitlines()[-1] == "  score 3.2: words 2, path 1.2"


def test_the_text_is_its_parts_and_nothing_else() -> None:
    record = answer(
        claims=[claim()],
        elsewhere=[claim(here=False, branch="x")],
        withheld=[{"address": ADDRESS, "verdict": "refuted", "reason": "gone"}],
        notes=["restored from a backup of 10:02"],
    )
    assert cards.parts(record) == [
        cards.head(record),
        cards.recall_claim(record["claims"][0], 1),
        cards.ELSEWHERE,
        cards.recall_claim(record["elsewhere"][0], 2),
        cards.recall_withheld(record["withheld"][0]),
        cards.recall_note(record["notes"][0]),
    ]


def test_an_answer_with_shortened_claims_says_how_to_read_them_whole() -> None:
    assert "detail=full" in cards.head(answer(claims=[claim(shortened=True)]))
    assert "detail=full" not in cards.head(answer(claims=[claim()]))


def test_an_empty_answer_names_the_scope_and_what_others_hold() -> None:
    head = cards.head(answer(scope={"searched": "12 claims on main", "others": 3}))
    assert 'for "why sqlite"' in head
    assert "12 claims on main" in head
    assert "other scopes hold 3" in head
    assert "branches=all" in head.splitlines()[1]


def test_an_empty_answer_about_an_empty_memory_does_not_send_anyone_to_other_branches() -> None:
    assert "branches=all" not in cards.head(answer())


def test_an_answer_of_withheld_claims_only_says_that_the_code_speaks_against_them() -> None:
    item = {"address": ADDRESS, "verdict": "refuted", "reason": "gone"}
    first, following = cards.head(answer(withheld=[item])).splitlines()
    assert first.startswith('Nothing that the code still supports for "why sqlite"')
    assert "superseding" in following


@pytest.mark.parametrize("claims", [[], [claim()]])
def test_a_tiny_budget_gets_a_short_head(claims: list[dict[str, Any]]) -> None:
    brief = cards.head(answer(claims=claims, brief=True))
    assert len(brief) < 20
    assert "\n" not in brief
