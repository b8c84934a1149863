"""What stands between a project and its store: trust, presence, registration and backups, in one place."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from mnemo import clock, settings
from mnemo.errors import MnemoError, NotFound, Refused
from mnemo.health import backups, presence, registry, restoring, trust
from mnemo.health.backups import Backup, Progress
from mnemo.health.registry import Entry, Repository
from mnemo.health.restoring import Ward
from mnemo.repo import head as heads
from mnemo.repo.location import Place, find_place
from mnemo.settings import Settings
from mnemo.store import backup
from mnemo.store.database import Database
from mnemo.store.filesystem import Identity, identity

Record = dict[str, Any]

SMALL_BYTES = 16_000_000


class Guard:
    """Keeps one store: nothing foreign is believed, nothing lost goes unsaid, and copies are made in time.

    Args:
        db: the store.
        place: its repository; None for a folder that has a store of its own.
        environ: the environment, for settings and the home folder.
    """

    def __init__(self, db: Database, place: Place | None, environ: Mapping[str, str]) -> None:
        self.db = db
        self.place = place
        self.environ = environ
        self.shelf = registry.shelf(environ)
        self.repository = _repository(db.path, place)
        self._checked: Identity | None = None
        self._settings: dict[str, Settings] = {}
        self._believed: tuple[Identity | None, Identity | None] | None = None

    @property
    def settings(self) -> Settings:
        """The settings; those beside the store count once it is believed."""
        folder = self.db.folder if self.verdict().believed else ""
        if folder not in self._settings:
            self._settings[folder] = settings.load(folder, self.environ)
        return self._settings[folder]

    @property
    def ward(self) -> Ward:
        """The store and what keeping it takes, as the settings have it now."""
        automatic = self.settings.flag("health.auto_rollback")
        return Ward(self.db, self.repository, self.shelf, backups.rules(self.settings), automatic)

    def verdict(self) -> trust.Trust:
        """Return whether the store and the settings beside it are believed; asked anew until they are."""
        lying = (identity(self.db.path), identity(os.path.join(self.db.folder, settings.FILE)))
        if self._believed == lying:
            return trust.Trust(True)
        found = trust.verdict(
            self.repository, self.shelf, tracked=self._is_tracked, index=self._index(), hint=self._inside()
        )
        self._believed = lying if found.believed else None
        return found

    def check(self, *, writing: bool = False) -> str:
        """See that the store is there and may be believed; return what people must know, empty when nothing.

        Args:
            writing: whether the caller is about to write.

        Raises:
            Refused: it came with a clone and is not trusted, or is gone and cannot be brought back.
            Damaged: it cannot be read, and no backup passes.
        """
        now = identity(self.db.path)
        if now is not None and now == self._checked:
            return ""
        self.refuse_foreign()
        told = presence.check_present(self.ward, clock.now_ms()).get("told", "")
        self._checked = identity(self.db.path)
        if self._checked is not None and self._is_news():
            self.register()
        return told

    def find_lost(self) -> str | None:
        """Bring back a lost store of ours, whatever else may be refused; return what came back, or None."""
        if self.db.exists() and not self.verdict().believed:
            return None
        return presence.check_present(self.ward, clock.now_ms()).get("told")

    def refuse_foreign(self) -> None:
        """Let nobody use a store or a configuration that is not believed.

        Raises:
            Refused: naming the reason.
        """
        found = self.verdict()
        if not found.believed:
            raise Refused(
                f"The memory in {self.db.folder} is not believed: {found.reason}.",
                "Type `mnemo trust` to believe it. `mnemo log` shows its work log.",
                word="not_trusted",
            )

    def register(self) -> None:
        """Write down that this store is here and what it holds, so that it is missed when it is lost."""
        entry = self.find_entry()
        if entry is not None:
            registry.note(self.shelf, entry, clock.now_ms())

    def find_entry(self) -> Entry | None:
        """Return what the registry is to know of the store, or None where there is none yet.

        A copy of a store that still lies elsewhere gets an id of its own, and with it its own backups.
        """
        if not self.db.exists():
            return None
        facts = backup.read_facts(self.db.path)
        known = registry.find(self.shelf, facts.repository)
        if known and trust.is_elsewhere(known, self.repository):
            with self.db.transaction() as connection:
                facts = facts._replace(repository=backup.give_id(connection))
            known = None
        root = known.root_commit if known else ""
        return restoring.entry_of(self.repository, facts)._replace(
            root_commit=root or self._root(), last_backup=known.last_backup if known else ""
        )

    def back_up(self, progress: Progress | None = None, *, cause: str = "", every_row: bool = True) -> Record:
        """Make a backup now.

        Args:
            progress: called with pages done and pages in all.
            cause: why it is kept for days, such as "before a migration".
            every_row: whether every row of the copy is checked, or its pages alone.

        Returns:
            path, taken, rows, claims, bytes, notes.

        Raises:
            NotFound: there is no store yet.
            Busy, Damaged, StorageError: none was made.
        """
        entry = self.find_entry()
        if entry is None:
            raise NotFound("There is no store to back up yet.", "It appears at the first claim or log entry.")
        rules, now = self.ward.rules, clock.now_ms()
        made = backups.make(
            self.shelf, self.db.path, entry, now, rules, cause=cause, every_row=every_row, progress=progress
        )
        registry.note(self.shelf, entry._replace(last_backup=made["taken"]), now)
        return made

    def before_change(self, path: str) -> None:
        """Back a store up before its tables are changed, in the process that holds it for writing.

        Raises:
            MnemoError: none could be made, so nothing may be changed.
        """
        facts = backup.read_facts(path)
        entry = registry.find(self.shelf, facts.repository) or restoring.entry_of(self.repository, facts)
        cause = "before a migration"
        backups.make(self.shelf, path, entry, clock.now_ms(), self.ward.rules, cause=cause)

    def leave(self) -> None:
        """Make the backup that is due when a process ends after changes: always of a small store.

        Nobody waits for every row of a large one; the hourly check of a server or cron looks at those.
        """
        if not self.db.changes or not self.db.exists():
            return
        rules, now, found = self.ward.rules, clock.now_ms(), self.copies()
        rows = self.rows()
        small = os.stat(self.db.path).st_size < SMALL_BYTES
        if rules.enabled and backups.is_due(found, now, rows, 0 if small else rules.interval_s):
            self.back_up(every_row=small and not backups.was_checked(found, now, rules.interval_s))
        elif not found or found[0].rows != rows:
            self.register()

    def rows(self) -> int:
        """Return how many events the store holds."""
        with self.db.reading() as connection:
            return self.db.newest(connection)

    def restore(self, source: str = "") -> Record:
        """Bring a backup back, the newest that passes when none is named; what is there is set aside."""
        self._checked = None
        return restoring.restore(self.ward, clock.now_ms(), source)

    def start_fresh(self) -> str:
        """Set aside what lies here, so that the next write makes a new store; return where it is kept."""
        self._checked = None
        aside: str = restoring.start_anew(self.ward, clock.now_ms())["set_aside"]
        return f"What was there is kept as {aside}." if aside else ""

    def trust(self) -> Record:
        """Believe what lies here from now on.

        Raises:
            MnemoError: the registry cannot be written, so it would be forgotten.
        """
        with self.db.transaction():
            pass  # a configuration without a store needs one, to be known by its id
        facts = backup.read_facts(self.db.path)
        entry = restoring.entry_of(self.repository, facts)
        entry = entry._replace(root_commit=self._root(), trusted=os.getuid())
        if not registry.note(self.shelf, entry, clock.now_ms()):
            raise MnemoError(
                f"The registry {self.shelf.registry or 'in the home folder'} cannot be written.",
                "Make the home folder writable, then trust again.",
            )
        return {"path": self.db.path, "repository": facts.repository, "claims": facts.claims}

    def copies(self) -> list[Backup]:
        """Return this store's backups, newest first."""
        return backups.list_backups(self.backups_folder())

    def list_backups(self) -> list[str]:
        """Return the files of this store's backups, newest first."""
        return [one.path for one in self.copies()]

    def backups_folder(self) -> str:
        """Return where this store's backups lie; empty when it has no id yet, or there is no home."""
        entry = registry.find_at(self.shelf, self.repository)
        if entry is None and self.db.exists():
            return registry.folder_of(self.shelf, backup.read_facts(self.db.path, counting=False).repository)
        return registry.folder_of(self.shelf, entry.id) if entry else ""

    def _is_news(self) -> bool:
        """Whether the registry does not know yet what it should of the store that is here."""
        entry = registry.find_at(self.shelf, self.repository)
        facts = backup.read_facts(self.db.path, counting=False)
        if entry is None or entry.id != facts.repository or not entry.rows:
            return True
        return entry.common_dir != self.repository.common_dir

    def _root(self) -> str:
        if self.place is None or not heads.read_head(self.place).commit:
            return ""
        return self.repository.root()

    def _inside(self) -> str:
        """Return the store's folder relative to the working tree that holds it; empty outside of all."""
        top = _top_above(self.db.folder)
        return os.path.relpath(_unfollowed(self.db.folder), top) if top else ""

    def _index(self) -> str:
        top = _top_above(self.db.folder)
        place = find_place(top) if top else None
        return os.path.join(place.git_dir, "index") if place else ""

    def _is_tracked(self) -> bool:
        from mnemo.repo.git import Git

        place = find_place(_top_above(self.db.folder))
        try:
            return place is not None and Git(place).is_tracked(self._inside())
        except MnemoError:
            return True  # the index hints at it, and nobody can say no


