"""How claims fold: what each deed changes in the assertions of one address."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from mnemo.light import Any
from mnemo.model.claim import LIVE
from mnemo.store import embeddings, objects, rows, search
from mnemo.store.fold import Aggregate, Fold, Texts

DEFAULTS: dict[str, Any] = {
    "domain": "context",
    "confidence": 800,
    "priority": 0,
    "scope": "project",
    "standing": "active",
    "expires": 0,
    "kind": "leaf",
}


def assert_part(**fields: Any) -> dict[str, Any]:
    """Return the part of a claim event that asserts; what equals the default is left out.

    Args:
        fields: object (hash), and any of DEFAULTS.
    """
    return {"do": "assert", **{name: value for name, value in fields.items() if DEFAULTS.get(name) != value}}


def _assert(connection: sqlite3.Connection, folds: Sequence[Fold]) -> None:
    """Assert claims, all in one event: hundreds arrive at once, and take a statement for each table."""
    at, clock = folds[0].event.at, folds[0].event.clock
    branch = at.get("branch", "")
    parts = {fold.name: {**DEFAULTS, **fold.part} for fold in folds}
    claims, new = _claims(connection, {name: part["kind"] for name, part in parts.items()}, clock)
    held = _held(connection, [claims[name] for name in parts if name not in new], branch)
    payloads = objects.by_hash(connection, [part["object"] for part in parts.values()], folds[0].texts)
    asserted: list[rows.Row] = []
    for name, part in parts.items():
        before = held.get(claims[name])
        former = before["standing"] if before else ""
        more = before["reinforced"] + 1 if before and former in LIVE else part.get("reinforced", 0)
        row: rows.Row = {
            "claim": claims[name],
            "branch": branch,
            "commit_id": at.get("commit", ""),
            "worktree": at.get("worktree", ""),
            "session": at.get("session", ""),
            "agent": at.get("agent", ""),
            "origin": at.get("origin", "agent"),
            "scope": part["scope"],
            "domain": part["domain"],
            "confidence": part["confidence"],
            "priority": part["priority"],
            "standing": "active" if former == "active" else part["standing"],
            "cause": "",
            "folder": payloads.get(part["object"], {}).get("path", ""),
            "object": part["object"],
            "clock": clock,
            "first": before["first"] if before else clock,
            "expires": part["expires"],
            "reinforced": more,
            "quiet": before["quiet"] if before else 0,
        }
        asserted.append(row)
    rows.put_all(connection, "assertions", asserted)
    for row in asserted:
        if row["claim"] in held:
            _clear_details(connection, row["claim"], branch)
    _details(connection, asserted, payloads)
    for name, part in parts.items():
        for relation, target in part.get("links", ()):
            _put_link(connection, claims[name], relation, target, clock)


def _supersede(connection: sqlite3.Connection, fold: Fold) -> None:
    _withdraw(connection, fold, "superseded", fold.part["by"])


def _retract(connection: sqlite3.Connection, fold: Fold) -> None:
    _withdraw(connection, fold, "retracted", fold.part.get("cause", ""))


def _purge(connection: sqlite3.Connection, fold: Fold) -> None:
    claim = _claim(connection, fold.name, "leaf", fold.event.clock)
    _withdraw(
        connection, fold._replace(part={**fold.part, "wide": True}), "purged", fold.part.get("cause", "")
    )
    for row in list(rows.iter_rows(connection, "assertions", claim=claim)):
        rows.put(connection, "assertions", {**row, "object": "", "folder": ""})
        _clear_details(connection, claim, row["branch"])
    found = rows.find(connection, "claims", address=fold.name)
    rows.put(connection, "claims", {**(found or {}), "purged": 1})


def _withdraw(connection: sqlite3.Connection, fold: Fold, standing: str, cause: str) -> None:
    """Withdraw this branch's assertion, or with `wide` every branch's; others wait for a merge."""
    at, wide = fold.event.at, bool(fold.part.get("wide"))
    claim = _claim(connection, fold.name, "leaf", fold.event.clock)
    held = list(rows.iter_rows(connection, "assertions", order="clock", claim=claim))
    branch = at.get("branch", "")
    if not any(row["branch"] == branch for row in held):
        model = held[-1] if held else _nothing(claim, fold.event.clock)
        held.append({**model, "branch": branch, "reinforced": 0, "first": fold.event.clock})
    for row in held:
        if wide or row["branch"] == branch:
            own = row["branch"] == branch
            rows.put(
                connection,
                "assertions",
                {
                    **row,
                    "standing": standing,
                    "cause": cause,
                    "clock": fold.event.clock,
                    "scope": "project"
                    if wide
                    else "branch"
                    if own and row["scope"] != "global"
                    else row["scope"],
                    "commit_id": at.get("commit", "") if own else row["commit_id"],
                },
            )


def _repin(connection: sqlite3.Connection, fold: Fold) -> None:
    """Follow what an anchor is tied to: the statement and its standing stay as they are."""
    for row in _assertions(connection, fold):
        if row["branch"] == fold.event.at.get("branch", ""):
            row["object"] = fold.part["object"]
            rows.put(connection, "assertions", row)
            _clear_details(connection, row["claim"], row["branch"])
            _details(connection, [row], objects.by_hash(connection, [fold.part["object"]]))


def _confirm(connection: sqlite3.Connection, fold: Fold) -> None:
    for row in _assertions(connection, fold):
        if row["standing"] in ("unconfirmed", "preliminary"):
            rows.put(connection, "assertions", {**row, "standing": "active", "clock": fold.event.clock})


def _reinforce(connection: sqlite3.Connection, fold: Fold) -> None:
    """Count a repetition where the assertion was made, which may be another branch than the repetition's."""
    branch = fold.part.get("branch", fold.event.at.get("branch", ""))
    for row in _assertions(connection, fold):
        if row["branch"] == branch:
            rows.put(
                connection,
                "assertions",
                {**row, "reinforced": row["reinforced"] + 1, "clock": fold.event.clock},
            )


