"""Every error that mnemo raises on purpose.

MnemoError                 message (what went wrong, with the value) and fix (what to do next)
├── StorageError
│   ├── Busy               another process holds the store
│   ├── Damaged            the store or a file of it cannot be believed
│   ├── TooNew             the store was written by a later version
│   └── NotARepository     there is no repository, so there is no store
├── ValidationError
│   └── Invalid            a value that cannot be used
├── SearchError
│   ├── NotFound           nothing has that address, id or name
│   ├── Ambiguous          a prefix fits several
│   └── QueryTimeout       the time given for a recall ran out
├── ConfigurationError
│   └── MissingExtra       an optional dependency is not installed
├── EmbeddingError
├── Conflict               the state does not allow it (lost race, wrong transition)
└── Refused                mnemo will not do it (trust, safety, an existing store)

Raised low, worded once high: interfaces turn them into text and an exit code, nothing else does.
"""

from __future__ import annotations

import re


class MnemoError(Exception):
    """Something went wrong that a person or an agent can act on.

    Args:
        message: one line, what went wrong, with the value.
        fix: one line, what to do next; empty where nothing can be done.
        word: machine word for the record; the class name in snake_case when left out.
    """

    exit_code = 1

    def __init__(self, message: str, fix: str = "", word: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix
        self.word = word or re.sub(r"(?<!^)(?=[A-Z])", "_", type(self).__name__).lower()

    def record(self) -> dict[str, object]:
        """The error as the record that programs read."""
        return {
            "schema": "mnemo.v1",
            "ok": False,
            "error": self.word,
            "message": self.message,
            "fix": self.fix,
        }


class StorageError(MnemoError):
    """The store could not be read or written."""


class Busy(StorageError):
    """Another process holds the store for longer than we wait."""

    exit_code = 4


class Damaged(StorageError):
    """The store, or a file of it, cannot be believed."""

    exit_code = 5


class TooNew(StorageError):
    """The store was written by a later version than this process."""


class NotARepository(StorageError):
    """There is no git repository here, so there is no store."""


class ValidationError(MnemoError):
    """A value was refused before anything was written."""


class Invalid(ValidationError):
    """A value cannot be used as it is."""


class SearchError(MnemoError):
    """A look-up could not be answered."""


class NotFound(SearchError):
    """Nothing has that address, id or name."""


class Ambiguous(SearchError):
    """A prefix fits several addresses."""


class QueryTimeout(SearchError):
    """The time given for a query ran out."""


class ConfigurationError(MnemoError):
    """A setting cannot be used."""


class MissingExtra(ConfigurationError):
    """An optional dependency is not installed."""


class EmbeddingError(MnemoError):
    """Embeddings could not be had."""


class Conflict(MnemoError):
    """The present state does not allow it."""


class Refused(MnemoError):
    """It could be done, and will not be."""


QueryTimeoutError = QueryTimeout
