"""Which files and ids count as evidence."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnemo import clock
from mnemo.errors import Invalid, NotFound
from mnemo.ledger import dispatching
from mnemo.ledger.evidence import Item, read_items
from mnemo.store import objects, queue, rows
from tests.ledger.scenes import MINUTE, Scene, plain_workspace, word_of
from tests.repos import commit, git
from tests.stores import MAIN, assert_whole, open_store


def started(scene: Scene, **given: Any) -> str:
    """Add a task and take it."""
    task = scene.add(**given)
    scene.take(task=task)
    return task


def is_done(scene: Scene, task: str, *cited: Any) -> bool:
    """Complete a task citing this."""
    return scene.complete(task=task, cited=list(cited))["dispatch"]["task_status"] == "completed"


def refusal(scene: Scene, task: str, *cited: Any) -> str:
    """Return the word with which evidence is refused, having seen that its name is in the message."""
    with pytest.raises((NotFound, Invalid)) as refused:
        scene.complete(task=task, cited=list(cited))
    return word_of(refused.value)


def test_a_new_file_counts_and_is_kept_with_its_hash(scene: Scene) -> None:
    task = started(scene)
    scene.write("out/report.txt", "1 passed")
    assert is_done(scene, task, "out/report.txt")
    with scene.db.reading() as connection:
        (row,) = [row for row in rows.iter_rows(connection, "evidence") if row["kind"] == "file"]
        payload = objects.find(connection, row["object"])
    assert row["content"] == hashlib.sha256(b"1 passed").hexdigest()
    assert (row["status"], row["trust"]) == ("passed", "trusted")
    assert payload == {"summary": "out/report.txt", "path": "out/report.txt"}


def test_a_tracked_file_counts_once_it_changed(scene: Scene) -> None:
    task = started(scene)
    assert refusal(scene, task, "src/a.py") == "evidence_unchanged"
    scene.write("src/a.py", "a = 2\n")
    assert is_done(scene, task, "src/a.py")


def test_a_file_that_changed_before_the_take_alone_does_not_count(scene: Scene) -> None:
    scene.write("src/a.py", "a = 2\n")
    scene.write("notes.txt", "old")
    task = started(scene)
    assert refusal(scene, task, "src/a.py") == "evidence_unchanged"
    assert refusal(scene, task, "notes.txt") == "evidence_unchanged"
    scene.write("notes.txt", "new")
    assert is_done(scene, task, "notes.txt")


def test_touching_a_file_does_not_change_it_and_restoring_its_time_does_not_hide_a_change(
    scene: Scene,
) -> None:
    scene.write("notes.txt", "old")
    before = os.stat(scene.top / "notes.txt")
    task = started(scene)
    for path in ("notes.txt", "src/a.py"):
        os.utime(scene.top / path)
        assert refusal(scene, task, path) == "evidence_unchanged"
    scene.write("notes.txt", "new")
    os.utime(scene.top / "notes.txt", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert is_done(scene, task, "notes.txt")


def test_a_change_that_was_committed_meanwhile_counts(scene: Scene) -> None:
    task = started(scene)
    commit(scene.top, "Work", {"src/a.py": "a = 2\n", "new.txt": "new"})
    commit(scene.top, "More", {"src/b.py": "b = 1\n"})
    assert refusal(scene, task, "src/b.py") == "evidence_unchanged"
    assert is_done(scene, task, "src/a.py", "new.txt")


def test_what_was_dirty_at_the_take_and_only_committed_since_does_not_count(scene: Scene) -> None:
    scene.write("src/a.py", "a = 2\n")
    task = started(scene)
    commit(scene.top, "Late")
    assert refusal(scene, task, "src/a.py") == "evidence_unchanged"


def test_a_commit_that_was_swept_away_leaves_the_inodes_time_to_tell(scene: Scene) -> None:
    scene.now = clock.now_ms() + MINUTE
    commit(scene.top, "Soon gone", {"src/a.py": "a = 2\n"})
    task = started(scene)
    git(scene.top, "reset", "--quiet", "--hard", "HEAD~1")
    git(scene.top, "reflog", "expire", "--expire=now", "--all")
    git(scene.top, "gc", "--quiet", "--prune=now")
    assert refusal(scene, task, "src/b.py") == "evidence_unchanged"


def test_an_ignored_file_counts_only_if_it_is_newer_than_the_take(scene: Scene) -> None:
    scene.write("build/old.txt", "old")
    old = os.stat(scene.top / "build/old.txt")
    scene.now = clock.now_ms() + MINUTE
    late = started(scene)
    os.utime(scene.top / "build/old.txt", ns=(old.st_atime_ns, old.st_mtime_ns + 10**12))
    assert refusal(scene, late, "build/old.txt") == "evidence_unchanged"
    scene.fail(task=late)
    scene.now = clock.now_ms()
    task = started(scene)
    scene.write("build/new.txt", "new")
    assert is_done(scene, task, "build/new.txt")


def test_in_a_repository_without_commits_new_files_count(scene: Scene, tmp_path: Path) -> None:
    git(scene.top, "checkout", "--quiet", "--orphan", "empty")
    git(scene.top, "rm", "--quiet", "-rf", ".")
    (scene.top / ".mnemo").mkdir(exist_ok=True)
    scene.write("old.txt", "old")
    at = {**MAIN, "commit": ""}
    task = dispatching.add(scene.db, "Do it", at=at, now=scene.now)["tasks"][0]["id"]
    dispatching.take(scene.db, "ann", at=at, now=scene.now, workspace=scene.workspace, task=task)
    scene.write("new.txt", "new")
    with pytest.raises(Invalid):
        dispatching.complete(
            scene.db, "ann", at=at, now=scene.now, workspace=scene.workspace, task=task, cited=["old.txt"]
        )
    record = dispatching.complete(
        scene.db, "ann", at=at, now=scene.now, workspace=scene.workspace, task=task, cited=["new.txt"]
    )
    assert record["dispatch"]["task_status"] == "completed"


def test_outside_git_only_files_touched_since_the_take_count(tmp_path: Path) -> None:
    folder = tmp_path / "plain"
    folder.mkdir()
    (folder / "old.txt").write_text("old")
    db, space, at = open_store(folder), plain_workspace(folder), {**MAIN, "branch": "", "commit": ""}
    for now, name, fits in ((clock.now_ms() + MINUTE, "old.txt", False), (clock.now_ms(), "new.txt", True)):
        task = dispatching.add(db, "Do it", at=at, now=now)["tasks"][0]["id"]
        dispatching.take(db, "ann", at=at, now=now, workspace=space, task=task)
        if fits:
            (folder / name).write_text("new")
            told = dispatching.complete(db, "ann", at=at, now=now, workspace=space, task=task, cited=[name])
            assert told["dispatch"]["task_status"] == "completed"
            continue
        with pytest.raises(Invalid):
            dispatching.complete(db, "ann", at=at, now=now, workspace=space, task=task, cited=[name])
        dispatching.fail(db, "ann", "no", at=at, now=now, task=task)
    assert_whole(db)
    db.close()


def test_a_large_file_is_known_by_its_inode(scene: Scene) -> None:
    with open(scene.top / "big.bin", "wb") as file:
        file.truncate(5 << 20)
    task = started(scene)
    assert refusal(scene, task, "big.bin") == "evidence_unchanged"
    with open(scene.top / "big.bin", "r+b") as file:
        file.write(b"1")
    assert is_done(scene, task, "big.bin")


def test_work_of_a_lapsed_lease_counts_for_the_same_executor_only(scene: Scene) -> None:
    for name, fits in (("ann", True), ("bob", False)):
        task = scene.add(f"For {name}")
        scene.take("ann", task=task, lease_minutes=5)
        scene.write(f"{name}.txt", "work")
        scene.later(6 * MINUTE)
        scene.take(name, task=task)
        if fits:
            assert scene.complete(name, task=task, cited=["ann.txt"])["missing"] == []
        else:
            with pytest.raises(Invalid) as refused:
                scene.complete(name, task=task, cited=["bob.txt"])
            assert word_of(refused.value) == "evidence_unchanged"


@pytest.mark.parametrize(
    "uri",
    [
        "gone.txt",
        "file://gone.txt",
        "../outside.txt",
        "/etc/hostname",
        "file:///etc/hostname",
        "src",
        ".",
        ".git/HEAD",
        ".mnemo/mnemo.db",
        "escape/outside.txt",
        "link.txt",
        "nul\0.txt",
        "https://example.com/report.html",
        "evidence_0123456789ab",
        "x" * 5_000,
    ],
)
def test_what_is_no_file_of_the_workspace_is_refused_by_name(scene: Scene, tmp_path: Path, uri: str) -> None:
    task = started(scene)
    (tmp_path / "outside.txt").write_text("outside")
    (scene.top / "escape").symlink_to(tmp_path)
    (scene.top / "link.txt").symlink_to(tmp_path / "outside.txt")
    with pytest.raises(NotFound) as refused:
        scene.complete(task=task, cited=[uri])
    assert word_of(refused.value) == "evidence_not_found"
    assert repr(uri)[:20] in refused.value.message


def test_a_file_beside_a_folder_of_like_name_is_outside(scene: Scene) -> None:
    task = started(scene)
    evil = Path(f"{scene.top}-evil")
    evil.mkdir()
    (evil / "report.txt").write_text("mine")
    assert refusal(scene, task, f"../{evil.name}/report.txt") == "evidence_not_found"
    assert refusal(scene, task, str(evil / "report.txt")) == "evidence_not_found"


def test_a_named_pipe_neither_counts_nor_blocks(scene: Scene) -> None:
    task = started(scene)
    os.mkfifo(scene.top / "pipe")
    assert refusal(scene, task, "pipe") == "evidence_not_found"


@pytest.mark.parametrize(
    "spelling",
    [
        "{path}",
        "./out/../{path}",
        "file:{path}",
        "file://{path}",
        "FILE://{path}",
        "file:///{path}",
        "file://{top}/{path}",
        "file://localhost/{top}/{path}",
        "{top}/{path}",
    ],
)
def test_a_file_may_be_named_in_many_ways(scene: Scene, spelling: str) -> None:
    task = started(scene)
    scene.write("out/my report.txt", "done")
    assert is_done(scene, task, spelling.format(path="out/my report.txt", top=scene.top))


def test_a_uri_may_be_percent_encoded(scene: Scene) -> None:
    task = started(scene)
    scene.write("out/my report.txt", "done")
    assert is_done(scene, task, "file://out/my%20report.txt")


def test_a_file_that_the_policy_names_need_not_change(scene: Scene) -> None:
    task = scene.add_with_policy({"files": ["src/a.py"]}, ["still there"])
    scene.take(task=task)
    assert refusal(scene, task, "src/b.py") == "evidence_unchanged"
    assert is_done(scene, task, "src/a.py")


def test_a_criterion_that_is_not_there_is_refused(scene: Scene) -> None:
    task = started(scene, criteria=["one", "two"])
    scene.write("report.txt", "done")
    for number in (0, 3, -1):
        with pytest.raises(Invalid) as refused:
            scene.complete(task=task, cited=[{"uri": "report.txt", "criteria": [number]}])
        assert "has 2 criteria" in refused.value.message


def test_a_file_that_is_changed_again_supersedes_its_earlier_self(scene: Scene) -> None:
    task = started(scene, criteria=["one", "two"])
    scene.write("report.txt", "draft")
    scene.complete(task=task, cited=[{"uri": "report.txt", "criteria": [1]}])
    scene.write("report.txt", "final")
    record = scene.complete(task=task, cited=[{"uri": "report.txt", "criteria": [2]}])
    assert record["missing"] == ["criterion 1 (one): report.txt has changed since it was cited"]
    scene.write("report.txt", "draft")
    assert is_done(scene, task, "report.txt")
    with scene.db.reading() as connection:
        files = [row["status"] for row in queue.iter_evidence(connection, kind="file")]
    assert files == ["superseded", "superseded", "passed"]


def test_evidence_of_a_run_without_a_task_counts_when_it_is_cited(scene: Scene) -> None:
    task = started(scene, criteria=["it runs"])
    made = scene.run("true")["id"]
    assert scene.complete(task=task)["missing"] == ["criterion 1 (it runs): no evidence"]
    assert is_done(scene, task, made)


def test_ones_own_summary_cannot_be_cited_as_proof(scene: Scene) -> None:
    task = started(scene)
    scene.complete(task=task, summary="done")
    with scene.db.reading() as connection:
        (row,) = rows.iter_rows(connection, "evidence")
    assert scene.complete(task=task, cited=[row["evidence"]])["missing"] != []


ITEM = {"uri": "a.txt", "criteria": [1, 2]}


@pytest.mark.parametrize(
    ("given", "items"),
    [
        ([], []),
        ("", []),
        ("a.txt", [Item("a.txt", ())]),
        ([" a.txt "], [Item("a.txt", ())]),
        ([ITEM], [Item("a.txt", (1, 2))]),
        (ITEM, [Item("a.txt", (1, 2))]),
        (json.dumps(ITEM), [Item("a.txt", (1, 2))]),
        (json.dumps([ITEM, "b.txt"]), [Item("a.txt", (1, 2)), Item("b.txt", ())]),
        ([json.dumps(ITEM)], [Item("a.txt", (1, 2))]),
        ([{"uri": "a.txt"}], [Item("a.txt", ())]),
        (["[draft].txt"], [Item("[draft].txt", ())]),
        ("[draft].txt", [Item("[draft].txt", ())]),
    ],
)
def test_evidence_is_read_in_every_form(given: Any, items: list[Item]) -> None:
    assert read_items(given) == items


@pytest.mark.parametrize(
    "given",
    [
        [""],
        [None],
        [1],
        [{}],
        [{"uri": ""}],
        [{"uri": "a", "criteria": "1"}],
        [{"uri": "a", "criteria": [True]}],
        7,
    ],
)
def test_evidence_in_no_known_form_is_refused(given: Any) -> None:
    with pytest.raises(Invalid) as refused:
        read_items(given)
    word_of(refused.value)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=6,
    )
)
def test_reading_evidence_answers_or_refuses_whatever_is_given(given: Any) -> None:
    for each in (given, json.dumps(given)):
        try:
            assert all(item.uri for item in read_items(each))
        except Invalid:
            pass


def test_a_removed_file_no_longer_counts(scene: Scene) -> None:
    task = started(scene, criteria=["one", "two"])
    scene.write("out/report.txt", "done")
    scene.complete(task=task, cited=[{"uri": "out/report.txt", "criteria": [1]}])
    shutil.rmtree(scene.top / "out")
    scene.write("b.txt", "done")
    record = scene.complete(task=task, cited=[{"uri": "b.txt", "criteria": [2]}])
    assert record["missing"] == ["criterion 1 (one): out/report.txt is gone"]
