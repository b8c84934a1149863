"""Work taken by several processes at once: one owner each, and nothing lost when holders are killed."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from pathlib import Path

import pytest

from mnemo import projects
from mnemo.errors import Conflict
from mnemo.tools import core
from tests.processes import takers
from tests.processes.takers import Take

LEASE_S = 1.0


def prepared(count: int) -> list[str]:
    """Queue work in the repository that the test stands in."""
    project = projects.current(writing=True)
    return takers.plan_work(project.db, count, project.now())


def assert_one_owner_each(took: list[Take], wanted: list[str]) -> None:
    assert sorted(take.task for take in took) == sorted(shortened(took, wanted))
    assert len({take.dispatch for take in took}) == len(took)


def shortened(took: list[Take], wanted: list[str]) -> list[str]:
    """Return ids as answers show them."""
    return [task[: len(took[0].task)] for task in wanted]


def how_late(folder: Path, count: int, lease_s: float) -> list[tuple[Take, float]]:
    """Kill holders, and return with each take how long after its lease the task was ready, seconds."""
    held = takers.kill_holders(folder, count, lease_s)
    assert core.dispatch("ready")["tasks"] == []
    back = takers.await_ready([take.task for take in held], held[-1].at + lease_s + 5)
    return [(take, back[take.task] - take.at - lease_s) for take in held]


def test_processes_that_take_at_once_get_each_task_once(repository: Path) -> None:
    tasks = prepared(30)
    took = takers.race(repository, [f"taker-{number}" for number in range(3)], 30)
    assert_one_owner_each(took, tasks)


def test_a_killed_holders_task_comes_back_with_its_lease_and_its_answer_is_refused(repository: Path) -> None:
    prepared(2)
    late = how_late(repository, 2, LEASE_S)
    assert max(after for _, after in late) < 1.0
    for take, _ in late:
        (repository / f"{take.executor}.txt").write_text("done\n")
        with pytest.raises(Conflict) as refused:
            core.dispatch("complete", dispatch=take.dispatch, evidence=[f"{take.executor}.txt"])
        assert refused.value.word == "stale_lease"
        again = core.dispatch("take", task=take.task, executor="next")["dispatch"]
        assert again["attempt"] == 2


@pytest.mark.soak
def test_sixteen_processes_take_a_thousand_tasks(
    repository: Path, record_property: Callable[[str, object], None]
) -> None:
    tasks = prepared(1_000)
    took = takers.race(repository, [f"taker-{number}" for number in range(16)], 30)
    assert_one_owner_each(took, tasks)
    p99 = statistics.quantiles([take.ms for take in took], n=100)[-1]
    record_property("taking by 16 processes, p99", f"{p99:.0f} ms")
    assert p99 < 500


@pytest.mark.soak
def test_sixteen_killed_holders_give_everything_back(
    repository: Path, record_property: Callable[[str, object], None]
) -> None:
    prepared(16)
    late = how_late(repository, 16, 5)
    record_property("tasks of killed holders, ready after their lease", f"{max(a for _, a in late):.2f} s")
    assert max(after for _, after in late) < 1.0
