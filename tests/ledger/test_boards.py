"""A board is told of every task that changed, and the store decides."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from mnemo.errors import Conflict
from mnemo.ledger import boards
from mnemo.ledger.boards import JsonBoard, NoBoard
from tests.ledger.scenes import Scene


class Recorder:
    """A board of somebody else's."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []

    def is_available(self) -> bool:
        return True

    def create_or_update(self, tasks: Iterable[dict[str, Any]]) -> None:
        self.told += tasks

    def list(self) -> list[dict[str, Any]]:
        return self.told


def test_a_board_is_told_of_each_saved_task_and_of_each_change_once(scene: Scene) -> None:
    board = Recorder()
    first, second = scene.add("one"), scene.add("two")
    assert boards.mirror(scene.db, board) == []
    assert {task["id"] for task in board.told} == {first, second}
    boards.mirror(scene.db, board)
    assert len(board.told) == 2
    scene.take(task=first)
    boards.mirror(scene.db, board)
    assert [(task["id"], task["status"]) for task in board.told[2:]] == [(first, "in_progress")]


def test_the_json_board_holds_every_task_as_it_is_now(scene: Scene, tmp_path: Path) -> None:
    path = tmp_path / "board.json"
    board = boards.get_board(str(path))
    task = scene.add("one")
    boards.mirror(scene.db, board)
    scene.take(task=task)
    scene.add("two")
    boards.mirror(scene.db, board)
    assert {each["title"]: each["status"] for each in board.list()} == {
        "one": "in_progress",
        "two": "pending",
    }
    assert set(json.loads(path.read_text())) == {each["id"] for each in board.list()}


def test_a_board_that_fails_is_told_again_after_the_next_deed(scene: Scene, tmp_path: Path) -> None:
    path = tmp_path / "board.json"
    path.write_text("not a board")
    board = JsonBoard(str(path))
    scene.add("one")
    notes = boards.mirror(scene.db, board)
    assert "The board is behind" in notes[0]
    assert path.read_text() == "not a board"
    path.unlink()
    assert boards.mirror(scene.db, board) == []
    assert [task["title"] for task in board.list()] == ["one"]


def test_without_a_board_nothing_is_told() -> None:
    board = boards.get_board("")
    assert isinstance(board, NoBoard)
    assert not board.is_available()
    assert board.list() == []
    with pytest.raises(Conflict, match="no board"):
        board.create_or_update([])
    assert isinstance(boards.get_board("relative.json"), NoBoard)
