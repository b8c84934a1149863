"""Is the store or the configuration that lies here ours, or did it come with someone's clone?"""

from __future__ import annotations

import os
from collections.abc import Callable

from mnemo.errors import Damaged, StorageError
from mnemo.health import registry
from mnemo.health.registry import Entry, Repository, Shelf
from mnemo.light import TYPE_CHECKING, NamedTuple
from mnemo.repo.indexed import may_be_tracked as may_be_tracked
from mnemo.settings import FILE
from mnemo.store import meta

if TYPE_CHECKING:
    from mnemo.store.backup import Facts


class Trust(NamedTuple):
    """Whether what lies here is believed.

    Args:
        believed: whether it may be told and heeded.
        reason: why not, in one line.
    """

    believed: bool
    reason: str = ""


def verdict(
    repository: Repository,
    shelf: Shelf,
    *,
    tracked: Callable[[], bool],
    index: str = "",
    hint: str = ".mnemo",
    uid: int | None = None,
) -> Trust:
    """Decide whether the store and the configuration beside it are believed.

    They are not when someone else owns them, when git tracks files beside them, or when the store was made
    at another place and this user's registry does not know it. What its owner copied or moved is believed.

    Args:
        repository: whose store it should be.
        shelf: where the registry lies.
        tracked: asks git whether files of the store's folder are tracked; only asked when the index hints so.
        index: git's index of the working tree that holds the folder; empty where there is none.
        hint: what the index holds when it names that folder.
        uid: who we are; the process's user when left out.
    """
    us = os.getuid() if uid is None else uid
    folder = os.path.dirname(repository.store)
    lying = [path for path in (folder, repository.store, os.path.join(folder, FILE)) if os.path.lexists(path)]
    if len(lying) < 2 and not os.path.islink(folder):
        return Trust(True)  # a folder alone says nothing
    facts = _find_facts(repository.store)
    entry = registry.find(shelf, facts.repository, mending=False) if facts else None
    if entry is not None and entry.trusted == us and _is_same(entry, repository):
        return Trust(True)
    foreign = [path for path in lying if os.lstat(path).st_uid != us]
    if foreign:
        return Trust(False, f"{foreign[0]} belongs to another user")
    if may_be_tracked(index, hint) and tracked():
        return Trust(False, f"git tracks files in {folder}, so they came with the repository")
    return _by_origin(repository, shelf, facts, entry)


def _by_origin(repository: Repository, shelf: Shelf, facts: Facts | None, entry: Entry | None) -> Trust:
    if facts is None:
        # Damaged, or made to look so: only what we used here before is ours to mend.
        known = (
            not os.path.exists(repository.store)
            or registry.find_at(shelf, repository, mending=False) is not None
        )
        return Trust(bool(known), "" if known else "it cannot be read, and you never used it here")
    if facts.schema == 0 or _is_here(repository.store, facts.place):
        return Trust(True)
    if entry is None:
        return Trust(False, "the store was made at another place, and you never used it there")
    if _is_same(entry, repository) or not _holds(entry):
        return Trust(True)
    ours = repository.root()
    if ours and entry.root_commit and ours != entry.root_commit:
        return Trust(False, f"the store belongs to another repository, {entry.common_dir or entry.store}")
    return Trust(True)


def is_elsewhere(entry: Entry, repository: Repository) -> bool:
    """Tell whether a store that the registry knows still lies at another place: then this one is a copy."""
    return not _is_same(entry, repository) and _holds(entry)


def _is_same(entry: Entry, repository: Repository) -> bool:
    """Whether the registry knows the store at this place."""
    return bool(entry.store) and os.path.realpath(entry.store) == os.path.realpath(repository.store)


def _holds(entry: Entry) -> bool:
    """Whether the store still lies where the registry knows it."""
    facts = _find_facts(entry.store) if entry.store else None
    return facts is not None and facts.repository == entry.id


def _find_facts(store: str) -> Facts | None:
    """Return what a store's file says of itself; None when it is missing or cannot be read."""
    from mnemo.store import backup  # loads every table's folding, which a hook mostly does without

    try:
        return backup.read_facts(store, counting=False)
    except (Damaged, StorageError):
        return None


def _is_here(store: str, place: str) -> bool:
    try:
        return bool(place) and place == meta.place_of(store)
    except OSError:
        return False
