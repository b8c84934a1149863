"""Claims read from an export: a file that somebody else may have written, so nothing in it is believed."""

from __future__ import annotations

import json
import os
from typing import Any, cast

from mnemo.errors import Invalid, NotFound
from mnemo.ids import ADDRESS_LENGTH
from mnemo.memory.reviewing import Stated
from mnemo.model.anchor import TYPES, Anchor, anchor_from_record
from mnemo.repo.paths import check_spelling, shown

LARGEST = 100_000_000  # bytes
MOST_CLAIMS = 100_000
MOST_ANCHORS = 50  # of one claim


def read_claims(file: str) -> list[Stated]:
    """Return the active claims of an export.

    Args:
        file: what `mnemo export` wrote.

    Raises:
        NotFound: there is no such file.
        Invalid: it is no export, naming the claim that is none.
    """
    fix = "Write it with: mnemo export --to claims.json"
    try:
        if os.path.getsize(file) > LARGEST:
            raise Invalid(f"{shown(file)} is larger than {LARGEST // 1_000_000} MB.", fix)
        with open(file, encoding="utf-8") as opened:
            value = json.load(opened)
    except OSError as problem:
        raise NotFound(f"{shown(file)} cannot be read: {problem.strerror}.", fix) from problem
    except (ValueError, RecursionError) as problem:
        raise Invalid(f"{shown(file)} is no JSON.", fix) from problem
    listed = cast("dict[str, Any]", value).get("memories") if isinstance(value, dict) else value
    if not isinstance(listed, list) or len(cast("list[Any]", listed)) > MOST_CLAIMS:
        raise Invalid(f"{shown(file)} holds no list of claims.", fix)
    found = [_stated(one, place) for place, one in enumerate(cast("list[Any]", listed))]
    return [one for one in found if one is not None]


def _stated(value: Any, place: int) -> Stated | None:
    """Return one claim, None for one that is not active."""
    claim = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
    content = claim.get("content")
    anchors: Any = claim.get("anchors") or []
    if not isinstance(content, str) or not isinstance(anchors, list):
        raise _no_claim(place, "it has no content")
    if claim.get("standing", "active") != "active":
        return None
    records = cast("list[Any]", anchors)[:MOST_ANCHORS]
    address, domain, branch, age = (
        text if isinstance(text := claim.get(name), str) else ""
        for name in ("address", "domain", "branch", "timestamp")
    )
    known = len(address) == ADDRESS_LENGTH and set(address) <= set("0123456789abcdef")
    return Stated(
        address if known else "", content, domain, branch, age, tuple(_anchor(one, place) for one in records)
    )


def _anchor(value: Any, place: int) -> Anchor:
    record = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
    if record.get("type") not in TYPES:
        raise _no_claim(place, "an anchor of it has no type that is known")
    anchor = anchor_from_record(record)
    texts = [record.get(name, "") for name in ("path", "pattern", "name", "spec")]
    flags = [record.get(name, False) for name in ("regex", "absent")]
    fits = all(isinstance(one, str) for one in texts) and all(isinstance(one, bool) for one in flags)
    if not fits or not _is_flat(anchor.pin):
        raise _no_claim(place, "an anchor of it is not as it was written")
    if anchor.path:
        check_spelling(anchor.path)
    return anchor


def _is_flat(pin: object) -> bool:
    """Tell whether a pin is what pins are: names, and for each a text, a number or a list of numbers."""
    if pin is None:
        return True
    if not isinstance(pin, dict):
        return False
    return all(
        isinstance(value, str | int)
        or (isinstance(value, list) and all(type(one) is int for one in cast("list[Any]", value)))
        for value in cast("dict[Any, Any]", pin).values()
    )


def _no_claim(place: int, why: str) -> Invalid:
    return Invalid(f"Claim {place} of the export cannot be read: {why}.", "Write it with: mnemo export")
