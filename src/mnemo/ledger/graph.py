"""The graph of tasks: what is ready and in which order, and what can never become ready."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from mnemo.errors import Conflict
from mnemo.ledger.names import shown
from mnemo.store import waiting
from mnemo.store.connections import Connection
from mnemo.store.waiting import Free

Record = dict[str, Any]
# Who waits, and for what, as numbers of rows.
Pair = tuple[int, int]
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
    tasks, needed, in_order = waiting.load_waits(connection)
    pairs = zip(tasks, needed, strict=True)
    behind = _held_up(pairs if in_order else _waiting_first(pairs))
    own = _ranked(waiting.iter_free(connection, branch), behind)
    return own or _ranked(waiting.iter_free(connection), behind)


def _ranked(free: Iterable[Free], behind: Mapping[int, int]) -> list[str]:
    ranks = sorted(
        (-priority, -behind[row].bit_count() if row in behind else 0, clock, task)
        for row, task, priority, clock in free
    )
    return [rank[-1] for rank in ranks]


def _held_up(pairs: Iterable[Pair]) -> dict[int, int]:
    """Return who waits for each task, directly or through others, as the bits of an integer: in one pass.

    Args:
        pairs: who waits and for what; who waits for a task comes before what that task waits for.
    """
    behind: dict[int, int] = {}
    reached = behind.get
    last, own, bit = 0, 0, 1
    for task, needed in pairs:
        if task != last:
            last, own = task, reached(task, 0) | bit
            bit <<= 1
        behind[needed] = reached(needed, 0) | own
    return behind


def _waiting_first(pairs: Iterable[Pair]) -> list[Pair]:
    """Return pairs so that what waits for a task comes before what that waits for; rings anyhow."""
    needs, needed_by = defaultdict[int, list[int]](list), defaultdict[int, list[int]](list)
    for task, needed in pairs:
        needs[task].append(needed)
        needed_by[needed].append(task)
    ordered: dict[int, None] = {}
    seen: set[int] = set()
    for start in needs:
        way = [start]
        while way:
            seen.add(way[-1])
            before = next((each for each in needed_by.get(way[-1], ()) if each not in seen), None)
            if before is None:
                ordered.setdefault(way.pop())
            else:
                way.append(before)
    return [(task, needed) for task in ordered for needed in needs.get(task, ())]


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
    needs: dict[str, set[str]] = {}
    found: list[Record] = []
    for task, needed, status in sorted(waiting.list_held(connection)):
        needs.setdefault(task, set()).add(needed)
        if task in chosen and status in _NEVER_MET:
            found.append({"problem": _NEVER_MET[status], "task": shown(task), "needs": shown(needed)})
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
