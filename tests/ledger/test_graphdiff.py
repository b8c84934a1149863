"""Two pictures of the code's graph compared."""

from __future__ import annotations

from typing import Any

import pytest

from mnemo.errors import Invalid
from mnemo.ledger import graphdiff
from mnemo.ledger.graphdiff import compare, shape_of
from mnemo.store.rows import Row
from tests.ledger.scenes import Scene, word_of

BEFORE = {"god_nodes": ["src/api.py"], "cross_community_edges": 1, "modularity": 0.8}
AFTER = {"god_nodes": ["src/api.py", "src/all.py"], "cross_community_edges": 4, "modularity": 0.5}


def record(scene: Scene, before: Any, after: Any, **given: Any) -> tuple[Row, dict[str, Any]]:
    """Record a comparison."""
    return graphdiff.record(
        scene.db, before, after, at=scene.at, now=scene.now, present=scene.present, **given
    )


def test_everything_that_got_worse_is_warned_of() -> None:
    found = compare(BEFORE, AFTER)
    assert found["warnings"] == ["new_god_node", "cross_community_edges_increased", "modularity_decreased"]
    assert (found["risk"], found["new_god_nodes"]) == ("high", ["src/all.py"])


def test_what_stayed_or_got_better_is_no_warning() -> None:
    assert compare(AFTER, BEFORE)["warnings"] == []
    assert compare(BEFORE, BEFORE) | {"warnings": []} == compare(BEFORE, BEFORE)
    assert compare(BEFORE, BEFORE)["risk"] == "low"


def test_two_empty_graphs_are_no_comparison(scene: Scene) -> None:
    scene.start()
    with pytest.raises(Invalid) as refused:
        record(scene, {}, {})
    assert word_of(refused.value) == "graph_snapshots_required"


def test_nodes_and_edges_are_counted_where_no_numbers_are_given() -> None:
    ring = [[f"a{n}", f"a{(n + 1) % 4}"] for n in range(4)] + [[f"b{n}", f"b{(n + 1) % 4}"] for n in range(4)]
    nodes = [{"id": f"{side}{n}", "community": side} for side in "ab" for n in range(4)]
    apart = shape_of({"nodes": nodes, "edges": ring})
    assert apart == (frozenset(), 0, 0.5)
    mixed = {"nodes": nodes, "edges": [*ring, ["a0", "b0"], ["a1", "b1"]]}
    assert compare({"nodes": nodes, "edges": ring}, mixed)["warnings"] == [
        "cross_community_edges_increased",
        "modularity_decreased",
    ]


def test_a_node_on_which_too_much_hangs_is_a_hub() -> None:
    star = {"edges": [{"source": "hub", "target": f"n{n}"} for n in range(12)]}
    assert shape_of(star).god_nodes == {"hub"}
    assert shape_of({"edges": [["a", "b"], ["a", "a"]]}).god_nodes == frozenset()


def test_it_is_advisory_unless_it_is_said_to_block(scene: Scene) -> None:
    scene.start()
    row, found = record(scene, BEFORE, AFTER)
    assert (row["status"], row["trust"], found["blocking"]) == ("warning", "advisory", False)
    row, found = record(scene, BEFORE, AFTER, blocking=True)
    assert (row["status"], found["blocking"]) == ("failed", True)
    assert record(scene, BEFORE, BEFORE, blocking=True)[0]["status"] == "passed"


@pytest.mark.parametrize(
    "graph",
    [
        {"god_nodes": "src/a.py"},
        {"cross_community_edges": "4"},
        {"modularity": True},
        {"nodes": [1]},
        {"edges": [["a"]]},
        {"edges": [{"source": "a"}]},
        {"edges": {"a": "b"}},
    ],
)
def test_a_graph_that_cannot_be_read_is_refused_with_an_example(graph: Any) -> None:
    with pytest.raises(Invalid) as refused:
        compare(graph, BEFORE)
    assert "god_nodes" in refused.value.fix
