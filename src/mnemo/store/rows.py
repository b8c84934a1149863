"""Rows of shared tables: written with a sum over their values, so that damage is told from data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from mnemo.errors import Damaged
from mnemo.ids import check
from mnemo.light import Any, TypeVar
from mnemo.store.engine import sqlite3

Row = dict[str, Any]
_Value = TypeVar("_Value")
_AT_ONCE = 500  # values in one statement

# Table -> its key and its other columns, in the order in which the sum is taken.
_TABLES = {
    "claims": ("address", "kind made purged"),
    "inputs": ("claim input", ""),
    "assertions": (
        "claim branch",
        (
            "commit_id worktree session agent origin scope domain confidence priority standing cause "
            "folder object clock first expires reinforced quiet"
        ),
    ),
    "tags": ("assertion tag", ""),
    "anchors": ("assertion position", "type path name"),
    "links": ("claim relation target", "clock"),
    "log_entries": ("entry", "branch commit_id worktree agent session clock object"),
    "runs": ("run", "status branch commit_id spike plan object reason clock changed"),
    "plans": ("plan", "run status object reason clock changed"),
    "tasks": ("task", "run parent status priority object reason clock changed"),
    "task_dependencies": ("task needs", ""),
    "dispatches": (
        "dispatch",
        "task status executor attempt taken lease_until object result clock changed",
    ),
    "gates": ("gate", "run task kind status object clock changed"),
    "evidence": ("evidence", "run task dispatch kind status trust content tree object clock"),
    "superseded_evidence": ("evidence", "successor clock"),
    "evidence_tests": ("test clock evidence", "status"),
    "evidence_criteria": ("evidence task criterion", ""),
}
SHARED = {name: (tuple(key.split()), tuple(rest.split())) for name, (key, rest) in _TABLES.items()}


def put(connection: sqlite3.Connection, table: str, row: Row) -> None:
    """Insert a row, or replace the one that has its key.

    Args:
        row: every column of the table but its sum.
    """
    put_all(connection, table, (row,))


def put_all(connection: sqlite3.Connection, table: str, some: Iterable[Row]) -> None:
    """Insert rows of a table, each in place of the one that has its key.

    Args:
        some: rows as put takes one.
    """
    columns, sql = _upsert(table)
    values = ([row[name] for name in columns] for row in some)
    connection.executemany(sql, [(*one, check(*one)) for one in values])


def find(connection: sqlite3.Connection, table: str, **key: Any) -> Row | None:
    """Return the row with that key after checking its sum, or None."""
    return next(iter_rows(connection, table, **key), None)


def iter_rows(connection: sqlite3.Connection, table: str, order: str = "", **where: Any) -> Iterator[Row]:
    """Yield rows of a table whose columns equal what is given.

    Raises:
        Damaged: a row's values no longer fit its sum.
    """
    columns, _ = _upsert(table)
    sql = f"SELECT {', '.join(columns)}, sum FROM {table}"
    if where:
        sql += " WHERE " + " AND ".join(f"{name} = ?" for name in where)
    if order:
        sql += f" ORDER BY {order}"
    for found in connection.execute(sql, list(where.values())):
        yield checked(table, columns, found)


def checked(table: str, columns: tuple[str, ...], found: tuple[Any, ...]) -> Row:
    """Return a row read with its sum as the last value.

    Raises:
        Damaged: the values no longer fit the sum.
    """
    if check(*found[:-1]) != found[-1]:
        raise Damaged(
            f"A row of {table} does not fit its sum: {found[0]!r}.",
            "Run `mnemo health`; it restores the newest good backup.",
        )
    return dict(zip(columns, found[:-1], strict=True))


def iter_portions(values: Sequence[_Value]) -> Iterator[tuple[list[_Value], str]]:
    """Yield values in portions that one statement takes, each with as many question marks."""
    for start in range(0, len(values), _AT_ONCE):
        some = list(values[start : start + _AT_ONCE])
        yield some, ", ".join("?" * len(some))


def columns_of(table: str) -> tuple[str, ...]:
    """Return a shared table's columns in the order of its sum."""
    return _upsert(table)[0]


def delete(connection: sqlite3.Connection, table: str, **key: Any) -> None:
    """Delete the rows with that key."""
    connection.execute(
        f"DELETE FROM {table} WHERE " + " AND ".join(f"{name} = ?" for name in key), list(key.values())
    )


@lru_cache(maxsize=64)
def _upsert(table: str) -> tuple[tuple[str, ...], str]:
    key, rest = SHARED[table]
    columns = key + rest
    holders = ", ".join("?" * (len(columns) + 1))
    updates = ", ".join(f"{name} = excluded.{name}" for name in (*rest, "sum"))
    return columns, (
        f"INSERT INTO {table} ({', '.join(columns)}, sum) VALUES ({holders}) "
        f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {updates}"
    )
