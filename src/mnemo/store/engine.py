"""SQLite as the interpreter brings it, without what the sqlite3 package adds.

That is adapters for dates, which nobody here stores; they load datetime and cost a hook 2 of its 40 ms.
"""

from __future__ import annotations

from mnemo.light import TYPE_CHECKING

__all__ = ["sqlite3"]

if TYPE_CHECKING:
    import sqlite3
else:
    import _sqlite3 as sqlite3
