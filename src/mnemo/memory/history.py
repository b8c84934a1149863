"""Which branches' claims a branch's own history holds: asked of git once per commit, then remembered."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress

from mnemo.errors import MnemoError
from mnemo.repo.head import Head
from mnemo.store import assertions
from mnemo.store.database import Database


class History:
    """What HEAD contains, as far as claims depend on it.

    Args:
        db: the store whose claims are asked about, and that remembers the answers.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._key: tuple[str, str, int] = ("", "", -1)
        self._found: frozenset[str] = frozenset()

    def contained(self, head: Head, ask: Callable[[Iterable[str]], set[str]]) -> frozenset[str]:
        """Return the commits of other branches' claims that are HEAD or its ancestors.

        Args:
            head: what is checked out.
            ask: says which of some commits HEAD contains; only called for those not yet known.
        """
        if not head.commit:
            return frozenset()
        with self._db.reading() as connection:
            key = (head.branch, head.commit, self._db.newest(connection))
            if key == self._key:
                return self._found
            foreign = assertions.foreign_commits(connection, head.branch)
            known = assertions.contained(connection, head.commit) if foreign else {}
        asked = [commit for commit in foreign if commit not in known]
        if asked:
            held = ask(asked)
            fresh = {commit: commit in held for commit in asked}
            known |= fresh
            with suppress(MnemoError), self._db.transaction() as connection:
                assertions.remember_contained(connection, head.commit, fresh)
        self._key, self._found = key, frozenset(commit for commit in foreign if known.get(commit))
        return self._found
