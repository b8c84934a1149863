"""Reading claims and who asserts them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from mnemo import json_light as json
from mnemo.errors import Ambiguous, Damaged, Invalid, NotFound
from mnemo.ids import ADDRESS_LENGTH, SHORTEST_PREFIX, address, check, digest, short
from mnemo.light import Any, cast
from mnemo.model.claim import Assertion
from mnemo.store import rows
from mnemo.store.engine import sqlite3

_COLUMNS = rows.columns_of("assertions")
_SELECT = (
    f"SELECT a.id, c.address, c.kind, {', '.join('a.' + name for name in _COLUMNS)}, a.sum "
    "FROM assertions a JOIN claims c ON c.id = a.claim"
)
_Maker = Callable[[type[Assertion], Any], Assertion]  # as _make, without a call in between
_GLIMPSE = (  # in the order of an assertion's fields
    f"SELECT a.id, a.claim, c.address, c.kind, {', '.join('a.' + name for name in _COLUMNS[1:])} "
    "FROM assertions a JOIN claims c ON c.id = a.claim"
)


def resolve(connection: sqlite3.Connection, prefix: str) -> str:
    """Return the one address that begins with prefix.

    Raises:
        Invalid: it is too short or not hexadecimal.
        NotFound: nothing begins with it.
        Ambiguous: several do; the message lists them.
    """
    wanted = prefix.strip().lower()
    if not re.fullmatch(rf"[0-9a-f]{{{SHORTEST_PREFIX},{ADDRESS_LENGTH}}}", wanted):
        raise Invalid(
            f"{prefix[:80]!r} is no address.",
            f"Give {SHORTEST_PREFIX} to {ADDRESS_LENGTH} hexadecimal digits, as recall shows them.",
        )
    found = [
        row[0]
        for row in connection.execute(
            "SELECT address FROM claims WHERE address >= ? AND address < ? ORDER BY address LIMIT 6",
            (wanted, wanted + "g"),
        )
    ]
    if not found:
        raise NotFound(
            f"No claim has an address that begins with {wanted}.", "Look it up with recall or `mnemo claims`."
        )
    if len(found) > 1:
        shown = ", ".join(one[: max(16, len(wanted) + 4)] for one in found[:5]) + (
            " …" if len(found) > 5 else ""
        )
        raise Ambiguous(f"{wanted} fits several claims: {shown}.", "Give more digits.")
    return found[0]


def by_claim(connection: sqlite3.Connection, claims: Sequence[int]) -> dict[int, list[Assertion]]:
    """Return every assertion of the claims with these rows, by row."""
    found: dict[int, list[Assertion]] = defaultdict(list)
    for some, marks in rows.iter_portions(claims):
        for row in connection.execute(f"{_SELECT} WHERE a.claim IN ({marks})", some):
            found[row[3]].append(_assertion(row))
    return found


def glimpsed(connection: sqlite3.Connection, claims: Sequence[int]) -> dict[int, list[Assertion]]:
    """Return what by_claim does, in half the time and unchecked: for ranking; what is told is read again."""
    found: dict[int, list[Assertion]] = {}
    make = cast(_Maker, tuple.__new__)  # pyright: ignore[reportUnknownMemberType]
    marks = ", ".join("?" * len(claims))
    for row in connection.execute(f"{_GLIMPSE} WHERE a.claim IN ({marks})", list(claims)):
        found.setdefault(row[1], []).append(make(Assertion, row))
    return found


def by_address(connection: sqlite3.Connection, full: str) -> list[Assertion]:
    """Return every assertion of one claim, oldest first."""
    return by_addresses(connection, (full,)).get(full, [])


def by_addresses(connection: sqlite3.Connection, addresses: Sequence[str]) -> dict[str, list[Assertion]]:
    """Return every assertion of the claims with these whole addresses, oldest first, by address."""
    found: dict[str, list[Assertion]] = {}
    for some, marks in rows.iter_portions(addresses):
        sql = f"{_SELECT} WHERE c.address IN ({marks}) ORDER BY a.clock"
        for one in map(_assertion, connection.execute(sql, some)):
            found.setdefault(one.address, []).append(one)
    return found


def iter_all(connection: sqlite3.Connection) -> Iterator[Assertion]:
    """Yield every assertion, newest first."""
    for row in connection.execute(f"{_SELECT} ORDER BY a.clock DESC, a.id DESC"):
        yield _assertion(row)


def claims_at(connection: sqlite3.Connection, path: str) -> list[int]:
    """Return rows of claims anchored to a file, or to anything below it when it is a folder, newest first."""
    found = connection.execute(
        "SELECT DISTINCT a.claim FROM anchors n JOIN assertions a ON a.id = n.assertion "
        "WHERE n.path = ? OR (n.path >= ? AND n.path < ?) ORDER BY a.clock DESC",
        (path, path + "/", path + "0"),
    )
    return [row[0] for row in found]


def claims_for_folders(connection: sqlite3.Connection, folders: Sequence[str]) -> list[int]:
    """Return rows of claims that speak for one of these folders, nearest folder first, then newest."""
    found: dict[int, None] = {}
    for folder in folders:
        for row in connection.execute(
            "SELECT claim FROM assertions WHERE folder = ? AND folder != '' ORDER BY clock DESC", (folder,)
        ):
            found[row[0]] = None
    return list(found)


def claims_of_domain(connection: sqlite3.Connection, domain: str, most: int) -> list[int]:
    """Return rows of claims of one domain that somebody stands for, the loudest first, then the newest."""
    found = connection.execute(
        "SELECT claim FROM assertions WHERE domain = ? AND standing = 'active' "
        "GROUP BY claim ORDER BY max(priority) DESC, max(clock) DESC LIMIT ?",
        (domain, most),
    )
    return [row[0] for row in found]


def claims_sharing(connection: sqlite3.Connection, anchors: Iterable[tuple[str, str, str]]) -> list[int]:
    """Return rows of claims that have an anchor of the same type, path and name."""
    found: dict[int, None] = {}
    for type_, path, name in anchors:
        column, value = ("path", path) if path else ("name", name)
        if not value:
            continue
        for row in connection.execute(
            "SELECT a.claim FROM anchors n JOIN assertions a ON a.id = n.assertion "
            f"WHERE n.{column} = ? AND n.type = ? AND n.name = ? ORDER BY a.clock DESC LIMIT 50",
            (value, type_, name),
        ):
            found[row[0]] = None
    return list(found)


def payloads(connection: sqlite3.Connection, found: Iterable[Assertion]) -> dict[str, dict[str, Any]]:
    """Return what assertions say, by their object's hash; each text is checked against its hash and address.

    Raises:
        Damaged: a text is not what was stored.
    """
    wanted = {one.object: one for one in found if one.object}
    result: dict[str, dict[str, Any]] = {}
    for some, marks in rows.iter_portions([bytes.fromhex(one) for one in wanted]):
        for key, data in connection.execute(f"SELECT hash, bytes FROM objects WHERE hash IN ({marks})", some):
            payload = json.loads(data) if digest(data) == key.hex() else None
            one = wanted[key.hex()]
            if (
                payload is None
                or address(one.kind, payload["content"], payload.get("inputs", ())) != one.address
            ):
                raise Damaged(
                    f"The text of claim {short(one.address)} is not what was stored.",
                    "Run `mnemo health`; it restores the newest good backup.",
                )
            result[key.hex()] = payload
    return result


def links_from(connection: sqlite3.Connection, claim: int) -> list[tuple[str, str]]:
    """Return (relation, target address) of a claim's links."""
    return [
        (row["relation"], row["target"])
        for row in rows.iter_rows(connection, "links", order="relation, target", claim=claim)
    ]


