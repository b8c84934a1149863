"""Hearing of changes: which folders, what happens in them, and what happens to them."""

from __future__ import annotations

import os
import queue
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mnemo.repo import watch as watches
from mnemo.repo.watch import ByFolder, ByTree, topmost

PATIENCE_S = 30.0
Heard = tuple[str, str]


class Ear:
    """Collects what is heard."""

    def __init__(self, start: Callable[[watches.Hear, watches.Lost], watches.Watch]) -> None:
        self.heard: queue.Queue[Heard] = queue.Queue()
        self.losses = 0
        self.watch = start(lambda folder, name, _: self.heard.put((folder, name)), self.lose)

    def lose(self) -> None:
        self.losses += 1

    def hears(self, folder: Path, name: str) -> bool:
        """Wait until a change is heard of; what comes before it is dropped."""
        while True:
            if self.heard.get(timeout=PATIENCE_S) == (str(folder), name):
                return True


@pytest.fixture(params=[ByFolder, ByTree], ids=["by folder", "by tree"])
def ear(request: pytest.FixtureRequest) -> Iterator[Ear]:
    """An ear on the system's watch, of either kind."""
    if request.param is ByFolder and not hasattr(os, "sched_getaffinity"):
        pytest.skip("inotify is Linux's")
    one = Ear(request.param)
    yield one
    one.watch.close()
    assert not one.watch.alive


@pytest.fixture
def by_folder() -> Iterator[Ear]:
    """An ear on single folders."""
    one = Ear(watches.start)
    yield one
    one.watch.close()


def test_a_file_made_changed_and_deleted_is_heard_of(ear: Ear, tmp_path: Path) -> None:
    assert ear.watch.set_folders({str(tmp_path)}) == set()
    for do in (lambda f: f.write_text("a"), lambda f: f.write_text("b"), lambda f: f.unlink()):
        do(tmp_path / "file")
        assert ear.hears(tmp_path, "file")


def test_a_name_that_is_no_utf8_is_heard_of(ear: Ear, tmp_path: Path) -> None:
    ear.watch.set_folders({str(tmp_path)})
    name = os.fsdecode(b"caf\xe9")
    (tmp_path / name).write_text("a")
    assert ear.hears(tmp_path, name)


def test_a_missing_folder_is_refused(ear: Ear, tmp_path: Path) -> None:
    missing = str(tmp_path / "missing")
    assert ear.watch.set_folders({str(tmp_path), missing}) == {missing}


def test_folders_below_are_not_heard_of_and_links_not_followed(by_folder: Ear, tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "deep")
    assert by_folder.watch.set_folders({str(tmp_path), str(link)}) == {str(link)}
    (tmp_path / "deep" / "file").write_text("a")
    (tmp_path / "last").write_text("a")
    heard = by_folder.heard.get(timeout=PATIENCE_S)
    assert heard == (str(tmp_path), "last")


def test_a_folder_no_longer_wanted_is_not_heard_of(by_folder: Ear, tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    by_folder.watch.set_folders({str(tmp_path), str(tmp_path / "deep")})
    by_folder.watch.set_folders({str(tmp_path)})
    (tmp_path / "deep" / "file").write_text("a")
    (tmp_path / "last").write_text("a")
    assert by_folder.heard.get(timeout=PATIENCE_S) == (str(tmp_path), "last")


def test_where_only_arrivals_are_wanted_writing_wakes_nobody(by_folder: Ear, tmp_path: Path) -> None:
    (tmp_path / "log").write_text("a")
    assert by_folder.watch.set_folders((), [str(tmp_path)]) == set()
    (tmp_path / "log").write_text("b")
    (tmp_path / "asks").write_text("a")
    assert by_folder.heard.get(timeout=PATIENCE_S) == (str(tmp_path), "asks")
    by_folder.watch.set_folders({str(tmp_path)}, [str(tmp_path)])
    (tmp_path / "log").write_text("c")
    assert by_folder.hears(tmp_path, "log")


def test_a_folder_in_the_place_of_another_is_watched_when_asked_for_again(
    by_folder: Ear, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    wanted = {str(tmp_path), str(folder)}
    by_folder.watch.set_folders(wanted)
    folder.rename(tmp_path / "former")
    assert by_folder.hears(tmp_path, "former")
    folder.mkdir()
    assert by_folder.hears(tmp_path, "folder")
    assert by_folder.watch.set_folders(wanted) == set()
    (folder / "file").write_text("a")
    assert by_folder.hears(folder, "file")


def test_a_folder_that_may_not_be_read_is_refused(by_folder: Ear, tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    (tmp_path / "closed").mkdir(mode=0)
    assert by_folder.watch.set_folders({str(tmp_path / "closed")}) == {str(tmp_path / "closed")}


def test_the_limit_of_watches_is_an_error_with_its_number(
    by_folder: Ear, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from watchdog.observers.inotify_c import InotifyFD

    def full(*_: object) -> None:
        raise OSError(28, "inotify watch limit reached")

    monkeypatch.setattr(InotifyFD, "add_callback", full)
    with pytest.raises(OSError, match="limit") as caught:
        by_folder.watch.set_folders({str(tmp_path)})
    assert caught.value.errno in watches.EXHAUSTED


def test_changes_that_the_system_dropped_are_told(by_folder: Ear, tmp_path: Path) -> None:
    from watchdog.observers.inotify_c import InotifyConstants, InotifyEvent, Mask, WatchDescriptor

    by_folder.watch.set_folders({str(tmp_path)})
    assert isinstance(by_folder.watch, ByFolder)
    overflow = InotifyEvent(WatchDescriptor(-1), Mask(InotifyConstants.IN_Q_OVERFLOW), 0, b"")
    by_folder.watch._kernel.handle_event(overflow)  # pyright: ignore[reportPrivateUsage]
    assert by_folder.losses == 1


def test_of_nested_folders_the_topmost_are_taken() -> None:
    assert topmost({"/a", "/a/b", "/a-b", "/c/d", "/c/d/e/f"}) == {"/a", "/a-b", "/c/d"}
