"""What waits beside a store that cannot be written: private, redacted, and replayed exactly once."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from mnemo import project, projects
from mnemo.capture import spool
from mnemo.store.database import Database
from mnemo.tools import core
from tests.capture.scenes import CAUSE, DEAD_END, DECIDED, Scene, contents, held_by_another, lines
from tests.stores import START_MS


def wait(scene: Scene, *answers: str) -> Path:
    """Capture while another process writes; return the spool."""
    with scene.db.transaction():
        pass
    with held_by_another(scene.db):
        for answer in answers:
            assert scene.stop(answer) == 1
    return next(scene.spool.glob("*.jsonl"))


def replay(scene: Scene) -> int:
    """Replay what waits, as the next command does."""
    place = scene.place
    assert place is not None
    return spool.replay_all(spool.Owner(scene.db, place.common_dir, os.environ), START_MS)


def test_a_line_waits_privately_under_the_repository_s_id(scene: Scene) -> None:
    path = wait(scene, DECIDED)
    assert [line["content"] for line in lines(scene.spool)] == [DECIDED]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    with scene.db.reading() as connection:
        from mnemo.store import meta

        assert path.stem == (meta.find(connection, "repository_id") or path.stem)
    assert len(path.stem) == 32


def test_the_next_command_of_any_kind_makes_it_recallable_once(scene: Scene) -> None:
    wait(scene, DECIDED)
    for _ in range(3):
        with project.acting("tester", "s2"):
            found = core.recall("sessions sqlite")["claims"]
        projects.closing()
        assert [one["content"] for one in found] == [DECIDED]
    assert not scene.spool.exists()
    one = contents(scene.db)[DECIDED]
    assert (one.standing, one.origin, one.session, one.reinforced) == ("unconfirmed", "capture", "s1", 0)
    assert one.branch == "main"


def test_a_damaged_store_is_restored_and_then_has_what_waited(scene: Scene) -> None:
    core.claim("A claim that a backup knows of")
    projects.closing()
    scene.db.close()
    Path(scene.db.path).write_bytes(b"no database at all " * 400)
    assert scene.stop(DECIDED) == 1
    assert len(lines(scene.spool)) == 1
    with project.acting("tester", "s2"):
        projects.forgiving(lambda: core.recall("sessions"))
        found = core.recall("sqlite sessions, backup claim")["claims"]
    projects.closing()
    assert {DECIDED, "A claim that a backup knows of"} <= {one["content"] for one in found}


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser reads what nobody may")
def test_a_store_that_may_not_be_read_spools(scene: Scene) -> None:
    with scene.db.transaction():
        pass
    scene.db.close()
    os.chmod(scene.db.path, 0)
    assert scene.stop(DECIDED) == 1
    os.chmod(scene.db.path, 0o600)
    assert replay(scene) == 1


def test_a_store_folder_that_is_a_file_spools_under_a_digest(scene: Scene) -> None:
    (scene.top / ".mnemo").write_text("in the way")
    assert scene.stop(DECIDED) == 1
    path = next(scene.spool.glob("*.jsonl"))
    (scene.top / ".mnemo").unlink()
    assert replay(scene) == 1
    assert not path.exists()
    assert set(contents(scene.db)) == {DECIDED}


def test_the_same_waits_once_and_a_session_has_its_share(scene: Scene) -> None:
    with scene.db.transaction():
        pass
    with held_by_another(scene.db):
        assert scene.stop(DECIDED) == 1
        assert scene.stop(DECIDED, session="s2") == 0
        kept = sum(scene.stop(f"We rejected tool{n} because plugin{n} is abandoned.") for n in range(30))
    assert kept == 19
    assert len(lines(scene.spool)) == 20


def test_a_line_met_again_after_a_crash_is_known_by_its_id(scene: Scene) -> None:
    path = wait(scene, DECIDED, CAUSE)
    kept = path.read_bytes()
    assert replay(scene) == 2
    newest = len(contents(scene.db))
    path.parent.mkdir(exist_ok=True)
    path.with_suffix(".taken").write_bytes(kept)
    path.write_bytes(kept)
    assert replay(scene) == 0
    assert len(contents(scene.db)) == newest == 2
    assert not scene.spool.exists()


def test_a_torn_last_line_is_left_out_and_foreign_lines_are_set_aside(scene: Scene) -> None:
    path = wait(scene, DECIDED)
    good = path.read_text()
    other = json.loads(good)
    foreign = [
        "not json",
        "[]",
        json.dumps({**other, "id": "short"}),
        json.dumps({**other, "id": "a" * 32, "domain": "feedback!"}),
        json.dumps({**other, "id": "b" * 32, "at": [1]}),
        json.dumps({**other, "id": "c" * 32, "tags": [3]}),
        json.dumps({**other, "id": "d" * 32, "content": "half \ud800 of it"}),
        "password = hunter2secret9A",
    ]
    path.write_text("\n".join(foreign) + "\n" + good + good[:40])
    assert replay(scene) == 1
    assert set(contents(scene.db)) == {DECIDED}
    aside = next(scene.spool.glob("*.foreign"))
    assert stat.S_IMODE(aside.stat().st_mode) == 0o600
    told = aside.read_text()
    assert len(told.splitlines()) == len(foreign)
    assert "hunter2" not in told
    assert replay(scene) == 0


def test_a_line_after_a_torn_one_is_whole(scene: Scene) -> None:
    path = wait(scene, DECIDED)
    path.write_text(path.read_text()[:-30])
    wait(scene, CAUSE)
    assert replay(scene) == 1
    assert set(contents(scene.db)) == {CAUSE}


def test_what_a_person_undid_does_not_come_back_with_an_old_line(scene: Scene) -> None:
    path = wait(scene, DECIDED)
    kept = path.read_bytes()
    replay(scene)
    with scene.db.transaction() as connection:
        from tests.stores import withdraw

        withdraw(connection, contents(scene.db)[DECIDED].address)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(kept.replace(json.loads(kept)["id"].encode(), b"e" * 32))
    assert replay(scene) == 0
    assert contents(scene.db)[DECIDED].standing == "retracted"


def test_a_replay_that_cannot_write_leaves_the_lines(scene: Scene) -> None:
    path = wait(scene, DECIDED)
    with held_by_another(scene.db), pytest.raises(Exception, match="writing to"):
        replay(scene)
    assert path.exists()
    assert replay(scene) == 1


def test_a_spool_of_another_kind_is_not_touched(scene: Scene, tmp_path: Path) -> None:
    path = wait(scene, DECIDED)
    target = tmp_path / "target"
    path.rename(target)
    path.symlink_to(target)
    assert replay(scene) == 0
    assert not spool.spool(str(path), {"content": "x"})
    assert target.exists()
    assert set(contents(scene.db)) == set()


def test_a_full_spool_takes_no_more(scene: Scene) -> None:
    path = wait(scene, DECIDED)
    with open(path, "ab") as file:
        file.write(b"x" * spool.LARGEST + b"\n")
    size = path.stat().st_size
    assert not spool.spool(str(path), {"content": "more"})
    assert path.stat().st_size == size


def test_without_a_home_nothing_waits(scene: Scene) -> None:
    with scene.db.transaction():
        pass
    with held_by_another(scene.db):
        assert scene._replace(environ={"HOME": "/nonexistent"}).stop(DECIDED) == 0
    assert not scene.spool.exists()


def test_a_repository_takes_only_its_own(scene: Scene, tmp_path: Path) -> None:
    path = wait(scene, DECIDED)
    path.rename(path.with_name("f" * 32 + ".jsonl"))
    assert replay(scene) == 0
    assert path.with_name("f" * 32 + ".jsonl").exists()


REPLAY = """
import os, sys
from mnemo.capture import spool
from mnemo.store.database import Database
print(spool.replay(Database(sys.argv[1]), sys.argv[2], 1790000000000))
"""


def test_four_processes_that_replay_at_once_write_each_line_once(scene: Scene) -> None:
    answers = [f"We rejected tool{n} because plugin{n} is abandoned." for n in range(12)]
    path = wait(scene, *answers)
    scene.db.close()
    command = [sys.executable, "-c", REPLAY, scene.db.path, str(path)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    told = [int(process.communicate(timeout=60)[0]) for process in running]
    assert sum(told) == 12
    held = contents(scene.db)
    assert set(held) == set(answers)
    assert {one.reinforced for one in held.values()} == {0}
    assert lines(scene.spool) == []


APPEND = """
import sys
from mnemo.capture import spool
record = {"domain": "issues", "tags": [], "path": "", "when": "", "priority": 0, "at": {}}
for n in range(15):
    text = f"Crash{n} of {sys.argv[2]} was caused by module{n}{sys.argv[2]}."
    while not spool.spool(sys.argv[1], {**record, "content": text}):
        pass
"""


def test_nothing_is_lost_between_those_who_append_and_one_who_replays(scene: Scene) -> None:
    path = wait(scene, DEAD_END)
    names = ("red", "green", "blue")
    command = [sys.executable, "-c", APPEND, str(path)]
    running = [subprocess.Popen([*command, name]) for name in names]
    db = Database(scene.db.path)
    kept = 0
    while any(process.poll() is None for process in running):
        kept += spool.replay(db, str(path), START_MS)
    assert [process.returncode for process in running] == [0, 0, 0]
    kept += spool.replay(db, str(path), START_MS)
    db.close()
    assert kept == 46
    assert len(contents(scene.db)) == 46
