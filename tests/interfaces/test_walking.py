"""Questions on a real terminal: one key an answer, nothing lost however it ends."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mnemo import fence, project, projects
from mnemo.interfaces import tables, walking
from mnemo.memory import claiming, drafts
from mnemo.memory.confirming import list_unconfirmed
from mnemo.store.database import Database
from tests.repos import commit, git
from tests.stores import assert_whole
from tests.terminals import terminal
from tests.warm import program

Record = dict[str, Any]

INBOX = ("tabs are used", "make is needed", "go is fast")
QUESTION = "quit  ? "


@pytest.fixture
def store(repository: Path) -> Iterator[Path]:
    """A repository whose store is checked behind the test."""
    yield repository
    projects.closing()
    db = Database(str(repository / ".mnemo" / "mnemo.db"))
    assert_whole(db)
    db.close()


@pytest.fixture
def waiting(store: Path) -> Path:
    """A repository whose inbox holds three captures, the last of INBOX newest."""
    fill(*INBOX)
    return store


def fill(*contents: str, standing: str = "unconfirmed", **fields: Any) -> list[str]:
    """Store claims as a machine does, and return their addresses."""
    here = projects.current(writing=True)
    with project.acting("claude", "session-1", "capture"):
        where = here.surroundings()
        made = [drafts.checked({"content": content, **fields}, here.tree) for content in contents]
        ready = [claiming.prepare(draft, where, standing) for draft in made]
        with here.db.transaction() as connection:
            stored = claiming.store(connection, ready, where)
    projects.closing()
    return [one["address"] for one in stored]


def left() -> int:
    """Return how many claims still wait."""
    here = projects.current()
    with here.db.reading() as connection:
        return len(list_unconfirmed(connection, here.view()))


def test_one_key_settles_a_claim_and_the_walk_ends_with_what_was_done(waiting: Path) -> None:
    with terminal(waiting, "inbox") as screen:
        for number, key in enumerate("kds", 1):
            screen.await_text(QUESTION, number)
            screen.press(key)
        assert screen.await_end() == 0
        assert screen.is_echoing()
    for shown in ("1 of 3", "3 of 3", "capture · session session-1", "1 kept, 1 dropped; 1 still waits."):
        assert shown in screen.text
    assert "mnemo undo 2 takes them back" in screen.text
    assert left() == 1


def test_help_tells_each_key_and_asks_again(waiting: Path) -> None:
    with terminal(waiting, "inbox") as screen:
        screen.await_text(QUESTION)
        screen.press("?")
        screen.await_text(QUESTION, 2)
        screen.press("Q")
        assert screen.await_end() == 0
    assert "from now on it counts" in screen.text
    assert "Nothing was changed; 3 still wait." in screen.text


def test_keys_that_are_no_answer_are_not_heard(waiting: Path) -> None:
    with terminal(waiting, "inbox") as screen:
        screen.await_text(QUESTION)
        screen.press("\x1b[A\x1bOP\x1b[3~zäö€\r\n\t1")
        screen.press("k")
        screen.await_text(QUESTION, 2)
        screen.press("q")
        screen.await_end()
    assert "1 kept; 2 still wait." in screen.text


def test_keys_typed_ahead_answer_in_turn(waiting: Path) -> None:
    with terminal(waiting, "inbox") as screen:
        screen.await_text(QUESTION)
        screen.press("kkk")
        assert screen.await_end() == 0
    assert "3 kept; none waits any more." in screen.text


def test_an_interrupt_keeps_what_was_answered_and_restores_the_terminal(waiting: Path) -> None:
    with terminal(waiting, "inbox") as screen:
        screen.await_text(QUESTION)
        screen.press("k")
        screen.await_text(QUESTION, 2)
        screen.press("\x03")
        assert screen.await_end() == 130
        assert screen.is_echoing()
    assert "1 kept; 2 still wait." in screen.text
    assert left() == 2


def test_end_of_input_is_quit(waiting: Path) -> None:
    with terminal(waiting, "inbox") as screen:
        screen.await_text(QUESTION)
        screen.press("d")
        screen.await_text(QUESTION, 2)
        screen.press("\x04")
        assert screen.await_end() == 0
    assert "1 dropped; 2 still wait." in screen.text


def test_a_terminal_that_is_gone_ends_the_walk(waiting: Path) -> None:
    with terminal(waiting, "inbox") as screen:
        screen.await_text(QUESTION)
        screen.press("k")
        screen.await_text(QUESTION, 2)
        screen.hang_up()
        screen.process.wait(20)
    assert left() == 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_whoever_is_killed_at_a_question_lost_nothing(waiting: Path, number: signal.Signals) -> None:
    with terminal(waiting, "inbox") as screen:
        screen.await_text(QUESTION)
        screen.press("k")
        screen.await_text(QUESTION, 2)
        screen.process.send_signal(number)
        screen.await_end()
        assert screen.is_echoing() or number == signal.SIGKILL
    assert left() == 2


def test_an_editor_has_the_terminal_to_itself(waiting: Path, tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nread line\nsed -i "s/^tabs are used/$line/" "$1"\n')
    editor.chmod(0o755)
    with terminal(waiting, "inbox", environ={"VISUAL": str(editor)}) as screen:
        screen.await_text(QUESTION)
        screen.press("e")
        screen.await_text("edit")
        screen.press("rust is faster\r")
        screen.await_text(QUESTION, 2)
        screen.press("q")
        screen.await_end()
    assert "1 edited; 2 still wait." in screen.text
    listed = subprocess.run([program(), "claims"], cwd=waiting, capture_output=True, text=True, check=True)
    assert "rust is faster" in listed.stdout


def test_groups_of_failing_anchors_are_mended_by_one_key_each(store: Path) -> None:
    commit(store, "code", {"old.txt": "old\n", "lines.sh": "one\ntwo\nthree\n", "gone.txt": "x\n"})
    fill("renamed", "renamed as well", standing="active", anchors=["old.txt"])
    fill("changed", standing="active", anchors=["lines.sh:1-3"])
    fill("deleted", standing="active", anchors=["gone.txt"])
    git(store, "mv", "old.txt", "new.txt")
    commit(store, "change", {"lines.sh": "one\n2\nthree\n", "gone.txt": None})
    with terminal(store, "mend") as screen:
        screen.await_text(QUESTION)
        assert "old.txt is now new.txt (certain)" in screen.text
        screen.press("f")
        screen.await_text(QUESTION, 2)
        screen.press("r")
        screen.await_text(QUESTION, 3)
        screen.press("\x03")
        assert screen.await_end() == 130
        assert screen.is_echoing()
    assert "1 group not looked at" in screen.text
    assert "mnemo undo 2 takes them back" in screen.text
    with terminal(store, "mend", columns=24, environ={"NO_COLOR": "1"}) as screen:
        screen.await_text("[?]")
        screen.press("\x04")
        assert screen.await_end() == 0
        assert "\x1b" not in screen.raw.replace("\x1b[?25l", "").replace("\x1b[?25h", "").split("1 of 1")[1]
    assert max(map(len, screen.text.split("1 of 1")[1].splitlines()[1:6])) <= 24


def test_a_person_is_asked_before_anything_is_forgotten_or_undone(waiting: Path) -> None:
    for words, key, shown in (
        (("forget", "--session", "session-1"), "\r", "Nothing was forgotten."),
        (("forget", "--session", "session-1"), "y", "kept in history"),
        (("undo",), "n", "Nothing was undone."),
        (("undo",), "y", "undone: withdrew"),
    ):
        with terminal(waiting, *words) as screen:
            screen.await_text("no  ? ")
            screen.press(key)
            assert screen.await_end() == 0
            assert shown in screen.text
    assert left() == 3


@pytest.mark.parametrize("words", [("inbox", "--json"), ("mend", "--json"), ("undo", "--json")])
def test_a_record_is_printed_without_a_question(waiting: Path, words: tuple[str, ...]) -> None:
    with terminal(waiting, *words) as screen:
        assert screen.await_end() == 0
    assert json.loads(screen.text[screen.text.index("{") :])["schema"] == "mnemo.v1"


def test_hostile_text_is_shown_escaped_and_inside_its_bar(store: Path) -> None:
    fill("\x1b[2J\x1b[31mtabs\nkeep  edit  drop  skip  quit  ? k\n\u202e" + "x" * 400)
    with terminal(store, "inbox", columns=40) as screen:
        screen.await_text(QUESTION, 2)
        screen.press("q")
        screen.await_end()
    assert "\x1b[2J" not in screen.raw
    assert "\\x1b[2J" in screen.text
    assert "  > keep  edit" in screen.text


ANCHOR: Record = {"type": "file", "path": "a.py", "state": "missing", "reason": "a.py does not exist"}
CARD: Record = {
    "number": 3, "of": 17, "content": "QQQ", "source": "capture", "date": "2026-11-20", "domain": "issues",
    "address": "59d5d218b43a" + "0" * 52, "session": "QQQ", "anchors": [ANCHOR], "why": "QQQ",
    "verdict": "refuted", "standing": "unconfirmed", "age": "just now",
}  # fmt: skip


@pytest.mark.parametrize("width", [20, 60, 100])
@pytest.mark.parametrize(
    "text", ["漢字" * 300, "word " * 5000, "x" * 100_000, "a\nb\r\nc\u2028d\x85e", "\ud800\x00\u202e", ""]
)
def test_no_line_of_a_question_is_wider_than_its_terminal(width: int, text: str) -> None:
    lines = walking.SHOWN["inbox"]({**CARD, "content": text}, width)
    assert len(lines) < 40
    for line in lines:
        assert len(line) <= width
        assert fence.escape(line) == line


def test_a_list_on_a_terminal_is_a_table_with_a_line_for_each_claim() -> None:
    table = tables.claims_table({"claims": [{**CARD, "content": "漢" * 200}] * 3}, 80, colour=False)
    assert len(table.splitlines()) == 4
    assert "\x1b" not in table
    hostile = tables.claims_table({"claims": [{**CARD, "content": "\x1b[31m[red]\nx"}]}, 80, colour=True)
    assert "\\x1b[31m[red]" in hostile
    assert "\x1b[31m[red]" not in hostile


def test_a_pipe_gets_no_table_and_no_question(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert walking.find_asker() is None
    assert tables.find_table("claims", {"claims": [CARD]}) is None
