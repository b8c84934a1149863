"""What is done on a failure: four steps in order, each noted, none stopping the next."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from mnemo.errors import NotFound
from mnemo.health import failing

ANSWER = {
    "rows": 3,
    "from": "/b/memory.db",
    "lost_seconds": 42,
    "taken": "2026-11-20T09:57:09Z",
    "salvaged": 0,
    "missing": None,
    "set_aside": "",
}


def noted(folder: Path) -> list[tuple[int, str, str]]:
    lines = (folder / "logs" / "failures.log").read_text().splitlines()
    details = [json.loads(line)["detail"] for line in lines]
    return [(one["step"], one["name"], one["outcome"]) for one in details]


def test_each_step_is_noted_in_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = failing.respond(str(tmp_path), "a page is torn", lambda: dict(ANSWER))
    assert noted(tmp_path) == [
        (1, "log", "critical: a page is torn"),
        (2, "rollback", "restored 3 events from /b/memory.db"),
        (3, "issue", "skipped: off"),
        (4, "alert", "told on standard error"),
    ]
    assert answer == {**ANSWER, "problem": "a page is torn", "steps": answer["steps"]}
    assert capsys.readouterr().err == (
        "mnemo: a page is torn; restored 3 events from /b/memory.db data_loss_window_s=42\n"
    )


def test_a_rollback_that_fails_stops_no_other_step(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> dict[str, object]:
        raise NotFound("No backup of this repository passes its check.")

    with pytest.raises(NotFound):
        failing.respond(str(tmp_path), "a page is torn", fail)
    assert [step[1] for step in noted(tmp_path)] == ["log", "rollback", "issue", "alert"]
    assert noted(tmp_path)[1][2].startswith("failed: No backup")
    assert "nothing was restored" in capsys.readouterr().err


def test_a_rollback_that_is_switched_off_is_noted(tmp_path: Path) -> None:
    answer = failing.respond(str(tmp_path), "a page is torn", None)
    assert noted(tmp_path)[1][2] == "skipped: health.auto_rollback is off"
    assert "from" not in answer


def test_neither_logs_nor_a_closed_standard_error_stop_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "logs").write_text("a file where a folder should be")
    with open(tmp_path / "closed", "w", encoding="utf-8") as closed:
        pass
    monkeypatch.setattr(sys, "stderr", closed)
    answer = failing.respond(str(tmp_path), "a page is torn", lambda: dict(ANSWER))
    assert answer["steps"][3]["outcome"] == "failed: standard error is closed"


def test_what_came_back_is_told_in_one_line() -> None:
    plain = failing.told({**ANSWER, "problem": "it was gone"})
    assert "it was gone" in plain
    assert "Restored 3 events as of 2026-11-20T09:57:09Z" in plain
    assert "42 s" in plain
    more = failing.told({**ANSWER, "problem": "torn", "salvaged": 7, "set_aside": "/r/mnemo.db.corrupt-1"})
    assert "except 7 events that were still whole" in more
    assert "kept as /r/mnemo.db.corrupt-1" in more
    assert "\n" not in plain + more
    proven = failing.told({**ANSWER, "problem": "torn", "missing": 0})
    assert "nothing that was acknowledged is missing" in proven
    assert "42 s" not in proven