def _quiet(connection: sqlite3.Connection, fold: Fold) -> None:
    for row in _assertions(connection, fold):
        rows.put(connection, "assertions", {**row, "quiet": int(bool(fold.part.get("on", True)))})


def _link(connection: sqlite3.Connection, fold: Fold) -> None:
    claim = _claim(connection, fold.name, "leaf", fold.event.clock)
    _put_link(connection, claim, fold.part["relation"], fold.part["target"], fold.event.clock)
    for relation, target in fold.part.get("further", ()):
        _put_link(connection, claim, relation, target, fold.event.clock)


def _put_link(connection: sqlite3.Connection, claim: int, relation: str, target: str, clock: int) -> None:
    row = {"claim": claim, "relation": relation, "target": target}
    if rows.find(connection, "links", **row) is None:
        rows.put(connection, "links", {**row, "clock": clock})


def _unlink(connection: sqlite3.Connection, fold: Fold) -> None:
    claim = _claim(connection, fold.name, "leaf", fold.event.clock)
    rows.delete(connection, "links", claim=claim, relation=fold.part["relation"], target=fold.part["target"])


def _clear(connection: sqlite3.Connection, name: str) -> None:
    found = connection.execute("SELECT id FROM claims WHERE address = ?", (name,)).fetchone()
    if found:
        search.remove(connection, [found[0]])
        rows.delete(connection, "claims", address=name)


def _settle(connection: sqlite3.Connection, names: Sequence[str], texts: Texts) -> None:
    """Keep the full text and the sketches in step with the newest payload of some claims."""
    from mnemo.store import sketches  # who only reads does without them

    newest: dict[str, tuple[int, str]] = {}
    for some, marks in rows.iter_portions(names):
        for name, *last in connection.execute(
            "SELECT c.address, c.id, a.object FROM claims c JOIN assertions a ON a.claim = c.id "
            f"WHERE c.address IN ({marks}) ORDER BY a.clock",
            some,
        ):
            newest[name] = (last[0], last[1])
    payloads = objects.by_hash(connection, [object_hash for _, object_hash in newest.values()], texts)
    said = {claim: payloads[name] for claim, name in newest.values() if name in payloads}
    search.index(connection, said)
    sketches.keep(connection, {claim: payload["content"] for claim, payload in said.items()})
    for name, (claim, _) in newest.items():
        if claim not in said:
            search.remove(connection, [claim])
            embeddings.remove(connection, name)


