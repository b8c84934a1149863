"""A store is there, never was, or was lost: each is told apart, and what was lost comes back."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest

from mnemo.errors import Damaged, Refused, TooNew
from mnemo.health import presence, registry
from tests.health.guards import filled, guard_of, rows, write
from tests.repos import checkout, clone, commit, git, make_repository, make_unborn
from tests.stores import assert_whole


@contextmanager
def after_step(number: int, deed: Callable[[], None]) -> Iterator[None]:
    """Do a deed when the n-th function that looking for a store calls in the block has just returned."""
    steps = 0

    def count(frame: FrameType, event: str, _given: object) -> None:
        nonlocal steps
        caller = frame.f_back.f_globals["__name__"] if frame.f_back else ""
        if event == "return" and caller == presence.__name__:
            steps += 1
            if steps == number:
                deed()

    sys.setprofile(count)
    try:
        yield
    finally:
        sys.setprofile(None)


def test_a_new_repository_starts_empty_and_nothing_is_made_by_looking(tmp_path: Path, home: Path) -> None:
    guard = guard_of(make_repository(tmp_path / "r"))
    assert guard.check() == ""
    assert guard.check(writing=True) == ""
    assert rows(guard) == 0
    assert not os.path.exists(guard.db.folder)
    assert not (home / ".mnemo").exists()


def test_a_hundred_claims_survive_git_clean_and_a_new_clone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], record_property: pytest.FixtureRequest
) -> None:
    origin, top = make_repository(tmp_path / "origin"), tmp_path / "r"
    clone(top, origin)
    guard = guard_of(top)
    guard.check(writing=True)
    write(guard, 100)
    guard.leave()
    guard.db.close()
    git(top, "clean", "-xdff", "--quiet")
    assert not os.path.exists(guard.db.folder)
    told = guard_of(top).check()
    assert "Restored 100 events as of" in told
    assert "missing" in told
    assert "data_loss_window_s=" in capsys.readouterr().err
    assert rows(guard_of(top)) == 100
    shutil.rmtree(top)
    clone(top, origin)
    again = guard_of(top)
    assert "Restored 100 events as of" in again.check()
    assert again.check() == ""
    assert rows(again) == 100
    assert_whole(again.db)
    assert git(top, "status", "--porcelain") == ""


def test_a_store_swept_away_while_a_server_lives_comes_back_at_its_next_call(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 3)
    server = guard_of(tmp_path / "r")
    server.check()
    write(server, 2, "the server's")
    server.back_up()
    git(tmp_path / "r", "clean", "-xdff", "--quiet")
    assert "Restored 5 events" in server.check(writing=True)
    write(server, 1, "and on")
    assert rows(server) == 6
    assert rows(guard) == 6


def test_another_repository_at_the_same_path_starts_empty_and_says_what_was_there(tmp_path: Path) -> None:
    filled(tmp_path / "r", 3)
    shutil.rmtree(tmp_path / "r")
    make_repository(tmp_path / "r", {"other.txt": "another project\n"}, "Another first")
    guard = guard_of(tmp_path / "r")
    assert "Another repository was here before" in guard.check(writing=True)
    write(guard, 2, "another's")
    assert guard.check() == ""
    guard.leave()
    guard.db.close()
    assert rows(guard_of(tmp_path / "r")) == 2
    os.remove(guard.db.path)
    again = guard_of(tmp_path / "r")
    assert "Restored 2 events" in again.check()
    assert len(registry.list_entries(again.shelf)) == 2


def test_a_repository_made_anew_without_commits_is_another(tmp_path: Path) -> None:
    filled(tmp_path / "r", 3)
    shutil.rmtree(tmp_path / "r")
    make_unborn(tmp_path / "r")
    guard = guard_of(tmp_path / "r")
    assert "Another repository was here before" in guard.check()
    assert rows(guard) == 0


def test_an_orphan_branch_is_the_same_repository(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 3)
    git(tmp_path / "r", "checkout", "--quiet", "--orphan", "pages")
    commit(tmp_path / "r", "Pages begin", {"index.html": "hello\n"})
    os.remove(guard.db.path)
    assert "Restored 3 events" in guard_of(tmp_path / "r").check()


def test_a_shallow_clone_at_the_same_path_is_the_same_repository(tmp_path: Path) -> None:
    origin = make_repository(tmp_path / "origin")
    commit(origin, "Second", {"b.txt": "b\n"}, when=10)
    clone(tmp_path / "r", origin)
    guard = guard_of(tmp_path / "r")
    guard.check(writing=True)
    write(guard, 2)
    guard.leave()
    shutil.rmtree(tmp_path / "r")
    clone(tmp_path / "r", origin, "--depth=1")
    assert "Restored 2 events" in guard_of(tmp_path / "r").check()


def test_a_store_made_before_the_first_commit_is_the_same_after_it(tmp_path: Path) -> None:
    guard = guard_of(make_unborn(tmp_path / "r"))
    guard.check(writing=True)
    write(guard, 2)
    guard.leave()
    guard.db.close()
    commit(tmp_path / "r", "First", {"a.txt": "a\n"})
    os.remove(guard.db.path)
    assert "Restored 2 events" in guard_of(tmp_path / "r").check()


def test_all_working_trees_miss_the_same_store(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 3)
    git(tmp_path / "r", "worktree", "add", "--quiet", "-b", "topic", str(tmp_path / "linked"))
    os.remove(guard.db.path)
    linked = guard_of(tmp_path / "linked")
    assert "Restored 3 events" in linked.check()
    assert rows(guard_of(tmp_path / "r")) == 3


@pytest.mark.parametrize("content", [b"", b"garbage" * 5000, b"SQLite format 3\0" + b"\xff" * 9000])
def test_a_file_that_is_no_store_any_more_is_set_aside_and_replaced(tmp_path: Path, content: bytes) -> None:
    guard = filled(tmp_path / "r", 3)
    Path(guard.db.path).write_bytes(content)
    again = guard_of(tmp_path / "r")
    assert "Restored 3 events" in again.check()
    kept = [name for name in os.listdir(guard.db.folder) if name.startswith("mnemo.db.")]
    assert [Path(guard.db.folder, name).read_bytes() for name in kept] == [content]
    assert_whole(again.db)


def test_garbage_that_nobody_knows_is_not_replaced_by_an_empty_store(tmp_path: Path) -> None:
    guard = guard_of(make_repository(tmp_path / "r"))
    os.mkdir(guard.db.folder, 0o700)
    Path(guard.db.path).write_bytes(b"garbage" * 5000)
    for writing in (False, True):
        with pytest.raises(Refused, match="cannot be read"):
            guard.check(writing=writing)
    assert Path(guard.db.path).read_bytes() == b"garbage" * 5000


def test_an_empty_file_that_nobody_knows_becomes_a_store(tmp_path: Path) -> None:
    guard = guard_of(make_repository(tmp_path / "r"))
    os.mkdir(guard.db.folder, 0o700)
    Path(guard.db.path).touch()
    assert guard.check(writing=True) == ""
    write(guard, 1)
    assert rows(guard) == 1


def test_a_known_store_without_any_backup_is_refused_and_nothing_is_made(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 3)
    shutil.rmtree(guard.backups_folder())
    shutil.rmtree(guard.db.folder)
    for _ in range(2):
        with pytest.raises(Refused, match=r"held 3 events.*No backup of it passes") as caught:
            guard_of(tmp_path / "r").check(writing=True)
        assert "mnemo restore FILE" in caught.value.fix
        assert "mnemo init --fresh" in caught.value.fix
        assert not os.path.exists(guard.db.path)
    again = guard_of(tmp_path / "r")
    again.start_fresh()
    assert again.check(writing=True) == ""


def test_a_damaged_store_without_any_backup_is_left_as_it_is(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 3)
    shutil.rmtree(guard.backups_folder())
    Path(guard.db.path).write_bytes(b"garbage" * 5000)
    with pytest.raises(Damaged, match="No backup of it passes"):
        guard_of(tmp_path / "r").check()
    assert Path(guard.db.path).read_bytes() == b"garbage" * 5000


def test_nothing_is_restored_unasked_where_that_is_switched_off(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 3)
    environ = {**os.environ, "MNEMO_HEALTH_AUTO_ROLLBACK": "false"}
    Path(guard.db.path).write_bytes(b"garbage" * 5000)
    with pytest.raises(Damaged) as damaged:
        guard_of(tmp_path / "r", environ).check()
    os.remove(guard.db.path)
    with pytest.raises(Refused, match="is gone; it held 3 events") as gone:
        guard_of(tmp_path / "r", environ).check(writing=True)
    assert "`mnemo restore`" in damaged.value.fix
    assert "`mnemo restore`" in gone.value.fix
    assert not os.path.exists(guard.db.path)
    guard_of(tmp_path / "r", environ).restore()
    assert rows(guard_of(tmp_path / "r", environ)) == 3


def test_a_later_versions_store_is_no_loss(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 3)
    with guard.db.transaction() as connection:
        connection.execute("INSERT INTO migrations VALUES (9, 'm009_later', 0)")
        connection.execute("PRAGMA user_version = 9")
    guard.db.close()
    before = Path(guard.db.path).read_bytes()
    with pytest.raises(TooNew):
        guard_of(tmp_path / "r").check()
    assert Path(guard.db.path).read_bytes() == before


def test_a_log_that_was_lost_is_made_good_where_a_backup_goes_on(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 3)
    write(guard, 4, "in the log alone")
    guard.back_up()
    copied = tmp_path / "killed"
    shutil.copytree(guard.db.folder, copied)
    guard.db.close()
    shutil.rmtree(guard.db.folder)
    (copied / "mnemo.db-wal").unlink()
    shutil.move(copied, guard.db.folder)
    again = guard_of(tmp_path / "r")
    told = again.check()
    assert "4 events written to" in told
    assert "Restored 7 events" in told
    assert rows(again) == 7
    assert again.db.lost() == 0


def test_a_log_that_was_lost_and_is_in_no_backup_is_told_once(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 3)
    write(guard, 4, "in the log alone")
    copied = tmp_path / "killed"
    shutil.copytree(guard.db.folder, copied)
    guard.db.close()
    shutil.rmtree(guard.db.folder)
    (copied / "mnemo.db-wal").unlink()
    shutil.move(copied, guard.db.folder)
    again = guard_of(tmp_path / "r")
    assert "4 events written to" in again.check()
    assert guard_of(tmp_path / "r").check() == ""
    assert rows(again) == 3
    failures = Path(guard.db.folder, "logs", "failures.log").read_text().splitlines()
    assert [json.loads(line)["detail"]["name"] for line in failures] == ["log", "rollback", "issue", "alert"]
    assert "skipped" in json.loads(failures[1])["detail"]["outcome"]


def test_a_backup_of_another_history_is_not_taken_for_a_cut_log(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 3)
    first = os.path.join(guard.backups_folder(), "memory_20260102_030405.db")
    os.rename(guard.copies()[0].path, first)
    write(guard, 6, "one way")
    guard.back_up()
    guard.restore(first)
    write(guard, 2, "another way")
    copied = tmp_path / "killed"
    shutil.copytree(guard.db.folder, copied)
    write(guard, 1, "lost")
    mark = Path(guard.db.folder, "writer.lock").read_bytes()
    guard.db.close()
    shutil.rmtree(guard.db.folder)
    shutil.move(copied, guard.db.folder)
    Path(guard.db.folder, "writer.lock").write_bytes(mark)
    again = guard_of(tmp_path / "r")
    assert "1 events written to" in again.check()
    assert rows(again) == 5


def test_threads_and_processes_that_miss_it_at_once_restore_it_once(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 5)
    shutil.rmtree(guard.db.folder)
    program = """
        import sys
        from pathlib import Path
        from tests.health.guards import guard_of, rows
        guard = guard_of(Path(sys.argv[1]))
        sys.stdin.readline()
        guard.check(writing=True)
        print(rows(guard))
    """
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(root / "src"), str(root)])}
    command = [sys.executable, "-c", textwrap.dedent(program), str(tmp_path / "r")]
    running = [
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
        for _ in range(4)
    ]
    told: list[str] = []
    here = guard_of(tmp_path / "r")
    threads = [threading.Thread(target=lambda: told.append(here.check())) for _ in range(4)]
    for thread in threads:
        thread.start()
    answers = [one.communicate("go\n", timeout=60) for one in running]
    for thread in threads:
        thread.join()
    assert [answer[0] for answer in answers] == ["5\n"] * 4
    restored = [text for text in [*told, *(answer[1] for answer in answers)] if text]
    assert len(restored) == 1
    assert not any(".replaced-" in name for name in os.listdir(guard.db.folder))


def test_a_store_that_another_makes_at_any_moment_of_a_look_is_not_taken_for_gone(
    tmp_path: Path, home: Path
) -> None:
    """After each step of the look in turn, the other's whole first deed is done; its log is left open."""
    top = make_repository(tmp_path / "r")
    step, made = 0, True
    while made:
        step += 1
        looker, maker = guard_of(top), guard_of(top)
        with after_step(step, lambda maker=maker: write(maker, 1)):
            assert looker.check(writing=True) == ""
        made = maker.db.exists()
        write(looker, 1, "its own")
        assert rows(looker) == 1 + made
        assert_whole(looker.db)
        for guard in (looker, maker):
            guard.db.close()
        shutil.rmtree(looker.db.folder)
        shutil.rmtree(home / ".mnemo", ignore_errors=True)
    assert step > 3


def test_switching_branches_changes_nothing(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 2)
    checkout(tmp_path / "r", "topic", new=True)
    assert guard_of(tmp_path / "r").check() == ""
    assert rows(guard) == 2
