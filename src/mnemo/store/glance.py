"""Short looks at claims, each bounded, so that a large store costs a hook no more than a small one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mnemo.store.connections import Connection

LOUD = 500  # permille of priority from which a claim is told unasked
MOST_BRANCHES = 500  # of merged branches' commits that are counted, far below SQLite's limit of variables


def list_loud(connection: Connection, limit: int) -> list[int]:
    """Return rows of active claims of priority 0.5 and more, the loudest first, then the newest."""
    found = connection.execute(
        f"SELECT claim FROM assertions WHERE priority >= {LOUD} AND standing = 'active' "
        "ORDER BY priority DESC, clock DESC LIMIT ?",
        (limit,),
    )
    return list(dict.fromkeys(row[0] for row in found))


def count_active(connection: Connection, branch: str, contained: Iterable[tuple[str, str]]) -> int:
    """Return how many claims hold on a branch: the project's, its own, and those of branches merged into it.

    Args:
        contained: where claims of other branches were made whose work the branch's history holds.
    """
    made = list(contained)[:MOST_BRANCHES]
    marks = ", ".join(["(?, ?)"] * len(made))
    return connection.execute(
        "SELECT count(DISTINCT claim) FROM assertions WHERE standing = 'active' "
        f"AND (scope != 'branch' OR branch = ? OR (branch, commit_id) IN (VALUES {marks or '(NULL, NULL)'}))",
        (branch, *(part for one in made for part in one)),
    ).fetchone()[0]


def list_at_file(connection: Connection, path: str, limit: int) -> list[int]:
    """Return rows of claims that have an anchor in a file, the newest assertions first."""
    found = connection.execute(
        "SELECT a.claim FROM (SELECT assertion FROM anchors WHERE path = ? ORDER BY assertion DESC LIMIT ?) "
        "n JOIN assertions a ON a.id = n.assertion ORDER BY a.id DESC",
        (path, limit),
    )
    return list(dict.fromkeys(row[0] for row in found))


def list_followed_to(connection: Connection, path: str, worktree: str, limit: int) -> list[int]:
    """Return rows of claims of which an anchor was last found in this file, which has another path.

    Args:
        connection: a reader.
        path: where it was found.
        worktree: in which working tree.
        limit: most rows.
    """
    found = connection.execute(
        "SELECT a.claim FROM anchor_states s JOIN assertions a ON a.id = s.assertion "
        "WHERE s.path = ? AND s.path != '' AND s.worktree = ? ORDER BY a.id DESC LIMIT ?",
        (path, worktree, limit),
    )
    return list(dict.fromkeys(row[0] for row in found))


def list_forbidding(connection: Connection, paths: Sequence[str], limit: int) -> list[int]:
    """Return rows of claims that say what must not be there, the newest assertions first.

    Args:
        connection: a reader.
        paths: the files that their anchors name, an empty one for anchors that name none.
        limit: how many assertions of each path are looked at.
    """
    found: dict[int, str] = {}
    for path in paths:
        found |= connection.execute(
            "SELECT a.claim, a.object FROM (SELECT assertion FROM anchors WHERE path = ? AND type IN "
            "('file', 'grep', 'dependency', 'symbol') ORDER BY assertion DESC LIMIT ?) n "
            "JOIN assertions a ON a.id = n.assertion WHERE a.object != ''",
            (path, limit),
        ).fetchall()
    marks = ", ".join("?" * len(found))
    # Payloads are canonical JSON; those without the mark need not be parsed.
    held = connection.execute(
        f"SELECT hash FROM objects WHERE hash IN ({marks}) AND instr(bytes, CAST('\"absent\":true' AS BLOB))",
        [bytes.fromhex(one) for one in found.values()],
    )
    forbidding = {row[0].hex() for row in held}
    return [claim for claim, content in found.items() if content in forbidding]


def list_in_domain(connection: Connection, claims: Sequence[int], domain: str) -> list[int]:
    """Return those of these claims that somebody put into a domain, in their order."""
    marks = ", ".join("?" * len(claims))
    found = connection.execute(
        f"SELECT claim FROM assertions WHERE claim IN ({marks}) AND domain = ?", (*claims, domain)
    )
    held = {row[0] for row in found}
    return [claim for claim in claims if claim in held]


def list_for_folders(connection: Connection, folders: Sequence[str], limit: int) -> list[int]:
    """Return rows of claims that speak for one of these folders, nearest folder first, then newest."""
    found: dict[int, None] = {}
    # The index leaves out claims without a folder, and SQLite uses it only where the query does so too.
    for folder in folders:
        for row in connection.execute(
            "SELECT claim FROM assertions WHERE folder = ? AND folder != '' ORDER BY id DESC LIMIT ?",
            (folder, limit),
        ):
            found[row[0]] = None
    return list(found)[:limit]


def list_paths(connection: Connection, after: str, limit: int) -> list[str]:
    """Return the next paths behind one that anchors name, in order; each step is one seek in the index."""
    found = connection.execute(
        "WITH RECURSIVE next (path) AS (SELECT min(path) FROM anchors WHERE path > ? UNION ALL "
        "SELECT (SELECT min(path) FROM anchors WHERE path > next.path) FROM next WHERE path IS NOT NULL) "
        "SELECT path FROM next WHERE path IS NOT NULL LIMIT ?",
        (after, limit),
    )
    return [row[0] for row in found]


def list_by_address(connection: Connection, addresses: Sequence[str]) -> dict[int, str]:
    """Return the rows of claims with these addresses, and the address of each."""
    marks = ", ".join("?" * len(addresses))
    return dict(connection.execute(f"SELECT id, address FROM claims WHERE address IN ({marks})", addresses))


def addresses_of(connection: Connection, claims: Sequence[int]) -> dict[int, str]:
    """Return the addresses of claims by their rows."""
    marks = ", ".join("?" * len(claims))
    return dict(connection.execute(f"SELECT id, address FROM claims WHERE id IN ({marks})", claims))


def has_claims(connection: Connection) -> bool:
    """Tell whether anything was ever claimed."""
    return connection.execute("SELECT 1 FROM claims LIMIT 1").fetchone() is not None


def count_holding(connection: Connection, words: Iterable[str], most: int) -> dict[str, int]:
    """Return in how many claims each indexed word stands, counted up to a bound; unknown words are left out.

    The vocabulary of the full text would walk through every claim that holds a word.

    Args:
        connection: a reader.
        words: as they are indexed.
        most: where counting a word ends.
    """
    sql = "SELECT count(*) FROM (SELECT 1 FROM search WHERE search MATCH ? LIMIT ?)"
    counted = ((word, connection.execute(sql, (f'"{word}"', most)).fetchone()[0]) for word in words)
    return {word: count for word, count in counted if count}


def count_indexed(connection: Connection) -> int:
    """Return about how many claims the full text holds, without counting them."""
    return connection.execute("SELECT max(id) FROM search_docsize").fetchone()[0] or 0
