"""A bounded memory for what is dear to make and cheap to keep."""

from __future__ import annotations

from _thread import allocate_lock  # importing threading costs a hook 3 ms and adds nothing to a plain lock
from collections.abc import Callable, Hashable, Iterable

from mnemo.light import Any, Generic, TypeVar

Value = TypeVar("Value")


class Recent(Generic[Value]):
    """A mapping that forgets its oldest entries once they weigh more than its limit; threads may share it.

    Args:
        limit: most weight kept, in the unit of the weights given.
        key_of: where entries are made of a file's text, returns the keys that a text may be kept under; such
            entries are forgotten with let_go().
    """

    def __init__(self, limit: int, key_of: Callable[[str], Iterable[Hashable]] | None = None) -> None:
        self._limit = limit
        if key_of:
            _of_texts.append((self, key_of))
        self._weight = 0
        self._entries: dict[Hashable, tuple[Value, int]] = {}
        self._lock = allocate_lock()

    def find(self, key: Hashable) -> Value | None:
        """Return what is kept under key."""
        entry = self._entries.get(key)
        return entry[0] if entry else None

    def put(self, key: Hashable, value: Value, weight: int) -> None:
        """Keep a value, forgetting older ones where it needs their room; one too heavy is not kept."""
        if weight > self._limit:
            return
        with self._lock:
            self._forget(key)
            self._entries[key] = (value, weight)
            self._weight += weight
            while self._weight > self._limit:
                self._forget(next(iter(self._entries)))

    def once(self, key: Hashable, weight: int, make: Callable[[], Value]) -> Value:
        """Return what is kept under key, made now where nothing is."""
        entry = self._entries.get(key)
        if entry:
            return entry[0]
        value = make()
        self.put(key, value, weight)
        return value

    def drop(self, key: Hashable) -> None:
        """Forget what is kept under key."""
        if key in self._entries:
            with self._lock:
                self._forget(key)

    def _forget(self, key: Hashable) -> None:
        entry = self._entries.pop(key, None)
        if entry:
            self._weight -= entry[1]


_of_texts: list[tuple[Recent[Any], Callable[[str], Iterable[Hashable]]]] = []


def let_go(text: str) -> None:
    """Forget everything that was made of a text, because its file holds another now.

    Without this a file that is saved a thousand times would be kept in a thousand versions.
    """
    for entries, key_of in _of_texts:
        for key in key_of(text):
            entries.drop(key)
