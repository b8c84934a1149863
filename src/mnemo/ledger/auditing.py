"""The audit: does every event, every kept text and every piece of evidence stand as it was written?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from mnemo.errors import Invalid
from mnemo.ledger import bundles
from mnemo.ledger.names import brief, shown
from mnemo.model.event import Event, Part
from mnemo.store import audited, chains
from mnemo.store.chains import Chain
from mnemo.store.database import Database

SHORTEST_HEAD = 12
# Under this name a chain's head is written into a tag or a note: replica, space, number, hash.
TRAILER = "Mnemo-Head"
_NOTED = re.compile(r"(\S+) (\S+) (\d+) ([0-9a-f]{64})")

Record = dict[str, Any]


class Witness:
    """What the events say of evidence, gathered while the chains are walked."""

    def __init__(self) -> None:
        self.recorded: dict[str, list[tuple[int, Part]]] = {}
        self.undone: set[str] = set()

    def see(self, event: Event) -> None:
        """Take what one event says of evidence."""
        for name, part in event.parts.items():
            kind, _, full = name.partition("/")
            if kind == "evidence" and part.get("do") == "record":
                self.recorded.setdefault(full, []).append((event.seq, part))
            elif kind == "evidence" and part.get("do") == "undo":
                self.undone.add(full)


def list_heads(db: Database) -> list[Record]:
    """Return the newest event of each chain, with the line that notes it down elsewhere.

    Returns:
        replica, space, seq, hash and trailer of each.
    """
    with db.reading() as connection:
        walked = chains.walk(connection)
    return [
        {
            "replica": one.replica,
            "space": one.space,
            "seq": one.seq,
            "hash": one.head,
            "trailer": f"{TRAILER}: {one.replica} {one.space} {one.seq} {one.head}",
        }
        for one in walked
    ]


def verify(db: Database, heads: Iterable[str] = (), noted: Iterable[str] = ()) -> Record:
    """Walk every chain of events and compare with it what is kept beside it; nothing is changed.

    Args:
        db: the store.
        heads: hashes of events that were noted down elsewhere; each must still be in a chain. That is how
            a chain whose end was cut off together with every copy is found.
        noted: what trailers in git say. Only chains of replicas that are here are looked for: colleagues
            note down their own.

    Returns:
        ok, noted (how many of those heads were looked for), events, texts, evidence (counts), chains
        (replica, space, events, sealed, seq, head, broken: the first number that does not hold, reason),
        findings: a line for everything that is wrong.

    Raises:
        Invalid: a head that is no hash.
    """
    wanted = [_head(each) for each in heads]
    witness = Witness()
    with db.reading() as connection:
        walked = chains.walk(connection, witness.see)
        here = {chain.replica for chain in walked}
        told = [found for each in noted if (found := _NOTED.fullmatch(each)) and found[1] in here]
        texts = audited.text_hashes(connection)
        evidence = list(audited.iter_evidence(connection))
        findings = [
            *(chains.sentence(one) for chain in walked for one in chain.breaks),
            *_about_texts(audited.list_broken_texts(connection), evidence),
            *_about_evidence(evidence, witness, texts),
            *bundles.list_changed(connection, db.folder),
            *(
                f"no chain holds the event {head[:SHORTEST_HEAD]} that was noted down"
                for head in wanted
                if not audited.has_event(connection, head)
            ),
            *(
                f"the {space} chain of {replica[:12]} lost event {seq}, which git has noted down"
                for replica, space, seq, head in (each.groups() for each in told)
                if not audited.has_event(connection, head)
            ),
        ]
    lost = db.lost() if db.exists() else 0
    if lost:
        findings.append(f"{lost} events that were acknowledged are not in the store")
    return {
        "ok": not findings,
        "noted": len(told),
        "events": sum(chain.events for chain in walked),
        "texts": len(texts),
        "evidence": len(evidence),
        "chains": [_chain_record(chain) for chain in walked],
        "findings": findings,
    }


def _chain_record(chain: Chain) -> Record:
    first = chain.breaks[0] if chain.breaks else None
    return {
        "replica": chain.replica,
        "space": chain.space,
        "events": chain.events,
        "sealed": chain.sealed,
        "seq": chain.seq,
        "head": chain.head,
        "broken": first.seq if first else None,
        "reason": first.reason if first else "",
    }


def _about_texts(broken: list[str], evidence: list[Record]) -> list[str]:
    owners = {row["object"]: shown(row["evidence"]) for row in evidence}
    return [
        f"what {owners[text]} says, its kept output included, does not fit its hash"
        if text in owners
        else f"the text {text[:SHORTEST_HEAD]} does not fit its hash"
        for text in broken
    ]


def _about_evidence(evidence: list[Record], witness: Witness, texts: set[str]) -> list[str]:
    """Return where evidence is not what an event says that was recorded."""
    wrong: list[str] = []
    for row in evidence:
        name, recorded = shown(row["evidence"]), witness.recorded.get(row["evidence"], [])
        if not recorded:
            wrong.append(f"no event recorded {name}")
        elif not any(_says(part, row) for _, part in recorded):
            wrong.append(f"{name} is not what event {recorded[0][0]} recorded")
        if row["object"] and row["object"] not in texts:
            wrong.append(f"what {name} says is gone")
    kept = {row["evidence"] for row in evidence}
    return wrong + [
        f"{shown(name)}, which event {parts[0][0]} recorded, is gone"
        for name, parts in sorted(witness.recorded.items())
        if name not in kept and name not in witness.undone
    ]


def _says(part: Part, row: Record) -> bool:
    told = {"status": "observed", "trust": "advisory", **part}
    return all(told.get(name, "") == row[name] for name in audited.EVIDENCE)


def _head(given: str) -> str:
    told = given.strip().lower()
    if len(told) < SHORTEST_HEAD or len(told) > 64 or not set(told) <= set("0123456789abcdef"):
        raise Invalid(
            f"{brief(given)} is no hash of an event.",
            f"Give {SHORTEST_HEAD} to 64 of its digits; audit verify prints them.",
        )
    return told
