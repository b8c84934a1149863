"""One decision a record: what was decided, why, and whether it still holds."""

from __future__ import annotations

import pytest

from mnemo.importing.decisions import find_decision

NYGARD = """# 3. Use SQLite

Date: 2024-01-02

## Status

Accepted

## Context

One file is easy to back up.

## Decision

We keep everything in one SQLite file.

## Consequences

Backups are simple.
"""
MADR = """---
status: accepted
date: 2024-01-02
---
# Use Markdown records

## Context and Problem Statement

We forget why.

## Considered Options

* MADR
* nothing

## Decision Outcome

Chosen option: "MADR", because it is short.
"""


def test_a_record_in_nygards_form_is_read() -> None:
    found = find_decision(NYGARD, "0003-use-sqlite.md")
    assert found is not None
    assert found.content == "Use SQLite\nWe keep everything in one SQLite file.\nStatus: accepted"
    assert found.why == "One file is easy to back up."
    assert (found.lines, found.status_lines) == ((15, 15), (7, 7))
    assert (found.is_dead, found.is_open) == (False, False)


def test_a_record_in_madrs_form_is_read() -> None:
    found = find_decision(MADR, "use-markdown.md")
    assert found is not None
    assert found.text == 'Chosen option: "MADR", because it is short.'
    assert (found.status, found.status_lines) == ("accepted", (2, 2))


@pytest.mark.parametrize(
    ("status", "dead", "unsettled"),
    [
        ("Superseded by [4](4.md)", True, False),
        ("Accepted\n\nSuperseded by 4", True, False),
        ("Rejected", True, False),
        ("Deprecated", True, False),
        ("Accepted\n\nSupersedes 2", False, False),
        ("Partially superseded by 4", False, False),
        ("Proposed", False, True),
        ("Draft", False, True),
    ],
)
def test_the_status_tells_whether_it_holds(status: str, dead: bool, unsettled: bool) -> None:
    found = find_decision(NYGARD.replace("Accepted", status), "0003-use-sqlite.md")
    assert found is not None
    assert (found.is_dead, found.is_open) == (dead, unsettled)


@pytest.mark.parametrize("text", ["", "no heading", "# Only a title\n", "# Notes\n\n## Agenda\n\n- tea\n"])
def test_a_file_without_a_decision_is_none(text: str) -> None:
    assert find_decision(text, "notes.md") is None
