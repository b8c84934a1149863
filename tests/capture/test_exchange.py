"""What is found in an exchange, and the recorded ones in which it was measured."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import settings as run
from hypothesis import strategies as st

from mnemo.capture.exchange import LONGEST, notes_of
from tests.benchmarks.capture import read, score
from tests.capture.scenes import CAUSE, DEAD_END, DECIDED


def kept(answer: str, prompt: str = "status?") -> list[str]:
    """Return what is kept of an exchange."""
    return [note.content for note in notes_of(prompt, answer)]


# Of exchanges with nothing to keep, how many leave something all the same; of all other sets none does.
NOISY = {"shapes": 1, "voices14": 1}


@pytest.mark.parametrize(
    ("name", "precision", "recall"),
    [
        ("dev", 0.95, 0.95),
        ("held", 0.9, 0.9),
        ("shapes", 0.95, 0.95),
        ("voices1", 0.95, 0.95),
        ("voices2", 0.95, 0.95),
        ("voices3", 0.95, 0.95),
        ("voices4", 0.95, 0.95),
        ("voices5", 0.95, 0.95),
        ("voices6", 0.95, 0.95),
        ("voices7", 0.95, 0.95),
        ("voices8", 0.95, 0.95),
        ("voices9", 0.95, 0.95),
        ("voices10", 0.95, 0.95),
        ("voices11", 0.95, 0.95),
        ("voices12", 0.95, 0.95),
        ("voices13", 0.95, 0.95),
        ("voices14", 0.9, 0.9),
    ],
)
def test_recorded_exchanges(
    name: str, precision: float, recall: float, record_property: Callable[[str, object], None]
) -> None:
    found = score(name)
    record_property(f"capture {name}", f"precision {found.precision:.2f}, recall {found.recall:.2f}")
    assert found.precision >= precision
    assert found.recall >= recall
    assert found.noisy <= NOISY.get(name, 0)


def test_the_recorded_exchanges_are_a_hundred_and_half_hold_something() -> None:
    every = read("dev") + read("held")
    assert len(every) == 100
    assert sum(bool(one["expected"]) for one in every) == 50


@pytest.mark.parametrize(
    ("sentence", "domain"), [(DECIDED, "decisions"), (CAUSE, "issues"), (DEAD_END, "history")]
)
def test_each_kind_has_its_domain(sentence: str, domain: str) -> None:
    assert [(note.content, note.domain) for note in notes_of("why?", sentence)] == [(sentence, domain)]


@pytest.mark.parametrize(
    "answer",
    [
        "Should we use Redis because it is faster?",
        "If we decided to use Redis, the cache would be shared.",
        "I'll switch to Redis next because the cache must be shared.",
        "Maybe the crash was caused by the scheduler.",
        "The cause is probably the scheduler.",
        "I've updated the file and all tests pass.",
        "Sorry, the edit failed because the string was not unique in the file.",
        "I decided to look at the router first.",
        "Many teams chose Celery because of its ecosystem.",
        "We could use Redis instead of SQLite because it is shared.",
        "> We decided to use msgpack because JSON was slow.",
        "```\n# we decided to use Decimal because floats lose cents\n```",
        "It depends on the load. Mocks are quick but drift; a real database finds more bugs but is slower.",
        "Added a cache. It is keyed by locale, since prices are in it.",
    ],
)
def test_what_is_open_or_not_ours_is_not_kept(answer: str) -> None:
    assert kept(answer) == []


def test_a_pronoun_takes_the_sentence_before_it_along() -> None:
    answer = "Two servers sign cookies with different keys. That's why people are logged out."
    assert kept(answer) == [answer]


def test_a_pronoun_without_one_keeps_the_question() -> None:
    found = notes_of("Why is the login on staging so slow?", "It was caused by a bcrypt cost of 14.")
    assert [note.when for note in found] == ["Why is the login on staging so slow?"]


def test_a_heading_announces_what_stands_below_it() -> None:
    answer = "## Root cause\n\nThe readiness probe waits for a lock that the old pod holds."
    assert [(note.domain, note.content) for note in notes_of("hangs", answer)] == [
        ("issues", answer.split("\n\n")[1])
    ]


def test_what_a_colon_announces_comes_along() -> None:
    answer = "We chose UUIDv7 over ULID because:\n\n- Postgres stores it natively\n- drivers know it"
    assert kept(answer) == [
        "We chose UUIDv7 over ULID because: Postgres stores it natively; drivers know it."
    ]


def test_neighbours_become_one_statement() -> None:
    assert kept(f"{DEAD_END} We had to revert it because it broke the build.") == [
        f"{DEAD_END} We had to revert it because it broke the build."
    ]


def test_a_complaint_is_answered_by_a_cause_without_any_word_for_it() -> None:
    cause = "Port 8080 is hardcoded in two fixtures; xdist runs both."
    assert kept(f"{cause} Bound to 0 now.", "why is test_upload flaky") == [cause]
    assert kept(f"{cause} Does it happen on your machine too?", "why is test_upload flaky") == []


def test_a_choice_is_answered_by_a_verdict_and_its_reason() -> None:
    verdict = "Postgres. `SKIP LOCKED` does all we need and nobody wants to run one thing more."
    assert kept(verdict, "redis or postgres for the queue?") == [verdict]
    assert kept("Both work. Redis is more common.", "redis or postgres for the queue?") == []


def test_an_attempt_is_kept_up_to_where_it_was_given_up() -> None:
    attempt = "Tried it on staging for a day. Half of the office blocks UDP 443. Disabled again."
    assert kept(attempt, "try http/3") == [attempt]


def test_a_person_says_why_in_the_next_sentence() -> None:
    said = "nah, keep the monolith. splitting it costs us the transaction around checkout"
    assert kept("OK.", said) == [said]


def test_what_stands_in_code_is_no_condition() -> None:
    assert kept("The bug was that `if timeout:` takes 0 for nothing, caused by the new default.") != []


def test_a_person_decides_in_the_prompt() -> None:
    assert kept("Done.", "Let's go with Postgres since we need transactional DDL. Update the file.") == [
        "Let's go with Postgres since we need transactional DDL."
    ]
    assert kept("Looking.", "it still does not work, the login is slow") == []


def test_a_long_sentence_is_cut() -> None:
    found = kept("We decided to use SQLite because " + "it is simple and " * 200)
    assert len(found[0]) <= LONGEST + 2


def test_paths_are_found() -> None:
    found = notes_of("?", "We decided to split src/app/main.py because `util.go` and v1.2.3 depend on it.")
    assert found[0].paths == ("src/app/main.py", "util.go")


def test_a_decision_buried_in_a_long_answer_is_found() -> None:
    filler = "The function reads the file and returns its lines.\n\n"
    assert kept(filler * 300 + DECIDED + "\n\n" + filler * 300) == [DECIDED]


WORDS = st.sampled_from(
    "we decided because the bug was caused by not if I tried but it instead . - ``` > | # ? : ` never".split()
)


@given(st.one_of(st.text(max_size=400), st.lists(WORDS, max_size=200).map(" ".join)))
def test_any_text_is_taken(text: str) -> None:
    for note in notes_of(text, text):
        assert note.content.strip()
        assert len(note.content) <= LONGEST + 2


@run(max_examples=15)
@given(st.one_of(st.text(min_size=1, max_size=40), st.lists(WORDS, min_size=1, max_size=8).map(" ".join)))
def test_a_hundred_kilobytes_take_little_time(piece: str) -> None:
    answer = (piece + " ") * (100_000 // (len(piece) + 1))
    start = time.process_time()
    notes_of("why?", answer)
    assert time.process_time() - start < 0.25
