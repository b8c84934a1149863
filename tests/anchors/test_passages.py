"""A passage is found again wherever it went, and is gone when it is gone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mnemo.anchors.passages import (
    Match,
    Passage,
    as_pin,
    bare,
    describe,
    find,
    from_pin,
    hash_lines,
    read_lines,
)
from mnemo.errors import Invalid
from mnemo.repo.symbols import find_span

GOLDEN = "def f(x):\n    return x\n"


def nowhere(name: str) -> None:
    """Tell that there is no definition."""


def find_again(passage: Passage, text: str) -> Match | None:
    """Look for a passage in Python source."""
    return find(passage, text, lambda name: find_span(text, name))


def test_the_hash_is_that_of_the_stripped_lines() -> None:
    assert hash_lines(read_lines(GOLDEN).texts) == "aa9e91228a6da72a"
    for same in ("\n\ndef f(x):\n\n\treturn x", "  def f(x):  \r\n  return x\r\n"):
        assert hash_lines(read_lines(same).texts) == "aa9e91228a6da72a"
    assert bare(read_lines(GOLDEN).texts).hash == "aa9e91228a6da72a"


def test_a_pin_holds_no_text() -> None:
    text = "alpha beta\n" + GOLDEN + "gamma delta\n"
    pin = as_pin(describe(text, (2, 3)))
    assert pin == {
        "hash": "aa9e91228a6da72a",
        "lines": bare(["def f(x):", "return x"]).lines,
        "rare": "3",
        "before": bare(["alpha beta"]).lines,
        "after": bare(["gamma delta"]).lines,
        "line": 2,
        "copies": 1,
        "words": bare(["def f(x):", "return x"]).words,
    }
    assert set(pin["words"]) <= set("0123456789abcdef")
    assert from_pin(pin) == describe(text, (2, 3))


unique_lines = st.lists(st.integers(0, 10**6), min_size=3, max_size=30, unique=True).map(
    lambda numbers: [f"line number {number}" for number in numbers]
)


@given(unique_lines, st.data())
def test_a_passage_moved_reindented_and_spread_is_whole(lines: list[str], data: st.DataObject) -> None:
    first = data.draw(st.integers(1, len(lines)))
    last = data.draw(st.integers(first, len(lines)))
    passage = describe("\n".join(lines), (first, last))
    taken, rest = lines[first - 1 : last], lines[: first - 1] + lines[last:]
    place = data.draw(st.integers(0, len(rest)))
    indent = data.draw(st.sampled_from(["", "  ", "\t", " \t "]))
    end = data.draw(st.sampled_from(["\n", "\r\n", "\n\n", "  \n \n"]))
    moved = [*rest[:place], *(indent + line for line in taken), *rest[place:]]
    match = find_again(passage, end.join(moved))
    assert match
    assert match.whole
    shown = end.join(moved).split("\n")
    assert shown[match.first - 1].strip() == taken[0]
    assert shown[match.last - 1].strip() == taken[-1]


@given(unique_lines, st.data())
def test_a_passage_deleted_is_gone(lines: list[str], data: st.DataObject) -> None:
    first = data.draw(st.integers(1, len(lines)))
    last = data.draw(st.integers(first, len(lines)))
    passage = describe("\n".join(lines), (first, last))
    rest = lines[: first - 1] + lines[last:]
    new = data.draw(st.lists(st.integers(0, 9).map(lambda number: f"new {number}"), max_size=5))
    assert find_again(passage, "\n".join(rest[: first - 1] + new + rest[first - 1 :])) is None


@given(unique_lines, st.data())
def test_one_line_of_three_changed_is_a_change(lines: list[str], data: st.DataObject) -> None:
    first = data.draw(st.integers(1, len(lines) - 2))
    passage = describe("\n".join(lines), (first, first + 2))
    changed = list(lines)
    changed[first - 1 + data.draw(st.integers(0, 2))] = "something else"
    extra = data.draw(st.lists(st.just("new above"), max_size=4))
    match = find_again(passage, "\n".join(extra + changed))
    assert match
    assert (match.changed, match.whole) == (1, False)
    assert first + len(extra) <= match.first <= match.last <= first + len(extra) + 2


@given(st.lists(st.sampled_from("abcde"), min_size=4, max_size=30), st.data())
def test_lines_that_repeat_never_mislead_an_unchanged_file(lines: list[str], data: st.DataObject) -> None:
    first = data.draw(st.integers(1, len(lines)))
    last = data.draw(st.integers(first, len(lines)))
    text = "\n".join(lines)
    match = find_again(describe(text, (first, last)), text)
    assert match
    assert match.whole


@given(st.lists(st.sampled_from("abcdefgh"), min_size=6, max_size=40), st.data())
def test_what_is_told_as_whole_really_stands_there(lines: list[str], data: st.DataObject) -> None:
    first = data.draw(st.integers(1, len(lines) - 2))
    last = data.draw(st.integers(first, min(first + 5, len(lines))))
    passage = describe("\n".join(lines), (first, last))
    other = data.draw(st.lists(st.sampled_from("abcdefgh"), max_size=40))
    match = find_again(passage, "\n".join(other))
    if match:
        found, wanted = other[match.first - 1 : match.last], lines[first - 1 : last]
        assert match.whole == (found == wanted)
        assert match.changed * 2 <= len(wanted)
        assert len(wanted) - match.changed <= common(wanted, found)


def common(some: list[str], others: list[str]) -> int:
    """Return the length of the longest common subsequence, the plain way."""
    row = [0] * (len(others) + 1)
    for one in some:
        above = list(row)
        for place, other in enumerate(others):
            row[place + 1] = above[place] + 1 if one == other else max(row[place], above[place + 1])
    return row[-1]


@given(unique_lines, st.data())
def test_at_least_half_of_the_lines_must_be_kept(lines: list[str], data: st.DataObject) -> None:
    gone = data.draw(st.sets(st.integers(0, len(lines) - 1)))
    assume(gone)
    text = "above\n" + "\n".join(lines) + "\nbelow"
    passage = describe(text, (2, len(lines) + 1))
    changed = [f"other {place}" if place in gone else line for place, line in enumerate(lines)]
    match = find_again(passage, "above\n" + "\n".join(changed) + "\nbelow")
    if len(gone) * 2 <= len(lines):
        assert match
        assert match.changed == len(gone)
    else:
        assert match is None


def test_lines_added_inside_are_a_change() -> None:
    passage = describe("a\nb\nc\nd\n", (1, 4))
    match = find_again(passage, "x\na\nb\nnew\nc\nd\n")
    assert match == Match(2, 6, 0, whole=False)


GO = """func open() error {
    db, err := connect()
    if err != nil {
        return err
    }
    if err := db.ping(); err != nil {
        return err
    }
    return nil
}
"""
GO_TOO = GO.replace("open", "shut").replace("connect", "find").replace("ping", "close")


def test_common_lines_of_another_function_do_not_stand_for_a_deleted_one() -> None:
    passage = describe(GO + "\n" + GO_TOO, (1, 10))
    assert find_again(passage, GO_TOO) is None
    assert find_again(passage, GO_TOO + GO.replace("ping", "pong")) == Match(11, 20, 1, whole=False)


def test_an_edit_among_common_lines_is_seen_between_its_neighbours() -> None:
    services = [f"- name: s{number}\n  image: app\n  replicas: 3\n  port: 80\n" for number in range(4)]
    passage = describe("".join(services), (6, 8))
    services[1] = services[1].replace("3", "5")
    assert find_again(passage, "".join(services)) == Match(6, 8, 1, whole=False)


PAIR = """class A:
    def f(self):
        start()
        run(1)
        stop()