def links_to(connection: sqlite3.Connection, target: str) -> list[tuple[str, str]]:
    """Return (relation, address) of the claims that link to one, given by its whole address."""
    return connection.execute(
        "SELECT l.relation, c.address FROM links l JOIN claims c ON c.id = l.claim WHERE l.target = ? "
        "ORDER BY l.relation, c.address",
        (target,),
    ).fetchall()


def addresses_of_session(connection: sqlite3.Connection, session: str) -> list[str]:
    """Return the addresses of everything that one session claimed, oldest first."""
    found = connection.execute(
        "SELECT DISTINCT c.address FROM assertions a JOIN claims c ON c.id = a.claim "
        "WHERE a.session = ? ORDER BY a.first",
        (session,),
    )
    return [row[0] for row in found]


def count_of_session(connection: sqlite3.Connection, session: str, origin: str) -> int:
    """Return how many assertions of one origin a session made."""
    return connection.execute(
        "SELECT count(*) FROM assertions WHERE session = ? AND session != '' AND origin = ?",
        (session, origin),
    ).fetchone()[0]


def count_of_branches(connection: sqlite3.Connection, branch: str) -> int:
    """Return how many claims belong to other branches alone."""
    return connection.execute(
        "SELECT count(*) FROM assertions WHERE scope = 'branch' AND branch != ? AND standing = 'active'",
        (branch,),
    ).fetchone()[0]


def counts(connection: sqlite3.Connection) -> dict[str, int]:
    """Return how many assertions there are by standing."""
    return dict(connection.execute("SELECT standing, count(*) FROM assertions GROUP BY standing"))


def _assertion(row: tuple[Any, ...]) -> Assertion:
    id_, full, kind, *values, total = row
    if check(*values) != total:
        raise Damaged(
            f"The row of claim {short(full)} does not fit its sum.",
            "Run `mnemo health`; it restores the newest good backup.",
        )
    claim, branch, *rest, quiet = values
    return Assertion._make((id_, claim, full, kind, branch, *rest, bool(quiet)))
