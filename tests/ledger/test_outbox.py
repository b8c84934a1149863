"""The outbox follows the store: one file for each dispatch that is queued or taken."""

from __future__ import annotations

import json
import os
from pathlib import Path

from mnemo.ledger import dispatching, outbox, recovering
from tests.ledger.scenes import MINUTE, Scene


def settle(scene: Scene, touched: str = "") -> list[str]:
    return outbox.settle(scene.db, str(scene.top), scene.now, touched)


def files(scene: Scene) -> set[str]:
    folder = Path(scene.db.folder, "outbox")
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


def queue(scene: Scene, task: str, **handed: object) -> str:
    record = dispatching.create(scene.db, task, at=scene.at, now=scene.now, handed=handed)
    return record["dispatch"]["id"]


def test_a_packet_lies_there_from_the_queue_to_the_end(scene: Scene) -> None:
    task = scene.add("Write it", criteria=["a test shows it"])
    assert settle(scene) == []
    assert files(scene) == set()
    name = queue(scene, task, executor="ann")
    assert settle(scene) == []
    assert files(scene) == {f"{name}.json"}
    packet = json.loads(Path(scene.db.folder, "outbox", f"{name}.json").read_text())
    assert (packet["dispatch_id"], packet["task_id"], packet["executor"]) == (name, task, "ann")
    scene.take("ben", dispatch=name)
    settle(scene, name)
    assert json.loads(Path(scene.db.folder, "outbox", f"{name}.json").read_text())["executor"] == "ben"
    scene.write("test_it.py", "assert True\n")
    scene.complete("ben", dispatch=name, cited=["test_it.py"])
    settle(scene)
    assert files(scene) == set()


def test_a_file_is_for_its_owner_alone_and_is_not_written_anew(scene: Scene) -> None:
    name = queue(scene, scene.add())
    settle(scene)
    path = Path(scene.db.folder, "outbox", f"{name}.json")
    before = path.stat()
    assert before.st_mode & 0o777 == 0o600
    settle(scene)
    assert path.stat().st_ino == before.st_ino


def test_what_a_killed_process_left_undone_is_done_by_the_next(scene: Scene) -> None:
    first, second = queue(scene, scene.add("a")), queue(scene, scene.add("b"))
    folder = Path(scene.db.folder, "outbox")
    folder.mkdir()
    (folder / "dispatch_0123456789ab.json").write_text("{}")
    (folder / "notes.txt").write_text("mine")
    draft = folder / ".draft-1-1"
    draft.write_text("half a pack")
    os.utime(draft, (scene.now / 1000 - 7200, scene.now / 1000 - 7200))
    settle(scene)
    assert files(scene) == {f"{first}.json", f"{second}.json", "notes.txt"}


def test_an_expired_and_a_recovered_dispatch_leave_the_outbox(scene: Scene) -> None:
    task = scene.add()
    name = scene.take("ann", task=task, lease_minutes=1)["dispatch"]["id"]
    settle(scene)
    assert files(scene) == {f"{name}.json"}
    scene.later(2 * MINUTE)
    scene.ready()
    settle(scene)
    assert files(scene) == set()
    scene.take("ann", task=task)
    with scene.db.transaction() as connection:
        begun = recovering.list_begun(connection)
        recovering.requeue(connection, begun[0], "ben", "", at=scene.at, now=scene.now)
    settle(scene)
    assert len(files(scene)) == 1


def test_a_folder_that_cannot_be_written_is_told_and_breaks_nothing(scene: Scene) -> None:
    queue(scene, scene.add())
    Path(scene.db.folder, "outbox").symlink_to(scene.top / "src")
    notes = settle(scene)
    assert len(notes) == 1
    assert "The outbox is behind" in notes[0]
    assert sorted(path.name for path in (scene.top / "src").iterdir()) == ["a.py", "b.py"]
