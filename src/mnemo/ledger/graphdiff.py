"""Two pictures of the code's graph compared: did it lose shape?"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from math import isfinite
from typing import Any, NamedTuple, cast

from mnemo.errors import Invalid
from mnemo.ids import digest
from mnemo.ledger import recording
from mnemo.ledger.names import brief
from mnemo.ledger.recording import Piece
from mnemo.ledger.workspace import Present
from mnemo.model import work
from mnemo.store.database import Database
from mnemo.store.rows import Row

KIND = "graph_diff"
NEW_GOD_NODE = "new_god_node"
MORE_CROSSING = "cross_community_edges_increased"
LESS_MODULAR = "modularity_decreased"
# A node is a hub from this many neighbours on, where it also has this many times the average.
HUB_DEGREE = 10
HUB_FACTOR = 3.0
LONGEST_GRAPH = 5_000_000

Graph = Mapping[str, Any]
Record = dict[str, Any]


class Shape(NamedTuple):
    """What is compared of a graph.

    Args:
        god_nodes: nodes on which too much hangs.
        crossing: edges between communities.
        modularity: Newman's, -0.5 to 1; None when nothing tells it.
    """

    god_nodes: frozenset[str]
    crossing: int
    modularity: float | None


def compare(before: Graph, after: Graph) -> Record:
    """Return what changed for the worse: warnings, risk, and the numbers on both sides.

    Args:
        before, after: {"god_nodes": [name], "cross_community_edges": N, "modularity": X}; what is left out
            is counted from {"nodes": [{"id", "community"}], "edges": [[from, to]]}.

    Raises:
        Invalid: graph_snapshots_required: both are empty; or one cannot be read.
    """
    if not before and not after:
        raise Invalid(
            "Neither graph holds anything.",
            "Give --before-graph-json and --after-graph-json.",
            "graph_snapshots_required",
        )
    old, new = shape_of(before), shape_of(after)
    hubs = sorted(new.god_nodes - old.god_nodes)
    found = {
        NEW_GOD_NODE: bool(hubs),
        MORE_CROSSING: new.crossing > old.crossing,
        LESS_MODULAR: None not in (old.modularity, new.modularity)
        and cast(float, new.modularity) < cast(float, old.modularity),
    }
    warnings = [name for name, holds in found.items() if holds]
    return {
        "warnings": warnings,
        "risk": "high" if warnings else "low",
        "new_god_nodes": hubs,
        "cross_community_edges": [old.crossing, new.crossing],
        "modularity": [old.modularity, new.modularity],
    }


def record(
    db: Database,
    before: Graph,
    after: Graph,
    *,
    at: dict[str, str],
    now: int,
    present: Present,
    run: str | None = None,
    task: str | None = None,
    blocking: bool = False,
) -> tuple[Row, Record]:
    """Record the comparison of two graphs as evidence, and return it with the comparison.

    The graphs are what the caller says they are, so it is advisory: warnings are told and close nothing,
    unless they are said to be blocking.

    Args:
        before, after: see compare.
        at: where and by whom.
        now: wall clock, milliseconds.
        present: the workspace now.
        run, task: ids, or unique beginnings of them; the branch's newest run when both are left out.
        blocking: whether warnings fail the release.

    Raises:
        Invalid: graph_snapshots_required, or a graph that cannot be read.
        NotFound: run_not_found, task_not_found.
    """
    found = compare(before, after)
    found |= {"blocking": bool(blocking and found["warnings"]), "advisory": not blocking}
    status = ("failed" if blocking else "warning") if found["warnings"] else "passed"
    told = ", ".join(found["warnings"]) or "no warning"
    graphs = [json.dumps(each, sort_keys=True) for each in (before, after)]
    payload: Record = {
        "summary": f"graph: {told}",
        "warnings": found["warnings"],
        "risk": found["risk"],
        "blocking": found["blocking"],
        "before": _kept(shape_of(before)),
        "after": _kept(shape_of(after)),
    }
    with db.reading() as connection:
        owner = None if task else recording.run_of(connection, run, at)["run"]
        whom = recording.about(connection, present, task=task, run=owner or run)._replace(numbers=())
    piece = Piece(KIND, status, work.ADVISORY, payload, digest("\n".join(graphs).encode()))
    with db.transaction() as connection:
        row = recording.put(connection, [piece], whom, deed="graph_diff.recorded", at=at, now=now)[0]
    return row, found


def shape_of(graph: Graph) -> Shape:
    """Return what is compared of a graph, told in it or counted from its nodes and edges."""
    if len(json.dumps(graph, default=str)) > LONGEST_GRAPH:
        raise Invalid("The graph is too large.", "Give its god_nodes, cross_community_edges and modularity.")
    counted = _count(graph)
    told = graph.get("god_nodes")
    crossing, modularity = graph.get("cross_community_edges"), graph.get("modularity")
    if told is not None and not isinstance(told, list):
        raise _unreadable("god_nodes", told)
    for name, value in (("cross_community_edges", crossing), ("modularity", modularity)):
        is_number = isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
        if value is not None and not is_number:
            raise _unreadable(name, value)
    return Shape(
        counted.god_nodes if told is None else frozenset(str(each) for each in cast("list[Any]", told)),
        counted.crossing if crossing is None else int(crossing),
        counted.modularity if modularity is None else float(modularity),
    )


def _count(graph: Graph) -> Shape:
    community = dict(_nodes(graph))
    edges = [edge for edge in _edges(graph) if edge[0] != edge[1]]
    if not edges:
        return Shape(frozenset(), 0, None)
    degree = Counter(node for edge in edges for node in edge)
    average = sum(degree.values()) / len(degree)
    hubs = frozenset(
        node for node, count in degree.items() if count >= HUB_DEGREE and count >= HUB_FACTOR * average
    )
    if not community:
        return Shape(hubs, 0, None)
    inside, ends = Counter[str](), Counter[str]()
    for one, other in edges:
        places = community.get(one, one), community.get(other, other)
        ends.update(places)
        if places[0] == places[1]:
            inside[places[0]] += 1
    total = len(edges)
    # Newman 2006: the share of edges within a community, less what chance would give it.
    modularity = sum(inside[each] / total - (ends[each] / (2 * total)) ** 2 for each in ends)
    return Shape(hubs, total - sum(inside.values()), round(modularity, 6))


def _nodes(graph: Graph) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for each in _list(graph, "nodes"):
        if isinstance(each, dict) and "id" in each:
            node = cast(Record, each)
            if node.get("community") is not None:
                found.append((str(node["id"]), str(node["community"])))
        elif not isinstance(each, str):
            raise _unreadable("node", each)
    return found


def _edges(graph: Graph) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for each in _list(graph, "edges"):
        edge = cast(Record, each) if isinstance(each, dict) else {}
        ends: list[Any] = (
            cast("list[Any]", each) if isinstance(each, list) else [edge.get("source"), edge.get("target")]
        )
        if len(ends) < 2 or None in ends[:2]:
            raise _unreadable("edge", each)
        found.append((str(ends[0]), str(ends[1])))
    return found


def _list(graph: Graph, name: str) -> list[Any]:
    value: Any = graph.get(name) or []
    if not isinstance(value, list):
        raise _unreadable(name, value)
    return cast("list[Any]", value)


def _kept(shape: Shape) -> Record:
    """Return a shape as it may be stored: numbers with a fraction as text."""
    modularity = None if shape.modularity is None else str(shape.modularity)
    return {"god_nodes": sorted(shape.god_nodes), "crossing": shape.crossing, "modularity": modularity}


def _unreadable(name: str, value: Any) -> Invalid:
    return Invalid(
        f"The graph's {name} {brief(value)} cannot be read.",
        'Give {"god_nodes": ["src/a.py"], "cross_community_edges": 1, "modularity": 0.8}.',
    )