class B:
    def f(self):
        start()
        run(1)
        stop()
"""


def in_b() -> Passage:
    """The passage that stands in both classes, pinned in B."""
    passage = describe(PAIR, (9, 11), "B.f", find_span(PAIR, "B.f"))
    assert (passage.copies, passage.symbol) == (2, "B.f")
    return passage


def test_a_passage_that_was_not_unique_is_judged_in_its_symbol() -> None:
    head, _, tail = PAIR.rpartition("run(1)")
    assert find_again(in_b(), PAIR) == Match(9, 11)
    assert find_again(in_b(), PAIR.replace("run(1)", "run(2)", 1)) == Match(9, 11)
    assert find_again(in_b(), head + "run(2)" + tail) == Match(9, 11, 1, whole=False)
    assert (
        find_again(in_b(), PAIR.partition("class B")[0] + "class B:\n    def f(self):\n        pass\n")
        is None
    )


def test_its_symbol_renamed_the_passage_is_still_there_and_its_symbol_deleted_it_is_not() -> None:
    assert find_again(in_b(), PAIR.replace("class B", "class C")) == Match(9, 11)
    assert find_again(in_b(), PAIR.partition("class B")[0]) is None


def test_without_a_symbol_a_copy_is_known_by_its_neighbours() -> None:
    text = "one\nsame\nsame too\ntwo\nthree\nsame\nsame too\nfour\n"
    passage = describe(text, (6, 7))
    assert passage.copies == 2
    assert find(passage, text, nowhere) == Match(6, 7)
    assert find(passage, text.replace("same\n", "other\n", 1), nowhere) == Match(6, 7)
    assert find(passage, "one\nsame\nsame too\ntwo\nthree\nsame\nchanged\nfour\n", nowhere) == Match(
        6, 6, 1, False
    )
    assert find(passage, "one\nsame\nsame too\ntwo\nthree\nfour\n", nowhere) is None


def test_a_long_passage_in_a_long_file_is_found_fast() -> None:
    lines = [f"x{number} = {number % 7}" if number % 3 else "}" for number in range(20_000)]
    passage = describe("\n".join(lines), (5_000, 7_000))
    edited = lines[:100] + lines[2_000:6_000] + ["new"] + lines[6_001:]
    match = find(passage, "\n".join(edited), nowhere)
    assert match
    assert match.changed == 1
    assert (match.first, match.last) == (3_100, 5_100)


@pytest.mark.parametrize(
    "pin",
    [
        {"hash": 1, "lines": "00000000"}, {"hash": "x"}, {"hash": "x", "lines": ""}, {"hash": "x",
        "lines": "abc"},
        {"hash": "x", "lines": "00000000", "rare": "no"}, {"hash": "x", "lines": "00000000", "rare": ""},
        {"hash": "x", "lines": "00000000", "line": "1"}, {"hash": "x", "lines": "00000000", "copies": True},
        {"hash": "x", "lines": "00000000", "symbol": 3}, {"hash": "x", "lines": ["00000000"]},
    ],
)  # fmt: skip
def test_a_damaged_pin_is_refused(pin: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        from_pin(pin)


def test_nothing_pinned_is_no_passage() -> None:
    assert from_pin(None) is None
    assert from_pin({}) is None
    assert from_pin({"lines": [1, 2]}) is None
    later = {**as_pin(bare(["a"])), "new field": 1}
    assert from_pin(later) == bare(["a"])
