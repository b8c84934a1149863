"""The record of installations survives what it meets on a disk."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest

from mnemo.clients import installed
from mnemo.clients.installed import Installed
from mnemo.errors import MnemoError

ONE = Installed(
    "/a/b.json",
    "claude",
    "local",
    "/a",
    existed=False,
    before="",
    after="12",
    original=b"\xff\x00{}",
    made=(("hooks",), ("hooks", "Stop")),
    folders=("/a/.claude",),
    allowed=True,
)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    two = Installed("/a/c.toml", "codex", "user", "", form="toml")
    installed.write(str(tmp_path / "new"), [two, ONE])
    assert installed.read(str(tmp_path / "new")) == [ONE, two]
    assert stat.S_IMODE((tmp_path / "new" / installed.FILE).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"installed": 3}', '{"installed": [1, {}, {"path": 2}]}', "[" * 100_000, "\x00", "null"],
)
def test_a_damaged_record_counts_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / installed.FILE).write_text(text)
    assert installed.read(str(tmp_path)) == []


@pytest.mark.parametrize("field", ['"original": "?"', '"made": [1]', '"folders": 3'])
def test_a_record_with_a_wrong_field_is_left_out(tmp_path: Path, field: str) -> None:
    fields = '"path": "/a", "client": "x", "scope": "user", "project": "", "form": "json"'
    (tmp_path / installed.FILE).write_text(f'{{"installed": [{{{fields}, {field}}}]}}')
    assert installed.read(str(tmp_path)) == []


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for act in (lambda: installed.write(str(tmp_path / "file"), []), lambda: _take(str(tmp_path / "file"))):
        with pytest.raises(MnemoError, match="cannot be written"):
            act()


def test_two_installations_take_turns(tmp_path: Path) -> None:
    other = threading.Thread(target=_take, args=(str(tmp_path),))
    with installed.turn(str(tmp_path)):
        other.start()
        other.join(0.05)
        assert other.is_alive()
    other.join(20)
    assert not other.is_alive()


def _take(folder: str) -> None:
    with installed.turn(folder):
        pass
