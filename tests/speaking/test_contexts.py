"""What was told in a conversation: kept line by line, whatever happens to the file."""

from __future__ import annotations

import json
import multiprocessing
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnemo.speaking import contexts
from mnemo.speaking.contexts import Context
from tests.speaking.places import Corner, told
from tests.stores import START_MS

A, B = "a" * 64, "b" * 64


def record(*addresses: str, **fields: object) -> contexts.Record:
    """Build a record that told these."""
    return {"at": START_MS, "kind": "tool", "told": [[one, "why"] for one in addresses], **fields}


def test_what_was_noted_is_read_again(tmp_path: Path) -> None:
    path = contexts.path_of(str(tmp_path), "session")
    assert contexts.note(path, record(A)) == Context(frozenset(), (), ())
    assert contexts.note(path, record(B, agent="helper")) == Context(frozenset(), (A,), ())
    assert contexts.read(path, "", START_MS) == Context(frozenset({A}), (A, B), ())
    assert contexts.read(path, "helper", START_MS) == Context(frozenset({B}), (A, B), ())
    contexts.note(path, {"at": START_MS, "kind": "prompt", "words": ["rate", "tax"]})
    contexts.note(path, {"at": START_MS, "kind": "start", "source": "compact"})
    assert contexts.read(path, "", START_MS) == Context(frozenset(), (A, B), ())


def test_a_file_of_another_session_is_another_file(tmp_path: Path) -> None:
    names = {
        contexts.path_of(str(tmp_path), name) for name in ("", "a", "../../etc/passwd", "\ud800", "x" * 9999)
    }
    assert len(names) == 5
    assert {os.path.dirname(name) for name in names} == {str(tmp_path / "hooks")}


def test_a_torn_line_costs_only_itself(tmp_path: Path) -> None:
    path = contexts.path_of(str(tmp_path), "session")
    contexts.note(path, record(A))
    with open(path, "ab") as file:
        file.write(b'{"at":1,"kind":"tool","told":[["' + b"c" * 30)
    contexts.note(path, record(B))
    assert contexts.read(path, "", START_MS).told == {A, B}


FOREIGN = (
    b"[]", b"null", b'{"told":[[1]]}', b'{"told":[["x"]],"at":{}}', b'{"told":[[[]]]}', b"{" * 5000,
    b'{"kind":"prompt","words":["a",3]}',
)  # fmt: skip


@given(st.lists(st.binary(max_size=60) | st.sampled_from(FOREIGN)))
def test_foreign_lines_are_skipped(tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]) -> None:
    path = contexts.path_of(str(tmp_path_factory.mktemp("store")), "session")
    contexts.note(path, record(A))
    with open(path, "ab") as file:
        file.write(b"\n".join(lines))
    contexts.note(path, record(B))
    assert {A, B} <= contexts.read(path, "", START_MS).told


def test_a_link_is_neither_followed_nor_written_through(tmp_path: Path) -> None:
    path = contexts.path_of(str(tmp_path), "session")
    os.mkdir(tmp_path / "hooks")
    (tmp_path / "elsewhere").write_text("")
    os.symlink(tmp_path / "elsewhere", path)
    assert contexts.note(path, record(A)) is None
    assert contexts.read(path, "", START_MS) == contexts.NOTHING
    assert (tmp_path / "elsewhere").read_text() == ""


def test_a_folder_that_is_a_link_is_not_written_to(tmp_path: Path) -> None:
    os.mkdir(tmp_path / "elsewhere")
    os.symlink(tmp_path / "elsewhere", tmp_path / "hooks")
    assert contexts.note(contexts.path_of(str(tmp_path), "session"), record(A)) is None
    assert os.listdir(tmp_path / "elsewhere") == []


def _append(path: str, first: int) -> None:
    for number in range(first, first + 200):
        contexts.note(path, record(f"{number:064x}"))


def test_two_processes_that_append_at_once_lose_nothing(tmp_path: Path) -> None:
    path = contexts.path_of(str(tmp_path), "session")
    contexts.note(path, record(A))
    method = multiprocessing.get_context("fork")
    workers = [method.Process(target=_append, args=(path, 1000 * number)) for number in (1, 2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(contexts.read(path, "", START_MS).told) == 401


def test_of_two_hooks_at_once_one_tells_a_claim(corner: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    address = corner.claim("Both read the file", "src/app.py")
    other = corner.claim("This one comes first", "src/app.py")
    append = contexts._append
    path = contexts.path_of(corner.db.folder, "s")

    def overtaken(where: str, noted: contexts.Record) -> bool:
        append(where, {**record(other), "id": "another"})
        return append(where, noted)

    monkeypatch.setattr(contexts, "_append", overtaken)
    said = corner.read("src/app.py")
    assert told(said) == [address]
    assert "This one" not in said.text
    monkeypatch.undo()
    assert contexts.read(path, "", corner.now).told == {address, other}


def test_files_that_nobody_used_for_14_days_are_swept_at_a_start(corner: Corner) -> None:
    corner.claim("Money is kept in cents", priority=900)
    corner.start(session="old")
    corner.start(session="young")
    old, young = (contexts.path_of(corner.db.folder, name) for name in ("old", "young"))
    os.utime(old, (0, corner.now / 1000 - 15 * 86_400))
    os.utime(young, (0, corner.now / 1000 - 13 * 86_400))
    corner.start(session="new")
    assert (os.path.exists(old), os.path.exists(young)) == (False, True)


def test_what_was_said_and_left_out_can_be_shown_later(corner: Corner) -> None:
    address = corner.claim("Money is kept in cents", "src/app.py")
    corner.read("src/app.py")
    corner.now += 1000
    corner.edit("src/app.py", "x = 1")
    last, first = contexts.list_last(corner.db.folder, 5)
    assert first["told"] == [[address, "anchored to src/app.py"]]
    assert first["tokens"] > 0
    assert last["left_out"] == [[address, "told already"]]
    assert contexts.list_last(corner.db.folder, 1) == [last]
    assert contexts.list_last(str(corner.top), 5) == []


def test_claims_are_noted_by_their_addresses_alone(corner: Corner) -> None:
    address = corner.claim("Money is kept in cents", "src/app.py")
    corner.claim("Rates are strings", "src/app.py", standing="unconfirmed")
    corner.read("src/app.py")
    raw = Path(contexts.path_of(corner.db.folder, "s")).read_bytes()
    assert address.encode() in raw
    assert b"Money" not in raw
    assert b"Rates" not in raw


def test_no_secret_and_no_prompt_is_written(corner: Corner) -> None:
    corner.fill()
    secret = "ghp_" + "a1B2" * 9
    corner.claim("The gateway signs links", "src/app.py")
    corner.prompt(f"the gateway at src/app.py wants {secret} and my diary says gateway")
    hooks = Path(corner.db.folder, "hooks")
    raw = b"".join(file.read_bytes() for file in hooks.iterdir())
    assert secret.encode() not in raw
    assert b"diary" not in raw
    assert b"gatewai" in raw


def test_silent_moments_leave_no_line(corner: Corner) -> None:
    corner.claim("Money is kept in cents")
    corner.read("src/app.py")
    assert not Path(corner.db.folder, "hooks").exists()


def test_every_line_is_one_object(corner: Corner) -> None:
    corner.claim("A\u2028B\u0085C\nD", "src/app.py", priority=900)
    corner.start()
    corner.read("src/app.py", agent="x\ny")
    raw = Path(contexts.path_of(corner.db.folder, "s")).read_bytes()
    assert all(isinstance(json.loads(line), dict) for line in raw.split(b"\n") if line)
