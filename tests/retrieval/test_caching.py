"""Pages kept between questions, and counts that wait in memory."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

import mnemo
from mnemo import projects
from mnemo.retrieval.caching import Pages
from mnemo.retrieval.counting import Recalls
from mnemo.store import counters
from mnemo.store.database import Database
from tests.repos import commit, git
from tests.stores import START_MS, open_store, say

A, B = "a" * 64, "b" * 64


def told(query: str, limit: int | None = None) -> list[str]:
    """Return what a question is answered with."""
    return [one["content"] for one in mnemo.recall(query, limit=limit)["claims"]]


def pages() -> Pages:
    """Return the pages that this process keeps of the current project."""
    return projects.current().pages


def test_the_same_question_is_ranked_once(repository: Path) -> None:
    mnemo.claim("tokens live 15 minutes")
    assert told("how long do tokens live") == told("how long do tokens live")
    assert len(pages()) == 1
    told("tokens")
    assert len(pages()) == 2


def test_recalling_does_not_make_the_store_look_changed(repository: Path) -> None:
    mnemo.claim("tokens live 15 minutes")
    project = projects.current()
    told("tokens")
    (kept,) = project.pages._pages.values()  # pyright: ignore[reportPrivateUsage]
    changes = project.db.changes
    project.recalls.flush()
    told("tokens")
    assert list(project.pages._pages.values()) == [kept]  # pyright: ignore[reportPrivateUsage]
    assert project.db.changes == changes


def test_what_is_claimed_withdrawn_or_corrected_is_seen_at_once(repository: Path) -> None:
    mnemo.claim("tokens live 15 minutes")
    assert told("tokens") == ["tokens live 15 minutes"]
    new = mnemo.claim("tokens are signed")["claims"][0]["address"]
    assert set(told("tokens")) == {"tokens live 15 minutes", "tokens are signed"}
    mnemo.claim(retracts=[new], why="they are not")
    assert told("tokens") == ["tokens live 15 minutes"]


def test_what_another_process_writes_is_seen_at_once(repository: Path) -> None:
    mnemo.claim("tokens live 15 minutes")
    told("tokens")
    other = Database(projects.current().db.path)
    with other.transaction() as connection:
        say(connection, "tokens are signed", now=projects.current().now())
    other.close()
    assert set(told("tokens")) == {"tokens live 15 minutes", "tokens are signed"}


def test_the_code_is_judged_each_time(repository: Path) -> None:
    commit(repository, "code", {"src/auth.py": "LIFE = 15\n"})
    mnemo.claim(
        "tokens live 15 minutes", anchors=[{"type": "grep", "pattern": "LIFE = 15", "path": "src/auth.py"}]
    )
    assert told("tokens") == ["tokens live 15 minutes"]
    (repository / "src/auth.py").write_text("LIFE = 20\n", encoding="utf-8")
    assert told("tokens") == []
    (repository / "src/auth.py").write_text("LIFE = 15\n", encoding="utf-8")
    assert told("tokens") == ["tokens live 15 minutes"]


def test_each_branch_has_its_own_pages(repository: Path) -> None:
    commit(repository, "code", {"a.py": "1\n"})
    git(repository, "checkout", "-q", "-b", "feature")
    mnemo.claim("tokens live here alone", scope="branch")
    assert told("tokens") == ["tokens live here alone"]
    git(repository, "checkout", "-q", "main")
    assert told("tokens") == []
    git(repository, "checkout", "-q", "feature")
    assert told("tokens") == ["tokens live here alone"]


def test_an_expired_claim_is_not_told_from_a_kept_page(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = START_MS
    monkeypatch.setattr("mnemo.clock.now_ms", lambda: now)
    mnemo.claim("tokens live 15 minutes", ttl_days=10 / 86_400)
    assert told("tokens") == ["tokens live 15 minutes"]
    now += 11_000
    assert told("tokens") == []


def test_the_page_used_longest_ago_goes_first() -> None:
    kept = Pages(most=2)
    kept.keep("a", 1)
    kept.keep("b", 2)
    assert kept.find("a") == 1
    kept.keep("c", 3)
    assert [kept.find(key) for key in "abc"] == [1, None, 3]
    kept.keep("a", 4)
    assert (len(kept), kept.find("a")) == (2, 4)


def test_many_threads_ask_and_write_without_harm(repository: Path) -> None:
    mnemo.claim("tokens live 15 minutes")
    wrong: list[Any] = []

    def ask(number: int) -> None:
        with projects.using(project):
            for round_ in range(20):
                found = told("tokens", limit=20)
                if "tokens live 15 minutes" not in found:
                    wrong.append(found)
                if number == 0 and round_ % 5 == 0:
                    mnemo.claim(f"tokens are numbered {round_}")

    project = projects.current()
    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert wrong == []


def test_counts_wait_in_memory_until_they_are_flushed(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    with db.transaction() as connection:
        address = say(connection, "tokens live 15 minutes")
    recalls = Recalls(db)
    recalls.told("s", [address, B], START_MS)
    recalls.told("s", [address], START_MS + 5)
    with db.reading() as connection:
        assert counters.by_claim(connection, [1]) == {}
        assert recalls.counts_of(connection, address)[:2] == (2, 0)
    assert recalls.acted_on("s", address)
    assert not recalls.acted_on("other", address)
    recalls.flush()
    recalls.flush()
    with db.reading() as connection:
        assert counters.by_claim(connection, [1]) == {1: (2, 1, START_MS + 5)}
        assert recalls.counts_of(connection, address) == (2, 1, START_MS + 5)
    db.close()


def test_counts_are_flushed_when_many_wait_or_for_long(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    with db.transaction() as connection:
        addresses = [say(connection, f"claim {number}") for number in range(3)]
    recalls = Recalls(db)
    recalls.told("s", addresses[:1], START_MS)
    recalls.told("s", addresses[:1], START_MS + 300_001)
    with db.reading() as connection:
        assert counters.by_claim(connection, [1])[1].recalled == 2
    recalls.told("s", [f"{number:064x}" for number in range(501)], START_MS)
    recalls.told("s", addresses, START_MS)
    recalls.flush()
    with db.reading() as connection:
        assert counters.by_claim(connection, [1])[1].recalled == 3
    db.close()


def test_only_the_last_five_recalls_of_a_session_are_what_one_acts_on(tmp_path: Path) -> None:
    recalls = Recalls(open_store(tmp_path))
    recalls.told("s", [A], START_MS)
    for _ in range(4):
        recalls.told("s", [B], START_MS)
    assert recalls.recent("s") == {A: 4, B: 0}
    assert recalls.acted_on("s", A)
    recalls.told("s", [B], START_MS)
    assert not recalls.acted_on("s", A)
    assert recalls.recent("unknown") == {}
    for number in range(250):
        recalls.told(f"s{number}", [A], START_MS)
    assert recalls.recent("s") == {}


def test_what_cannot_be_written_waits(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    with db.transaction() as connection:
        address = say(connection, "tokens live 15 minutes")
    recalls = Recalls(db)
    recalls.told("s", [address], START_MS)
    busy = Database(db.path, wait_s=0)
    waiting = Recalls(busy)
    waiting.told("s", [address], START_MS)
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with db.transaction():
            held.set()
            done.wait(20)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(20)
    waiting.flush()
    done.set()
    holder.join()
    waiting.flush()
    with db.reading() as connection:
        assert counters.by_claim(connection, [1])[1].recalled == 1
    busy.close()
    db.close()
