"""Which claims answer a question, and in which order."""

from __future__ import annotations

from pathlib import Path

import pytest

from mnemo import surface
from mnemo.model.claim import View
from mnemo.retrieval import asking, gathering, legs, ranking
from mnemo.retrieval.asking import Question
from mnemo.retrieval.ranking import Candidate, iter_candidates
from mnemo.retrieval.scoring import FTS5
from mnemo.retrieval.standpoint import Standpoint
from mnemo.store import events, terms
from mnemo.store.database import Database
from tests.stores import MAIN, START_MS, open_store, say

HERE = View("main", session="", now=START_MS)


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return open_store(tmp_path)


def fill(db: Database, *texts: str, **fields: object) -> list[str]:
    with db.transaction() as connection:
        return [say(connection, text, **fields) for text in texts]  # type: ignore[arg-type]


def ranked(db: Database, query: str, standpoint: Standpoint | None = None, path: str = "") -> list[Candidate]:
    with db.reading() as connection:
        return list(iter_candidates(connection, Question(query, path), HERE, standpoint))


def contents(found: list[Candidate]) -> list[str]:
    return [one.payload["content"] for one in found]


def link(db: Database, source: str, relation: str, target: str) -> None:
    with db.transaction() as connection:
        part = {"do": "link", "relation": relation, "target": target}
        events.record(connection, "link", {f"claim/{source}": part}, at=MAIN, now=START_MS)


def test_a_claim_with_all_words_comes_before_one_that_repeats_some(db: Database) -> None:
    fill(db, "retry retry retry the upload", "the cursor retry waits", "cursors of the export")
    assert contents(ranked(db, "cursor retry"))[0] == "the cursor retry waits"


def test_the_shares_of_a_score_add_up_and_the_best_is_at_most_about_one(db: Database) -> None:
    fill(db, "parse the token\nwith the lexer of src/lex.py", "tokens are cached", "parse errors are kept")
    for one in ranked(db, "parse token lexer"):
        assert sum(one.stages.values()) == pytest.approx(one.score)
        assert one.score < 1.1


def test_a_slip_in_a_word_is_forgiven_where_another_word_finds_the_claim(db: Database) -> None:
    fill(db, "idempotency keys expire after a day", "keys of the map are sorted", "the keys are rotated")
    assert contents(ranked(db, "idempotencyy keys"))[0] == "idempotency keys expire after a day"


def test_the_words_of_a_headline_count_more(db: Database) -> None:
    fill(db, "cache rules\nthe loader waits", "loader rules\nthe cache waits")
    assert contents(ranked(db, "cache"))[0].startswith("cache rules")


def test_a_linked_claim_is_found_without_a_word_of_the_question(db: Database) -> None:
    first, second, third = fill(db, "the exporter streams rows", "batches are bounded", "memory is scarce")
    link(db, first, "depends_on", second)
    link(db, second, "relates_to", third)
    found = ranked(db, "exporter streams")
    assert contents(found) == ["the exporter streams rows", "batches are bounded", "memory is scarce"]
    assert [one.via for one in found] == ["", first, first]
    assert found[1].stages["linked"] == pytest.approx(0.6 * found[0].score)
    assert found[2].stages["linked"] == pytest.approx(0.6 * 0.4 * 0.6 * found[0].score)


def test_links_are_followed_backwards_and_round_in_circles_without_end(db: Database) -> None:
    first, second = fill(db, "the exporter streams rows", "batches are bounded")
    link(db, second, "blocks", first)
    link(db, first, "blocks", second)
    assert contents(ranked(db, "exporter"))[1:] == ["batches are bounded"]


def test_a_withdrawn_claim_is_reached_by_no_link(db: Database) -> None:
    first, second = fill(db, "the exporter streams rows", "batches are bounded")
    link(db, first, "depends_on", second)
    with db.transaction() as connection:
        part = {"do": "retract", "wide": True}
        events.record(connection, "retract", {f"claim/{second}": part}, at=MAIN, now=START_MS)
    assert len(ranked(db, "exporter")) == 1


