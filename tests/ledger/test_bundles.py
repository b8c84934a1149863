"""Context bundles: named by what they hold, kept as they were, and found out when they are not."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from mnemo.errors import Invalid, NotFound
from mnemo.ledger import auditing, bundles
from mnemo.ledger.bundles import Surroundings
from mnemo.ledger.names import get_row
from mnemo.ledger.packets import Where
from tests.ledger.scenes import Record, Scene, word_of


def make(scene: Scene, task: str, memory: list[Record] | None = None) -> tuple[str, Path, str]:
    """Make a task's bundle and record it; return its hash, its file, and the evidence about it."""
    around = Surroundings(
        Where(str(scene.top), scene.db.folder),
        lambda path: hashlib.sha256((scene.top / path).read_bytes()).hexdigest(),
        memory or [],
        {"state": "missing", "files": []},
    )
    with scene.db.reading() as connection:
        row = get_row(connection, "task", task)
        content = bundles.compose(connection, row, around)
    name, path = bundles.keep(scene.db.folder, content)
    with scene.db.transaction() as connection:
        parts, evidence = bundles.part_for(connection, row, name, scene.now)
        bundles.noting.record(connection, "context_bundle", parts, at=scene.at, now=scene.now)
    return name, Path(path), evidence


def verify(scene: Scene, given: str) -> Record:
    with scene.db.reading() as connection:
        return bundles.verify(connection, scene.db.folder, given)


def test_a_bundle_is_named_by_the_hash_of_its_file_and_holds_every_part(scene: Scene) -> None:
    task = scene.add_with_policy({"files": ["src/a.py"]}, ["it works"])
    name, path, _ = make(scene, task)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == name == path.stem
    content = json.loads(path.read_text())
    assert set(content) == {
        "version", "run", "approved_plan", "task", "dependencies", "repo_files", "constraints",
        "memory_context", "graph_context", "output_contract",
    }  # fmt: skip
    assert content["repo_files"][0]["path"] == "src/a.py"
    assert len(content["repo_files"][0]["sha256"]) == 64


def test_the_same_inputs_give_the_same_bundle_at_any_time(scene: Scene) -> None:
    task = scene.add()
    first = make(scene, task)
    scene.later(60_000)
    assert make(scene, task) == first
    other = make(
        scene, task, [{"address": "a" * 64, "content": "new", "verdict": "proven", "domain": "context"}]
    )
    assert other[0] != first[0]
    assert other[2] != first[2]


def test_evidence_of_what_a_task_needs_is_in_its_bundle(scene: Scene) -> None:
    needed = scene.add("First")
    scene.take(task=needed)
    scene.write("done.txt", "done\n")
    scene.complete(task=needed, cited=["done.txt"])
    _, path, _ = make(scene, scene.add("Then", needs=[needed]))
    dependency = json.loads(path.read_text())["dependencies"][0]
    assert dependency["status"] == "completed"
    assert "done.txt" in [each["summary"] for each in dependency["evidence"]]


def test_a_changed_byte_is_found_and_named(scene: Scene) -> None:
    name, path, _ = make(scene, scene.add())
    given = f"bundle_{name[:8]}"
    assert verify(scene, given)["accepted"] is True
    path.chmod(0o600)
    path.write_bytes(path.read_bytes().replace(b'"version": 1', b'"version": 2'))
    told = verify(scene, given)
    assert told["accepted"] is False
    assert "was changed" in told["failed_requirements"][0]
    with scene.db.reading() as connection:
        assert bundles.list_changed(connection, scene.db.folder) == told["failed_requirements"]
    assert auditing.verify(scene.db)["findings"] == told["failed_requirements"]


def test_a_bundle_that_is_gone_is_found_and_can_be_made_again(scene: Scene) -> None:
    task = scene.add()
    name, path, evidence = make(scene, task)
    os.unlink(path)
    assert "is gone" in verify(scene, name)["failed_requirements"][0]
    assert auditing.verify(scene.db)["ok"] is True
    assert make(scene, task) == (name, path, evidence)
    assert verify(scene, name)["accepted"] is True


def test_a_bundle_proves_nothing(scene: Scene) -> None:
    task = scene.add(criteria=["it works"])
    scene.take(task=task)
    _, _, evidence = make(scene, task)
    held = scene.complete(task=task, cited=[evidence])
    assert held["dispatch"]["task_status"] == "submitted"
    assert "only observed" in held["missing"][0]


def test_an_unknown_bundle_is_told(scene: Scene) -> None:
    make(scene, scene.add())
    with pytest.raises(NotFound) as caught:
        verify(scene, "bundle_ffffffff")
    assert word_of(caught.value) == "bundle_not_found"
    with pytest.raises(Invalid):
        verify(scene, "bundle_12")
