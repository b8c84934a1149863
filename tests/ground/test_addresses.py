"""Addresses and hashes that earlier stores gave the same texts."""

from __future__ import annotations

import pytest

from mnemo import ids
from mnemo.anchors.passages import hash_lines


@pytest.mark.parametrize(
    ("content", "address"),
    [
        ("The auth module uses JWT tokens with 15 minute expiry", "370795435d55"),
        ("We chose SQLite over Postgres because it needs no server", "59d5d218b43a"),
        ("Connection pool hangs under load when pool size is 5", "b4f867d3ae1a"),
    ],
)
def test_a_statement_has_the_address_that_it_always_had(content: str, address: str) -> None:
    assert ids.short(ids.address("leaf", content)) == address


def test_what_a_claim_was_made_from_counts_in_any_order() -> None:
    assert ids.short(ids.address("supersede", "x", ["b", "a"])) == "8dd4bf7b2bcc"
    assert ids.address("supersede", "x", ["a", "b"]) == ids.address("supersede", "x", ["b", "a"])
    assert ids.address("supersede", "x", ["a"]) != ids.address("leaf", "x")


def test_a_passage_has_the_hash_that_it_always_had() -> None:
    assert hash_lines(["def f(x):", "return x"]) == "aa9e91228a6da72a"
