"""First pages kept between questions while nothing is written: what was found, never its verdict."""

from __future__ import annotations

from _thread import allocate_lock
from collections.abc import Hashable

from mnemo.light import Any

MOST_PAGES = 8


class Pages:
    """The pages of one store, used by many threads; those not asked for lately go first."""

    def __init__(self, most: int = MOST_PAGES) -> None:
        self._most = most
        self._pages: dict[Hashable, Any] = {}
        self._guard = allocate_lock()

    def __len__(self) -> int:
        """Return how many pages are kept."""
        return len(self._pages)

    def find(self, key: Hashable) -> Any | None:
        """Return the page kept under a key, or None."""
        with self._guard:
            page = self._pages.pop(key, None)
            if page is not None:
                self._pages[key] = page  # the one used last stands last
            return page

    def keep(self, key: Hashable, page: Any) -> None:
        """Keep a page; where there are too many, the one used longest ago goes."""
        with self._guard:
            self._pages.pop(key, None)
            self._pages[key] = page
            if len(self._pages) > self._most:
                self._pages.pop(next(iter(self._pages)))
