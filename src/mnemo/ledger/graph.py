"""The graph of tasks: what is ready and in which order, and what can never become ready."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mnemo.errors import Conflict
from mnemo.ledger.names import shown
from mnemo.model import work
from mnemo.store import waiting
from mnemo.store.connections import Connection

Record = dict[str, Any]
# The answer to the last question, and to which state of the log it belongs: agents ask more often than
# anything changes.
_answered: dict[str, tuple[tuple[Any, ...], list[str]]] = {}
# Status of what is needed -> what that means for whoever waits; none is a task that is not here.
_NEVER_MET = {"": "missing_dependency", "cancelled": "cancelled_dependency"}


def list_ready_ids(connection: Connection, branch: str) -> list[str]:
    """Return the tasks that can be taken now, the most urgent first.

    The branch's own come alone; where it has none, those of all branches. Order: priority, then how
    many open tasks wait for it directly or through others, then age.
    """
    mark = (*waiting.mark(connection), branch)
    known = _answered.get("last")
    if known is None or known[0] != mark:
        known = _answered["last"] = mark, _ready(connection, branch)
    return list(known[1])


def _ready(connection: Connection, branch: str) -> list[str]:
    tasks, needs = waiting.list_open(connection), waiting.needed_by(connection)
    runs, taken, done = (
        waiting.open_runs(connection),
        waiting.list_handed_out(connection),
        waiting.list_done(connection),
    )
    held: set[str] = set()
    for needed, those in needs.items():
        if needed not in done:
            held.update(those)
    free = [
        row
        for row in tasks
        if row[0] not in held and row[1] in work.WAITING and row[0] not in taken and row[2] in runs
    ]
    free = [row for row in free if runs[row[2]] == branch] or free
    counts = _count_held_up([row[0] for row in tasks], needs, held)
    return [row[0] for row in sorted(free, key=lambda row: (-row[3], -counts[row[0]], row[4], row[0]))]


def _count_held_up(
    tasks: Sequence[str], needs: Mapping[str, Sequence[str]], held: set[str], *, again: bool = False
) -> dict[str, int]:
    """Return how many open tasks wait for each one that waits for none, directly or through others.

    In one pass, those that wait before what they wait for: who waits for a task are the bits of an integer.

    Args:
        tasks: every open task, the last to arrive first.
        needs: needed task -> the tasks that need it.
        held: the tasks that wait for another.
        again: whether they were put in order already.
    """
    behind: dict[str, int] = {}
    counts: dict[str, int] = {}
    following, reached, known = needs.get, behind.get, set(tasks)
    bit = 1
    for task in tasks:
        own = 0
        for each in following(task) or ():
            more = reached(each)
            if more:
                own |= more
            elif not again and each in known:  # it arrived before what it needs, as another replica's may
                return _count_held_up(_waiting_first(tasks, needs), needs, held, again=True)
        if task in held:
            behind[task] = own | bit
            bit <<= 1
        else:
            counts[task] = own.bit_count()
    return counts


def _waiting_first(tasks: Sequence[str], needs: Mapping[str, Sequence[str]]) -> list[str]:
    """Return tasks in an order in which those that wait for a task come before it; rings anyhow."""
    ordered: list[str] = []
    known = set(tasks)
    for start in tasks:
        way = [start]
        while way:
            task = way[-1]
            before = [each for each in needs.get(task, ()) if each in known and each != task]
            known.discard(task)
            if before:
                way.append(before[-1])
            else:
                ordered.append(way.pop())
    return list(dict.fromkeys(ordered))


def find_cycle(needs: Mapping[str, Iterable[str]]) -> list[str] | None:
    """Return tasks that need each other in a ring, the first of them again at the end; None without one.

    Args:
        needs: task -> the tasks that it needs.
    """
    done: set[str] = set()
    for start in sorted(needs):
        path: dict[str, None] = {}  # keeps its order, and tells at once who is on it
        rest = [iter((start,))]
        while rest:
            task = next(rest[-1], None)
            if task is None:
                rest.pop()
                if path:
                    done.add(path.popitem()[0])
            elif task in path:
                way = list(path)
                return [*way[way.index(task) :], task]
            elif task not in done:
                path[task] = None
                rest.append(iter(sorted(needs.get(task, ()))))
    return None


def refuse_cycle(needs: Mapping[str, Iterable[str]], called: Mapping[str, str]) -> None:
    """Check that no tasks need each other in a ring.

    Args:
        needs: task -> the tasks that it needs.
        called: what a task is called in the message, where that is not its id.

    Raises:
        Conflict: dependency_cycle, with its path.
    """
    cycle = find_cycle(needs)
    if cycle:
        path = " → ".join(called.get(each, shown(each)) for each in cycle)
        raise Conflict(
            f"These tasks need each other: {path}.", "Leave one of the needs out.", "dependency_cycle"
        )


def list_problems(connection: Connection, tasks: Iterable[str]) -> list[Record]:
    """Return what keeps tasks from ever becoming ready: needs that are not here or were cancelled, and rings.

    Args:
        tasks: ids of the tasks that are looked at, such as those of a run.
    """
    chosen = set(tasks)
    done = waiting.list_done(connection)
    unmet = {needed: those for needed, those in waiting.needed_by(connection).items() if needed not in done}
    status = waiting.status_of(connection, unmet)
    needs: dict[str, set[str]] = {}
    for needed, each in unmet.items():
        for task in each:
            needs.setdefault(task, set()).add(needed)
    found: list[Record] = []
    for task in sorted(chosen & needs.keys()):
        for needed in sorted(needs[task]):
            problem = _NEVER_MET.get(status.get(needed, ""))
            if problem:
                found.append({"problem": problem, "task": shown(task), "needs": shown(needed)})
    cycle = find_cycle({task: needs[task] for task in _behind(chosen & needs.keys(), needs)})
    if cycle:
        found.append({"problem": "dependency_cycle", "path": [shown(each) for each in cycle]})
    return found


def _behind(tasks: Iterable[str], needs: Mapping[str, set[str]]) -> set[str]:
    """Return some tasks and all that they need, directly or through others, where those need something."""
    seen: set[str] = set()
    rest = list(tasks)
    while rest:
        task = rest.pop()
        if task in needs and task not in seen:
            seen.add(task)
            rest.extend(needs[task])
    return seen
