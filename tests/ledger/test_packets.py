"""What whoever works on a task is given."""

from __future__ import annotations

from pathlib import Path

from mnemo.ledger import packets
from mnemo.ledger.names import get_row
from mnemo.ledger.packets import Where
from mnemo.store import queue
from tests.ledger.scenes import Record, Scene

KEYS = {
    "version", "task_id", "run_id", "dispatch_id", "attempt", "executor", "repo_path", "worktree", "branch",
    "goal", "title", "description", "acceptance_criteria", "role", "kind", "risk", "size", "files",
    "dependencies", "verification_policy", "safety_constraints", "reporting_contract",
    "hidden_context_policy",
}  # fmt: skip


def packet_of(scene: Scene, task: str) -> Record:
    with scene.db.reading() as connection:
        row = get_row(connection, "task", task)
        live = queue.list_live(connection, task=row["task"])
        where = Where(str(scene.top), scene.db.folder)
        return packets.packet(connection, row, where, live[0] if live else None)


def test_a_packet_has_every_part_also_before_it_is_handed_out(scene: Scene) -> None:
    needed = scene.add("First")
    task = scene.add("Then", body="in full", criteria=["it works"], needs=[needed])
    packet = packet_of(scene, task)
    assert set(packet) == KEYS
    assert packet["title"] == "Then"
    assert packet["description"] == "in full"
    assert packet["acceptance_criteria"] == ["it works"]
    assert packet["dependencies"] == [{"task_id": needed, "title": "First", "status": "pending"}]
    assert packet["dispatch_id"] is None
    assert packet["repo_path"] == str(scene.top)


def test_a_packet_says_what_is_forbidden_and_how_to_report(scene: Scene) -> None:
    task = scene.add()
    taken = scene.take("ann", task=task)["dispatch"]["id"]
    packet = packet_of(scene, task)
    assert ".git/" in packet["safety_constraints"]["forbidden_paths"]
    assert any("git reset --hard" in each for each in packet["safety_constraints"]["needs_approval"])
    assert taken in packet["reporting_contract"]["complete"]
    assert packet["executor"] == "ann"


def test_a_working_tree_of_its_own_is_named_once_it_is_there(scene: Scene) -> None:
    task = scene.add()
    assert packet_of(scene, task)["worktree"] is None
    tree = Path(packets.worktree_of(scene.db.folder, task))
    tree.mkdir(parents=True)
    assert packet_of(scene, task)["worktree"] == str(tree)


def test_files_named_by_a_policy_are_files_of_the_packet(scene: Scene) -> None:
    task = scene.add_with_policy({"files": ["report.txt"]}, ["it is there"])
    assert packet_of(scene, task)["files"] == ["report.txt"]