def _repository(store: str, place: Place | None) -> Repository:
    def git() -> Any:
        from mnemo.repo.git import Git

        assert place is not None
        return Git(place)

    if place is None:
        return Repository(store, "", os.path.basename(os.path.dirname(os.path.dirname(store))))
    name = os.path.basename(place.top or place.common_dir)

    # Without git, or where git refuses the folder, memory is kept all the same.
    def root() -> str:
        with suppress(MnemoError):
            return git().root_commit() or ""
        return ""

    def holds(commit: str) -> bool:
        with suppress(MnemoError):
            return git().is_shallow() or git().find_commit(commit) is not None
        return True

    return Repository(store, place.common_dir, name, root, holds)


def _top_above(folder: str) -> str:
    """Return the working tree that a store's folder lies in; empty for one inside a git directory."""
    parent = os.path.realpath(os.path.dirname(folder))
    found = find_place(parent)
    if found is None or found.top is None or os.path.commonpath([parent, found.top]) != found.top:
        return ""
    return "" if os.path.commonpath([parent, found.common_dir]) == found.common_dir else found.top


def _unfollowed(folder: str) -> str:
    """Return a folder's path with links resolved above it, not at itself: a clone can bring it as a link."""
    return os.path.join(os.path.realpath(os.path.dirname(folder)), os.path.basename(folder))