def test_a_louder_claim_of_the_same_words_comes_first(db: Database) -> None:
    fill(db, "the lock is held briefly one")
    fill(db, "the lock is held briefly two", priority=1000)
    assert contents(ranked(db, "lock held briefly"))[0].endswith("two")


def test_what_speaks_for_a_claim_does_not_overrule_its_text(db: Database) -> None:
    fill(db, "why sqlite: nobody has to run a server")
    fill(db, "sqlite is mentioned here", priority=1000, domain="decisions")
    assert contents(ranked(db, "why sqlite without a server?"))[0].startswith("why sqlite")


def test_the_first_stage_alone_ranks_by_the_full_text(db: Database) -> None:
    fill(db, "alpha beta", "alpha gamma delta")
    found = ranked(db, "alpha beta", Standpoint(backend=FTS5))
    assert contents(found)[0] == "alpha beta"
    assert found[0].stages["text"] == 1.0


def test_later_pages_go_on_below_the_first(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranking, "CANDIDATES", 10)
    monkeypatch.setattr(ranking, "FURTHER", 10)
    fill(db, *(f"the epsilon engine number {number} runs" for number in range(45)))
    found = ranked(db, "epsilon engine runs")
    assert len(found) == len({one.assertion.address for one in found}) == 45
    scores = [round(one.score, 9) for one in found]
    assert scores == sorted(scores, reverse=True)


def test_common_words_alone_are_answered_from_the_newest(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "MOST_ROWS", 20)
    monkeypatch.setattr(gathering, "MOST_COMMON", 20)
    monkeypatch.setattr(gathering, "MANY", 5)
    fill(db, *(f"the retry of upload {number}" for number in range(60)))
    found = ranked(db, "upload retry")
    assert 20 <= len(found) <= 40
    assert contents(ranked(db, "retry upload 7"))[0] == "the retry of upload 7"


def test_common_words_tell_apart_what_a_rare_one_finds(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "MANY", 12)
    monkeypatch.setattr(gathering, "ENOUGH", 2)
    fill(db, *(f"the common word {number}" for number in range(30)))
    fill(db, *(f"rare thing {number}" for number in range(9)), "rare common thing")
    with db.reading() as connection:
        (best, first), (_, second), *_ = gathering.gathered(
            connection, asking.asked_of(connection, "rare common")
        )
        assert (
            connection.execute(
                "SELECT content FROM (SELECT body || headline AS content, rowid AS id FROM "
                "search) WHERE id = ?",
                (best,),
            ).fetchone()[0]
            == "rare common thing"
        )
    assert first > second


def test_what_is_counted_is_counted_anew_after_a_write(db: Database) -> None:
    fill(db, "one lock")
    with db.reading() as connection:
        before = terms.terms_of(connection, ["lock", "nothing"])
        assert terms.terms_of(connection, ["lock"]) is before
    fill(db, "another lock of four words")
    with db.reading() as connection:
        after = terms.terms_of(connection, ["lock"])
    assert (before.claims, before.held) == (1, {"lock": 1, "nothing": 0})
    assert (after.claims, after.held) == (2, {"lock": 2})
    assert (before.lengths[0], after.lengths[0]) == (2, 3)


def test_a_document_is_seen_by_field_opening_and_neighbours() -> None:
    asked = asking.Asked(
        "parse token", ("pars", "token"), ("parse", "token"), ("pars", "token"),
        {"pars": 1.0, "token": 1.0}, {"pars": 1, "token": 1}, 2, (1.0, 2.0, 0.0, 1.0),
    )  # fmt: skip
    near = legs.laid_out(surface.written("parse"), surface.written("token lexer"), "", "pars")
    far = legs.laid_out("", surface.written(f"token{' x' * 20} parsed"), "", "")
    side, apart = legs.Document(1, 1.0, near), legs.Document(2, 1.0, far)
    first, second = legs.shares(asked, [side, apart])
    assert set(first) == set(legs.WEIGHTS) - {"pairs"}
    assert not {"headline", "paths"} & set(second)
    assert first["coverage"] == second["coverage"] == legs.WEIGHTS["coverage"]
    assert second["forms"] < first["forms"] == legs.WEIGHTS["forms"]
