"""Addresses, ids and the one form in which values are hashed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

from mnemo import json_light as json
from mnemo.light import TYPE_CHECKING, Any, cast

ADDRESS_LENGTH = 64
SHOWN_LENGTH = 12
SHORTEST_PREFIX = 4
_PLAIN = (str, int)
SHORT_BYTES, LONG_BYTES = 100, 100_000

# Loading OpenSSL takes 3 ms, a fifth of what a hook may cost. Python's own hashes are there at once; they are
# as fast for short texts and a seventh as fast for long ones.
if TYPE_CHECKING:
    from hashlib import blake2b, sha256
else:
    try:
        from _blake2 import blake2b

        sha256 = __import__("_sha2" if sys.version_info >= (3, 12) else "_sha256").sha256
    except ImportError:  # left out by who built this Python
        from hashlib import blake2b, sha256


def digest(data: bytes) -> str:
    """Return the sha-256 of data as 64 hexadecimal digits."""
    if len(data) > SHORT_BYTES and (len(data) > LONG_BYTES or "hashlib" in sys.modules):
        import hashlib

        return hashlib.sha256(data).hexdigest()
    return sha256(data).hexdigest()


def number(data: bytes) -> int:
    """Return a hash of data as a signed 64-bit integer: 8 bytes of blake2b."""
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "big", signed=True)


def address(kind: str, content: str, inputs: Iterable[str] = ()) -> str:
    """Return the address of a claim: sha-256 over kind, content and its inputs.

    Args:
        kind: leaf, compress, supersede, root, pipeline or vector.
        content: the statement.
        inputs: addresses it was made from, in any order.
    """
    return digest("\n".join((kind, content, ",".join(sorted(inputs)))).encode())


def short(full: str) -> str:
    """Return the part of an address that people see (12 digits)."""
    return full[:SHOWN_LENGTH]


def canonical(value: Any) -> bytes:
    """Return value as canonical JSON: sorted keys, no white space, UTF-8, no floats.

    Raises:
        TypeError: a float or another type that has no canonical form.
        UnicodeEncodeError: a lone surrogate.
    """
    _refuse_floats(value)
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError(f"{value!r} is a float and has no canonical form")
    if isinstance(value, dict):
        value = list(cast(dict[str, Any], value).values())
    if isinstance(value, (list, tuple)):
        for item in cast(list[Any], value):
            if type(item) not in _PLAIN:  # nearly all are, and a call for each would be most of the work
                _refuse_floats(item)


def new_id(prefix: str) -> str:
    """Return a random id of 128 bits behind its prefix, such as task_9f…"""
    return f"{prefix}_{os.urandom(16).hex()}"


def check(*values: object) -> int:
    """Return a signed 64-bit sum of a row's values, kept in the row to tell damage from data."""
    return number(repr(values).encode("utf-8", "surrogatepass"))
