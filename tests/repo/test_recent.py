"""What is dear to make is kept while it is light enough, the oldest forgotten first."""

from __future__ import annotations

import threading

import pytest

from mnemo.repo.recent import Recent, let_go


def test_a_value_is_made_once() -> None:
    recent: Recent[object] = Recent(10)
    made = [recent.once("a", 1, object) for _ in range(3)]
    assert made[0] is made[1] is made[2]
    assert recent.find("a") is made[0]
    assert recent.find("b") is None


def test_none_is_a_value_too() -> None:
    recent: Recent[None] = Recent(10)
    recent.once("a", 1, lambda: None)
    assert recent.once("a", 1, lambda: pytest.fail("made again")) is None


def test_the_oldest_is_forgotten_when_all_weigh_too_much() -> None:
    recent: Recent[int] = Recent(10)
    for number in range(5):
        recent.put(number, number, 3)
    assert [recent.find(number) for number in range(5)] == [None, None, 2, 3, 4]
    recent.put(3, 30, 9)
    assert [recent.find(number) for number in (2, 3, 4)] == [None, 30, None]


def test_what_is_too_heavy_alone_is_not_kept_and_pushes_nothing_out() -> None:
    recent: Recent[int] = Recent(10)
    recent.put("light", 1, 1)
    recent.put("heavy", 2, 11)
    assert (recent.find("light"), recent.find("heavy")) == (1, None)


def test_what_could_not_be_made_is_tried_again() -> None:
    recent: Recent[int] = Recent(10)
    with pytest.raises(ZeroDivisionError):
        recent.once("a", 1, lambda: 1 // 0)
    assert recent.once("a", 1, lambda: 2) == 2


def test_threads_may_share_it() -> None:
    recent: Recent[int] = Recent(50)
    wrong: list[object] = []

    def work() -> None:
        for number in range(2_000):
            if recent.once(number % 90, 1, lambda number=number: number % 90) != number % 90:
                wrong.append(number)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_what_was_made_of_a_text_is_let_go_with_it() -> None:
    recent: Recent[int] = Recent(10, lambda text: (text, ("kind", text)))
    for key in ("one", ("kind", "one"), "two"):
        recent.put(key, 1, 3)
    let_go("one")
    assert [recent.find(key) for key in ("one", ("kind", "one"), "two")] == [None, None, 1]
    recent.put("three", 3, 7)  # their weight is gone too
    assert recent.find("two") == 1
