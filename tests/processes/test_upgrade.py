"""An upgrade while servers run: the old says so and writes nothing, the new backs up before it changes."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from mnemo.health import backups
from mnemo.store import backup, migrations
from tests.processes.stdio_client import ERAS, Server, record_of, text_of
from tests.warm import program

# A mnemo of tomorrow: this one with one more migration.
NEWER = """
import sys
from mnemo.store import migrations

def m999_tomorrow(connection):
    connection.execute("CREATE TABLE tomorrow (a INTEGER) STRICT")

migrations.MIGRATIONS = (*migrations.MIGRATIONS, m999_tomorrow)
migrations.SCHEMA += 1
from mnemo.interfaces import cli
sys.exit(cli.main(sys.argv[1:]))
"""
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("recall", {"query": "tokens"}),
    ("recall", {"path": "src/app.py"}),
    ("claim", {"content": "written too late"}),
    ("claim", {"retracts": ["{address}"], "why": "late"}),
    ("verify", {}),
    ("verify", {"repair": True}),
    ("log", {}),
    ("log", {"message": "written too late"}),
    ("dispatch", {}),
    ("dispatch", {"action": "add", "title": "too late"}),
    ("dispatch", {"action": "take"}),
]


def mnemo(*words: str, newer: bool = False) -> tuple[int, dict[str, Any]]:
    """Run a command of this mnemo or of tomorrow's, and return its exit code and record."""
    start = [sys.executable, "-c", NEWER] if newer else [program()]
    run = subprocess.run([*start, *words, "--json"], capture_output=True, text=True)
    return run.returncode, json.loads(run.stdout)


def raise_version(path: Path, number: int = 99) -> None:
    """Write into a store what a later mnemo would have written."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO migrations VALUES (?, 'm099_later', 0)", (number,))
        connection.execute(f"PRAGMA user_version = {number}")
        connection.commit()


def content(path: Path) -> dict[str, list[Any]]:
    """Read every row of every table of a store."""
    with closing(sqlite3.connect(path)) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}


@pytest.mark.parametrize("era", ERAS)
def test_a_server_older_than_the_store_says_so_to_every_call_and_writes_nothing(
    era: str, repository: Path
) -> None:
    store = repository / ".mnemo" / "mnemo.db"
    with Server(era, folder=repository) as server:
        server.open()
        address = record_of(server.call("claim", content="tokens expire", anchors=["src/app.py"]))["claims"][
            0
        ]
        assert not server.call("recall", query="tokens")["isError"]
        raise_version(store)
        before = content(store)
        for tool, arguments in CALLS:
            given = json.loads(json.dumps(arguments).replace("{address}", address["address"]))
            answer = server.call(tool, **given)
            assert answer["isError"], (tool, given)
            assert record_of(answer)["error"] == "too_new"
            assert "The store is now version 99's" in text_of(answer)
            assert "Restart the client" in text_of(answer)
        assert content(store) == before
        assert not server.call("help")["isError"]
    assert content(store) == before


def test_a_server_started_on_a_newer_store_says_so_too(repository: Path) -> None:
    mnemo("claim", "tokens expire")
    raise_version(repository / ".mnemo" / "mnemo.db")
    before = content(repository / ".mnemo" / "mnemo.db")
    with Server(folder=repository) as server:
        for tool, arguments in CALLS[:3]:
            assert record_of(server.call(tool, **arguments))["error"] == "too_new"
    assert content(repository / ".mnemo" / "mnemo.db") == before
    code, record = mnemo("brief")
    assert (code, record["error"]) == (1, "too_new")


def test_a_newer_mnemo_backs_up_before_it_changes_the_store_while_an_older_server_runs(
    repository: Path, home: Path
) -> None:
    with Server(folder=repository) as server:
        server.open()
        assert not server.call("claim", content="tokens expire")["isError"]
        assert mnemo("claim", "said by tomorrow", newer=True)[0] == 0
        late = server.call("claim", content="written too late")
        assert record_of(late)["error"] == "too_new"
        assert f"version {migrations.SCHEMA + 1}'s" in text_of(late)
    said = [one["content"] for one in mnemo("claims", newer=True)[1]["claims"]]
    assert said == ["said by tomorrow", "tokens expire"]
    copies = [
        one for folder in (home / ".mnemo" / "backups").iterdir() for one in backups.list_backups(str(folder))
    ]
    (kept,) = [Path(one.path) for one in copies if one.told.get("cause") == "before a migration"]
    assert "tokens expire" in str(content(kept))
    assert "said by tomorrow" not in str(content(kept))
    facts = backup.read_facts(str(kept))
    assert (facts.claims, facts.schema) == (1, migrations.SCHEMA)
    # And back: the copy is what the older mnemo reads again; the newer store is set aside, never deleted.
    assert mnemo("recall", "tokens")[1]["error"] == "too_new"
    code, record = mnemo("restore", str(kept))
    assert code == 0, record
    assert [one["content"] for one in mnemo("claims")[1]["claims"]] == ["tokens expire"]
    aside = [name for name in os.listdir(repository / ".mnemo") if re.search(r"\.replaced-\w+$", name)]
    assert any("said by tomorrow" in str(content(repository / ".mnemo" / name)) for name in aside)


def test_without_room_for_the_backup_nothing_is_changed(repository: Path, home: Path) -> None:
    mnemo("claim", "tokens expire")
    before = content(repository / ".mnemo" / "mnemo.db")
    shutil.rmtree(home / ".mnemo" / "backups")
    (home / ".mnemo" / "backups").write_text("a file where the folder should be")
    code, record = mnemo("claim", "said by tomorrow", newer=True)
    assert (code, record["ok"]) == (1, False)
    assert content(repository / ".mnemo" / "mnemo.db") == before
    assert mnemo("recall", "tokens")[0] == 0
