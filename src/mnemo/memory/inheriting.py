"""What a claim takes over from those that it supersedes: their links, repetitions and counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from mnemo.model.claim import View, current
from mnemo.model.event import Part
from mnemo.store import assertions, counters
from mnemo.store.connections import Connection


class Heritage(NamedTuple):
    """What superseded claims leave.

    Args:
        part: what the new claim's own part of the event says besides.
        links: relation and address of each claim that links to one of them.
    """

    part: dict[str, Any]
    links: list[tuple[str, str]]


def heritage(connection: Connection, superseded: Sequence[str], view: View) -> Heritage:
    """Return what some claims leave to the one that supersedes them.

    Args:
        superseded: whole addresses.
        view: from where memory is looked at.
    """
    own: dict[tuple[str, str], None] = {}
    towards: dict[tuple[str, str], None] = {}
    repeated = 0
    for address in superseded:
        held = assertions.by_address(connection, address)
        one = current(held, view) or held[-1]
        repeated += one.reinforced
        own.update(dict.fromkeys(assertions.links_from(connection, one.claim)))
        towards.update(dict.fromkeys(assertions.links_to(connection, address)))
    links = [list(link) for link in own if link[1] not in superseded]
    found = {"links": links, "reinforced": repeated}
    part = {name: value for name, value in found.items() if value}
    return Heritage(part, [link for link in towards if link[1] not in superseded])


def let_links_follow(parts: dict[str, Part], left: Heritage, address: str) -> None:
    """Let what links to superseded claims link to the new one too, as part of the same deed.

    Args:
        parts: those of the deed; a claim that has a part of its own in it keeps that.
        left: what the superseded claims leave.
        address: of the new claim.
    """
    for relation, source in left.links:
        part = parts.setdefault(f"claim/{source}", {"do": "link", "relation": relation, "target": address})
        if part["do"] == "link" and (part["relation"], part["target"]) != (relation, address):
            part.setdefault("further", []).append([relation, address])


def take_over_counts(connection: Connection, replaced: Iterable[tuple[str, Sequence[str]]]) -> None:
    """Count what superseded claims were recalled for those that supersede them, in the caller's transaction.

    Args:
        replaced: each new claim and what it supersedes, whole addresses.
    """
    for address, superseded in replaced:
        rows = [one.claim for old in superseded for one in assertions.by_address(connection, old)[:1]]
        held = counters.by_claim(connection, rows) if rows else {}
        total = counters.NOTHING
        for counts in held.values():
            total = counters.both(total, counts)
        if total != counters.NOTHING:
            counters.add(connection, {address: total})
