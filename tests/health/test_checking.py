"""The health check: what it finds, what it does about it, and what it leaves in writing."""

from __future__ import annotations

import json
import os
import random
import shlex
import shutil
import sqlite3
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from mnemo.errors import Refused, TooNew
from mnemo.health import checking
from mnemo.health.guarding import Guard
from mnemo.store import backup
from tests.health.guards import filled, guard_of, rows, write
from tests.stores import assert_whole


def log_of(guard: Guard, name: str) -> list[dict[str, Any]]:
    path = Path(guard.db.folder, "logs", name)
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def overwrite_a_row(guard: Guard) -> None:
    guard.db.close()
    other = sqlite3.connect(guard.db.path)
    other.execute("UPDATE assertions SET confidence = 7 WHERE id = 2")
    other.commit()
    other.close()


def test_a_whole_store_is_said_to_be_whole(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 3)
    record = checking.health(guard_of(tmp_path / "r"))
    assert record | {"notes": []} == {
        "ok": True,
        "integrity": "ok",
        "problems": [],
        "notes": [],
        "backups": 1,
        "last_backup": checking.backups.told_time(guard.copies()[0]),
        "rows": 3,
        "claims": 3,
        "bytes": os.path.getsize(guard.db.path),
    }
    assert [line["detail"]["ok"] for line in log_of(guard, "health.log")] == [True]


def test_two_checks_in_one_interval_make_one_backup(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 3)
    shutil.rmtree(guard.backups_folder())
    for expected in (1, 1):
        assert checking.health(guard)["backups"] == expected
    write(guard, 1, "more")
    assert checking.health(guard)["backups"] == 1
    assert len(log_of(guard, "health.log")) == 3


def test_without_a_store_nothing_is_wrong_and_nothing_is_made(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 0)
    assert not os.path.exists(guard.db.folder)
    assert checking.health(guard)["ok"] is True
    assert not os.path.exists(guard.db.folder)


def test_four_kilobytes_of_noise_are_rolled_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    guard = filled(tmp_path / "r", 40)
    guard.db.close()
    raw = bytearray(Path(guard.db.path).read_bytes())
    middle = len(raw) // 2 // 4096 * 4096
    raw[middle : middle + 4096] = random.Random(7).randbytes(4096)
    Path(guard.db.path).write_bytes(raw)
    again = guard_of(tmp_path / "r")
    record = checking.health(again)
    assert record["ok"] is True
    assert record["integrity"] != "ok"
    assert record["rolled_back_from"] == guard.copies()[0].path
    assert record["data_loss_window_s"] >= 1
    assert Path(record["set_aside"]).read_bytes() == raw
    assert ".corrupt-" in record["set_aside"]
    assert [step["name"] for step in record["steps"]] == ["log", "rollback", "issue", "alert"]
    failures = log_of(again, "failures.log")
    assert [line["detail"]["name"] for line in failures] == ["log", "rollback", "issue", "alert"]
    assert [line["detail"]["step"] for line in failures] == [1, 2, 3, 4]
    assert "critical" in failures[0]["summary"]
    assert "skipped: off" in failures[2]["summary"]
    assert "data_loss_window_s=" in capsys.readouterr().err
    assert rows(again) == 40
    assert checking.health(guard_of(tmp_path / "r"))["integrity"] == "ok"
    assert_whole(again.db)


def test_events_after_the_backup_survive_a_damaged_row(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 4)
    write(guard, 9, "since the backup")
    overwrite_a_row(guard)
    again = guard_of(tmp_path / "r")
    record = checking.health(again)
    assert "does not fit its sum" in record["integrity"]
    assert record["salvaged"] == 9
    assert "nothing that was acknowledged is missing" in record["notes"][0]
    assert record["rows"] == 13
    assert rows(again) == 13
    assert_whole(again.db)


def test_damage_is_only_reported_where_rolling_back_is_switched_off(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 4)
    overwrite_a_row(guard)
    before = Path(guard.db.path).read_bytes()
    environ = {**os.environ, "MNEMO_HEALTH_AUTO_ROLLBACK": "off"}
    record = checking.health(guard_of(tmp_path / "r", environ))
    assert record["ok"] is False
    assert "does not fit its sum" in record["integrity"]
    assert "rolled_back_from" not in record
    assert any("mnemo restore" in note for note in record["notes"])
    assert Path(guard.db.path).read_bytes() == before
    assert "skipped" in log_of(guard, "failures.log")[1]["summary"]


def test_damage_without_any_backup_is_reported_and_kept(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 4)
    shutil.rmtree(guard.backups_folder())
    overwrite_a_row(guard)
    record = checking.health(guard_of(tmp_path / "r"))
    assert record["ok"] is False
    assert any("No backup" in note and "mnemo restore FILE" in note for note in record["notes"])
    assert [line["detail"]["name"] for line in log_of(guard, "failures.log")] == [
        "log",
        "rollback",
        "issue",
        "alert",
    ]
    assert "failed" in log_of(guard, "failures.log")[1]["summary"]
    assert rows(guard) == 4


