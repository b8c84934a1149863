"""The scorer under its old name and signature."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from mnemo.scorer import ScoredMnemonic, score


def note(slug: str, rule: str, **fields: Any) -> SimpleNamespace:
    """Make a note with the fields that the scorer looks at."""
    empty = {"why": None, "when": None, "desc": None, "tags": [], "priority": 2}
    return SimpleNamespace(**{**empty, "slug": slug, "rule": rule, **fields})


NOTES = [
    note(
        "no-db-mock", "Never mock the database in integration tests", why="mocks hid a broken migration",
        when="writing integration tests", tags=["testing", "db"], priority=3,
    ),
    note("use-uv", "Use uv for dependency management", tags=["deps"]),
    note("auth-jose", "Always use jose for JWT", desc="edge runtime", tags=["auth", "security"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("database tests", [("no-db-mock", 3.9002, ["rule", "when"])]),
        ("jose auth", [("auth-jose", 7.6926, ["rule", "slug", "tags"])]),
        ("dependency", [("use-uv", 1.7792, ["rule"])]),
        ("tests tests zzz", [("no-db-mock", 2.3607, ["rule", "when"])]),
        (" ", []),
        ("--- ?", []),
    ],
)
def test_scores_are_those_of_the_earlier_program(
    query: str, expected: list[tuple[str, float, list[str]]]
) -> None:
    assert [(one.mnemonic.slug, one.score, one.matched_fields) for one in score(query, NOTES)] == expected


def test_the_module_is_reached_from_the_package() -> None:
    program = "import mnemo; print(mnemo.scorer.score('a', []))"
    start = f"import sys\nsys.path[:0] = {sys.path!r}\n{program}"
    run = subprocess.run([sys.executable, "-S", "-c", start], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


def test_nothing_is_found_among_nothing() -> None:
    assert score("database", []) == []


def test_a_louder_note_scores_a_fixed_share_more() -> None:
    quiet, usual, loud = (note("a", "cache the answers", priority=priority) for priority in (1, 2, 3))
    scores = {one.mnemonic.priority: one.score for one in score("cache", [quiet, usual, loud])}
    assert scores[3] == pytest.approx(1.3 * scores[2], abs=1e-4)
    assert scores[1] == pytest.approx(0.8 * scores[2], abs=1e-4)


def test_only_the_best_are_returned_and_like_scores_keep_their_order() -> None:
    notes = [note(f"n{number}", "cache the answers") for number in range(5)]
    found = score("cache", [*notes, note("other", "nothing of that")], top_k=3)
    assert [one.mnemonic.slug for one in found] == ["n0", "n1", "n2"]
    assert isinstance(found[0], ScoredMnemonic)
    assert len(score("cache", [note(f"n{number}", "cache") for number in range(20)])) == 10


def test_the_order_of_fields_does_not_depend_on_the_hash_seed() -> None:
    program = (
        "from types import SimpleNamespace as N\nfrom mnemo.scorer import score\n"
        "n = N(slug='jose', rule='jose jwt', why='jose', when='jwt', desc='jose', tags=['jwt'], priority=2)\n"
        "print(score('jose jwt', [n])[0][1:])"
    )
    said = {
        subprocess.run(
            [sys.executable, "-S", "-c", f"import sys\nsys.path[:0] = {sys.path!r}\n{program}"],
            env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("0", "7")
    }  # fmt: skip
    assert len(said) == 1
    assert "['desc', 'rule', 'slug', 'tags', 'when', 'why']" in said.pop()
