"""Choosing one of several patches."""

from __future__ import annotations

from typing import Any

import pytest

from mnemo.errors import Invalid, NotFound
from mnemo.ledger import approving, selecting
from mnemo.store import queue
from tests.ledger.scenes import Scene, word_of

Record = dict[str, Any]
FAST: Record = {"dispatch_id": "fast", "executor": "a", "verification_passed": False, "diff_size": 20}
SAFE: Record = {"dispatch_id": "safe", "executor": "b", "verification_passed": True, "diff_size": 35}
RISKY: Record = {
    "dispatch_id": "risky",
    "verification_passed": True,
    "unsafe_paths": [".env"],
    "diff_size": 5,
    "graph_risk": "high",
}


def select(scene: Scene, *candidates: Any, **policy: Any) -> Record:
    """Choose, and return the decision with ok."""
    found = selecting.select(scene.db, candidates, policy, at=scene.at, now=scene.now, present=scene.present)
    return {**found["decision"], "ok": found["ok"], "rows": found["rows"]}


def test_the_verified_patch_is_chosen_and_every_trail_kept(scene: Scene) -> None:
    run = scene.start()
    told = select(scene, FAST, SAFE, RISKY)
    assert (told["ok"], told["selected_dispatch_id"]) == (True, "safe")
    assert told["scores"] == {"fast": -2.0, "safe": 96.5, "risky": -25.5}
    assert told["rejected"] == {
        "fast": {"reason": "verification_failed", "requires_approval": False},
        "risky": {"reason": "high_risk_or_unsafe_paths", "requires_approval": True},
    }
    assert told["preserved_evidence_trails"] == ["fast", "safe", "risky"]
    with scene.db.reading() as connection:
        kinds = [row["kind"] for row in queue.iter_evidence(connection, run=run)]
    assert sorted(kinds) == ["patch_candidate"] * 3 + ["patch_selection"]


def test_only_unsafe_patches_need_an_approval(scene: Scene) -> None:
    scene.start()
    told = select(scene, FAST, RISKY)
    assert (told["ok"], told["approval_required"], told["auto_merge_allowed"]) == (False, True, False)
    assert told["rows"][-1]["status"] == "warning"


def test_an_approved_patch_may_be_taken(scene: Scene) -> None:
    scene.start()
    approving.record_approval(
        scene.db,
        "ann",
        "patch",
        "risky",
        "Take it?",
        "yes",
        at=scene.at,
        now=scene.now,
        present=scene.present,
    )
    assert select(scene, FAST, RISKY)["selected_dispatch_id"] == "risky"


def test_of_equal_scores_the_first_is_taken(scene: Scene) -> None:
    scene.start()
    assert select(scene, SAFE, {**SAFE, "dispatch_id": "twin"})["selected_dispatch_id"] == "safe"


@pytest.mark.parametrize(
    ("changes", "policy", "reason"),
    [
        ({"graph_risk": "high"}, {}, "high_risk_or_unsafe_paths"),
        ({"graph_risk": "high"}, {"require_approval_for_high_risk": False}, ""),
        ({"graph_risk": "medium"}, {}, ""),
        ({"graph_diff": {"warnings": ["new_god_node"]}}, {}, "graph_regression_requires_approval"),
        (
            {"graph_diff": {"warnings": ["new_god_node"]}},
            {"require_approval_for_graph_regressions": False},
            "",
        ),
        (
            {"changed_paths": ["secrets/key.pem"]},
            {"forbidden_paths": ["secrets"]},
            "high_risk_or_unsafe_paths",
        ),
        ({"changed_paths": ["a.pem"]}, {"forbidden_paths": ["*.pem"]}, "high_risk_or_unsafe_paths"),
        ({"changed_paths": ["src/a.py"]}, {"forbidden_paths": ["secrets"]}, ""),
    ],
)
def test_risk_asks_for_approval_as_the_policy_says(
    scene: Scene, changes: Record, policy: Record, reason: str
) -> None:
    scene.start()
    told = select(scene, {**SAFE, **changes}, **policy)
    assert told["rejected"].get("safe", {"reason": ""})["reason"] == reason


def test_evidence_decides_over_what_a_candidate_says_of_itself(scene: Scene) -> None:
    scene.start()
    good, bad = scene.run("true")["id"], scene.run("false")["id"]
    told = select(scene, {**SAFE, "evidence": [bad]}, {**FAST, "evidence": [good]})
    assert told["selected_dispatch_id"] == "fast"
    scene.write("src/a.py", "a = 2\n")
    assert select(scene, {**FAST, "evidence": [good]})["ok"] is False


@pytest.mark.parametrize(
    "candidate",
    [
        {},
        "safe",
        {"dispatch_id": 3},
        {**SAFE, "verification_passed": "yes"},
        {**SAFE, "diff_size": -1},
        {**SAFE, "diff_size": 1.5},
        {**SAFE, "graph_risk": "huge"},
        {**SAFE, "unsafe_paths": [1]},
        {**SAFE, "graph_diff": []},
    ],
)
def test_a_candidate_that_cannot_be_read_is_refused(scene: Scene, candidate: Any) -> None:
    scene.start()
    if candidate == {**SAFE, "graph_diff": []}:
        assert select(scene, candidate)["ok"] is True  # an empty comparison says nothing
        return
    with pytest.raises(Invalid):
        select(scene, candidate)


def test_no_candidate_the_same_twice_or_an_unknown_policy_is_refused(scene: Scene) -> None:
    scene.start()
    with pytest.raises(Invalid) as refused:
        select(scene)
    assert word_of(refused.value) == "candidates_required"
    with pytest.raises(Invalid):
        select(scene, SAFE, SAFE)
    with pytest.raises(Invalid):
        select(scene, SAFE, allow_everything=True)
    with pytest.raises(NotFound) as missing:
        select(scene, {**SAFE, "evidence": ["evidence_" + "0" * 12]})
    assert word_of(missing.value) == "evidence_not_found"
