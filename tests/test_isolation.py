"""The guards of conftest.py are themselves able to fail."""

from __future__ import annotations

import os
import socket
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

CHECKOUT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("name", ["/var/tmp/mnemo-guard.db", "file:/var/tmp/mnemo-guard.db?mode=rwc"])
def test_a_store_outside_the_temporary_root_cannot_be_opened(name: str) -> None:
    with pytest.raises(Exception, match="a test opened the database"):
        sqlite3.connect(name, uri=True)
    assert not os.path.exists("/var/tmp/mnemo-guard.db")


def test_a_store_in_the_checkout_cannot_be_opened() -> None:
    with pytest.raises(Exception, match="a test opened the database"):
        sqlite3.connect(CHECKOUT / ".mnemo" / "mnemo.db")


def test_stores_in_the_tests_own_folders_open(tmp_path: Path, home: Path) -> None:
    for name in (tmp_path / "a.db", home / "b.db", ":memory:"):
        sqlite3.connect(name).close()


def test_another_machine_cannot_be_reached() -> None:
    with socket.socket() as channel, pytest.raises(Exception, match="a test connected to"):
        channel.connect(("192.0.2.1", 9))


def test_this_machine_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as channel:
        channel.connect(server.getsockname())


def test_the_home_is_the_tests_own(home: Path) -> None:
    assert Path.home() == home
    assert os.environ["MNEMO_GLOBAL"].startswith(str(home))
    assert os.environ["MNEMO_BACKUPS"].startswith(str(home))


def test_the_test_does_not_stand_in_the_checkout() -> None:
    assert CHECKOUT not in (Path.cwd(), *Path.cwd().parents)


@pytest.mark.parametrize("name", ["MNEMO_STORE", "MNEMO_TOOLS", "CLAUDE_PROJECT_DIR", "GIT_DIR", "NO_COLOR"])
def test_variables_of_the_surroundings_do_not_leak(name: str) -> None:
    assert name not in os.environ


@given(st.integers())
def test_property_tests_may_use_the_isolation(number: int) -> None:
    assert number == number
