"""Hearing of changes in folders: the only door to watchdog.

On Linux each folder is watched by itself, so that large ignored trees beside it cost nothing; watchdog's own
observer would start a thread a folder, or watch everything below. Elsewhere the system watches whole trees.
"""

from __future__ import annotations

import errno
import logging
import os
import sys
from collections.abc import Callable, Collection, Iterable
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:
    from watchdog.events import FileSystemEvent
    from watchdog.observers.inotify_c import InotifyEvent

# Called with a folder, the name in it that changed ("" for the folder itself), and whether that is a folder.
Hear: TypeAlias = Callable[[str, str, bool], object]
Lost: TypeAlias = Callable[[], object]

EXHAUSTED = (errno.ENOSPC, errno.EMFILE, errno.ENFILE, errno.ENOMEM)
ENDING_S = 0.5  # longest wait for watchdog's threads to end


class Watch(Protocol):
    """Folders that are watched."""

    @property
    def alive(self) -> bool:
        """Whether changes are still heard of."""
        ...

    def set_folders(self, wanted: Collection[str], arrivals: Collection[str] = ()) -> set[str]:
        """Watch these folders and no others; return those that cannot be watched, such as missing ones.

        Args:
            wanted: every change in them is heard of.
            arrivals: here it is enough to hear of what is made anew; what is written to wakes nobody.

        Raises:
            OSError: the system has no room for more (one of EXHAUSTED).
        """
        ...

    def close(self) -> None:
        """Hear nothing any more."""
        ...


def start(hear: Hear, lost: Lost) -> Watch:
    """Return a watch of no folder yet.

    Args:
        hear: called of each change, in a thread of the watch's own.
        lost: called when changes were lost, because there were too many.

    Raises:
        OSError: the system gives no further watch (one of EXHAUSTED).
    """
    logging.getLogger("watchdog").setLevel(logging.CRITICAL)  # what it would print is told by lost()
    return ByFolder(hear, lost) if sys.platform.startswith("linux") else ByTree(hear, lost)


class ByFolder:
    """Folders watched one by one through inotify(7).

    Args:
        hear, lost: as for start().
    """

    def __init__(self, hear: Hear, lost: Lost) -> None:
        from watchdog.observers import inotify_c

        known = inotify_c.InotifyConstants
        self._arrivals = inotify_c.Mask(
            known.IN_CREATE
            | known.IN_DELETE_SELF
            | known.IN_MOVE_SELF
            | known.IN_ONLYDIR
            | known.IN_DONT_FOLLOW
            | known.IN_EXCL_UNLINK
        )
        self._changes = inotify_c.Mask(
            self._arrivals | known.IN_MODIFY | known.IN_ATTRIB | known.IN_MOVE | known.IN_DELETE
        )
        self._hear, self._lost = hear, lost
        self._folders: dict[str, tuple[Any, _Folder]] = {}
        self._guard = Lock()
        self._kernel = inotify_c.InotifyFD()
        self._kernel.start()

    @property
    def alive(self) -> bool:
        """Whether changes are still heard of."""
        return self._kernel.is_alive()

    def set_folders(self, wanted: Collection[str], arrivals: Collection[str] = ()) -> set[str]:
        """Watch these folders and no others; return those that cannot be watched.

        Raises:
            OSError: the limit of watches is reached (ENOSPC).
        """
        masks = dict.fromkeys(arrivals, self._arrivals) | dict.fromkeys(wanted, self._changes)
        with self._guard:
            known = {path: folder.mask for path, (_, folder) in self._folders.items()}
        self._drop([path for path, mask in known.items() if masks.get(path) != mask])
        return {path for path, mask in masks.items() if known.get(path) != mask and not self._add(path, mask)}

    def close(self) -> None:
        """Hear nothing any more."""
        with self._guard:
            self._folders.clear()
        self._kernel.stop()
        self._kernel.join(ENDING_S)

    def change(self, folder: str, event: InotifyEvent) -> None:
        """Pass on what the kernel says of a folder."""
        name = os.fsdecode(event.name)
        if event.is_directory and not (event.is_modify or event.is_attrib):
            # The watch stays with the folder, wherever it goes: what lies here from now on is another.
            self._drop_below(os.path.join(folder, name) if name else folder)
        self._hear(folder, name, event.is_directory)

    def lose(self) -> None:
        """Pass on that the kernel dropped changes."""
        self._lost()

    def forget(self, folder: _Folder) -> None:
        """Take note that the kernel watches a folder no longer, because it is gone."""
        with self._guard:
            if self._folders.get(folder.path, (None, None))[1] is folder:
                del self._folders[folder.path]

    def _add(self, path: str, mask: Any) -> bool:
        folder = _Folder(self, path, mask)
        try:
            number = self._kernel.add_callback(os.fsencode(path), mask, folder, self._key(folder))
        except OSError as problem:
            if problem.errno in EXHAUSTED:
                raise
            return False
        except ValueError:
            return False
        if number < 0:  # not allowed: watchdog says so by no error
            self._kernel.remove_callbacks([(number, self._key(folder))])
            return False
        with self._guard:
            self._folders[path] = (number, folder)
        return True

    def _drop_below(self, path: str) -> None:
        with self._guard:
            below = [known for known in self._folders if known == path or known.startswith(path + "/")]
        self._drop(below)

    def _drop(self, paths: Iterable[str]) -> None:
        for path in paths:
            with self._guard:
                found = self._folders.pop(path, None)
            if found:
                try:
                    self._kernel.remove_callbacks([(found[0], self._key(found[1]))])
                except (OSError, RuntimeWarning):
                    pass  # the kernel had dropped it already

    def _key(self, folder: _Folder) -> Any:
        return id(folder)