def test_a_lost_store_is_brought_back_and_told(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 4)
    shutil.rmtree(guard.db.folder)
    record = checking.health(guard_of(tmp_path / "r"))
    assert record["ok"] is True
    assert record["data_loss_window_s"] >= 1
    assert record["rows"] == 4
    assert any("is gone" in problem for problem in record["problems"])


def test_a_bit_that_no_row_depends_on_is_found_and_local_tables_are_made_anew(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 4)
    raw = bytearray(Path(guard.db.path).read_bytes())
    raw[95] ^= 1
    Path(guard.db.path).write_bytes(raw)
    again = guard_of(tmp_path / "r")
    record = checking.health(again)
    assert record["ok"] is True
    assert record["problems"] == [checking.OUTSIDE]
    assert any("over 4 claims" in note for note in record["notes"])
    again.db.close()
    assert checking.health(guard_of(tmp_path / "r"))["problems"] == []


def test_a_changed_repository_id_is_damage(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 4)
    before = backup.read_facts(guard.db.path).repository
    raw = Path(guard.db.path).read_bytes()
    assert raw.count(before.encode()) == 1
    Path(guard.db.path).write_bytes(raw.replace(before.encode(), before[:-1].encode() + b"z"))
    record = checking.health(guard_of(tmp_path / "r"))
    assert "repository's id" in record["integrity"]
    assert backup.read_facts(guard.db.path).repository == before


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM search_data WHERE id > 10",
        "DELETE FROM search_data",
        "DELETE FROM search_content",
        "UPDATE search_data SET block = x'00ff00ff' WHERE id = 10",
        "UPDATE search_data SET block = zeroblob(9) WHERE id > 10",
        "DELETE FROM search_docsize WHERE id = 2",
    ],
)
def test_a_full_text_index_that_does_not_fit_is_made_anew(tmp_path: Path, damage: str) -> None:
    guard = filled(tmp_path / "r", 4)
    with guard.db.transaction() as connection:
        connection.execute(damage)
    guard.db.close()
    again = guard_of(tmp_path / "r")
    record = checking.health(again)
    assert record["ok"] is True
    assert record["problems"]
    assert rows(again) == 4
    assert_whole(again.db)


def test_a_home_that_cannot_be_written_is_a_note_and_no_failure(tmp_path: Path) -> None:
    filled(tmp_path / "r", 4)
    guard = guard_of(tmp_path / "r", {"HOME": "/nonexistent"})
    record = checking.health(guard)
    assert record["ok"] is True
    assert record["backups"] == 0
    assert any("No backup was made" in note and "MNEMO_BACKUPS" in note for note in record["notes"])


def test_logs_that_cannot_be_written_stop_nobody(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 4)
    Path(guard.db.folder, "logs").write_text("a file where a folder should be")
    assert checking.health(guard)["ok"] is True


def test_a_grown_log_is_rotated(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 1)
    logs = Path(guard.db.folder, "logs")
    logs.mkdir()
    (logs / "health.log").write_text("x" * 1_100_000)
    checking.health(guard)
    assert (logs / "health.log.1").stat().st_size >= 1_100_000
    checking.health(guard)
    assert (logs / "health.log").stat().st_size < 10_000


def test_a_later_versions_store_is_left_to_the_later_version(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 1)
    other = sqlite3.connect(guard.db.path)
    other.execute("PRAGMA user_version = 9")
    other.close()
    before = Path(guard.db.path).read_bytes()
    with pytest.raises(TooNew):
        checking.health(guard_of(tmp_path / "r"))
    assert Path(guard.db.path).read_bytes() == before


def test_a_foreign_store_is_not_even_checked(tmp_path: Path) -> None:
    guard = filled(tmp_path / "evil", 1, {"HOME": str(tmp_path)})
    filled(tmp_path / "r", 0)
    shutil.copytree(guard.db.folder, tmp_path / "r" / ".mnemo")
    with pytest.raises(Refused, match="not believed"):
        checking.health(guard_of(tmp_path / "r"))


def test_a_server_checks_once_an_interval(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 2)
    assert checking.tick(guard) is not None
    assert checking.tick(guard) is None
    write(guard, 3, "more")
    assert checking.tick(guard_of(tmp_path / "r")) is None
    log = Path(guard.db.folder, "logs", "health.log")
    os.utime(log, (time.time() - 4000, time.time() - 4000))
    assert checking.tick(guard) is not None


def test_a_store_without_a_backup_is_backed_up_at_once(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 2)
    checking.tick(guard)
    shutil.rmtree(guard.backups_folder())
    told = checking.tick(guard)
    assert told is not None
    assert told["backups"] == 1


@pytest.mark.parametrize("name", ["plain", "with space", "50% off", "it's"])
def test_the_line_for_cron_runs_in_that_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    line = checking.cron_line(str(folder))
    minute, *fields, command = line.split(" ", 5)
    assert fields == ["*"] * 4
    assert 0 <= int(minute) < 60
    assert "\n" not in line
    shown = command.replace("\\%", "%").split(" && ")[0] + " && pwd"
    told = subprocess.run(["sh", "-c", shown], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == str(folder)
    assert "health --json" in command
    assert shlex.split(command)
