"""The first minutes of somebody new, on a real terminal, with the mnemo that is installed already."""

from __future__ import annotations

import json
from pathlib import Path

from tests.benchmarks.newcomer import FACT, OWN, Newcomer, walk
from tests.processes.hook_client import compile_all
from tests.repos import make_repository


def test_somebody_new_installs_asks_tells_changes_the_code_and_asks_again(tmp_path: Path, home: Path) -> None:
    compile_all()
    steps = list(walk(Newcomer(home, make_repository(tmp_path / "shop", OWN))))
    installed, first, imported, asked, claimed, second, proven, refuted, third = [one.shown for one in steps]
    assert "Installed." in installed
    assert "Next: mnemo import auto" in installed
    assert "Still to do for claude (local): restart Claude Code" in installed
    assert "person: mnemo: no claims yet; `mnemo import auto`" in first
    assert "gateway" in imported
    assert "Never call the payment gateway from tests." in asked
    assert "every anchor holds" in claimed
    assert "person: mnemo: 2 claims\n" in second
    assert "1. proven" in proven
    assert FACT in proven
    assert FACT not in refuted
    assert "charge is no longer defined in pay.py" in refuted
    assert "person: mnemo: 2 claims, 1 no longer true" in third
    assert FACT in third


def test_an_enter_behind_a_key_does_not_answer_the_next_question(tmp_path: Path, home: Path) -> None:
    newcomer = Newcomer(home, make_repository(tmp_path / "shop", OWN))
    assert "Installed." in newcomer.types("install", "claude", keys=("n", "y")).shown
    settings = json.loads((newcomer.top / ".claude" / "settings.local.json").read_text())
    assert "permissions" not in settings
    declined = newcomer.types("uninstall", keys=("n",)).shown
    assert declined.rstrip().endswith("Nothing was changed.")
