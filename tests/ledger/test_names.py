"""Ids as people type them, and texts as they are kept."""

from __future__ import annotations

import pytest

from mnemo.errors import Ambiguous, Invalid, NotFound
from mnemo.ledger import names
from mnemo.store import events
from tests.ledger.scenes import Scene, word_of
from tests.stores import MAIN, START_MS

ONE, TWO = "run_" + "abcd1" + "0" * 27, "run_" + "abcd2" + "0" * 27


def with_runs(scene: Scene) -> None:
    with scene.db.transaction() as connection:
        for run in (ONE, TWO):
            events.record(connection, "test", {f"run/{run}": {"do": "open"}}, at=MAIN, now=START_MS)


@pytest.mark.parametrize("given", [ONE, "run_abcd1", "abcd1", " RUN_ABCD1 ", names.shown(ONE)])
def test_an_id_may_be_given_by_any_unique_beginning(scene: Scene, given: str) -> None:
    with_runs(scene)
    with scene.db.reading() as connection:
        assert names.get_row(connection, "run", given)["run"] == ONE


def test_an_ambiguous_beginning_lists_what_it_fits(scene: Scene) -> None:
    with_runs(scene)
    with scene.db.reading() as connection, pytest.raises(Ambiguous) as several:
        names.get_row(connection, "run", "run_abcd")
    assert ONE in several.value.message
    assert TWO in several.value.message


@pytest.mark.parametrize(
    "given", ["run_ffff", "task_abcd1", "nonsense", "", "run_", "run_abcd1%", "run_" + "a" * 40]
)
def test_what_names_nothing_is_not_found(scene: Scene, given: str) -> None:
    with_runs(scene)
    with scene.db.reading() as connection, pytest.raises(NotFound) as missing:
        names.get_row(connection, "run", given)
    assert word_of(missing.value) == "run_not_found"


def test_too_few_digits_are_refused(scene: Scene) -> None:
    with scene.db.reading() as connection, pytest.raises(Invalid):
        names.get_row(connection, "task", "task_abc")


def test_the_shown_part_of_an_id_is_twelve_digits() -> None:
    assert names.shown(ONE) == "run_abcd10000000"
    assert names.shown("") == ""


def test_an_executors_name_is_one_line() -> None:
    assert names.executor_name(" claude-code \n main  7 ") == "claude-code main 7"


def test_a_lease_is_counted_in_whole_milliseconds() -> None:
    assert names.lease_ms(30.0) == 1_800_000
    assert names.lease_ms(0.000001) == 1
