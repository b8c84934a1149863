"""What a transcript says: turns, read from where someone stopped, and nothing that is not one's own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnemo.capture.transcript import LARGEST, Turn, read_turns
from tests.capture.scenes import agent, transcript, used, user


def test_a_turn_is_a_prompt_and_the_last_thing_said(tmp_path: Path) -> None:
    path = transcript(
        tmp_path / "t.jsonl",
        {"type": "summary", "summary": "x"},
        user("first"),
        agent("I'll look."),
        agent(used("Read", file_path="a.py")),
        user([{"type": "tool_result", "tool_use_id": "t1", "content": "we decided"}]),
        agent("Found it."),
        agent("It was the lock."),
        user([{"type": "text", "text": "second"}]),
        agent("Done."),
    )
    turns, end = read_turns(path, 0)
    assert turns == [Turn("first", "Found it.\n\nIt was the lock."), Turn("second", "Done.")]
    assert end == os.path.getsize(path)
    assert read_turns(path, end) == ([], end)


def test_what_the_agent_claims_is_told(tmp_path: Path) -> None:
    claim = used("mcp__mnemo__claim", content="SQLite it is", batch=[{"content": "and WAL"}])
    path = transcript(tmp_path / "t.jsonl", user("x"), agent(claim), agent("Kept."))
    assert read_turns(path, 0)[0] == [Turn("x", "Kept.", ("SQLite it is", "and WAL"))]


@pytest.mark.parametrize("aside", ["isSidechain", "isMeta", "isCompactSummary"])
def test_what_was_said_aside_does_not_count(tmp_path: Path, aside: str) -> None:
    path = transcript(tmp_path / "t.jsonl", user("x", **{aside: True}), user("y"), agent("z"))
    assert read_turns(path, 0)[0] == [Turn("y", "z")]


def test_an_unfinished_line_is_read_when_it_is_finished(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    transcript(path, user("x"), agent("first"))
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"type": "user", "mess')
    turns, end = read_turns(str(path), 0)
    assert (turns, end) == ([Turn("x", "first")], len(whole))
    path.write_bytes(whole)
    transcript(path, user("y"), agent("second"))
    assert read_turns(str(path), end)[0] == [Turn("y", "second")]


def test_of_a_large_transcript_the_end_is_read(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    with open(path, "w", encoding="utf-8") as file:
        file.write(("x" * 1000 + "\n") * (2 * LARGEST // 1000))
    transcript(path, user("last"), agent("answer"))
    turns, end = read_turns(str(path), 0)
    assert turns == [Turn("last", "answer")]
    assert end == path.stat().st_size


def test_one_that_was_written_anew_is_read_from_its_start(tmp_path: Path) -> None:
    path = transcript(tmp_path / "t.jsonl", user("x"), agent("y"))
    assert read_turns(path, 10_000)[0] == [Turn("x", "y")]
    assert read_turns(path, -5)[0] == [Turn("x", "y")]


def test_links_pipes_folders_and_nothing_are_not_read(tmp_path: Path) -> None:
    real = transcript(tmp_path / "t.jsonl", user("x"), agent("y"))
    link, pipe = tmp_path / "link", tmp_path / "pipe"
    link.symlink_to(real)
    os.mkfifo(pipe)
    for path in (str(link), str(pipe), str(tmp_path), str(tmp_path / "gone"), "a\0b"):
        assert read_turns(path, 7) == ([], 7)


@pytest.mark.skipif(os.geteuid() != 0, reason="only the superuser can give a file away")
def test_another_user_s_file_is_not_read(tmp_path: Path) -> None:
    path = transcript(tmp_path / "t.jsonl", user("x"), agent("y"))
    os.chown(path, 12345, -1)
    assert read_turns(path, 0) == ([], 0)


@given(st.lists(st.one_of(st.binary(max_size=60), st.sampled_from([
    b'{"type": "user"}', b'{"type": "user", "message": 3}',
    b'{"type": "assistant", "message": {"content": [1, {}]}}',
    b'{"type": "user", "message": {"content": {"a": 1}}}', b"[" * 5000, b"{}", b'{"type": ["user"]}',
    b'{"type": "assistant", "message": {"content": [{"type": "tool_use", "name": "claim", "input": 3}]}}',
]))))  # fmt: skip
def test_any_bytes_are_taken(lines: list[bytes]) -> None:
    path = Path(os.environ["TMPDIR"]) / "t.jsonl"
    path.write_bytes(b"\n".join(lines))
    turns, end = read_turns(str(path), 0)
    assert 0 <= end <= path.stat().st_size
    assert all(isinstance(turn.prompt, str) for turn in turns)
