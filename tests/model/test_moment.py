"""Which events hooks act at, and what switches them off."""

from __future__ import annotations

import pytest

from mnemo.model.moment import EVENTS, KINDS, is_off, is_wanted


def test_every_kind_has_an_event_of_claude_code() -> None:
    assert sorted(EVENTS.values()) == sorted(KINDS)


@pytest.mark.parametrize(
    ("event", "kind", "chosen", "wanted"),
    [
        ("Stop", "stop", "all", True),
        ("Stop", "stop", "SessionStart, stop", True),
        ("AfterAgent", "stop", "Stop", True),
        ("AfterAgent", "stop", "afteragent", True),
        ("Stop", "stop", "SessionStart", False),
        ("Stop", "stop", "", False),
        ("Stop", "stop", "none", False),
    ],
)
def test_an_event_is_wanted_by_its_own_name_or_that_of_claude_code(
    event: str, kind: str, chosen: str, wanted: bool
) -> None:
    assert is_wanted(event, kind, chosen) is wanted


@pytest.mark.parametrize(
    ("value", "off"), [("off", True), (" OFF ", True), ("0", True), ("on", False), ("", False)]
)
def test_only_a_no_switches_hooks_off(value: str, off: bool) -> None:
    assert is_off(value) is off