class _Folder:
    """One folder, as watchdog calls it back."""

    def __init__(self, watch: ByFolder, path: str, mask: Any) -> None:
        self.watch, self.path, self.mask = watch, path, mask

    def on_event(self, event: InotifyEvent) -> None:
        self.watch.change(self.path, event)

    def on_watch_deleted(self, wd: int) -> None:
        self.watch.forget(self)

    def on_queue_overflow(self) -> None:
        self.watch.lose()


class ByTree:
    """Whole trees watched by the system, as FSEvents on macOS does at no cost a folder.

    Args:
        hear, lost: as for start().
    """

    def __init__(self, hear: Hear, lost: Lost) -> None:
        from watchdog.events import FileSystemEventHandler
        from watchdog.observers import Observer

        self._hear = hear
        self._handler = FileSystemEventHandler()
        self._handler.on_any_event = self.pass_on
        self._roots: dict[str, Any] = {}
        self._observer = Observer()
        self._observer.start()

    @property
    def alive(self) -> bool:
        """Whether changes are still heard of."""
        return self._observer.is_alive()

    def set_folders(self, wanted: Collection[str], arrivals: Collection[str] = ()) -> set[str]:
        """Watch the topmost of these folders with all below; return those that cannot be watched."""
        folders = {*wanted, *arrivals}
        missing = {path for path in folders if not os.path.isdir(path)}
        roots = topmost(folders - missing)
        for path in self._roots.keys() - roots:
            self._observer.unschedule(self._roots.pop(path))
        for path in roots - self._roots.keys():
            self._roots[path] = self._observer.schedule(self._handler, path, recursive=True)
        return missing

    def pass_on(self, event: FileSystemEvent) -> None:
        """Pass on what watchdog says."""
        if event.event_type in ("opened", "closed", "closed_no_write"):
            return
        for path in {os.fsdecode(event.src_path), os.fsdecode(event.dest_path)} - {""}:
            self._hear(os.path.dirname(path), os.path.basename(path), event.is_directory)

    def close(self) -> None:
        """Hear nothing any more."""
        self._observer.stop()
        self._observer.join(ENDING_S)


def topmost(folders: Iterable[str]) -> set[str]:
    """Return those folders that lie in none of the others."""
    found: set[str] = set()
    last = None
    for path in sorted(folders, key=lambda each: each.split("/")):
        if last is None or not path.startswith(last + "/"):
            found.add(path)
            last = path
    return found
