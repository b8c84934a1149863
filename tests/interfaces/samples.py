"""Records of corrections as their commands answer them, FOREIGN wherever somebody else's text stands."""

from __future__ import annotations

from typing import Any

ADDRESS = "59d5d218b43a" + "0" * 52
OTHER = "370795435d55" + "0" * 52

Record = dict[str, Any]

# Stands for whatever somebody else wrote: claims, messages, branches, paths, output of commands.
FOREIGN = "QQQ"

ANCHORS: list[Record] = [
    {"type": "file", "path": FOREIGN, "state": "ok"},
    {"type": "grep", "pattern": FOREIGN, "path": "a.py", "state": "drifted", "reason": FOREIGN},
]
CLAIM: Record = {
    "address": ADDRESS, "content": FOREIGN, "shortened": False, "why": FOREIGN, "when": FOREIGN,
    "verdict": "drifted", "domain": "decisions", "branch": FOREIGN, "here": False, "standing": "active",
    "score": 1.0, "age": "just now", "confidence": 0.8, "tags": [FOREIGN], "anchors": ANCHORS,
}  # fmt: skip
BESIDE: list[Record] = [{"address": OTHER, "reason": FOREIGN, "content": FOREIGN}]
PLACES: dict[str, Record] = {
    "why": {
        "path": FOREIGN, "lines": [3, 4],
        "claims": [{**CLAIM, "near": "line"}], "dead_ends": [{**CLAIM, "domain": "history", "near": "file"}],
        "commits": [
            {"commit": "a" * 40, "age": "just now", "author": FOREIGN, "subject": FOREIGN, "of": "line"},
        ],
        "evidence": [
            {
                "evidence": "evidence_1", "status": "passed", "task": "task_1", "title": FOREIGN,
                "task_status": "completed", "age": "just now",
            },
        ],
        "notes": [FOREIGN],
    },
    "check": {
        "format": "text", "base": "a" * 40, "head": "", "changed": 1, "checked": 3, "before": 1,
        "unjudged": 1,
        "findings": [
            {
                "effect": "breaks", "address": ADDRESS, "content": FOREIGN, "domain": FOREIGN,
                "branch": FOREIGN, "age": FOREIGN,
                "anchors": [{**ANCHORS[1], "effect": "breaks"}],
            },
        ],
        "notes": [FOREIGN],
    },
}  # fmt: skip
CORRECTIONS: dict[str, Record] = {
    **PLACES,
    "show": {
        "claim": {
            "address": ADDRESS, "content": FOREIGN, "verdict": "drifted", "anchors": ANCHORS, "why": FOREIGN,
        },
        "assertions": [
            {
                "branch": FOREIGN, "scope": "branch", "standing": "retracted", "reason": FOREIGN,
                "source": "agent", "agent": FOREIGN, "session": FOREIGN, "age": "just now",
            },
        ],
        "links": [{"relation": "blocks", "address": OTHER, "content": FOREIGN}],
        "history": [
            {
                "when": "2026", "did": "retract", "who": FOREIGN, "source": "agent", "branch": FOREIGN,
                "reason": FOREIGN,
            },
        ],
        "duplicates": BESIDE, "conflicts": BESIDE,
    },
    "inbox": {"claims": [{**CLAIM, "standing": "unconfirmed"}], "waiting": 1},
    "mend": {
        "groups": [
            {
                "group": "0123abcd", "what": FOREIGN, "place": FOREIGN, "certain": True,
                "claims": [{"address": ADDRESS, "content": FOREIGN, "anchors": ANCHORS}],
            },
        ],
    },
    "forget": {
        "forgotten": [ADDRESS], "erased": True, "not_reached": [FOREIGN],
        "already": [{"address": OTHER, "standing": "retracted", "reason": FOREIGN}],
    },
    "undo": {
        "undone": [{"kind": "claimed", "summary": FOREIGN, "when": "just now"}],
        "lasting": [{"kind": "purge", "summary": FOREIGN, "when": "just now", "reason": "for ever"}],
    },
}  # fmt: skip
