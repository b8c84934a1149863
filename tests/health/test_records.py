"""Small JSON files are replaced in one step and read for what they are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnemo.errors import Busy
from mnemo.health import records


@given(
    st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text()))
)
def test_what_is_written_is_read(record: dict[str, object]) -> None:
    path = os.path.join(os.environ["TMPDIR"], "record.json")
    records.write(path, record)
    assert records.read(path) == record


def test_a_missing_file_says_nothing_and_a_broken_one_is_told_apart(tmp_path: Path) -> None:
    assert records.read(str(tmp_path / "none.json")) == {}
    for content in (b"", b"[]", b"{", b"\xff"):
        (tmp_path / "x.json").write_bytes(content)
        with pytest.raises(records.Unreadable):
            records.read(str(tmp_path / "x.json"))


def test_turns_are_taken_and_the_wait_ends(tmp_path: Path) -> None:
    path = str(tmp_path / "below" / "x.json")
    with records.turn(path, 1), pytest.raises(Busy), records.turn(path, 0):
        pass
    assert os.listdir(tmp_path / "below") == ["x.json.lock"]
