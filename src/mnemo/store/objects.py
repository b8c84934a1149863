"""Texts and payloads apart from events, by hash: a text can be erased while every chain stays whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from mnemo import json_light as json
from mnemo.errors import Damaged, Invalid
from mnemo.ids import canonical, digest
from mnemo.light import Any, NamedTuple
from mnemo.redact import clean
from mnemo.store import rows
from mnemo.store.engine import sqlite3

Payload = dict[str, Any]
_NONE: Mapping[str, Payload] = {}
_PUT = "INSERT INTO objects (hash, bytes) VALUES (?, ?) ON CONFLICT (hash) DO NOTHING"


class Sealed(NamedTuple):
    """A payload that is redacted, hashed and ready to be stored.

    Args:
        hash: sha-256 of the bytes, 64 hex.
        data: canonical JSON.
        payload: what the bytes say.
    """

    hash: str
    data: bytes
    payload: Payload


def seal(payload: Payload) -> Sealed:
    """Redact a payload and give it its hash: the one door through which text enters the store.

    Raises:
        Invalid: the text holds half a character that no file can keep.
    """
    cleaned = clean(payload)
    try:
        data = canonical(cleaned)
    except UnicodeEncodeError as error:
        odd = error.object[error.start : error.end].encode("unicode_escape").decode()
        raise Invalid(
            f"The text holds half of a character ({odd}).", "Send it again without lone surrogates."
        ) from None
    return Sealed(digest(data), data, cleaned)


def put(connection: sqlite3.Connection, sealed: Sealed) -> None:
    """Store a sealed payload once."""
    put_all(connection, (sealed,))


def put_all(connection: sqlite3.Connection, some: Iterable[Sealed]) -> None:
    """Store sealed payloads, each once, in the order of their hashes, as the index has them."""
    connection.executemany(_PUT, sorted((bytes.fromhex(one.hash), one.data) for one in some))


def put_bytes(connection: sqlite3.Connection, object_hash: str, data: bytes) -> None:
    """Store bytes that are known to have this hash."""
    connection.execute(_PUT, (bytes.fromhex(object_hash), data))


def find_bytes(connection: sqlite3.Connection, object_hash: str) -> bytes | None:
    """Return an object's bytes, or None when it was erased or has not arrived.

    Raises:
        Damaged: the bytes no longer have that hash.
    """
    found = connection.execute(
        "SELECT bytes FROM objects WHERE hash = ?", (bytes.fromhex(object_hash),)
    ).fetchone()
    if found is None:
        return None
    return _whole(object_hash, found[0])


def _whole(object_hash: str, data: bytes) -> bytes:
    if digest(data) != object_hash:
        raise Damaged(
            f"The text {object_hash[:12]} does not fit its hash.",
            "Run `mnemo health`; it restores the newest good backup.",
        )
    return data


def find(connection: sqlite3.Connection, object_hash: str) -> Payload | None:
    """Return what an object says, or None when it was erased or has not arrived."""
    data = find_bytes(connection, object_hash) if object_hash else None
    return None if data is None else json.loads(data)


def by_hash(
    connection: sqlite3.Connection, hashes: Iterable[str], at_hand: Mapping[str, Payload] = _NONE
) -> dict[str, Payload]:
    """Return what objects say by their hash; those that were erased or have not arrived are left out.

    Args:
        hashes: of what is wanted; empty ones are passed over.
        at_hand: payloads that need not be read, by their hash.

    Raises:
        Damaged: the bytes of one no longer have its hash.
    """
    wanted = [one for one in dict.fromkeys(hashes) if one]
    found = {name: at_hand[name] for name in wanted if name in at_hand}
    for name, data in _iter_stored(connection, [name for name in wanted if name not in found]):
        found[name] = json.loads(_whole(name, data))
    return found


def contents_of(connection: sqlite3.Connection, claims: Sequence[int]) -> dict[int, str]:
    """Return the statements of the claims with these rows, by row; erased ones are left out.

    Raises:
        Damaged: one of them is not what was stored.
    """
    found: list[tuple[int, str]] = []
    for some, marks in rows.iter_portions(claims):
        found += connection.execute(
            f"SELECT claim, object FROM assertions WHERE claim IN ({marks}) AND object != ''", some
        )
    contents = by_hash(connection, [name for _, name in found])
    return {claim: contents[name]["content"] for claim, name in found if name in contents}


def iter_active(connection: sqlite3.Connection) -> Iterator[str]:
    """Yield the statement of each claim that somebody stands for."""
    found = connection.execute(
        "SELECT max(object) FROM assertions WHERE standing = 'active' AND object != '' GROUP BY claim"
    ).fetchall()
    for _, data in _iter_stored(connection, [row[0] for row in found]):
        yield json.loads(data)["content"]


def _iter_stored(connection: sqlite3.Connection, hashes: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    for some, marks in rows.iter_portions([bytes.fromhex(one) for one in hashes]):
        for key, data in connection.execute(f"SELECT hash, bytes FROM objects WHERE hash IN ({marks})", some):
            yield key.hex(), data


def erase(connection: sqlite3.Connection, hashes: Iterable[str]) -> int:
    """Delete objects for ever; return how many there were."""
    count = 0
    for object_hash in hashes:
        count += connection.execute(
            "DELETE FROM objects WHERE hash = ?", (bytes.fromhex(object_hash),)
        ).rowcount
    return count
