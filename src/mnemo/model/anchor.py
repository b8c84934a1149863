"""Anchors: conditions that tie a claim to the repository, and what judging them says."""

from __future__ import annotations

from collections.abc import Iterable

from mnemo.light import Any, NamedTuple

TYPES = ("file", "grep", "dependency", "content", "symbol", "test")
STATES = ("ok", "drifted", "missing", "error", "unknown")
WAS = "was"  # in a pin, the path under which a file was claimed that was followed to another
VERDICTS = ("proven", "unanchored", "unproven", "drifted", "refuted")


class Anchor(NamedTuple):
    """One machine-checkable condition; fields that its type does not use stay empty.

    Args:
        type: one of TYPES.
        path: relative POSIX path (file, content, symbol; optional for grep).
        pattern: text or expression to find (grep).
        regex: whether pattern is an expression.
        name: dotted symbol, distribution name or test id.
        spec: version range (dependency).
        absent: the condition must not hold.
        pin: what was there when it was pinned (content, symbol), and where it was claimed when it was
            followed; None until then.
        beside: paths that its claim's other anchors name; on them, a test's result rests. Never written
            down: anchors_of gives it.
    """

    type: str
    path: str = ""
    pattern: str = ""
    regex: bool = False
    name: str = ""
    spec: str = ""
    absent: bool = False
    pin: dict[str, Any] | None = None
    beside: tuple[str, ...] = ()


def followed(anchor: Anchor, path: str) -> Anchor:
    """Return an anchor at the path that its file has now, which remembers the first one."""
    pin = anchor.pin or {}
    return anchor._replace(path=path, pin={**pin, WAS: pin.get(WAS, anchor.path)})


class Finding(NamedTuple):
    """What judging one anchor said.

    Args:
        state: one of STATES.
        reason: one sentence for a person; empty when there is nothing to add.
        path: where the anchored thing is now, when it moved to another file.
        lines: first and last line of it now, where it has lines and is there.
    """

    state: str
    reason: str = ""
    path: str = ""
    lines: tuple[int, int] | None = None


def anchor_record(anchor: Anchor) -> dict[str, Any]:
    """Return an anchor as JSON: its type and the fields it uses."""
    return {
        name: value
        for name, value in anchor._asdict().items()
        if name != "beside" and value not in ("", False, None)
    }


def anchor_from_record(record: dict[str, Any]) -> Anchor:
    """Return the anchor that anchor_record wrote; unknown fields of later versions are ignored."""
    get = record.get
    return Anchor(
        record["type"], get("path", ""), get("pattern", ""), get("regex", False), get("name", ""),
        get("spec", ""), get("absent", False), get("pin"),
    )  # fmt: skip


def anchors_of(payload: dict[str, Any]) -> list[Anchor]:
    """Return the anchors of what a claim says; those on tests know the paths that the others name."""
    anchors = [anchor_from_record(record) for record in payload.get("anchors", [])]
    paths = tuple(sorted({anchor.path for anchor in anchors if anchor.path}))
    return [anchor._replace(beside=paths) if anchor.type == "test" else anchor for anchor in anchors]


def verdict(states: Iterable[str]) -> str:
    """Return what a claim's anchor states together say."""
    seen = set(states)
    if not seen:
        return "unanchored"
    if "missing" in seen:
        return "refuted"
    if "drifted" in seen:
        return "drifted"
    return "unproven" if seen & {"error", "unknown"} else "proven"