def _claims(
    connection: sqlite3.Connection, kinds: dict[str, str], clock: int
) -> tuple[dict[str, int], set[str]]:
    """Return the rows of claims by their address, and which of them are new; each has its kind in case."""
    found = _rows(connection, list(kinds))
    made = [name for name in kinds if name not in found]
    if made:
        rows.put_all(
            connection,
            "claims",
            [{"address": name, "kind": kinds[name], "made": clock, "purged": 0} for name in made],
        )
        # Each new row has the number after the greatest (https://www.sqlite.org/autoinc.html).
        end = connection.execute("SELECT last_insert_rowid()").fetchone()[0] + 1
        found.update(zip(made, range(end - len(made), end), strict=True))
    return found, set(made)


def _rows(connection: sqlite3.Connection, addresses: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some, marks in rows.iter_portions(addresses):
        found.update(connection.execute(f"SELECT address, id FROM claims WHERE address IN ({marks})", some))
    return found


def _held(connection: sqlite3.Connection, claims: Sequence[int], branch: str) -> dict[int, rows.Row]:
    """Return what a branch asserts of claims already, by their rows."""
    found = (rows.find(connection, "assertions", claim=claim, branch=branch) for claim in claims)
    return {row["claim"]: row for row in found if row}


def _claim(connection: sqlite3.Connection, address: str, kind: str, clock: int) -> int:
    return _claims(connection, {address: kind}, clock)[0][address]


def _assertions(connection: sqlite3.Connection, fold: Fold) -> list[rows.Row]:
    claim = _claim(connection, fold.name, "leaf", fold.event.clock)
    return list(rows.iter_rows(connection, "assertions", claim=claim))


def _details(
    connection: sqlite3.Connection, asserted: Sequence[rows.Row], payloads: dict[str, objects.Payload]
) -> None:
    """Write the tags and anchors that assertions' payloads name, so that they can be looked up."""
    tags: list[rows.Row] = []
    anchors: list[rows.Row] = []
    inputs: list[rows.Row] = []
    for row in asserted:
        payload = payloads.get(row["object"], {})
        inputs += [{"claim": row["claim"], "input": origin} for origin in payload.get("inputs", ())]
        if "tags" in payload or "anchors" in payload:
            assertion = _row(connection, row["claim"], row["branch"])
            tags += [{"assertion": assertion, "tag": tag} for tag in payload.get("tags", ())]
            anchors += [
                {
                    "assertion": assertion,
                    "position": position,
                    "type": anchor["type"],
                    "path": anchor.get("path", ""),
                    "name": anchor.get("name", ""),
                }
                for position, anchor in enumerate(payload.get("anchors", ()))
            ]
    for table, some in (("tags", tags), ("anchors", anchors), ("inputs", inputs)):
        rows.put_all(connection, table, some)


def _clear_details(connection: sqlite3.Connection, claim: int, branch: str) -> None:
    assertion = _row(connection, claim, branch)
    for table in ("tags", "anchors", "anchor_states"):
        rows.delete(connection, table, assertion=assertion)


def _row(connection: sqlite3.Connection, claim: int, branch: str) -> int:
    return connection.execute(
        "SELECT id FROM assertions WHERE claim = ? AND branch = ?", (claim, branch)
    ).fetchone()[0]


def _nothing(claim: int, clock: int) -> rows.Row:
    """Return the row of a claim that was withdrawn before its assertion arrived here."""
    texts = ("commit_id", "worktree", "session", "agent", "cause", "folder", "object")
    numbers = {"confidence": 800, "priority": 0, "expires": 0, "reinforced": 0, "quiet": 0}
    words = {"origin": "agent", "scope": "branch", "domain": "context", "standing": "retracted", "branch": ""}
    return {"claim": claim, "clock": clock, "first": clock, **dict.fromkeys(texts, ""), **numbers, **words}


CLAIMS = Aggregate(
    apply={
        "supersede": _supersede,
        "retract": _retract,
        "purge": _purge,
        "repin": _repin,
        "confirm": _confirm,
        "reinforce": _reinforce,
        "quiet": _quiet,
        "link": _link,
        "unlink": _unlink,
    },
    clear=_clear,
    settle=_settle,
    together={"assert": _assert},
)
