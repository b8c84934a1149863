"""The Python API: names that load when used, a memory as an object, and the store of earlier programs."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

import mnemo
from mnemo import errors
from mnemo.tools.originals import Store
from tests.repos import make_repository
from tests.tools.faces import Face


def test_every_public_name_can_be_had_and_is_listed() -> None:
    for name in mnemo.__all__:
        assert getattr(mnemo, name) is not None
    with pytest.raises(AttributeError, match="nothing"):
        mnemo.nothing  # noqa: B018


def test_tools_can_be_called_although_rooms_share_the_package(repository: Path) -> None:
    mnemo.claim("lambda is the eleventh letter")
    assert mnemo.recall("lambda letter")["claims"][0]["content"] == "lambda is the eleventh letter"
    assert mnemo.verify()["checked"] == 1
    assert mnemo.log("done")["added"]["message"] == "done"
    assert mnemo.dispatch()["tasks"] == []
    assert "recall(" in mnemo.help()["text"]


def test_a_memory_works_on_its_repository_whatever_the_current_folder(tmp_path: Path) -> None:
    one, other = make_repository(tmp_path / "one"), make_repository(tmp_path / "other")
    os.chdir(other)
    with mnemo.open(one) as memory:
        memory.claim("mu comes after lambda")
        assert len(memory.recall("mu lambda")["claims"]) == 1
        with pytest.raises(AttributeError, match="teleport"):
            memory.teleport()
    assert mnemo.recall("mu lambda")["claims"] == []
    with pytest.raises(errors.NotARepository):
        mnemo.open(tmp_path)


def test_the_store_is_one_object_a_repository(tmp_path: Path) -> None:
    one, other = make_repository(tmp_path / "one"), make_repository(tmp_path / "other")
    os.chdir(one)
    store = mnemo.get_store()
    assert mnemo.get_store() is store
    os.chdir(other)
    assert mnemo.get_store() is not store


def test_the_store_remembers_and_recalls_best_first(repository: Path) -> None:
    store = mnemo.get_store()
    store.remember("RFC-001 approved: the core is written in Rust", importance=0.9, tags=["rust"])
    store.remember("The kitchen is on the second floor", collection="office", source="chat", session_id="s7")
    found = store.recall("Rust decision", topk=5)
    assert found[0]["text"].startswith("RFC-001")
    assert (found[0]["tags"], found[0]["importance"]) == (["rust"], 0.9)
    assert [one["score"] for one in found] == sorted((one["score"] for one in found), reverse=True)
    kitchen = store.recall("kitchen floor", collection="office")[0]
    assert (kitchen["source"], kitchen["session_id"], kitchen["collection"]) == ("chat", "s7", "office")
    assert set(kitchen) == {
        "id", "text", "score", "timestamp", "source", "session_id", "importance", "tags", "collection",
    }  # fmt: skip
    assert store.recall(" ") == []
    assert store.recall("kitchen floor", min_importance=0.8) == []
    assert store.recall("kitchen floor", since="1h") != []
    assert store.recall("kitchen floor", before="1h") == []
    assert store.recall("kitchen floor", filters={"text_like": "SECOND", "tags": ["nope"]}) == []
    assert len(store.batch_recall(["kitchen", "Rust"])) == 2
    assert [one["text"][:3] for one in store.get_recent(2)] == ["The", "RFC"]


def test_the_store_refuses_what_it_always_refused(repository: Path) -> None:
    store = mnemo.get_store()
    for call in (
        lambda: store.remember(""),
        lambda: store.remember("x" * 100_001),
        lambda: store.remember("x", importance=2),
        lambda: store.remember("x", tags=[f"t{number}" for number in range(51)]),
        lambda: store.recall("x" * 1001),
        lambda: store.recall("x", filters={"colour": "red"}),
    ):
        with pytest.raises(errors.ValidationError):
            call()


def test_nearly_the_same_memory_has_one_id(repository: Path) -> None:
    store = mnemo.get_store()
    text = "The deployment of the gateway needs a second pair of eyes on every friday"
    assert (
        store.remember(text) == store.remember(text + "!") == store.remember(text.replace("second", "third"))
    )


def test_deleting_counting_exporting_and_backing_up(repository: Path, tmp_path: Path) -> None:
    store = mnemo.get_store()
    kept, gone = store.remember("kept"), store.remember("gone", collection="bin")
    assert store.delete(gone) is True
    assert store.delete("ffffffff") is False
    assert store.stats()["collections"] == {"knowledge": 1}
    assert kept in Path(store.export_json(str(tmp_path / "out.json"))).read_text()
    copy = sqlite3.connect(store.backup())
    assert copy.execute("SELECT count(*) FROM claims").fetchone()[0] == 2
    copy.close()


def test_outside_a_repository_the_store_is_the_users_own(tmp_path: Path) -> None:
    os.chdir(tmp_path)
    store = mnemo.get_store()
    assert isinstance(store, Store)
    store.remember("I like short answers")
    assert store.recall("short answers")[0]["text"] == "I like short answers"


def test_a_later_versions_store_is_named_through_every_face(repository: Path, face: Face) -> None:
    face("claim", content="now")
    path = repository / ".mnemo" / "mnemo.db"
    raw = sqlite3.connect(path)
    number = raw.execute("PRAGMA user_version").fetchone()[0]
    raw.execute("PRAGMA user_version = 99")
    raw.close()
    for record in (face("claim", content="later"), face("recall", query="now")):
        assert record["error"] == "too_new"
        assert "estart the client" in record["fix"]
    raw = sqlite3.connect(path)
    raw.execute(f"PRAGMA user_version = {number}")
    raw.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_named_through_every_face(repository: Path, face: Face) -> None:
    repository.chmod(0o500)
    record = face("claim", content="x")
    repository.chmod(0o700)
    assert record["error"] == "storage_error"
    assert record["fix"]
